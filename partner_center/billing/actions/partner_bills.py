"""What international partners on credit owe for a month: the bill, its repayment, and what being late means."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from partner_center.billing.errors import BillPaid, MoreThanOutstanding, OnlyTheVendorBills
from partner_center.billing.models import (
    FeeRecord,
    Invoice,
    InvoiceState,
    PartnerBill,
    PartnerBillState,
    Repayment,
    RepaymentSource,
)
from partner_center.billing.rules import tax_in
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.funds.actions import repay_credit
from partner_center.funds.queries import balances_of
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.ids import transaction_number
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.partners.actions import lift_partner, restrict_partner
from partner_center.partners.models import Partner, PartnerState, Settlement

INTERNATIONAL = "intl"


@action("billing.issue_partner_bill", label=_("Issue a partner's bill"))
def issue_partner_bill(actor: Actor, *, partner: Partner, month: BillMonth) -> PartnerBill:
    """Write down what the partner owes for a month that is final, once; then repay what its balance allows.

    What refunds gave back to the credit beyond the month's own use is taken off earlier bills.
    """
    if not actor.is_house:
        raise OnlyTheVendorBills()
    Partner.objects.select_for_update().get(pk=partner.pk)
    found = PartnerBill.objects.filter(partner=partner, month=str(month)).first()
    if found is not None:
        return found
    bill, surplus = _written(partner, month)
    record(actor, "billing.issue_partner_bill", bill, about=partner.pk, due=str(bill.due))
    for earlier in PartnerBill.objects.open().filter(partner=partner).exclude(pk=bill.pk).order_by("month"):
        part = min(surplus, earlier.outstanding)
        if part:
            apply_repayment(actor, bill=earlier, amount=part, source=RepaymentSource.OFFSET)
            surplus -= part
    repay_from_balance(actor, bill=bill)
    return bill


@action("billing.repay", takes=PartnerBillState.settle, label=_("Repay"), critical=True)
def record_repayment(actor: Actor, *, bill: PartnerBill, amount: Money) -> Repayment:
    """Repay a bill, or a part of it, with the partner's own cash.

    Raises BillPaid, MoreThanOutstanding, and what repay_credit raises: OnlyOwnAccount, InsufficientBalance.
    """
    return _repay(actor, bill, amount, RepaymentSource.BALANCE)


@action("billing.repay_from_balance", permission="billing.issue_partner_bill")
def repay_from_balance(actor: Actor, *, bill: PartnerBill) -> Repayment | None:
    """Repay what the partner's cash allows: on bill day, without being asked (features O6)."""
    held = balances_of(bill.partner_id)
    amount = min(bill.outstanding, held.allocatable, held.credit_used)
    if amount.minor <= 0:
        return None
    return _repay(actor, bill, amount, RepaymentSource.AUTOMATIC)


@action("billing.apply_repayment", permission="billing.repay", takes=PartnerBillState.repay_partly)
def apply_repayment(
    actor: Actor, *, bill: PartnerBill, amount: Money, source: str, entry_id: int | None = None
) -> Repayment:
    """Count what has been repaid; the last of it settles the bill. Raises BillPaid, MoreThanOutstanding."""
    present = PartnerBill.objects.select_for_update().select_related("partner__account").get(pk=bill.pk)
    if present.state is PartnerBillState.PAID:
        raise BillPaid(subject=str(present), state=present.state)
    if not Money.zero(present.currency) < amount <= present.outstanding:
        raise MoreThanOutstanding(outstanding=present.outstanding)
    repaid = present.repaid + amount
    if repaid == present.due:
        advance(
            actor,
            present,
            PartnerBillState.settle,
            about=present.partner_id,
            repaid=repaid,
            paid_at=clock.now(),
        )
        _lift(actor, present)
    elif present.state is PartnerBillState.OVERDUE:
        advance(actor, present, PartnerBillState.repay_late, about=present.partner_id, repaid=repaid)
    else:
        advance(actor, present, PartnerBillState.repay_partly, about=present.partner_id, repaid=repaid)
    bill.repaid, bill.state, bill.paid_at = present.repaid, present.state, present.paid_at
    repayment: Repayment = Repayment.objects.create(
        number=transaction_number("BR", clock.now()),
        partner=present.partner,
        bill=present,
        source=source,
        currency=present.currency,
        amount=amount,
        entry_id=entry_id,
    )
    return repayment


@action("billing.fall_due", takes=PartnerBillState.fall_due, label=_("Declare overdue"))
def fall_due(actor: Actor, *, bill: PartnerBill) -> None:
    """The time to pay is over: the partner's resale customers cannot spend until it has paid (lifecycles 20)."""
    if not actor.is_house:
        raise OnlyTheVendorBills()
    advance(actor, bill, PartnerBillState.fall_due, about=bill.partner_id)
    partner = Partner.objects.select_related("account").get(pk=bill.partner_id)
    if partner.state is PartnerState.JOINED:
        restrict_partner(actor, partner=partner, reason=bill.number)


