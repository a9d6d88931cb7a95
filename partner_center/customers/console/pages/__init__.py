"""Customers for their partners and the operator; the partner for its customer. Each module declares its pages."""

from partner_center.customers.console.pages import (
    authorisations,
    budgets,
    detail,
    listed,
    managers,
    my_partner,
    real_name,
    tags,
    ties,
)

__all__ = [
    "authorisations",
    "budgets",
    "detail",
    "listed",
    "managers",
    "my_partner",
    "real_name",
    "tags",
    "ties",
]
