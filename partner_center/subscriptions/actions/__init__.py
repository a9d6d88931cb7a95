"""The only writers of this room."""

from partner_center.subscriptions.actions.conversion import convert_at_expiry, convert_to_on_demand
from partner_center.subscriptions.actions.expiry import (
    expire_lease,
    release_at_end,
    release_lease,
    retain_lease,
)
from partner_center.subscriptions.actions.freezing import freeze_resource, unfreeze_resource
from partner_center.subscriptions.actions.holding import hold_for_order, let_go, start_order
from partner_center.subscriptions.actions.leases import (
    PeriodCharge,
    begin_lease,
    change_specification,
    cut_period_short,
    drop_future_periods,
    drop_period,
    end_lease,
    extend_lease,
    renew_expired,
)
from partner_center.subscriptions.actions.notifying import send_due_notices
from partner_center.subscriptions.actions.on_demand import (
    change_on_demand,
    close_on_demand,
    finish_change,
    finish_closing,
    freeze_on_demand,
    open_on_demand,
    put_on_demand_into_arrears,
    restore_on_demand,
)
from partner_center.subscriptions.actions.renewal import (
    cancel_auto_renewal,
    clear_unified_day,
    record_renewal_attempt,
    set_auto_renewal,
    set_expiry_policy,
    set_renewal_setting,
)

__all__ = [
    "PeriodCharge",
    "begin_lease",
    "cancel_auto_renewal",
    "change_on_demand",
    "change_specification",
    "clear_unified_day",
    "close_on_demand",
    "convert_at_expiry",
    "convert_to_on_demand",
    "cut_period_short",
    "drop_future_periods",
    "drop_period",
    "end_lease",
    "expire_lease",
    "extend_lease",
    "finish_change",
    "finish_closing",
    "freeze_on_demand",
    "freeze_resource",
    "hold_for_order",
    "let_go",
    "open_on_demand",
    "put_on_demand_into_arrears",
    "record_renewal_attempt",
    "release_at_end",
    "release_lease",
    "renew_expired",
    "restore_on_demand",
    "retain_lease",
    "send_due_notices",
    "set_auto_renewal",
    "set_expiry_policy",
    "set_renewal_setting",
    "start_order",
    "unfreeze_resource",
]
