"""Whose lines a reader of the console may see in a month, as the scopes that bill lines are read by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from partner_center.billing.console.asking import customers_called
from partner_center.billing.models import CustomerRating, FeeRecord
from partner_center.billing.reading import Scope, scope_of_customer
from partner_center.billing.reading.scopes import customers_within, manager_of
from partner_center.foundation.actor import Actor
from partner_center.kernel.period import BillMonth
from partner_center.partners.models import Partner

MOST = 1000
"""Lines of so many customers are read at once; who has more chooses among them."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """One scope for each partner whose customers' lines they are; `left_out` customers did not fit."""

    scopes: tuple[Scope, ...]
    customers: int
    left_out: int = 0


def scopes_for(
    actor: Actor, first: BillMonth, last: BillMonth, *, words: str | None = None, currency: str | None = None
) -> Scopes:
    """The customers of these months whose lines the actor may see: those called `words`, with accounts in `currency`.

    A partner's are those that it was charged for and those that are its own now; a distributor's include its
    resellers', each read through the reseller. Nobody sees what was consumed with another partner.
    """
    if actor.kind == "customer":
        return Scopes((scope_of_customer(actor),), 1)
    limit, everybody, scopes = MOST, 0, []
    for partner_id, customers in _by_partner(actor, first, last, words, currency):
        kept = customers[:limit]
        limit, everybody = limit - len(kept), everybody + len(customers)
        if kept:
            scopes.append(Scope(tuple(kept), partner_id, manager_of(actor)))
    return Scopes(tuple(scopes), everybody, everybody - (MOST - limit))


def _by_partner(
    actor: Actor, first: BillMonth, last: BillMonth, words: str | None, currency: str | None
) -> Iterator[tuple[str, list[str]]]:
    """The customers to read, partner by partner; the house reads them all beside no partner."""
    called = None if not words else set(customers_called(words).values_list("pk", flat=True))
    if actor.is_house:
        months = {"month__gte": str(first), "month__lte": str(last)}
        rated = CustomerRating.objects.filter(**months)
        charged = FeeRecord.objects.filter(**months).order_by()
        if currency:
            rated, charged = rated.filter(currency=currency), charged.filter(currency=currency)
        found = {
            *rated.values_list("customer_id", flat=True).distinct(),
            *charged.values_list("customer_id", flat=True).distinct(),
        }
        yield "", _kept(found, called, actor)
    elif actor.kind == "partner":
        resellers = Partner.objects.resellers_of(actor.account_id).values_list("pk", flat=True)
        for partner_id in (actor.account_id, *resellers):
            scope, found = Scope(None, partner_id), set[str]()
            month = first
            while month <= last:
                found.update(customers_within(scope, month))
                month = month.next()
            yield partner_id, _kept(found, called, actor)


def _kept(customers: Iterable[str], called: set[str] | None, actor: Actor) -> list[str]:
    return sorted(one for one in customers if actor.sees_customer(one) and (called is None or one in called))
