"""The certificate of a membership as PDF: who takes part in what, since when, until when (features A7)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from partner_center.foundation.typesetting import typeset
from partner_center.kernel.period import BEIJING
from partner_center.partners.models import Membership, Tier

TEMPLATE = Path(__file__).with_name("certificate.typ")


def certificate_of(membership: Membership, *, moment: datetime, language: str) -> bytes:
    """The certificate in one language, as of `moment`. The same membership and moment give the same bytes."""
    with translation.override(language):
        data = {
            "language": language,
            "brand": _("Partner center"),
            "title": _("Partner certificate"),
            "lead": _("This is to certify that"),
            "company": membership.partner.name,
            "says": _("takes part in the following programme:"),
            "programme": str(membership.programme),
            "facts": [
                (_("Tier"), str(Tier(membership.tier).label)),
                (_("Certificate"), membership.certificate or ""),
                (_("Joined at"), _day(membership.joined_at)),
                (
                    _("Valid until"),
                    _day(membership.valid_until) if membership.valid_until else _("Until further notice"),
                ),
            ],
            "note": _("Issued on {day}. It is valid as long as the partner's membership stands.").format(
                day=_day(moment)
            ),
        }
    return typeset(TEMPLATE, data, moment=moment)


def _day(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d")
