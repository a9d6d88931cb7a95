"""What reporting, inviting and accepting refuse."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Forbidden, Invalid, NotFound, Refused, TooMany


class ReportRefused(Refused):
    """The customer cannot be reported, and no review would change that (features D2, "deny at once")."""

    says = _("{company} cannot be reported: {cause}")
    company: str
    cause: Any


class ReviewNeeded(Refused):
    """The report can be made, but the vendor's people decide: the process must be told (features D2)."""

    says = _(
        "The vendor has to review this report: {case}. To continue, say what the customer will spend and "
        "how far you are."
    )
    case: Any


class ReportedAlready(Refused):
    says = _("You have reported {company} already, or a customer with this mobile number or e-mail address.")
    company: str


class TooManyReports(Refused):
    says = _("At most {most} customers may be reported or pending review at once.")
    most: int


class ProfileIncomplete(Refused):
    """A partner that reports must be reachable (features D2)."""

    says = _("Add a mobile number and an e-mail address to your account first.")


class ReportNotFound(NotFound):
    says = _("The report does not exist.")


class InvitationNotFound(NotFound):
    says = _("The invitation does not exist.")


class LinkNotFound(NotFound):
    says = _("The link does not exist.")


class MailMissing(Refused):
    says = _("{company} has no e-mail address yet: add one first.")
    company: str


class NotReported(Refused):
    """Only a customer whose report stands is invited by mail (features D3)."""

    says = _("{company} is not reported at present.")
    company: str


class TypeNotOffered(Refused):
    """The association type is not on offer here: on the international site mails invite to resale only."""

    says = _("This association type is not offered here.")


class TooManyMails(TooMany):
    status = 400
    says = _(
        "Too many invitations were sent to this address or by you in the last 24 hours. Try again later."
    )


class TooManyLinks(Refused):
    says = _(
        "At most {most} custom links may be generated in 24 hours. The next is possible at {again} (UTC)."
    )
    most: int
    again: str


class ActivityOver(Refused):
    says = _("The activity {activity} is over.")
    activity: str


class NotYourActivity(Refused):
    says = _("Only who holds an activity may change it.")


class OnlyAPartner(Forbidden):
    code = "CBC.0151"
    says = _("Only a partner may do this.")


class LinkDead(Refused):
    """Absent, expired, taken back or used: the same answer for all of them, to everybody."""

    status = 404
    says = _("This invitation is not valid any more. Ask the partner to send it again.")


class AssociationRefused(Refused):
    """A guard stands in the way of the association; the cause and the way out are told together."""

    says = _("{cause} {way_out}")
    cause: Any
    way_out: Any
    reason: str


class TermsNotSigned(Refused):
    """A text is missing, or a newer version has appeared since it was read."""

    says = _("Read and agree to the present version of all the agreements first.")


class TermsUnchanged(Invalid):
    says = _("A version of this agreement takes effect at this moment or later already.")


class TooManyKnocks(TooMany):
    """The limit of the public door, per address of the caller and per link."""

    says = _("Too many attempts. Try again later.")


class MarkedAlready(Refused):
    says = _("{company} has this mark already.")
    company: str


class OnlyTheCustomerItself(Forbidden):
    code = "CBC.0151"
    says = _("Only the customer itself may accept an invitation.")
