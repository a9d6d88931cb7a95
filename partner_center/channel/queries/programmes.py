"""What is known of an account that wants to join, and of a partner that wants to rise or leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

from partner_center.billing.models import FeeRecord, FeeStatus
from partner_center.channel.models.leads import AccountMark
from partner_center.channel.rules.leads import name_key
from partner_center.channel.rules.programmes import Applicant, Obstacle, obstacles_to
from partner_center.customers.lifecycles import VerifiedStatus
from partner_center.customers.models import Customer, CustomerType
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import balances_of
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.orders.models import Order
from partner_center.partners.models import (
    APPLYING,
    GONE,
    OPEN,
    ApplicationState,
    CertificationState,
    CommercialInformation,
    Company,
    Membership,
    Partner,
    PartnerKind,
    PartnerState,
    Programme,
    ProgrammeApplication,
    Requirement,
    Tier,
    TierRequirement,
)
from partner_center.partners.presets import Nature
from partner_center.partners.queries import programmes_visible_to
from partner_center.pricing.models import Contract
from partner_center.subscriptions.models import OnDemandResource, OnDemandState, Resource, ResourceState

MONTHS_COUNTED = 12
IN_REAL_NAME = (VerifiedStatus.IN_REVIEW, VerifiedStatus.VERIFIED)


def catalogue(actor: Actor) -> QuerySet[Programme]:
    """The programmes of the actor's site, each with `applied`, the state of its latest application, `member`, and
    `fits`: whether it is for accounts of the actor's kind at all."""
    mine = ProgrammeApplication.objects.filter(account_id=actor.account_id, programme=OuterRef("pk"))
    held = Membership.objects.filter(
        partner_id=actor.account_id, programme=OuterRef("pk"), ended_at__isnull=True
    )
    beside = actor.kind == "partner" and actor.account_kind != PartnerKind.RESELLER
    return programmes_visible_to(actor).annotate(
        applied=Subquery(mine.order_by("-submitted_at", "-pk").values("state")[:1]),
        member=Exists(held),
        fits=Case(
            When(makes="", then=Value(beside)),
            default=Value(actor.kind == "customer"),
            output_field=BooleanField(),
        ),
    )


def applicant_of(account: Account) -> Applicant:
    """Everything about the account that decides whether it may join."""
    partner = Partner.objects.filter(pk=account.pk).first()
    customer = Customer.objects.filter(pk=account.pk).first()
    open_identity = ProgrammeApplication.objects.filter(account=account, state__in=APPLYING).exclude(makes="")
    applies_as = open_identity.values_list("makes", flat=True).first() or ""
    if customer is None:
        return Applicant(account.kind, partner.state if partner else None, applies_as=applies_as)
    balances = balances_of(account.pk)
    fees = FeeRecord.objects.filter(customer=customer)
    in_real_name = customer.verified_status in IN_REAL_NAME
    return Applicant(
        account_kind=account.kind,
        partner_state=partner.state if partner else None,
        enterprise=customer.verified and customer.customer_type == CustomerType.ENTERPRISE,
        personal=in_real_name and customer.customer_type == CustomerType.INDIVIDUAL,
        associated=customer.partner_id is not None,
        resources=_has_resources(customer),
        consumption=fees.exists() or Order.objects.filter(customer=customer, paid_at__isnull=False).exists(),
        arrears=balances.debt.minor > 0 or fees.filter(status=FeeStatus.UNSETTLED).exists(),
        frozen=customer.frozen,
        credit=balances.credit_limit.minor > 0,
        contract=Contract.objects.in_force(clock.now()).filter(customer=customer).exists(),
        applies_as=applies_as,
        marks=frozenset(
            AccountMark.objects.standing()
            .filter(
                Q(customer=customer) | Q(site=account.site, name_key__in={name_key(customer.name)} - {""})
            )
            .values_list("kind", flat=True)
        ),
    )


def obstacles_of(
    account: Account,
    programme: Programme,
    *,
    invited: bool = False,
    about: ProgrammeApplication | None = None,
) -> list[Obstacle]:
    """What keeps the account from the programme now.

    invited: it holds an invitation. about: the application that is being decided or corrected, which is no obstacle
    to itself.
    """
    found = []
    held = Membership.objects.filter(partner_id=account.pk, programme=programme, ended_at__isnull=True)
    if held.exists():
        return [Obstacle.MEMBER]
    if about is None:
        mine = ProgrammeApplication.objects.filter(account=account, state__in=OPEN)
        same = mine.filter(programme=programme)
        if not programme.is_open:
            found.append(Obstacle.CLOSED)
        if programme.by_invitation and not invited:
            found.append(Obstacle.INVITATION)
        if same.exists() or (programme.makes and mine.exclude(makes="").exists()):
            found.append(Obstacle.APPLIED)
    applicant = applicant_of(account)
    return found + [
        one
        for one in obstacles_to(applicant, programme.makes)
        if about is None or one is not Obstacle.CSP or applicant.applies_as != about.makes
    ]


