"""The console's door: who is asking, in which language and time zone; refusals become pages here and nowhere else."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string

from partner_center.console.page import Page
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError, Forbidden, NotFound, Unauthenticated

log = structlog.get_logger(__name__)

THEMES = ("auto", "light", "dark")
THEME_COOKIE, ZONE_COOKIE = "pc_theme", "pc_zone"
DEFAULT_ZONE = "Asia/Shanghai"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


@dataclass(frozen=True, slots=True)
class Reader:
    """How the person at the screen wants to read: theme and time zone (the language is Django's)."""

    theme: str
    zone: ZoneInfo

    @property
    def zone_words(self) -> str:
        """ "UTC+08:00 Asia/Shanghai"."""
        offset = clock.now().astimezone(self.zone).strftime("%z")
        return f"UTC{offset[:3]}:{offset[3:]} {self.zone.key}"


def enter(page: type[Page], request: HttpRequest, **place: object) -> HttpResponse:
    """Answer one request with one page."""
    with clock.scope():
        reader = _reader(request)
        request.reader = reader  # type: ignore[attr-defined]
        request.actor = Actor.nobody(door="console", request_id=_request_id())  # type: ignore[attr-defined]
        with timezone.override(reader.zone):
            answer = _guarded(page, request, place)
    return _sealed(answer)


def view_of(page: type[Page]) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, **place: object) -> HttpResponse:
        return enter(page, request, **place)

    view.page = page  # type: ignore[attr-defined]
    view.__name__ = page.__name__
    return view


def refuse_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: the form is too old, or not ours."""
    with clock.scope():
        request.reader = _reader(request)  # type: ignore[attr-defined]
        request.actor = Actor.nobody(door="console")  # type: ignore[attr-defined]
        log.warning("console.csrf", reason=reason, path=request.path)
        return _sealed(_told(request, 403, Forbidden(), forged=True))


def _guarded(page: type[Page], request: HttpRequest, place: dict[str, object]) -> HttpResponse:
    try:
        request.actor = _actor(request)  # type: ignore[attr-defined]
        if request.actor.kind == "nobody" and not page.public:  # type: ignore[attr-defined]
            return _to_login(request)
        answer = page(request, **place).answer()
        if hasattr(answer, "render") and callable(answer.render):
            answer = answer.render()
        return answer
    except Unauthenticated:
        return _to_login(request)
    except Http404:
        return _told(request, 404, NotFound())
    except PermissionDenied:
        return _told(request, 403, Forbidden())
    except BadRequest as error:
        return _told(request, 400, str(error))
    except DomainError as refusal:
        return _told(request, refusal.status, refusal)
    except Exception:
        if getattr(settings, "CONSOLE_RAISES", False):
            raise
        log.exception("console.broken", path=request.path, request_id=request.actor.request_id)  # type: ignore[attr-defined]
        return _told(request, 500, None)


def _actor(request: HttpRequest) -> Actor:
    ask: Callable[[HttpRequest], Actor] = import_string(settings.ACTOR_FROM_SESSION)
    return replace(
        ask(request), door="console", request_id=_request_id(), language=translation.get_language() or "en"
    )


def _reader(request: HttpRequest) -> Reader:
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return Reader(theme if theme in THEMES else "auto", zone_called(request.COOKIES.get(ZONE_COOKIE, "")))


def zone_called(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name) if name else ZoneInfo(DEFAULT_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(DEFAULT_ZONE)


def _to_login(request: HttpRequest) -> HttpResponse:
    address = settings.CONSOLE_LOGIN if hasattr(settings, "CONSOLE_LOGIN") else "/console/login/"
    if request.method == "GET" and request.headers.get("HX-Request") != "true":
        address += "?" + urlencode({"next": request.get_full_path()})
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _told(request: HttpRequest, status: int, refusal: object, *, forged: bool = False) -> HttpResponse:
    """A refusal as a page; for htmx as a toast, because the page behind it stays."""
    context = {"status": status, "refusal": refusal, "forged": forged, "page": None}
    if request.headers.get("HX-Request") == "true":
        return render(request, "console/error_piece.html", context, status=status)
    return render(request, "console/error.html", context, status=status)


def _sealed(answer: HttpResponse) -> HttpResponse:
    """The headers of every console answer."""
    answer.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    answer.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
    answer.headers.setdefault("Referrer-Policy", "same-origin")
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers.setdefault("Content-Language", translation.get_language() or "en")
    patch_vary_headers(answer, ("HX-Request", "HX-Target"))
    return answer


def _request_id() -> str:
    return secrets.token_hex(16)


__all__ = ["Reader", "enter", "refuse_forgery", "view_of", "zone_called"]
