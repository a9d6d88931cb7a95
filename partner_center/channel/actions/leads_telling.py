"""Telling a partner about its prospects: the account, and in person the account manager whose they are."""

from __future__ import annotations

from typing import Any

from partner_center.identity.models import User
from partner_center.identity.notices import tell, tell_user
from partner_center.partners.models import Partner


def tell_partner(
    partner: Partner, template: str, *, manager: User | None, by_sms: bool = False, **facts: Any
) -> None:
    """Inside an action: write the message to the partner, and to `manager`, who reads only its own messages."""
    tell(partner.account, template, by_sms=by_sms, **facts)
    if manager is not None:
        tell_user(manager, template, by_sms=by_sms, **facts)
