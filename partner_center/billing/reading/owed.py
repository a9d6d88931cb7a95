"""What partners on credit owe, and how much of their quotas is used: queries over fee records and issued bills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from partner_center.billing.models import FeeRecord, PartnerBill
from partner_center.customers.models import Budget
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import balances_of, currency_of
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth

RATIO_PLACES = 4


@dataclass(frozen=True, slots=True)
class PayerMonth:
    """A month of the records that one account paid for: due = consume + refunds + adjustments, at least zero."""

    consume: Money
    refunds: Money
    adjustments: Money
    tax: Money
    due: Money


def month_of_payer(actor: Actor, month: BillMonth) -> PayerMonth:
    """The calling partner's month: its bill once that is issued, until then the sums of its records."""
    bill = PartnerBill.objects.visible_to(actor).filter(partner_id=actor.account_id, month=str(month)).first()
    if bill is not None:
        return PayerMonth(bill.consume, bill.refunds, bill.adjustments, bill.tax, bill.initial_due)
    rows = FeeRecord.objects.visible_to(actor).of_month(month).filter(payer_id=actor.account_id)
    currency = currency_of(actor)
    consume, refunds, adjustments = (
        Money(which.sums("consume")["consume"], currency)
        for which in (rows.consumption(), rows.refunds(), rows.adjustments())
    )
    nothing = Money.zero(currency)
    due = max(consume + refunds + adjustments, nothing)
    return PayerMonth(consume, refunds, adjustments, nothing, due)


@dataclass(frozen=True, slots=True)
class ConsumptionQuota:
    """A partner's post-paid limit: used = due + unbilled - balance - coupons (flows §10.9).

    due: what issued bills still ask for. unbilled: what has been consumed on credit since, without tax.
    """

    total: Money
    balance: Money
    coupons: Money
    due: Money
    unbilled: Money

    @property
    def used(self) -> Money:
        return self.due + self.unbilled - self.balance - self.coupons


def consumption_quota(actor: Actor) -> ConsumptionQuota:
    """The calling partner's."""
    currency = currency_of(actor)
    balances = balances_of(actor.account_id)
    bills = PartnerBill.objects.visible_to(actor).filter(partner_id=actor.account_id)
    left = bills.open().aggregate(left=Sum(F("due") - F("repaid")))["left"]
    unbilled = FeeRecord.objects.visible_to(actor).filter(payer_id=actor.account_id)
    unbilled = unbilled.exclude(month__in=bills.values("month"))
    sums = unbilled.sums("credit", "debt")
    return ConsumptionQuota(
        total=balances.credit_limit,
        balance=balances.cash,
        coupons=Money.zero(currency),
        due=Money(int(left or 0), currency),
        unbilled=Money(sum(sums.values()), currency),
    )


@dataclass(frozen=True, slots=True)
class ExpenditureQuota:
    """What an international customer may spend by its partner's budget, at list price, and what it has spent."""

    granted: Money
    used: Money

    @property
    def ratio(self) -> Decimal:
        """used / granted, cut off after four places; zero without a budget."""
        if not self.granted:
            return Decimal(0)
        scaled = self.used.minor * 10**RATIO_PLACES // self.granted.minor
        return Decimal(scaled).scaleb(-RATIO_PLACES)


def expenditure_quota(actor: Actor) -> ExpenditureQuota:
    """The calling customer's: of this month, or for a one-time budget since it counts."""
    nothing = Money.zero(currency_of(actor))
    budget = Budget.objects.visible_to(actor).filter(customer_id=actor.account_id).first()
    if budget is None:
        return ExpenditureQuota(nothing, nothing)
    return ExpenditureQuota(budget.amount, used_of([budget])[budget.customer_id])


def used_of(budgets: Iterable[Budget]) -> dict[str, Money]:
    """What the customer of each budget has used of it, at list price, by customer: in this month, or of a one-time
    budget since the month from which it counts. One statement, whatever their number; at least zero."""
    present = str(BillMonth.of(clock.now()))
    asked = {
        budget.customer_id: (budget, present if budget.is_monthly else str(BillMonth.of(budget.counts_from)))
        for budget in budgets
    }
    rows = FeeRecord.objects.filter(customer_id__in=asked)
    since = min((month for _budget, month in asked.values()), default=present)
    months = (
        rows.filter(month__gte=since, month__lte=present)
        .order_by()
        .values_list("customer_id", "partner_id", "month")
    )
    used = dict.fromkeys(asked, 0)
    for customer_id, partner_id, month, official in months.annotate(total=Sum("official")):
        budget, first = asked[customer_id]
        if partner_id == budget.partner_id and month >= first:
            used[customer_id] += int(official)
    return {one: Money(max(used[one], 0), budget.currency) for one, (budget, _first) in asked.items()}
