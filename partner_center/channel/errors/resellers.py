"""What the processes between distributors and resellers refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Forbidden, NotFound, Refused, TooMany


class OnlyADistributorInGoodStanding(Forbidden):
    """Restricted, frozen and gone distributors build no network (features A8)."""

    code = "CBC.0151"
    says = _("Only a distributor that is neither restricted nor frozen may do this.")


class NobodyToInvite(Refused):
    """No such reseller, without an address, of another site or business region, or working with a distributor:
    one answer for all, so that nobody learns who exists."""

    says = _(
        "There is nobody to invite under this name or address. It must be a reseller of your business region "
        "that works with no distributor and has an e-mail address."
    )


class AlreadyInvited(Refused):
    says = _("{reseller} has been invited already. Send that invitation again.")
    reseller: str


class SentMomentsAgo(TooMany):
    says = _("This invitation was sent less than {minutes} minutes ago.")
    minutes: int


class TooManyInvitations(TooMany):
    says = _("At most {limit} invitations are sent in 24 hours.")
    limit: int


class InvitationUnknown(NotFound):
    """No such link, or one for somebody else: the same answer."""

    says = _("There is no such invitation for this account.")


class InvitationExpired(Refused):
    says = _("The invitation has expired. Ask {distributor} to send it again.")
    distributor: str


class OtherRegion(Refused):
    says = _(
        "A reseller and its distributor work in the same business region; {distributor} works in {area}."
    )
    distributor: str
    area: str


class NotTheNamedDistributor(Forbidden):
    code = "CBC.0151"
    says = _("Only the distributor that the applicant has named may decide on the cooperation.")
