"""Questions about partners that need more than a queryset."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db.models import F, Model, QuerySet

from partner_center.foundation.actor import Actor
from partner_center.identity.models import Account, User, UserState
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.partners.errors import (
    ApplicationNotFound,
    CompanyNotFound,
    NoRightOverReseller,
    NotAPartner,
    ProgrammeNotFound,
)
from partner_center.partners.models import (
    APPLYING,
    Agreement,
    CommercialInformation,
    Company,
    CompanyChange,
    Membership,
    Partner,
    PartnerKind,
    PartnerQuerySet,
    PartnerState,
    PlatformIdentity,
    Programme,
    ProgrammeApplication,
    ResellerGrant,
    ResellerRight,
    Signature,
    TierUpgrade,
)
from partner_center.partners.rules import stops_spending

R = TypeVar("R", bound=Model)


def scope_of(actor: Actor, indirect_partner_id: str | None = None) -> str:
    """The partner whose rows the caller means: itself, or the reseller that a distributor names.

    Only a distributor may name a reseller; in every other case the field is ignored. Raises
    NoRightOverReseller (CBC.99000037) for a reseller that is not the caller's or does not exist, and
    NotAPartner when the caller is none.
    """
    if actor.kind != "partner":
        raise NotAPartner()
    if not indirect_partner_id or actor.account_kind != PartnerKind.DISTRIBUTOR:
        return actor.account_id
    if not Partner.objects.resellers_of(actor.account_id).filter(pk=indirect_partner_id).exists():
        raise NoRightOverReseller(reseller=indirect_partner_id)
    return indirect_partner_id


def partner_for(actor: Actor, partner_id: str) -> Partner:
    """The partner, if the actor may see it. Raises NoRightOverReseller otherwise."""
    rows = Partner.objects.visible_to(actor).select_related("account", "distributor", "account_manager")
    found = rows.filter(pk=partner_id).first()
    if found is None:
        raise NoRightOverReseller(reseller=partner_id)
    return found


def own_partner(actor: Actor) -> Partner:
    """The partner that is asking. Raises NoRightOverReseller for anybody else."""
    return partner_for(actor, actor.account_id if actor.kind == "partner" else "")


def platforms_of(actor: Actor) -> QuerySet[PlatformIdentity]:
    """The platforms of the partner that is asking."""
    return PlatformIdentity.objects.filter(partner_id=actor.account_id if actor.kind == "partner" else "")


def resellers_visible_to(actor: Actor) -> PartnerQuerySet:
    """The resellers among the partners that the actor may see, without itself."""
    return Partner.objects.visible_to(actor).filter(kind=PartnerKind.RESELLER).exclude(pk=actor.account_id)


def rights_of(reseller: Partner) -> list[str]:
    """The rights, in words, that the reseller holds now."""
    held = ResellerGrant.objects.filter(
        partner_id=reseller.pk, distributor_id=reseller.distributor_id, withdrawn_at__isnull=True
    )
    return [
        str(ResellerRight(right).label) for right in held.order_by("right").values_list("right", flat=True)
    ]


def members_of(actor: Actor) -> QuerySet[User]:
    """The people of the partner that is asking, who may be put in charge of customers or resellers.

    Who sees only some customers, as a supervisor does, chooses among the account managers it directs.
    """
    if actor.kind != "partner":
        return User.objects.none()
    people = User.objects.filter(account_id=actor.account_id, state=UserState.ENABLED)
    return people if actor.customers is None else people.filter(supervisor_id=actor.user_id)


def accounts_to_admit(actor: Actor) -> QuerySet[Account]:
    """Accounts of a partner's kind that are no partner yet; for the vendor."""
    if not actor.is_house:
        return Account.objects.none()
    admitted = Partner.objects.values("pk")
    return Account.objects.filter(kind__in=PartnerKind.values).exclude(pk__in=admitted)


def partner_with_distributor(partner_id: str) -> Partner:
    """The partner's row with its distributor's, read in one query."""
    return Partner.objects.select_related("account", "distributor").get(pk=partner_id)


def spending_is_stopped(partner_id: str) -> bool:
    """Whether the partner's resale customers may not spend because of its or its distributor's standing."""
    partner = partner_with_distributor(partner_id)
    return stops_spending(partner, partner.distributor)


def holds_right(partner: Partner, right: ResellerRight) -> bool:
    """Whether the partner may use `right` on its customers: a reseller by its distributor's grant, others
    always."""
    if partner.kind != PartnerKind.RESELLER:
        return True
    return ResellerGrant.objects.filter(
        partner_id=partner.pk, distributor_id=partner.distributor_id, right=right, withdrawn_at__isnull=True
    ).exists()


def owns_platform(partner_id: str, code: str) -> bool:
    """Whether the vendor has assigned the platform identity `code` to this partner."""
    return PlatformIdentity.objects.filter(partner_id=partner_id, code=code).exists()


def programmes_visible_to(actor: Actor) -> QuerySet[Programme]:
    """The catalogue as the actor may see it."""
    return Programme.objects.visible_to(actor)


