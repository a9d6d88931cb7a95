from partner_center.partners.actions.memberships import end_membership, renew_membership
from partner_center.partners.actions.partners import (
    admit_partner,
    assign_platform,
    assign_reseller_manager,
    enrol_partner,
    grant_right,
    reclaim_reseller_manager,
    register_platform,
    withdraw_right,
)
from partner_center.partners.actions.standing import (
    delist_partner,
    freeze_partner,
    lapse_partner,
    lift_partner,
    renew_partner,
    restrict_partner,
)
from partner_center.partners.actions.ties import tie_reseller, untie_reseller

__all__ = [
    "admit_partner",
    "assign_platform",
    "assign_reseller_manager",
    "delist_partner",
    "end_membership",
    "enrol_partner",
    "freeze_partner",
    "grant_right",
    "lapse_partner",
    "lift_partner",
    "reclaim_reseller_manager",
    "register_platform",
    "renew_membership",
    "renew_partner",
    "restrict_partner",
    "tie_reseller",
    "untie_reseller",
    "withdraw_right",
]
