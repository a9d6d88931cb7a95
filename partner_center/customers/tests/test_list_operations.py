"""list_sub_customers, list_sub_customer_new_tag and list_indirect_partners through HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partner_center.customers.actions import freeze_customer, set_new_customer_tag, submit_real_name
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer, IdentityMapping
from partner_center.customers.tests.conftest import Channel
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.partners.actions import assign_reseller_manager
from partner_center.partners.makers import as_partner, make_account_manager, make_reseller
from partner_center.partners.models import Partner
from tests.calling import call

LIST = "/v2/partners/sub-customers/query"
TAGS = "/v2/partners/sub-customers/new-customers-tags/batch-query"
RESELLERS = "/v2/partners/indirect-partners/query"
SYSTEM = Actor.system("tests")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ids(partner: Partner, **filters: Any) -> list[str]:
    """The customers listed, and their count, which must be the same without paging."""
    answer = call(partner.account, "POST", LIST, **filters)
    assert answer.status_code == 200, answer.content
    found = [one["customer_id"] for one in answer.json()["customer_infos"]]
    if not {"offset", "limit"} & filters.keys():
        assert answer.json()["count"] == len(found)
    return found


def test_everything_that_is_known_of_a_customer_is_told(channel: Channel) -> None:
    manager = make_account_manager(channel.provider, "sales-1")
    with clock.at(NOON):
        customer = make_customer(
            channel.provider,
            name="pinewood",
            company="Pinewood Ltd",
            label="wood",
            level="V3",
            mobile="13812345678",
            email="it@pine.example",
            manager=manager,
        )

    told = call(channel.provider.account, "POST", LIST).json()

    assert told == {
        "count": 1,
        "customer_infos": [
            {
                "customer": "Pinewood Ltd",
                "account_name": "pinewood",
                "customer_id": customer.pk,
                "associated_on": "2026-03-01T12:00:00Z",
                "association_type": "2",
                "label": "wood",
                "telephone": "13812345678",
                "verified_status": "2",
                "country_code": "0086",
                "customer_type": 1,
                "is_frozen": 0,
                "account_managers": [{"account_name": "sales-1"}],
                "xaccount_id": "u-pinewood",
                "xaccount_type": IdentityMapping.objects.get().xaccount_type,
                "customer_level": "V3",
                "email": "it@pine.example",
            }
        ],
    }


def test_a_new_customer_has_no_name_no_type_and_status_minus_one(channel: Channel) -> None:
    make_customer(channel.provider, company="Claimed Ltd", verified=False, customer_type="")

    told = call(channel.provider.account, "POST", LIST).json()["customer_infos"][0]

    assert (told.get("customer"), told["customer_type"], told["verified_status"]) == (None, -1, "-1")
    assert told["account_managers"] == []


def test_international_codes_differ(channel: Channel) -> None:
    make_customer(channel.intl_provider, budget="")

    told = call(channel.intl_provider.account, "POST", LIST).json()["customer_infos"][0]

    assert (told["association_type"], told["is_frozen"]) == ("3", 1)
    assert call(channel.intl_provider.account, "POST", LIST, association_type="3").json()["count"] == 1
    assert call(channel.intl_provider.account, "POST", LIST, association_type="2").status_code == 400


def test_account_and_resources_frozen_is_2_on_the_china_site(channel: Channel) -> None:
    customer = make_customer(channel.provider)
    freeze_customer(SYSTEM, customer=customer, reason="risk")

    assert call(channel.provider.account, "POST", LIST).json()["customer_infos"][0]["is_frozen"] == 1


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"account_name": "green"}, True),
        ({"account_name": "PINE"}, True),
        ({"account_name": "n-pine-tree"}, True),
        ({"account_name": "pine_"}, False),
        ({"customer": "松石"}, True),
        ({"customer": "印务"}, True),
        ({"customer": "石松"}, False),
        ({"label": "Wood"}, True),
        ({"label": "wood"}, False),
        ({"label": "100%"}, True),
        ({"label": "d_1"}, True),
        ({"label": "W%d"}, False),
        ({"account_name": "tree", "label": "Wood"}, True),
        ({"account_name": "oak", "label": "Wood"}, False),
    ],
)
def test_names_match_anywhere_whatever_their_case_and_tags_by_case(
    channel: Channel, filters: dict[str, Any], found: bool
) -> None:
    one = make_customer(channel.provider, name="green-pine-tree", company="松石印务", label="Wood_100%")
    make_customer(channel.provider, name="blue-oak-tree", company="橘灯文化", label="paper")

    assert ids(channel.provider, **filters) == ([one.pk] if found else [])


def test_only_authenticated_names_are_searched(channel: Channel) -> None:
    make_customer(channel.provider, company="Claimed Ltd", verified=False)

    assert ids(channel.provider, customer="Claimed") == []


@pytest.mark.parametrize("name", ["account_name", "customer", "label", "association_type", "customer_id"])
def test_an_empty_text_is_no_filter(channel: Channel, name: str) -> None:
    one = make_customer(channel.provider)

    assert ids(channel.provider, **{name: ""}) == [one.pk]
    assert ids(channel.provider, **{name: None}) == [one.pk]


def test_association_moments_include_both_ends(channel: Channel) -> None:
    made = []
    for hours in range(3):
        with clock.at(NOON + timedelta(hours=hours, milliseconds=400)):
            made.append(make_customer(channel.provider).pk)
    first, second, third = made

    assert ids(channel.provider, associated_on_begin="2026-03-01T13:00:00Z") == [third, second]
    assert ids(channel.provider, associated_on_end="2026-03-01T13:00:00Z") == [second, first]
    assert ids(
        channel.provider,
        associated_on_begin="2026-03-01T13:00:00Z",
        associated_on_end="2026-03-01T13:00:00Z",
    ) == [second]


def test_pages_are_counted_in_records_and_the_count_is_of_all(channel: Channel) -> None:
    for hours in range(5):
        with clock.at(NOON + timedelta(hours=hours)):
            make_customer(channel.provider)
    everybody = ids(channel.provider)

    assert ids(channel.provider, offset=1, limit=2) == everybody[1:3]
    assert ids(channel.provider, offset=5) == []
    assert call(channel.provider.account, "POST", LIST, offset=4, limit=1).json()["count"] == 5


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": -1},
        {"limit": "ten"},
        {"offset": -1},
        {"offset": 2**31},
        {"association_type": "3"},
        {"association_type": 2},
        {"associated_on_begin": ""},
        {"associated_on_end": ""},
        {"associated_on_begin": "2026-03-01"},
        {"associated_on_begin": "2026-13-01T00:00:00Z"},
        {"account_name": "two words"},
        {"customer": "two words"},
        {"label": "two words"},
        {"account_name": 7},
        {"customer_id": "x" * 65},
        {"label": "x" * 129},
    ],
)
def test_bad_input_is_refused_in_both_languages(channel: Channel, fields: dict[str, Any]) -> None:
    for language in ("en_US", "zh_CN"):
        answer = call(channel.provider.account, "POST", LIST, headers={"x-language": language}, **fields)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.0100"), answer.content
        assert bool(re.search(r"[\u4e00-\u9fff]", answer.json()["error_msg"])) is (language == "zh_CN")


def test_without_a_reseller_a_distributor_sees_its_own_scope_with_one_the_resellers(channel: Channel) -> None:
    own = make_customer(channel.distributor).pk
    theirs = make_customer(channel.reseller).pk
    others = make_customer(channel.other_reseller).pk

    assert ids(channel.distributor) == [own]
    assert ids(channel.distributor, indirect_partner_id=channel.reseller.pk) == [theirs]
    assert ids(channel.distributor, indirect_partner_id=channel.other_reseller.pk) == [others]
    assert ids(channel.reseller, indirect_partner_id=channel.other_reseller.pk) == [theirs], "ignored"


@pytest.mark.parametrize("path", [LIST, TAGS])
def test_a_reseller_of_somebody_else_is_refused_as_one_that_does_not_exist(
    channel: Channel, path: str
) -> None:
    foreign = make_reseller(channel.intl_distributor)
    answers = [
        call(channel.distributor.account, "POST", path, indirect_partner_id=one)
        for one in (foreign.pk, channel.provider.pk, "0" * 32)
    ]

    assert {(one.status_code, one.json()["error_code"]) for one in answers} == {(400, "CBC.99000037")}


def test_a_stranger_finds_nobody_and_counts_nobody(channel: Channel) -> None:
    customer = make_customer(channel.provider, name="pinewood")

    for filters in ({}, {"customer_id": customer.pk}, {"account_name": "pinewood"}):
        answer = call(channel.stranger.account, "POST", LIST, **filters).json()
        assert answer == {"customer_infos": [], "count": 0}


def test_an_account_manager_sees_those_assigned_to_it(channel: Channel) -> None:
    manager = make_account_manager(channel.provider)
    own = make_customer(channel.provider, manager=manager)
    make_customer(channel.provider)

    answer = call(manager, "POST", LIST).json()

    assert [one["customer_id"] for one in answer["customer_infos"]] == [own.pk]
    assert answer["count"] == 1


def test_customers_may_not_list(channel: Channel) -> None:
    customer = make_customer(channel.provider)

    for path in (LIST, TAGS, RESELLERS):
        answer = call(customer.account, "POST", path)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0151")


def test_the_list_asks_the_same_number_of_questions_for_many(
    channel: Channel, django_assert_max_num_queries: Any
) -> None:
    manager = make_account_manager(channel.provider)
    for _each in range(10):
        make_customer(channel.provider, manager=manager)
    call(channel.provider.account, "POST", LIST)

    with django_assert_max_num_queries(6):
        assert len(ids(channel.provider)) == 10


def tags(partner: Partner, **fields: Any) -> list[dict[str, Any]]:
    answer = call(partner.account, "POST", TAGS, **fields)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["new_customer_tags"]
    return found


def test_a_tag_has_its_months_and_is_N_after_the_last(channel: Channel) -> None:
    customer = make_customer(channel.provider)
    month = BillMonth.of(clock.now())
    set_new_customer_tag(
        SYSTEM, customer=customer, tag="Y", valid_from=month.shifted(-3), valid_until=month.shifted(-1)
    )

    assert tags(channel.provider) == [
        {
            "customer_id": customer.pk,
            "customer_tag_type": "SMB",
            "new_customer_tag": "N",
            "effective_time": str(month.shifted(-3)),
            "expire_time": str(month.shifted(-1)),
        }
    ]

    set_new_customer_tag(SYSTEM, customer=customer, tag="Y", valid_from=month, valid_until=month)
    assert tags(channel.provider)[0]["new_customer_tag"] == "Y"


def test_a_tag_is_empty_before_authentication(channel: Channel) -> None:
    customer = make_customer(channel.provider, verified=False)
    set_new_customer_tag(SYSTEM, customer=customer, tag="UNDETERMINED")

    assert tags(channel.provider)[0]["new_customer_tag"] == ""


def test_foreign_ids_are_dropped_without_a_word(channel: Channel) -> None:
    mine, theirs = make_customer(channel.provider), make_customer(channel.stranger)

    found = tags(channel.provider, customer_ids=[theirs.pk, mine.pk, "f" * 32])

    assert [one["customer_id"] for one in found] == [mine.pk]
    assert len(tags(channel.provider, customer_ids=[])) == 1, "an empty list is no filter"


def test_tags_belong_to_the_china_site(channel: Channel) -> None:
    answer = call(channel.intl_provider.account, "POST", TAGS)

    assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0156")


@pytest.mark.parametrize(
    "fields",
    [{"customer_ids": "abc"}, {"customer_ids": ["x" * 65]}, {"customer_ids": ["x"] * 101}, {"limit": 101}],
)
def test_bad_tag_queries_are_refused(channel: Channel, fields: dict[str, Any]) -> None:
    answer = call(channel.provider.account, "POST", TAGS, **fields)

    assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.0100")


def test_a_distributor_lists_its_resellers(channel: Channel) -> None:
    manager = make_account_manager(channel.distributor, "channel-1", name="Channel One")
    assign_reseller_manager(as_partner(channel.distributor), reseller=channel.reseller, manager=manager)

    answer = call(channel.distributor.account, "POST", RESELLERS).json()

    assert answer["count"] == 2
    told = {one["indirect_partner_id"]: one for one in answer["indirect_partners"]}
    assert told.keys() == {channel.reseller.pk, channel.other_reseller.pk}
    assert told[channel.reseller.pk]["account_manager_id"] == "channel-1"
    assert told[channel.reseller.pk]["account_manager_name"] == "Channel One"
    assert told[channel.reseller.pk]["account_name"] == channel.reseller.account.name
    assert "account_manager_id" not in told[channel.other_reseller.pk]


def test_resellers_are_found_by_name_id_and_moment(channel: Channel) -> None:
    with clock.at(NOON):
        early = make_reseller(channel.distributor, "early-bird")

    def found(**filters: Any) -> list[str]:
        answer = call(channel.distributor.account, "POST", RESELLERS, **filters).json()
        return [one["indirect_partner_id"] for one in answer["indirect_partners"]]

    assert found(account_name="rly-b") == [early.pk]
    assert found(indirect_partner_id=early.pk) == [early.pk]
    assert found(associated_on_end="2026-03-01T12:00:00Z") == [early.pk]
    assert early.pk not in found(associated_on_begin="2026-03-01T12:00:01Z")
    assert found(indirect_partner_id=channel.intl_reseller.pk) == []
    assert found(limit=1, offset=2) == [early.pk]


def test_only_a_distributor_has_resellers_to_list(channel: Channel) -> None:
    for partner in (channel.reseller, channel.provider, channel.intl_provider):
        answer = call(partner.account, "POST", RESELLERS)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0151")


def test_a_customer_that_left_review_shows_its_name_again(channel: Channel) -> None:
    customer = make_customer(channel.provider, verified=False, company="Claimed Ltd")
    submit_real_name(SYSTEM, customer=customer, customer_type="enterprise", name="Proven Ltd")

    told = call(channel.provider.account, "POST", LIST).json()["customer_infos"][0]

    assert (told.get("customer"), told["verified_status"], told["customer_type"]) == (None, "0", 1)
    assert Customer.objects.get().name == "Proven Ltd"
