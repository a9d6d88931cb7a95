"""A small channel for these tests: two sites, strangers to each other."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from partner_center.foundation.models import OutboxMessage
from partner_center.identity.models import Account
from partner_center.partners.makers import (
    ALL_RIGHTS,
    make_distributor,
    make_reseller,
    make_solution_provider,
    make_vendor,
)
from partner_center.partners.models import Partner


@dataclass(slots=True)
class Channel:
    """Who is who."""

    vendor: Account
    distributor: Partner
    reseller: Partner
    other_reseller: Partner
    provider: Partner
    stranger: Partner
    intl_provider: Partner
    intl_distributor: Partner
    intl_reseller: Partner


@pytest.fixture
def channel(db: None) -> Channel:
    return build_channel()


def build_channel() -> Channel:
    distributor, intl_distributor = make_distributor(), make_distributor(site="intl")
    return Channel(
        vendor=make_vendor(),
        distributor=distributor,
        reseller=make_reseller(distributor, rights=ALL_RIGHTS),
        other_reseller=make_reseller(distributor),
        provider=make_solution_provider(),
        stranger=make_solution_provider(),
        intl_provider=make_solution_provider(site="intl"),
        intl_distributor=intl_distributor,
        intl_reseller=make_reseller(intl_distributor),
    )


def latest_code() -> str:
    """The verification code that went out last, as its recipient reads it."""
    message = OutboxMessage.objects.filter(template="identity.code").order_by("-id").first()
    assert message is not None
    found = re.search(r"\d{6}", message.body)
    assert found is not None
    return found[0]
