"""Partners that can be reached, what they report, and letters as their recipients read them."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from partner_center.channel.actions.leads import report_customer
from partner_center.channel.models import CustomerReport
from partner_center.foundation.models import OutboxMessage
from partner_center.partners.makers import as_partner, make_solution_provider
from partner_center.partners.models import Partner

PASSWORD = "Pine-tree-2026"


def partner_with_addresses(**more: Any) -> Partner:
    return make_solution_provider(
        **{"mobile": "13900000001", "email": "sales@example.com", "company": "Harbour Ltd", **more}
    )


def report(partner: Partner, number: int = 1, **facts: Any) -> CustomerReport:
    given = {"company_name": f"Pine {number} Ltd", "mobile": f"1380000{number:04d}"}
    return report_customer(as_partner(partner), **{**given, "email": f"it@pine{number}.example", **facts})


def latest(template: str) -> OutboxMessage:
    """The message of this kind that was written last."""
    found = OutboxMessage.objects.filter(template=template).order_by("-id").first()
    assert found is not None, f"no {template}"
    return found


def mailed_path(template: str = "channel.invitation") -> str:
    """Where the link in the latest invitation leads to."""
    found = re.search(r"http://[^/]+(/console/join/[\w-]+/)", latest(template).body)
    assert found is not None
    return found[1]


def mailed_token() -> str:
    return mailed_path().rstrip("/").rpartition("/")[2]


def latest_code() -> str:
    found = re.search(r"\d{6}", latest("identity.code").body)
    assert found is not None
    return found[0]


def ticked(client: Client, address: str, **more: str) -> dict[str, str]:
    """What the form at `address` asks for, with all its boxes ticked."""
    html = client.get(address).content.decode()
    names = re.findall(r'<input type="checkbox" name="([^"]+)"', html)
    return {**dict.fromkeys(names, "on"), **more}
