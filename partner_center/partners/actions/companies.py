"""What is known of a company is changed by asking, with evidence, and reviewed by the vendor (features B1)."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action, inside_action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.actions import attach, describe_account
from partner_center.identity.models import Account
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Step
from partner_center.partners.actions.commercial import lapse_certifications
from partner_center.partners.errors import (
    ChangeUnderReview,
    CreditCodeTaken,
    NothingChanged,
    OnlyTheMaster,
    OnlyTheVendor,
)
from partner_center.partners.models import (
    CHANGEABLE,
    ChangeState,
    Company,
    CompanyAccount,
    CompanyChange,
    Partner,
    ProgrammeApplication,
)

LICENCE = "company_licence"
"""The purpose of attachments that prove what a company says of itself."""


def join_company(actor: Actor, application: ProgrammeApplication) -> Company:
    """Put an admitted account with its company: a new one, or the one that has this credit code already.

    The vendor has reviewed the licence before. The first account of a company is its master; what is known of a
    company does not change because another account of it joins.
    """
    assert inside_action()
    facts = {name: getattr(application, name) for name in (*CHANGEABLE, "area", "licence_id")}
    return _join(actor, application.account, application.credit_code, facts)


@action("partners.record_company", label=_("Record company information"))
def record_company(
    actor: Actor,
    *,
    partner: Partner,
    company_name: str,
    credit_code: str,
    area: str,
    address: str,
    industry: str,
    contact_name: str,
    contact_mobile: str,
    contact_email: str,
    website: str = "",
) -> Company:
    """The vendor enters the company of a partner that it has admitted without an application.

    Raises CreditCodeTaken when the partner's account belongs to another company already.
    """
    _require_vendor(actor)
    facts = {
        "company_name": company_name,
        "area": area,
        "address": address,
        "industry": industry,
        "website": website,
        "contact_name": contact_name,
        "contact_mobile": contact_mobile,
        "contact_email": contact_email,
    }
    return _join(actor, partner.account, credit_code, facts)


@action("partners.change_company", label=_("Change company information"))
def change_company(
    actor: Actor,
    *,
    company: Company,
    facts: dict[str, str],
    licence: tuple[str, bytes] | None = None,
) -> CompanyChange:
    """Ask for a change; until the vendor has reviewed it, everything stays. Only the company's master may.

    facts: some of CHANGEABLE; licence: name and content of the new business licence.
    Raises OnlyTheMaster, NothingChanged, ChangeUnderReview and what attaching a file raises.
    """
    account = _master(actor, company)
    present = company.facts()
    after = {name: facts[name] for name in CHANGEABLE if name in facts and facts[name] != present[name]}
    if not after and licence is None:
        raise NothingChanged()
    attachment = (
        attach(actor, account=account, purpose=LICENCE, name=licence[0], content=licence[1])
        if licence
        else None
    )
    try:
        with transaction.atomic():
            change = CompanyChange.objects.create(
                company=company,
                account=account,
                before={name: present[name] for name in after},
                after=after,
                licence=attachment,
            )
    except IntegrityError:
        raise ChangeUnderReview() from None
    record(actor, "partners.change_company", change, about=account.pk, changed=sorted(after))
    return change


@action("partners.withdraw_company_change", takes=ChangeState.withdraw)
def withdraw_company_change(actor: Actor, *, change: CompanyChange) -> None:
    """The company takes its wish back; nothing has changed."""
    _master(actor, change.company)
    _decide(actor, change, ChangeState.withdraw, "")


@action("partners.approve_company_change", takes=ChangeState.approve)
def approve_company_change(actor: Actor, *, change: CompanyChange) -> None:
    """The change takes effect for all accounts of the company; a new name ends their bank certifications (A9)."""
    _require_vendor(actor)
    company = Company.objects.select_for_update(of=("self",)).get(pk=change.company_id)
    _decide(actor, change, ChangeState.approve, "")
    changes: dict[str, Any] = dict(change.after)
    if change.licence_id is not None:
        changes["licence_id"] = change.licence_id
    Company.objects.filter(pk=company.pk).update(**changes)
    if "company_name" in change.after:
        _rename(actor, company, change.after["company_name"])
    _tell(change, "–")


@action("partners.reject_company_change", takes=ChangeState.reject)
def reject_company_change(actor: Actor, *, change: CompanyChange, opinion: str) -> None:
    """Everything stays as it was; the company reads why and may ask again."""
    _require_vendor(actor)
    _decide(actor, change, ChangeState.reject, opinion)
    _tell(change, opinion)


@action("partners.correct_credit_code", label=_("Correct the credit code"))
def correct_credit_code(actor: Actor, *, company: Company, credit_code: str) -> None:
    """The ecosystem manager puts a credit code right; the company itself cannot (B1). Raises CreditCodeTaken."""
    _require_vendor(actor)
    try:
        with transaction.atomic():
            Company.objects.filter(pk=company.pk).update(credit_code=credit_code)
    except IntegrityError:
        raise CreditCodeTaken() from None
    company.credit_code = credit_code
    master = CompanyAccount.objects.filter(company=company, is_master=True).first()
    record(actor, "partners.correct_credit_code", company, about=master.account_id if master else "")


def _join(actor: Actor, account: Account, credit_code: str, facts: dict[str, Any]) -> Company:
    company, is_new = Company.objects.get_or_create(
        site=account.site, credit_code=credit_code, defaults=facts
    )
    tie, tied = CompanyAccount.objects.get_or_create(
        account=account, defaults={"company": company, "is_master": is_new, "joined_at": clock.now()}
    )
    if not tied and tie.company_id != company.pk:
        raise CreditCodeTaken()
    record(actor, "partners.join_company", company, about=account.pk, master=tie.is_master)
    return company


def _rename(actor: Actor, company: Company, name: str) -> None:
    """All accounts bear the company's new name, and what proved the old one proves nothing any more."""
    accounts = list(Account.objects.filter(pk__in=company.accounts.values("account_id")))
    for account in accounts:
        describe_account(actor, account=account, company_name=name)
    Partner.objects.filter(pk__in=[account.pk for account in accounts]).update(name=name)
    lapse_certifications(actor, [account.pk for account in accounts])


def _master(actor: Actor, company: Company) -> Account:
    own = CompanyAccount.objects.filter(company_id=company.pk, account_id=actor.account_id, is_master=True)
    tie = own.select_related("account").first()
    if tie is None or actor.kind != "partner":
        raise OnlyTheMaster()
    account: Account = tie.account
    return account


def _decide(actor: Actor, change: CompanyChange, step: Step, opinion: str) -> None:
    advance(actor, change, step, about=change.account_id, opinion=opinion, decided_at=clock.now())


def _tell(change: CompanyChange, opinion: str) -> None:
    tell(
        change.account,
        "partners.company_change_decided",
        by_sms=False,
        company=change.company.company_name,
        state=change.state.label,
        opinion=opinion,
    )


def _require_vendor(actor: Actor) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()
