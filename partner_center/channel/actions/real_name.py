"""Real-name authentication: customers are put forward, decided on, and their authentication is taken back."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.real_name import (
    AuthenticatedOrInReview,
    FaceCodeSpent,
    NotAnIndividual,
    NumberForbidden,
    NumberUsedUp,
    PaperMissing,
    TooManyApplications,
    WrongNumberOfPapers,
)
from partner_center.channel.models.real_name import (
    FaceCode,
    ForbiddenNumber,
    RealNameApplication,
    RealNamePaper,
    RealNameState,
    Subject,
)
from partner_center.channel.rules.real_name import Claim, digest_of_number, in_words, papers_needed
from partner_center.customers.actions import (
    approve_real_name,
    change_real_name,
    fail_real_name,
    reject_real_name,
    submit_real_name,
    withdraw_real_name,
)
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.models import Customer
from partner_center.customers.rules import may_apply_for_real_name, may_become_enterprise
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.errors import WrongState
from partner_center.foundation.permissions import permission
from partner_center.foundation.steps import advance
from partner_center.identity.actions import attach, redeem_code
from partner_center.identity.actions.codes import CheckedCode
from partner_center.identity.attachments import seen_by_reviewers
from partner_center.identity.models import Attachment
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Step
from partner_center.partners.errors import OnlyTheVendor

PURPOSE = "real_name"
REVIEW = "channel.review_real_name"
FACE_CODE_LIFE = timedelta(minutes=10)
CARD_SCENE = "18"

seen_by_reviewers(PURPOSE, permission(REVIEW, _("Review real-name authentication")))


@action(
    "channel.apply_for_real_name",
    permission="customers.submit_real_name",
    label=_("Submit real-name authentication"),
)
def apply_for_real_name(
    actor: Actor,
    *,
    customer: Customer,
    claim: Claim,
    attachments: Sequence[Attachment] = (),
    files: Sequence[tuple[str, bytes]] = (),
    checked: CheckedCode | None = None,
    face_code: str = "",
) -> RealNameApplication:
    """Put a customer forward for authentication; it is in review then (real_name.py asks the automatic check).

    attachments: papers uploaded before, in the certificate's order; files: (name, content) of papers that come with it.
    checked: the code sent to the bank card's telephone. face_code: the text of the QR code that is used up by it.
    Raises NotACustomerOfThePartner, WrongNumberOfPapers, PaperMissing, AuthenticatedOrInReview, NotAnIndividual (of
    a change only), NumberForbidden, NumberUsedUp, TooManyApplications, FaceCodeSpent, CodeWrong and what `attach`
    raises.
    """
    _check_concern(actor, customer)
    _check_open(customer, claim)
    needed = papers_needed(claim, customer.account.site)
    given = len(attachments) + len(files)
    if given not in needed:
        raise WrongNumberOfPapers(given=given, needed=in_words(needed))
    _hold(attachments)
    digest = digest_of_number(claim.number)
    _check_numbers(digest, claim)
    _check_rate(customer)
    if checked is not None:
        redeem_code(actor, checked=checked)
    if face_code:
        _redeem_face_code(face_code, customer)
    _take_first_step(actor, customer, claim)
    application = _create(actor, customer, claim, digest)
    kept = [
        attach(actor, account=customer.account, purpose=PURPOSE, name=name, content=content)
        for name, content in files
    ]
    RealNamePaper.objects.bulk_create(
        RealNamePaper(application=application, attachment=paper, position=place)
        for place, paper in enumerate((*attachments, *kept), start=1)
    )
    record(
        actor,
        "channel.apply_for_real_name",
        application,
        about=customer.pk,
        claimed=claim.subject.value,
        papers=given,
    )
    return application


@action("channel.approve_real_name", permission=REVIEW, takes=RealNameState.approve)
def approve_application(actor: Actor, *, application: RealNameApplication, by_check: bool = False) -> None:
    """The name is proven. Of two decisions at once the second gets WrongState."""
    _decide(actor, application, RealNameState.approve, by_check=by_check)
    if application.subject == Subject.CHANGE:
        _end_passed(actor, application.customer, but=application.pk, opinion="")
        change_real_name(actor, customer=application.customer, name=application.name)
    else:
        approve_real_name(actor, customer=application.customer)
    _tell_applicant(application)


@action("channel.reject_real_name", permission=REVIEW, takes=RealNameState.reject)
def reject_application(
    actor: Actor, *, application: RealNameApplication, opinion: str, by_check: bool = False
) -> None:
    """Not good enough; the customer may be put forward again. A change rejected leaves the individual authenticated."""
    _decide(actor, application, RealNameState.reject, opinion=opinion, by_check=by_check)
    if application.subject == Subject.CHANGE:
        _tell_customer(application)
    else:
        reject_real_name(actor, customer=application.customer, opinion=opinion)
    _tell_applicant(application)


@action("channel.fail_real_name", permission=REVIEW, takes=RealNameState.fail)
def fail_application(actor: Actor, *, application: RealNameApplication, opinion: str) -> None:
    """The check could not be completed (international site): raises NoRightOverCustomer for the China site."""
    _decide(actor, application, RealNameState.fail, opinion=opinion)
    if application.subject == Subject.CHANGE:
        _tell_customer(application)
    else:
        fail_real_name(actor, customer=application.customer, opinion=opinion)
    _tell_applicant(application)


@action("channel.withdraw_real_name", permission=REVIEW, takes=RealNameState.end)
def withdraw_authentication(actor: Actor, *, customer: Customer, opinion: str) -> None:
    """Take an authentication back, for instance after a forged certificate; the number is free for others again."""
    withdraw_real_name(actor, customer=customer, opinion=opinion)
    _end_passed(actor, customer, but=0, opinion=opinion)


@action("channel.forbid_number", permission=REVIEW, label=_("Refuse a certificate number"))
def forbid_number(actor: Actor, *, number: str, reason: str) -> ForbiddenNumber:
    """No customer can be authenticated with this number from now on. Forbidding it twice is once."""
    if not actor.is_house:
        raise OnlyTheVendor()
    hint = f"{number[:2]}…{number[-2:]}"
    forbidden, created = ForbiddenNumber.objects.get_or_create(
        digest=digest_of_number(number), defaults={"hint": hint, "reason": reason}
    )
    if created:
        record(actor, "channel.forbid_number", forbidden)
    found: ForbiddenNumber = forbidden
    return found


@action("channel.allow_number", permission=REVIEW, label=_("Accept the number again"))
def allow_number(actor: Actor, *, forbidden: ForbiddenNumber) -> None:
    """The number may be used again."""
    if not actor.is_house:
        raise OnlyTheVendor()
    record(actor, "channel.allow_number", forbidden)
    ForbiddenNumber.objects.filter(pk=forbidden.pk).delete()


@action(
    "channel.make_face_code",
    permission="customers.submit_real_name",
    label=_("QR code for face authentication"),
)
def make_face_code(actor: Actor, *, customer: Customer) -> str:
    """The text of a new code that opens the page of face authentication, once, within ten minutes.

    Codes made before it for this customer are void. Raises AuthenticatedOrInReview.
    """
    _check_concern(actor, customer)
    _check_unproven(customer)
    now = clock.now()
    FaceCode.objects.filter(customer=customer, used_at=None, expires_at__gt=now).update(expires_at=now)
    text = secrets.token_urlsafe(32)
    code = FaceCode.objects.create(
        digest=digest_of_code(text), customer=customer, expires_at=now + FACE_CODE_LIFE
    )
    record(actor, "channel.make_face_code", code, about=customer.pk)
    return text


def digest_of_code(text: str) -> str:
    """How the text of a face code is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def _check_concern(actor: Actor, customer: Customer) -> None:
    """The vendor, the customer itself and its own partner may. Everybody else learns nothing."""
    itself = actor.kind == "customer" and actor.account_id == customer.pk
    its_partner = actor.kind == "partner" and customer.partner_id == actor.account_id
    if not (actor.is_house or itself or (its_partner and actor.sees_customer(customer.pk))):
        raise NotACustomerOfThePartner(customer=customer.pk)


