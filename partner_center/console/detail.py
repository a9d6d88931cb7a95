"""Detail pages: one row, made of panels."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.utils.safestring import SafeString

from partner_center.console.actions import Deed
from partner_center.console.columns import Masked, State, column_for
from partner_center.console.dialogs import Deeds
from partner_center.console.listing import looked_at
from partner_center.console.panels import Facts, Panel, Steps
from partner_center.foundation.errors import NotPermitted
from partner_center.kernel.errors import DomainError


class DetailPage(Deeds):
    """One row.

    fetch    (actor, *values of the path) → the row; raises a DomainError when it is absent or not yours
    left, right, bottom   panels; the columns become one on narrow screens
    state    the field shown as a badge beside the heading
    """

    template = "console/detail.html"

    fetch: ClassVar[Any]
    left: ClassVar[Sequence[Panel]] = ()
    right: ClassVar[Sequence[Panel]] = ()
    bottom: ClassVar[Sequence[Panel]] = ()
    state: ClassVar[str] = "state"

    @cached_property
    def row(self) -> Any:
        fetch = inspect.getattr_static(type(self), "fetch")
        fetch = fetch.__func__ if isinstance(fetch, staticmethod) else fetch
        try:
            return fetch(self.actor, *(self.place[name] for name in self.parameters()))
        except (DomainError, ValueError, OverflowError) as refusal:
            raise Http404(str(refusal)) from refusal

    @property
    def heading(self) -> Any:
        return str(self.row)

    @property
    def badge(self) -> SafeString:
        value = getattr(self.row, self.state, None)
        if value is None:
            return SafeString("")
        return State(self.state).html(self.row, self.actor)

    def get(self) -> HttpResponse:
        if name := self.request.GET.get("dialog"):
            return self.ask(self.deed_called(name), [str(self.row.pk)])
        return self.render()

    def post(self) -> HttpResponse:
        if name := self.request.POST.get("reveal"):
            return self._reveal(name)
        return self.do()

    # ------------------------------------------------------------------ panels

    def panels(self) -> Iterator[Panel]:
        yield from (*self.left, *self.right, *self.bottom)

    @property
    def left_html(self) -> list[SafeString]:
        return self._filled(self.left)

    @property
    def right_html(self) -> list[SafeString]:
        return self._filled(self.right)

    @property
    def bottom_html(self) -> list[SafeString]:
        return self._filled(self.bottom)

    def _filled(self, panels: Sequence[Panel]) -> list[SafeString]:
        return [html for html in (panel.html(self) for panel in panels) if html.strip()]

    # ------------------------------------------------------------------ deeds

    def deeds(self) -> Sequence[Deed]:
        return [deed for panel in self.panels() if isinstance(panel, Steps) for deed in panel.deeds()]

    def buttons(self) -> list[tuple[Deed, str]]:
        """The deeds open to this reader for this row now, each with the address of its dialog or page."""
        return [
            (deed, self.address_of(deed))
            for panel in self.panels()
            if isinstance(panel, Steps) and panel.shown_to(self)
            for deed in panel.offered(self)
        ]

    def address_of(self, deed: Deed) -> str:
        from partner_center.console.registry import PAGES

        return PAGES[deed.page].url_for(self.row) if deed.page else f"{self.request.path}?dialog={deed.name}"

    def chosen(self, keys: Sequence[str]) -> list[Any]:
        return [self.row] if str(self.row.pk) in keys else []

    # ------------------------------------------------------------------ personal data

    def _reveal(self, name: str) -> HttpResponse:
        for panel in self.panels():
            if not isinstance(panel, Facts) or not panel.shown_to(self):
                continue
            for line in panel.lines:
                column = column_for(None, line)
                if isinstance(column, Masked) and column.name == name and column.seen_by(self.actor):
                    if not column.may_reveal(self.actor):
                        raise NotPermitted(permission=column.permission)
                    looked_at(self.actor, self.row, name, about=self.concerned(self.row))
                    return HttpResponse(column.clear(self.row))
        raise Http404(name)
