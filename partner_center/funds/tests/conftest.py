from __future__ import annotations

from dataclasses import dataclass

import pytest

from partner_center.customers.makers import make_customer
from partner_center.customers.models import AssociationType, Customer
from partner_center.partners.makers import make_distributor, make_reseller, make_solution_provider
from partner_center.partners.models import Partner


@dataclass
class Channel:
    """A small channel: everybody whose money these tests move."""

    distributor: Partner
    reseller: Partner
    sibling: Partner
    provider: Partner
    own: Customer
    referral: Customer
    resellers: Customer
    foreign: Customer
    alone: Customer


def make_channel() -> Channel:
    distributor = make_distributor()
    reseller, sibling = make_reseller(distributor), make_reseller(distributor)
    provider, stranger = make_solution_provider(), make_solution_provider()
    return Channel(
        distributor=distributor,
        reseller=reseller,
        sibling=sibling,
        provider=provider,
        own=make_customer(provider),
        referral=make_customer(provider, association_type=AssociationType.REFERRAL),
        resellers=make_customer(reseller),
        foreign=make_customer(stranger),
        alone=make_customer(None),
    )


@pytest.fixture
def channel(db: None) -> Channel:
    return make_channel()


@pytest.fixture
def real_channel(real_db: None) -> Channel:
    return make_channel()
