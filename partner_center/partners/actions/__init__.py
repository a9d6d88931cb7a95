from partner_center.partners.actions.partners import (
    admit_partner,
    assign_platform,
    assign_reseller_manager,
    delist_partner,
    enrol_partner,
    freeze_partner,
    grant_right,
    lift_partner,
    reclaim_reseller_manager,
    register_platform,
    restrict_partner,
    withdraw_right,
)
from partner_center.partners.actions.ties import tie_reseller, untie_reseller

__all__ = [
    "admit_partner",
    "assign_platform",
    "assign_reseller_manager",
    "delist_partner",
    "enrol_partner",
    "freeze_partner",
    "grant_right",
    "lift_partner",
    "reclaim_reseller_manager",
    "register_platform",
    "restrict_partner",
    "tie_reseller",
    "untie_reseller",
    "withdraw_right",
]
