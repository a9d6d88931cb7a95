"""The lifecycles of this room: real-name authentication, freezing, authorisation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.lifecycle import Lifecycle, State, step


class VerifiedStatus(Lifecycle):
    """Real-name authentication (verified_status on the wire; 3 exists on the international site only)."""

    UNVERIFIED = State("unverified", _("Not authenticated"), tone="muted", wire="-1")
    IN_REVIEW = State("in_review", _("In review"), tone="busy", wire="0")
    REJECTED = State("rejected", _("Rejected"), tone="bad", wire="1")
    VERIFIED = State("verified", _("Authenticated"), tone="good", wire="2")
    FAILED = State("failed", _("Failed"), tone="bad", wire="3")

    submit = step(UNVERIFIED, REJECTED, FAILED, to=IN_REVIEW, label=_("Submit real-name authentication"))
    approve = step(IN_REVIEW, to=VERIFIED, label=_("Approve"))
    reject = step(IN_REVIEW, to=REJECTED, label=_("Reject"))
    fail = step(IN_REVIEW, to=FAILED, label=_("Mark as failed"))
    withdraw = step(VERIFIED, to=UNVERIFIED, label=_("Withdraw authentication"))


class FreezeState(Lifecycle):
    """Whether a customer may buy, renew and change, and whether its resources run (is_frozen on the wire)."""

    ACTIVE = State("active", _("Not frozen"), tone="good", wire=0)
    ACCOUNT = State("account", _("Account frozen"), tone="bad", wire=1)
    RESOURCES = State("resources", _("Account and resources frozen"), tone="bad", wire=2)
    ONLY_RESOURCES = State("only_resources", _("Resources still frozen"), tone="warning")

    freeze = step(ACTIVE, to=ACCOUNT, label=_("Freeze account"))
    freeze_with_resources = step(
        ACTIVE, ACCOUNT, ONLY_RESOURCES, to=RESOURCES, label=_("Freeze account and resources")
    )
    unfreeze_account = step(RESOURCES, to=ONLY_RESOURCES, label=_("Unfreeze account only"))
    unfreeze = step(ACCOUNT, RESOURCES, ONLY_RESOURCES, to=ACTIVE, label=_("Unfreeze"))


class AuthorisationState(Lifecycle):
    """A resale customer's consent that its partner acts for it (lifecycles 24)."""

    REQUESTED = State("requested", _("Requested"), tone="warning")
    ACTIVE = State("active", _("In force"), tone="good")
    DECLINED = State("declined", _("Declined"), tone="muted", final=True)
    REVOKED = State("revoked", _("Revoked"), tone="muted", final=True)
    ENDED = State("ended", _("Ended with the association"), tone="muted", final=True)

    agree = step(REQUESTED, to=ACTIVE, label=_("Agree"))
    decline = step(REQUESTED, to=DECLINED, label=_("Decline"))
    revoke = step(ACTIVE, to=REVOKED, label=_("Revoke"))
    end = step(REQUESTED, ACTIVE, to=ENDED, label=_("End with the association"))
