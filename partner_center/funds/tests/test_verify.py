"""`partner-center verify` proves the laws of funds, and each finds the forgery it is for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from partner_center.foundation.laws import LAWS
from partner_center.funds import laws
from partner_center.funds.makers import make_allocation, make_credit, make_money, make_usage
from partner_center.funds.models import Recharge
from partner_center.ledger import finality
from partner_center.ledger.models import Account, Entry, Transfer


@pytest.fixture
def lived(channel):
    make_money(channel.provider, "100.00")
    make_credit(channel.provider, "100.00")
    make_allocation(channel.own, "30.00")
    make_usage(channel.own, "35.00")
    make_usage(channel.provider, "90.00")
    return channel


def breaches() -> dict[str, list[str]]:
    found = {
        name: one.first_breaches() for name, one in LAWS.items() if name.startswith(("funds.", "ledger."))
    }
    return {name: lines for name, lines in found.items() if lines}


def test_all_laws_hold_of_a_life(lived):
    assert breaches() == {}


def forge(forgery: Callable[[], object]) -> None:
    finality.drop(connection)
    forgery()
    finality.create(connection)


FORGERIES: dict[Callable, Callable] = {
    laws.adjustments_moved_their_amount: lambda: Transfer.objects.filter(entry__kind="funds.allocation").update(
        amount_minor=1
    ),
    laws.adjustments_are_recorded: lambda: Entry.objects.filter(kind="funds.remittance").update(
        kind="funds.reclaim"
    ),
    laws.recharges_booked_their_amount: lambda: Transfer.objects.filter(entry__kind="funds.remittance").update(
        amount_minor=1
    ),
    laws.credit_is_within_its_limit: lambda: Account.objects.filter(address__startswith="credit:").update(
        balance_minor=10_001
    ),
    laws.designated_sums_are_there: lambda: Account.objects.create(
        address=Account.objects.filter(address__startswith="cash:").first().address.replace("cash", "designated"),
        owner=Account.objects.filter(address__startswith="cash:").first().owner,
        currency="CNY", balance_minor=10**9, floor_minor=0,
    ),
    laws.arrears_are_repaid: lambda: Account.objects.filter(
        address__startswith="cash:", owner__in=Account.objects.filter(address__startswith="debt:").values("owner")
    ).update(balance_minor=100),
    laws.kinds_are_known: lambda: Entry.objects.filter(kind="billing.usage").update(kind="unheard.of"),
}  # fmt: skip


@pytest.mark.parametrize("broken", FORGERIES, ids=lambda law: law.__name__)
def test_a_forgery_breaks_the_law_it_breaks(lived, broken):
    assert list(broken()) == []
    forge(FORGERIES[broken])
    assert list(broken()), "the forgery went unnoticed"


def test_money_without_a_recharge_is_noticed(lived):
    forge(lambda: Recharge.objects.all()._raw_delete("default"))
    assert any("belongs to no paid recharge" in one for one in laws.recharges_booked_their_amount())
