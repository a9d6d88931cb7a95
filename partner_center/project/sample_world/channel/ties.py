"""Associations end, change and move: a provider that gives up some of its customers.

At the end one request of a partner and one of a customer wait for an answer; one customer has left, one was switched,
one was refused, and a migration has brought two customers to a reseller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from partner_center.channel.actions.ties import (
    agree_request,
    reject_request,
    request_disassociation,
    request_switch,
)
from partner_center.channel.actions.ties_migration import plan_migration, schedule_migration
from partner_center.customers.makers import People, as_customer, make_customer
from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.actor import Actor
from partner_center.funds.actions import adjust_balance, allocate_to_customer
from partner_center.identity.makers import as_owner
from partner_center.kernel.money import Money
from partner_center.partners.makers import as_partner, make_solution_provider
from partner_center.partners.models import Partner
from partner_center.project.sample_world.deeds import SYSTEM

NAMES = {
    "leaver": ("qiaomu-travel", "乔木旅行有限公司"),
    "switcher": ("baihe-florist", "百合花艺有限公司"),
    "asked": ("luming-tea", "鹿鸣茶业有限公司"),
    "asking": ("haitang-toys", "海棠玩具有限公司"),
    "moved": ("shanlan-optics", "山岚光学有限公司"),
    "moved too": ("xifeng-sports", "西风体育用品有限公司"),
}


def deeds(people: People, end: datetime) -> Iterator[tuple[datetime, Callable[[], object]]]:
    """Everything here lies within the last forty days."""
    scene = Scene(people)
    for days, deed in (
        (39.5, scene.the_provider_comes),
        (30, scene.one_leaves),
        (28, scene.one_is_switched),
        (25, scene.two_are_migrated),
        (12, scene.one_is_refused),
        (3, scene.the_partner_asks),
        (1.5, scene.a_customer_asks),
    ):
        yield end - timedelta(days=days), deed


class Scene:
    """The provider and its customers, by the part they play."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.customers: dict[str, Customer] = {}
        self.provider: Partner | None = None

    def the_provider_comes(self) -> None:
        self.provider = make_solution_provider(
            "yuanshan-it",
            company="远山信息服务有限公司",
            mobile="13900000021",
            email="sales@yuanshan.example",
        )
        adjust_balance(
            SYSTEM, account=self.provider.account, amount=Money.of("8000.00", "CNY"), memo="opening"
        )
        for part, (name, company) in NAMES.items():
            self.customers[part] = make_customer(
                self.provider,
                name=name,
                company=company,
                authorised=part != "asking",
                association_type=AssociationType.REFERRAL if part == "asking" else AssociationType.RESALE,
                email=f"it@{name}.example",
            )
            if part != "asking":
                amount = Money.of("600.00", "CNY")
                allocate_to_customer(self.partner, customer=self.customers[part], amount=amount)

    @property
    def partner(self) -> Actor:
        assert self.provider is not None, "it has come"
        return as_partner(self.provider)

    def customer(self, part: str) -> Customer:
        return Customer.objects.select_related("account", "partner__account").get(pk=self.customers[part].pk)

    def one_leaves(self) -> None:
        leaver = self.customer("leaver")
        asked = request_disassociation(as_customer(leaver), customer=leaver, reason="项目已经结束")
        agree_request(self.partner, request=asked)

    def one_is_switched(self) -> None:
        switcher = self.customer("switcher")
        asked = request_switch(self.partner, customer=switcher, reason="客户希望直接向云厂商付款")
        agree_request(as_customer(switcher), request=asked)

    def two_are_migrated(self) -> None:
        assert self.provider is not None, "it has come"
        vendor = as_owner(self.people.vendor)
        plan = plan_migration(
            vendor,
            source=self.provider,
            target=self.people.resellers[1],
            customers=[NAMES[part][0] for part in ("moved", "moved too")],
            reason="解决方案提供商不再服务零售客户",
        )
        schedule_migration(vendor, migration=plan)

    def one_is_refused(self) -> None:
        moved = self.customer("moved")
        asked = request_disassociation(as_customer(moved), customer=moved)
        assert moved.partner is not None, "it was brought to a reseller"
        reject_request(as_partner(moved.partner), request=asked, answer="合同期内暂不解除")

    def the_partner_asks(self) -> None:
        request_disassociation(self.partner, customer=self.customer("asked"), reason="我们不再经营此项业务")

    def a_customer_asks(self) -> None:
        asking = self.customer("asking")
        request_disassociation(as_customer(asking), customer=asking, reason="我们更换了服务商")
