"""Who gets in with a signature: keys, locks, the account named, the kind and language of a caller, flow control."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from partner_center.foundation.actor import Actor
from partner_center.identity.actions import (
    assign_roles,
    create_role,
    disable_access_key,
    disable_user,
    enable_access_key,
    suspend_account,
)
from partner_center.identity.makers import make_account, make_user, owner_of
from partner_center.identity.models import AccessKey
from partner_center.kernel import clock
from partner_center.wire.throttling import table
from tests.calling import Key, call, send, signed

SYSTEM = Actor.system("tests")
WHO = "/v5/caller-identity"


@pytest.fixture(autouse=True)
def _quiet_second():
    table().clear()


@pytest.fixture
def partner(db):
    return make_account("solution_provider", name="harbour")


@pytest.fixture
def key(partner):
    return Key.of(partner)


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.content
    assert answer.headers["X-Request-Id"]
    return answer.json()


def test_a_signed_request_is_its_accounts(partner, key):
    answer = call(key, "GET", WHO)
    assert answer.status_code == 200
    assert answer.json()["account_id"] == partner.pk


def test_without_credentials_nothing_is_told(db):
    body = refused(call(None, "GET", WHO), 401, "APIGW.0301")
    assert body["error_msg"].startswith("Incorrect IAM authentication information")
    assert body["request_id"]


def test_unknown_keys_and_wrong_secrets_get_one_answer(key):
    unknown = refused(call(Key("NOSUCHKEY", key.sk), "GET", WHO), 401, "APIGW.0301")
    wrong = refused(call(Key(key.ak, "wrong"), "GET", WHO), 401, "APIGW.0301")
    assert unknown["error_msg"] == wrong["error_msg"]
    assert "verify aksk signature fail" in wrong["error_msg"]


def test_a_disabled_key_stops_at_once_and_works_again_when_enabled(key):
    row = AccessKey.objects.get(ak=key.ak)
    disable_access_key(SYSTEM, key=row)
    refused(call(key, "GET", WHO), 401, "APIGW.0301")
    enable_access_key(SYSTEM, key=row)
    assert call(key, "GET", WHO).status_code == 200


def test_a_disabled_users_key_and_a_suspended_accounts_stop(partner, key):
    user = make_user(partner)
    users_key = Key.of(user)
    assert call(users_key, "GET", WHO).status_code == 200
    disable_user(SYSTEM, user=user)
    refused(call(users_key, "GET", WHO), 401, "APIGW.0301")
    suspend_account(SYSTEM, account=partner)
    refused(call(key, "GET", WHO), 401, "APIGW.0301")


def test_an_old_signature_is_out_of_time_by_the_machines_clock(key):
    now = clock.machine_now()
    with clock.at(now + timedelta(days=400)):
        assert call(key, "GET", WHO, at=now).status_code == 200
    body = refused(call(key, "GET", WHO, at=now - timedelta(minutes=16)), 401, "APIGW.0303")
    assert now.strftime("%Y%m%dT") in body["error_msg"]
    refused(call(key, "GET", WHO, at=now + timedelta(minutes=16)), 401, "APIGW.0303")


def test_five_failures_in_a_row_are_forgiven_and_a_sixth_locks(key, monkeypatch):
    wrong = Key(key.ak, "wrong")
    for _attempt in range(5):
        refused(call(wrong, "GET", WHO), 401, "APIGW.0301")
    assert call(key, "GET", WHO).status_code == 200
    for _attempt in range(6):
        refused(call(wrong, "GET", WHO), 401, "APIGW.0301")
    assert "locked" in refused(call(key, "GET", WHO), 401, "APIGW.0301")["error_msg"]

    later = clock.machine_now() + timedelta(minutes=5, seconds=1)
    monkeypatch.setattr(clock, "machine_now", lambda: later)
    table().clear()
    assert call(key, "GET", WHO).status_code == 200
    assert AccessKey.objects.get(ak=key.ak).failures == 0


def test_failures_at_once_are_all_counted(real_db):
    key = Key.of(make_account("solution_provider", name="harbour"))

    def fail() -> None:
        from django.db import connections

        call(Key(key.ak, "wrong"), "GET", WHO)
        connections.close_all()

    threads = [threading.Thread(target=fail) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AccessKey.objects.get(ak=key.ak).locked_until is not None


def test_the_domain_named_must_be_the_keys_own(partner, key):
    assert call(key, "GET", WHO, headers={"X-Domain-Id": partner.pk}).status_code == 200
    refused(call(key, "GET", WHO, headers={"X-Domain-Id": "0" * 32}), 403, "CBC.0151")


def test_the_body_and_the_query_are_signed(key):
    headers = signed(key, "GET", WHO, "", b"", {"host": "testserver"})
    refused(send("GET", WHO, "limit=1", b"", headers), 401, "APIGW.0301")


def test_unknown_paths_and_methods_are_the_gateways(key):
    assert refused(call(key, "GET", "/v9/nothing"), 404, "APIGW.0101")["request_id"]
    refused(call(key, "POST", WHO), 404, "APIGW.0101")
    refused(call(None, "GET", "/v2/nothing"), 404, "APIGW.0101")


def test_an_operation_refuses_who_it_is_not_for(db):
    customer = make_account("customer")
    refused(call(customer, "POST", "/v2/partners/sub-customers/query"), 403, "CBC.0151")
    abroad = make_account("solution_provider", site="intl")
    refused(
        call(abroad, "POST", "/v2/partners/sub-customers/new-customers-tags/batch-query"), 403, "CBC.0156"
    )


def test_a_user_needs_the_permission_item_and_the_owner_does_not(partner):
    user = make_user(partner)
    refused(call(user, "POST", "/v2/partners/sub-customers/query"), 403, "CBC.0151")
    role = create_role(SYSTEM, account=partner, name="looks at customers", permissions=["customers.view"])
    assign_roles(SYSTEM, user=user, roles=[role])
    assert call(user, "POST", "/v2/partners/sub-customers/query").status_code in (200, 400)
    assert call(partner, "POST", "/v2/partners/sub-customers/query").status_code in (200, 400)


def test_the_eleventh_request_of_a_second_is_one_too_many(key):
    answers = [call(key, "GET", WHO) for _turn in range(14)]
    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    body = refused(next(answer for answer in answers if answer.status_code != 200), 429, "CBC.0250")
    assert body["error_msg"] == "Connection request control triggered."


def test_refusals_come_in_the_callers_language(db):
    english = call(None, "GET", WHO, headers={"X-Language": "en_US"}).json()["error_msg"]
    chinese = call(None, "GET", WHO, headers={"X-Language": "zh_CN"}).json()["error_msg"]
    assert english.isascii()
    assert not chinese.isascii()


def test_a_language_is_one_of_the_two_where_an_operation_documents_it(key):
    path = "/v2/bases/measurements"
    for spelled in ("zh_CN", "en_US", "en-us", ""):
        assert call(key, "GET", path, headers={"X-Language": spelled}).status_code == 200
    refused(call(key, "GET", path, headers={"X-Language": "fr_FR"}), 400, "CBC.0100")
    assert call(key, "GET", WHO, headers={"X-Language": "fr_FR"}).status_code == 200


def test_a_failure_of_ours_is_a_500_with_an_id_and_no_detail(key, monkeypatch):
    def fail(actor):
        raise RuntimeError("the secret reason")

    from dataclasses import replace

    from partner_center.wire import operation

    one = operation._FIXED["GET", WHO]
    monkeypatch.setitem(operation._FIXED, ("GET", WHO), replace(one, run=fail))
    answer = call(key, "GET", WHO)
    refused(answer, 500, "CBC.0999")
    assert b"secret" not in answer.content


def test_what_a_body_may_not_be(key):
    path = "/v2/bases/verificationcode/send"
    for body, content_type in (
        (b"[]", "application/json"),
        (b"{", "application/json"),
        (b'{"a":NaN}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"a=b", "application/x-www-form-urlencoded"),
    ):
        table().clear()
        refused(call(key, "POST", path, body=body, headers={"Content-Type": content_type}), 400, "CBC.0100")
    refused(call(key, "POST", path), 400, "CBC.0101")


def test_the_key_of_a_former_secret_is_kept_encrypted(key):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sk FROM identity_accesskey WHERE ak = %s", [key.ak])
        stored = cursor.fetchone()[0]
    assert key.sk not in stored
    assert AccessKey.objects.get(ak=key.ak).sk == key.sk


def test_an_owner_is_found_by_its_account(partner):
    assert owner_of(partner).login == "harbour"
