"""The only writers of bills, one module for each kind of deed."""

from partner_center.billing.actions.adjusting import (
    approve_adjustment,
    propose_adjustment,
    reject_adjustment,
)
from partner_center.billing.actions.charging import Charged, charge_usage
from partner_center.billing.actions.partner_bills import (
    fall_due,
    issue_invoice,
    issue_partner_bill,
    issue_partner_bills,
    record_repayment,
    repay_from_balance,
)
from partner_center.billing.actions.posting import Posted, post_rating
from partner_center.billing.actions.recording import name_resources, record_free_order, record_order_fees
from partner_center.billing.actions.settling import fall_into_arrears, relieve, settle_arrears
from partner_center.billing.runs import actions as _runs  # noqa: F401 - the steps of a bill run

__all__ = [
    "approve_adjustment",
    "propose_adjustment",
    "reject_adjustment",
    "fall_due",
    "issue_invoice",
    "issue_partner_bill",
    "issue_partner_bills",
    "record_repayment",
    "repay_from_balance",
    "Charged",
    "Posted",
    "charge_usage",
    "fall_into_arrears",
    "name_resources",
    "post_rating",
    "record_free_order",
    "record_order_fees",
    "relieve",
    "settle_arrears",
]
