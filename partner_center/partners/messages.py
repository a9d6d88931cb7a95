"""What partners are told."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "partners.admitted",
    subject=_("Welcome to the partner center"),
    body=_("{partner} has joined as: {kind}."),
)
message(
    "partners.state_changed",
    subject=_("The standing of {partner} has changed"),
    body=_("{partner} is now: {state}. Reason: {reason}"),
)
message(
    "partners.right_granted",
    subject=_("{distributor} has granted a right"),
    body=_("{distributor} lets {partner}: {right}."),
)
message(
    "partners.right_withdrawn",
    subject=_("{distributor} has withdrawn a right"),
    body=_("{distributor} no longer lets {partner}: {right}."),
)
