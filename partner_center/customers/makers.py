"""Plausible customers for tests and the sample world, built through the actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from partner_center.customers.actions import (
    agree_authorisation,
    approve_real_name,
    assign_manager,
    associate_customer,
    register_customer,
    reject_real_name,
    request_authorisation,
    revoke_authorisation,
    set_budget,
    set_label,
    set_level,
    set_new_customer_tag,
    submit_real_name,
)
from partner_center.customers.models import AssociationType, Customer, CustomerType, IdentityMapping
from partner_center.foundation.actor import Actor
from partner_center.identity.makers import as_owner
from partner_center.identity.models import Account, User
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.partners.makers import (
    ALL_RIGHTS,
    make_account_manager,
    make_distributor,
    make_reseller,
    make_solution_provider,
    make_vendor,
)
from partner_center.partners.models import Partner, PlatformIdentity, Settlement

_numbers = count(1)
_SYSTEM = Actor.system("makers")


def make_customer(
    partner: Partner | None = None,
    *,
    name: str = "",
    company: str = "",
    site: str = "",
    association_type: str = AssociationType.RESALE,
    verified: bool = True,
    customer_type: str = CustomerType.ENTERPRISE,
    authorised: bool = False,
    budget: str = "",
    level: str = "",
    label: str = "",
    manager: User | None = None,
    password: str = "",
    mobile: str = "",
    email: str = "",
    country: str = "",
) -> Customer:
    """A customer of `partner`, or of nobody.

    verified: with real-name authentication. authorised: has agreed that the partner acts for it (a reseller
    needs its distributor's grant before). budget: an amount such as "5000" lifts the freeze of an
    international resale customer; without one it stays frozen.
    """
    number = next(_numbers)
    customer = register_customer(
        _SYSTEM,
        site=site or (partner.account.site if partner else "cn"),
        name=name or f"customer-{number:05d}",
        company_name=company or f"Company {number}",
        password=password,
        mobile=mobile,
        email=email,
        country=country,
    )
    if verified:
        submit_real_name(_SYSTEM, customer=customer, customer_type=customer_type, name=customer.name)
        approve_real_name(_SYSTEM, customer=customer)
    if level:
        set_level(_SYSTEM, customer=customer, level=level)
    if partner is None:
        return customer
    associate_customer(_SYSTEM, customer=customer, partner=partner, association_type=association_type)
    _map_to_platform(customer, partner)
    if label:
        set_label(as_owner(partner.account), customer=customer, label=label)
    if budget:
        amount = Money.of(budget, customer.account.currency)
        set_budget(as_owner(partner.account), customer=customer, amount=amount, lift_freeze=True)
    if authorised:
        authorise(customer)
    if manager is not None:
        assign_manager(as_owner(partner.account), customer=customer, manager=manager)
    return customer


def authorise(customer: Customer) -> None:
    """The customer's partner asks for its authorisation, and the customer agrees."""
    assert customer.partner is not None
    asked = request_authorisation(as_owner(customer.partner.account), customer=customer)
    agree_authorisation(as_customer(customer), authorisation=asked)


def as_customer(customer: Customer, **more: Any) -> Actor:
    """The customer's owner at a door."""
    return as_owner(customer.account, **more)


@dataclass(slots=True)
class People:
    """Everybody in the sample world, by the part they play."""

    vendor: Account
    distributor: Partner
    resellers: list[Partner]
    solution_provider: Partner
    intl_distributor: Partner
    intl_reseller: Partner
    intl_solution_provider: Partner
    managers: list[User]
    stranger: Customer
    customers: dict[str, Customer] = field(default_factory=dict)

    @property
    def partners(self) -> list[Partner]:
        """The China site first."""
        return [
            self.distributor,
            *self.resellers,
            self.solution_provider,
            self.intl_distributor,
            self.intl_reseller,
            self.intl_solution_provider,
        ]


def make_people(*, password: str, since: datetime) -> People:
    """The people of the sample world: invented companies, the same in every run.

    They come one after another from `since` on, over some seven weeks. Each account's login is its name;
    all have the same password. Resale customers have authorised their partner, are authenticated and have
    their budget, except where the story needs otherwise: 橘灯文化 has only been asked, 长堤设计 has taken
    its authorisation back; 云杉仓储 is not authenticated, 半夏连锁 in review, 灯塔物流 rejected; Saltmarsh
    Games has no budget and is frozen; 孤山软件 belongs to nobody.
    """
    with clock.at(since):
        people = _make_partners(password)
    for day, story in enumerate(_stories(people)):
        with clock.at(since + timedelta(days=7 + 2 * day, hours=day)):
            key = story.pop("key")
            if story["partner"].account.site == "cn":
                story["mobile"] = f"138000000{day + 1:02d}"
            customer = make_customer(password=password, **story)
            people.customers[key] = customer
    with clock.at(since + timedelta(days=50)):
        _finish(people)
    return people


def _make_partners(password: str) -> People:
    vendor = make_vendor("yungang-cloud", company="云港云", password=password)
    distributor = make_distributor(
        "beichen-channel",
        company="北辰渠道科技有限公司",
        password=password,
        mobile="13900000001",
        email="channel@beichen.example",
    )
    qinghe = make_reseller(
        distributor,
        "qinghe-cloud",
        company="青禾云服务有限公司",
        password=password,
        rights=ALL_RIGHTS,
        mobile="13900000002",
        email="sales@qinghe.example",
    )
    bailu = make_reseller(
        distributor,
        "bailu-digital",
        company="白鹭数字科技有限公司",
        password=password,
        rights=ALL_RIGHTS,
        mobile="13900000003",
        email="sales@bailu.example",
    )
    qiming = make_solution_provider(
        "qiming-solutions",
        company="启明行业方案有限公司",
        password=password,
        mobile="13900000004",
        email="contact@qiming.example",
    )
    southern = make_distributor(
        "southern-cross",
        company="Southern Cross Distribution Ltd",
        site="intl",
        password=password,
        email="channel@southerncross.example",
    )
    coral = make_reseller(
        southern,
        "coral-bay-it",
        company="Coral Bay IT Services",
        password=password,
        rights=ALL_RIGHTS,
        email="sales@coralbay.example",
    )
    meridian = make_solution_provider(
        "meridian-cloud",
        company="Meridian Cloud Partners Ltd",
        site="intl",
        password=password,
        email="contact@meridian.example",
        settlement=Settlement.POSTPAID,
    )
    managers = [
        make_account_manager(qiming, "qiming-sales-1", name="启明销售一组", password=password),
        make_account_manager(qiming, "qiming-sales-2", name="启明销售二组", password=password),
        make_account_manager(qinghe, "qinghe-sales-1", name="青禾销售一组", password=password),
        make_account_manager(meridian, "meridian-sales-1", name="Meridian Sales One", password=password),
    ]
    stranger = make_customer(
        None,
        name="gushan-software",
        company="孤山软件有限公司",
        password=password,
        mobile="13800000099",
        email="hello@gushan.example",
    )
    return People(
        vendor=vendor,
        distributor=distributor,
        resellers=[qinghe, bailu],
        solution_provider=qiming,
        intl_distributor=southern,
        intl_reseller=coral,
        intl_solution_provider=meridian,
        managers=managers,
        stranger=stranger,
    )


def _stories(people: People) -> list[dict[str, Any]]:
    qinghe, bailu = people.resellers
    qiming, meridian = people.solution_provider, people.intl_solution_provider
    first, second, third, fourth = people.managers
    referral = AssociationType.REFERRAL
    return [
        _story("songshi-print", "松石印务有限公司", qinghe, level="V2", label="制造业", manager=third),
        _story("judeng-media", "橘灯文化传播有限公司", qinghe, authorised=False, label="文化传媒"),
        _story("yunshan-storage", "云杉仓储有限公司", qinghe, verified=False),
        _story("cangwu-agri", "苍梧农业科技有限公司", bailu, level="V1", label="农业"),
        _story("nanyu-aquatic", "南屿水产有限公司", bailu, association_type=referral),
        _story("mingxi-edu", "明溪教育科技有限公司", qiming, level="V3", label="教育", manager=first),
        _story("chilun-gears", "齿轮坊机械制造有限公司", qiming, association_type=referral, manager=first),
        _story("banxia-pharmacy", "半夏连锁药房有限公司", qiming, association_type=referral, verified=False),
        _story("dengta-logistics", "灯塔物流有限公司", qiming, verified=False, label="物流", manager=second),
        _story("xiaoshi-studio", "小石工作室", qiming, customer_type=CustomerType.INDIVIDUAL),
        _story("changdi-design", "长堤建筑设计有限公司", people.distributor, authorised=False, level="V1"),
        _story("baita-energy", "白塔能源有限公司", people.distributor, association_type=referral),
        _story("larkspur-analytics", "Larkspur Analytics Pte Ltd", meridian, budget="20000",
               level="V2", label="Analytics", manager=fourth, country="SG"),
        _story("blue-fern-retail", "Blue Fern Retail Co", meridian, association_type=referral, country="TH"),
        _story("saltmarsh-games", "Saltmarsh Games Studio", meridian, country="MY", label="Gaming"),
        _story("tidewater-freight", "Tidewater Freight Inc", people.intl_reseller, budget="8000", country="PH"),
    ]  # fmt: skip


def _story(name: str, company: str, partner: Partner, **more: Any) -> dict[str, Any]:
    """A resale customer has authorised its partner unless its story says otherwise."""
    more.setdefault("authorised", more.get("association_type") != AssociationType.REFERRAL)
    return {
        "key": name,
        "name": name,
        "company": company,
        "partner": partner,
        "email": f"it@{name}.example",
        **more,
    }


def _finish(people: People) -> None:
    """What happens once everybody is there."""
    asked, revoked = people.customers["judeng-media"], people.customers["changdi-design"]
    assert asked.partner is not None and revoked.partner is not None
    request_authorisation(as_owner(asked.partner.account), customer=asked)
    given = request_authorisation(as_owner(revoked.partner.account), customer=revoked)
    agree_authorisation(as_customer(revoked), authorisation=given)
    revoke_authorisation(as_customer(revoked), authorisation=given, reason="项目已经结束")
    in_review, rejected = people.customers["banxia-pharmacy"], people.customers["dengta-logistics"]
    for customer in (in_review, rejected):
        submit_real_name(
            _SYSTEM, customer=customer, customer_type=CustomerType.ENTERPRISE, name=customer.name
        )
    reject_real_name(_SYSTEM, customer=rejected, opinion="营业执照照片不清晰")
    month = BillMonth.of(clock.now())
    for key, tag in {"songshi-print": "Y", "mingxi-edu": "Y", "cangwu-agri": "UNDETERMINED"}.items():
        set_new_customer_tag(
            _SYSTEM, customer=people.customers[key], tag=tag, valid_from=month, valid_until=month.shifted(11)
        )


def _map_to_platform(customer: Customer, partner: Partner) -> None:
    """Its id on the partner's first platform, as create_sub_customer would have left it."""
    platform = PlatformIdentity.objects.filter(partner=partner).order_by("pk").first()
    if platform is not None:
        IdentityMapping.objects.create(
            partner=partner,
            xaccount_type=platform.code,
            xaccount_id=f"u-{customer.account.name}",
            customer=customer,
        )
