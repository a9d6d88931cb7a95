"""What both sides of an association are told about its end, its switch and its migration."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "channel.tie_requested",
    subject=_("{asker} asks for your answer: {event}"),
    body=_(
        "{asker} asks for this about the association of {customer} with {partner}: {event}. Reason: {reason}. "
        "Answer in the console until {until}."
    ),
)
message(
    "channel.tie_agreed",
    subject=_("Agreed: {event}"),
    body=_("The request about the association of {customer} with {partner} was agreed to: {event}."),
)
message(
    "channel.tie_rejected",
    subject=_("Rejected: {event}"),
    body=_(
        "The request about the association of {customer} with {partner} was rejected: {event}. Reason: {reason}"
    ),
)
message(
    "channel.tie_withdrawn",
    subject=_("Withdrawn: {event}"),
    body=_("The request about the association of {customer} with {partner} was withdrawn: {event}."),
)
message(
    "channel.tie_expired",
    subject=_("Expired: {event}"),
    body=_(
        "The request about the association of {customer} with {partner} was not answered in time and has "
        "expired: {event}."
    ),
)
message(
    "channel.tie_ended",
    subject=_("The association of {customer} with {partner} has ended"),
    body=_("The vendor has ended the association of {customer} with {partner}. Reason: {reason}"),
)
message(
    "channel.migrated",
    subject=_("{customer} is now associated with {target}"),
    body=_(
        "The vendor has brought {customer} from {source} to {target}. The association type stays. Authorisations "
        "given to {source} have ended."
    ),
)
message(
    "channel.migration_finished",
    subject=_("Customers were brought from {source} to {target}"),
    body=_("{moved} customers of {source} are now associated with {target}."),
)
