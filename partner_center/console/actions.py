"""Deeds: how a page offers an @action. A button in a row, a batch over chosen rows, a step of a detail page.

A deed opens a dialog (the confirmation, its form, the verification code where one is due) and then runs
the action. Each row of a batch stands alone, in its own transaction (batches.py).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import ACTIONS, Action, action_of
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import Refused
from partner_center.kernel.lifecycle import Lifecycle, Step

if TYPE_CHECKING:
    from partner_center.console.forms import ActionForm

DONE = _("Done.")


class NotNow(Refused):
    """The deed is not offered for this row."""

    says = _("This is not possible here.")


class Deed:
    """One thing that can be done to a row.

    name      unique on its page
    label     the button's words
    act       the @action
    argument  the keyword by which the action takes the row
    form      an ActionForm when the action takes more than the row
    page      the name of a FormPage that does it instead of a dialog here (act may then be left out)
    when      row → bool: whether it is offered now; steps are also checked against the row's state
    confirm   the question of the dialog; tone "danger" for what cannot be taken back
    success   what the toast says afterwards
    """

    many: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        label: Any = None,
        act: Callable[..., Any] | None = None,
        argument: str = "",
        *,
        form: type[ActionForm] | None = None,
        page: str = "",
        when: Callable[[Any], bool] | None = None,
        step: Step | None = None,
        state_field: str = "state",
        confirm: Any = None,
        tone: str = "",
        icon: str = "",
        success: Any = None,
        kinds: Sequence[str] | None = None,
        fixed: dict[str, Any] | None = None,
    ) -> None:
        assert act or page, f"deed {name!r} does nothing: give it an action or a page"
        self.name, self.act, self.form, self.page, self.when = name, act, form, page, when
        self.action: Action | None = action_of(act) if act else None
        self.label = label if label is not None else (self.action.label if self.action else name)
        self.argument = argument or (row_argument(act) if act else "")
        self.step = step or (self.action.takes if self.action else None)
        self.state_field, self.confirm, self.tone, self.icon, self.kinds = (
            state_field,
            confirm,
            tone,
            icon,
            kinds,
        )
        self.success, self.fixed = success if success is not None else DONE, fixed or {}

    @property
    def critical(self) -> bool:
        return bool(self.action and self.action.critical)

    def permitted(self, actor: Actor) -> bool:
        """Whether this actor may do it to any row at all."""
        if self.kinds is not None and actor.kind not in self.kinds:
            return False
        if self.page:
            from partner_center.console.registry import PAGES

            page = PAGES.get(self.page)
            return page is not None and page.open_to(actor)
        return self.action is not None and actor.may(self.action.permission)

    def offered(self, actor: Actor, row: Any) -> bool:
        """Whether to show the button for this row now. The action itself decides again when it is run."""
        if not self.permitted(actor):
            return False
        if self.step is not None:
            state = getattr(row, self.state_field, None)
            if isinstance(state, self.step.lifecycle) and state not in self.step.sources:
                return False
        return self.when is None or self.when(row)

    def do(self, actor: Actor, row: Any, facts: dict[str, Any]) -> Any:
        """Do it to one row. Raises the action's refusals, NotNow where it is not offered."""
        assert self.act is not None
        if self.when is not None and not self.when(row):
            raise NotNow()
        return self.act(actor, **{self.argument: row}, **self.fixed, **facts)


class RowAction(Deed):
    """A deed in the menu of each row."""


class Batch(Deed):
    """A deed over chosen rows. Each row stands alone: some may be refused, the rest go on."""

    many = True


class Together(Batch):
    """A batch whose rows are done in one go, where that is one deed and not many: override `do_all`."""

    def do_all(self, actor: Actor, rows: Sequence[Any], facts: dict[str, Any]) -> dict[str, Any]:
        """Do it; why a row was refused, by its key. Done again it changes nothing."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A button above a list that opens another page: Link(page="new-customer", label=_("New customer"))."""

    page: str
    label: Any = None
    icon: str = "plus"
    primary: bool = True


def deeds_of_steps(
    lifecycle: type[Lifecycle],
    *,
    state_field: str = "state",
    forms: dict[str, type[ActionForm]] | None = None,
    pages: dict[str, str] | None = None,
    leave_out: Sequence[str] = (),
    confirm: dict[str, Any] | None = None,
) -> list[Deed]:
    """The deeds that take the steps of a lifecycle, found in the registry of actions.

    Steps without an action are the system's own. An action that wants more than the row and has neither
    a form nor a page here is left out.
    """
    found = []
    for step in lifecycle.steps():
        if step.name in leave_out:
            continue
        page = (pages or {}).get(step.name, "")
        form = (forms or {}).get(step.name)
        for action in ACTIONS.values():
            if action.takes != step:
                continue
            if not page and not form and _wants_more(action.run):
                continue
            found.append(
                Deed(
                    step.name,
                    step.label,
                    None if page else action.run,
                    form=form,
                    page=page,
                    step=step,
                    state_field=state_field,
                    confirm=(confirm or {}).get(step.name),
                    tone="danger" if step.target.tone in ("bad", "muted") else "",
                )
            )
            break
    return found


def row_argument(act: Callable[..., Any]) -> str:
    """The keyword by which an action takes its row: the first after the actor."""
    names = list(inspect.signature(act).parameters)
    assert len(names) > 1, f"{act} takes no row"
    return names[1]


def _wants_more(act: Callable[..., Any]) -> bool:
    parameters = list(inspect.signature(act).parameters.values())[2:]
    return any(one.default is inspect.Parameter.empty and one.kind is one.KEYWORD_ONLY for one in parameters)
