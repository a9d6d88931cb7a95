"""The contract's permission items and the catalogue's permissions."""

from __future__ import annotations

from partner_center.foundation.actor import ALL, Actor
from partner_center.foundation.permissions import PERMISSIONS
from partner_center.identity.items import PERMISSIONS_OF_ITEM, holds
from partner_center.wire.operation import OPERATIONS


def user(*permissions, kind="partner"):
    return Actor(kind=kind, account_id="a", permissions=frozenset(permissions))


def test_every_item_stands_for_permissions_that_exist():
    unknown = {name for names in PERMISSIONS_OF_ITEM.values() for name in names} - PERMISSIONS.keys()
    assert not unknown


def test_every_item_that_an_operation_lists_is_known():
    listed = {item for one in OPERATIONS.values() for item in one.items}
    assert listed <= PERMISSIONS_OF_ITEM.keys()


def test_any_item_of_a_partner_is_enough():
    items = ("BPC_ITEM_SUBCUSTSERV_010100", "BPC_ITEM_SALES_020104")
    assert holds(user("funds.allocate_to_reseller"), items)
    assert not holds(user("orders.view"), items)


def test_a_customer_needs_every_action():
    items = ("billing:order:view", "billing:order:pay")
    assert not holds(user("orders.view", kind="customer"), items)
    assert holds(user("orders.view", "orders.pay", kind="customer"), items)


def test_partners_and_customers_look_at_their_own_items():
    items = ("BPC_ITEM_SUBCUSTSERV_060100", "billing:order:pay")
    assert holds(user("orders.view"), items)
    assert not holds(user("orders.view", kind="customer"), items)
    assert holds(user("orders.pay", kind="customer"), items)
    assert holds(user(), ("billing:order:pay",))


def test_owners_hold_everything():
    assert holds(Actor(kind="customer", permissions=ALL), tuple(PERMISSIONS_OF_ITEM))
