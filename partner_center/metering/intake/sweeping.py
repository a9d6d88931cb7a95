"""Files that never came to count are removed: claimed first, so that nobody makes one count that is gone."""

from __future__ import annotations

from collections.abc import Iterable

from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.metering.actions.intake import KEPT_PENDING, claim_file, drop_file, drop_unfinished
from partner_center.metering.models import PendingFile
from partner_center.metering.store import Store

SWEPT_A_TURN = 500


def remove(actor: Actor, paths: Iterable[str]) -> int:
    """Remove these pending files; how many did not count. May be killed anywhere and run again."""
    store, removed = Store.configured(), 0
    for path in paths:
        if claim_file(actor, path=path):
            store.delete(path)
            drop_file(actor, path=path)
            removed += 1
    return removed


def sweep(actor: Actor) -> int:
    """Remove what has been pending for more than a day, and forget batches begun as long ago; how many files."""
    old = PendingFile.objects.filter(begun_at__lt=clock.now() - KEPT_PENDING).order_by("pk")
    removed = remove(actor, list(old.values_list("path", flat=True)[:SWEPT_A_TURN]))
    drop_unfinished(actor)
    return removed
