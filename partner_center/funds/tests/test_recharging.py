from __future__ import annotations

from datetime import timedelta

import pytest

from partner_center.foundation.actor import Actor
from partner_center.funds import chart
from partner_center.funds.actions import adjust_balance, begin_recharge, record_remittance, take_notice
from partner_center.funds.errors import (
    AmountOutOfRange,
    FedByItsPartner,
    NoticeNotGenuine,
    OnlyOwnAccount,
    OnlyTheVendor,
    RechargeClosed,
    RemittanceKnown,
    UnknownGateway,
)
from partner_center.funds.gateways import Notice, gateway_named
from partner_center.funds.gateways.sandbox import SandboxGateway
from partner_center.funds.jobs import expire_recharges
from partner_center.funds.makers import cash_of, make_money
from partner_center.funds.models import Recharge, RechargeState
from partner_center.identity.makers import as_owner
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance
from partner_center.ledger.queries import balance

SYSTEM = Actor.system("tests")
SANDBOX = "partner_center.funds.gateways.sandbox.SandboxGateway"


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.PAYMENT_GATEWAYS = [SANDBOX]


def open_recharge(channel, amount: str = "50.00") -> Recharge:
    account = channel.provider.account
    return begin_recharge(as_owner(account), account=account, amount=yuan(amount), gateway="sandbox")


def notice_of(recharge: Recharge, **more) -> Notice:
    gateway = SandboxGateway()
    return gateway.read_notice(*gateway.pay(recharge, **more))


def test_a_bank_transfer_is_recorded_once(channel):
    made = record_remittance(
        SYSTEM, account=channel.provider.account, amount=yuan("88.00"), bank_number="B1", payer="Somebody"
    )
    assert made.state is RechargeState.PAID and made.entry is not None
    assert (cash_of(channel.provider), balance(chart.BANK, "CNY")) == (yuan("88"), yuan("-88"))

    with pytest.raises(RemittanceKnown):
        record_remittance(SYSTEM, account=channel.reseller.account, amount=yuan("88"), bank_number="B1")
    assert cash_of(channel.reseller) == yuan("0")


def test_bank_transfers_are_the_vendors_to_record(channel):
    with pytest.raises(OnlyTheVendor):
        record_remittance(
            as_owner(channel.provider.account),
            account=channel.provider.account,
            amount=yuan("1"),
            bank_number="B2",
        )


def test_a_resale_customers_money_comes_from_its_partner(channel):
    with pytest.raises(FedByItsPartner):
        make_money(channel.own, "1.00")
    make_money(channel.alone, "1.00")


def test_the_gateway_pays_once_however_often_it_says_so(channel):
    recharge = open_recharge(channel)
    assert cash_of(channel.provider) == yuan("0")
    notice = notice_of(recharge)

    take_notice(SYSTEM, gateway="sandbox", notice=notice)
    paid = take_notice(SYSTEM, gateway="sandbox", notice=notice)

    assert paid.state is RechargeState.PAID and paid.channel_number == f"SB{recharge.number}"
    assert cash_of(channel.provider) == yuan("50")
    assert balance(chart.gateway("sandbox"), "CNY") == yuan("-50")
    other = Notice(recharge.number, recharge.amount, "another payment", True)
    with pytest.raises(RechargeClosed):
        take_notice(SYSTEM, gateway="sandbox", notice=other)


def test_a_failed_payment_moves_nothing_and_may_still_succeed(channel):
    recharge = open_recharge(channel)
    take_notice(SYSTEM, gateway="sandbox", notice=notice_of(recharge, succeed=False))
    recharge.refresh_from_db()
    assert recharge.state is RechargeState.FAILED and cash_of(channel.provider) == yuan("0")

    take_notice(SYSTEM, gateway="sandbox", notice=notice_of(recharge))
    assert cash_of(channel.provider) == yuan("50")


def test_money_that_comes_late_is_money_all_the_same(channel):
    recharge = open_recharge(channel)
    with clock.at(clock.now() + timedelta(hours=1)):
        assert expire_recharges() == {"expired": 1}
        recharge.refresh_from_db()
        assert recharge.state is RechargeState.EXPIRED
        assert expire_recharges() == {"expired": 0}
        take_notice(SYSTEM, gateway="sandbox", notice=notice_of(recharge))
    assert cash_of(channel.provider) == yuan("50")


@pytest.mark.parametrize("forgery", ["signature", "body", "stamp", "age"])
def test_a_forged_notice_is_not_believed(channel, forgery):
    gateway, recharge = SandboxGateway(), open_recharge(channel)
    headers, body = gateway.pay(recharge)
    if forgery == "signature":
        headers["X-Sandbox-Signature"] = "0" * 64
    if forgery == "body":
        body = body.replace(b"50", b"5000")
    if forgery == "stamp":
        headers["X-Sandbox-Time"] = clock.now().isoformat() + " "
    at = clock.now() + timedelta(hours=1 if forgery == "age" else 0)
    with clock.at(at), pytest.raises(NoticeNotGenuine):
        gateway.read_notice(headers, body)


def test_a_notice_with_another_amount_or_number_books_nothing(channel):
    recharge = open_recharge(channel)
    for notice in (
        Notice(recharge.number, yuan("500"), "x", True),
        Notice("RC404", yuan("50"), "x", True),
    ):
        with pytest.raises(NoticeNotGenuine):
            take_notice(SYSTEM, gateway="sandbox", notice=notice)
    assert cash_of(channel.provider) == yuan("0")


def test_one_recharges_ones_own_account_through_an_offered_gateway(channel, settings):
    with pytest.raises(OnlyOwnAccount):
        begin_recharge(
            as_owner(channel.provider.account),
            account=channel.alone.account,
            amount=yuan("1"),
            gateway="sandbox",
        )
    with pytest.raises(AmountOutOfRange):
        open_recharge(channel, "0")
    settings.PAYMENT_GATEWAYS = []
    with pytest.raises(UnknownGateway):
        open_recharge(channel)
    with pytest.raises(UnknownGateway):
        gateway_named("sandbox")


def test_the_vendor_corrects_a_balance(channel):
    account = channel.provider.account
    adjust_balance(SYSTEM, account=account, amount=yuan("10"), memo="gift")
    adjust_balance(SYSTEM, account=account, amount=yuan("-4"), memo="mistake")
    assert cash_of(channel.provider) == yuan("6")
    with pytest.raises(InsufficientBalance):
        adjust_balance(SYSTEM, account=account, amount=yuan("-6.01"), memo="too much")


def test_recharges_are_seen_by_their_owner(channel):
    open_recharge(channel)
    assert Recharge.objects.visible_to(as_owner(channel.provider.account)).count() == 1
    assert not Recharge.objects.visible_to(as_owner(channel.alone.account)).exists()


def test_a_gateway_brings_its_notice_to_the_door(channel, client):
    recharge = open_recharge(channel)
    headers, body = SandboxGateway().pay(recharge)
    place = "/payment-gateways/sandbox/notices"

    forged = client.post(place, body.replace(b"50", b"90"), content_type="application/json", headers=headers)
    assert forged.status_code == 403 and cash_of(channel.provider) == yuan("0")
    for _ in range(2):
        answer = client.post(place, body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"number": recharge.number, "state": "paid"})
    assert cash_of(channel.provider) == yuan("50")

    assert client.post("/payment-gateways/other/notices", body, content_type="x/y").status_code == 400
    assert client.get(place).status_code == 405
    assert client.post(place, b"x" * 70_000, content_type="x/y").status_code == 400