def programme_for(actor: Actor, pk: int) -> Programme:
    """One programme of the actor's site. Raises ProgrammeNotFound."""
    found = Programme.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise ProgrammeNotFound()
    return found


def application_for(actor: Actor, pk: int) -> ProgrammeApplication:
    """One application that the actor may see. Raises ApplicationNotFound."""
    rows = ProgrammeApplication.objects.visible_to(actor)
    found = rows.select_related("account", "programme", "distributor", "licence").filter(pk=pk).first()
    if found is None:
        raise ApplicationNotFound()
    return found


def is_applying(account_id: str) -> bool:
    """Whether the account has applied to become a partner and that is not decided, nor sent back for correction."""
    rows = ProgrammeApplication.objects.filter(account_id=account_id, state__in=APPLYING)
    return rows.exclude(makes="").exists()


def company_of(actor: Actor) -> Company:
    """The company that the partner which is asking belongs to. Raises CompanyNotFound."""
    found = Company.objects.visible_to(actor).filter(accounts__account_id=actor.account_id).first()
    if found is None:
        raise CompanyNotFound()
    return found


def own_company(actor: Actor) -> Company:
    """The same, or an empty one while the vendor has recorded none. Raises NotAPartner for anybody else."""
    if actor.kind != "partner":
        raise NotAPartner()
    try:
        return company_of(actor)
    except CompanyNotFound:
        return Company(site=actor.site)


def area_of(partner_id: str) -> str:
    """The business region of a partner's company; "" where the vendor has not recorded one."""
    return (
        Company.objects.filter(accounts__account_id=partner_id).values_list("area", flat=True).first() or ""
    )


def agreements_in_force(site: str, codes: Iterable[str]) -> list[Agreement]:
    """The versions in force of these agreements, in the order of their codes."""
    current = Agreement.objects.all().current(site, clock.now()).filter(code__in=codes)
    return list(current.order_by("code"))


def unsigned_agreements(actor: Actor) -> list[Agreement]:
    """Agreements that the account has signed in an earlier version only."""
    signed = Signature.objects.filter(account_id=actor.account_id)
    return [
        one
        for one in agreements_in_force(actor.site, signed.values_list("agreement__code", flat=True))
        if not signed.filter(agreement=one).exists()
    ]


def to_be_reviewed(until: datetime) -> QuerySet[Membership]:
    """Memberships of active partners that run out by `until` and of which the partner has not been told."""
    rows = _reviewed().filter(valid_until__lte=until, valid_until__gt=clock.now())
    return rows.exclude(reminded_of=F("valid_until"))


def run_out(moment: datetime) -> QuerySet[Membership]:
    """Identities that have run out and whose partner has not lapsed yet."""
    return (
        _reviewed()
        .filter(valid_until__lte=moment, partner__state__in=PartnerState.lapse.sources)
        .exclude(programme__makes="")
    )


def _reviewed() -> QuerySet[Membership]:
    rows = Membership.objects.filter(ended_at__isnull=True, valid_until__isnull=False)
    return rows.select_related("partner__account", "programme")


def membership_for(actor: Actor, pk: int) -> Membership:
    """One membership that the actor may see. Raises ProgrammeNotFound."""
    rows = Membership.objects.visible_to(actor).select_related("partner__account", "programme")
    return _found(rows.filter(pk=pk).first(), ProgrammeNotFound)


def upgrade_for(actor: Actor, pk: int) -> TierUpgrade:
    """One application for a tier. Raises ApplicationNotFound."""
    rows = TierUpgrade.objects.visible_to(actor).select_related(
        "partner__account", "membership__programme", "membership__partner"
    )
    return _found(rows.filter(pk=pk).first(), ApplicationNotFound)


def company_for(actor: Actor, pk: int) -> Company:
    """One company. Raises CompanyNotFound."""
    return _found(Company.objects.visible_to(actor).filter(pk=pk).first(), CompanyNotFound)


def change_for(actor: Actor, pk: int) -> CompanyChange:
    """One change of company information. Raises CompanyNotFound."""
    rows = CompanyChange.objects.visible_to(actor).select_related("company", "licence", "account")
    found: CompanyChange | None = rows.filter(pk=pk).first()
    return _found(found, CompanyNotFound)


def commercial_of(actor: Actor) -> CommercialInformation:
    """The bank account of the partner that is asking; an empty one before it has submitted any.

    Raises NotAPartner for anybody else.
    """
    partner = Partner.objects.filter(pk=actor.account_id if actor.kind == "partner" else "").first()
    if partner is None:
        raise NotAPartner()
    rows = CommercialInformation.objects.visible_to(actor).select_related("account", "letter")
    empty = CommercialInformation(account_id=partner.pk, company_name=partner.name)
    return rows.filter(pk=partner.pk).first() or empty


def information_for(actor: Actor, pk: str) -> CommercialInformation:
    """One certification, for the vendor. Raises CompanyNotFound."""
    rows = CommercialInformation.objects.visible_to(actor).select_related("account", "letter")
    return _found(rows.filter(pk=pk).first(), CompanyNotFound)


def _found(row: R | None, refusal: type[DomainError]) -> R:
    if row is None:
        raise refusal()
    return row
