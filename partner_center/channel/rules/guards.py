"""Why an account cannot become a partner's customer: every guard with its sentence and its way out (features E1, D5).

The tables are read by whoever accepts (the sentence, the way out) and by whoever invited (the same words in the
record). They decide over plain values; `queries.leads.standing_of` gathers these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.channel.models.leads import MarkKind


class Cause(models.TextChoices):
    """What stands between an account and an association."""

    OTHER_SITE = "other_site", _("The account is registered on the other site.")
    VENDOR_ACCOUNT = "vendor_account", _("The account is one of the vendor's own.")
    PARTNER = "partner", _("The account is a partner's, or has applied to become one.")
    SAME_PARTNER = "same_partner", _("The account is associated with this partner already.")
    OTHER_PARTNER = "other_partner", _("The account is associated with a partner already.")
    CONTRACT = "contract", _("A contract with the vendor is in force.")
    ARREARS = "arrears", _("There are arrears or unsettled bills.")
    TRUSTEESHIP_MEMBER = (
        "trusteeship_member",
        _("The account is an enterprise member under unified accounting."),
    )
    CONSUMER_CLOUD = "consumer_cloud", _("The account is a consumer-cloud user.")
    REWARD_PLAN = "reward_plan", _("The account takes part in the reward-promotion plan.")
    VENDOR_REPORTED = "vendor_reported", _("The vendor itself has reported the customer.")
    REPORTED_ELSEWHERE = "reported_elsewhere", _("Another partner has reported the customer.")
    SPENT = "spent", _("The customer has spent money already.")
    NOT_REPORTED = (
        "not_reported",
        _(
            "The account was created more than 7 days ago or has spent money, and the partner has not reported it."
        ),
    )
    MEMBER = "member", _("An enterprise member cannot be a resale customer.")
    MASTER = "master", _("An enterprise master with independent members cannot be a resale customer.")
    CREDIT = "credit", _("A customer with a credit account cannot be a resale customer.")
    GIFT = "gift", _("Part of the balance comes from a top-up gift.")
    COMMITMENT = "commitment", _("A professional-service contract or a reserved instance is in force.")
    CONSUMED = "consumed", _("The account has consumed services already.")
    PREPAID_PARTNER = "prepaid_partner", _("A prepaid partner cannot have resale customers.")
    PARTNER_STOPPED = "partner_stopped", _("The partner cannot bring in customers at present.")
    LINK_DEAD = "link_dead", _("The link does not exist, has expired, or has been used.")
    BUSY = "busy", _("The system is busy.")

    @property
    def way_out(self) -> Any:
        """What to do about it."""
        return WAYS_OUT[self]


WAYS_OUT: dict[Cause, Any] = {
    Cause.OTHER_SITE: _("Register or use an account of this site."),
    Cause.VENDOR_ACCOUNT: _("Use another account."),
    Cause.PARTNER: _("Use an account that belongs to no partner."),
    Cause.SAME_PARTNER: _("Nothing needs to be done."),
    Cause.OTHER_PARTNER: _("End that association first, under My partner."),
    Cause.CONTRACT: _("Ask the vendor's ecosystem manager."),
    Cause.ARREARS: _("Settle what is owed, then open the link again."),
    Cause.TRUSTEESHIP_MEMBER: _("Let the enterprise master account be associated."),
    Cause.CONSUMER_CLOUD: _("Use another account."),
    Cause.REWARD_PLAN: _("Use another account."),
    Cause.VENDOR_REPORTED: _("Use another account, or ask the vendor's ecosystem manager."),
    Cause.REPORTED_ELSEWHERE: _("Wait until that report has ended, after 15 days at the latest."),
    Cause.SPENT: _("Ask the vendor's ecosystem manager."),
    Cause.NOT_REPORTED: _("Let the partner report the customer first, or register a new account."),
    Cause.MEMBER: _("Leave the enterprise first, or use another account."),
    Cause.MASTER: _("Release the independent members first, or choose the referral model."),
    Cause.CREDIT: _("Choose the referral model, or have the credit account closed."),
    Cause.GIFT: _("Submit a ticket to have the gift settled first."),
    Cause.COMMITMENT: _("Wait until it has ended, or choose the referral model."),
    Cause.CONSUMED: _("Choose the referral model, or register a new account."),
    Cause.PREPAID_PARTNER: _("Choose the referral model, or ask the partner."),
    Cause.PARTNER_STOPPED: _("Ask the partner."),
    Cause.LINK_DEAD: _("Ask the partner to send the invitation again."),
    Cause.BUSY: _("Try again later; if it stays like this, contact support."),
}
assert set(WAYS_OUT) == set(Cause), "each cause has its way out"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an account that wants to become the customer of one partner.

    marks: the vendor's standing marks. spent: has paid cash. consumed: has been charged anything, or has paid an
    order. reported_here, reported_elsewhere: by this partner, by another, at this moment.
    """

    account_kind: str
    site: str
    partner_site: str
    registered_at: datetime
    partner_id: str = ""
    wanted_partner_id: str = ""
    partner_stopped: bool = False
    partner_is_prepaid: bool = False
    is_partner: bool = False
    in_contract: bool = False
    in_arrears: bool = False
    has_credit: bool = False
    spent: bool = False
    consumed: bool = False
    reported_here: bool = False
    reported_elsewhere: bool = False
    marks: frozenset[str] = frozenset()


