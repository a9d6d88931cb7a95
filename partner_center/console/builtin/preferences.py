"""Language, theme and time zone: kept by the browser, no row."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from partner_center.console.page import Page

A_YEAR = 365 * 24 * 3600
ZONES = (
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Bangkok",
    "Asia/Dubai",
    "Asia/Riyadh",
    "Africa/Johannesburg",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/London",
    "America/Sao_Paulo",
    "America/Mexico_City",
    "America/Santiago",
    "UTC",
)


class Preferences(Page):
    """POST language=…, theme=… or zone=…; then back to where the reader was."""

    name, path, title, public = "preferences", "preferences/", _("Preferences"), True

    def get(self) -> HttpResponse:
        return HttpResponseRedirect(self._back())

    def post(self) -> HttpResponse:
        answer = self.go(self._back())
        chosen: dict[str, Any] = {
            "django_language": (
                self.request.POST.get("language"),
                {code for code, _name in settings.LANGUAGES},
            ),
            "pc_theme": (self.request.POST.get("theme"), {"auto", "light", "dark"}),
            "pc_zone": (self.request.POST.get("zone"), available_timezones()),
        }
        for cookie, (value, allowed) in chosen.items():
            if value in allowed:
                answer.set_cookie(
                    cookie,
                    value,
                    max_age=A_YEAR,
                    httponly=True,
                    samesite="Lax",
                    secure=settings.SESSION_COOKIE_SECURE,
                )
        return answer

    def _back(self) -> str:
        asked = self.request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(
            asked, {self.request.get_host()}, require_https=self.request.is_secure()
        )
        return asked if safe and asked.startswith("/") else "/console/"
