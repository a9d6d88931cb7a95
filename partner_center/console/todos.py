"""To-dos: what waits for this reader, as lines on the home page.

    todo("orders.unpaid", _("Orders to pay"), page="orders", query={"state": "awaiting_payment"},
         count=lambda actor: Order.objects.visible_to(actor).filter(state=OrderState.AWAITING_PAYMENT).count(),
         kinds=("customer",), tone="warning")

A to-do is shown while its count is above zero, to readers who may open its page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from partner_center.console.registry import PAGES
from partner_center.foundation.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    name: str
    label: Any
    page: str
    count: Callable[[Actor], int]
    query: Mapping[str, str] = field(default_factory=dict)
    kinds: Sequence[str] | None = None
    tone: str = "warning"
    icon: str = "checklist"


TODOS: dict[str, Todo] = {}


def todo(name: str, label: Any, *, page: str, count: Callable[[Actor], int], **more: Any) -> None:
    """Declare a kind of to-do, in a room's `console/pages.py`."""
    assert name not in TODOS, f"two to-dos named {name}"
    TODOS[name] = Todo(name=name, label=label, page=page, count=count, **more)


def todos_of(actor: Actor) -> list[tuple[Todo, int, str]]:
    """What waits for this actor: the to-do, how many, where."""
    found = []
    for one in TODOS.values():
        page = PAGES.get(one.page)
        if page is None or not page.open_to(actor) or (one.kinds is not None and actor.kind not in one.kinds):
            continue
        count = one.count(actor)
        if count:
            found.append((one, count, page.url() + ("?" + urlencode(one.query) if one.query else "")))
    return found
