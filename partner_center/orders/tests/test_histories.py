"""R-09: whatever happens to a lease, never more comes back than was paid, and the ledger knows every cent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import Product
from partner_center.customers.makers import as_customer, make_customer
from partner_center.foundation.laws import LAWS
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.kernel.money import Money
from partner_center.orders.actions import change_resource, convert_instantly, pay_order, unsubscribe
from partner_center.orders.makers import delivered, make_paid_order, renew, resource_of, wish_for
from partner_center.orders.models import Order, Payment, RefundLine
from partner_center.orders.tests.conftest import Scene, beijing
from partner_center.pricing.makers import make_discount
from partner_center.subscriptions.models import Resource, ResourceState

DEEDS = st.one_of(
    st.tuples(st.just("renew"), st.sampled_from([("month", 1), ("month", 5), ("year", 1)])),
    st.tuples(
        st.just("change"), st.sampled_from(["c6.large.2.linux", "c6.xlarge.2.linux", "c6.tiny.2.linux"])
    ),
    st.tuples(st.just("shorten"), st.none()),
)
HISTORIES = st.lists(st.tuples(st.integers(0, 400), DEEDS), max_size=5)


@settings(max_examples=25)
@given(
    history=HISTORIES,
    ends=st.sampled_from(["unsubscribe", "convert"]),
    after=st.integers(0, 800),
    cash=st.sampled_from(["20000.00", "150.37", "1000.01"]),
    ratio=st.sampled_from(["1", "0.9", "0.3333"]),
)
def test_never_more_comes_back_than_was_paid(db: Any, history, ends, after, cash, ratio):
    scene = _scene(cash, ratio)
    actor = as_customer(scene.customer)
    moment = beijing(2026, 1, 3, 10, 30)
    with clock.at(moment):
        resource = resource_of(make_paid_order(scene.customer, wishes=[wish_for(scene.server)]))
    for hours, deed in history:
        moment += timedelta(hours=hours)
        _do(actor, resource, moment, deed)
    with clock.at(moment + timedelta(hours=after)):
        _end(actor, resource, ends)

    paid, back = (
        _sum(Payment.objects.filter(order__customer=scene.customer)),
        _sum(RefundLine.objects.filter(order__customer=scene.customer, kind="refund")),
    )
    assert back <= paid
    balances = scene.balances
    spent = Money.of(cash, "CNY") - balances.cash + balances.credit_used
    assert spent == paid - back
    ours = {name: law for name, law in LAWS.items() if not name.startswith("billing.")}
    breaches = {name: found for name, law in ours.items() if (found := law.first_breaches())}
    assert not breaches


def _scene(cash: str, ratio: str) -> Scene:
    """A customer with this much money and as much credit as it takes, who pays this share of the list price."""
    with clock.at(beijing(2026, 1, 1)):
        server = make_product(family="c6") if not _products() else _products()[0]
        if len(_products()) == 1:
            make_product("c6.xlarge.2.linux", month="160.07", year="1600.00", family="c6")
            make_product("c6.tiny.2.linux", month="33.33", year="333.33", family="c6")
        scene = Scene(None, make_customer(None), server)  # type: ignore[arg-type]
        scene.fund(cash)
        scene.lend("20000.00")
        if ratio != "1":
            make_discount(scene.customer, ratio=ratio)
    return scene


def _products() -> list[Any]:
    return list(Product.objects.detailed().order_by("pk"))


def _do(actor: Any, resource: Resource, moment: datetime, deed: Any) -> None:
    """One thing happens; what is refused (in grace, nothing to change …) leaves everything as it was."""
    kind, what = deed
    with clock.at(moment):
        row = _fresh(resource)
        if row.expires_at <= moment:
            Resource.objects.filter(pk=row.pk).update(state=ResourceState.GRACE)
            row = _fresh(resource)
        try:
            if kind == "renew":
                renew(row, unit=what[0], number=what[1])
            elif kind == "change":
                order = change_resource(actor, resource=row, resource_spec=what, best_offer=True)
                if order.payable.minor > 0 or order.state.wire == 6:
                    pay_order(actor, order=order)
                delivered(order)
            else:
                unsubscribe(actor, resources=[row], kind=2)
        except DomainError:
            assert not _fresh(resource).order_in_hand


def _end(actor: Any, resource: Resource, ends: str) -> None:
    row = _fresh(resource)
    order: Order
    if ends == "convert":
        order = convert_instantly(actor, resource=row)
    else:
        (order,) = unsubscribe(actor, resources=[row], kind=1)
    delivered(order)


def _fresh(resource: Resource) -> Resource:
    return Resource.objects.select_related("customer__account", "product", "main_resource").get(
        pk=resource.pk
    )


def _sum(rows: Any) -> Money:
    return Money.total((row.amount for row in rows), "CNY")
