"""The roles every account finds (spec/domain/roles.md section 2). A permission may be a pattern: see Role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Preset:
    """A role as the program defines it. Later versions may widen it; the row only names it.

    own_customers_only: sees the customers assigned to the person; a supervisor those of its account managers.
    """

    name: str
    label: Any
    permissions: tuple[str, ...]
    own_customers_only: bool = False


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("admin", _("Administrator"), ("*",)),
        Preset(
            "supervisor",
            _("Account manager supervisor"),
            (
                "*.view",
                "customers.*",
                "channel.report_customer",
                "channel.invite_customer",
                "channel.make_link",
            ),
            own_customers_only=True,
        ),
        Preset(
            "account_manager",
            _("Account manager"),
            (
                "home.view",
                "identity.messages.view",
                "customers.view",
                "customers.create",
                "customers.set_label",
                "customers.submit_real_name",
                "customers.request_authorisation",
                "customers.view_alerts",
                "channel.handle_alert",
                "channel.leads.view",
                "channel.report_customer",
                "channel.invite_customer",
                "channel.make_link",
                "orders.view",
                "billing.view",
                "subscriptions.view",
                "pricing.view",
                "catalogue.view",
            ),
            own_customers_only=True,
        ),
        Preset(
            "finance",
            _("Finance"),
            ("*.view", "funds.*", "orders.pay", "orders.pay_on_behalf", "orders.reject", "billing.repay"),
        ),
        Preset("read_only", _("Read only"), ("*.view",)),
    )
}
