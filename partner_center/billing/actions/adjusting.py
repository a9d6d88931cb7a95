"""Corrections by the operator: one person proposes with a reason, another approves, and the money moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.billing.actions.charging import credit_of
from partner_center.billing.actions.recording import tie_at
from partner_center.billing.actions.settling import fall_into_arrears
from partner_center.billing.errors import (
    AdjustmentDecided,
    AmountNotPositive,
    ApprovedByItsProposer,
    MonthInvalid,
    NotACurrencyOfTheCustomer,
    OnlyTheVendorBills,
    ReasonMissing,
)
from partner_center.billing.means import Due, take
from partner_center.billing.models import (
    AdjustmentState,
    BillType,
    ChargingMode,
    FeeAdjustment,
    FeeRecord,
    FeeStatus,
)
from partner_center.customers.models import Customer
from partner_center.customers.rules import payer_of
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.funds import trades
from partner_center.funds.actions import refund
from partner_center.funds.rules import is_movable, largest
from partner_center.kernel import clock
from partner_center.kernel.ids import transaction_number
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, BillMonth


@action("billing.propose_adjustment", label=_("Propose an adjustment"))
def propose_adjustment(
    actor: Actor,
    *,
    customer: Customer,
    bill_type: int,
    amount: Money,
    reason: str,
    about_month: str = "",
    service_type: str = "",
    resource_type: str = "",
    region: str = "",
    resource_id: str = "",
) -> FeeAdjustment:
    """Propose a compensation (9: money back) or a debit (16: more to pay) for a customer. Nothing moves yet.

    about_month: the bill month it corrects, if one. Raises OnlyTheVendorBills, AmountNotPositive,
    NotACurrencyOfTheCustomer, ReasonMissing, MonthInvalid.
    """
    _refuse(actor, customer, amount, reason, about_month)
    adjustment: FeeAdjustment = FeeAdjustment.objects.create(
        number=transaction_number("FA", clock.now()),
        customer=customer,
        bill_type=BillType(bill_type),
        currency=amount.currency,
        amount=amount,
        about_month=about_month,
        service_type=service_type,
        resource_type=resource_type,
        region=region,
        resource_id=resource_id,
        reason=reason.strip()[:256],
        proposed_by=actor.name[:128],
        proposer_id=actor.user_id,
    )
    record(
        actor,
        "billing.propose_adjustment",
        adjustment,
        about=customer.pk,
        amount=str(amount),
        type=int(bill_type),
    )
    return adjustment


@action(
    "billing.approve_adjustment",
    takes=AdjustmentState.approve,
    label=_("Approve an adjustment"),
    critical=True,
)
def approve_adjustment(actor: Actor, *, adjustment: FeeAdjustment, opinion: str = "") -> FeeRecord:
    """Let a proposed adjustment take effect in the month that is open: the money moves and the record is written.

    Raises OnlyTheVendorBills, ApprovedByItsProposer, AdjustmentDecided.
    """
    if not actor.is_house:
        raise OnlyTheVendorBills()
    if (actor.user_id, actor.name) == (adjustment.proposer_id, adjustment.proposed_by):
        raise ApprovedByItsProposer(person=adjustment.proposed_by)
    if adjustment.state is not AdjustmentState.PROPOSED:
        raise AdjustmentDecided(subject=str(adjustment), state=adjustment.state)
    fee = _post(actor, adjustment)
    advance(
        actor,
        adjustment,
        AdjustmentState.approve,
        refusal=AdjustmentDecided,
        fee_id=fee.pk,
        decided_by=actor.name[:128],
        decided_at=clock.now(),
        opinion=opinion.strip()[:256],
    )
    if fee.status == FeeStatus.UNSETTLED:
        fall_into_arrears(actor, customer_id=adjustment.customer_id)
    return fee


@action("billing.reject_adjustment", takes=AdjustmentState.reject, label=_("Reject an adjustment"))
def reject_adjustment(actor: Actor, *, adjustment: FeeAdjustment, opinion: str) -> None:
    """Decide against a proposed adjustment; its proposer may do so too. Raises ReasonMissing, AdjustmentDecided."""
    if not actor.is_house:
        raise OnlyTheVendorBills()
    if not opinion.strip():
        raise ReasonMissing()
    advance(
        actor,
        adjustment,
        AdjustmentState.reject,
        refusal=AdjustmentDecided,
        decided_by=actor.name[:128],
        decided_at=clock.now(),
        opinion=opinion.strip()[:256],
    )


def _refuse(actor: Actor, customer: Customer, amount: Money, reason: str, about_month: str) -> None:
    if not actor.is_house:
        raise OnlyTheVendorBills()
    if amount.currency != customer.account.currency:
        raise NotACurrencyOfTheCustomer(currency=customer.account.currency)
    if not is_movable(amount):
        raise AmountNotPositive(maximum=largest(amount.currency))
    if not reason.strip():
        raise ReasonMissing()
    if about_month:
        try:
            known = BillMonth.parse(about_month) <= BillMonth.of(clock.now())
        except ValueError:
            known = False
        if not known:
            raise MonthInvalid(month=about_month)


def _post(actor: Actor, adjustment: FeeAdjustment) -> FeeRecord:
    customer = Customer.objects.select_related("account", "partner").get(pk=adjustment.customer_id)
    payer_id = payer_of(customer)
    is_debit = adjustment.bill_type == BillType.DEBIT
    parts, entry_id = (_debit if is_debit else _compensate)(actor, adjustment, payer_id)
    amount = adjustment.amount if is_debit else -adjustment.amount
    now = clock.now()
    month = str(BillMonth.of(now))
    fee: FeeRecord = FeeRecord.objects.create(
        number=adjustment.number,
        customer=customer,
        **tie_at(customer.pk, customer.partner_id, now),
        association_type=customer.association_type,
        payer_id=payer_id,
        site=customer.account.site,
        currency=adjustment.currency,
        month=month,
        cycle=adjustment.about_month or month,
        day=now.astimezone(BEIJING).date(),
        happened_at=now,
        bill_type=adjustment.bill_type,
        charging_mode=ChargingMode.ON_DEMAND,
        service_type=adjustment.service_type,
        resource_type=adjustment.resource_type,
        region=adjustment.region,
        resource_id=adjustment.resource_id,
        trade_id=adjustment.number,
        official=amount,
        consume=amount,
        **parts,
        status=FeeStatus.UNSETTLED if parts.get("debt") else FeeStatus.PAID,
        entry_id=entry_id,
        reason=adjustment.reason,
    )
    return fee


def _debit(actor: Actor, adjustment: FeeAdjustment, payer_id: str) -> tuple[dict[str, int], int | None]:
    taken = take(
        actor,
        Due(
            customer_id=adjustment.customer_id,
            payer_id=payer_id,
            amount=adjustment.amount,
            reference=f"adjustment:{adjustment.number}",
            about=adjustment.number,
            services=_services(adjustment),
            kind=trades.DEBITED,
        ),
    )
    return dict(taken.parts), taken.entry_id


def _compensate(actor: Actor, adjustment: FeeAdjustment, payer_id: str) -> tuple[dict[str, int], int | None]:
    """As cash; arrears are repaid with it at once."""
    entry: Any = refund(
        actor,
        owner_id=payer_id,
        cash=adjustment.amount,
        credit=Money.zero(adjustment.currency),
        reference=f"adjustment:{adjustment.number}",
        kind=trades.COMPENSATED,
        about=adjustment.number,
        memo=", ".join(_services(adjustment))[:256],
    )
    assert not credit_of(entry), "a compensation is cash"
    return {"cash": -adjustment.amount.minor}, entry.pk


def _services(adjustment: FeeAdjustment) -> tuple[str, ...]:
    return (adjustment.service_type,) if adjustment.service_type else ()
