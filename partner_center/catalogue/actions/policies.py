"""Incentive and discount policy of products, month by month."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import CloudService, ProductPolicy
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.kernel.period import BillMonth


@action("catalogue.set_policy", label=_("Set a product policy"))
def set_policy(
    actor: Actor, *, service: CloudService, month: BillMonth, incentive_class: str, allows_discount: bool
) -> ProductPolicy:
    """From `month` on, count `service` as `incentive_class`; partner-granted discounts apply or not.

    A policy set again for the same month replaces it: policies are read at the end of a month.
    """
    row, _is_new = ProductPolicy.objects.update_or_create(
        service=service,
        begins_at=month.period.start,
        defaults={"incentive_class": incentive_class, "allows_discount": allows_discount},
    )
    record(actor, "productpolicy.set", row, incentive_class=incentive_class, allows_discount=allows_discount)
    return row
