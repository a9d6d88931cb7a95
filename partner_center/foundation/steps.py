"""Moving a row along its lifecycle: a compare-and-set, so that of two at once one comes too late."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from partner_center.foundation.action import inside_action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import entry_of
from partner_center.foundation.errors import WrongState
from partner_center.foundation.hot import move
from partner_center.kernel.lifecycle import Step


def advance(
    actor: Actor,
    row: Model,
    step: Step,
    *,
    field: str = "state",
    about: str = "",
    refusal: type[WrongState] = WrongState,
    **changes: Any,
) -> None:
    """Take `step` with `row` and set `changes` in the same UPDATE; write the audit trail.

    Raises `refusal` (a WrongState) when the row is not, or no longer, in a state the step starts from;
    nothing has changed then. `about` is the account the trail entry concerns.
    """
    assert inside_action(), "states change inside actions"
    before = getattr(row, field)
    model = type(row)
    entry = entry_of(
        actor,
        f"{model._meta.model_name}.{step.name}",
        row,
        about=about or getattr(row, "customer_id", "") or "",
        before=before.value,
        after=step.target.value,
    )
    if not move(model, row.pk, field, step.sources, {field: step.target, **changes}, beside=entry):
        current = model._default_manager.filter(pk=row.pk).values_list(field, flat=True).first()
        raise refusal(subject=str(row), state=current if current is not None else before)
    setattr(row, field, step.target)
    for name, value in changes.items():
        setattr(row, name, value)
