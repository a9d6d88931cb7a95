"""What distributors and resellers are told about working together."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "channel.reseller_invited",
    subject=_("{distributor} invites you to work together"),
    body=_(
        "{distributor} invites {reseller} to work with it as its reseller. Sign in as {reseller} and decide at "
        "{link} until {until}."
    ),
)
message(
    "channel.reseller_accepted",
    subject=_("{reseller} has accepted your invitation"),
    body=_("{reseller} now works with {distributor}."),
)
message(
    "channel.cooperation_refused",
    subject=_("{distributor} has refused your cooperation application"),
    body=_(
        "{distributor} does not take {reseller} as its reseller. Reason: {opinion}. You may choose another "
        "distributor."
    ),
)
message(
    "channel.reseller_unbound",
    subject=_("{reseller} no longer works with {distributor}"),
    body=_(
        "The association of {reseller} with {distributor} has ended. Returned to the distributor: {returned}. "
        "Reason: {reason}"
    ),
)
