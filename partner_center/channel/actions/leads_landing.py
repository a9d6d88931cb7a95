"""The customer's side: knocking at the public door, registering by a link, accepting it (features E1)."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.leads import close_report
from partner_center.channel.actions.leads_inviting import revoke_quietly
from partner_center.channel.actions.leads_telling import tell_partner
from partner_center.channel.actions.leads_terms import Read, require_terms
from partner_center.channel.errors.leads import (
    AssociationRefused,
    LinkDead,
    OnlyTheCustomerItself,
    TooManyKnocks,
)
from partner_center.channel.models.leads import OPEN_REPORTS, CustomerReport, Invitation, InvitationState
from partner_center.channel.models.leads_links import ArrivalState, InviteLink, Knock, LinkArrival, LinkState
from partner_center.channel.models.leads_terms import FOR_ASSOCIATING, FOR_REGISTERING
from partner_center.channel.queries.leads import digest_of, standing_of
from partner_center.channel.queries.leads_links import Origin, origin_of
from partner_center.channel.rules.guards import Cause, why_not_associate
from partner_center.channel.rules.leads import YOUNG, name_key
from partner_center.customers.actions import associate_customer, register_customer, send_registration_code
from partner_center.customers.errors import AlreadyAssociated, EmailFormat, MobileFormat
from partner_center.customers.models import Association, AssociationType, Customer
from partner_center.customers.rules import is_chinese_mobile, is_email
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.errors import WrongState
from partner_center.foundation.steps import advance
from partner_center.identity.actions.codes import CheckedCode
from partner_center.kernel import clock

KNOCK_WINDOW = timedelta(hours=1)
LIMITS = {"code": (10, 60), "register": (20, 100), "report": (120, 120)}
"""Of each deed in an hour: from one address, and by one link; reports are counted by partner, refused ones too, so that
nobody finds out by trying which companies and numbers are known here."""


@action("channel.knock", label=_("Knock at the public door"))
def knock(actor: Actor, *, deed: str, source: str, token: str) -> None:
    """Count a deed of somebody unknown. Raises TooManyKnocks beyond the limits.

    Called by the door before the deed and in a transaction of its own, so that a refused deed counts, too. `source` is
    the caller's network address; only a keyed digest of it is kept, for a day.
    """
    from_one, by_link = LIMITS[deed]
    since = clock.now() - KNOCK_WINDOW
    place, whence = digest_of("link", token), digest_of("source", source)
    lately = Knock.objects.filter(deed=deed, created_at__gt=since)
    if lately.filter(source_digest=whence).count() >= from_one:
        raise TooManyKnocks()
    if lately.filter(link_digest=place).count() >= by_link:
        raise TooManyKnocks()
    Knock.objects.create(deed=deed, source_digest=whence, link_digest=place)


@action("channel.forget_knocks", label=_("Forget knocks"))
def forget_knocks(actor: Actor) -> int:
    """Delete what the limits no longer count."""
    gone, _kinds = Knock.objects.filter(created_at__lt=clock.now() - timedelta(days=1)).delete()
    return gone


@action(
    "channel.send_join_code", label=_("Send a verification code"), permission="channel.register_by_invitation"
)
def send_join_code(
    actor: Actor, *, origin: Origin, mobile: str = "", email: str = "", language: str = "zh-hans"
) -> None:
    """Send a code to whoever wants to register by a link. What the address is used for already makes no difference.

    Raises MobileFormat, EmailFormat, TooManyCodes.
    """
    if origin.partner.account.site == "cn":
        if not is_chinese_mobile(mobile):
            raise MobileFormat()
    elif not is_email(email):
        raise EmailFormat()
    send_registration_code(actor, mobile=mobile, email=email, language=language)


@action("channel.register_by_invitation", label=_("Register by invitation"))
def register_by_invitation(
    actor: Actor,
    *,
    origin: Origin,
    name: str,
    password: str,
    checked: CheckedCode,
    signed: Read,
    company_name: str = "",
    mobile: str = "",
    email: str = "",
    country: str = "",
) -> Customer:
    """A new account for somebody who came by a link; accepting is a deed of its own, so that the account stays.

    Raises LinkDead, TermsNotSigned and what `register_customer` raises. What the address is used for is looked at
    last, after its code: only who holds it learns that.
    """
    fresh = origin_of(origin.token)
    customer = register_customer(
        actor,
        site=fresh.partner.account.site,
        name=name,
        password=password,
        company_name=company_name,
        mobile=mobile,
        email=email,
        checked=checked,
        country=country,
    )
    require_terms(actor, customer.account, FOR_REGISTERING, signed)
    if fresh.link is not None:
        InviteLink.objects.filter(pk=fresh.link.pk).update(registrations=F("registrations") + 1)
    record(actor, "channel.register_by_invitation", customer, about=customer.pk, partner=fresh.partner_id)
    return customer


@action("channel.accept_invitation", label=_("Accept and associate"))
def accept_invitation(actor: Actor, *, customer: Customer, origin: Origin, signed: Read) -> Association:
    """The customer becomes the partner's, with the link's tag and account manager; the report's slot is free.

    Raises OnlyTheCustomerItself, LinkDead, TermsNotSigned, and AssociationRefused with its cause and the way out. An
    invitation is used up by the first account that accepts it; a link is good for any number.
    """
    if actor.kind != "customer" or actor.account_id != customer.pk or actor.acting_partner_id:
        raise OnlyTheCustomerItself()
    present = Customer.objects.select_for_update(of=("self",)).select_related("account").get(pk=customer.pk)
    fresh = origin_of(origin.token)
    cause = why_not_associate(
        standing_of(present, fresh.partner), resale=fresh.is_resale, now=clock.now(), young=YOUNG
    )
    if cause is not None:
        raise refusal_of(cause)
    require_terms(actor, present.account, (*FOR_REGISTERING, *FOR_ASSOCIATING), signed)
    _take(actor, fresh)
    manager = fresh.manager()
    try:
        tie = associate_customer(
            actor,
            customer=present,
            partner=fresh.partner,
            association_type=fresh.association_type,
            manager=manager,
            label=fresh.label,
        )
    except AlreadyAssociated:
        raise refusal_of(Cause.OTHER_PARTNER) from None
    _close_reports(actor, present, fresh)
    _count(actor, fresh, present)
    record(actor, "channel.accept_invitation", present, about=present.pk, partner=fresh.partner_id)
    tell_partner(
        fresh.partner,
        "channel.customer_gained",
        manager=manager,
        customer=str(present),
        type=AssociationType(fresh.association_type).label,
    )
    return tie


@action("channel.note_failure", label=_("Note a failed association"), permission="channel.accept_invitation")
def note_failure(actor: Actor, *, customer: Customer, origin: Origin, cause: Cause) -> None:
    """Write down for the partner why an association failed; the link can be tried again."""
    now = clock.now()
    if origin.link is not None:
        LinkArrival.objects.get_or_create(
            link=origin.link,
            customer=customer,
            defaults={"state": ArrivalState.FAILED, "answered_at": now},
        )
        LinkArrival.objects.filter(link=origin.link, customer=customer, state=ArrivalState.FAILED).update(
            cause=cause, answered_at=now
        )
        return
    assert origin.invitation is not None
    invitation = Invitation.objects.select_related("report").get(pk=origin.invitation.pk)
    if invitation.state not in InvitationState.fail.sources or invitation.cause == cause:
        return
    advance(
        actor, invitation, InvitationState.fail, about=invitation.partner_id, cause=cause, answered_at=now
    )
    tell_partner(
        origin.partner,
        "channel.association_failed",
        manager=origin.manager(),
        company=invitation.report.company_name,
        cause=cause.label,
        way_out=cause.way_out,
    )


def answer_invitation(actor: Actor, *, customer: Customer, origin: Origin, signed: Read) -> Association:
    """Accept; where a guard stands in the way, write down which one and raise AssociationRefused.

    Called by doors: the refusal undoes the acceptance, and the note of it is a deed of its own.
    """
    try:
        return accept_invitation(actor, customer=customer, origin=origin, signed=signed)
    except AssociationRefused as refusal:
        note_failure(actor, customer=customer, origin=origin, cause=Cause(refusal.reason))
        raise


def refusal_of(cause: Cause) -> AssociationRefused:
    """A guard's refusal: its sentence and its way out."""
    return AssociationRefused(cause=cause.label, way_out=cause.way_out, reason=cause.value)


