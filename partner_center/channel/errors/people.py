"""What is refused about people inside a partner: customer contacts and project specialists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Forbidden, NotFound, Refused, TooMany


class OnlyThePartnerItself(Forbidden):
    code = "CBC.0151"
    says = _("Only the partner itself may do this.")


class TooManyContacts(Refused):
    says = _("A partner has at most {limit} customer contacts.")
    limit: int


class ContactUnreachable(Refused):
    says = _("A contact needs a mobile number or an e-mail address.")


class SpecialistUnknown(NotFound):
    """No such link, or one for somebody else: the same answer."""

    says = _("There is no such invitation for this account.")


class SpecialistInvited(Refused):
    says = _("This person has been invited already. Send that invitation again.")


class TooManySpecialists(TooMany):
    says = _("At most {limit} project specialists are invited a day.")
    limit: int


class SentJustNow(TooMany):
    says = _("This invitation was sent less than {minutes} minutes ago.")
    minutes: int


class SpecialistLinkExpired(Refused):
    says = _("The invitation has expired. Ask {partner} to send it again.")
    partner: str


class NotAPersonalAccount(Refused):
    says = _(
        "A project specialist is a person: an account authenticated as an enterprise, or a partner's, is not."
    )


class NotAuthenticatedPerson(Refused):
    says = _("Complete the real-name authentication of your account as an individual first.")


class TiedToAnother(Refused):
    says = _("This account is tied to a partner already. That partner has to unbind it first.")


class TooManyPartners(Refused):
    says = _("Within one year an account is tied to at most {limit} partners.")
    limit: int