Guard = Callable[[Standing], bool]


def _marked(kind: MarkKind) -> Guard:
    return lambda one: kind in one.marks


ALWAYS: tuple[tuple[Cause, Guard], ...] = (
    (Cause.PARTNER_STOPPED, lambda one: one.partner_stopped),
    (Cause.VENDOR_ACCOUNT, lambda one: one.account_kind == "vendor"),
    (Cause.PARTNER, lambda one: one.account_kind != "customer" or one.is_partner),
    (Cause.OTHER_SITE, lambda one: one.site != one.partner_site),
    (Cause.SAME_PARTNER, lambda one: bool(one.partner_id) and one.partner_id == one.wanted_partner_id),
    (Cause.OTHER_PARTNER, lambda one: bool(one.partner_id)),
    (Cause.CONTRACT, lambda one: one.in_contract or MarkKind.SIGNED_CONTRACT in one.marks),
    (Cause.ARREARS, lambda one: one.in_arrears),
    (Cause.TRUSTEESHIP_MEMBER, _marked(MarkKind.TRUSTEESHIP_MEMBER)),
    (Cause.CONSUMER_CLOUD, _marked(MarkKind.CONSUMER_CLOUD)),
    (Cause.REWARD_PLAN, _marked(MarkKind.REWARD_PLAN)),
    (Cause.REPORTED_ELSEWHERE, lambda one: one.reported_elsewhere),
    (Cause.VENDOR_REPORTED, lambda one: MarkKind.VENDOR_REPORTED in one.marks and not one.reported_here),
)
"""Guards of any association, in the order in which they are named (features E1, "any type")."""

RESALE_ONLY: tuple[tuple[Cause, Guard], ...] = (
    (Cause.PREPAID_PARTNER, lambda one: one.partner_is_prepaid),
    (Cause.MEMBER, _marked(MarkKind.INDEPENDENT_MEMBER)),
    (Cause.MASTER, _marked(MarkKind.MASTER_OF_INDEPENDENT)),
    (Cause.CREDIT, lambda one: one.has_credit),
    (Cause.GIFT, _marked(MarkKind.GIFT_BALANCE)),
    (Cause.COMMITMENT, _marked(MarkKind.COMMITMENT)),
    (Cause.CONSUMED, lambda one: one.consumed),
)
"""Further guards of the resale model (features E1, "resale")."""


def why_not_associate(one: Standing, *, resale: bool, now: datetime, young: Any) -> Cause | None:
    """The first thing that stands in the way, or None. young: how old an unreported account may be."""
    for cause, stands in ALWAYS:
        if stands(one):
            return cause
    if (now - one.registered_at > young or one.spent) and not one.reported_here:
        return Cause.NOT_REPORTED
    for cause, stands in RESALE_ONLY if resale else ():
        if stands(one):
            return cause
    return None
