"""Resellers come, are invited, and go; people of a partner: supervisors, contacts, project specialists.

At the end one invitation of the distributor is open, one has expired and one was accepted, by resellers that another
distributor had before. Two cooperation applications wait, one was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from partner_center.channel.actions.people import add_contact
from partner_center.channel.actions.programmes import approve_application
from partner_center.channel.actions.resellers import (
    accept_reseller_invitation,
    invite_reseller,
    refuse_cooperation,
    unbind_reseller,
)
from partner_center.channel.actions.specialists import (
    apply_specialist,
    approve_specialist,
    bind_specialist,
    describe_specialist,
    invite_specialist,
)
from partner_center.channel.makers.programmes import company_facts, make_application, make_company
from partner_center.channel.models import ProjectSpecialist, ResellerInvitation
from partner_center.customers.actions import assign_manager, reclaim_customer
from partner_center.customers.makers import People, make_customer
from partner_center.identity.actions import create_user, set_supervisor
from partner_center.identity.makers import as_owner
from partner_center.identity.models import Role
from partner_center.partners.actions import assign_reseller_manager, reclaim_reseller_manager
from partner_center.partners.makers import (
    as_partner,
    as_staff,
    make_account_manager,
    make_distributor,
    make_reseller,
)
from partner_center.partners.models import Partner, ProgrammeApplication
from partner_center.project.sample_world.deeds import SYSTEM

Deeds = Iterator[tuple[datetime, Callable[[], object]]]
AREA = "south"


def deeds(people: People, end: datetime) -> Deeds:
    """Everything here lies within the last forty days."""
    scene = Scene(people)
    for days, deed in (
        (39.8, scene.others_come),
        (38, scene.a_reseller_gets_a_manager),
        (37, scene.supervisors_are_named),
        (36, scene.contacts_are_published),
        (33, scene.resellers_are_unbound),
        (32, scene.the_first_invitation_is_sent),
        (20, scene.a_customer_is_assigned),
        (14, scene.specialists_are_invited),
        (13, scene.one_accepts_and_applies),
        (12, scene.the_second_invitation_is_sent),
        (11, scene.it_is_accepted),
        (9, scene.the_vendor_approves_a_specialist),
        (8, scene.the_manager_changes),
        (6, scene.the_customer_is_reclaimed),
        (5, scene.companies_apply),
        (4, scene.one_is_refused),
        (2, scene.the_third_invitation_is_sent),
        (1, scene.another_specialist_is_invited),
    ):
        yield end - timedelta(days=days), deed


class Scene:
    """The deeds, and whom they are about."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.distributor = as_partner(people.distributor)
        self.provider = as_partner(people.solution_provider)
        self.vendor = as_staff(people.vendor)

    def others_come(self) -> None:
        other = make_distributor(
            "nanling-channel", company="南岭渠道有限公司", email="channel@nanling.example"
        )
        for name, company in (
            ("muyun-tech", "暮云科技有限公司"),
            ("xingyuan-it", "星源信息技术有限公司"),
            ("canglan-soft", "沧澜软件有限公司"),
        ):
            make_reseller(other, name, company=company, email=f"sales@{name}.example")

    def a_reseller_gets_a_manager(self) -> None:
        for number, name in ((1, "北辰渠道一组"), (2, "北辰渠道二组")):
            make_account_manager(self.people.distributor, f"beichen-sales-{number}", name=name)
        self._assign("beichen-sales-1")

    def supervisors_are_named(self) -> None:
        director = create_user(
            SYSTEM,
            account=self.people.solution_provider.account,
            login="qiming-director",
            name="启明销售主管",
            roles=[Role.objects.get(preset="supervisor")],
        )
        for manager in self.people.managers[:2]:
            set_supervisor(SYSTEM, user=manager, supervisor=director)

    def contacts_are_published(self) -> None:
        add_contact(
            self.provider,
            name="客户服务组",
            mobile="13900000041",
            email="service@qiming.example",
            duty="客户服务",
        )
        add_contact(self.provider, name="财务组", email="finance@qiming.example", duty="账单与发票")
        add_contact(
            as_partner(self.people.resellers[0]), name="青禾支持组", mobile="13900000042", duty="技术支持"
        )

    def resellers_are_unbound(self) -> None:
        for name in ("muyun-tech", "xingyuan-it", "canglan-soft"):
            unbind_reseller(self.vendor, reseller=self._reseller(name), reason="合同到期，更换总经销商")

    def the_first_invitation_is_sent(self) -> None:
        invite_reseller(self.distributor, invitee="muyun-tech")

    def a_customer_is_assigned(self) -> None:
        assign_manager(
            self.provider, customer=self.people.customers["xiaoshi-studio"], manager=self.people.managers[1]
        )

    def specialists_are_invited(self) -> None:
        for name in ("lan-chuan", "bo-hai"):
            make_customer(
                None, name=name, company="", customer_type="individual", email=f"{name}@person.example"
            )
            invite_specialist(self.provider, target=name)

    def one_accepts_and_applies(self) -> None:
        specialist = self._specialist("lan-chuan")
        assert specialist.account is not None
        bind_specialist(as_owner(specialist.account), specialist=specialist)
        describe_specialist(
            self.provider, specialist=specialist, employment="2024 年入职", certificates="HCIP"
        )
        apply_specialist(self.provider, specialist=specialist, path="service")

    def the_second_invitation_is_sent(self) -> None:
        invite_reseller(self.distributor, invitee="xingyuan-it")

    def it_is_accepted(self) -> None:
        reseller = self._reseller("xingyuan-it")
        invitation = ResellerInvitation.objects.select_related("partner").get(partner=reseller)
        accept_reseller_invitation(as_partner(reseller), invitation=invitation, area=AREA)

    def the_vendor_approves_a_specialist(self) -> None:
        approve_specialist(self.vendor, specialist=self._specialist("lan-chuan"), opinion="材料齐全")

    def the_manager_changes(self) -> None:
        reclaim_reseller_manager(self.distributor, reseller=self.people.resellers[0])
        self._assign("beichen-sales-2")

    def the_customer_is_reclaimed(self) -> None:
        reclaim_customer(self.provider, customer=self.people.customers["xiaoshi-studio"])

    def companies_apply(self) -> None:
        companies = {"zhuxi-network": "竹溪网络", "hanlu-data": "寒露数据", "feiyan-cloud": "飞燕云服务"}
        for number, (name, short) in enumerate(companies.items()):
            company = f"{short}有限公司"
            account = make_company(name, company, email=f"it@{name}.example", mobile=f"1390000006{number}")
            application = make_application(
                account,
                "reseller",
                distributor=self.people.distributor,
                facts=company_facts(
                    company,
                    credit_code=f"91440300MA5R0X{number:04d}",
                    contact_mobile=f"1390000007{number}",
                    contact_email=f"partner@{name}.example",
                ),
            )
            approve_application(self.vendor, application=application)

    def one_is_refused(self) -> None:
        application = ProgrammeApplication.objects.select_related("account", "distributor").get(
            account__name="feiyan-cloud"
        )
        refuse_cooperation(self.distributor, application=application, opinion="业务方向不一致")

    def the_third_invitation_is_sent(self) -> None:
        invite_reseller(self.distributor, invitee="canglan-soft")

    def another_specialist_is_invited(self) -> None:
        invite_specialist(self.provider, target="engineer@person.example")

    def _assign(self, login: str) -> None:
        reseller = self._reseller(self.people.resellers[0].account.name)
        manager = self.people.distributor.account.users.get(login=login)
        assign_reseller_manager(self.distributor, reseller=reseller, manager=manager)

    @staticmethod
    def _reseller(name: str) -> Partner:
        return Partner.objects.select_related("account", "distributor").get(account__name=name)

    @staticmethod
    def _specialist(name: str) -> ProjectSpecialist:
        rows = ProjectSpecialist.objects.select_related("partner__account", "account")
        return rows.get(account__name=name)
