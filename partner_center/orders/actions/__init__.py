"""The only writers of this room."""

from partner_center.orders.actions.cancelling import (
    approve_order,
    cancel_order,
    confirm_order,
    decline_order,
    lapse_order,
    pass_order_on,
    reject_order,
)
from partner_center.orders.actions.changing import change_resource
from partner_center.orders.actions.completing import complete_order, confirm_receipt, give_back_order
from partner_center.orders.actions.fulfilling import (
    put_off,
    refuse,
    retry_fulfilment,
    take_in_hand,
    write_answer,
)
from partner_center.orders.actions.numbers import reserve_order_numbers
from partner_center.orders.actions.paying import pay_order
from partner_center.orders.actions.placing import place_order
from partner_center.orders.actions.refunding import hold_refund, release_refund, settle_refund
from partner_center.orders.actions.renewing import renew_automatically, renew_resource
from partner_center.orders.actions.shipping import (
    await_shipment,
    pick_order_up,
    send_order_back,
    ship_order,
    ship_replacement,
)
from partner_center.orders.actions.unsubscribing import convert_instantly, unsubscribe

__all__ = [
    "approve_order",
    "await_shipment",
    "cancel_order",
    "change_resource",
    "complete_order",
    "confirm_order",
    "confirm_receipt",
    "convert_instantly",
    "decline_order",
    "give_back_order",
    "hold_refund",
    "lapse_order",
    "pass_order_on",
    "pay_order",
    "pick_order_up",
    "place_order",
    "put_off",
    "refuse",
    "reject_order",
    "release_refund",
    "renew_automatically",
    "renew_resource",
    "reserve_order_numbers",
    "retry_fulfilment",
    "send_order_back",
    "settle_refund",
    "ship_order",
    "ship_replacement",
    "take_in_hand",
    "unsubscribe",
    "write_answer",
]
