"""The two letters of acting on a customer's behalf: the partner's commitment and the customer's authorisation.

Each has a version. A new text gets a new version: partners commit themselves again at their next request, customers
find in each authorisation which version they agreed to. Texts of earlier versions stay here.
Rules: spec/domain/features.md E5; the five groups are the source document's fragment 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.customers.models import PermissionGroup


@dataclass(frozen=True, slots=True)
class Letter:
    """One version of a letter: its title and its paragraphs; `groups` are listed between first and second."""

    version: str
    title: Any
    paragraphs: Sequence[Any]
    groups: Sequence[str] = ()

    @property
    def listed(self) -> list[Any]:
        """The groups in words."""
        return [PermissionGroup(group).label for group in self.groups]


COMMITMENTS = (
    Letter(
        "1.0",
        _("Commitment letter for operation on customers' behalf"),
        (
            _("We operate resources and place orders for a customer only within what it has authorised."),
            _(
                "We change and delete no resources and no data without the customer's consent, and bring in no "
                "malicious software."
            ),
            _("We keep what we learn about the customer confidential and use it for nothing else."),
            _("Disputes between us and the customer about our operations are ours to settle."),
        ),
    ),
)
"""Newest last."""

AUTHORISATION_LETTERS = (
    Letter(
        "1.0",
        _("Customer authorisation letter"),
        (
            _("I authorise my partner to do the following in my name:"),
            _(
                "I know and agree that this list may not be exhaustive: it may not cover every operation that is "
                "needed to provide the services to me."
            ),
            _(
                "What the partner does within this authorisation counts as done by me. Disputes between me and the "
                "partner are ours to settle."
            ),
            _("I can revoke the authorisation at any time; it ends by itself with the association."),
            _("I am advised to switch on the audit service, which records operations on my resources."),
        ),
        tuple(PermissionGroup.values),
    ),
)
"""Newest last."""


def commitment() -> Letter:
    """The commitment letter in force."""
    return COMMITMENTS[-1]


def authorisation_letter() -> Letter:
    """The authorisation letter in force."""
    return AUTHORISATION_LETTERS[-1]
