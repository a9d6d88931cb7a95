"""The permission items of the contract and the permissions of the catalogue that stand for them.

A partner's operator may call an operation that lists items when any of them is held; a customer's user needs all
the billing actions an operation lists; account owners hold everything (spec/domain/roles.md section 4).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.permissions import permission

VIEWS = {
    "billing.view": _("View consumption, bills and costs"),
    "catalogue.view": _("View the catalogue"),
    "customers.view": _("View customers"),
    "funds.view": _("View balances and records"),
    "orders.view": _("View orders"),
    "partners.view": _("View partners"),
    "pricing.view": _("View prices and discounts"),
    "subscriptions.view": _("View resources"),
}
"""Reading has no action that would enter its permission in the catalogue, so it is entered here."""

PERMISSIONS_OF_ITEM: dict[str, tuple[str, ...]] = {
    "BPC_ITEM_SUBCUSTSERV_010100": ("customers.view",),
    "BPC_ITEM_SUBCUSTSERV_010105": ("subscriptions.view",),
    "BPC_ITEM_SUBCUSTSERV_010115": ("customers.freeze", "customers.unfreeze"),
    "BPC_ITEM_SUBCUSTSERV_010118": ("customers.create",),
    "BPC_ITEM_SUBCUSTSERV_010119": ("customers.submit_real_name",),
    "BPC_ITEM_SUBCUSTSERV_010500": ("customers.view",),
    "BPC_ITEM_SUBCUSTSERV_010501": ("customers.freeze", "customers.unfreeze"),
    "BPC_ITEM_SUBCUSTSERV_060100": ("orders.view",),
    "BPC_ITEM_SALES_020100": ("partners.view",),
    "BPC_ITEM_SALES_020104": ("funds.allocate_to_reseller",),
    "BPC_ITEM_SALES_020105": ("funds.reclaim_from_reseller",),
    "BPC_ITEM_SALES_040100": ("catalogue.view", "pricing.view"),
    "BPC_ITEM_FINANCE_040100": ("funds.view",),
    "BPC_ITEM_ACCOUNT_010500": ("funds.view",),
    "billing:balance:view": ("funds.view",),
    "billing:billDetail:view": ("billing.view",),
    "billing:order:view": ("orders.view",),
    "billing:order:update": ("orders.cancel",),
    "billing:order:pay": ("orders.pay",),
    "billing:subscription:view": ("subscriptions.view",),
    "billing:subscription:renew": (
        "orders.renew",
        "subscriptions.set_auto_renewal",
        "subscriptions.cancel_auto_renewal",
        "subscriptions.set_renewal_setting",
    ),
    "billing:subscription:unsubscribe": ("orders.unsubscribe",),
    "billing:subscription:update": ("subscriptions.set_expiry_policy",),
    "billing:discount:view": ("pricing.view",),
}
"""A user holds an item when it holds any of its permissions."""


for _name, _label in VIEWS.items():
    permission(_name, _label)


def holds(actor: Actor, items: tuple[str, ...]) -> bool:
    """Whether `actor` may call an operation that lists `items`: some for partners, some for customers, or both."""
    if "*" in actor.permissions:
        return True
    of_customers = actor.kind == "customer"
    own = [item for item in items if item.startswith("billing:") == of_customers]
    held = [any(actor.may(permission) for permission in PERMISSIONS_OF_ITEM[item]) for item in own]
    return all(held) if of_customers else any(held) or not held
