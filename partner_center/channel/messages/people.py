"""What project specialists and their partners are told."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "channel.specialist_invited",
    subject=_("{partner} invites you as a project specialist"),
    body=_(
        "{partner} invites you to be tied to it as its employee. Sign in and decide at {link} until {until}."
    ),
    sms=_("{partner} invites you as a project specialist: {link}"),
)
message(
    "channel.specialist_bound",
    subject=_("{person} has accepted your invitation"),
    body=_("{person} is now tied to {partner} and may apply as a project specialist."),
)
message(
    "channel.specialist_decided",
    subject=_("Project specialist: {state}"),
    body=_("{person} of {partner} is now: {state}. Review opinion: {opinion}"),
)
