"""Joining a programme: an account applies, the vendor reviews, a reseller's distributor has the last word.

Applying and deciding ask what stands above the partners: customers, orders, money, contracts (features A1–A5,
lifecycles 1 and 2). What follows is the partners' own: `partners.actions.applications`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.programmes import (
    DistributorUnsuitable,
    MayNotJoin,
    NotTheCompanysName,
    OnlyWhoMayBecomeAPartner,
)
from partner_center.channel.queries.programmes import (
    distributors_to_choose,
    has_provider_in,
    obstacles_of,
)
from partner_center.channel.rules.programmes import Obstacle
from partner_center.customers.models import Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.errors import WrongState
from partner_center.foundation.steps import advance
from partner_center.identity.actions import attach
from partner_center.identity.models import Account
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.partners.actions import admit_applicant
from partner_center.partners.actions.agreements import sign_all
from partner_center.partners.actions.applications import require_applicant
from partner_center.partners.actions.companies import LICENCE
from partner_center.partners.actions.programme_invitations import invitation_of, use_invitation
from partner_center.partners.errors import OnlyTheVendor
from partner_center.partners.models import (
    ApplicationState,
    Partner,
    PartnerKind,
    Programme,
    ProgrammeApplication,
)
from partner_center.partners.queries import area_of
from partner_center.pricing.actions import end_discount
from partner_center.pricing.models import Discount, DiscountState


@action("channel.apply_to_programme", label=_("Join now"))
def apply_to_programme(
    actor: Actor,
    *,
    programme: Programme,
    facts: dict[str, str],
    agreed: Collection[int],
    area: str = "",
    qualification: str = "",
    distributor: Partner | None = None,
    licence: tuple[str, bytes] | None = None,
    token: str = "",
) -> ProgrammeApplication:
    """Apply for the account that is asking. From now on it cannot buy, nor become anybody's customer.

    facts: the company's, by the names of `CompanyFacts`; agreed: the agreements ticked; distributor: a reseller's;
    token: of the invitation, where the programme takes nobody else. Raises MayNotJoin with the first obstacle,
    InvitationInvalid, AgreementsNotSigned, NotTheCompanysName, DistributorUnsuitable, and what attaching raises.
    """
    account = _own_account(actor)
    invitation = invitation_of(token, account.site) if token else None
    invited = invitation is not None and invitation.programme_id == programme.pk
    _refuse(obstacles_of(account, programme, invited=invited))
    values = _checked(account, programme, facts, area, distributor)
    sign_all(actor, account, programme.preset.agreements, agreed)
    now = clock.now()
    try:
        with transaction.atomic():
            application = ProgrammeApplication.objects.create(
                account=account,
                programme=programme,
                makes=programme.makes,
                qualification=qualification,
                licence=_attached(actor, account, licence),
                submitted_at=now,
                **values,
            )
    except IntegrityError:
        raise _refusal(Obstacle.APPLIED) from None
    if invitation is not None and invited:
        use_invitation(actor, invitation, application)
    record(actor, "channel.apply_to_programme", application, about=account.pk, programme=programme.code)
    tell(
        account,
        "partners.application_received",
        company=application.company_name,
        programme=programme.preset.label,
    )
    return application


@action("channel.resubmit_application", takes=ApplicationState.resubmit)
def resubmit_application(
    actor: Actor,
    *,
    application: ProgrammeApplication,
    facts: dict[str, str],
    area: str = "",
    qualification: str = "",
    distributor: Partner | None = None,
    licence: tuple[str, bytes] | None = None,
) -> None:
    """Correct an application that was not passed and submit it again. Refusals as for applying."""
    require_applicant(actor, application)
    account = _own_account(actor)
    _refuse(obstacles_of(account, application.programme, about=application))
    values = _checked(account, application.programme, facts, area, distributor)
    if licence is not None:
        values["licence"] = _attached(actor, account, licence)
    advance(
        actor,
        application,
        ApplicationState.resubmit,
        about=account.pk,
        qualification=qualification,
        submitted_at=clock.now(),
        passed_on_at=None,
        decided_at=None,
        opinion="",
        **values,
    )


@action("channel.approve_application", takes=ApplicationState.admit)
def approve_application(actor: Actor, *, application: ProgrammeApplication) -> None:
    """The vendor's consent. A reseller's application goes on to its distributor; every other account has joined.

    What was asked when applying is asked again: raises MayNotJoin, DistributorUnsuitable.
    """
    if not actor.is_house:
        raise OnlyTheVendor()
    account = _held(application.account)
    _require_under_review(application)
    _refuse(obstacles_of(account, application.programme, about=application))
    if application.makes != PartnerKind.RESELLER:
        admit_applicant(actor, application, ApplicationState.admit)
        return
    assert application.distributor is not None
    _require_suitable(account, application.area, application.distributor)
    advance(
        actor, application, ApplicationState.pass_on, about=account.pk, passed_on_at=clock.now(), opinion=""
    )
    _void_offers(actor, account)
    _tell_distributor(application)


@action("channel.choose_distributor", takes=ApplicationState.choose_distributor)
def choose_distributor(actor: Actor, *, application: ProgrammeApplication, distributor: Partner) -> None:
    """After a refusal: ask another distributor of the same region. Raises DistributorUnsuitable."""
    require_applicant(actor, application)
    _require_suitable(application.account, application.area, distributor)
    advance(
        actor,
        application,
        ApplicationState.choose_distributor,
        about=application.account_id,
        distributor=distributor,
        passed_on_at=clock.now(),
        decided_at=None,
        opinion="",
    )
    _tell_distributor(application)


def _own_account(actor: Actor) -> Account:
    """The account that is asking, its customer's row held: nobody makes it a customer meanwhile."""
    if actor.kind not in ("customer", "partner") or actor.acting_partner_id:
        raise OnlyWhoMayBecomeAPartner()
    return _held(Account.objects.get(pk=actor.account_id))


