"""Answers of both APIs: the one place that turns a refusal into the wire's words, codes and statuses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from partner_center.kernel.errors import DomainError
from partner_center.wire.errors import GatewayError, UnknownPath
from partner_center.wire.requests import language_of, new_request_id
from partner_center.wire.writing import write

LONGEST_MESSAGE = 1024


def json_answer(content: bytes, status: int, request_id: str) -> HttpResponse:
    response = HttpResponse(content, status=status, content_type="application/json")
    response.headers["X-Request-Id"] = request_id
    response._has_been_logged = True  # type: ignore[attr-defined]  # a refusal is an answer, not news for Django's log
    return response


def refusal(error: DomainError, request_id: str, *, status: int | None = None) -> HttpResponse:
    """The body {error_code, error_msg} in the active language; the gateway's own refusals add request_id."""
    body: dict[str, Any] = {"error_code": error.code, "error_msg": str(error)[:LONGEST_MESSAGE]}
    if isinstance(error, GatewayError):
        body["request_id"] = request_id
    extra = getattr(error, "answers", None)
    if isinstance(extra, dict):
        body.update(extra)
    response = json_answer(write(body, "cn"), status or error.status, request_id)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "SDK-HMAC-SHA256"
    return response


def unknown_path(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 for paths that are nobody's, as the gateway says it."""
    with translation.override(language_of(request.META)):
        return refusal(UnknownPath(), new_request_id())
