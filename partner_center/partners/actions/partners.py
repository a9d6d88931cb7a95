"""Deeds of the vendor and of distributors concerning partners."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.actions import create_account, create_user
from partner_center.identity.errors import AccountNameMalformed
from partner_center.identity.models import Account, User, UserState
from partner_center.identity.notices import LANGUAGE_OF_SITE, tell
from partner_center.identity.rules import account_name_fits
from partner_center.kernel import clock
from partner_center.partners.actions.memberships import enter_programme
from partner_center.partners.actions.ties import begin_tie, put_into_hands
from partner_center.partners.errors import (
    AlreadyAPartner,
    NotADistributor,
    NotYourMember,
    OnlyItsDistributor,
    OnlyTheVendor,
    PlatformTaken,
    RightNotHeld,
    WrongAccountKind,
)
from partner_center.partners.models import (
    Partner,
    PartnerKind,
    PartnerState,
    PlatformIdentity,
    ResellerGrant,
    ResellerRight,
    Settlement,
    TieOrigin,
)
from partner_center.partners.presets import MAKING


@action("partners.admit", label=_("Admit a partner"))
def admit_partner(
    actor: Actor,
    *,
    account: Account,
    kind: str,
    name: str = "",
    distributor: Partner | None = None,
    settlement: str = Settlement.PREPAID,
    is_sandbox: bool = False,
    origin: str = TieOrigin.VENDOR,
) -> Partner:
    """Make an account a partner; a reseller is tied to its distributor in the same deed.

    `name` is the company, by default the account's; `origin` says how a reseller came to its distributor.
    Raises WrongAccountKind unless the account is of `kind`, NotADistributor unless `distributor` is a joined
    one of the same site, AlreadyAPartner.
    """
    _require_vendor(actor)
    return make_partner(
        actor,
        account=account,
        kind=kind,
        name=name,
        distributor=distributor,
        settlement=settlement,
        is_sandbox=is_sandbox,
        origin=origin,
    )


def make_partner(
    actor: Actor,
    *,
    account: Account,
    kind: str,
    name: str = "",
    distributor: Partner | None = None,
    settlement: str = Settlement.PREPAID,
    is_sandbox: bool = False,
    origin: str = TieOrigin.VENDOR,
    valid_until: datetime | None = None,
) -> Partner:
    """What admitting does, for processes that have decided already who may; refusals as for admit_partner.

    valid_until: when the membership is due for its review; without it, it stands until it is ended.
    """
    if account.kind != kind or kind not in PartnerKind.values:
        raise WrongAccountKind(account=account.name, kind=str(kind))
    if kind == PartnerKind.RESELLER:
        require_distributor(distributor, account)
    else:
        assert distributor is None, "only a reseller has a distributor"
    now = clock.now()
    partner = Partner(
        account=account,
        kind=kind,
        name=name or account.company_name or account.name,
        distributor=distributor,
        associated_at=now if distributor else None,
        settlement=settlement,
        is_sandbox=is_sandbox,
        joined_at=now,
    )
    try:
        with transaction.atomic():
            partner.save(force_insert=True)
    except IntegrityError:
        raise AlreadyAPartner(account=account.name) from None
    if distributor is not None:
        begin_tie(partner, origin, now)
    enter_programme(partner, MAKING[kind], valid_until=valid_until)
    record(actor, "partners.admit", partner, about=partner.pk, kind=kind, distributor=partner.distributor_id)
    tell(account, "partners.admitted", partner=partner.name, kind=PartnerKind(kind).label)
    return partner


@action("partners.enrol", label=_("Enrol a partner"))
def enrol_partner(
    actor: Actor,
    *,
    kind: str,
    site: str,
    account_name: str,
    name: str,
    password: str,
    mobile: str = "",
    email: str = "",
    distributor: Partner | None = None,
    settlement: str = Settlement.PREPAID,
    platform: str = "",
) -> Partner:
    """Open an account with its owner for a company and admit it, with a platform where one is named.

    Raises AccountNameMalformed, AccountNameTaken, PasswordTooWeak and what admit_partner raises.
    """
    _require_vendor(actor)
    if not account_name_fits(account_name):
        raise AccountNameMalformed(name=account_name)
    account = create_account(
        actor, kind=kind, site=site, name=account_name, company_name=name, mobile=mobile, email=email
    )
    create_user(
        actor,
        account=account,
        login=account_name,
        name=name,
        password=password,
        is_owner=True,
        mobile=mobile,
        email=email,
        language=LANGUAGE_OF_SITE[site],
    )
    partner = admit_partner(
        actor, account=account, kind=kind, name=name, distributor=distributor, settlement=settlement
    )
    if platform:
        assign_platform(actor, partner=partner, code=platform)
    return partner


@action("partners.assign_platform", label=_("Assign a platform identity"))
def assign_platform(actor: Actor, *, partner: Partner, code: str) -> PlatformIdentity:
    """Give the partner a platform (xaccount type). Raises PlatformTaken when it has it already."""
    _require_vendor(actor)
    if PlatformIdentity.objects.filter(partner=partner, code=code).exists():
        raise PlatformTaken(platform=code)
    return register_platform(actor, partner=partner, code=code)


@action("partners.register_platform", label=_("Register a platform identity"))
def register_platform(actor: Actor, *, partner: Partner, code: str) -> PlatformIdentity:
    """The bare deed of `assign_platform`; a sandbox registers a platform at its first use. Registering what
    is registered changes nothing."""
    platform, is_new = PlatformIdentity.objects.get_or_create(partner=partner, code=code)
    if is_new:
        record(actor, "partners.assign_platform", partner, about=partner.pk, platform=code)
    return platform


@action("partners.grant_right", label=_("Grant a right to a reseller"))
def grant_right(actor: Actor, *, reseller: Partner, right: str) -> ResellerGrant:
    """Let a reseller use `right` on its customers. Granting what it holds already changes nothing."""
    _require_its_distributor(actor, reseller)
    assert reseller.distributor is not None
    grant, is_new = ResellerGrant.objects.get_or_create(
        partner=reseller,
        right=ResellerRight(right),
        withdrawn_at=None,
        defaults={"distributor": reseller.distributor},
    )
    if is_new:
        record(actor, "partners.grant_right", reseller, about=reseller.pk, right=str(right))
        _tell_of_right(reseller, "partners.right_granted", right)
    return grant


@action("partners.withdraw_right", label=_("Withdraw a right from a reseller"))
def withdraw_right(actor: Actor, *, reseller: Partner, right: str) -> None:
    """Take `right` back; authorisations that rest on it stop working at once. Raises RightNotHeld."""
    _require_its_distributor(actor, reseller)
    withdrawn = ResellerGrant.objects.filter(
        partner=reseller, right=ResellerRight(right), withdrawn_at__isnull=True
    ).update(withdrawn_at=clock.now())
    if not withdrawn:
        raise RightNotHeld()
    record(actor, "partners.withdraw_right", reseller, about=reseller.pk, right=str(right))
    _tell_of_right(reseller, "partners.right_withdrawn", right)


@action("partners.assign_manager", label=_("Assign an account manager to a reseller"))
def assign_reseller_manager(actor: Actor, *, reseller: Partner, manager: User) -> None:
    """Put one of the distributor's employees in charge of a reseller; replaces the one before."""
    _require_its_distributor(actor, reseller)
    if manager.account_id != reseller.distributor_id or manager.state is not UserState.ENABLED:
        raise NotYourMember(user=manager.login)
    _set_manager(actor, reseller, manager, "partners.assign_manager")


