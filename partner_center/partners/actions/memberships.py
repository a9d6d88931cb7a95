"""Taking part in programmes: entering one, the yearly review, leaving it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.ids import transaction_number
from partner_center.kernel.period import BEIJING, add_months
from partner_center.partners.errors import (
    IdentityProgramme,
    MembershipEnded,
    OnlyTheVendor,
    ProgrammeJoinedAlready,
)
from partner_center.partners.models import Membership, Partner, Programme

MONTHS_OF_A_MEMBERSHIP = 12
"""A membership that came by application is reviewed after so long (features A2: annual review)."""


def enter_programme(partner: Partner, code: str, *, valid_until: datetime | None = None) -> Membership:
    """Make the partner a member of its site's programme `code`, with a certificate where the programme gives one.

    Raises ProgrammeJoinedAlready.
    """
    now = clock.now()
    programme = Programme.objects.get(site=partner.account.site, code=code)
    try:
        with transaction.atomic():
            return Membership.objects.create(
                partner=partner,
                programme=programme,
                certificate=transaction_number("PC", now) if programme.certified else None,
                joined_at=now,
                valid_until=valid_until,
            )
    except IntegrityError:
        raise ProgrammeJoinedAlready(programme=str(programme)) from None


def end_memberships(partner: Partner) -> None:
    """A partner that has gone is a member of nothing any more."""
    Membership.objects.filter(partner=partner, ended_at__isnull=True).update(ended_at=clock.now())


@action("partners.renew_membership", label=_("Pass the annual review"))
def renew_membership(actor: Actor, *, membership: Membership) -> None:
    """The annual review is passed: valid for another year from the end of this one, or from now when that is over.

    Raises MembershipEnded.
    """
    _require_vendor(actor)
    present = _held(membership)
    now = clock.now()
    begins = max(present.valid_until or now, now)
    Membership.objects.filter(pk=present.pk).update(valid_until=add_months(begins, MONTHS_OF_A_MEMBERSHIP))
    membership.valid_until = add_months(begins, MONTHS_OF_A_MEMBERSHIP)
    record(actor, "partners.renew_membership", membership, about=membership.partner_id)
    tell(
        present.partner.account,
        "partners.membership_renewed",
        by_sms=False,
        partner=present.partner.name,
        programme=present.programme.preset.label,
    )


@action("partners.end_membership", label=_("End the membership"))
def end_membership(actor: Actor, *, membership: Membership, reason: str) -> None:
    """Take a partner out of a programme that is not its identity; that one ends with the partner's own standing.

    Raises IdentityProgramme, MembershipEnded.
    """
    _require_vendor(actor)
    if membership.programme.makes:
        raise IdentityProgramme(programme=str(membership.programme))
    present = _held(membership)
    membership.ended_at = clock.now()
    Membership.objects.filter(pk=present.pk).update(ended_at=membership.ended_at)
    record(actor, "partners.end_membership", membership, about=membership.partner_id, reason=reason)
    tell(
        present.partner.account,
        "partners.membership_ended",
        by_sms=False,
        partner=present.partner.name,
        programme=present.programme.preset.label,
        reason=reason,
    )


@action("partners.remind_of_review", label=_("Remind of the annual review"))
def remind_of_review(actor: Actor, *, membership: Membership) -> None:
    """Tell a partner, once a year, that its membership is about to run out."""
    assert membership.valid_until is not None
    Membership.objects.filter(pk=membership.pk).update(reminded_of=membership.valid_until)
    tell(
        membership.partner.account,
        "partners.review_due",
        by_sms=False,
        partner=membership.partner.name,
        programme=membership.programme.preset.label,
        day=membership.valid_until.astimezone(BEIJING).strftime("%Y-%m-%d"),
    )


def _held(membership: Membership) -> Membership:
    """The membership's row, held until the end of the transaction. Raises MembershipEnded."""
    present = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("partner__account", "programme")
        .get(pk=membership.pk)
    )
    if present.ended_at is not None:
        raise MembershipEnded(membership=str(membership))
    return present


def _require_vendor(actor: Actor) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()
