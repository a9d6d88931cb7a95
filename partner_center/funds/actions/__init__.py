"""The only writers of money, one module for each kind of movement."""

from partner_center.funds.actions.allocation import (
    allocate_to_customer,
    allocate_to_reseller,
    reclaim_all_from_customer,
    reclaim_all_from_reseller,
    reclaim_from_customer,
    reclaim_from_reseller,
)
from partner_center.funds.actions.charging import Paid, charge, refund
from partner_center.funds.actions.credit import grant_credit, repay_credit
from partner_center.funds.actions.designation import designate, release
from partner_center.funds.actions.recharging import (
    adjust_balance,
    begin_recharge,
    expire_recharge,
    record_remittance,
    take_notice,
)

__all__ = [
    "Paid",
    "adjust_balance",
    "allocate_to_customer",
    "allocate_to_reseller",
    "begin_recharge",
    "charge",
    "designate",
    "expire_recharge",
    "grant_credit",
    "reclaim_all_from_customer",
    "reclaim_all_from_reseller",
    "reclaim_from_customer",
    "reclaim_from_reseller",
    "record_remittance",
    "refund",
    "release",
    "repay_credit",
    "take_notice",
]
