"""create_sub_customer and what comes before it, through HTTP, in the contract's words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from partner_center.customers.models import Association, Customer, IdentityMapping
from partner_center.customers.tests.conftest import Channel, latest_code
from partner_center.foundation.models import OutboxMessage, TrailEntry
from partner_center.identity.models import Account, User, VerificationCode
from partner_center.partners.actions import delist_partner, freeze_partner, restrict_partner
from partner_center.partners.makers import as_staff, make_distributor, make_reseller, make_solution_provider
from partner_center.partners.models import Partner, PlatformIdentity
from tests.calling import call

CREATE = "/v2/partners/sub-customers"
SEND = "/v2/bases/verificationcode/send"
CHECK = "/v2/partners/sub-customers/users/check-identity"
MOBILE = "13912345678"
HANZI = re.compile(r"[\u4e00-\u9fff]")


def platform(partner: Partner) -> str:
    return PlatformIdentity.objects.get(partner=partner).code


def create(partner: Partner, *, language: str = "en_US", **fields: Any) -> Any:
    fields = {"xaccount_id": "u-1", "xaccount_type": platform(partner), **fields}
    if partner.account.site == "intl":
        fields = {"domain_area": "SG", **fields}
    return call(partner.account, "POST", CREATE, headers={"x-language": language}, **fields)


def refused(answer: Any, code: str, status: int = 400) -> None:
    """The documented code, and nothing has come into being."""
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.content
    assert not Customer.objects.exists()
    assert not Account.objects.filter(kind="customer").exists()
    assert not IdentityMapping.objects.exists()


def code_for(partner: Partner, mobile: str = MOBILE) -> str:
    assert call(partner.account, "POST", SEND, receiver_type=1, mobile_phone=mobile).status_code == 204
    return latest_code()


def test_a_customer_comes_into_being_with_its_account_platform_user_and_partner(channel: Channel) -> None:
    answer = create(channel.provider, domain_name="pinewood", password="Tall-tree-7")

    assert answer.status_code == 200
    created = Customer.objects.get()
    assert answer.json() == {"domain_id": created.pk, "domain_name": "pinewood"}
    assert (created.partner_id, created.association_type) == (channel.provider.pk, "resale")
    assert (created.verified_status.wire, created.customer_type, created.frozen) == ("-1", "", False)
    mapping = IdentityMapping.objects.get()
    assert (mapping.customer_id, mapping.partner_id, mapping.xaccount_id) == (
        created.pk,
        channel.provider.pk,
        "u-1",
    )
    owner = User.objects.get(account_id=created.pk)
    assert owner.is_owner and owner.login == "pinewood" and owner.password
    assert Association.objects.get().ended_at is None
    assert TrailEntry.objects.filter(verb="customers.create", about_id=created.pk).exists()


def test_without_a_name_one_of_32_characters_is_made_and_without_a_password_there_is_none(
    channel: Channel,
) -> None:
    name = create(channel.provider).json()["domain_name"]

    assert len(name) == 32
    assert User.objects.get(login=name).password == ""


def test_cooperation_type_1_is_referral_and_anything_else_resale(channel: Channel) -> None:
    create(channel.provider, xaccount_id="a", cooperation_type="1")
    create(channel.provider, xaccount_id="b", cooperation_type="7")

    types = dict(IdentityMapping.objects.values_list("xaccount_id", "customer__association_type"))
    assert types == {"a": "referral", "b": "resale"}


def test_an_international_resale_customer_is_frozen_until_it_has_a_budget(channel: Channel) -> None:
    answer = create(channel.intl_provider, domain_area="MX")

    created = Customer.objects.get(pk=answer.json()["domain_id"])
    assert (created.frozen, created.frozen_by, created.country) == (True, "association", "MX")


def test_a_distributor_creates_customers_for_its_resellers_only(channel: Channel) -> None:
    refused(create(channel.distributor), "CBC.50010059")
    refused(create(channel.distributor, indirect_partner_id=channel.stranger.pk), "CBC.99000037")
    refused(create(channel.distributor, indirect_partner_id=channel.intl_reseller.pk), "CBC.99000037")

    assert create(channel.distributor, indirect_partner_id=channel.reseller.pk).status_code == 200
    created = Customer.objects.get()
    assert created.partner_id == channel.reseller.pk
    assert IdentityMapping.objects.get().partner_id == channel.distributor.pk, "its platform, its mapping"


def test_others_cannot_name_a_reseller_the_field_is_ignored(channel: Channel) -> None:
    assert create(channel.provider, indirect_partner_id=channel.reseller.pk).status_code == 200
    assert Customer.objects.get().partner_id == channel.provider.pk


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"domain_name": "abcd"}, "CBC.99000031"),
        ({"domain_name": "a" * 33}, "CBC.99000031"),
        ({"domain_name": "1pinewood"}, "CBC.99000031"),
        ({"domain_name": "op_pinewood"}, "CBC.99000031"),
        ({"domain_name": "Shadow_pine"}, "CBC.99000031"),
        ({"domain_name": "pine wood"}, "CBC.99000031"),
        ({"domain_name": "12345678"}, "CBC.99000031"),
        ({"domain_name": "松石印务有限公司"}, "CBC.99000031"),
        ({"mobile_phone": "12345", "verification_code": "1"}, "CBC.5017"),
        ({"mobile_phone": "+8613912345678", "verification_code": "1"}, "CBC.5017"),
        ({"mobile_phone": MOBILE}, "CBC.0101"),
        ({"mobile_phone": MOBILE, "verification_code": ""}, "CBC.0100"),
        ({"mobile_phone": MOBILE, "verification_code": "000000"}, "CBC.99004010"),
        ({"domain_name": "pinewood", "password": "pinewood"}, "CBC.99000036"),
        ({"domain_name": "pine-wood1", "password": "1doow-enip"}, "CBC.99000036"),
        ({"password": "abcdefgh"}, "CBC.99000036"),
        ({"password": "Ab1!"}, "CBC.99000036"),
        ({"password": ""}, "CBC.0100"),
        ({"xaccount_id": ""}, "CBC.0100"),
        ({"xaccount_id": None}, "CBC.0101"),
        ({"xaccount_id": 5}, "CBC.0100"),
        ({"xaccount_id": "x" * 65}, "CBC.0100"),
        ({"xaccount_type": None}, "CBC.0101"),
        ({"xaccount_type": "somebody-elses"}, "CBC.0100"),
        ({"is_close_market_ms": "yes"}, "CBC.0100"),
        ({"include_association_result": "perhaps"}, "CBC.0100"),
        ({"email": "a@b.example"}, "CBC.0101"),
        ({"domain_area": "CN"}, "CBC.0101"),
        ({"colour": "blue"}, "CBC.0101"),
    ],
)
def test_bad_input_is_refused_in_both_languages_and_changes_nothing(
    channel: Channel, fields: dict[str, Any], code: str
) -> None:
    english = create(channel.provider, **fields)
    chinese = create(channel.provider, language="zh_CN", **fields)

    refused(english, code)
    refused(chinese, code)
    assert HANZI.search(chinese.json()["error_msg"]), chinese.content


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"domain_area": None}, "CBC.0101"),
        ({"domain_area": "Singapore"}, "CBC.0100"),
        ({"domain_area": "XX"}, "CBC.0100"),
        ({"email": "nobody", "verification_code": "1"}, "CBC.0100"),
        ({"email": "it@pine.example"}, "CBC.0101"),
        ({"mobile_phone": MOBILE, "verification_code": "1"}, "CBC.0101"),
        ({"cooperation_type": "1"}, "CBC.0101"),
    ],
)
def test_the_international_site_has_its_own_fields(
    channel: Channel, fields: dict[str, Any], code: str
) -> None:
    refused(create(channel.intl_provider, **fields), code)


def test_the_password_may_not_contain_the_mobile_number(channel: Channel) -> None:
    code = code_for(channel.provider)

    refused(
        create(channel.provider, mobile_phone=MOBILE, verification_code=code, password=f"Pine{MOBILE}"),
        "CBC.99000036",
    )


def test_a_platform_user_and_an_account_name_exist_once(channel: Channel) -> None:
    assert create(channel.provider, domain_name="pinewood").status_code == 200

    again = create(channel.provider, domain_name="oakwood")
    named = create(channel.provider, xaccount_id="u-2", domain_name="PineWood")

    assert again.json()["error_code"] == "CBC.99000039"
    assert named.json()["error_code"] == "CBC.99000038"
    assert Customer.objects.count() == 1


def test_another_partner_has_its_own_platform_users(channel: Channel) -> None:
    assert create(channel.provider).status_code == 200
    assert create(channel.stranger).status_code == 200
    assert Customer.objects.count() == 2


def test_the_code_proves_the_mobile_number_once(channel: Channel) -> None:
    code = code_for(channel.provider)

    first = create(channel.provider, mobile_phone=MOBILE, verification_code=code)
    second = create(channel.provider, xaccount_id="u-2", mobile_phone=MOBILE, verification_code=code)

    assert first.status_code == 200
    assert Account.objects.get(pk=first.json()["domain_id"]).mobile == MOBILE
    assert second.json()["error_code"] == "CBC.99004010"


def test_a_refusal_for_another_reason_does_not_use_the_code_up(channel: Channel) -> None:
    code = code_for(channel.provider)

    refused(
        create(channel.provider, mobile_phone=MOBILE, verification_code=code, domain_name="x"), "CBC.99000031"
    )
    assert create(channel.provider, mobile_phone=MOBILE, verification_code=code).status_code == 200


def test_three_wrong_attempts_kill_the_code_even_though_each_was_refused(channel: Channel) -> None:
    code = code_for(channel.provider)
    wrong = f"{(int(code) + 1) % 1000000:06d}"

    for _attempt in range(3):
        refused(create(channel.provider, mobile_phone=MOBILE, verification_code=wrong), "CBC.99004010")

    refused(create(channel.provider, mobile_phone=MOBILE, verification_code=code), "CBC.99004009")


def test_an_expired_code_is_said_to_be(channel: Channel) -> None:
    code = code_for(channel.provider)
    VerificationCode.objects.update(expires_at="2020-01-01T00:00:00Z")

    refused(create(channel.provider, mobile_phone=MOBILE, verification_code=code), "CBC.99004008")


def test_a_mobile_number_registers_five_accounts(channel: Channel, settings: Any) -> None:
    settings.REGISTRATIONS_PER_MOBILE = 1
    used = create(channel.stranger, mobile_phone=MOBILE, verification_code=code_for(channel.stranger))
    assert used.status_code == 200

    answer = create(channel.provider, mobile_phone=MOBILE, verification_code=code_for(channel.provider))

    assert answer.json()["error_code"] == "CBC.99000030"
    assert Customer.objects.count() == 1


def test_an_international_address_registers_one_account(channel: Channel) -> None:
    for expected in (200, 400):
        call(channel.intl_provider.account, "POST", SEND, receiver_type=2, email="It@Pine.example")
        answer = create(
            channel.intl_provider,
            xaccount_id=f"u-{expected}",
            email="it@pine.example",
            verification_code=latest_code(),
        )
        assert answer.status_code == expected
    assert answer.json()["error_code"] == "CBC.99000029"


def test_who_does_not_hold_the_address_does_not_learn_that_it_is_used(
    channel: Channel, settings: Any
) -> None:
    settings.REGISTRATIONS_PER_MOBILE = 1
    create(channel.stranger, mobile_phone=MOBILE, verification_code=code_for(channel.stranger))

    used = create(channel.provider, mobile_phone=MOBILE, verification_code="123456")
    unused = create(channel.provider, mobile_phone="13900000000", verification_code="123456")

    assert used.content == unused.content
    assert used.json()["error_code"] == "CBC.99004010"


def test_a_partner_that_may_not_expand_creates_nobody(channel: Channel) -> None:
    staff = as_staff(channel.vendor)
    restrict_partner(staff, partner=channel.provider, reason="arrears")
    refused(create(channel.provider), "CBC.50010085")

    freeze_partner(staff, partner=channel.stranger, reason="risk")
    refused(create(channel.stranger), "CBC.50010085")

    sandbox = make_solution_provider(is_sandbox=True)
    refused(create(sandbox), "CBC.99005035")


def test_a_reseller_stands_with_its_distributor(channel: Channel) -> None:
    staff = as_staff(channel.vendor)
    restrict_partner(staff, partner=channel.distributor, reason="arrears")
    refused(create(channel.reseller), "CBC.50010086")
    refused(create(channel.distributor, indirect_partner_id=channel.reseller.pk), "CBC.50010086")

    delist_partner(staff, partner=channel.distributor, reason="left")
    refused(create(channel.reseller), "CBC.50010065")


def test_customers_operators_and_nobody_may_not_call_it(channel: Channel) -> None:
    create(channel.provider, domain_name="pinewood")
    customer = Account.objects.get(name="pinewood")

    for who in (customer, channel.vendor):
        answer = call(who, "POST", CREATE, xaccount_id="u", xaccount_type="t")
        assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0151")
    assert call(None, "POST", CREATE, xaccount_id="u", xaccount_type="t").status_code == 401


def test_a_sandbox_registers_a_platform_at_its_first_use(channel: Channel, settings: Any) -> None:
    settings.PLATFORMS_AT_FIRST_USE = True

    assert create(channel.provider, xaccount_type="brand-new").status_code == 200
    assert PlatformIdentity.objects.filter(partner=channel.provider, code="brand-new").exists()


def test_the_customer_hears_of_it(channel: Channel) -> None:
    code = code_for(channel.provider)
    create(channel.provider, mobile_phone=MOBILE, verification_code=code)

    heard = set(OutboxMessage.objects.filter(channel="sms").values_list("template", flat=True))
    assert heard == {"identity.code", "customers.created", "customers.associated"}


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (("name", "free-name"), {"check_result": "available"}),
        (("name", "pinewood"), {"check_result": "used_by_user"}),
        (("name", "PINEWOOD"), {"check_result": "used_by_user"}),
        (("email", "nobody@pine.example"), {"check_result": "available"}),
        (("mobile", "0086-13912345678"), {"check_result": "available", "mobile_remain_available_num": 4}),
        (("mobile", "0086-13900000000"), {"check_result": "available", "mobile_remain_available_num": 5}),
    ],
)
def test_check_user_identity_answers(
    channel: Channel, search: tuple[str, str], expected: dict[str, Any]
) -> None:
    create(
        channel.provider,
        domain_name="pinewood",
        mobile_phone=MOBILE,
        verification_code=code_for(channel.provider),
    )

    answer = call(channel.stranger.account, "POST", CHECK, search_type=search[0], search_value=search[1])

    assert (answer.status_code, answer.json()) == (200, expected)


@pytest.mark.parametrize(
    ("search_type", "search_value", "code"),
    [
        ("name", "abc", "CBC.0100"),
        ("name", "_underscore", "CBC.0100"),
        ("name", "op_abcdef", "CBC.0100"),
        ("mobile", "13912345678", "CBC.0100"),
        ("mobile", "0044-7700900123", "CBC.0100"),
        ("mobile", "86-13912345678", "CBC.0100"),
        ("email", "no-at-sign", "CBC.0100"),
        ("email", "a@" + "b" * 60 + ".example", "CBC.0100"),
        ("fax", "123", "CBC.0100"),
        (None, "pinewood", "CBC.0101"),
        ("name", None, "CBC.0101"),
        ("name", "", "CBC.0100"),
    ],
)
def test_check_user_identity_refuses_what_cannot_be_registered(
    channel: Channel, search_type: str | None, search_value: str | None, code: str
) -> None:
    answer = call(channel.provider.account, "POST", CHECK, search_type=search_type, search_value=search_value)

    assert (answer.status_code, answer.json()["error_code"]) == (400, code)


def test_other_countries_numbers_are_the_international_sites(channel: Channel) -> None:
    answer = call(
        channel.intl_provider.account, "POST", CHECK, search_type="mobile", search_value="0044-7700900123"
    )

    assert answer.json()["check_result"] == "available"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"receiver_type": 1}, "CBC.0101"),
        ({"receiver_type": 2, "mobile_phone": MOBILE}, "CBC.0100"),
        ({"receiver_type": 1, "mobile_phone": "0086-13912345678"}, "CBC.0100"),
        ({"receiver_type": 1, "mobile_phone": MOBILE, "lang": "fr-fr"}, "CBC.0100"),
        ({"receiver_type": 1, "mobile_phone": MOBILE, "scene": 30}, "CBC.0100"),
        ({"receiver_type": 1, "mobile_phone": MOBILE, "timeout": -1}, "CBC.0100"),
        ({"receiver_type": 1, "mobile_phone": MOBILE, "scene": 18}, "CBC.0101"),
        ({"receiver_type": 1, "mobile_phone": MOBILE, "scene": 18, "customer_id": "f" * 32}, "CBC.99000035"),
        ({"receiver_type": 1, "email": "a@b.example"}, "CBC.0101"),
    ],
)
def test_a_code_is_sent_only_to_a_proper_address(channel: Channel, fields: dict[str, Any], code: str) -> None:
    answer = call(channel.provider.account, "POST", SEND, **fields)

    assert (answer.status_code, answer.json()["error_code"]) == (400, code)
    assert not OutboxMessage.objects.filter(template="identity.code").exists()


def test_a_target_gets_fifteen_codes_an_hour(channel: Channel) -> None:
    for partner in (channel.provider, channel.stranger, channel.reseller):
        for _time in range(5):
            code_for(partner)

    answer = call(channel.provider.account, "POST", SEND, receiver_type=1, mobile_phone=MOBILE)

    assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.99004015")


def test_a_reseller_of_nobody_else_is_made(channel: Channel) -> None:
    """The makers' own promise: a reseller belongs to the distributor it was made for."""
    distributor = make_distributor()
    assert make_reseller(distributor).distributor_id == distributor.pk
