"""Decisions about reports, invitations and links over plain values: no query, no clock (features D2 to D4)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from partner_center.channel.models.leads import MarkKind, ReviewCase
from partner_center.channel.rules.guards import Cause

MOST_OPEN_REPORTS = 100
"""Reported and pending customers of one partner together (features D2)."""
EXCLUSIVE = timedelta(days=15)
"""How long a report keeps other partners away."""
LINK_LIFE = timedelta(days=7)
"""How long the link of an invitation mail is good."""
MOST_CUSTOM_LINKS, LINK_WINDOW = 100, timedelta(hours=24)
"""Custom links of one partner in any 24 hours (features D4)."""
YOUNG = timedelta(days=7)
"""An account older than this is associated only where its partner has reported it (features E1)."""
MAIL_WINDOW = timedelta(hours=24)
MAILS_TO_ONE, MAILS_OF_A_PARTNER = 5, 300
"""Invitation mails in any 24 hours: to one address from whomever, and of one partner to anybody."""

REFUSING_MARKS = {
    MarkKind.CONSUMER_CLOUD: Cause.CONSUMER_CLOUD,
    MarkKind.SIGNED_CONTRACT: Cause.CONTRACT,
    MarkKind.TRUSTEESHIP_MEMBER: Cause.TRUSTEESHIP_MEMBER,
    MarkKind.REWARD_PLAN: Cause.REWARD_PLAN,
}
REVIEWING_MARKS = {
    MarkKind.VENDOR_REPORTED: ReviewCase.VENDOR_REPORTED,
    MarkKind.ONLINE_SALES: ReviewCase.ONLINE_SALES,
    MarkKind.SUPPORT_CENTRE: ReviewCase.SUPPORT_CENTRE,
}


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is known of a company that is to be reported.

    site: of the partner. sites: of the accounts that the company has. registered_at: of its oldest account on the
    partner's site. spent: whether it has spent cash. marks: what the vendor knows. country: of its account.
    """

    site: str
    sites: frozenset[str] = frozenset()
    registered_at: datetime | None = None
    associated: bool = False
    reported_by_another: bool = False
    spent: bool = False
    in_contract: bool = False
    country: str = ""
    marks: frozenset[str] = frozenset()


def why_not_report(prospect: Prospect) -> Cause | None:
    """Why a report is refused at once, or None (the list of features D2, in its order)."""
    if prospect.sites - {prospect.site}:
        return Cause.OTHER_SITE
    if prospect.associated:
        return Cause.OTHER_PARTNER
    if prospect.reported_by_another:
        return Cause.REPORTED_ELSEWHERE
    if prospect.in_contract:
        return Cause.CONTRACT
    for mark, cause in REFUSING_MARKS.items():
        if mark in prospect.marks:
            return cause
    if prospect.spent and MarkKind.DIRECT_SALES not in prospect.marks:
        return Cause.SPENT
    return None


def case_of(prospect: Prospect, *, country: str, now: datetime) -> ReviewCase | None:
    """Why a report that is not refused must be reviewed by the vendor's people, or None.

    country: where the partner says the company is; on the international site an account of another country is a case.
    """
    old = prospect.registered_at is not None and now - prospect.registered_at > YOUNG
    if (old or prospect.spent) and MarkKind.DIRECT_SALES in prospect.marks:
        return ReviewCase.DIRECT_SALES
    for mark, case in REVIEWING_MARKS.items():
        if mark in prospect.marks:
            return case
    if prospect.site == "intl" and country and prospect.country and prospect.country != country:
        return ReviewCase.OTHER_COUNTRY
    return None


def name_key(name: str) -> str:
    """A company's name as it is compared: one width, one case, letters and digits only.

    >>> name_key("北辰（上海） 科技有限公司") == name_key("北辰(上海)科技有限公司")
    True
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())[:128]


def types_to_invite(site: str) -> Sequence[str]:
    """The association types of invitations by mail: on the international site only resale (features D3)."""
    return ("resale",) if site == "intl" else ("resale", "referral")
