from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partner_center.ledger import finality, laws
from partner_center.ledger.errors import InsufficientBalance, ReferenceReused
from partner_center.ledger.models import Account, Transfer
from partner_center.ledger.posting import Leg, post
from partner_center.ledger.tests import oracle
from partner_center.ledger.tests.acting import WORLD, broken_laws, fund, inside, leg, move, yuan

pytestmark = pytest.mark.django_db

ADDRESSES = [WORLD, "house:sales", "cash:a", "cash:b", "credit:a", "cash:c"]
one_leg = (
    st.tuples(st.sampled_from(ADDRESSES), st.sampled_from(ADDRESSES), st.integers(1, 500))
    .filter(lambda it: it[0] != it[1])
    .map(lambda it: Leg(it[0], it[1], yuan("0.01") * it[2]))
)
histories = st.lists(st.tuples(st.integers(1, 8), st.lists(one_leg, min_size=1, max_size=4)), max_size=14)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_any_history_keeps_the_laws_and_agrees_with_the_orm(history):
    ours, plain = _played(history, post), _played(history, oracle.post)
    assert ours == plain


def _played(history, how: Callable) -> list:
    """Outcomes, balances and transfers after a history, which is undone afterwards."""
    outcomes = []
    with transaction.atomic():
        for number, legs in history:
            try:
                with inside():
                    how(kind="test", reference=f"move:{number}", legs=legs)
                outcomes.append("moved")
            except (InsufficientBalance, ReferenceReused) as refusal:
                outcomes.append(str(refusal))
        assert broken_laws() == []
        outcomes.append(
            sorted(Account.objects.values_list("address", "owner", "balance_minor", "floor_minor"), key=str)
        )
        outcomes.append(
            list(
                Transfer.objects.order_by("entry__reference", "position").values_list(
                    "entry__reference",
                    "position",
                    "source__address",
                    "target__address",
                    "amount_minor",
                    "source_after_minor",
                    "target_after_minor",
                    "entry__fingerprint",
                )  # fmt: skip
            )
        )
        transaction.set_rollback(True)
    return outcomes


def _a_little_history() -> None:
    fund("cash:a", "100.00")
    move("pay:1", leg("cash:a", "house:sales", "30.00"), leg("cash:a", "cash:b", "5.00"))


def _forge(forgery: Callable[[], object]) -> None:
    finality.drop(connection)
    forgery()
    finality.create(connection)


FORGERIES = {
    laws.balances_sum_to_zero: lambda: Account.objects.filter(address="cash:a").update(balance_minor=6501),
    laws.cached_balances_equal_their_history: lambda: Account.objects.filter(address="cash:a").update(
        balance_minor=6501
    ),
    laws.after_balances_chain: lambda: Transfer.objects.filter(target__address="cash:b").update(
        target_after_minor=6
    ),
    laws.fingerprints_match: lambda: Transfer.objects.filter(target__address="cash:b").update(
        amount_minor=499
    ),
    laws.transfers_keep_their_currency: lambda: Transfer.objects.filter(position=2).update(currency="USD"),
}


@pytest.mark.parametrize("broken", FORGERIES, ids=lambda law: law.__name__)
def test_a_forgery_breaks_the_law_it_breaks(broken):
    _a_little_history()
    assert list(broken()) == []
    _forge(FORGERIES[broken])
    assert len(list(broken())) == 1


def test_a_lost_transfer_is_noticed():
    _a_little_history()
    _forge(lambda: Transfer.objects.filter(position=1, entry__reference="pay:1")._raw_delete("default"))
    assert list(laws.fingerprints_match()) == [
        "pay:1: a transfer is missing",
        "pay:1: what it moved is not what was fingerprinted",
    ]


def test_a_missing_trigger_is_noticed():
    finality.drop(connection)
    assert len(list(laws.entries_refuse_change())) == 4
    finality.create(connection)
    assert list(laws.entries_refuse_change()) == []


def test_the_database_itself_refuses_a_balance_below_the_floor():
    _a_little_history()
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(address="cash:a").update(balance_minor=-1)
