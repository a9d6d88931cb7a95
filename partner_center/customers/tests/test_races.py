"""Two at once, with real transactions, on either database: one wins, and nothing of the others is left."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection

from partner_center.customers.actions import (
    agree_authorisation,
    assign_manager,
    associate_customer,
    check_registration_code,
    create_customer,
    decline_authorisation,
    request_authorisation,
    send_registration_code,
)
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import (
    Association,
    Authorisation,
    Customer,
    IdentityMapping,
    ManagerAssignment,
)
from partner_center.customers.tests.conftest import latest_code
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Account
from partner_center.partners.actions import grant_right
from partner_center.partners.makers import (
    as_partner,
    make_account_manager,
    make_distributor,
    make_reseller,
    make_solution_provider,
)
from partner_center.partners.models import PlatformIdentity, ResellerGrant

AT_ONCE = 8
SYSTEM = Actor.system("tests")


def race(task: Callable[[int], object]) -> Counter[str]:
    """Run `task(0)` … `task(7)` at once; count how each ended."""
    ends: Counter[str] = Counter()
    gate, lock = threading.Barrier(AT_ONCE), threading.Lock()

    def work(number: int) -> None:
        gate.wait()
        try:
            task(number)
            end = "done"
        except Exception as error:
            end = type(error).__name__
        finally:
            connection.close()
        with lock:
            ends[end] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_of_eight_creations_with_one_platform_user_one_wins(real_db: None) -> None:
    partner = make_solution_provider(platform="portal")
    actor = as_partner(partner)

    ends = race(
        lambda number: create_customer(
            actor, partner=partner, xaccount_type="portal", xaccount_id="u-1", name=f"name-{number:03d}"
        )
    )

    assert ends == {"done": 1, "PlatformUserTaken": AT_ONCE - 1}
    assert Customer.objects.count() == IdentityMapping.objects.count() == Association.objects.count() == 1
    assert Account.objects.filter(kind="customer").count() == 1


def test_of_eight_creations_with_one_account_name_one_wins(real_db: None) -> None:
    partner = make_solution_provider(platform="portal")
    actor = as_partner(partner)

    ends = race(
        lambda number: create_customer(
            actor, partner=partner, xaccount_type="portal", xaccount_id=f"u-{number}", name="pinewood"
        )
    )

    assert ends == {"done": 1, "AccountNameTaken": AT_ONCE - 1}
    assert Customer.objects.count() == IdentityMapping.objects.count() == 1


def test_one_verification_code_registers_one_customer(real_db: None) -> None:
    partner = make_solution_provider(platform="portal")
    actor = as_partner(partner)
    send_registration_code(actor, mobile="13912345678")
    code = latest_code()

    def create(number: int) -> Any:
        checked = check_registration_code(actor, mobile="13912345678", code=code)
        return create_customer(
            actor,
            partner=partner,
            xaccount_type="portal",
            xaccount_id=f"u-{number}",
            mobile="13912345678",
            checked=checked,
        )

    ends = race(create)

    assert ends["done"] == 1, ends
    assert Account.objects.filter(mobile="13912345678").count() == 1


def test_the_first_use_of_a_platform_in_a_sandbox_fails_nobody(real_db: None, settings: Any) -> None:
    settings.PLATFORMS_AT_FIRST_USE = True
    partner = make_solution_provider()
    actor = as_partner(partner)

    ends = race(
        lambda number: create_customer(
            actor, partner=partner, xaccount_type="brand-new", xaccount_id=f"u-{number}"
        )
    )

    assert ends == {"done": AT_ONCE}
    assert PlatformIdentity.objects.filter(code="brand-new").count() == 1


def test_two_partners_do_not_get_the_same_customer(real_db: None) -> None:
    customer = make_customer(None)
    partners = [make_solution_provider() for _each in range(AT_ONCE)]

    ends = race(
        lambda number: associate_customer(
            SYSTEM,
            customer=Customer.objects.select_related("account").get(pk=customer.pk),
            partner=partners[number],
        )
    )

    assert ends == {"done": 1, "AlreadyAssociated": AT_ONCE - 1}
    assert Association.objects.get().partner_id == Customer.objects.get().partner_id


def test_a_partner_asks_once_and_the_customer_decides_once(real_db: None) -> None:
    partner = make_solution_provider()
    customer = make_customer(partner)
    asker, itself = as_partner(partner), as_customer(customer)

    asked = race(lambda number: request_authorisation(asker, customer=customer))
    assert asked == {"done": 1, "AuthorisationOpen": AT_ONCE - 1}

    def decide(number: int) -> None:
        authorisation = Authorisation.objects.select_related("partner__account", "customer__account").get()
        (agree_authorisation if number % 2 else decline_authorisation)(itself, authorisation=authorisation)

    assert race(decide) == {"done": 1, "WrongState": AT_ONCE - 1}


def test_a_customer_has_one_account_manager_whoever_assigns_it(real_db: None) -> None:
    partner = make_solution_provider()
    customer, actor = make_customer(partner), as_partner(partner)
    managers = [make_account_manager(partner) for _each in range(AT_ONCE)]

    ends = race(lambda number: assign_manager(actor, customer=customer, manager=managers[number]))

    assert ends == {"done": AT_ONCE}
    open_one = ManagerAssignment.objects.get(ended_at__isnull=True)
    assert open_one.manager_id == Customer.objects.get().account_manager_id
    assert ManagerAssignment.objects.count() == AT_ONCE


def test_a_right_is_granted_once(real_db: None) -> None:
    distributor = make_distributor()
    reseller, actor = make_reseller(distributor), as_partner(distributor)

    ends = race(lambda number: grant_right(actor, reseller=reseller, right="set_budgets"))

    assert ends == {"done": AT_ONCE}
    assert ResellerGrant.objects.count() == 1
