"""Associations that end or change: asked, checked, answered, with everything that hangs on them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from partner_center.catalogue.makers import make_product
from partner_center.channel.actions.ties import (
    agree_request,
    disassociate_customer,
    reject_request,
    request_disassociation,
    request_switch,
    withdraw_request,
)
from partner_center.channel.errors.ties import (
    AccountCheckFailed,
    AnswerTooLate,
    AssociationGone,
    NotYoursToAnswer,
    RequestOpen,
)
from partner_center.channel.jobs.ties import expire_requests
from partner_center.channel.laws.ties import (
    authorisations_end_with_their_association,
    customers_stand_as_their_history_says,
)
from partner_center.channel.models import AssociationRequest, RequestKind, RequestState, Side
from partner_center.channel.queries.ties import checks_of, to_answer
from partner_center.customers.actions import agree_authorisation, assign_manager, request_authorisation
from partner_center.customers.agency import note_call, note_token
from partner_center.customers.errors import NotACustomerOfThePartner, OnlyItsPartner
from partner_center.customers.lifecycles import AuthorisationState
from partner_center.customers.makers import as_customer, authorise, make_customer
from partner_center.customers.models import (
    Association,
    Authorisation,
    AuthorisationUse,
    Budget,
    BudgetRecord,
    Customer,
    EndedBecause,
    ManagerAssignment,
)
from partner_center.customers.queries import is_authorised
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage
from partner_center.funds.actions import adjust_balance, allocate_to_customer
from partner_center.funds.models import Adjustment, Operation
from partner_center.funds.queries import balances_of
from partner_center.identity.models import User
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.orders.actions import unsubscribe
from partner_center.orders.makers import make_paid_order, resource_of
from partner_center.partners.makers import (
    as_partner,
    as_staff,
    make_account_manager,
    make_distributor,
    make_solution_provider,
)
from partner_center.partners.models import Partner

SYSTEM = Actor.system("tests")


def fund(account: object, amount: str) -> None:
    adjust_balance(SYSTEM, account=account, amount=Money.of(amount, account.currency), memo="test")


def present(customer: Customer) -> Customer:
    return Customer.objects.select_related("account", "partner__account").get(pk=customer.pk)


@pytest.fixture
def partner(db: None) -> Partner:
    made = make_solution_provider(email="sales@partner.example")
    fund(made.account, "1000.00")
    return made


@pytest.fixture
def customer(partner: Partner) -> Customer:
    manager = make_account_manager(partner)
    made = make_customer(partner, authorised=True, label="ours", manager=manager, email="it@customer.example")
    allocate_to_customer(as_partner(partner), customer=made, amount=Money.of("300.00", "CNY"))
    return present(made)


def nothing_is_broken() -> bool:
    return not [*customers_stand_as_their_history_says(), *authorisations_end_with_their_association()]


def test_when_the_customer_agrees_nothing_of_its_partner_is_left(
    partner: Partner, customer: Customer
) -> None:
    asked = request_disassociation(as_partner(partner), customer=customer, reason="the project is over")
    assert list(to_answer(as_customer(customer))) == [asked]
    agree_request(as_customer(customer), request=asked)

    left = present(customer)
    assert (left.partner, left.association_type, left.label, left.account_manager) == (None, "", "", None)
    assert balances_of(customer.pk).cash == Money.zero("CNY")
    assert balances_of(partner.pk).cash == Money.of("1000.00", "CNY")
    assert Adjustment.objects.get(operation=Operation.UNBIND).amount == Money.of("300.00", "CNY")
    assert Association.objects.get(customer=customer).ended_because == EndedBecause.DISASSOCIATED
    assert Authorisation.objects.get(customer=customer).state is AuthorisationState.ENDED
    assert not is_authorised(customer.pk, partner.pk)
    assert not ManagerAssignment.objects.filter(customer=customer, ended_at=None).exists()
    told = OutboxMessage.objects.filter(template="channel.tie_agreed", channel="mail")
    assert {one.about_id for one in told} == {partner.pk, customer.pk}
    assert nothing_is_broken()
    with pytest.raises(NotACustomerOfThePartner):
        allocate_to_customer(as_partner(partner), customer=customer, amount=Money.of("1.00", "CNY"))


def test_only_the_other_side_answers_and_a_refusal_changes_nothing(
    partner: Partner, customer: Customer
) -> None:
    asked = request_disassociation(as_customer(customer), customer=customer)
    with_a_token = replace(as_customer(customer), acting_partner_id=partner.pk)
    strangers = (as_customer(customer), with_a_token, as_partner(make_solution_provider()), as_staff())
    for someone in strangers:
        with pytest.raises(NotYoursToAnswer):
            agree_request(someone, request=asked)
    reject_request(as_partner(partner), request=asked, answer="there is a bill to settle")
    assert present(customer).partner_id == partner.pk
    assert balances_of(customer.pk).cash == Money.of("300.00", "CNY")
    with pytest.raises(NotACustomerOfThePartner):
        request_disassociation(with_a_token, customer=customer)
    with pytest.raises(NotACustomerOfThePartner):
        request_disassociation(as_partner(make_distributor()), customer=customer)


@pytest.mark.parametrize(("site", "allowed"), [("cn", 1), ("intl", 3)])
def test_requests_of_three_months_are_counted_whatever_became_of_them(
    db: None, site: str, allowed: int
) -> None:
    partner = make_solution_provider(site=site)
    customer = make_customer(partner, association_type="referral")
    began = clock.now()
    for number in range(allowed):
        with clock.at(began + timedelta(days=number)):
            one = request_disassociation(as_customer(customer), customer=customer)
            with pytest.raises(RequestOpen):
                request_disassociation(as_partner(partner), customer=customer)
            withdraw_request(as_customer(customer), request=one)
    for day, who in ((80, as_customer(customer)), (80, as_partner(partner))):
        with clock.at(began + timedelta(days=day)), pytest.raises(AccountCheckFailed):
            request_disassociation(who, customer=customer)
    with clock.at(began + timedelta(days=93)):
        assert request_disassociation(as_partner(partner), customer=customer).side == Side.PARTNER


def test_each_obstacle_is_an_item_with_its_way_out(partner: Partner) -> None:
    customer = make_customer(partner, association_type="referral")
    fund(customer.account, "5.00")
    checks = {
        check.name: check
        for check in checks_of(present(customer), kind=RequestKind.SWITCH, side=Side.PARTNER)
    }
    assert [name for name, check in checks.items() if not check.passed] == ["cash"]
    assert checks["cash"].way_out and not checks["arrears"].way_out
    with pytest.raises(AccountCheckFailed):
        request_switch(as_partner(partner), customer=customer)
    assert not AssociationRequest.objects.exists()


def test_a_switch_to_referral_gives_back_and_to_resale_needs_no_money(
    partner: Partner, customer: Customer
) -> None:
    asked = request_switch(as_partner(partner), customer=customer)
    assert asked.to_type == "referral"
    agree_request(as_customer(customer), request=asked)
    now = present(customer)
    assert (now.partner_id, now.association_type) == (partner.pk, "referral")
    assert now.account_manager_id is not None, "the account manager stays"
    assert balances_of(partner.pk).cash == Money.of("1000.00", "CNY")
    assert Authorisation.objects.get(customer=customer).state is AuthorisationState.ENDED
    assert [one.ended_because for one in Association.objects.filter(customer=customer)] == ["", "switched"]

    with clock.at(clock.now() + timedelta(days=100)):
        back = request_switch(as_customer(now), customer=now)
        agree_request(as_partner(partner), request=back)
    assert present(customer).association_type == "resale"
    assert nothing_is_broken()


def test_abroad_the_budget_goes_with_the_association(db: None) -> None:
    partner = make_solution_provider(site="intl", settlement="postpaid")
    customer = make_customer(partner, budget="500")
    agree_request(
        as_customer(customer), request=request_disassociation(as_partner(partner), customer=customer)
    )
    assert not Budget.objects.filter(customer=customer).exists()
    assert BudgetRecord.objects.filter(customer=customer, operation="DELETE").count() == 1
    assert not present(customer).frozen


def test_an_unanswered_request_expires(partner: Partner, customer: Customer) -> None:
    asked = request_disassociation(as_partner(partner), customer=customer)
    with clock.at(asked.expires_at):
        with pytest.raises(AnswerTooLate):
            agree_request(as_customer(customer), request=asked)
        assert expire_requests() == {"expired": 1}
    assert AssociationRequest.objects.get().state is RequestState.EXPIRED
    assert present(customer).partner_id == partner.pk


def test_the_ecosystem_manager_ends_what_the_two_cannot(partner: Partner, customer: Customer) -> None:
    open_request = request_disassociation(as_customer(customer), customer=customer)
    disassociate_customer(as_staff(), customer=customer, reason="the partner has left")
    assert present(customer).partner_id is None
    assert AssociationRequest.objects.get(pk=open_request.pk).state is RequestState.OVERTAKEN
    with pytest.raises(AssociationGone):
        agree_request(as_partner(partner), request=open_request)


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Run the deeds at the same moment; how each ended."""
    gate, ends = threading.Barrier(len(deeds)), [""] * len(deeds)

    def work(place: int) -> None:
        gate.wait()
        try:
            deeds[place]()
            ends[place] = "done"
        except Exception as error:
            ends[place] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_whatever_a_partner_does_at_the_moment_of_separation_it_has_nothing_left(real_db: None) -> None:
    """Allocating, asking for authorisation, agreeing to it and assigning, each against the customer's word."""
    partner = make_solution_provider()
    fund(partner.account, "1000.00")
    manager: User = make_account_manager(partner)
    customers = [make_customer(partner) for _each in range(4)]
    asked = [request_disassociation(as_partner(partner), customer=one) for one in customers]
    consent = request_authorisation(as_partner(partner), customer=customers[2])
    rivals: list[Callable[[], object]] = [
        lambda: allocate_to_customer(
            as_partner(partner), customer=customers[0], amount=Money.of("50.00", "CNY")
        ),
        lambda: authorise(present(customers[1])),
        lambda: agree_authorisation(as_customer(customers[2]), authorisation=consent),
        lambda: assign_manager(as_partner(partner), customer=customers[3], manager=manager),
    ]
    refusals = {NotACustomerOfThePartner.__name__, OnlyItsPartner.__name__, "WrongState", "AssertionError"}
    for one, request, rival in zip(customers, asked, rivals, strict=True):
        ends = at_once(
            lambda one=one, request=request: agree_request(as_customer(one), request=request), rival
        )
        assert ends[0] == "done"
        assert ends[1] == "done" or ends[1] in refusals
        left = present(one)
        assert (left.partner_id, left.account_manager_id) == (None, None)
        assert balances_of(one.pk).cash == Money.zero("CNY")
        assert not ManagerAssignment.objects.filter(customer=one, ended_at=None).exists()
    assert balances_of(partner.pk).cash == Money.of("1000.00", "CNY")
    assert nothing_is_broken()


