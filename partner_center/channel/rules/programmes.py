"""What stands between an account and a programme: every refusal with its sentence and its way out (features A1–A5).

Read by the applicant before it applies ("View reason"), by the action that refuses, and by the vendor's reviewer.
Decided over plain values; `queries.programmes.applicant_of` gathers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.channel.models.leads import MarkKind
from partner_center.partners.models import PartnerState


class Obstacle(models.TextChoices):
    """One reason why an account cannot join."""

    CLOSED = "closed", _("The programme takes no applications at present.")
    INVITATION = "invitation", _("The programme is by invitation only.")
    MEMBER = "member", _("You take part in this programme already.")
    APPLIED = "applied", _("An application is open already.")
    PARTNER = "partner", _("The account is a partner's already.")
    NO_PARTNER = "no_partner", _("Only a partner in good standing may join this programme.")
    RESELLER = "reseller", _("A reseller's account cannot join any other programme.")
    ENTERPRISE = "enterprise", _("The account has not passed enterprise real-name authentication.")
    PERSONAL = "personal", _("The account is in, or has passed, personal real-name authentication.")
    ASSOCIATED = "associated", _("The account is associated with a partner as its customer.")
    RESOURCES = "resources", _("The account has provisioned resources.")
    CONSUMPTION = "consumption", _("The account has consumption records.")
    ARREARS = "arrears", _("The account is in arrears.")
    FAMILY = "family", _("The account is an enterprise master or member.")
    REPORTED = "reported", _("The vendor's sales have registered the company already.")
    FROZEN = "frozen", _("The account is frozen.")
    CREDIT = "credit", _("The account has a credit account (postpaid).")
    CONTRACT = "contract", _("A contract with the vendor is in force.")
    CSP = "csp", _("The company has joined, or is joining, the cloud solution provider programme.")
    CSP_IN_AREA = (
        "csp_in_area",
        _("The company has a solution-provider account in this business region already."),
    )

    @property
    def way_out(self) -> Any:
        """What the applicant can do about it."""
        return WAYS_OUT[self]


_ANOTHER = _("Register another account for this.")
_MANAGER = _("Ask the vendor's ecosystem manager.")

WAYS_OUT: dict[Obstacle, Any] = {
    Obstacle.CLOSED: _MANAGER,
    Obstacle.INVITATION: _MANAGER,
    Obstacle.MEMBER: _("Nothing needs to be done."),
    Obstacle.APPLIED: _("Wait for the decision, or withdraw the application first."),
    Obstacle.PARTNER: _ANOTHER,
    Obstacle.NO_PARTNER: _("Become a partner first."),
    Obstacle.RESELLER: _ANOTHER,
    Obstacle.ENTERPRISE: _("Pass enterprise real-name authentication first."),
    Obstacle.PERSONAL: _ANOTHER,
    Obstacle.ASSOCIATED: _("End the association first, under My partner, or register another account."),
    Obstacle.RESOURCES: _("Unsubscribe the resources first, or register another account."),
    Obstacle.CONSUMPTION: _ANOTHER,
    Obstacle.ARREARS: _("Settle what is owed first."),
    Obstacle.FAMILY: _("Leave the enterprise first, or register another account."),
    Obstacle.REPORTED: _MANAGER,
    Obstacle.FROZEN: _MANAGER,
    Obstacle.CREDIT: _("Have the credit account closed first, or register another account."),
    Obstacle.CONTRACT: _("Wait until the contract has ended, or register another account."),
    Obstacle.CSP: _ANOTHER,
    Obstacle.CSP_IN_AREA: _("Use the company's account, or choose another business region."),
}

FAMILY_MARKS = frozenset(
    {
        MarkKind.TRUSTEESHIP_MEMBER.value,
        MarkKind.INDEPENDENT_MEMBER.value,
        MarkKind.MASTER_OF_INDEPENDENT.value,
    }
)

COMMON = (Obstacle.PERSONAL, Obstacle.ENTERPRISE, Obstacle.ASSOCIATED)
ASKED_OF: dict[str, tuple[Obstacle, ...]] = {
    "solution_provider": (
        *COMMON,
        Obstacle.RESOURCES,
        Obstacle.CONSUMPTION,
        Obstacle.ARREARS,
        Obstacle.FAMILY,
        Obstacle.REPORTED,
    ),
    "distributor": (
        *COMMON,
        Obstacle.CSP,
        Obstacle.RESOURCES,
        Obstacle.FROZEN,
        Obstacle.CONSUMPTION,
        Obstacle.ARREARS,
        Obstacle.FAMILY,
        Obstacle.CREDIT,
        Obstacle.REPORTED,
    ),
    "reseller": (*COMMON, Obstacle.CREDIT, Obstacle.CONTRACT),
}
"""By the kind of partner that a programme makes, what is asked (features A3, A4, A5), in this order."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """What is known of the account that wants to join."""

    account_kind: str
    partner_state: PartnerState | None = None
    enterprise: bool = False
    personal: bool = False
    associated: bool = False
    resources: bool = False
    consumption: bool = False
    arrears: bool = False
    frozen: bool = False
    credit: bool = False
    contract: bool = False
    applies_as: str = ""
    marks: frozenset[str] = field(default_factory=frozenset)

    def meets(self, obstacle: Obstacle) -> bool:
        """Whether this obstacle stands in the account's way."""
        match obstacle:
            case Obstacle.PARTNER:
                return self.account_kind != "customer"
            case Obstacle.ENTERPRISE:
                return not self.enterprise and not self.personal
            case Obstacle.FAMILY:
                return bool(self.marks & FAMILY_MARKS)
            case Obstacle.REPORTED:
                return MarkKind.VENDOR_REPORTED.value in self.marks
            case Obstacle.CSP:
                return self.applies_as == "solution_provider" or self.account_kind == "solution_provider"
        return bool(getattr(self, obstacle.value))


def obstacles_to(applicant: Applicant, makes: str) -> Iterator[Obstacle]:
    """Everything that keeps the account from a programme that makes it a partner of the kind `makes`, or, without
    one, from a programme for those who are partners."""
    if makes and applicant.meets(Obstacle.PARTNER):
        yield Obstacle.PARTNER
    elif makes:
        yield from (one for one in ASKED_OF[makes] if applicant.meets(one))
    elif applicant.account_kind == "reseller":
        yield Obstacle.RESELLER
    elif applicant.partner_state is not PartnerState.JOINED:
        yield Obstacle.NO_PARTNER
