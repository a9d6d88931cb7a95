"""What is always true of funds, beyond the laws of the ledger below."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q

from partner_center.foundation.laws import law
from partner_center.funds import chart, trades
from partner_center.funds.models import Adjustment, Operation, Recharge, RechargeState
from partner_center.kernel.money import Money
from partner_center.ledger.models import Account, Entry

_MADE_BY = {
    Operation.ALLOCATION: trades.ALLOCATION,
    Operation.RECLAIM: trades.RECLAIM,
    Operation.UNBIND: trades.UNBIND,
}


@law("funds.adjustments", says="Each adjustment moved exactly its amount between its partner and its target.")
def adjustments_moved_their_amount() -> Iterator[str]:
    rows = Adjustment.objects.values_list(
        "number", "operation", "partner_id", "target_id", "amount", "currency", "entry__kind",
        "entry__transfers__amount_minor", "entry__transfers__currency",
        "entry__transfers__source__address", "entry__transfers__target__address",
    )  # fmt: skip
    for (
        number,
        operation,
        partner,
        target,
        minor,
        currency,
        kind,
        moved,
        unit,
        source,
        end,
    ) in rows.iterator():
        giver, taker = (partner, target) if operation == Operation.ALLOCATION else (target, partner)
        wanted = (
            _MADE_BY[Operation(operation)],
            _minor(minor),
            currency,
            chart.cash(giver),
            chart.cash(taker),
        )
        if (kind, moved, unit, source, end) != wanted:
            yield f"{number}: {kind} moved {moved} {unit} from {source} to {end}"


@law(
    "funds.adjustments_known",
    says="Each allocation, reclaim and unbind reclaim in the ledger has its record.",
)
def adjustments_are_recorded() -> Iterator[str]:
    known = Adjustment.objects.values("entry_id")
    for reference in (
        Entry.objects.filter(kind__in=_MADE_BY.values()).exclude(pk__in=known).values_list("reference")
    ):
        yield reference[0]


@law("funds.recharges", says="Each paid recharge booked exactly its amount to its account, and no other did.")
def recharges_booked_their_amount() -> Iterator[str]:
    rows = Recharge.objects.filter(state=RechargeState.PAID).values_list(
        "number", "account_id", "amount", "entry__reference", "entry__transfers__amount_minor",
        "entry__transfers__target__address",
    )  # fmt: skip
    for number, account, minor, reference, moved, target in rows.iterator():
        if (reference, moved, target) != (f"recharge:{number}", _minor(minor), chart.cash(account)):
            yield f"{number}: {reference} moved {moved} to {target}"
    booked = Entry.objects.filter(kind__in=(trades.REMITTANCE, trades.RECHARGE))
    paid = Recharge.objects.filter(state=RechargeState.PAID).values("entry_id")
    for reference in booked.exclude(pk__in=paid).values_list("reference", flat=True):
        yield f"{reference} belongs to no paid recharge"


@law("funds.credit", says="Credit in use lies between nothing and the limit granted.")
def credit_is_within_its_limit() -> Iterator[str]:
    left = _by_owner(chart.CREDIT)
    limits = {key: -minor for key, minor in _by_owner(chart.LINE).items()}
    for key in sorted(left.keys() | limits.keys()):
        used = limits.get(key, 0) - left.get(key, 0)
        if not 0 <= used <= limits.get(key, 0):
            yield f"{key[0]}: {Money(used, key[1])} of {Money(limits.get(key, 0), key[1])} in use"


@law("funds.designated", says="No more is designated than lies in the account.")
def designated_sums_are_there() -> Iterator[str]:
    cash = _by_owner(chart.CASH)
    for key, minor in sorted(_by_owner(chart.DESIGNATED).items()):
        if minor > cash.get(key, 0):
            yield f"{key[0]}: {Money(minor, key[1])} designated of {Money(cash.get(key, 0), key[1])}"


@law("funds.arrears", says="Nobody has arrears above zero, and nobody who can repay them has any.")
def arrears_are_repaid() -> Iterator[str]:
    cash, designated = _by_owner(chart.CASH), _by_owner(chart.DESIGNATED)
    for key, minor in sorted(_by_owner(chart.DEBT).items()):
        free = cash.get(key, 0) - designated.get(key, 0)
        if minor > 0 or (minor < 0 and free > 0):
            yield f"{key[0]}: arrears {Money(-minor, key[1])}, free cash {Money(free, key[1])}"


@law("funds.kinds", says="Each entry that touches an owner's cash or credit is of a known kind.")
def kinds_are_known() -> Iterator[str]:
    unknown = Entry.objects.exclude(kind__in=trades.TRADES).filter(
        Q(transfers__source__owner__gt="") | Q(transfers__target__owner__gt="")
    )
    for kind in unknown.order_by("kind").values_list(F("kind"), flat=True).distinct():
        yield f"{kind} is not in funds.trades"


def _by_owner(purse: str) -> dict[tuple[str, str], int]:
    rows = Account.objects.filter(address__startswith=f"{purse}:", balance_minor__isnull=False)
    return {
        (owner, currency): minor or 0
        for owner, currency, minor in rows.values_list("owner", "currency", "balance_minor")
    }


def _minor(amount: Money | int) -> int:
    return amount.minor if isinstance(amount, Money) else amount