@action("billing.issue_invoice", takes=InvoiceState.issue, label=_("Issue an invoice"))
def issue_invoice(actor: Actor, *, account: Account, month: BillMonth) -> Invoice | None:
    """Invoice what the account has paid, or owes, for an international month; None where there is nothing."""
    if not actor.is_house:
        raise OnlyTheVendorBills()
    found = Invoice.objects.filter(account=account, month=str(month)).first()
    if found is not None:
        return found
    total = FeeRecord.objects.of_month(month).filter(payer_id=account.pk).sums("consume")["consume"]
    if total <= 0:
        return None
    percent = Decimal(settings.INTERNATIONAL_TAX_PERCENT)
    now = clock.now()
    invoice: Invoice = Invoice.objects.create(
        number=transaction_number("IR", now),
        account=account,
        month=str(month),
        title=account.company_name or account.name,
        is_company=bool(account.company_name),
        email=account.email,
        currency=account.currency,
        amount=Money(total, account.currency),
        tax=tax_in(Money(total, account.currency), percent),
        tax_percent=percent,
    )
    advance(
        actor,
        invoice,
        InvoiceState.issue,
        about=account.pk,
        invoice_number=transaction_number("IN", now),
        issued_at=now,
    )
    return invoice


def issue_partner_bills(actor: Actor, *, month: BillMonth) -> dict[str, int]:
    """The bills of every international partner on credit, and the month's invoices. A repeat finds them issued."""
    partners = Partner.objects.filter(settlement=Settlement.POSTPAID, account__site=INTERNATIONAL)
    bills = [
        issue_partner_bill(actor, partner=partner, month=month)
        for partner in partners.select_related("account").order_by("pk")
    ]
    payers = FeeRecord.objects.of_month(month).filter(site=INTERNATIONAL).order_by()
    owing = payers.values("payer_id").annotate(total=Sum("consume")).filter(total__gt=0)
    accounts = Account.objects.filter(pk__in=owing.values("payer_id")).order_by("pk")
    invoices = [issue_invoice(actor, account=account, month=month) for account in accounts]
    return {"bills": len(bills), "invoices": len([one for one in invoices if one is not None])}


def note_arrears(actor: Actor, *, payer_id: str, month: str, amount: Money, entry_id: int) -> None:
    """Arrears of a month that has been billed to a partner were repaid: its bill is smaller by that."""
    bill = PartnerBill.objects.open().filter(partner_id=payer_id, month=month).first()
    part = min(amount, bill.outstanding) if bill is not None else amount * 0
    if bill is not None and part:
        apply_repayment(actor, bill=bill, amount=part, source=RepaymentSource.ARREARS, entry_id=entry_id)


def _written(partner: Partner, month: BillMonth) -> tuple[PartnerBill, Money]:
    """The bill, and what the month gave back to the credit beyond its own use."""
    currency = partner.account.currency
    fees = FeeRecord.objects.of_month(month).filter(payer_id=partner.pk)
    consume, refunds, adjustments = (
        Money(rows.sums("consume")["consume"], currency)
        for rows in (fees.consumption(), fees.refunds(), fees.adjustments())
    )
    nothing = Money.zero(currency)
    owed = fees.sums("credit", "debt")
    on_credit = Money(owed["credit"] + owed["debt"], currency)
    total = consume + refunds + adjustments
    initial, due = max(total, nothing), max(on_credit, nothing)
    now = clock.now()
    bill: PartnerBill = PartnerBill.objects.create(
        number=transaction_number("PB", now),
        partner=partner,
        month=str(month),
        state=PartnerBillState.UNPAID if due else PartnerBillState.PAID,
        currency=currency,
        consume=consume,
        refunds=refunds,
        adjustments=adjustments,
        tax=tax_in(initial, Decimal(settings.INTERNATIONAL_TAX_PERCENT)),
        initial_due=initial,
        at_use=total - on_credit,
        due=due,
        due_at=now + timedelta(days=settings.PARTNER_BILL_DAYS),
        paid_at=None if due else now,
    )
    return bill, max(-on_credit, nothing)


def _repay(actor: Actor, bill: PartnerBill, amount: Money, source: RepaymentSource) -> Repayment:
    """The bill is locked before the accounts: of two repayments at once the second finds what is left."""
    present = PartnerBill.objects.select_for_update().select_related("partner__account").get(pk=bill.pk)
    if present.state is PartnerBillState.PAID:
        raise BillPaid(subject=str(present), state=present.state)
    if amount > present.outstanding:
        raise MoreThanOutstanding(outstanding=present.outstanding)
    entry = repay_credit(actor, account=present.partner.account, amount=amount)
    return apply_repayment(actor, bill=bill, amount=amount, source=source, entry_id=entry.pk)


def _lift(actor: Actor, bill: PartnerBill) -> None:
    """End the restriction that an overdue bill brought, unless another one is overdue."""
    overdue = PartnerBill.objects.filter(partner_id=bill.partner_id, state=PartnerBillState.OVERDUE)
    partner = Partner.objects.select_related("account").get(pk=bill.partner_id)
    was_ours = PartnerBill.objects.filter(partner=partner, number=partner.state_reason).exists()
    if partner.state is PartnerState.RESTRICTED and was_ours and not overdue.exists():
        lift_partner(Actor.system("billing.repay"), partner=partner, reason=bill.number)
