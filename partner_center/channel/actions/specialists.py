"""Project specialists: people tied to a partner through accounts of their own (features B5, lifecycles 25)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.people import (
    NotAPersonalAccount,
    NotAuthenticatedPerson,
    OnlyThePartnerItself,
    SentJustNow,
    SpecialistInvited,
    SpecialistLinkExpired,
    SpecialistUnknown,
    TiedToAnother,
    TooManyPartners,
    TooManySpecialists,
)
from partner_center.channel.models import ProjectSpecialist, SpecialistState
from partner_center.channel.rules.people import (
    INVITATIONS_A_DAY,
    LINK_LIFE,
    PARTNERS_A_YEAR,
    PAUSE,
    day_of,
    is_mobile,
)
from partner_center.customers.models import Customer, CustomerType
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.outbox import send
from partner_center.foundation.steps import advance
from partner_center.identity.actions import attach
from partner_center.identity.actions.keys import digest_of
from partner_center.identity.models import Account, Attachment
from partner_center.identity.notices import LANGUAGE_OF_SITE, tell
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Step
from partner_center.kernel.period import add_months
from partner_center.partners.errors import OnlyTheVendor
from partner_center.partners.models import Partner

PURPOSE = "project_specialist"
"""Of attachments that prove what a specialist is."""


@action("channel.invite_specialist", label=_("Invite a project specialist"))
def invite_specialist(actor: Actor, *, target: str) -> ProjectSpecialist:
    """Ask a person, by mobile number, e-mail address or account name, to be tied to the acting partner.

    Whether an account of that name exists is not said. Raises OnlyThePartnerItself, SpecialistInvited,
    TooManySpecialists: at most 100 a Beijing day, those sent again included.
    """
    partner = _held(actor)
    _require_room(partner)
    target, token, now = target.strip(), secrets.token_urlsafe(32), clock.now()
    try:
        with transaction.atomic():
            invited = ProjectSpecialist.objects.create(
                partner=partner,
                target=target,
                account=_account_called(target, actor.site),
                token_digest=digest_of(token),
                sent_at=now,
                expires_at=now + LINK_LIFE,
            )
    except IntegrityError:
        raise SpecialistInvited() from None
    record(actor, "channel.invite_specialist", invited, about=partner.pk)
    _send(invited, token)
    return invited


@action("channel.resend_specialist", takes=SpecialistState.resend)
def resend_specialist(actor: Actor, *, specialist: ProjectSpecialist) -> None:
    """Send the invitation again, with a new link. Raises SentJustNow, TooManySpecialists."""
    partner = _held(actor, specialist)
    now = clock.now()
    if now - specialist.sent_at < PAUSE:
        raise SentJustNow(minutes=PAUSE // timedelta(minutes=1))
    _require_room(partner)
    token = secrets.token_urlsafe(32)
    _take(
        actor,
        specialist,
        SpecialistState.resend,
        token_digest=digest_of(token),
        sent_at=now,
        expires_at=now + LINK_LIFE,
        times_sent=specialist.times_sent + 1,
    )
    _send(specialist, token)


@action("channel.expire_specialist", takes=SpecialistState.expire)
def expire_specialist(actor: Actor, *, specialist: ProjectSpecialist) -> None:
    """Its seven days are over."""
    assert actor.kind == "system" and specialist.expires_at <= clock.now()
    _take(actor, specialist, SpecialistState.expire)


@action("channel.accept_specialist", takes=SpecialistState.bind)
def bind_specialist(actor: Actor, *, specialist: ProjectSpecialist) -> None:
    """The person agrees: its account is tied to the partner.

    Raises SpecialistUnknown for another account than the one named, SpecialistLinkExpired, NotAPersonalAccount,
    NotAuthenticatedPerson on the China site, TiedToAnother (also of two at once), TooManyPartners, WrongState.
    """
    if specialist.account_id not in (None, actor.account_id) or actor.acting_partner_id:
        raise SpecialistUnknown()
    now = clock.now()
    if specialist.state is SpecialistState.INVITED and specialist.expires_at <= now:
        raise SpecialistLinkExpired(partner=specialist.partner.name)
    _require_person(actor)
    within_a_year = ProjectSpecialist.objects.filter(
        account_id=actor.account_id, bound_at__gt=add_months(now, -12)
    )
    if within_a_year.values("partner").distinct().count() >= PARTNERS_A_YEAR:
        raise TooManyPartners(limit=PARTNERS_A_YEAR)
    account = Account.objects.get(pk=actor.account_id)
    try:
        with transaction.atomic():
            _take(actor, specialist, SpecialistState.bind, account=account, bound_at=now)
    except IntegrityError:
        raise TiedToAnother() from None
    tell(
        specialist.partner.account,
        "channel.specialist_bound",
        by_sms=False,
        person=account.name,
        partner=specialist.partner.name,
    )


@action("channel.describe_specialist", label=_("Maintain employment and certificates"))
def describe_specialist(
    actor: Actor, *, specialist: ProjectSpecialist, employment: str = "", certificates: str = ""
) -> None:
    """Keep what is known of a person's employment and certificates."""
    _held(actor, specialist)
    changes = {"employment": employment, "certificates": certificates}
    ProjectSpecialist.objects.filter(pk=specialist.pk).update(**changes)
    for name, value in changes.items():
        setattr(specialist, name, value)
    record(actor, "channel.describe_specialist", specialist, about=specialist.partner_id)


