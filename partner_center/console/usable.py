"""Which permissions mean something to whom: those that a page or a button asks for of this kind of actor.

The catalogue of permissions also holds the system's own actions (a lease expires, a refund is carried out);
nobody is given those, so the tree of a role leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from partner_center.console.actions import Deed
from partner_center.console.detail import DetailPage
from partner_center.console.exports import PERMISSION
from partner_center.console.listing import ListPage
from partner_center.console.page import Page
from partner_center.console.panels import Steps
from partner_center.console.registry import PAGES
from partner_center.console.tables import TablePage


@cache
def usable_permissions(kind: str) -> frozenset[str]:
    """The permissions that pages and buttons ask of actors of this kind ("staff", "partner", "customer")."""
    return frozenset(
        permission
        for page in PAGES.values()
        if page.kinds is None or kind in page.kinds
        for permission in _asked_by(page, kind)
    )


def _asked_by(page: type[Page], kind: str) -> Iterator[str]:
    if page.permission:
        yield page.permission
    for deed in _deeds_of(page):
        if deed.action is not None and (deed.kinds is None or kind in deed.kinds):
            yield deed.action.permission
    if issubclass(page, ListPage | TablePage) and page.exportable:
        yield PERMISSION


def _deeds_of(page: type[Page]) -> Iterator[Deed]:
    if issubclass(page, ListPage):
        yield from (*page.row_actions, *page.batches)
    if issubclass(page, DetailPage):
        for panel in (*page.left, *page.right, *page.bottom):
            if isinstance(panel, Steps):
                yield from panel.deeds()
