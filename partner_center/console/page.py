"""The base of every page: its name, its address, who may open it, where it hangs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import follow
from partner_center.console.registry import PAGES, register
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import NotPermitted
from partner_center.foundation.permissions import permission as enter_permission
from partner_center.kernel.errors import Forbidden

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


class Page:
    """One address of the console.

    name        unique; navigation, links and panels use it
    path        below /console/; parameters are named after attributes of the row ("orders/<str:number>/")
    title       in the browser's tab and above the page
    permission  needed to open it; None: everybody who is signed in
    kinds       only actors of these kinds: ("staff",), ("partner", "customer")
    parent      the page above, for the breadcrumbs
    public      needs no signing in (the login page)
    tabs        names of pages that show the same thing from other sides; `carried` are the parameters kept between them
    """

    name: ClassVar[str] = ""
    path: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    lead: ClassVar[Any] = ""
    permission: ClassVar[str | None] = None
    kinds: ClassVar[Sequence[str] | None] = None
    parent: ClassVar[str | None] = None
    public: ClassVar[bool] = False
    tabs: ClassVar[Sequence[str]] = ()
    carried: ClassVar[Sequence[str]] = ()
    template: ClassVar[str] = "console/page.html"
    wide: ClassVar[bool] = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if not cls.__dict__.get("name"):
            return
        assert cls.title, f"{cls.__name__}: a page has a path and a title"
        register(cls)
        if cls.permission:
            enter_permission(cls.permission, format_lazy("{} {}", _("View:"), cls.title))

    def __init__(self, request: HttpRequest, **place: Any) -> None:
        self.request, self.place = request, place
        self.actor: Actor = request.actor  # type: ignore[attr-defined]

    # ------------------------------------------------------------------ answering

    def answer(self) -> HttpResponse:
        """Check who is asking, then answer the method."""
        if not self.open_to(self.actor):
            raise NotPermitted(permission=self.permission) if self.permission else Forbidden()
        match self.request.method:
            case "GET" | "HEAD":
                return self.get()
            case "POST":
                return self.post()
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])

    def get(self) -> HttpResponse:
        return self.render()

    def post(self) -> HttpResponse:
        return HttpResponseNotAllowed(["GET", "HEAD"])

    def context(self) -> dict[str, Any]:
        """What the template is given beside `page`. Override."""
        return {}

    def render(self, template: str | None = None, **more: Any) -> HttpResponse:
        return render(self.request, template or self.template, {"page": self, **self.context(), **more})

    # ------------------------------------------------------------------ who and where

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        if cls.public:
            return True
        if actor.kind == "nobody" or (cls.kinds is not None and actor.kind not in cls.kinds):
            return False
        return cls.permission is None or actor.may(cls.permission)

    @classmethod
    def shows(cls, actor: Actor, row: Any) -> bool:
        """Whether a row that others link to is this actor's to open, as far as the row itself can tell.

        Override it where rows are mentioned to readers who may not see them, so that they are names, not links.
        """
        return True

    @classmethod
    def parameters(cls) -> list[str]:
        """The names of the path's parameters, in order."""
        return _PARAMETER.findall(cls.path)

    @classmethod
    def url(cls, **place: Any) -> str:
        return reverse(f"console:{cls.name}", kwargs=place or None)

    @classmethod
    def url_for(cls, row: Any) -> str:
        """The address about `row`: each path parameter is the row's attribute; a plain value is the only one."""
        names = cls.parameters()
        if isinstance(row, str | int):
            assert len(names) == 1, f"{cls.name} has no single parameter"
            return cls.url(**{names[0]: row})
        return cls.url(**{name: follow(row, name) for name in names})

    @property
    def heading(self) -> Any:
        """The title above the page; detail pages put their row here."""
        return self.title

    def crumbs(self) -> list[tuple[Any, str]]:
        """The pages above this one that the reader may open, from the top: (title, address)."""
        trail: list[tuple[Any, str]] = []
        page = PAGES.get(self.parent or "")
        while page is not None:
            if page.open_to(self.actor) and set(page.parameters()) <= self.place.keys():
                trail.append((page.title, page.url(**{name: self.place[name] for name in page.parameters()})))
            page = PAGES.get(page.parent or "")
        return trail[::-1]

    @property
    def open_tabs(self) -> list[tuple[Any, str, bool]]:
        """The tabs that the reader may open: (title, address, whether it is this page)."""
        kept = urlencode(
            {name: self.request.GET[name] for name in self.carried if self.request.GET.get(name)}
        )
        pages = [page for page in (PAGES.get(name) for name in self.tabs) if page is not None]
        return [
            (page.title, page.url() + (f"?{kept}" if kept else ""), page.name == self.name)
            for page in pages
            if page.open_to(self.actor)
        ]

    # ------------------------------------------------------------------ partial pages

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a piece (a history restore asks for the whole page)."""
        headers = self.request.headers
        return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"

    @property
    def wants_dialog(self) -> bool:
        return self.is_partial and self.request.headers.get("HX-Target") == "dialog-body"

    def toast(self, words: Any, *, tone: str = "success") -> None:
        """Say something on the next whole page."""
        messages.add_message(
            self.request, messages.SUCCESS if tone == "success" else messages.ERROR, str(words)
        )

    def go(self, address: str) -> HttpResponse:
        """Leave for another page, from a whole page and from a dialog alike."""
        if self.is_partial:
            return HttpResponse(headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)


class TemplatePage(Page):
    """A page with a template of its own, for what is neither a list nor a row nor a form: `template`, `context()`."""
