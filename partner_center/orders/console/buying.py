"""Pages that buy, pay, renew, change and give back; each shows what it costs or gives back before it is confirmed."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from partner_center.console.pages import FormPage
from partner_center.console.registry import PAGES
from partner_center.customers.models import PermissionGroup
from partner_center.customers.queries import is_authorised, own_customer, payer_of
from partner_center.funds.queries import balances_of
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING
from partner_center.metering.queries import package_on_sale
from partner_center.orders.actions import (
    change_resource,
    convert_instantly,
    pay_order,
    place_order,
    renew_resource,
    unsubscribe,
)
from partner_center.orders.changes import quote_change
from partner_center.orders.console.forms import (
    ChangeForm,
    ConvertForm,
    PackageForm,
    PayForm,
    PurchaseForm,
    RenewForm,
    UnsubscribeForm,
    package_wish,
)
from partner_center.orders.errors import MayNotOrderFor
from partner_center.orders.models import Order
from partner_center.orders.queries import open_offers, order_for
from partner_center.orders.quoting import quote
from partner_center.orders.refunds import (
    Preview,
    preview_conversion,
    preview_renewed_periods,
    preview_unsubscription,
)
from partner_center.orders.states import OrderState, RefundRule
from partner_center.subscriptions.queries import main_resource_for, resource_for
from partner_center.subscriptions.renewals import quote_renewal
from partner_center.subscriptions.rules import Term

RULES = dict(RefundRule.choices)
Line = tuple[Any, Any, bool]


class Priced(FormPage):
    """A form page that answers "what would it cost?" beside its form, anew whenever a field changes."""

    template = "orders/priced_form.html"
    preview_title = _("Before you confirm")
    after = "order"

    def context(self) -> dict[str, Any]:
        try:
            return {"preview": self.preview(self.asked)}
        except DomainError as refusal:
            return {"preview": {"refusal": str(refusal)}}

    @cached_property
    def asked(self) -> dict[str, Any]:
        """The form's values as far as they are sensible; else its first values."""
        given = self.request.POST or self.request.GET
        form = self.form(given if given else None, actor=self.actor, subject=self.subject)
        found = {name: field.initial for name, field in form.fields.items()}
        if form.is_bound:
            form.full_clean()
            found |= {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
        return found

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def pay_if_asked(self, form: Any, order: Order) -> Order:
        """Pay an order that awaits payment where the box is ticked; a refusal is told, the order stays."""
        if form.cleaned_data.get("pay_now") and order.state is OrderState.AWAITING_PAYMENT:
            try:
                pay_order(self.actor, order=order)
            except DomainError as refusal:
                self.toast(str(refusal), tone="warning")
        return order


class PayOrder(Priced):
    name, path, title = "pay-order", "orders/<str:number>/pay/", _("Pay")
    parent, kinds = "order", ("customer",)
    act, form = pay_order, PayForm
    success = _("The order is paid.")

    @staticmethod
    def fetch(actor: Any, number: str) -> Order:
        return order_for(actor, number)

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        order: Order = self.subject
        offers = {one[0].discount_id: one for one in open_offers(order)}
        chosen = offers.get(asked.get("discount_id") or "")
        reduction = (
            Money.total((one.reduction for one in chosen), order.currency) if chosen else order.discount
        )
        due = order.official - reduction
        return {
            "lines": [
                (_now("List price"), order.official, False),
                (_now("Discount"), -reduction, False),
                (_now("To pay"), due, True),
                *balance_lines(payer_of(order.customer), due),
            ]
        }


class RenewResource(Priced):
    name, path, title = "renew-resource", "resources/<str:resource_id>/renew/", _("Renew")
    parent, kinds = "resource", ("customer", "partner")
    fetch, act, form = main_resource_for, renew_resource, RenewForm

    @property
    def success(self) -> Any:
        if self.actor.kind == "partner":
            return _now("The renewal is ordered; the customer has to confirm it.")
        return _now("The renewal is ordered.")

    def run(self, form: Any) -> Order:
        order = renew_resource(self.actor, resource=self.subject, **form.arguments())
        return self.pay_if_asked(form, order)

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._refuse()
        term = Term(asked["unit"] or "month", asked["number"] or 1)
        quoted = quote_renewal([self.subject], term)
        best = quoted.quote.best
        own = self.actor.kind == "customer"
        return {
            "lines": [
                (_now("List price"), quoted.quote.official, False),
                (_now("Best discount"), -best.reduction if best else _now("none"), False),
                (_now("To pay"), quoted.quote.payable, True),
                *(balance_lines(payer_of(self.subject.customer), quoted.quote.payable) if own else ()),
            ],
            "headers": (_now("Resource"), _now("Expires now"), _now("Expires then"), _now("List price")),
            "rows": [
                (str(one.resource), day(one.resource.expires_at), day(one.expires_at), line.official)
                for one, line in zip(quoted.resources, quoted.quote.lines, strict=True)
            ],
        }

    def _refuse(self) -> None:
        """Nobody learns prices of a customer that has not authorised it. Raises MayNotOrderFor."""
        actor, customer_id = self.actor, self.subject.customer_id
        if actor.kind == "partner" and not is_authorised(
            customer_id, actor.account_id, PermissionGroup.TRADE
        ):
            raise MayNotOrderFor(customer=customer_id)


class ChangeResource(Priced):
    name, path, title = "change-resource", "resources/<str:resource_id>/change/", _("Change specification")
    parent, kinds = "resource", ("customer",)
    fetch, act, form = resource_for, change_resource, ChangeForm
    success = _("The change is ordered.")

    def run(self, form: Any) -> Order:
        order = change_resource(self.actor, resource=self.subject, **form.arguments())
        return self.pay_if_asked(form, order)

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        quoted = quote_change(
            self.subject, at=clock.now(), resource_spec=asked["resource_spec"] or "", size=asked.get("size")
        )
        rows = [
            (
                one.period.order_number,
                day(one.period.begins_at),
                day(one.period.ends_at),
                one.official,
                one.refund,
            )
            for one in quoted.periods
        ]
        headers = (
            _now("Order"),
            _now("From"),
            _now("Until"),
            _now("Difference in list price"),
            _now("Comes back"),
        )
        if not quoted.is_upgrade:
            return {"lines": [(_now("Comes back"), quoted.refund, True)], "headers": headers, "rows": rows}
        reduction = quoted.best.total if quoted.best else Money.zero(quoted.currency)
        due = quoted.official - reduction
        return {
            "lines": [
                (_now("Difference in list price"), quoted.official, False),
                (_now("Best discount"), -reduction, False),
                (_now("To pay"), due, True),
                *balance_lines(payer_of(self.subject.customer), due),
            ],
            "headers": headers,
            "rows": rows,
        }


class UnsubscribeResource(Priced):
    name, path, title = "unsubscribe-resource", "resources/<str:resource_id>/unsubscribe/", _("Unsubscribe")
    parent, kinds = "resource", ("customer",)
    fetch, act, form = main_resource_for, unsubscribe, UnsubscribeForm
    success = _("The resource is given back.")

    def run(self, form: Any) -> Order:
        return unsubscribe(self.actor, resources=[self.subject], **form.arguments())[0]

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        ask = preview_renewed_periods if asked.get("kind") == 2 else preview_unsubscription
        found = ask(self.subject, clock.now())
        shown = refund_preview(found)
        if found.uses_five_days:
            shown["note"] = _now(
                "Within five days everything comes back. This uses one of the %(left)d returns left this year."
            ) % {"left": found.five_days_left}
        return shown


class ConvertResource(Priced):
    name, path = "convert-resource", "resources/<str:resource_id>/convert/"
    title = _("Change to pay-per-use now")
    parent, kinds = "resource", ("customer",)
    fetch, act, form = main_resource_for, convert_instantly, ConvertForm
    success = _("The resource is charged by its use from now on.")

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        return refund_preview(preview_conversion(self.subject, clock.now()))


class Purchase(Priced):
    name, path, title = "purchase", "purchase/", _("Buy")
    kinds = ("customer", "partner")
    act, form = place_order, PurchaseForm
    lead = _("Choose the product in the price calculator; here it is ordered.")
    success = _("The order is placed.")

    def get(self) -> HttpResponse:
        """Without a product there is nothing to order yet: the calculator is where one chooses."""
        calculator = PAGES.get("calculator")
        if (
            "resource_spec" not in self.request.GET
            and calculator is not None
            and calculator.open_to(self.actor)
        ):
            return self.go(calculator.url())
        return super().get()

    def run(self, form: Any) -> Order:
        return self.pay_if_asked(form, place_order(self.actor, **form.arguments()))

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not asked.get("resource_spec"):
            return {"refusal": _now("Choose a product in the price calculator first.")}
        customer_id = asked.get("customer") or self.actor.account_id
        if not customer_id or (self.actor.kind == "partner" and not asked.get("customer")):
            return {"refusal": _now("None of your customers has authorised you to order for it.")}
        bound = self.form(self.request.POST or self.request.GET, actor=self.actor)
        if not bound.is_valid():
            return {"refusal": _now("Fill in size, time and quantity.")}
        quoted = quote([bound.wish()], customer_id=customer_id)
        best = quoted.best
        line = quoted.lines[0].question
        return {
            "lines": [
                (
                    _now("Product"),
                    f"{line.product.name_in(self.actor.language)} ({line.product.spec})",
                    False,
                ),
                (_now("List price"), quoted.official, False),
                (_now("Best discount"), -best.reduction if best else _now("none"), False),
                (_now("To pay"), quoted.payable, True),
                *(balance_lines(customer_id, quoted.payable) if self.actor.kind == "customer" else ()),
            ]
        }


class BuyPackage(Priced):
    """One resource package, or several alike, for the reader."""

    name, path, title = "buy-package", "package-products/<str:number>/", _("Buy a resource package")
    parent, kinds = "package-products", ("customer",)
    fetch, act, form = package_on_sale, place_order, PackageForm
    success = _("The order is placed.")

    def run(self, form: Any) -> Order:
        facts = form.arguments()
        return self.pay_if_asked(form, place_order(self.actor, customer=own_customer(self.actor), **facts))

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        wish = package_wish(self.subject, asked["subscription_num"] or 1)
        quoted = quote([wish], customer_id=self.actor.account_id)
        best = quoted.best
        return {
            "lines": [
                (_now("List price"), quoted.official, False),
                (_now("Best discount"), -best.reduction if best else _now("none"), False),
                (_now("To pay"), quoted.payable, True),
                *balance_lines(self.actor.account_id, quoted.payable),
            ]
        }


def balance_lines(account_id: str, due: Money) -> list[Line]:
    """What the account could pay with; a warning when it is not enough."""
    balances = balances_of(account_id)
    lines: list[Line] = [
        (_now("Cash"), balances.allocatable, False),
        (_now("Credit left"), balances.credit_left, False),
    ]
    if balances.spendable < due:
        lines.append((_now("Missing"), due - balances.spendable, True))
    return lines


def refund_preview(found: Preview) -> dict[str, Any]:
    return {
        "lines": [
            (_now("Was paid"), found.paid, False),
            (_now("Consumed"), -found.consumed, False),
            (_now("Handling fee"), -found.fee, False),
            (_now("Comes back"), found.refund, True),
        ],
        "headers": (
            _now("Resource"),
            _now("Original order"),
            _now("Rule"),
            _now("Hours used"),
            _now("Comes back"),
        ),
        "rows": [
            (
                str(one.resource),
                refund.order_number,
                RULES[refund.rule],
                f"{refund.used_hours} / {refund.total_hours}",
                refund.refund,
            )
            for one in found.resources
            for refund in one.refunds
        ],
    }


def day(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
