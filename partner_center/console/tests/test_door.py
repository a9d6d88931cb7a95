from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from partner_center.console.builtin.home import Home
from partner_center.foundation.actor import ALL, Actor
from tests.pages import as_reader

STAFF = Actor(
    kind="staff", account_id="f" * 32, account_kind="vendor", user_id=7, name="Wen", permissions=ALL
)


@pytest.mark.parametrize("address", ["/console/", "/console/login/", "/console/nowhere/", "/console/trail/"])
def test_every_answer_carries_the_security_headers(db: None, address: str) -> None:
    with as_reader(STAFF) as reader:
        headers = reader.client.get(address).headers
    assert headers["Content-Security-Policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'"
    )
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "same-origin"


def test_unknown_addresses_and_missing_slashes(db: None) -> None:
    with as_reader(STAFF) as reader:
        assert reader.client.get("/console/nowhere/").status_code == 404
        assert reader.client.get("/console/trail?q=x")["Location"] == "/console/trail/?q=x"
        assert reader.client.get("/console/outbox/999999/").status_code == 404
        assert reader.client.put("/console/trail/").status_code == 405


def test_a_broken_page_is_a_page_with_a_number(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any) -> dict[str, Any]:
        raise AssertionError("secret detail")

    monkeypatch.setattr(Home, "context", broken)
    with as_reader(STAFF) as reader, override_settings(CONSOLE_RAISES=False):
        answer = reader.get("home")
        assert answer.status_code == 500
        assert b"secret detail" not in answer.content and b"Number of this request" in answer.content
        assert len(reader.get("home", htmx=True).content) < 400


def test_strangers_are_led_to_the_login_and_back(db: None) -> None:
    answer = Client().get("/console/trail/?q=x")
    assert (
        answer.status_code == 302
        and answer["Location"] == "/console/login/?next=%2Fconsole%2Ftrail%2F%3Fq%3Dx"
    )
    piece = Client().get("/console/trail/", headers={"HX-Request": "true"})
    assert piece.headers["HX-Redirect"] == "/console/login/"


def test_language_theme_and_zone_are_the_readers(db: None) -> None:
    with as_reader(STAFF) as reader:
        chosen = {
            "language": "zh-hans",
            "theme": "dark",
            "zone": "America/Santiago",
            "next": "/console/trail/",
        }
        answer = reader.client.post("/console/preferences/", chosen)
        assert answer["Location"] == "/console/trail/"
        html = reader.get("trail").content.decode()
        assert 'lang="zh-Hans"' in html and 'data-bs-theme="dark"' in html and "America/Santiago" in html
        assert "审计日志" in html
        reader.client.post(
            "/console/preferences/", {"language": "xx", "theme": "pink", "zone": "../etc/passwd"}
        )
        assert "America/Santiago" in reader.get("trail").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "console"]
)
def test_preferences_lead_nowhere_else(db: None, target: str) -> None:
    assert Client().post("/console/preferences/", {"next": target})["Location"] == "/console/"


def test_broken_cookies_are_survived(db: None) -> None:
    with as_reader(STAFF) as reader:
        for value in ("../../etc/passwd", "Asia", "x" * 3000, "é"):
            reader.client.cookies["pc_zone"] = value
            reader.client.cookies["pc_theme"] = value
            assert "Asia/Shanghai" in reader.get("trail").content.decode()


def test_the_menu_shows_what_may_be_opened(db: None) -> None:
    nothing = Actor(
        kind="staff", account_id="f" * 32, user_id=9, name="New", permissions=frozenset({"trail.view"})
    )
    with as_reader(nothing) as reader:
        html = reader.get("home").content.decode()
        assert "/console/trail/" in html and "/console/jobs/" not in html and "/console/outbox/" not in html
