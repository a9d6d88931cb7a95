"""Commercial-information certification: whose bank account it is, proven by a small sum (features A9).

The vendor remits a random sum of 0.01 to 0.99; who can read the account's statement can name it. Three wrong sums
lock the certification until the vendor's staff unlock it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action, inside_action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.actions import attach
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Step
from partner_center.kernel.money import Money
from partner_center.partners.errors import (
    BankLetterMissing,
    CertificationLocked,
    NameOnAccountDiffers,
    NotAPartner,
    NotRemittedYet,
    OnlyTheVendor,
    UnderReviewAlready,
)
from partner_center.partners.models import (
    CertificationState,
    CommercialInformation,
    Partner,
    SmallRemittance,
)

LETTER = "bank_letter"
"""The purpose of a bank's letter about a new account."""

MOST_WRONG_AMOUNTS = 3


@action("partners.submit_commercial", takes=CertificationState.submit, critical=True)
def submit_commercial_information(
    actor: Actor,
    *,
    company_name: str,
    taxpayer: str,
    tax_rate: str,
    bank: str,
    branch: str,
    bank_account: str,
    letter: tuple[str, bytes] | None = None,
) -> CommercialInformation:
    """Have a corporate bank account certified; any certification before it is no longer in force.

    letter: name and content of the bank's letter, needed when a certified account is replaced by another one.
    Raises NameOnAccountDiffers, BankLetterMissing, UnderReviewAlready, CertificationLocked, and what attaching raises.
    """
    partner = Partner.objects.select_related("account").filter(pk=actor.account_id).first()
    if actor.kind != "partner" or partner is None:
        raise NotAPartner()
    if _squeezed(company_name) != _squeezed(partner.name):
        raise NameOnAccountDiffers(company=partner.name)
    row = _row_of(partner)
    if row.state is CertificationState.CERTIFYING:
        raise UnderReviewAlready()
    if row.state is CertificationState.LOCKED:
        raise CertificationLocked()
    replaces = row.certified_at is not None and row.bank_account != bank_account
    if replaces and letter is None:
        raise BankLetterMissing()
    attachment = (
        attach(actor, account=partner.account, purpose=LETTER, name=letter[0], content=letter[1])
        if letter
        else row.letter
    )
    advance(
        actor,
        row,
        CertificationState.submit,
        about=partner.pk,
        company_name=company_name,
        taxpayer=taxpayer,
        tax_rate=tax_rate,
        bank=bank,
        branch=branch,
        bank_account=bank_account,
        letter=attachment,
        reason="",
        round=row.round + 1,
        wrong_amounts=0,
        submitted_at=clock.now(),
        certified_at=None,
    )
    SmallRemittance.objects.create(
        information=row,
        round=row.round,
        currency=partner.account.currency,
        amount_minor=secrets.randbelow(99) + 1,
    )
    return row


@action("partners.remit_small_amount", label=_("Mark as remitted"))
def remit_small_amount(actor: Actor, *, remittance: SmallRemittance) -> None:
    """The vendor's finance has sent the sum: the partner is asked for it. Remitting twice changes nothing."""
    _require_vendor(actor)
    information = remittance.information
    if information.state is not CertificationState.CERTIFYING or information.round != remittance.round:
        raise NotRemittedYet()
    sent = SmallRemittance.objects.filter(pk=remittance.pk, remitted_at__isnull=True).update(
        remitted_at=clock.now()
    )
    if sent:
        record(actor, "partners.remit_small_amount", information, about=information.pk)
        tell(information.account, "partners.amount_remitted", company=information.company_name)


@action("partners.name_small_amount", label=_("Enter the remitted amount"))
def name_small_amount(actor: Actor, *, information: CommercialInformation, amount: Money) -> bool:
    """Whether the partner has named the sum. A wrong one counts; the third locks.

    The answer is a value, not a refusal: the count must stand. Raises NotRemittedYet, CertificationLocked.
    """
    if actor.account_id != information.account_id or actor.kind != "partner":
        raise NotAPartner()
    row = CommercialInformation.objects.select_for_update(of=("self",)).get(pk=information.pk)
    if row.state is CertificationState.LOCKED:
        raise CertificationLocked()
    remitted = SmallRemittance.objects.filter(
        information=row, round=row.round, remitted_at__isnull=False
    ).first()
    if row.state is not CertificationState.CERTIFYING or remitted is None:
        raise NotRemittedYet()
    if (amount.minor, amount.currency) == (remitted.amount_minor, remitted.currency):
        _step(actor, information, CertificationState.certify, certified_at=clock.now(), reason="")
        return True
    CommercialInformation.objects.filter(pk=row.pk).update(wrong_amounts=F("wrong_amounts") + 1)
    information.wrong_amounts = row.wrong_amounts + 1
    if information.wrong_amounts >= MOST_WRONG_AMOUNTS:
        _step(actor, information, CertificationState.lock)
    return False


@action("partners.unlock_certification", takes=CertificationState.unlock)
def unlock_certification(actor: Actor, *, information: CommercialInformation) -> None:
    """After a ticket: the partner begins anew."""
    _require_vendor(actor)
    _step(actor, information, CertificationState.unlock, wrong_amounts=0, reason="")


@action("partners.fail_certification", takes=CertificationState.fail)
def fail_certification(actor: Actor, *, information: CommercialInformation, reason: str) -> None:
    """The bank has sent the sum back, or the papers do not prove it: the partner corrects and submits again."""
    _require_vendor(actor)
    _step(actor, information, CertificationState.fail, reason=reason)


@action("partners.mark_certification_abnormal", takes=CertificationState.mark_abnormal)
def mark_certification_abnormal(actor: Actor, *, information: CommercialInformation, reason: str) -> None:
    """Something has to be cleared up by hand (three to five working days)."""
    _require_vendor(actor)
    _step(actor, information, CertificationState.mark_abnormal, reason=reason)


def lapse_certifications(actor: Actor, account_ids: Collection[str]) -> None:
    """The company has another name: what was certified in the old one must be certified again (features A9)."""
    assert inside_action()
    rows = CommercialInformation.objects.filter(
        account_id__in=account_ids, state__in=CertificationState.lapse.sources
    )
    for row in rows.select_related("account"):
        _step(actor, row, CertificationState.lapse, certified_at=None, reason="")


def _row_of(partner: Partner) -> CommercialInformation:
    """The partner's row, held until the end of the transaction."""
    CommercialInformation.objects.get_or_create(account=partner.account, defaults={"bank_account": ""})
    return (
        CommercialInformation.objects.select_for_update(of=("self",))
        .select_related("account")
        .get(pk=partner.pk)
    )


def _step(actor: Actor, row: CommercialInformation, step: Step, **changes: Any) -> None:
    advance(actor, row, step, about=row.account_id, **changes)
    tell(
        row.account,
        "partners.certification_changed",
        company=row.company_name,
        state=step.target.label,
        reason=row.reason or "–",
    )


def _squeezed(name: str) -> str:
    return "".join(name.split()).casefold()


def _require_vendor(actor: Actor) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()