def _take(actor: Actor, origin: Origin) -> None:
    """Use an invitation up; hold a link so that it is not taken back meanwhile. Raises LinkDead.

    A report is locked before its invitation, here as where it is cancelled or changed.
    """
    if origin.link is not None:
        if not InviteLink.objects.select_for_update(no_key=True).filter(
            pk=origin.link.pk, state=LinkState.ACTIVE
        ):
            raise LinkDead()
        return
    assert origin.invitation is not None
    CustomerReport.objects.select_for_update().get(pk=origin.invitation.report_id)
    try:
        advance(
            actor,
            origin.invitation,
            InvitationState.accept,
            about=origin.partner_id,
            cause="",
            answered_at=clock.now(),
        )
    except WrongState:
        raise LinkDead() from None


def _close_reports(actor: Actor, customer: Customer, origin: Origin) -> None:
    """The partner's open reports that speak of this customer, and the one behind the invitation."""
    account = customer.account
    mine = CustomerReport.objects.filter(partner_id=origin.partner_id, state__in=OPEN_REPORTS)
    about = mine.of_company(
        account.site, name_key=name_key(customer.name), mobile=account.mobile, email=account.email
    )
    found = {one.pk: one for one in about}
    if origin.report is not None and origin.report.state in OPEN_REPORTS:
        found[origin.report.pk] = origin.report
    for report in found.values():
        close_report(actor, report=report, customer=customer)
        if origin.report is None or report.pk != origin.report.pk:
            revoke_quietly(actor, report)


def _count(actor: Actor, origin: Origin, customer: Customer) -> None:
    if origin.link is None:
        return
    InviteLink.objects.filter(pk=origin.link.pk).update(associations=F("associations") + 1)
    now = clock.now()
    arrival, is_new = LinkArrival.objects.get_or_create(
        link=origin.link,
        customer=customer,
        defaults={"state": ArrivalState.ASSOCIATED, "answered_at": now},
    )
    if not is_new and arrival.state is ArrivalState.FAILED:
        advance(actor, arrival, ArrivalState.associate, about=customer.pk, cause="", answered_at=now)
