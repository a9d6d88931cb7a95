"""What customers and partners are told about each other."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "customers.created",
    subject=_("Your account {name} is ready"),
    body=_("{partner} has created the account {name} for you."),
)
message(
    "customers.associated",
    subject=_("You are now associated with {partner}"),
    body=_("{customer} is now associated with {partner}. Association type: {type}."),
)
message(
    "customers.authorisation_requested",
    subject=_("{partner} asks for your authorisation"),
    body=_("{partner} asks {customer} for authorisation to act on its behalf. Decide under My partner."),
)
message(
    "customers.authorisation_agreed",
    subject=_("{customer} has authorised you"),
    body=_("{customer} has authorised {partner} to act on its behalf."),
)
message(
    "customers.authorisation_declined",
    subject=_("{customer} has declined your request"),
    body=_("{customer} has declined to authorise {partner}. Reason: {reason}"),
)
message(
    "customers.authorisation_revoked",
    subject=_("{customer} has revoked its authorisation"),
    body=_("{customer} has revoked the authorisation of {partner}. Reason: {reason}"),
)
message(
    "customers.freeze_changed",
    subject=_("Your account: {state}"),
    body=_("The account of {customer} is now: {state}. Reason: {reason}"),
)
message(
    "customers.real_name_decided",
    subject=_("Real-name authentication: {state}"),
    body=_("The real-name authentication of {customer} is now: {state}. Opinion: {opinion}"),
)
