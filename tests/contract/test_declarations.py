"""Every declared operation is what the contract says, and what is not declared yet is a list that only shrinks.

A deviation stands in contract/deviations.json with its reason; one that no longer occurs must be taken out.
"""

from __future__ import annotations

import json

import pytest

from tests.contract.comparison import BY_NAME, CONTRACT, FOLDER, declared, differences

DEVIATIONS: dict[str, str] = json.loads((FOLDER / "deviations.json").read_text())
MISSING = set((FOLDER / "missing.txt").read_text().split())


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_an_operation_is_declared_as_the_contract_says(name):
    found = {one.name: one for one in declared()}.get(name)
    if found is None:
        assert name in MISSING, f"{name} is neither declared nor in contract/missing.txt"
        return
    assert name not in MISSING, f"{name} is declared: take it out of contract/missing.txt"
    unexplained = [line for line in differences(found) if line not in DEVIATIONS]
    assert not unexplained, "\n" + "\n".join(unexplained)


def test_nothing_is_declared_that_the_contract_does_not_know():
    assert BY_NAME.keys() >= {one.name for one in declared()}


def test_every_deviation_still_occurs_and_says_why():
    occurring = {line for one in declared() for line in differences(one)}
    assert all(DEVIATIONS.values()), "a deviation has a reason"
    assert DEVIATIONS.keys() <= occurring, sorted(DEVIATIONS.keys() - occurring)


def test_what_is_missing_is_printed(capsys):
    with capsys.disabled():
        print(f"\ncontract: {len(BY_NAME) - len(MISSING)} of {len(BY_NAME)} operations are served; missing:")
        print("  " + ", ".join(sorted(MISSING)))
    assert BY_NAME.keys() >= MISSING


DOCUMENTED_RATES = {
    "check_user_identity": 5,
    "list_customer_orders": 20,
    "list_customers_balances_detail": 20,
    "show_customer_account_balances": 20,
    "list_on_demand_resource_ratings": 20,
    "list_rate_on_period_detail": 30,
}


def test_rates_are_the_documented_ones():
    assert {one.name: one.rate for one in declared()} == {
        one.name: DOCUMENTED_RATES.get(one.name, 10) for one in declared()
    }


def test_pricing_alone_answers_an_illegal_token_with_403():
    assert {one.name for one in declared() if one.token_refusal == 403} == {
        "list_on_demand_resource_ratings",
        "list_rate_on_period_detail",
        "list_renew_rate_on_period",
    }


def test_the_contract_is_whole():
    assert len(CONTRACT["operations"]) == 103
    assert sum("cn" in one["sites"] for one in CONTRACT["operations"]) == 92
    assert sum("intl" in one["sites"] for one in CONTRACT["operations"]) == 55
