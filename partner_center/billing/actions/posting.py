"""Posting a rating: many customers' months charged at once, in transactions of a few thousand customers each.

Whoever is killed in the middle leaves whole chunks behind; the next turn finds them done and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from partner_center.billing import bulk
from partner_center.billing.actions.charging import Charged, charge_usage
from partner_center.billing.actions.settling import fall_into_arrears
from partner_center.billing.means import MEANS_OF_USAGE, from_accounts
from partner_center.billing.models import ChargedMonth, Rating, RatingKind
from partner_center.billing.totals import RatedGroups, groups_file, read_totals
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.kernel.period import BillMonth

CHUNK = 10_000
"""Customers in one transaction."""


@dataclass(slots=True)
class Posted:
    """What a posting did: customers looked at, those something was charged to, fee records, and who owes since."""

    customers: int = 0
    charged: int = 0
    records: int = 0
    owing: set[str] = field(default_factory=set)

    def add(self, other: Posted) -> None:
        self.customers += other.customers
        self.charged += other.charged
        self.records += other.records
        self.owing |= other.owing


def post_rating(
    actor: Actor,
    *,
    rating: Rating,
    leave_out: Iterable[str] = (),
    customer_ids: Iterable[str] | None = None,
    chunk: int = CHUNK,
    told: Callable[[int, int], None] | None = None,
) -> Posted:
    """Charge what `rating` says of every customer it rated, but for those left out. A repeat charges nothing.

    customer_ids: only these. told: is called after each chunk with how many are done, of how many.
    """
    path, month = groups_file(rating), BillMonth.parse(rating.month)
    with closing(RatedGroups(path)) as groups:
        whom = set(groups.customers()) if customer_ids is None else set(customer_ids)
        if customer_ids is None and _covers_everybody(rating):
            whom |= set(ChargedMonth.objects.filter(month=rating.month).values_list("customer_id", flat=True))
        wanted = sorted(whom - set(leave_out))
        done = Posted()
        for part in _chunks(wanted, chunk):
            done.add(
                post_customers(actor, rating=rating, month=month, path=path, groups=groups, customer_ids=part)
            )
            if told is not None:
                told(done.customers, len(wanted))
    return done


@action("billing.post_rating", permission="billing.charge_usage")
def post_customers(
    actor: Actor,
    *,
    rating: Rating,
    month: BillMonth,
    path: Path,
    groups: RatedGroups,
    customer_ids: Sequence[str],
) -> Posted:
    """One chunk, in one transaction: in bulk where it can be, the rest customer by customer."""
    singly: Sequence[str] = customer_ids
    done = Posted(customers=len(customer_ids))
    if (from_accounts,) == MEANS_OF_USAGE:
        posted = bulk.post(rating=rating, month=month, groups=groups, customer_ids=customer_ids)
        done.charged, done.records, done.owing = posted.charged, posted.records, set(posted.owing)
        singly = posted.left
    for one in post_singly(actor, rating=rating, month=month, path=path, customer_ids=singly):
        done.charged += one.turn is not None
        done.records += one.records
        if one.owes:
            done.owing.add(one.customer_id)
    for customer_id in sorted(done.owing - set(singly)):
        fall_into_arrears(actor, customer_id=customer_id)
    return done


def post_singly(
    actor: Actor, *, rating: Rating, month: BillMonth, path: Path, customer_ids: Sequence[str]
) -> Iterator[Charged]:
    """The same, one customer after the other: what bulk posting must come to."""
    totals = read_totals(path, customer_ids) if customer_ids else {}
    for customer_id in customer_ids:
        yield charge_usage(
            actor,
            customer_id=customer_id,
            month=month,
            totals=totals[customer_id],
            rated_at=rating.rated_at,
            rating=rating,
        )


def _covers_everybody(rating: Rating) -> bool:
    """A month's first run rates all customers: who is not in it any more has nothing to pay."""
    return rating.kind == RatingKind.CLOSE and rating.run is not None and not rating.run.customer_ids


def _chunks(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    waiting = iter(ids)
    while part := list(islice(waiting, size)):
        yield part
