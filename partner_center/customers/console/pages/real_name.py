"""What can be done about a customer's real-name authentication, for its page; the pages are the channel's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.real_name import withdraw_authentication
from partner_center.console.actions import RowAction
from partner_center.customers.console.forms import OpinionForm
from partner_center.customers.rules import may_apply_for_real_name, may_become_enterprise

REAL_NAME_DEEDS = (
    RowAction(
        "real-name-individual",
        _("Authenticate as individual"),
        page="customer-real-name-individual",
        when=may_apply_for_real_name,
        kinds=("partner",),
    ),
    RowAction(
        "real-name-enterprise",
        _("Authenticate as enterprise"),
        page="customer-real-name-enterprise",
        when=may_apply_for_real_name,
        kinds=("partner",),
    ),
    RowAction(
        "real-name-change",
        _("Change to enterprise"),
        page="customer-real-name-enterprise",
        when=may_become_enterprise,
        kinds=("partner",),
    ),
    RowAction(
        "withdraw-real-name",
        act=withdraw_authentication,
        form=OpinionForm,
        when=lambda customer: customer.verified,
        kinds=("staff",),
        tone="danger",
    ),
)
