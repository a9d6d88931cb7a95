"""The laws of programmes hold of a life, and each finds the forgery it is for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from partner_center.channel.actions.programmes import approve_application
from partner_center.channel.makers.programmes import make_application, make_company
from partner_center.foundation.actor import Actor
from partner_center.foundation.laws import LAWS
from partner_center.partners.actions import delist_partner
from partner_center.partners.makers import make_distributor, make_solution_provider
from partner_center.partners.models import (
    CommercialInformation,
    CompanyAccount,
    Membership,
    Partner,
    ProgrammeApplication,
)

SYSTEM = Actor.system("tests")

FORGERIES: dict[str, Callable[[], object]] = {
    "partners.identity": lambda: Membership.objects.update(ended_at="2026-01-01T00:00:00Z"),
    "partners.left": lambda: Partner.objects.filter(state="delisted").update(left_at=None),
    "partners.masters": lambda: CompanyAccount.objects.update(is_master=False),
    "partners.attempts": lambda: CommercialInformation.objects.create(
        account=make_solution_provider().account, bank_account="1", wrong_amounts=3, state="certifying"
    ),
    "partners.distributors": lambda: ProgrammeApplication.objects.filter(makes="reseller").update(
        passed_on_at=None
    ),
}


@pytest.fixture
def lived(db: None) -> None:
    joined = make_application(make_company("pine-clouds", "Pine Clouds"), "csp")
    approve_application(SYSTEM, application=joined)
    distributor = make_distributor()
    waiting = make_application(make_company("oak-resale", "Oak"), "reseller", distributor=distributor)
    approve_application(SYSTEM, application=waiting)
    delist_partner(SYSTEM, partner=make_solution_provider(), reason="ended")


def breaches() -> set[str]:
    return {name for name in FORGERIES if LAWS[name].first_breaches()}


def test_the_laws_of_programmes_hold(lived: None) -> None:
    assert breaches() == set()


@pytest.mark.parametrize("name", FORGERIES)
def test_each_law_of_programmes_finds_its_forgery(lived: None, name: str) -> None:
    FORGERIES[name]()
    assert breaches() == {name}
