"""Prospects are reported, reviewed, invited by mail and by link; some accept, some fail, some let the time pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from partner_center.channel.actions.leads import (
    approve_report,
    cancel_report,
    mark_company,
    reject_report,
    report_customer,
)
from partner_center.channel.actions.leads_links import (
    count_visit,
    hold_activity,
    make_activity_link,
    make_custom_link,
    make_general_link,
    revoke_link,
)
from partner_center.channel.errors.leads import AssociationRefused
from partner_center.channel.makers.leads import accept_by, invite, register_by
from partner_center.channel.models.leads import CustomerReport
from partner_center.channel.models.leads_links import Activity, InviteLink
from partner_center.customers.makers import People
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.identity.door import actor_of
from partner_center.identity.makers import as_owner
from partner_center.kernel import clock
from partner_center.kernel.money import Money

Deeds = Iterator[tuple[datetime, Callable[[], object]]]
SYSTEM = Actor.system("sample world")


def deeds(people: People, end: datetime) -> Deeds:
    """Each deed with its moment; `end` is the end of the story."""
    scene = _Leads(people)
    for days, deed in (*scene.reports(), *scene.links()):
        yield end - timedelta(days=days), deed


class _Leads:
    """Reports are named by their company, links by their tag."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.qiming = as_owner(people.solution_provider.account)
        self.qinghe = as_owner(people.resellers[0].account)
        self.meridian = as_owner(people.intl_solution_provider.account)
        self.staff = as_owner(people.vendor)

    def reports(self) -> Iterator[tuple[float, Callable[[], object]]]:
        yield 40, partial(self._mark, "石桥物流有限公司", "online_sales")
        yield 40, partial(self._mark, "竹溪养老服务有限公司", "direct_sales")
        yield 39, partial(self._mark, "流萤直播工作室", "consumer_cloud")
        yield 33, partial(self._report, self.qiming, "远帆船舶设备有限公司", 1)
        yield 21, partial(self._report, self.qiming, "云雾咖啡有限公司", 2)
        yield 20, partial(self._join_by_mail, "云雾咖啡有限公司", "yunwu-coffee", "13700000002")
        yield 14.5, partial(self._report, self.qiming, "北窗家居有限公司", 3)
        yield 14, partial(self._invite, self.qiming, "北窗家居有限公司", "referral")
        yield 12, partial(self._report, self._salesperson, "拾光书店有限公司", 4)
        yield 5, partial(self._invite, self._salesperson, "拾光书店有限公司", "resale")
        yield 9, partial(self._report, self.qiming, "青苔植物有限公司", 5)
        yield 8, partial(self._fail_by_mail, "青苔植物有限公司", "qingtai-plants", "13700000005")
        yield (
            6,
            partial(self._report, self.qinghe, "石桥物流有限公司", 6, "已拜访两次，计划迁移四十台服务器。"),
        )
        yield 4, lambda: approve_report(self.staff, report=self._reported("石桥物流有限公司"))
        yield 4, partial(self._mark, "九州旅行社有限公司", "support_centre")
        yield 3.5, partial(self._report, self.qiming, "九州旅行社有限公司", 7, "客户只见过一面。")
        yield (
            3,
            lambda: reject_report(
                self.staff, report=self._reported("九州旅行社有限公司"), opinion="该客户由销售支持中心跟进"
            ),
        )
        yield 2, partial(self._mark, "山月民宿有限公司", "vendor_reported")
        yield 1.2, partial(self._report, self.qiming, "山月民宿有限公司", 8, "已签意向书，下月上线。")
        yield 1, partial(self._report, self.qinghe, "白桦木业有限公司", 9)
        yield 0.8, lambda: cancel_report(self.qinghe, report=self._reported("白桦木业有限公司"))
        yield 0.5, partial(self._report, self.qinghe, "松涛音响有限公司", 10)
        yield (
            6,
            lambda: report_customer(
                self.meridian,
                company_name="Juniper Labs Pte Ltd",
                mobile="+6580000001",
                email="it@juniper-labs.example",
                country="SG",
                invite_as="resale",
            ),
        )

    def links(self) -> Iterator[tuple[float, Callable[[], object]]]:
        yield 30, partial(self._hold, "春季数字化展", 28)
        yield 30, partial(self._hold, "云港云伙伴大会", 0)
        yield 29.5, lambda: self._activity_link("春季数字化展")
        yield 20, lambda: self._activity_link("云港云伙伴大会")
        yield 19, partial(self._visit, "qiming-solutions", 12)
        yield 18, lambda: make_general_link(self.qiming, association_type="referral")
        yield 18, lambda: make_general_link(self.qinghe, association_type="resale")
        yield (
            17,
            lambda: make_custom_link(
                self.qinghe,
                association_type="referral",
                label="茶博会",
                account_manager=self.people.managers[2],
            ),
        )
        yield 16, partial(self._visit, "茶博会", 9)
        yield 15, partial(self._join_by_link, "茶博会", "qingyuan-tea", "清源茶业有限公司", "13700000011")
        yield 15, lambda: make_custom_link(self.qinghe, association_type="resale", label="旧海报")
        yield 13, lambda: revoke_link(self.qinghe, link=self._link("旧海报"))
        yield 7, partial(self._fail_by_link, "茶博会", self.people.stranger)
        yield 3, lambda: make_custom_link(self._salesperson, association_type="resale", label="老客户推荐")

    @property
    def _salesperson(self) -> Actor:
        return actor_of(self.people.managers[0])

    def _mark(self, company: str, kind: str) -> None:
        mark_company(self.staff, site="cn", company_name=company, kind=kind)

    def _report(self, actor: Actor, company: str, number: int, process: str = "") -> None:
        report_customer(
            actor,
            company_name=company,
            mobile=f"137000000{number:02d}",
            email=f"it@prospect-{number}.example",
            contact="信息部",
            process=process,
            expected=Money.of("60000.00", "CNY") if process else None,
        )

    def _reported(self, company: str) -> CustomerReport:
        return CustomerReport.objects.select_related("partner__account").get(company_name=company)

    def _invite(self, actor: Actor, company: str, association_type: str) -> None:
        invite(actor, self._reported(company), association_type)

    def _join_by_mail(self, company: str, name: str, mobile: str) -> None:
        token = invite(self.qiming, self._reported(company), "resale")
        accept_by(token, register_by(token, name=name, company=company, mobile=mobile))

    def _fail_by_mail(self, company: str, name: str, mobile: str) -> None:
        """It registers, but part of its balance comes from a gift: no resale."""
        token = invite(self.qiming, self._reported(company), "resale")
        customer = register_by(token, name=name, company=company, mobile=mobile)
        self._mark(company, "gift_balance")
        self._fail(token, customer)

    def _join_by_link(self, tag: str, name: str, company: str, mobile: str) -> None:
        token = self._link(tag).code
        accept_by(token, register_by(token, name=name, company=company, mobile=mobile))

    def _fail_by_link(self, tag: str, customer: Customer) -> None:
        self._fail(self._link(tag).code, customer)

    def _fail(self, token: str, customer: Customer) -> None:
        try:
            accept_by(token, customer)
        except AssociationRefused:
            return
        raise AssertionError(f"{customer} was to be refused")

    def _link(self, tag: str) -> InviteLink:
        return InviteLink.objects.filter(label=tag).latest("created_at")

    def _visit(self, tag: str, times: int) -> None:
        for _ in range(times):
            count_visit(SYSTEM, link=self._link(tag))

    def _hold(self, name: str, over_before: int) -> None:
        """An activity of the vendor's: over so many days before the end, or still going on."""
        now = clock.now()
        last = now + timedelta(days=30 - over_before if over_before else 60)
        hold_activity(self.staff, name=name, begins_at=now, ends_at=last, site="cn")

    def _activity_link(self, name: str) -> None:
        activity = Activity.objects.get(name=name)
        make_activity_link(self.qiming, association_type="referral", activity=activity)
