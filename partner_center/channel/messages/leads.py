"""What prospects, their partners and the vendor are told about reports, invitations and associations."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "channel.invitation",
    subject=_("{partner} invites you to become its customer"),
    body=_(
        "{partner} invites {company} to become its customer. Association type: {type}.\n\n"
        "Open this link to read what that means, and to register or sign in:\n{link}\n\n"
        "The link is valid until {until} and can be used once. If you do not know {partner}, ignore this message."
    ),
)
message(
    "channel.report_reviewed",
    subject=_("The report of {company}: {state}"),
    body=_("The vendor has reviewed your report of {company}. It is now: {state}. Opinion: {opinion}"),
)
message(
    "channel.report_expired",
    subject=_("The report of {company} has expired"),
    body=_(
        "Your report of {company} has expired after 15 days without an association. Other partners may report the "
        "customer now; so may you."
    ),
)
message(
    "channel.customer_gained",
    subject=_("{customer} is now your customer"),
    body=_("{customer} has accepted your invitation. Association type: {type}."),
)
message(
    "channel.association_failed",
    subject=_("The association of {company} has failed"),
    body=_("{company} could not be associated with you. {cause} {way_out}"),
)
