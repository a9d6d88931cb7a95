"""The real-name operations of the vendor's API, with papers uploaded through ours, by the vendor's own SDKs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import huaweicloudsdkbss.v2 as cn
import huaweicloudsdkbssintl.v2 as intl
import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.channel.actions.access import discard_unused_papers, switch_real_name_upload
from partner_center.channel.actions.real_name import approve_application, reject_application
from partner_center.channel.models.real_name import RealNameApplication
from partner_center.channel.tests.papers import JPG, PNG
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.customers.tests.conftest import latest_code
from partner_center.foundation.actor import Actor
from partner_center.foundation.store import Store
from partner_center.identity.laws import attachments_are_there
from partner_center.identity.models import Attachment
from partner_center.kernel import clock
from partner_center.partners.makers import as_partner, as_staff, make_solution_provider, make_vendor
from partner_center.partners.models import Partner, PlatformIdentity
from partner_center.wire.throttling import FlowTable
from tests.calling import Key, call
from tests.server import LiveServer

INDIVIDUAL = "/v2/customers/realname-auths/individual"
ENTERPRISE = "/v2/customers/realname-auths/enterprise"


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PARTNER_CENTER_STORE = str(tmp_path)
    monkeypatch.setattr(FlowTable, "admits", lambda *_who, **_now: True)


def customer_of(partner: Partner) -> Customer:
    return make_customer(partner, verified=False)


def switched_on(site: str = "cn") -> Partner:
    partner = make_solution_provider(site=site)
    switch_real_name_upload(as_partner(partner), partner=partner, on=True)
    return partner


def platform(partner: Partner) -> str:
    return PlatformIdentity.objects.get(partner=partner).code


def put(partner: Partner, path: str, content: bytes = JPG) -> Any:
    return call(partner.account, "PUT", f"/api/v1/attachments/download/{path}", body=content)


def asked(partner: Partner, customer: Customer, **more: Any) -> dict[str, Any]:
    return {
        "customer_id": customer.pk,
        "identify_type": 0,
        "verified_type": 3,
        "verified_file_url": ["1.jpg", "sub/2.jpg", "3.png"],
        "name": "Lin Hua",
        "verified_number": "E12345678",
        "change_type": -1,
        "xaccount_type": platform(partner),
        **more,
    }


def uploaded(partner: Partner) -> None:
    for path, content in (("1.jpg", JPG), ("sub/2.jpg", JPG), ("3.png", PNG)):
        answer = put(partner, path, content)
        assert (answer.status_code, answer.json()["path"]) == (200, path)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("error_code", "")


@pytest.mark.django_db
def test_uploads_are_refused_unless_switched_on_and_what_they_say_they_are(tmp_path):
    partner = make_solution_provider()
    assert code_of(put(partner, "1.jpg")) == (400, "CBC.99005030")
    on = call(partner.account, "PUT", "/api/v1/access-configuration", real_name_attachment_upload=True)
    assert on.status_code == 200
    assert code_of(put(partner, "1.png")) == (400, "CBC.99000100")
    assert code_of(put(partner, "1.jpg", b"<html>")) == (400, "CBC.99000100")
    assert code_of(put(partner, "1.jpg", JPG.ljust(10 * 1024 * 1024 + 1))) == (400, "CBC.99000099")
    assert code_of(put(partner, "a//1.jpg")) == (400, "CBC.0100")
    assert (
        code_of(call(customer_of(partner).account, "PUT", "/api/v1/attachments/download/1.jpg", body=JPG))[0]
        == 403
    )
    assert not Attachment.objects.exists() and not list(tmp_path.rglob("vault/*/*"))


@pytest.mark.django_db(transaction=False)
def test_the_same_path_again_replaces_the_file(django_capture_on_commit_callbacks):
    partner = switched_on()
    put(partner, "1.jpg")
    first = Attachment.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        put(partner, "1.jpg", JPG + b" better")
    assert Attachment.objects.get().pk != first.pk
    assert not Store.configured().exists(f"vault/{first.key[:2]}/{first.key}")


@pytest.mark.django_db
def test_uploads_that_nobody_used_are_discarded_after_thirty_days(django_capture_on_commit_callbacks):
    partner, store = switched_on(), Store.configured()
    customer = customer_of(partner)
    uploaded(partner)
    put(partner, "never.png", PNG)
    files = dict(Attachment.objects.values_list("name", "key"))
    assert call(partner.account, "POST", INDIVIDUAL, **asked(partner, customer)).status_code == 200
    for days, left in ((29, 4), (31, 3)):
        with (
            clock.at(clock.now() + timedelta(days=days)),
            django_capture_on_commit_callbacks(execute=True),
        ):
            discard_unused_papers(Actor.system("tests"))
        assert Attachment.objects.count() == left
    kept = {name for name, key in files.items() if store.exists(f"vault/{key[:2]}/{key}")}
    assert kept == files.keys() - {"never.png"}
    assert not list(attachments_are_there())
    store.delete(f"vault/{files['1.jpg'][:2]}/{files['1.jpg']}")
    assert [breach.partition(":")[2] for breach in attachments_are_there()] == [" not there"]


@pytest.mark.django_db
def test_an_application_goes_from_review_to_its_result():
    partner, staff = switched_on(), as_staff(make_vendor())
    customer = customer_of(partner)

    def result() -> dict[str, Any]:
        answer = call(partner.account, "GET", "/v2/customers/realname-auths/result", customer_id=customer.pk)
        assert answer.status_code == 200
        return answer.json()

    def status() -> dict[str, Any]:
        return call(customer.account, "GET", "/v2/customers/real-name-auth-status").json()

    assert (result(), status()) == ({}, {"verified_status": -1})
    uploaded(partner)
    answer = call(partner.account, "POST", INDIVIDUAL, **asked(partner, customer))
    assert (answer.status_code, answer.json()) == (200, {"is_review": 1})
    assert (result(), status()) == ({"review_result": 0}, {"verified_status": 0, "verified_type": 0})
    again = call(partner.account, "POST", INDIVIDUAL, **asked(partner, customer))
    assert code_of(again) == (400, "CBC.99007188")
    reject_application(staff, application=RealNameApplication.objects.get(), opinion="blurred")
    assert result() == {"review_result": 1, "opinion": "blurred"}
    assert call(partner.account, "POST", INDIVIDUAL, **asked(partner, customer)).status_code == 200
    approve_application(staff, application=RealNameApplication.objects.get(state="in_review"))
    assert (result(), status()) == ({"review_result": 2}, {"verified_status": 2, "verified_type": 0})
    papers = (
        RealNameApplication.objects.order_by("pk").last().papers.values_list("attachment__name", flat=True)
    )
    assert list(papers) == ["1.jpg", "sub/2.jpg", "3.png"], "in the order given"


@pytest.mark.django_db
def test_bad_requests_and_strangers_change_nothing():
    partner, off, stranger = switched_on(), make_solution_provider(), switched_on()
    customer = customer_of(partner)
    uploaded(partner)
    good = asked(partner, customer)
    company = {
        "customer_id": customer.pk,
        "identify_type": 1,
        "certificate_type": 0,
        "verified_file_url": ["1.jpg"],
        "corp_name": "Pinewood Ltd",
        "verified_number": "9144",
        "xaccount_type": platform(partner),
    }
    refused = [
        (INDIVIDUAL, good | {"verified_file_url": ["1.jpg", "2.JPG", "3.png"]}, "CBC.0100"),
        (INDIVIDUAL, good | {"verified_file_url": ["1.jpg"]}, "CBC.0100"),
        (INDIVIDUAL, good | {"verified_file_url": []}, "CBC.0100"),
        (INDIVIDUAL, good | {"verified_type": None}, "CBC.0101"),
        (INDIVIDUAL, good | {"identify_type": 1}, "CBC.0100"),
        (INDIVIDUAL, good | {"identify_type": 4}, "CBC.0101"),
        (INDIVIDUAL, good | {"name": "x" * 256}, "CBC.0100"),
        (INDIVIDUAL, good | {"xaccount_type": "nobody's"}, "CBC.0100"),
        (INDIVIDUAL, good | {"customer_id": "0" * 32}, "CBC.99000035"),
        (ENTERPRISE, company | {"corp_name": "123 --"}, "CBC.0100"),
        (ENTERPRISE, company | {"enterprise_person": {"legel_name": "Lin"}}, "CBC.0101"),
    ]
    for path, body, code in refused:
        assert code_of(call(partner.account, "POST", path, **body)) == (400, code), (body, code)
    foreign = good | {"xaccount_type": platform(stranger)}
    assert code_of(call(stranger.account, "POST", INDIVIDUAL, **foreign)) == (400, "CBC.99000035")
    theirs = asked(off, customer_of(off))
    assert code_of(call(off.account, "POST", INDIVIDUAL, **theirs)) == (400, "CBC.99005030")
    change = company | {"change_type": 1}
    assert code_of(call(partner.account, "PUT", ENTERPRISE, **change)) == (400, "CBC.99007188")
    seen = call(stranger.account, "GET", "/v2/customers/realname-auths/result", customer_id=customer.pk)
    assert code_of(seen) == (400, "CBC.99000035")
    assert not RealNameApplication.objects.exists()


@pytest.mark.django_db
def test_a_bank_card_needs_the_code_sent_to_its_telephone():
    partner = switched_on()
    customer = customer_of(partner)
    uploaded(partner)

    def apply(code: str) -> tuple[int, str]:
        card = {
            "bank_account": "6222-0211",
            "areacode": "0086",
            "mobile": "13912345678",
            "verification_code": code,
        }
        body = asked(partner, customer, identify_type=4, bank_card_info=card, verified_file_url=["1.jpg"])
        return code_of(call(partner.account, "POST", INDIVIDUAL, **body))

    sent = call(
        partner.account,
        "POST",
        "/v2/bases/verificationcode/send",
        receiver_type=1,
        mobile_phone="13912345678",
        scene=18,
        customer_id=customer.pk,
    )
    assert sent.status_code == 204
    right = latest_code()
    assert apply("000000" if right != "000000" else "111111") == (400, "CBC.99004010")
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert apply(right) == (400, "CBC.99000027")
    assert apply(right) == (200, "")
    assert RealNameApplication.objects.get().means == "bank_card"


@pytest.fixture
def site_client(live_server: LiveServer) -> Iterator[Any]:
    def client(kind: Any, whose: Any) -> Any:
        key = Key.of(whose)
        builder = kind.new_builder().with_credentials(GlobalCredentials(key.ak, key.sk))
        return builder.with_endpoints([live_server.url]).build()

    return client


def test_the_china_sites_sdk_applies_changes_and_asks(site_client):
    partner, staff = switched_on(), as_staff(make_vendor())
    customer = customer_of(partner)
    uploaded(partner)
    client, own = site_client(cn.BssClient, partner.account), site_client(cn.BssClient, customer.account)

    address = own.show_real_name_auth_qr_code(cn.ShowRealNameAuthQrCodeRequest()).qr_code_url
    assert "/console/face/" in address
    applied = client.create_personal_realname_auth(
        cn.CreatePersonalRealnameAuthRequest(
            body=cn.ApplyIndividualRealnameAuthsReq(**asked(partner, customer))
        )
    )
    assert applied.is_review == 1
    approve_application(staff, application=RealNameApplication.objects.get())
    told = own.show_real_name_auth_status(cn.ShowRealNameAuthStatusRequest())
    assert (told.verified_status, told.verified_type) == (2, 0)
    with pytest.raises(ClientRequestException) as refusal:
        own.show_real_name_auth_qr_code(cn.ShowRealNameAuthQrCodeRequest())
    assert refusal.value.error_code == "CBC.99007188"

    company = {
        "customer_id": customer.pk,
        "identify_type": 1,
        "certificate_type": 0,
        "verified_file_url": ["1.jpg", "sub/2.jpg", "3.png"],
        "corp_name": "松木有限公司",
        "verified_number": "91440300MA5",
        "reg_country": "CN",
        "xaccount_type": platform(partner),
        "enterprise_person": cn.EnterprisePersonNew(
            legel_name="Lin Hua", legel_id_number="440305", certifier_role="legalPerson"
        ),
    }
    changed = client.change_enterprise_realname_authentication(
        cn.ChangeEnterpriseRealnameAuthenticationRequest(
            body=cn.ChangeEnterpriseRealnameAuthsReq(change_type=1, **company)
        )
    )
    assert changed.is_review == 1
    reject_application(
        staff, application=RealNameApplication.objects.get(state="in_review"), opinion="not legible"
    )
    result = client.show_realname_authentication_review_result(
        cn.ShowRealnameAuthenticationReviewResultRequest(customer_id=customer.pk)
    )
    assert (result.review_result, result.opinion) == (1, "not legible")


def test_the_international_sites_sdk_applies_for_an_enterprise(site_client):
    partner = switched_on("intl")
    customer = customer_of(partner)
    uploaded(partner)
    client = site_client(intl.BssintlClient, partner.account)
    applied = client.create_enterprise_realname_authentication(
        intl.CreateEnterpriseRealnameAuthenticationRequest(
            body=intl.ApplyEnterpriseRealnameAuthsReq(
                customer_id=customer.pk,
                identify_type=1,
                certificate_type=0,
                verified_file_url=["1.jpg", "3.png"],
                corp_name="Pinewood Ltd",
                verified_number="HRB 1",
                xaccount_type=platform(partner),
            )
        )
    )
    assert applied.is_review == 1
    result = client.show_realname_authentication_review_result(
        intl.ShowRealnameAuthenticationReviewResultRequest(customer_id=customer.pk)
    )
    assert result.review_result == 0