def _check_open(customer: Customer, claim: Claim) -> None:
    """Raises NotAnIndividual or AuthenticatedOrInReview; of two at once the step decides."""
    if claim.subject is not Subject.CHANGE:
        _check_unproven(customer)
    elif not may_become_enterprise(customer):
        raise NotAnIndividual(customer=str(customer))


def _check_unproven(customer: Customer) -> None:
    if not may_apply_for_real_name(customer):
        state = customer.verified_status.label
        raise AuthenticatedOrInReview(subject=str(customer), state=state)


def _hold(attachments: Sequence[Attachment]) -> None:
    """Nobody replaces or discards them until they are named. Raises PaperMissing for one that was just replaced."""
    wanted = {one.pk: one for one in attachments}
    held = Attachment.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    for pk in wanted.keys() - {one.pk for one in held}:
        raise PaperMissing(path=wanted[pk].name[:64])


def _check_numbers(digest: str, claim: Claim) -> None:
    numbers = {digest}
    if claim.has_person:
        numbers.add(digest_of_number(claim.details["person_number"]))
    if ForbiddenNumber.objects.filter(digest__in=numbers).exists():
        raise NumberForbidden()


def _check_rate(customer: Customer) -> None:
    """Only one application is open at a time, so that two at once cannot pass the ceiling together."""
    limit = settings.REAL_NAME_APPLICATIONS_A_DAY
    since = clock.now() - timedelta(hours=24)
    if RealNameApplication.objects.filter(customer=customer, created_at__gt=since).count() >= limit:
        raise TooManyApplications(limit=limit)