def _held(account: Account) -> Account:
    Customer.objects.select_for_update(of=("self",)).filter(pk=account.pk).first()
    return account


def _require_under_review(application: ProgrammeApplication) -> None:
    """Of two reviewers the second hears that it is decided, not that the account is a partner's by now."""
    rows = ProgrammeApplication.objects.select_for_update(of=("self",))
    state = rows.only("state").get(pk=application.pk).state
    if state is not ApplicationState.UNDER_REVIEW:
        raise WrongState(subject=str(application), state=state)


def _checked(
    account: Account, programme: Programme, facts: dict[str, str], area: str, distributor: Partner | None
) -> dict[str, Any]:
    """The columns of an application, once they fit together."""
    values: dict[str, Any] = {**facts, "area": area}
    if not programme.makes:
        return values
    name = Customer.objects.values_list("name", flat=True).get(pk=account.pk)
    if _squeezed(facts["company_name"]) != _squeezed(name):
        raise NotTheCompanysName(name=name)
    values["company_name"] = name
    if programme.makes == PartnerKind.SOLUTION_PROVIDER and has_provider_in(
        account, company_name=name, credit_code=facts["credit_code"], area=area
    ):
        raise _refusal(Obstacle.CSP_IN_AREA)
    if programme.makes == PartnerKind.RESELLER:
        _require_suitable(account, area, distributor)
        values["distributor"] = distributor
    return values


def _require_suitable(account: Account, area: str, distributor: Partner | None) -> None:
    """An active distributor of the account's site and, where its region is known, of the same region."""
    usable = distributor is not None and (
        distributors_to_choose(account.site).filter(pk=distributor.pk).exists()
        and area_of(distributor.pk) in ("", area)
    )
    if not usable:
        raise DistributorUnsuitable()


def _attached(actor: Actor, account: Account, licence: tuple[str, bytes] | None) -> Any:
    if licence is None:
        return None
    return attach(actor, account=account, purpose=LICENCE, name=licence[0], content=licence[1])


def _void_offers(actor: Actor, account: Account) -> None:
    """Who becomes a reseller loses its unused discounts (features A5)."""
    for discount in Discount.objects.filter(customer_id=account.pk, state=DiscountState.GRANTED):
        end_discount(actor, discount=discount)


def _tell_distributor(application: ProgrammeApplication) -> None:
    distributor = application.distributor
    assert distributor is not None
    tell(
        application.account,
        "partners.application_passed_on",
        company=application.company_name,
        distributor=distributor.name,
    )
    tell(
        distributor.account,
        "partners.cooperation_to_review",
        by_sms=False,
        company=application.company_name,
        distributor=distributor.name,
    )


def _refuse(obstacles: list[Obstacle]) -> None:
    if obstacles:
        raise _refusal(obstacles[0])


def _refusal(obstacle: Obstacle) -> MayNotJoin:
    return MayNotJoin(obstacle=obstacle.label, way_out=obstacle.way_out)


def _squeezed(name: str) -> str:
    return "".join(name.split()).casefold()