@action("channel.apply_specialist", takes=SpecialistState.apply)
def apply_specialist(
    actor: Actor, *, specialist: ProjectSpecialist, path: str, file_name: str = "", content: bytes = b""
) -> None:
    """Put a person forward as a project specialist on a development path, with a file that proves it.

    Raises AttachmentTooLarge, AttachmentKind.
    """
    _held(actor, specialist)
    evidence = _attached(actor, file_name, content) or specialist.evidence
    _take(actor, specialist, SpecialistState.apply, path=path, evidence=evidence, opinion="")


@action("channel.approve_specialist", takes=SpecialistState.approve)
def approve_specialist(actor: Actor, *, specialist: ProjectSpecialist, opinion: str = "") -> None:
    """The vendor has looked at it: the person is a project specialist of the partner."""
    _decide(actor, specialist, SpecialistState.approve, opinion)


@action("channel.refuse_specialist", takes=SpecialistState.refuse)
def refuse_specialist(actor: Actor, *, specialist: ProjectSpecialist, opinion: str) -> None:
    """Not passed; the partner may apply again."""
    _decide(actor, specialist, SpecialistState.refuse, opinion)


@action("channel.ask_to_cancel_specialist", takes=SpecialistState.ask_to_cancel)
def ask_to_cancel_specialist(
    actor: Actor, *, specialist: ProjectSpecialist, reason: str, file_name: str = "", content: bytes = b""
) -> None:
    """The partner wants the person to be a specialist no longer; the vendor reviews it."""
    _held(actor, specialist)
    evidence = _attached(actor, file_name, content) or specialist.evidence
    _take(actor, specialist, SpecialistState.ask_to_cancel, reason=reason, evidence=evidence)


@action("channel.withdraw_cancelling_specialist", takes=SpecialistState.withdraw_cancelling)
def withdraw_cancelling(actor: Actor, *, specialist: ProjectSpecialist) -> None:
    """The partner changes its mind before the vendor has decided: the person stays a specialist."""
    _held(actor, specialist)
    _take(actor, specialist, SpecialistState.withdraw_cancelling, reason="")


@action("channel.cancel_specialist", takes=SpecialistState.cancel)
def cancel_specialist(actor: Actor, *, specialist: ProjectSpecialist, opinion: str = "") -> None:
    """The vendor ends the specialist, because the partner asked for it or of itself; the person may be unbound."""
    _decide(actor, specialist, SpecialistState.cancel, opinion)


@action("channel.unbind_specialist", takes=SpecialistState.unbind)
def unbind_specialist(actor: Actor, *, specialist: ProjectSpecialist) -> None:
    """Untie the person from the partner, or forget its invitation. A specialist is cancelled before."""
    _held(actor, specialist)
    _take(actor, specialist, SpecialistState.unbind, ended_at=clock.now())


def _held(actor: Actor, specialist: ProjectSpecialist | None = None) -> Partner:
    """The acting partner, whose row is held until the deed is done. Raises OnlyThePartnerItself."""
    rows = Partner.objects.select_for_update(no_key=True)
    partner = rows.filter(pk=actor.account_id).first() if actor.kind == "partner" else None
    if partner is None or (specialist is not None and specialist.partner_id != partner.pk):
        raise OnlyThePartnerItself()
    return partner


def _require_room(partner: Partner) -> None:
    today = ProjectSpecialist.objects.filter(partner=partner, sent_at__gte=day_of(clock.now()))
    if today.count() >= INVITATIONS_A_DAY:
        raise TooManySpecialists(limit=INVITATIONS_A_DAY)


def _require_person(actor: Actor) -> None:
    person = Customer.objects.filter(pk=actor.account_id).first() if actor.kind == "customer" else None
    if person is None or person.customer_type == CustomerType.ENTERPRISE:
        raise NotAPersonalAccount()
    if actor.site == "cn" and not person.verified:
        raise NotAuthenticatedPerson()


def _account_called(target: str, site: str) -> Account | None:
    if "@" in target or is_mobile(target):
        return None
    return Account.objects.filter(name__iexact=target, site=site).first()


def _attached(actor: Actor, file_name: str, content: bytes) -> Attachment | None:
    if not content:
        return None
    account = Account.objects.get(pk=actor.account_id)
    return attach(actor, account=account, purpose=PURPOSE, name=file_name, content=content)


def _take(actor: Actor, specialist: ProjectSpecialist, step: Step, **changes: Any) -> None:
    advance(actor, specialist, step, about=specialist.partner_id, **changes)


def _decide(actor: Actor, specialist: ProjectSpecialist, step: Step, opinion: str) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()
    _take(actor, specialist, step, opinion=opinion)
    assert specialist.account is not None
    for account in (specialist.partner.account, specialist.account):
        tell(
            account,
            "channel.specialist_decided",
            by_sms=False,
            person=specialist.account.name,
            partner=specialist.partner.name,
            state=step.target.label,
            opinion=opinion or "–",
        )


def _send(specialist: ProjectSpecialist, token: str) -> None:
    """By the way the person was named; nothing leaves for the name of an account that does not exist."""
    facts: dict[str, Any] = {
        "partner": specialist.partner.name,
        "link": str(settings.PUBLIC_URL) + reverse("console:accept-specialist", kwargs={"token": token}),
        "until": specialist.expires_at.strftime("%Y-%m-%d"),
    }
    if specialist.account is not None:
        tell(specialist.account, "channel.specialist_invited", **facts)
        return
    if "@" in specialist.target or is_mobile(specialist.target):
        send(
            channel="mail" if "@" in specialist.target else "sms",
            to=specialist.target,
            template="channel.specialist_invited",
            language=LANGUAGE_OF_SITE[specialist.partner.account.site],
            **facts,
        )