def _redeem_face_code(text: str, customer: Customer) -> None:
    """Use a code up, in the transaction of the application. Of two at once one gets FaceCodeSpent."""
    codes = FaceCode.objects.filter(
        digest=digest_of_code(text), customer=customer, used_at=None, expires_at__gt=clock.now()
    )
    if not codes.update(used_at=clock.now()):
        raise FaceCodeSpent()


def _take_first_step(actor: Actor, customer: Customer, claim: Claim) -> None:
    """The customer is in review; a change leaves it authenticated as what it is until it is decided."""
    if claim.subject is Subject.CHANGE:
        return
    try:
        submit_real_name(actor, customer=customer, customer_type=claim.subject.value, name=claim.name)
    except WrongState as late:
        state = getattr(late.facts["state"], "label", late.facts["state"])
        raise AuthenticatedOrInReview(subject=late.facts["subject"], state=state) from None


def _create(actor: Actor, customer: Customer, claim: Claim, digest: str) -> RealNameApplication:
    """Write the application at the first free place of its number; of two at the same place one takes the next."""
    for _turn in range(settings.REAL_NAME_CUSTOMERS_PER_NUMBER + 1):
        slot = _free_slot(digest) if claim.is_individual else None
        try:
            with transaction.atomic():
                return RealNameApplication.objects.create(
                    customer=customer,
                    partner_id=_partner_of(actor),
                    subject=claim.subject,
                    means=claim.means,
                    certificate=claim.certificate,
                    name=claim.name,
                    number=claim.number,
                    number_digest=digest,
                    slot=slot,
                    details=json.dumps(dict(claim.details), ensure_ascii=False),
                )
        except IntegrityError:
            open_ones = RealNameApplication.objects.filter(customer=customer, state=RealNameState.IN_REVIEW)
            if open_ones.exists():
                raise AuthenticatedOrInReview(
                    subject=str(customer), state=RealNameState.IN_REVIEW.label
                ) from None
    raise NumberUsedUp()


def _free_slot(digest: str) -> int:
    in_use = (RealNameState.IN_REVIEW, RealNameState.PASSED)
    rows = RealNameApplication.objects.filter(number_digest=digest, state__in=in_use)
    taken = set(rows.values_list("slot", flat=True))
    for slot in range(1, settings.REAL_NAME_CUSTOMERS_PER_NUMBER + 1):
        if slot not in taken:
            return slot
    raise NumberUsedUp()


def _partner_of(actor: Actor) -> str | None:
    """The partner that applies, also when it holds its customer's token."""
    return actor.acting_partner_id or (actor.account_id if actor.kind == "partner" else None)


def _decide(
    actor: Actor, application: RealNameApplication, step: Step, *, opinion: str = "", by_check: bool = False
) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()
    advance(
        actor,
        application,
        step,
        about=application.customer_id,
        decided_at=clock.now(),
        opinion=opinion,
        by_check=by_check,
    )


def _end_passed(actor: Actor, customer: Customer, *, but: int, opinion: str) -> None:
    passed = RealNameApplication.objects.filter(customer=customer, state=RealNameState.PASSED)
    for one in passed.exclude(pk=but):
        advance(actor, one, RealNameState.end, about=customer.pk, opinion=opinion)


def _tell_customer(application: RealNameApplication) -> None:
    tell(
        application.customer.account,
        "customers.real_name_decided",
        customer=str(application.customer),
        state=application.state.label,
        opinion=application.opinion or "–",
    )


def _tell_applicant(application: RealNameApplication) -> None:
    """The partner that applied learns what became of it, without SMS."""
    if application.partner is not None:
        tell(
            application.partner.account,
            "channel.real_name_decided",
            by_sms=False,
            customer=application.customer.account.name,
            state=application.state.label,
            opinion=application.opinion or "–",
        )
