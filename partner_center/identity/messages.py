"""The words of what identity sends."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "identity.code",
    subject=_("Your verification code"),
    body=_("Your verification code is {code}. It is valid for {minutes} minutes. Do not tell it to anybody."),
    sms=_("Verification code {code}, valid for {minutes} minutes. Do not tell it to anybody."),
)
