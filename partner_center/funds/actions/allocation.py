"""Money between tiers: partner → its resale customer, distributor → its reseller, and back (调账).

What may be allocated is the cash without designated sums; credit is for paying, not for allocating. A distributor
that names a reseller acts within that reseller's scope: the reseller's balance moves (spec/api/flows.md §3).
Rules and refusals: spec/domain/features.md F6 and C5, spec/domain/lifecycles.md 13.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.holding import hold
from partner_center.customers.models import Customer
from partner_center.customers.queries import customer_for, scope_of
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.funds import chart, trades
from partner_center.funds.arrears import write_off
from partner_center.funds.errors import AmountOutOfRange, NotEnoughToReclaim, OnlyResaleCustomers
from partner_center.funds.models import Adjustment, Operation
from partner_center.funds.queries import require_money_account, reseller_for
from partner_center.funds.rules import is_movable, largest
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.ids import transaction_number
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance
from partner_center.ledger.posting import Held, Leg, post_decided
from partner_center.partners.models import Partner

_KINDS = {
    Operation.ALLOCATION: trades.ALLOCATION,
    Operation.RECLAIM: trades.RECLAIM,
    Operation.UNBIND: trades.UNBIND,
}


class _NothingLeft(Exception):
    """There is nothing to give back."""


@action("funds.allocate_to_customer", label=_("Allocate"), critical=True)
def allocate_to_customer(
    actor: Actor, *, customer: Customer, amount: Money, scene: str = "", memo: str = ""
) -> Adjustment:
    """Move `amount` from the partner's cash to its resale customer; arrears of the customer are repaid with it.

    The customer's partner is debited: the caller, or the reseller that a calling distributor acts for.
    Raises NotACustomerOfThePartner, OnlyResaleCustomers, NoMoneyAccount, AmountOutOfRange, InsufficientBalance.
    """
    partner_id, customer = _own_customer(actor, customer)
    return _adjust(
        actor,
        Operation.ALLOCATION,
        partner_id=partner_id,
        target=customer.account,
        target_name=customer.name,
        amount=amount,
        scene=scene,
        memo=memo,
    )


@action("funds.reclaim_from_customer", label=_("Reclaim"), critical=True)
def reclaim_from_customer(
    actor: Actor, *, customer: Customer, amount: Money, scene: str = "", memo: str = ""
) -> Adjustment:
    """Move `amount` back from a resale customer to its partner. Refusals as above; NotEnoughToReclaim."""
    partner_id, customer = _own_customer(actor, customer)
    return _adjust(
        actor,
        Operation.RECLAIM,
        partner_id=partner_id,
        target=customer.account,
        target_name=customer.name,
        amount=amount,
        scene=scene,
        memo=memo,
        refusal=NotEnoughToReclaim,
    )


@action("funds.allocate_to_reseller", label=_("Allocate"), critical=True)
def allocate_to_reseller(
    actor: Actor, *, reseller: Partner, amount: Money, scene: str = "", memo: str = ""
) -> Adjustment:
    """Move `amount` from the distributor's cash to a reseller of its own.

    Raises OnlyADistributor, NoRightOverReseller, AmountOutOfRange, InsufficientBalance.
    """
    reseller = reseller_for(actor, reseller.pk, held=True)
    return _adjust(
        actor,
        Operation.ALLOCATION,
        partner_id=actor.account_id,
        target=reseller.account,
        target_name=reseller.name,
        amount=amount,
        scene=scene,
        memo=memo,
    )


@action("funds.reclaim_from_reseller", label=_("Reclaim"), critical=True)
def reclaim_from_reseller(
    actor: Actor, *, reseller: Partner, amount: Money, scene: str = "", memo: str = ""
) -> Adjustment:
    """Move `amount` back from a reseller to its distributor. Refusals as for allocating."""
    reseller = reseller_for(actor, reseller.pk, held=True)
    return _adjust(
        actor,
        Operation.RECLAIM,
        partner_id=actor.account_id,
        target=reseller.account,
        target_name=reseller.name,
        amount=amount,
        scene=scene,
        memo=memo,
    )


@action("funds.reclaim_all_from_customer", label=_("Reclaim when the association ends"))
def reclaim_all_from_customer(
    actor: Actor, *, customer: Customer, partner_id: str, scene: str
) -> Adjustment | None:
    """Give the partner back what is left when its resale customer leaves or switches (BEUNBIND). None if nothing is.

    A step of the channel's processes, which have checked who may end the association.
    """
    return _adjust_all(
        actor, partner_id=partner_id, target=customer.account, target_name=customer.name, scene=scene
    )


@action("funds.reclaim_all_from_reseller", label=_("Reclaim when the reseller leaves"))
def reclaim_all_from_reseller(
    actor: Actor, *, reseller: Partner, distributor_id: str, scene: str
) -> Adjustment | None:
    """Give the distributor back what is left when its reseller is unbound (BEUNBIND). None if nothing is."""
    return _adjust_all(
        actor, partner_id=distributor_id, target=reseller.account, target_name=reseller.name, scene=scene
    )


def _own_customer(actor: Actor, customer: Customer) -> tuple[str, Customer]:
    """The partner whose money moves, and the customer as it is and stays until the money has moved."""
    found = hold(customer_for(actor, customer.pk))
    if found.partner_id is None or not _acts_for(actor, found.partner_id):
        raise NotACustomerOfThePartner(customer=customer.pk)
    if not found.is_resale:
        raise OnlyResaleCustomers(customer=customer.pk)
    require_money_account(found)
    return found.partner_id, found


def _acts_for(actor: Actor, partner_id: str) -> bool:
    """Whether the caller is that partner, or a distributor acting for its reseller."""
    return partner_id == actor.account_id or scope_of(actor, partner_id) == partner_id


def _adjust_all(
    actor: Actor, *, partner_id: str, target: Account, target_name: str, scene: str
) -> Adjustment | None:
    try:
        return _adjust(
            actor,
            Operation.UNBIND,
            partner_id=partner_id,
            target=target,
            target_name=target_name,
            amount=None,
            scene=scene,
            memo="",
        )
    except _NothingLeft:
        return None


def _adjust(
    actor: Actor,
    operation: Operation,
    *,
    partner_id: str,
    target: Account,
    target_name: str,
    amount: Money | None,
    scene: str,
    memo: str,
    refusal: type[InsufficientBalance] = InsufficientBalance,
) -> Adjustment:
    """amount: None is everything that the giver may part with, decided when its account is locked."""
    currency = target.currency
    if amount is not None and (amount.currency != currency or not is_movable(amount)):
        raise AmountOutOfRange(maximum=largest(currency))
    down = operation == Operation.ALLOCATION
    giver, taker = (partner_id, target.pk) if down else (target.pk, partner_id)
    cash, designated = chart.cash(giver), chart.designated(giver)
    decided: list[Money] = []

    def decide(held: Held) -> Sequence[Leg]:
        allocatable = held[cash] - held[designated]
        wanted = allocatable if amount is None else amount
        if amount is None and wanted.minor <= 0:
            raise _NothingLeft
        if wanted > allocatable:
            raise refusal(needed=wanted, available=allocatable)
        decided.append(wanted)
        return [Leg(cash, chart.cash(taker), wanted)]

    number = transaction_number("AD", clock.now())
    entry = post_decided(
        kind=_KINDS[operation],
        reference=f"adjustment:{number}",
        asked=f"{operation.value} {giver} {taker} {amount or 'everything'}",
        currency=currency,
        using=(cash, chart.cash(taker)),
        reading=(designated,),
        decide=decide,
        about=number,
        memo=memo,
    )
    moved = decided[-1]
    adjustment = Adjustment(
        number=number,
        partner_id=partner_id,
        target=target,
        target_name=target_name or target.name,
        operation=operation,
        currency=currency,
        amount=moved,
        scene=scene,
        memo=memo,
        operator=actor.name[:128],
        entry=entry,
        created_at=entry.happened_at,
    )
    adjustment.save(force_insert=True)
    write_off(taker, currency, because=entry)
    record(
        actor,
        f"funds.{operation.name.lower()}",
        adjustment,
        about=target.pk,
        amount=str(moved),
        number=number,
    )
    return adjustment
