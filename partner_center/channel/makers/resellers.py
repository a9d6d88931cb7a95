"""Resellers without a distributor, and links as their mails name them, for tests and the sample world."""

from __future__ import annotations

import re
from typing import Any

from partner_center.channel.actions.resellers import unbind_reseller
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage
from partner_center.partners.makers import make_reseller
from partner_center.partners.models import Partner

_SYSTEM = Actor.system("makers")
_LINK = re.compile(r"/console/[\w/-]*?([\w-]{32,})/")


def make_free_reseller(former: Partner, name: str = "", **more: Any) -> Partner:
    """A reseller that worked with `former` and no longer works with anybody."""
    reseller = make_reseller(former, name, **more)
    unbind_reseller(_SYSTEM, reseller=reseller, reason="The contract has ended.")
    return reseller


def latest_link_token(template: str, about: str) -> str:
    """The token of the link in the latest message of this kind to an account, as its recipient reads it."""
    row = OutboxMessage.objects.filter(template=template, about_id=about).order_by("-id").first()
    assert row is not None, f"no message {template}"
    found = _LINK.search(row.body)
    assert found is not None, row.body
    return found[1]
