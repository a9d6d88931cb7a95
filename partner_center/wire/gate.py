"""The way of a request through the wire API: find, authenticate, admit, read, call, answer.

The gate is the first middleware and answers wire requests itself: neither sessions nor templates nor cross-site
checks concern a signed request. Everything else passes on to the console and the native API.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import NotPermitted
from partner_center.foundation.replay import fingerprint_of, once
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.wire import metrics
from partner_center.wire.answers import json_answer, refusal
from partner_center.wire.authentication import authenticate
from partner_center.wire.errors import (
    FlowControlled,
    GatewayError,
    InternalError,
    InvalidParameter,
    MalformedBody,
    TokenRefused,
    UnknownPath,
    WrongCaller,
    WrongSite,
)
from partner_center.wire.operation import Operation, find
from partner_center.wire.reading import body_of, listed, query_of, read
from partner_center.wire.requests import (
    Language,
    language_of,
    new_request_id,
    source_of,
    speaks_unknown_language,
)
from partner_center.wire.schema import Answer, Site, WireModel
from partner_center.wire.throttling import table
from partner_center.wire.writing import write

log = structlog.get_logger(__name__)
_OURS = re.compile(r"/(v\d+(\.\d+)?|api/v1)/(?!openapi\.json$)")
LONGEST_KEY = 255


class WireGate:
    """The middleware. Put it first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, http: HttpRequest) -> HttpResponse:
        return serve(http) if _OURS.match(http.path_info) else self.get_response(http)


def serve(http: HttpRequest) -> HttpResponse:
    """Answer one request of the wire API. Never raises.

    Where an operation documents X-Language its default is Chinese; the gateway's own refusals are English unless asked.
    """
    began = perf_counter()
    request_id = new_request_id()
    found = find(http.method or "", http.path_info)
    known = found[0] if found else None
    language = language_of(http.META, "zh-hans" if known and known.localised else "en")
    with translation.override(language), clock.scope():
        try:
            if found is None:
                raise UnknownPath()
            response = _answer(found[0], found[1], http, request_id, language)
        except DomainError as error:
            log.info(
                "wire.refused", operation=known.name if known else "", code=error.code, request_id=request_id
            )
            response = _refused(error, known, http, request_id)
        except Exception:
            log.exception("wire.failed", operation=known.name if known else "", request_id=request_id)
            response = refusal(InternalError(), request_id)
    metrics.observe(known.name if known else "unknown", response.status_code, perf_counter() - began)
    return response


def _refused(error: DomainError, known: Operation | None, http: HttpRequest, request_id: str) -> HttpResponse:
    if isinstance(error, GatewayError):
        with translation.override(language_of(http.META)):
            return refusal(error, request_id)
    if known is not None and isinstance(error, TokenRefused):
        return refusal(error, request_id, status=known.token_refusal)
    return refusal(error, request_id)


def _answer(
    one: Operation, in_path: dict[str, str], http: HttpRequest, request_id: str, language: Language
) -> HttpResponse:
    body = _body(http)
    actor = authenticate(
        http.META, body, door=one.door, request_id=request_id, language=language, required=one.callers != "*"
    )
    if not table().admits(one.rate, actor.account_id, one.name, source_of(http.META)):
        raise FlowControlled()
    _admit(one, actor)
    if actor.acting_partner_id:
        _note_use(actor, one)
    site: Site = "intl" if actor.site == "intl" else "cn"
    if one.localised and speaks_unknown_language(http.META):
        raise InvalidParameter(parameter="X-Language", reason=_("it is not one of the values allowed"))
    model = one.request or WireModel
    given = _given(one, http, body, site, in_path)
    request = read(model, given, site)
    call = partial(one.run, actor, request) if one.request else partial(one.run, actor)
    if one.raw:
        call = partial(call, content=body)
    key = str(http.META.get("HTTP_IDEMPOTENCY_KEY", ""))
    if key and one.door == "native" and one.method == "POST":
        return _once(one, call, actor, key, given, site)
    return _written(one, call(), site, request_id)


def _written(one: Operation, result: Any, site: Site, request_id: str) -> HttpResponse:
    status, headers = one.status, {}
    if isinstance(result, Answer):
        status, headers, result = result.status, result.headers, result.body
    content = b"" if result is None and status == 204 else write({} if result is None else result, site)
    response = json_answer(content, status, request_id)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _once(
    one: Operation, call: Callable[[], Any], actor: Actor, key: str, given: dict[str, Any], site: Site
) -> HttpResponse:
    """The same key and body give the first answer again, byte for byte; another body is a conflict."""
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidParameter(parameter="Idempotency-Key", reason=_("its format is wrong"))

    def run() -> tuple[int, str]:
        first = _written(one, call(), site, actor.request_id)
        return first.status_code, first.content.decode()

    status, content = once(actor, key=key, fingerprint=fingerprint_of(one.method, one.path, given), run=run)
    return json_answer(content.encode(), status, actor.request_id)


def _body(http: HttpRequest) -> bytes:
    try:
        return http.body
    except (RequestDataTooBig, UnreadablePostError):
        raise MalformedBody(reason=_("it is too large or was cut off")) from None


def _admit(one: Operation, actor: Actor) -> None:
    """Raises WrongCaller or WrongSite unless the operation is for this actor."""
    if not _is_for(one.callers, actor):
        raise WrongCaller()
    if actor.kind in ("partner", "customer") and actor.site not in one.sites:
        raise WrongSite()
    if one.items and not _holds_items(actor, one.items):
        raise WrongCaller()
    if one.needs and not actor.may(one.needs):
        raise NotPermitted(permission=one.needs)


def _is_for(callers: str, actor: Actor) -> bool:
    match callers:
        case "P":
            return actor.kind == "partner"
        case "D":
            return actor.kind == "partner" and actor.account_kind == "distributor"
        case "C" | "M":
            return actor.kind == "customer" and not actor.acting_partner_id
        case "A":
            return actor.kind in ("partner", "customer")
        case "S":
            return actor.kind == "customer"
        case "+":
            return actor.kind != "nobody"
        case "O":
            return actor.kind == "staff"
    return callers == "*"


def _note_use(actor: Actor, one: Operation) -> None:
    """The customer can see what its partner calls with its token."""
    note: Callable[[Actor, str], None] = import_string(settings.AGENCY_USED)
    note(actor, one.name)


def _holds_items(actor: Actor, items: tuple[str, ...]) -> bool:
    holds: Callable[[Actor, tuple[str, ...]], bool] = import_string(settings.ACTOR_HOLDS_ITEMS)
    return holds(actor, items)


def _given(
    one: Operation, http: HttpRequest, body: bytes, site: Site, in_path: dict[str, str]
) -> dict[str, Any]:
    """Every parameter of the request by its key; the path's own win."""
    query = query_of(str(http.META.get("QUERY_STRING", "")))
    given: dict[str, Any] = listed(one.request or WireModel, site, query)
    if one.method in ("POST", "PUT") and not one.raw:
        given.update(body_of(body, str(http.META.get("CONTENT_TYPE", ""))))
    for name in in_path:
        if name in given:
            raise InvalidParameter(parameter=name, reason=_("it belongs to the path"))
    return {**given, **in_path}
