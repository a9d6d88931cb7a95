"""Visiting console pages in tests: as whom, in which language, and finding one's way by the links.

with as_reader(actor) as reader:
    html = reader.get("orders", status="awaiting_payment").content.decode()
    reader.post("orders", deed="cancel", row=order.pk)

for address, answer in crawl(reader): ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.test.utils import override_settings
from django.urls import Resolver404, resolve

from partner_center.console.registry import PAGES
from partner_center.foundation.actor import Actor

_LINK = re.compile(r'(?:href|hx-get)="(/console/[^"]*)"')
_SIGNS_OUT = {"logout", "login", "preferences", "nowhere"}

_reader: list[Actor] = []


def actor_of_the_test(request: HttpRequest) -> Actor:
    """What `ACTOR_FROM_SESSION` names inside `as_reader`."""
    return _reader[-1] if _reader else Actor.nobody()


@dataclass
class Reader:
    """Somebody at the console. Answers come from the real URLs, views and templates."""

    actor: Actor
    language: str = "en"
    client: Client = field(default_factory=Client)

    def get(self, page: str, /, *, row: Any = None, htmx: bool = False, **query: Any) -> Any:
        """GET a page by its name (or an address) with a query."""
        return self.client.get(self._address(page, row), query, headers=self._headers(htmx))

    def post(self, page: str, /, *, of: Any = None, htmx: bool = False, **data: Any) -> Any:
        """POST to a page by its name (or an address)."""
        return self.client.post(self._address(page, of), data, headers=self._headers(htmx))

    def dialog(self, page: str, deed: str, *rows: Any) -> Any:
        """GET the dialog of a deed, as htmx does."""
        headers = {**self._headers(True), "HX-Target": "dialog-body"}
        return self.client.get(
            self._address(page, None), {"dialog": deed, "row": [row.pk for row in rows]}, headers=headers
        )

    def _headers(self, htmx: bool) -> dict[str, str]:
        return {"HX-Request": "true"} if htmx else {}

    def _address(self, page: str, row: Any) -> str:
        if page.startswith("/"):
            return page
        return PAGES[page].url_for(row) if row is not None else PAGES[page].url()


@contextmanager
def as_reader(actor: Actor, language: str = "en") -> Iterator[Reader]:
    """A console in which `actor` has signed in."""
    reader = Reader(actor, language)
    reader.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    _reader.append(actor)
    try:
        with override_settings(ACTOR_FROM_SESSION="tests.pages.actor_of_the_test", CONSOLE_RAISES=True):
            yield reader
    finally:
        _reader.pop()


def crawl(reader: Reader, *, of_each: int = 2) -> Iterator[tuple[str, str, Any]]:
    """Follow the links from every page the reader may open: (page's name, address, answer).

    Of each page at most `of_each` addresses are visited; links that only sort, page or filter are left out.
    """
    waiting = [
        page.url()
        for page in PAGES.values()
        if not page.parameters() and page.name not in _SIGNS_OUT and page.open_to(reader.actor)
    ]
    seen: dict[str, set[str]] = {}
    while waiting:
        address = waiting.pop(0)
        name = _name_of(address)
        path = address.partition("?")[0]
        if name is None or name in _SIGNS_OUT or path in seen.setdefault(name, set()):
            continue
        if len(seen[name]) >= of_each:
            continue
        seen[name].add(path)
        answer = reader.client.get(address)
        yield name, address, answer
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            waiting += [unescape(link) for link in _LINK.findall(answer.content.decode())]


def _name_of(address: str) -> str | None:
    try:
        return resolve(address.partition("?")[0]).url_name
    except Resolver404:
        return None
