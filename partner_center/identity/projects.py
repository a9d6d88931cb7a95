"""Projects: every account has one in each region. Their ids follow from the account, so they need no rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from partner_center.identity.models import Account

REGIONS = {
    "cn": (
        "cn-north-1",
        "cn-north-4",
        "cn-north-9",
        "cn-east-2",
        "cn-east-3",
        "cn-south-1",
        "cn-southwest-2",
    ),
    "intl": ("ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "af-south-1", "la-south-2", "eu-west-101"),
}


@dataclass(frozen=True, slots=True)
class Project:
    """A region's part of an account."""

    id: str
    name: str
    account_id: str


def projects_of(account: Account) -> list[Project]:
    """The account's projects, one a region of its site."""
    return [Project(project_id(account.pk, region), region, account.pk) for region in REGIONS[account.site]]


def project_id(account_id: str, region: str) -> str:
    """32 hexadecimal characters, always the same for an account and a region."""
    return hashlib.sha256(f"project/{account_id}/{region}".encode()).hexdigest()[:32]
