from partner_center.identity.actions.accounts import (
    convert_account,
    create_account,
    describe_account,
    resume_account,
    suspend_account,
    switch_codes,
)
from partner_center.identity.actions.attachments import attach, view_attachment
from partner_center.identity.actions.cleaning import forget_expired
from partner_center.identity.actions.codes import check_code, redeem_code, send_code
from partner_center.identity.actions.keys import (
    assume_role,
    create_access_key,
    disable_access_key,
    enable_access_key,
    issue_token,
    revoke_token,
)
from partner_center.identity.actions.messages import (
    hide_site_banner,
    publish_announcement,
    read_all_messages,
    read_message,
    set_message_language,
    set_message_wishes,
    withdraw_announcement,
    write_announcement,
)
from partner_center.identity.actions.roles import assign_roles, change_role, create_role, delete_role
from partner_center.identity.actions.supervisors import set_supervisor
from partner_center.identity.actions.users import (
    create_user,
    disable_user,
    enable_user,
    set_password,
    update_user,
)

__all__ = [
    "assign_roles",
    "assume_role",
    "attach",
    "change_role",
    "check_code",
    "convert_account",
    "create_access_key",
    "create_account",
    "create_role",
    "create_user",
    "delete_role",
    "describe_account",
    "disable_access_key",
    "disable_user",
    "enable_access_key",
    "enable_user",
    "forget_expired",
    "hide_site_banner",
    "issue_token",
    "publish_announcement",
    "read_all_messages",
    "read_message",
    "redeem_code",
    "resume_account",
    "revoke_token",
    "send_code",
    "set_message_language",
    "set_message_wishes",
    "set_password",
    "set_supervisor",
    "suspend_account",
    "switch_codes",
    "update_user",
    "view_attachment",
    "withdraw_announcement",
    "write_announcement",
]