@action("partners.reclaim_manager", label=_("Reclaim a reseller from its account manager"))
def reclaim_reseller_manager(actor: Actor, *, reseller: Partner) -> None:
    """Leave the reseller without an account manager."""
    _require_its_distributor(actor, reseller)
    _set_manager(actor, reseller, None, "partners.reclaim_manager")


def _require_vendor(actor: Actor) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()


def _require_its_distributor(actor: Actor, reseller: Partner) -> None:
    """The reseller's own distributor now, or the system; the vendor's staff leave this to the distributor.

    The reseller's row is held until the deed is done, so that it is not unbound meanwhile.
    """
    present = Partner.objects.select_for_update(no_key=True).get(pk=reseller.pk)
    reseller.distributor_id = present.distributor_id
    if actor.kind == "system" and present.distributor_id:
        return
    if actor.kind != "partner" or present.distributor_id != actor.account_id:
        raise OnlyItsDistributor()


def require_distributor(distributor: Partner | None, account: Account) -> None:
    """An active distributor of the account's site. Raises NotADistributor."""
    usable = (
        distributor is not None
        and distributor.kind == PartnerKind.DISTRIBUTOR
        and distributor.state is PartnerState.JOINED
        and distributor.account.site == account.site
    )
    if not usable:
        raise NotADistributor(partner=str(distributor or account.name))


def _set_manager(actor: Actor, reseller: Partner, manager: User | None, verb: str) -> None:
    put_into_hands(reseller, manager)
    record(actor, verb, reseller, about=reseller.pk, manager=manager.login if manager else "")


def _tell_of_right(reseller: Partner, template: str, right: str) -> None:
    tell(
        reseller.account,
        template,
        by_sms=False,
        distributor=str(reseller.distributor),
        partner=reseller.name,
        right=ResellerRight(right).label,
    )
