"""Actions: the only writers. One transaction, one permission, one name.

    @action("orders.pay", takes=OrderState.pay, label=_("Pay"))
    def pay_order(actor: Actor, *, order: Order) -> None: ...

The outermost action checks the permission and opens the transaction; actions called inside it join, and a
refusal in any of them undoes the whole.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import NotPermitted
from partner_center.foundation.permissions import permission as enter
from partner_center.kernel.lifecycle import Step

P = ParamSpec("P")
R = TypeVar("R")

_inside: ContextVar[bool] = ContextVar("inside_action", default=False)


@dataclass(frozen=True, slots=True)
class Action:
    """One entry of the registry: what can be done, under which permission, taking which lifecycle step."""

    name: str
    permission: str
    label: Any
    takes: Step | None
    critical: bool
    run: Callable[..., Any]

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.run) or "").partition("\n")[0]


ACTIONS: dict[str, Action] = {}


def action(
    name: str,
    *,
    takes: Step | None = None,
    label: Any = "",
    permission: str | None = None,
    critical: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an action.

    name: `<room>.<verb>`, unique; also the permission unless `permission` names another.
    takes: the lifecycle step it performs, so that pages can offer it as a button.
    critical: the console asks for a verification code before it, where the account has switched that on.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        _check_shape(function)
        needed = enter(permission or name, label)

        @functools.wraps(function)
        def run(*args: P.args, **facts: P.kwargs) -> R:
            if _inside.get():
                with transaction.atomic(savepoint=False):
                    return function(*args, **facts)
            actor = args[0]
            assert isinstance(actor, Actor), "the first argument of an action is its actor"
            if not actor.may(needed):
                raise NotPermitted(permission=needed)
            token = _inside.set(True)
            try:
                with transaction.atomic():
                    return function(*args, **facts)
            finally:
                _inside.reset(token)

        assert name not in ACTIONS, f"two actions named {name}"
        label_or_step = label or (takes.label if takes else "")
        ACTIONS[name] = Action(name, needed, label_or_step, takes, critical, run)
        run.action = ACTIONS[name]  # type: ignore[attr-defined]
        return run

    return declare


def inside_action() -> bool:
    """Whether we are inside an action, that is, inside its transaction."""
    return _inside.get()


def action_of(function: Callable[..., Any]) -> Action:
    """The registry entry of an @action function."""
    entry: Action = function.action  # type: ignore[attr-defined]
    return entry


def _check_shape(function: Callable[..., Any]) -> None:
    parameters = list(inspect.signature(function).parameters.values())
    assert parameters and parameters[0].name == "actor", (
        f"{function.__qualname__}: the first parameter is the actor"
    )
    for parameter in parameters[1:]:
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, (
            f"{function.__qualname__}: keyword-only after the actor"
        )
