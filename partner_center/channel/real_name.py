"""Applying for real-name authentication, with the automatic check where one is configured.

PARTNER_CENTER_REAL_NAME_CHECK names a function that compares a claim with some authority's register:

    def check(submitted: Submitted) -> Verdict: ...

It is called after the application was written and outside any transaction, so it may take its time and use the
network. PASSED and REFUSED decide the application; UNDECIDED leaves it to a reviewer, and so does a check that
raises, or a process that dies while it waits. Without a check a person reviews every application.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import structlog
from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from partner_center.channel.actions.real_name import (
    apply_for_real_name,
    approve_application,
    reject_application,
)
from partner_center.channel.errors.real_name import (
    BankUnreachable,
    CannotReview,
    CardHolderMismatch,
    CardIssuerFailed,
    CardStateWrong,
    CardUnsupported,
    CheckRefusal,
    FaceMismatch,
    VerificationFailed,
)
from partner_center.channel.models.real_name import RealNameApplication
from partner_center.channel.rules.real_name import Claim
from partner_center.customers.models import Customer
from partner_center.foundation import vault
from partner_center.foundation.action import inside_action
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState

log = structlog.get_logger(__name__)

Cause = Literal[
    "mismatch",
    "face",
    "card_holder",
    "card_state",
    "card_issuer",
    "card_unsupported",
    "bank",
    "manager",
]

REFUSALS: Mapping[Cause, type[CheckRefusal]] = {
    "mismatch": VerificationFailed,
    "face": FaceMismatch,
    "card_holder": CardHolderMismatch,
    "card_state": CardStateWrong,
    "card_issuer": CardIssuerFailed,
    "card_unsupported": CardUnsupported,
    "bank": BankUnreachable,
    "manager": CannotReview,
}


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a check is given: the claim, the customer's site, and the papers one by one as (content type, content)."""

    claim: Claim
    site: str
    papers: Callable[[], Iterator[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `cause` of a refusal."""

    outcome: Literal["passed", "refused", "undecided"]
    cause: Cause = "mismatch"


Check = Callable[[Submitted], Verdict]


def apply_and_check(actor: Actor, *, customer: Customer, claim: Claim, **given: Any) -> RealNameApplication:
    """Apply as `apply_for_real_name` does, then let the automatic check decide what it can.

    Raises what that action raises, and the CheckRefusal of a claim that the check refused; it stays as a rejected
    application then.
    """
    assert not inside_action(), "the check may take its time: it stands outside every transaction"
    application = apply_for_real_name(actor, customer=customer, claim=claim, **given)
    check = configured_check()
    if check is None:
        return application
    verdict = _asked(check, application, claim)
    house = Actor.system("channel.real_name_check")
    try:
        match verdict.outcome:
            case "passed":
                approve_application(house, application=application, by_check=True)
            case "refused":
                refusal = REFUSALS[verdict.cause]()
                reject_application(house, application=application, opinion=str(refusal), by_check=True)
                raise refusal
    except WrongState:
        application.refresh_from_db()
    return application


def address_of_face_code(text: str) -> str:
    """Where a QR code for face authentication leads to."""
    return str(settings.PUBLIC_URL) + reverse("console:face", kwargs={"code": text})


def configured_check() -> Check | None:
    """The installation's automatic check, if it has one."""
    if not settings.REAL_NAME_CHECK:
        return None
    found: Check = import_string(settings.REAL_NAME_CHECK)
    return found


def _asked(check: Check, application: RealNameApplication, claim: Claim) -> Verdict:
    def papers() -> Iterator[tuple[str, bytes]]:
        for paper in application.papers.select_related("attachment"):
            yield paper.attachment.content_type, vault.unseal(paper.attachment.key)

    try:
        return check(Submitted(claim, application.customer.account.site, papers))
    except Exception as error:
        log.warning("real_name.check_failed", application=application.pk, error=type(error).__name__)
        return Verdict("undecided")
