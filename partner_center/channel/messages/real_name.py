"""What partners are told about the authentication of their customers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "channel.real_name_decided",
    subject=_("Real-name authentication of {customer}: {state}"),
    body=_("The application you made for {customer} is now: {state}. Opinion: {opinion}"),
)
