"""Real-name authentication: who may apply, what is refused, what a decision does."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from partner_center.channel.actions.real_name import (
    apply_for_real_name,
    approve_application,
    fail_application,
    forbid_number,
    make_face_code,
    reject_application,
    withdraw_authentication,
)
from partner_center.channel.errors.real_name import (
    AuthenticatedOrInReview,
    FaceCodeSpent,
    FaceMismatch,
    NotAnIndividual,
    NumberForbidden,
    NumberUsedUp,
    TooManyApplications,
    VerificationFailed,
    WrongNumberOfPapers,
)
from partner_center.channel.models.real_name import (
    RealNameApplication,
    RealNamePaper,
    RealNameState,
    Subject,
)
from partner_center.channel.real_name import apply_and_check
from partner_center.channel.rules.real_name import path_fits
from partner_center.channel.tests.papers import BY_NUMBER, ONE, PNG, THREE, enterprise, person
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.lifecycles import VerifiedStatus
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import NotPermitted, WrongState
from partner_center.foundation.models import OutboxMessage
from partner_center.identity.errors import AttachmentKind
from partner_center.identity.models import Attachment
from partner_center.kernel import clock
from partner_center.partners.makers import (
    as_partner,
    make_distributor,
    make_reseller,
    make_solution_provider,
    make_vendor,
)
from partner_center.partners.makers import as_staff as staff_of
from tests.pages import as_reader


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path) -> None:
    settings.PARTNER_CENTER_STORE = str(tmp_path)


def new_customer(site: str = "cn", **more: Any) -> Customer:
    return make_customer(make_solution_provider(site=site), verified=False, **more)


def applied(customer: Customer, **more: Any) -> RealNameApplication:
    given = {"claim": person(), "files": THREE, **more}
    return apply_for_real_name(as_customer(customer), customer=customer, **given)


@pytest.mark.django_db
def test_an_application_is_reviewed_and_its_papers_are_the_reviewers_alone():
    customer, staff = new_customer(), staff_of(make_vendor())
    application = apply_for_real_name(
        as_partner(customer.partner), customer=customer, claim=enterprise(), files=ONE
    )
    assert (customer.verified_status, application.partner) == (VerifiedStatus.IN_REVIEW, customer.partner)
    (paper,) = Attachment.objects.filter(purpose="real_name")
    for one in (as_customer(customer), as_partner(customer.partner)):
        assert not Attachment.objects.visible_to(one).filter(pk=paper.pk).exists()
        with as_reader(one) as reader:
            assert reader.get("attachment", row=paper).status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, details FROM channel_realnameapplication")
        assert "91440300MA5" not in str(cursor.fetchall())

    with as_reader(staff) as reader:
        html = reader.get("real-name-application", row=application).content.decode()
        assert "91440300MA5" not in html and paper.key in html
        assert reader.get("attachment", row=paper).content == PNG
        reader.post("real-name-reviews", deed="approve", row=application.pk)
    customer.refresh_from_db()
    assert (customer.verified_status, customer.name) == (VerifiedStatus.VERIFIED, "Pinewood Ltd")
    with pytest.raises(WrongState):
        reject_application(staff, application=application, opinion="too late")
    told = OutboxMessage.objects.filter(template="channel.real_name_decided", about_id=customer.partner_id)
    assert not customer.partner.account.email or told.exists()


@pytest.mark.django_db
def test_nobody_applies_for_or_decides_on_what_is_not_theirs():
    customer = new_customer()
    distributor = make_distributor()
    reseller = make_reseller(distributor)
    theirs = make_customer(reseller, verified=False)
    for actor, whose in (
        (as_partner(make_solution_provider()), customer),
        (as_partner(distributor), theirs),
        (as_customer(theirs), customer),
    ):
        with pytest.raises(NotACustomerOfThePartner):
            apply_for_real_name(actor, customer=whose, claim=person(), files=THREE)
    application = applied(customer)
    for actor in (as_customer(customer), as_partner(customer.partner)):
        with pytest.raises(Exception, match=r"vendor|Access denied"):
            approve_application(actor, application=application)
    with pytest.raises(NotPermitted):
        approve_application(
            staff_of(make_vendor()).with_permissions({"customers.approve_real_name"}), application=application
        )
    assert not RealNameApplication.objects.visible_to(as_partner(make_solution_provider())).exists()
    assert not Attachment.objects.exclude(account=customer.pk).exists()


@pytest.mark.django_db
def test_a_second_application_waits_for_the_first_and_a_rejected_one_may_be_repeated(settings):
    settings.REAL_NAME_APPLICATIONS_A_DAY = 2
    customer, staff = new_customer(), staff_of(make_vendor())
    first = applied(customer)
    with pytest.raises(AuthenticatedOrInReview):
        applied(customer)
    reject_application(staff, application=first, opinion="The photograph is not sharp.")
    customer.refresh_from_db()
    assert customer.review_opinion == "The photograph is not sharp."
    reject_application(staff, application=applied(customer), opinion="Still not.")
    with pytest.raises(TooManyApplications):
        applied(customer)
    with clock.at(clock.now() + timedelta(hours=25)):
        approve_application(staff, application=applied(customer))
    with pytest.raises(AuthenticatedOrInReview):
        applied(customer)


@pytest.mark.django_db
def test_papers_are_as_many_as_the_certificate_demands_and_what_they_say_they_are():
    here, abroad = new_customer(), new_customer("intl")
    for customer, files in ((here, THREE[:2]), (abroad, THREE)):
        with pytest.raises(WrongNumberOfPapers):
            applied(customer, files=files)
    with pytest.raises(WrongNumberOfPapers):
        applied(here, claim=enterprise(person="Lin", person_number="440"), files=ONE)
    with pytest.raises(AttachmentKind):
        applied(here, files=[*THREE[:2], ("3.png", b"<html>")])
    here.refresh_from_db()
    assert here.verified_status is VerifiedStatus.UNVERIFIED
    assert not RealNameApplication.objects.exists() and not Attachment.objects.exists()
    assert applied(abroad, files=THREE[:2]).papers.count() == 2


@pytest.mark.django_db
def test_a_number_serves_so_many_customers_and_a_refused_one_none(settings):
    settings.REAL_NAME_CUSTOMERS_PER_NUMBER = 2
    staff, one, two, three = staff_of(make_vendor()), new_customer(), new_customer(), new_customer()
    approve_application(staff, application=applied(one))
    applied(two, claim=person(" e12345678"))
    with pytest.raises(NumberUsedUp):
        applied(three)
    one.refresh_from_db()
    withdraw_authentication(staff, customer=one, opinion="forged")
    assert one.verified_status is VerifiedStatus.UNVERIFIED
    assert RealNameApplication.objects.get(customer=one).state is RealNameState.ENDED
    three.refresh_from_db()
    applied(three)

    forbid_number(staff, number="91 440300MA5", reason="forged before")
    with pytest.raises(NumberForbidden):
        applied(new_customer(), claim=enterprise(), files=ONE)


@pytest.mark.django_db
def test_an_individual_becomes_an_enterprise_and_stays_authenticated_meanwhile():
    customer, staff = new_customer(), staff_of(make_vendor())
    change = {"claim": enterprise(subject=Subject.CHANGE), "files": ONE}
    with pytest.raises(NotAnIndividual):
        applied(customer, **change)
    approve_application(staff, application=applied(customer))
    customer.refresh_from_db()
    rejected = applied(customer, **change)
    with pytest.raises(AuthenticatedOrInReview):
        applied(customer, **change)
    reject_application(staff, application=rejected, opinion="Not legible.")
    customer.refresh_from_db()
    assert (customer.verified_status, customer.customer_type) == (VerifiedStatus.VERIFIED, "individual")
    approve_application(staff, application=applied(customer, **change))
    customer.refresh_from_db()
    assert (customer.customer_type, customer.name) == ("enterprise", "Pinewood Ltd")
    states = (
        RealNameApplication.objects.filter(customer=customer).order_by("pk").values_list("state", flat=True)
    )
    assert [state.value for state in states] == ["ended", "rejected", "passed"]


@pytest.mark.django_db
def test_abroad_a_check_may_fail_without_a_decision():
    staff = staff_of(make_vendor())
    abroad, here = new_customer("intl"), new_customer()
    application = applied(abroad, files=THREE[:2])
    fail_application(staff, application=application, opinion="The register does not answer.")
    abroad.refresh_from_db()
    assert abroad.verified_status is VerifiedStatus.FAILED
    at_home = applied(here)
    with pytest.raises(Exception, match="no right"):
        fail_application(staff, application=at_home, opinion="?")
    at_home.refresh_from_db()
    assert at_home.state is RealNameState.IN_REVIEW


@pytest.mark.django_db
def test_the_automatic_check_passes_refuses_or_leaves_it_to_a_person(settings):
    settings.REAL_NAME_CHECK = BY_NUMBER

    def outcome(number: str) -> tuple[str, str]:
        customer = new_customer()
        try:
            apply_and_check(as_customer(customer), customer=customer, claim=person(number), files=THREE)
        except (VerificationFailed, FaceMismatch) as refusal:
            assert RealNameApplication.objects.get(customer=customer).opinion == str(refusal)
            said = refusal.code
        else:
            said = ""
        customer.refresh_from_db()
        return said, customer.verified_status.value

    # inside the test's own transaction no action is under way, so the check runs as it does behind a door
    assert outcome("GOOD") == ("", "verified")
    assert outcome("BAD") == ("CBC.99007202", "rejected")
    assert outcome("FACE") == ("CBC.99007219", "rejected")
    assert outcome("BROKEN") == ("", "in_review")
    assert outcome("ANY") == ("", "in_review")


@pytest.mark.django_db
def test_a_face_code_works_once_within_ten_minutes_and_only_the_latest():
    customer = new_customer()
    old = make_face_code(as_customer(customer), customer=customer)
    code = make_face_code(as_customer(customer), customer=customer)
    given = {"name": "Lin Hua", "number": "440305199001011234"}
    with as_reader(Actor.nobody()) as phone:
        for wrong in (old, "x" * 43):
            assert phone.get(f"/console/face/{wrong}/").status_code == 404
        page = f"/console/face/{code}/"
        assert phone.get(page).status_code == 200
        phone.post(page, **given, photo=SimpleUploadedFile("face.gif", PNG))
        assert not RealNameApplication.objects.exists(), "a picture that lies about its type"
        with clock.at(clock.now() + timedelta(minutes=11)):
            assert phone.get(page).status_code == 404
        assert phone.post(page, **given, photo=SimpleUploadedFile("face.png", PNG)).status_code == 200
        assert phone.get(page).status_code == 404
    application = RealNameApplication.objects.get()
    assert (application.customer, application.means) == (customer, "face")
    reject_application(staff_of(make_vendor()), application=application, opinion="Too dark.")
    with pytest.raises(FaceCodeSpent):
        applied(customer, face_code=code)


@pytest.mark.django_db
def test_a_person_applies_at_the_console_and_sees_what_became_of_it():
    customer = new_customer()
    with as_reader(as_customer(customer), "zh-hans") as reader:
        assert reader.get("my-real-name").status_code == 200
        papers = {name: SimpleUploadedFile(f"{name}.png", PNG) for name in ("first", "second", "third")}
        given = {"certificate": "id_card", "name": "Lin Hua", "number": "440305199001011234"}
        few = reader.post("my-real-name-individual", **given, first=SimpleUploadedFile("a.png", PNG))
        assert few.status_code == 200 and not RealNameApplication.objects.exists()
        assert reader.post("my-real-name-individual", **given, **papers).status_code == 302
        assert RealNamePaper.objects.count() == 3
    with as_reader(as_partner(customer.partner)) as reader:
        page = f"/console/customers/{customer.pk}/real-name/enterprise/"
        assert reader.get(page).status_code == 200
        answer = reader.post(
            page,
            certificate="business_licence",
            name="Pinewood Ltd",
            number="91440300MA5",
            first=SimpleUploadedFile("a.png", PNG),
        )
        assert "in review" in answer.content.decode()
    with as_reader(as_partner(make_solution_provider())) as reader:
        assert reader.get(page).status_code == 404


def test_paths_are_names_between_single_slashes():
    assert path_fits("a.png") and path_fits("2026/护照 1.jpg")
    for path in ("", "/a", "a//b", "../a", "a/./b", "a\\b", "a\nb", "x" * 256):
        assert not path_fits(path), path


def test_of_two_applications_with_the_last_place_of_a_number_one_goes_through(real_db, settings, tmp_path):
    settings.PARTNER_CENTER_STORE = str(tmp_path)
    settings.REAL_NAME_CUSTOMERS_PER_NUMBER = 2
    customers = [new_customer() for _number in range(5)]
    ends: list[str] = []
    gate = threading.Barrier(6)

    def work(customer: Customer) -> None:
        gate.wait()
        try:
            applied(Customer.objects.select_related("account", "partner").get(pk=customer.pk))
            ends.append("done")
        except Exception as error:
            ends.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(one,)) for one in (*customers, customers[0])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends.count("done") == 2
    assert set(ends) <= {"done", "NumberUsedUp", "AuthenticatedOrInReview"}
    assert RealNameApplication.objects.count() == 2
    assert json.loads(RealNameApplication.objects.first().details) == {}
