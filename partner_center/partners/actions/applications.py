"""Applications to programmes, once they are there: decided, corrected, withdrawn; programmes are opened and closed.

Whether an account may apply is asked of what stands above this room: see the channel's `programmes`.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action, inside_action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.actions import convert_account
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Step
from partner_center.kernel.period import add_months
from partner_center.partners.actions.companies import join_company
from partner_center.partners.actions.memberships import MONTHS_OF_A_MEMBERSHIP, enter_programme
from partner_center.partners.actions.partners import make_partner, require_distributor
from partner_center.partners.errors import NotYourApplication, OnlyTheVendor
from partner_center.partners.models import (
    ApplicationState,
    Partner,
    Programme,
    ProgrammeApplication,
    TieOrigin,
)


@action("partners.refuse_application", takes=ApplicationState.refuse)
def refuse_application(actor: Actor, *, application: ProgrammeApplication, opinion: str) -> None:
    """Not passed: the applicant is told why, and may correct and submit again."""
    if not actor.is_house:
        raise OnlyTheVendor()
    _take(actor, application, ApplicationState.refuse, decided_at=clock.now(), opinion=opinion)
    tell(
        application.account,
        "partners.application_refused",
        company=application.company_name,
        programme=application.programme.preset.label,
        opinion=opinion,
    )


@action("partners.withdraw_application", takes=ApplicationState.withdraw)
def withdraw_application(actor: Actor, *, application: ProgrammeApplication) -> None:
    """The applicant changes its mind; the account is an ordinary one again."""
    require_applicant(actor, application)
    _take(actor, application, ApplicationState.withdraw, decided_at=clock.now())


@action("partners.edit_application_contact", label=_("Change contact"))
def edit_application_contact(
    actor: Actor,
    *,
    application: ProgrammeApplication,
    contact_name: str,
    contact_mobile: str,
    contact_email: str,
) -> None:
    """Change whom to ask about an application, in whatever state it is (features A7)."""
    require_applicant(actor, application)
    changes = {
        "contact_name": contact_name,
        "contact_mobile": contact_mobile,
        "contact_email": contact_email,
    }
    ProgrammeApplication.objects.filter(pk=application.pk).update(**changes)
    for name, value in changes.items():
        setattr(application, name, value)
    record(actor, "partners.edit_application_contact", application, about=application.account_id)


@action("partners.open_programme", label=_("Open to applications"))
def open_programme(actor: Actor, *, programme: Programme) -> None:
    """Take applications to a programme again."""
    _set_open(actor, programme, True)


@action("partners.close_programme", label=_("Close to applications"))
def close_programme(actor: Actor, *, programme: Programme) -> None:
    """Take no new applications to a programme; those under review go on."""
    _set_open(actor, programme, False)


def admit_applicant(actor: Actor, application: ProgrammeApplication, step: Step, *, opinion: str = "") -> Any:
    """The last consent to an application: take `step` to joined and make the account a member.

    step: ApplicationState.admit by the vendor, or pass_cooperation by a reseller's distributor. An identity makes the
    account a partner of the programme's kind, for a year; a programme beside it makes the partner its member.
    Raises NotADistributor when a reseller's distributor is no active one any more, AlreadyAPartner,
    ProgrammeJoinedAlready. Returns the Partner or the Membership.
    """
    assert inside_action()
    now = clock.now()
    _take(actor, application, step, decided_at=now, opinion=opinion)
    account = application.account
    until = add_months(now, MONTHS_OF_A_MEMBERSHIP)
    if not application.makes:
        return enter_programme(
            Partner.objects.get(pk=account.pk), application.programme.code, valid_until=until
        )
    distributor = None
    if application.makes == "reseller":
        distributor = Partner.objects.select_for_update(of=("self",)).get(pk=application.distributor_id)
        require_distributor(distributor, account)
    convert_account(actor, account=account, kind=application.makes, company_name=application.company_name)
    partner = make_partner(
        actor,
        account=account,
        kind=application.makes,
        name=application.company_name,
        distributor=distributor,
        origin=TieOrigin.APPLICATION,
        valid_until=until,
    )
    join_company(actor, application)
    return partner


def require_applicant(actor: Actor, application: ProgrammeApplication) -> None:
    """Only the account that applied, by itself. Raises NotYourApplication."""
    if actor.account_id != application.account_id or actor.acting_partner_id:
        raise NotYourApplication()


def _take(actor: Actor, application: ProgrammeApplication, step: Step, **changes: Any) -> None:
    advance(actor, application, step, about=application.account_id, **changes)


def _set_open(actor: Actor, programme: Programme, is_open: bool) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()
    Programme.objects.filter(pk=programme.pk).update(is_open=is_open)
    programme.is_open = is_open
    record(actor, f"partners.{'open' if is_open else 'close'}_programme", programme, code=programme.code)
