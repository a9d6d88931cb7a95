"""What can be done to a resource, for its row, its page and in batches.

Renewing, changing and returning a resource make orders: their pages belong to the orders room and are named here.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Batch, RowAction
from partner_center.orders.actions import renew_resource
from partner_center.subscriptions.actions import (
    cancel_auto_renewal,
    close_on_demand,
    freeze_resource,
    release_lease,
    set_auto_renewal,
    set_expiry_policy,
    unfreeze_resource,
)
from partner_center.subscriptions.console.forms import (
    AutoRenewalForm,
    PolicyForm,
    ReasonForm,
    RenewChosenForm,
)
from partner_center.subscriptions.models import ExpirePolicy, Resource, ResourceState

CUSTOMERS = ("customer",)
STAFF = ("staff",)


def is_main_in_use(resource: Resource) -> bool:
    return resource.is_main and resource.state is ResourceState.IN_USE


def is_open_main(resource: Resource) -> bool:
    return resource.is_main and resource.state is not ResourceState.CLOSED


def is_renewed_for(resource: Resource) -> bool:
    """Partners renew for their resale customers; whether one has authorised them, the action asks."""
    return is_open_main(resource) and resource.customer.is_resale


def _is_releasable(resource: Resource) -> bool:
    return (
        is_open_main(resource)
        and resource.state is not ResourceState.IN_USE
        and not resource.frozen_by_police
    )


ORDERS = (
    RowAction("renew", _("Renew"), page="renew-resource", when=is_open_main, kinds=CUSTOMERS, icon="refresh"),
    RowAction(
        "renew-for",
        _("Renew for the customer"),
        page="renew-resource",
        when=is_renewed_for,
        kinds=("partner",),
        icon="refresh",
    ),
    RowAction(
        "change", _("Change specification"), page="change-resource", when=is_main_in_use, kinds=CUSTOMERS
    ),
    RowAction(
        "convert",
        _("Change to pay-per-use now"),
        page="convert-resource",
        when=is_main_in_use,
        kinds=CUSTOMERS,
    ),
    RowAction(
        "unsubscribe", page="unsubscribe-resource", label=_("Unsubscribe"), when=is_open_main, kinds=CUSTOMERS
    ),
)

RENEWALS = (
    RowAction("auto-renew", act=set_auto_renewal, form=AutoRenewalForm, when=is_main_in_use, kinds=CUSTOMERS),
    RowAction(
        "stop-auto-renew",
        act=cancel_auto_renewal,
        when=lambda one: is_open_main(one) and one.renews_itself,
        kinds=CUSTOMERS,
    ),
    RowAction("policy", act=set_expiry_policy, form=PolicyForm, when=is_main_in_use, kinds=CUSTOMERS),
)

OTHERS = (
    RowAction(
        "release",
        act=release_lease,
        when=_is_releasable,
        confirm=_("The resource is deleted with its data. Release it now?"),
        tone="danger",
        kinds=CUSTOMERS,
    ),
    RowAction(
        "freeze",
        act=freeze_resource,
        form=ReasonForm,
        when=lambda one: is_open_main(one) and not one.frozen_by_police,
        tone="danger",
        kinds=STAFF,
    ),
    RowAction(
        "unfreeze",
        act=unfreeze_resource,
        form=ReasonForm,
        when=lambda one: is_open_main(one) and one.frozen_by_police,
        kinds=STAFF,
    ),
)

DEEDS = (*ORDERS, *RENEWALS, *OTHERS)

RENEW_CHOSEN = (
    Batch(
        "renew-chosen",
        _("Order renewals"),
        renew_resource,
        form=RenewChosenForm,
        fixed={"best_offer": True},
        when=is_open_main,
        kinds=CUSTOMERS,
        success=_("The orders wait to be paid."),
    ),
    Batch(
        "renew-chosen-for",
        _("Renew for the customers"),
        renew_resource,
        form=RenewChosenForm,
        when=is_renewed_for,
        kinds=("partner",),
        success=_("The customers have to confirm the orders."),
    ),
)

BATCHES = (
    Batch("auto-renew-all", act=set_auto_renewal, form=AutoRenewalForm, when=is_main_in_use, kinds=CUSTOMERS),
    Batch("stop-auto-renew-all", act=cancel_auto_renewal, when=is_open_main, kinds=CUSTOMERS),
    Batch(
        "to-on-demand",
        _("Change to pay-per-use at expiry"),
        set_expiry_policy,
        fixed={"policy": ExpirePolicy.TO_ON_DEMAND},
        when=is_main_in_use,
        kinds=CUSTOMERS,
    ),
    Batch(
        "no-renewal",
        _("Do not renew"),
        set_expiry_policy,
        fixed={"policy": ExpirePolicy.DELETE_AFTER_RETENTION},
        when=is_main_in_use,
        kinds=CUSTOMERS,
    ),
)

CLOSE = RowAction(
    "close",
    act=close_on_demand,
    confirm=_("The resource is deleted with its data. Close it now?"),
    tone="danger",
    kinds=CUSTOMERS,
)