def has_provider_in(account: Account, *, company_name: str, credit_code: str, area: str) -> bool:
    """Whether another account of the same legal entity is, or is becoming, a solution provider in this region.

    The entity is the authenticated name together with the credit code: neither alone says anything about others.
    """
    standing = Partner.objects.filter(kind=PartnerKind.SOLUTION_PROVIDER).exclude(state__in=GONE)
    applications = ProgrammeApplication.objects.filter(
        programme__site=account.site,
        makes=PartnerKind.SOLUTION_PROVIDER,
        company_name__iexact=company_name,
        credit_code=credit_code,
        area=area,
    ).exclude(account=account)
    if applications.filter(state__in=APPLYING).exists():
        return True
    if applications.filter(
        state=ApplicationState.JOINED, account_id__in=standing.values("account_id")
    ).exists():
        return True
    return (
        Company.objects.filter(
            site=account.site,
            company_name__iexact=company_name,
            credit_code=credit_code,
            area=area,
            accounts__account_id__in=standing.values("account_id"),
        )
        .exclude(accounts__account=account)
        .exists()
    )


def distributors_to_choose(site: str) -> QuerySet[Partner]:
    """Whom a company may name when it applies to be a reseller."""
    return Partner.objects.filter(
        kind=PartnerKind.DISTRIBUTOR, state=PartnerState.JOINED, account__site=site
    ).order_by("name")


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of a tier's checklist, as it stands."""

    what: str
    at_least: int
    found: int

    @property
    def label(self) -> Any:
        return Requirement(self.what).label

    @property
    def met(self) -> bool:
        return self.found >= self.at_least


def checklist(membership: Membership, tier: Tier) -> list[Checked]:
    """What the tier asks for, and what the partner has. Sums are in whole units of the partner's currency."""
    rows = TierRequirement.objects.filter(programme_id=membership.programme_id, tier=tier).order_by("pk")
    return [Checked(row.what, row.at_least, _found(membership.partner, row.what)) for row in rows]


def left_of(partner: Partner) -> Iterator[tuple[str, int | Money]]:
    """What keeps a partner from leaving: its customers, its resellers, money on its account, what it owes."""
    customers = Customer.objects.of_partner(partner.pk).count()
    resellers = Partner.objects.resellers_of(partner.pk).exclude(state__in=GONE).count()
    balances = balances_of(partner.pk)
    for what, found in (
        ("customers", customers),
        ("resellers", resellers),
        ("cash", balances.cash),
        ("debt", balances.debt),
    ):
        if found:
            yield what, found


def _found(partner: Partner, what: str) -> int:
    match Requirement(what):
        case Requirement.CUSTOMERS:
            return Customer.objects.of_partner(partner.pk).count()
        case Requirement.RESELLERS:
            joined = Partner.objects.resellers_of(partner.pk).filter(state=PartnerState.JOINED)
            return joined.count()
        case Requirement.PATHS:
            return Membership.objects.filter(
                partner=partner, programme__nature=Nature.PATH, ended_at__isnull=True
            ).count()
        case Requirement.COMMERCIAL:
            certified = CommercialInformation.objects.filter(
                account_id=partner.pk, state=CertificationState.CERTIFIED
            )
            return int(certified.exists())
        case Requirement.CONSUMPTION:
            return _consumed(partner)


def _consumed(partner: Partner) -> int:
    """What the partner's customers, and those of its resellers, consumed at list price in twelve months."""
    since = str(BillMonth.of(clock.now()).shifted(-MONTHS_COUNTED))
    through = Q(partner_id=partner.pk) | Q(distributor_id=partner.pk)
    total = FeeRecord.objects.filter(through, month__gt=since).aggregate(n=Sum("official"))["n"]
    return max(0, int(Money(int(total or 0), partner.account.currency).decimal))


def _has_resources(customer: Customer) -> bool:
    leased = Resource.objects.filter(customer=customer).exclude(state=ResourceState.CLOSED)
    if leased.exists():
        return True
    return OnDemandResource.objects.filter(customer=customer).exclude(state=OnDemandState.CLOSED).exists()


__all__ = [
    "Checked",
    "applicant_of",
    "catalogue",
    "checklist",
    "distributors_to_choose",
    "has_provider_in",
    "left_of",
    "obstacles_of",
]
