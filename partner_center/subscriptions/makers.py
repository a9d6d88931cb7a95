"""Plausible leases for tests, built through the actions. In the sample world they come from orders."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from partner_center.catalogue.models import Product
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock, ids
from partner_center.kernel.money import Money
from partner_center.subscriptions.actions import begin_lease, extend_lease, open_on_demand
from partner_center.subscriptions.models import OnDemandResource, Resource
from partner_center.subscriptions.queries import with_children
from partner_center.subscriptions.rules import Charge, Term

MAKER = Actor.system("subscriptions.makers")
MONTH = Term("month", 1)
_numbers = count(1)


def charge(amount: str = "100.00", currency: str = "CNY") -> Charge:
    """A list price paid in full and in cash."""
    money = Money.of(amount, currency)
    return Charge(official=money, payable=money, cash=money, credit=Money.zero(currency))


def make_lease(
    customer: Customer,
    product: Product,
    *,
    term: Term = MONTH,
    size: int | None = None,
    name: str = "",
    amount: str = "100.00",
    begins_at: datetime | None = None,
    main: Resource | None = None,
    renews_itself: bool = False,
    order_number: str = "",
) -> Resource:
    """A yearly/monthly resource as an order leaves it behind; `main` makes it a child."""
    return begin_lease(
        MAKER,
        customer=customer,
        product=product,
        term=term,
        charge=charge(amount, customer.account.currency),
        order_number=order_number or ids.order_number(begins_at or clock.now()),
        size=size,
        name=name or f"resource-{next(_numbers):04d}",
        main_resource=main,
        begins_at=begins_at,
        renews_itself=renews_itself,
    )


def renew(main: Resource, *, term: Term = MONTH, amount: str = "100.00", automatic: bool = False) -> str:
    """Renew a main resource and its children as a paid renewal order does; returns the order's number."""
    number = ids.order_number(clock.now())
    for line, one in enumerate(with_children(main), start=1):
        extend_lease(
            MAKER,
            resource=one,
            term=term,
            charge=charge(amount, main.customer.account.currency),
            order_number=number,
            line_number=line,
            automatic=automatic and one.is_main,
        )
    return number


def make_on_demand(
    customer: Customer, product: Product, *, size: int | None = None, name: str = ""
) -> OnDemandResource:
    return open_on_demand(
        MAKER, customer=customer, product=product, size=size, name=name or f"on-demand-{next(_numbers):04d}"
    )
