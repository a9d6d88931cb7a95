"""Orders: the lists, one order with why it costs what it costs, refunds, numbers, and the platform's work."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

import partner_center.orders.console.turnover  # noqa: F401 - declares a card
from partner_center.console.actions import Link
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Flag, Number, Ref, State, Sum, Text, When
from partner_center.console.filters import (
    AtLeast,
    AtMost,
    Choice,
    Custom,
    Equal,
    Search,
    Since,
    States,
    Until,
)
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Rows, Steps, Trail, Words
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor
from partner_center.orders.actions import reserve_order_numbers
from partner_center.orders.console.buying import (
    ChangeResource,
    ConvertResource,
    PayOrder,
    Purchase,
    RenewResource,
    UnsubscribeResource,
)
from partner_center.orders.console.deeds import BATCHES, DEEDS, RETRY
from partner_center.orders.console.explaining import explain, time_left
from partner_center.orders.console.forms import NumbersForm
from partner_center.orders.models import (
    Fulfilment,
    LineOffer,
    Order,
    OrderLine,
    Payment,
    RefundLine,
    ReservedNumber,
)
from partner_center.orders.naming import description_of
from partner_center.orders.queries import shown_order
from partner_center.orders.states import (
    Cancellation,
    FulfilmentState,
    Means,
    OrderSource,
    OrderState,
    OrderType,
    PeriodType,
    RefundKind,
    RefundRule,
    UnsubscribeReason,
)

__all__ = [
    "ChangeResource",
    "ConvertResource",
    "FulfilmentList",
    "NumberList",
    "OrderDetail",
    "OrderList",
    "PayOrder",
    "Purchase",
    "RefundList",
    "RenewResource",
    "ReserveNumbers",
    "UnsubscribeResource",
]

NOT_CUSTOMERS = ("staff", "partner")
TYPES, SOURCES, PERIODS = dict(OrderType.choices), dict(OrderSource.choices), dict(PeriodType.choices)


def _whose(rows: Any, chosen: str, actor: Actor) -> Any:
    own = rows.filter(partner_id=actor.account_id)
    return own if chosen == "own" else rows.exclude(partner_id=actor.account_id)


class OrderList(ListPage):
    name, path, title, permission = "orders", "orders/", _("Orders"), "orders.view"
    source = Order.objects.readable_by
    order = ("-created_at",)
    columns = (
        Text("number", code=True),
        Ref("customer", needs=("customer__account",), kinds=NOT_CUSTOMERS),
        Text("cloud_service_type", minor=True),
        ChoiceColumn("type", words=TYPES),
        State("state"),
        Sum("official", minor=True),
        Sum("payable"),
        When("created_at", _("Placed")),
        When("paid_at"),
        ChoiceColumn("source", words=SOURCES, minor=True),
        Text("creator_name", minor=True),
    )
    filters = (
        Search(into=("number", "customer__name", "customer__account__name"), exact=("customer_id",)),
        States("state", OrderState),
        Choice("type", _("Order type"), offered=OrderType.choices),
        Choice("source", offered=OrderSource.choices),
        Search("service", _("Cloud service"), into=("cloud_service_type",)),
        Custom(
            "whose",
            _("Whose customers"),
            offers={"own": _("My customers"), "resellers": _("Resellers' customers")},
            narrow=_whose,
        ),
        Since("created_at"),
        Until("created_at"),
        Since("paid_at"),
        Until("paid_at"),
        AtLeast("payable"),
        AtMost("payable"),
        Equal("customer"),
        Equal("number"),
    )
    opens = "order"
    row_actions = DEEDS
    batches = BATCHES
    links = (Link(page="calculator", label=_("Buy"), icon="shopping-cart"),)
    empty = _("No orders yet.")

    def tone_of(self, row: Order) -> str:
        return {"warning": "warning", "muted": "muted"}.get(row.state.tone, "")


class OrderDetail(DetailPage):
    name, path, title, permission = "order", "orders/<str:number>/", _("Order"), "orders.view"
    parent = "orders"
    fetch = shown_order
    left = (
        Facts(
            Text("number", code=True),
            Ref("customer", kinds=NOT_CUSTOMERS),
            Ref("partner", kinds=("staff",)),
            ChoiceColumn("type", words=TYPES),
            ChoiceColumn("source", words=SOURCES),
            Text("creator_name"),
            When("created_at", _("Placed")),
            When("payment_due_at"),
            Text("time_left", _("Time left to pay"), value=time_left),
            When("paid_at"),
            When("completed_at"),
            When("cancelled_at"),
            ChoiceColumn("cancellation", words=dict(Cancellation.choices)),
            ChoiceColumn("reason_type", words=dict(UnsubscribeReason.choices)),
            Text("reason"),
            Flag("is_automatic"),
            Flag("auto_renew"),
        ),
        Words(_("Why it costs what it costs"), explain),
        Steps(also=DEEDS),
    )
    right = (
        Rows(
            _("Lines"),
            lambda actor, order: order.lines.select_related("product__linear_measure"),
            (
                Number("number", _("Line")),
                Text("product", _("Product"), value=lambda one: description_of(one, get_language() or "en")),
                Text("resource_spec", minor=True),
                Text("region", minor=True),
                Text("period_num", _("For how long"), value=lambda one: period_words(one)),
                Number("subscription_num"),
                Sum("official"),
                Sum("payable"),
                When("effective_at"),
                When("expires_at"),
            ),
            model=OrderLine,
        ),
        Rows(
            _("Paid with"),
            lambda actor, order: order.payments.all(),
            (ChoiceColumn("means", words=dict(Means.choices)), Sum("amount"), Text("payer_id", code=True)),
            model=Payment,
        ),
        Rows(
            _("Discounts open to it"),
            lambda actor, order: LineOffer.objects.filter(line__order=order).select_related("line"),
            (
                Number("line__number", _("Line")),
                Text("kind_words", _("Discount")),
                Text("discount_id", code=True),
                Sum("reduction"),
            ),
            model=LineOffer,
        ),
        Rows(
            _("What came back, and why"),
            lambda actor, order: order.refund_lines.all(),
            (
                Ref("base_order_number", page="order"),
                Ref("resource_id", page="resource"),
                ChoiceColumn("kind", words=dict(RefundKind.choices)),
                ChoiceColumn("rule", words=dict(RefundRule.choices)),
                Sum("paid"),
                Sum("amount"),
                Number("used_hours"),
                Number("total_hours"),
                Sum("cash", minor=True),
                Sum("credit", minor=True),
                Text("payee_id", code=True, minor=True),
            ),
            model=RefundLine,
        ),
    )
    bottom = (ListPanel("resources", order="number"), Trail())


def period_words(line: OrderLine) -> str:
    """ "3 × Month"; nothing for lines without a period."""
    if line.period_type is None or line.period_num is None:
        return ""
    return f"{line.period_num} × {PERIODS[line.period_type]}"


class RefundList(ListPage):
    name, path, title, permission = "refunds", "refunds/", _("Refunds"), "orders.view"
    source = RefundLine.objects.visible_to
    order = ("-id",)
    columns = (
        Ref("order", page="order", needs=("order__customer__account",)),
        Ref("order__customer", _("Customer"), page="customer", kinds=NOT_CUSTOMERS),
        Ref("base_order_number", page="order"),
        Text("resource_id", code=True, minor=True),
        ChoiceColumn("kind", words=dict(RefundKind.choices)),
        ChoiceColumn("rule", words=dict(RefundRule.choices)),
        Sum("paid"),
        Sum("amount"),
        Number("used_hours", minor=True),
        Number("total_hours", minor=True),
        When("order__created_at", _("When")),
    )
    filters = (
        Search(into=("order__number", "base_order_number"), exact=("resource_id",)),
        Choice("kind", offered=RefundKind.choices),
        Choice("rule", offered=RefundRule.choices),
        Since("order__created_at", _("Since"), name="since"),
        Until("order__created_at", _("Until"), name="until"),
        Equal("customer", path="order__customer"),
    )
    opens, opens_with = "order", "order"
    empty = _("Nothing has been given back.")


class FulfilmentList(ListPage):
    """What the cloud platform has been told, and what it has not answered."""

    name, path, title, permission = "fulfilments", "fulfilments/", _("Fulfilments"), "orders.fulfil"
    kinds = ("staff",)
    source = Fulfilment.objects.visible_to
    order = ("-id",)
    columns = (
        Ref("order", page="order", needs=("order__customer__account",)),
        ChoiceColumn("order__type", _("Order type"), words=TYPES),
        State("state"),
        Number("attempts"),
        When("due_at"),
        When("finished_at"),
        Text("last_error", cut=80),
    )
    filters = (Search(into=("order__number", "last_error")), States("state", FulfilmentState))
    opens, opens_with = "order", "order"
    row_actions = (RETRY,)
    empty = _("Nothing has been ordered yet.")

    def tone_of(self, row: Fulfilment) -> str:
        return "bad" if row.state is FulfilmentState.FAILED else ""


class NumberList(ListPage):
    name, path, title, permission = "order-numbers", "order-numbers/", _("Order numbers"), "orders.view"
    source = ReservedNumber.objects.visible_to
    order = ("-reserved_at",)
    columns = (
        Text("number", code=True),
        Text("account_id", code=True, kinds=("staff",)),
        When("reserved_at"),
        When("used_at"),
    )
    filters = (
        Search(into=("number",)),
        Custom(
            "used",
            _("Used"),
            offers={"no": _("Not used yet"), "yes": _("Used")},
            narrow=lambda rows, chosen, actor: rows.filter(used_at__isnull=chosen == "no"),
        ),
    )
    links = (Link(page="reserve-numbers", label=_("Reserve numbers")),)
    empty = _("No order numbers have been reserved.")


class ReserveNumbers(FormPage):
    name, path, title = "reserve-numbers", "order-numbers/new/", _("Reserve order numbers")
    parent, kinds = "order-numbers", ("partner", "customer")
    act, form = reserve_order_numbers, NumbersForm
    after = "order-numbers"
    success = _("The numbers are reserved; each can be used for one order.")


def _count(state: OrderState) -> Any:
    return lambda actor: Order.objects.visible_to(actor).filter(state=state).count()


todo(
    "orders.to_confirm",
    _("Orders placed for you, to confirm"),
    page="orders",
    query={"state": OrderState.AWAITING_CONFIRMATION.value},
    count=_count(OrderState.AWAITING_CONFIRMATION),
    kinds=("customer",),
)
todo(
    "orders.to_pay",
    _("Orders to pay"),
    page="orders",
    query={"state": OrderState.AWAITING_PAYMENT.value},
    count=_count(OrderState.AWAITING_PAYMENT),
    kinds=("customer", "partner"),
)
todo(
    "orders.to_review",
    _("Orders to review"),
    page="orders",
    query={"state": OrderState.UNDER_REVIEW.value},
    count=_count(OrderState.UNDER_REVIEW),
    kinds=("staff",),
)
todo(
    "orders.refunds_held",
    _("Large refunds to release"),
    page="orders",
    query={"state": OrderState.REFUNDING.value},
    count=_count(OrderState.REFUNDING),
    kinds=("staff",),
)
todo(
    "orders.fulfilments_failed",
    _("Work the platform has refused"),
    page="fulfilments",
    query={"state": FulfilmentState.FAILED.value},
    count=lambda actor: Fulfilment.objects.visible_to(actor).filter(state=FulfilmentState.FAILED).count(),
    kinds=("staff",),
    tone="bad",
)
