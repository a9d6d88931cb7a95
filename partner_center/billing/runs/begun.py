"""Doing a small run at once, so that who asked sees what became of it."""

from __future__ import annotations

from django.db.models import Sum

from partner_center.billing.models import BillRun
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.metering.models import UsageFile

SMALL = 200_000
"""Usage records that are rated while somebody waits: a second or two."""


def carried_if_small(actor: Actor, run: BillRun) -> BillRun:
    """Take a small run as far as it goes; a large one, or one at work already, is left to the background.

    A refusal on the way is the run's trouble, not the caller's: opening it was no mistake.
    """
    records = UsageFile.objects.filter(month=run.month).aggregate(rows=Sum("rows"))["rows"] or 0
    if records > SMALL:
        return run
    from partner_center.billing.runs.working import carry_on  # loads the engines

    try:
        return carry_on(actor, run)
    except DomainError:
        run.refresh_from_db()
        return run
