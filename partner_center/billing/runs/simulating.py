"""What a month would have cost with a draft's prices: its snapshot once more, with others, against its rating."""

from __future__ import annotations

from partner_center.billing.runs import comparing, rated, snapshot
from partner_center.billing.runs.actions import discard_rating, finish_rating
from partner_center.billing.runs.folders import RunFolder
from partner_center.billing.runs.queries import simulations
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.kernel.period import BillMonth


def simulate_next(actor: Actor) -> bool:
    """Rate the simulation that has waited longest. One that fails says why and is discarded.

    What is kept is the comparison: snapshot and draft are there to be rated again.
    """
    rating = simulations().select_related("draft", "base").first()
    if rating is None:
        return False
    folder = RunFolder(rating.folder)
    try:
        if rating.draft is None or rating.base is None:
            raise AssertionError("a simulation has a draft and a base")
        base = RunFolder(rating.base.folder)
        taken = snapshot.again(folder, base, BillMonth.parse(rating.month), draft=rating.draft)
        done = rated.rate_folder(folder, name=str(rating), for_bills=False)
        comparison = comparing.compared(folder, base, against=str(rating.base.run))
    except DomainError as refusal:
        folder.discard()
        discard_rating(actor, rating=rating, trouble=str(refusal))
        return False
    finish_rating(
        actor,
        rating=rating,
        totals=done.totals,
        engine=done.engine,
        comparison=comparison,
        manifest=taken.manifest,
    )
    folder.discard()
    return True
