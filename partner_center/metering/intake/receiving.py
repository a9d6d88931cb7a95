"""A batch from its first record to the moment it counts.

The batch has a row from the beginning, so that its files bear its number; nothing counts until one transaction
closes it: the files become visible, the refused records stand in the quarantine, the metered time is taken. What
was killed on the way leaves files that nobody sees and that a job sweeps; sending the batch again finishes it.
"""

from __future__ import annotations

from collections.abc import Callable

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.kernel import clock
from partner_center.metering.actions.intake import Overtaken, begin_batch, close_batch, forget_batch
from partner_center.metering.errors import AlreadyDecided, BatchReused, IntakeBusy
from partner_center.metering.intake.examining import Examiner
from partner_center.metering.intake.gathering import Gathering
from partner_center.metering.intake.records import Chunk, Delivery
from partner_center.metering.intake.resolving import Directory
from partner_center.metering.intake.sweeping import remove
from partner_center.metering.models import BatchState, UsageBatch
from partner_center.metering.queries import last_closed_month
from partner_center.metering.store import Store

ATTEMPTS = 5


def receive(
    actor: Actor, delivery: Delivery, *, told: Callable[[Chunk], None] = lambda chunk: None
) -> UsageBatch:
    """Receive a batch, once: the same id with the same content answers what the first time did.

    told: is called with each chunk that has been examined. Raises BatchReused (same id, other content),
    TooManyRejected, StoreUnavailable, IntakeBusy, and what reading the delivery raises; nothing has changed then.
    """
    for _attempt in range(ATTEMPTS):
        batch = begin_batch(actor, delivery=delivery)
        if batch.state is BatchState.RECEIVED:
            if batch.sha256 != delivery.sha256:
                raise BatchReused(batch_id=delivery.batch_id)
            return batch
        if _closed(actor, batch, delivery, told):
            return batch
    forget_batch(actor, batch=batch)
    raise IntakeBusy(batch_id=delivery.batch_id)


def _closed(actor: Actor, batch: UsageBatch, delivery: Delivery, told: Callable[[Chunk], None]) -> bool:
    """One attempt. False when others changed meanwhile what the records were checked against."""
    store = Store.configured()
    gathering = Gathering(store, batch.pk)
    examiner = Examiner(
        Directory(completes=delivery.completes),
        gathering,
        now=int(clock.now().timestamp()),
        closed=last_closed_month(),
    )
    try:
        for chunk in delivery.chunks():
            examiner.examine(chunk)
            told(chunk)
        gathering.finish()
        close_batch(actor, batch=batch, delivery=delivery, examined=examiner)
    except Exception as error:
        remove(actor, gathering.pending())
        overtaken = isinstance(error, Overtaken) or (
            isinstance(error, WrongState) and not isinstance(error, AlreadyDecided)
        )
        if overtaken:
            return False
        forget_batch(actor, batch=batch)
        raise
    return True
