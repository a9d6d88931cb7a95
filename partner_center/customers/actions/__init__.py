"""The writers of this room, one file per noun."""

from partner_center.customers.actions.association import associate_customer
from partner_center.customers.actions.authorisation import (
    agree_authorisation,
    decline_authorisation,
    end_authorisation,
    request_authorisation,
    revoke_authorisation,
)
from partner_center.customers.actions.budget import set_budget
from partner_center.customers.actions.creation import (
    check_registration_code,
    create_customer,
    register_customer,
    send_registration_code,
)
from partner_center.customers.actions.ending import end_association, move_customer, switch_type
from partner_center.customers.actions.freezing import (
    freeze_customer,
    freeze_customer_with_resources,
    freeze_used_up,
    restore_after_budget,
    unfreeze_account,
    unfreeze_customer,
)
from partner_center.customers.actions.managers import assign_manager, reclaim_customer
from partner_center.customers.actions.marks import (
    rename_label,
    set_label,
    set_level,
    set_new_customer_tag,
)
from partner_center.customers.actions.real_name import (
    approve_real_name,
    change_real_name,
    fail_real_name,
    reject_real_name,
    submit_real_name,
    withdraw_real_name,
)

__all__ = [
    "agree_authorisation",
    "approve_real_name",
    "assign_manager",
    "associate_customer",
    "change_real_name",
    "check_registration_code",
    "create_customer",
    "decline_authorisation",
    "end_association",
    "end_authorisation",
    "fail_real_name",
    "freeze_customer",
    "freeze_customer_with_resources",
    "freeze_used_up",
    "move_customer",
    "reclaim_customer",
    "register_customer",
    "reject_real_name",
    "rename_label",
    "request_authorisation",
    "restore_after_budget",
    "revoke_authorisation",
    "send_registration_code",
    "set_budget",
    "set_label",
    "set_level",
    "set_new_customer_tag",
    "submit_real_name",
    "switch_type",
    "unfreeze_account",
    "unfreeze_customer",
    "withdraw_real_name",
]
