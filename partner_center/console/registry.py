"""Every declared page by its name. Pages enter it by being declared (`Page.__init_subclass__`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.module_loading import autodiscover_modules

if TYPE_CHECKING:
    from partner_center.console.pages import Page

PAGES: dict[str, type[Page]] = {}


def register(page: type[Page]) -> None:
    """Enter a page. Its name and its path are its own."""
    other = PAGES.get(page.name)
    assert other is None or _same_class(other, page), (
        f"two pages are called {page.name!r}: {other} and {page}"
    )
    paths = {one.path: one for one in PAGES.values() if one.name != page.name}
    assert page.path not in paths, f"{page.path!r} is the path of both {page} and {paths.get(page.path)}"
    PAGES[page.name] = page


def discover() -> None:
    """Import `<room>/console/pages.py` of every installed room, and the frame's own pages."""
    import partner_center.console.builtin  # noqa: F401 - declares pages

    autodiscover_modules("console.pages")


def _same_class(one: type, other: type) -> bool:
    return (one.__module__, one.__qualname__) == (other.__module__, other.__qualname__)
