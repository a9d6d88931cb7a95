"""The native calls for a sandbox's operator, their document, health, and calls that happen once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage
from partner_center.identity.actions import send_code
from partner_center.identity.makers import make_account
from partner_center.kernel import clock
from partner_center.wire.throttling import table
from tests.calling import call

CLOCK, ADVANCE, OUTBOX = "/api/v1/clock", "/api/v1/clock/advance", "/api/v1/outbox"


@pytest.fixture(autouse=True)
def _quiet_second():
    table().clear()


@pytest.fixture
def operator(db):
    return make_account("vendor", name="the-vendor")


@pytest.fixture
def sandbox(settings):
    settings.SANDBOX = True


def wire(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_everybody_known_may_ask_the_time(operator):
    before = clock.now()
    answer = call(make_account("customer"), "GET", CLOCK)
    assert answer.status_code == 200
    assert wire(before) <= answer.json()["now"] <= wire(clock.now())
    assert call(None, "GET", CLOCK).status_code == 401


def test_an_operator_moves_a_sandboxes_clock_forwards(real_db, sandbox):
    operator = make_account("vendor", name="the-vendor")
    send_code(Actor.system("tests"), scene="29", target="13800138000", channel="sms")
    target = clock.now() + timedelta(days=3)
    answer = call(operator, "POST", ADVANCE, to=wire(target))
    assert answer.status_code == 200, answer.content
    assert abs(clock.now() - target) < timedelta(seconds=30)
    ran = {job["name"]: job for job in answer.json()["jobs"]}
    assert ran["foundation.deliver_outbox"]["failures"] == 0
    assert OutboxMessage.objects.get().state.value == "sent"


def test_the_clock_does_not_go_back_nor_too_far(real_db, sandbox):
    operator = make_account("vendor", name="the-vendor")
    for to in (clock.now() - timedelta(hours=1), clock.now() + timedelta(days=63)):
        answer = call(operator, "POST", ADVANCE, to=wire(to))
        assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.0100")
    assert abs(clock.now() - clock.machine_now()) < timedelta(seconds=1)


def test_only_a_sandbox_moves_and_only_for_its_operator(operator, settings):
    settings.SANDBOX = False
    to = wire(clock.now() + timedelta(days=1))
    assert call(operator, "POST", ADVANCE, to=to).status_code == 400
    assert call(operator, "GET", OUTBOX).status_code == 403
    settings.SANDBOX = True
    for kind in ("customer", "solution_provider", "distributor"):
        someone = make_account(kind)
        assert call(someone, "POST", ADVANCE, to=to).status_code == 403
        assert call(someone, "GET", OUTBOX).status_code == 403


def test_an_operator_follows_what_went_out(operator, sandbox):
    send_code(Actor.system("tests"), scene="29", target="13800138000", channel="sms", language="en")
    send_code(Actor.system("tests"), scene="29", target="lin@example.com", channel="mail", language="en")
    everything = call(operator, "GET", OUTBOX).json()
    assert everything["total_count"] == 2
    assert [one["recipient"] for one in everything["messages"]] == ["lin@example.com", "13800138000"]
    one = call(operator, "GET", OUTBOX, recipient="13800138000").json()["messages"]
    assert [(row["channel"], row["template"]) for row in one] == [("sms", "identity.code")]
    assert call(operator, "GET", OUTBOX, limit=101).status_code == 400


def test_every_native_call_is_in_the_document(operator, client):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/clock/advance" in document["paths"]
    body = document["paths"]["/api/v1/clock/advance"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    name = body["$ref"].rpartition("/")[2]
    assert document["components"]["schemas"][name]["properties"]["to"]["format"] == "date-time"


def test_the_document_can_be_read_as_a_page_without_foreign_assets(client, db):
    page = client.get("/api/docs").content.decode()
    assert "/api/v1/clock/advance" in page
    assert "//" not in page.replace("<!doctype html>", "").replace("http://testserver", "")


def test_health(client, db):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["status"] == "ok"
    call(None, "GET", CLOCK)
    metrics = client.get("/metrics").content.decode()
    assert 'partner_center_requests_total{operation="show_clock",status="401"}' in metrics


def test_readiness_says_what_is_missing(client, db):
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="identity", name="0001_initial").delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "migrations missing"
