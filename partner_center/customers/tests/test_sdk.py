"""The vendor's own SDKs, unmodified, against the live server: both sites."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import huaweicloudsdkbss.v2 as cn
import huaweicloudsdkbssintl.v2 as intl
import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.customers.actions import set_budget, set_new_customer_tag, submit_real_name
from partner_center.customers.models import Customer
from partner_center.customers.tests.conftest import Channel, build_channel, latest_code
from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.partners.makers import as_partner
from partner_center.partners.models import Partner, PlatformIdentity
from tests.calling import Key
from tests.server import LiveServer

SYSTEM = Actor.system("tests")


@pytest.fixture
def scene(live_server: LiveServer) -> Iterator[tuple[Channel, Callable[[Partner], Any]]]:
    """The channel, and a client for any partner of it."""

    def client(partner: Partner) -> Any:
        key = Key.of(partner.account)
        kind = intl.BssintlClient if partner.account.site == "intl" else cn.BssClient
        builder = kind.new_builder().with_credentials(GlobalCredentials(key.ak, key.sk))
        return builder.with_endpoints([live_server.url]).build()

    yield build_channel(), client


def platform(partner: Partner) -> str:
    return PlatformIdentity.objects.get(partner=partner).code


def test_a_customer_of_the_china_site_from_the_check_to_the_list(
    scene: tuple[Channel, Callable[[Partner], Any]],
) -> None:
    channel, client_of = scene
    client = client_of(channel.provider)
    free = client.check_user_identity(
        cn.CheckUserIdentityRequest(
            body=cn.CheckSubcustomerUserReq(search_type="mobile", search_value="0086-13912345678")
        )
    )
    assert (free.check_result, free.mobile_remain_available_num) == ("available", 5)

    client.send_verification_message_code(
        cn.SendVerificationMessageCodeRequest(
            body=cn.SendVerificationCodeV2Req(receiver_type=1, mobile_phone="13912345678", scene=29)
        )
    )
    created = client.create_sub_customer(
        cn.CreateSubCustomerRequest(
            body=cn.CreateCustomerV2Req(
                domain_name="pinewood",
                mobile_phone="13912345678",
                verification_code=latest_code(),
                xaccount_id="u-1",
                xaccount_type=platform(channel.provider),
                password="Tall-tree-7",
                include_association_result=True,
            )
        )
    )
    assert (created.domain_name, len(created.domain_id)) == ("pinewood", 32)

    listed = client.list_sub_customers(
        cn.ListSubCustomersRequest(body=cn.QuerySubCustomerListReq(customer_id=created.domain_id))
    )
    (told,) = listed.customer_infos
    assert (listed.count, told.account_name, told.association_type) == (1, "pinewood", "2")
    assert (told.xaccount_id, told.verified_status, told.telephone) == ("u-1", "-1", "13912345678")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.associated_on)

    customer = Customer.objects.select_related("account").get()
    submit_real_name(SYSTEM, customer=customer, customer_type="enterprise", name="Pinewood Ltd")
    month = BillMonth.parse("2026-11")
    set_new_customer_tag(SYSTEM, customer=customer, tag="Y", valid_from=month, valid_until=month.shifted(24))
    tags = client.list_sub_customer_new_tag(
        cn.ListSubCustomerNewTagRequest(body=cn.ListSubCustomerNewTagReq(customer_ids=[customer.pk]))
    )
    assert tags.new_customer_tags[0].new_customer_tag == "", "not authenticated yet"

    with pytest.raises(ClientRequestException) as refusal:
        client.create_sub_customer(
            cn.CreateSubCustomerRequest(
                body=cn.CreateCustomerV2Req(xaccount_id="u-1", xaccount_type=platform(channel.provider))
            )
        )
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "CBC.99000039")


def test_a_distributor_through_its_resellers(scene: tuple[Channel, Callable[[Partner], Any]]) -> None:
    channel, client_of = scene
    client = client_of(channel.distributor)
    resellers = client.list_indirect_partners(
        cn.ListIndirectPartnersRequest(
            body=cn.QueryIndirectPartnersReq(account_name=channel.reseller.account.name)
        )
    )
    (reseller,) = resellers.indirect_partners
    assert (resellers.count, reseller.indirect_partner_id) == (1, channel.reseller.pk)

    body = cn.CreateCustomerV2Req(xaccount_id="u-1", xaccount_type=platform(channel.distributor))
    with pytest.raises(ClientRequestException) as refusal:
        client.create_sub_customer(cn.CreateSubCustomerRequest(body=body))
    assert refusal.value.error_code == "CBC.50010059"

    body.indirect_partner_id = reseller.indirect_partner_id
    created = client.create_sub_customer(cn.CreateSubCustomerRequest(body=body))
    query = cn.QuerySubCustomerListReq(indirect_partner_id=channel.reseller.pk)
    listed = client.list_sub_customers(cn.ListSubCustomersRequest(body=query))
    assert [one.customer_id for one in listed.customer_infos] == [created.domain_id]
    assert client.list_sub_customers(cn.ListSubCustomersRequest(body=cn.QuerySubCustomerListReq())).count == 0


def test_a_customer_of_the_international_site(scene: tuple[Channel, Callable[[Partner], Any]]) -> None:
    channel, client_of = scene
    client = client_of(channel.intl_provider)
    client.send_verification_message_code(
        intl.SendVerificationMessageCodeRequest(
            body=intl.SendVerificationCodeV2Req(receiver_type=2, email="it@pine.example", lang="en-us")
        )
    )
    created = client.create_sub_customer(
        intl.CreateSubCustomerRequest(
            body=intl.CreateCustomerV2Req(
                email="it@pine.example",
                verification_code=latest_code(),
                domain_area="MX",
                xaccount_id="u-1",
                xaccount_type=platform(channel.intl_provider),
            )
        )
    )
    assert len(created.domain_name) == 32

    def told() -> Any:
        body = intl.QuerySubCustomerListReq(association_type="3")
        return client.list_sub_customers(intl.ListSubCustomersRequest(body=body)).customer_infos[0]

    assert (told().is_frozen, told().email) == (1, "it@pine.example")
    customer = Customer.objects.select_related("account").get()
    set_budget(
        as_partner(channel.intl_provider), customer=customer, amount=Money.of("100", "USD"), lift_freeze=True
    )
    assert told().is_frozen == 0
