"""The menu and the home page, by the names of pages. What the reader may not open is not shown.

A name whose page is not installed is passed over, so that rooms may come and go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.console.page import Page
from partner_center.console.registry import PAGES
from partner_center.foundation.actor import Actor


@dataclass(frozen=True, slots=True)
class Group:
    """One heading of the menu with the names of its pages."""

    label: Any
    icon: str
    pages: tuple[str, ...]


MENU: tuple[Group, ...] = (
    Group(_("Overview"), "home", ("home",)),
    Group(_("Messages"), "bell", ("messages", "announcements")),
    Group(
        _("Partners"),
        "hierarchy",
        (
            "partner-information",
            "my-partner",
            "my-real-name",
            "signed-terms",
            "terms-texts",
            "partners",
            "resellers",
            "cooperation-applications",
            "reseller-invitations",
            "customer-contacts",
            "project-specialists",
            "platforms",
            "access-configuration",
        ),
    ),
    Group(
        _("Programmes"),
        "stack-2",
        (
            "programmes",
            "programme-applications",
            "programme-invitations",
            "memberships",
            "tier-upgrades",
            "tier-requirements",
            "partner-agreements",
            "company-information",
            "companies",
            "company-changes",
            "commercial-information",
            "certifications",
            "small-remittances",
        ),
    ),
    Group(
        _("Winning customers"),
        "heart-handshake",
        ("reports", "invitations", "invite-links", "activities", "account-marks"),
    ),
    Group(
        _("Customers"),
        "users",
        (
            "customers",
            "customer-alerts",
            "customer-tags",
            "resellers-customers",
            "account-managers",
            "authorisations",
            "real-name-reviews",
            "identity-mappings",
            "budgets",
            "budget-records",
            "associations",
            "association-requests",
            "authorisation-uses",
            "migrations",
        ),
    ),
    Group(_("Buying"), "shopping-cart", ("calculator", "purchase", "package-products", "my-discounts")),
    Group(_("Orders"), "receipt", ("orders", "refunds", "fulfilments", "order-numbers")),
    Group(
        _("Resources"),
        "server",
        ("resources", "on-demand-resources", "packages", "renewals", "auto-renewals"),
    ),
    Group(
        _("Bills and costs"),
        "file-invoice",
        (
            "consumption",
            "bill",
            "fee-records",
            "resource-records",
            "bill-lines",
            "cost-analysis",
            "amortised-costs",
            "usage-batches",
            "quarantine",
            "partner-bills",
            "repayments",
            "invoices",
            "bill-runs",
            "parked-customers",
            "fee-adjustments",
            "price-simulations",
        ),
    ),
    Group(
        _("Funds"),
        "wallet",
        (
            "balances",
            "customer-balances",
            "reseller-balances",
            "balance-alert",
            "account-changes",
            "adjustments",
            "recharges",
            "credit",
            "ledger-entries",
            "ledger-accounts",
        ),
    ),
    Group(
        _("Catalogue"),
        "category",
        (
            "services",
            "resource-types",
            "products",
            "price-book",
            "price-changes",
            "discounts",
            "contracts",
            "policies",
            "measures",
            "places",
        ),
    ),
    Group(_("Organisation"), "id-badge", ("accounts", "users", "access-keys", "roles", "profile")),
    Group(
        _("System"),
        "activity",
        ("trail", "calendar-days", "job-schedule", "job-runs", "outbox", "exports", "batches"),
    ),
)

HOME: tuple[str, ...] = (
    "account-card",
    "announcements-card",
    "consumption-card",
    "spending-card",
    "turnover-card",
    "orders",
    "resources",
    "customers",
)
"""Cards and lists of the home page, in this order; a list shows its first rows."""

HOME_ROWS: dict[str, dict[str, str]] = {}
"""Further query parameters of the home page's lists."""


@dataclass(frozen=True, slots=True)
class Entry:
    title: Any
    address: str
    active: bool


@dataclass(frozen=True, slots=True)
class OpenGroup:
    label: Any
    icon: str
    entries: list[Entry]
    active: bool


def menu_for(actor: Actor, page: Page | None) -> list[OpenGroup]:
    """The groups and entries this actor may open; where the present page hangs is marked."""
    here = _lineage(page)
    found = []
    for group in MENU:
        entries = [
            Entry(one.title, one.url(), one.name in here)
            for one in (PAGES.get(name) for name in group.pages)
            if one is not None and not one.parameters() and one.open_to(actor)
        ]
        if entries:
            found.append(OpenGroup(group.label, group.icon, entries, any(entry.active for entry in entries)))
    return found


def _lineage(page: Page | None) -> set[str]:
    names: set[str] = set()
    above: type[Page] | None = type(page) if page is not None else None
    while above is not None and above.name not in names:
        names.add(above.name)
        above = PAGES.get(above.parent or "")
    return names
