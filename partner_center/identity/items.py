"""The permission items of the contract and the permissions of the catalogue that stand for them.

A partner's operator may call an operation that lists items when any of them is held; a customer's user needs all
the billing actions an operation lists; account owners hold everything (spec/domain/roles.md section 4).
"""

from __future__ import annotations

from partner_center.foundation.actor import Actor

PERMISSIONS_OF_ITEM: dict[str, tuple[str, ...]] = {
    "BPC_ITEM_SUBCUSTSERV_010100": ("customers.view",),
    "BPC_ITEM_SUBCUSTSERV_010105": ("subscriptions.view", "customers.view"),
    "BPC_ITEM_SUBCUSTSERV_010115": ("customers.freeze",),
    "BPC_ITEM_SUBCUSTSERV_010118": ("customers.create_sub_customer", "customers.create"),
    "BPC_ITEM_SUBCUSTSERV_010119": ("customers.verify", "customers.apply_verification"),
    "BPC_ITEM_SUBCUSTSERV_010500": ("customers.view",),
    "BPC_ITEM_SUBCUSTSERV_010501": ("customers.freeze",),
    "BPC_ITEM_SUBCUSTSERV_030601": ("benefits.reclaim_quota",),
    "BPC_ITEM_SUBCUSTSERV_030602": ("benefits.reclaim_quota",),
    "BPC_ITEM_SUBCUSTSERV_060100": ("orders.view",),
    "BPC_ITEM_SALES_020100": ("partners.view",),
    "BPC_ITEM_SALES_020104": ("funds.allocate_to_reseller",),
    "BPC_ITEM_SALES_020105": ("funds.reclaim_from_reseller",),
    "BPC_ITEM_SALES_040100": ("catalogue.view", "pricing.view"),
    "BPC_ITEM_FINANCE_040100": ("funds.view",),
    "BPC_ITEM_ACCOUNT_010500": ("funds.view",),
    "billing:balance:view": ("funds.view",),
    "billing:order:view": ("orders.view",),
    "billing:order:update": ("orders.cancel",),
    "billing:order:pay": ("orders.pay",),
    "billing:subscription:view": ("subscriptions.view",),
    "billing:subscription:renew": ("orders.renew",),
    "billing:subscription:unsubscribe": ("orders.unsubscribe",),
    "billing:subscription:update": ("subscriptions.configure_renewal", "orders.change"),
    "billing:discount:view": ("pricing.view",),
    "billing:coupon:view": ("benefits.view",),
    "billing:billDetail:view": ("billing.view",),
}
"""A user holds an item when it holds any of its permissions."""


def holds(actor: Actor, items: tuple[str, ...]) -> bool:
    """Whether `actor` may call an operation that lists `items`."""
    if "*" in actor.permissions:
        return True
    needed = all if items[0].startswith("billing:") else any
    return needed(any(actor.may(permission) for permission in PERMISSIONS_OF_ITEM[item]) for item in items)