def test_of_two_answers_at_once_one_counts_and_money_moves_once(real_db: None) -> None:
    partner = make_solution_provider()
    fund(partner.account, "100.00")
    customer = make_customer(partner)
    allocate_to_customer(as_partner(partner), customer=customer, amount=Money.of("40.00", "CNY"))
    asked = request_disassociation(as_partner(partner), customer=customer)

    def answer() -> None:
        agree_request(as_customer(customer), request=AssociationRequest.objects.get(pk=asked.pk))

    assert sorted(at_once(answer, answer, answer)) == ["AssociationGone", "AssociationGone", "done"]
    assert Adjustment.objects.filter(operation=Operation.UNBIND).count() == 1


def test_what_the_partner_does_with_its_authorisation_is_there_for_the_customer_to_see(
    partner: Partner, customer: Customer
) -> None:
    acting = replace(as_customer(customer), acting_partner_id=partner.pk, name="partner's hand")
    for _twice in range(2):
        note_call(acting, "list_customer_orders")
    note_token(partner.pk, customer.pk, "partner's hand")
    seen = AuthorisationUse.objects.visible_to(as_customer(customer))
    assert {(one.kind, one.what, one.times) for one in seen} == {
        ("call", "list_customer_orders", 2),
        ("token", "", 1),
    }
    assert not AuthorisationUse.objects.visible_to(as_partner(make_solution_provider())).exists()


def test_a_refund_after_the_end_goes_to_the_partner_whose_money_paid(
    partner: Partner, customer: Customer
) -> None:
    """The matrix of lifecycles 10, decided when the money goes back and not when the order was given back."""
    order = make_paid_order(customer, make_product(month="100.00", year="1000.00"))
    agree_request(
        as_customer(customer), request=request_disassociation(as_partner(partner), customer=customer)
    )
    left = present(customer)
    unsubscribe(as_customer(left), resources=[resource_of(order)], kind=1, reason_type=5)
    assert balances_of(customer.pk).cash == Money.zero("CNY")
    assert balances_of(partner.pk).cash == Money.of("1000.00", "CNY")
