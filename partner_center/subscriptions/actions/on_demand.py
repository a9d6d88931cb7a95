"""Pay-per-use resources: opened and closed by their customer, frozen when its account stays in arrears."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import Product
from partner_center.customers.models import Customer
from partner_center.customers.queries import check_may_buy
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.kernel.ids import new_id
from partner_center.subscriptions import rules
from partner_center.subscriptions.actions.leases import described
from partner_center.subscriptions.configuration import grace_and_retention
from partner_center.subscriptions.errors import NotSoldPayPerUse
from partner_center.subscriptions.models import OnDemandResource, OnDemandState, Resource
from partner_center.subscriptions.queries import sold_pay_per_use

LEAST_GRACE_OF_RESALE_ABROAD = 1
"""[INTL] A resale customer's pay-per-use resources have at least one day of grace (features E1)."""


@action("subscriptions.open_on_demand", label=_("Open a pay-per-use resource"))
def open_on_demand(
    actor: Actor,
    *,
    customer: Customer,
    product: Product,
    size: int | None = None,
    available_zone: str = "",
    name: str = "",
    project_id: str = "",
    enterprise_project_id: str = "",
    resource_id: str = "",
) -> OnDemandResource:
    """Open a pay-per-use resource, charged from now on.

    Raises NotSoldPayPerUse, SizeNotSold, and what meets a customer that may not buy.
    """
    check_may_buy(customer)
    now = clock.now().replace(microsecond=0)
    if not sold_pay_per_use(product, customer.account.currency, clock.now()):
        raise NotSoldPayPerUse(spec=product.spec)
    opened = OnDemandResource.objects.create(
        resource_id=resource_id or new_id(),
        customer=customer,
        **described(product, size, available_zone),
        name=name,
        project_id=project_id,
        enterprise_project_id=enterprise_project_id,
        opened_at=now,
        updated_at=now,
    )
    record(actor, "ondemandresource.open", opened, about=customer.pk, product=product.spec)
    return opened


@action("subscriptions.close_on_demand", takes=OnDemandState.close, label=_("Close a pay-per-use resource"))
def close_on_demand(actor: Actor, *, resource: OnDemandResource) -> None:
    """Stop charging; the platform clears it away. Children go with it. Raises WrongState."""
    now = clock.now()
    for one in _family(resource):
        advance(actor, one, OnDemandState.close, due_at=now, updated_at=now)


@action(
    "subscriptions.finish_closing", permission="subscriptions.close_on_demand", takes=OnDemandState.closed
)
def finish_closing(actor: Actor, *, resource: OnDemandResource) -> None:
    """It is gone."""
    ended = (resource.due_at or clock.now()).replace(microsecond=0)
    advance(actor, resource, OnDemandState.closed, closed_at=ended, due_at=None, updated_at=clock.now())


@action(
    "subscriptions.change_on_demand", takes=OnDemandState.change, label=_("Change a pay-per-use resource")
)
def change_on_demand(
    actor: Actor, *, resource: OnDemandResource, product: Product, size: int | None = None
) -> None:
    """Make it another product or size; usage from now on is priced as that.

    Raises WrongState, NotSoldPayPerUse, SizeNotSold.
    """
    now = clock.now()
    if not sold_pay_per_use(product, resource.customer.account.currency, now):
        raise NotSoldPayPerUse(spec=product.spec)
    changed = described(product, size, resource.available_zone)
    advance(actor, resource, OnDemandState.change, **changed, due_at=now, updated_at=now)


@action(
    "subscriptions.finish_change", permission="subscriptions.change_on_demand", takes=OnDemandState.changed
)
def finish_change(actor: Actor, *, resource: OnDemandResource) -> None:
    """The platform has changed it."""
    advance(actor, resource, OnDemandState.changed, due_at=None, updated_at=clock.now())


@action("subscriptions.owe", takes=OnDemandState.owe, label=_("Fall into arrears"))
def put_on_demand_into_arrears(
    actor: Actor, *, resource: OnDemandResource, since: datetime | None = None
) -> None:
    """The account is in arrears since then: the grace period of the customer's level begins."""
    customer = resource.customer
    days = grace_and_retention().grace_of(customer.level)
    if customer.is_resale and customer.account.site == "intl":
        days = max(days, LEAST_GRACE_OF_RESALE_ABROAD)
    until = rules.grace_until(since or clock.now(), days)
    advance(actor, resource, OnDemandState.owe, due_at=until, updated_at=clock.now())


@action(
    "subscriptions.freeze_on_demand", takes=OnDemandState.freeze, label=_("Freeze a pay-per-use resource")
)
def freeze_on_demand(actor: Actor, *, resource: OnDemandResource) -> None:
    """Unusable, data kept until the retention period ends; then it is closed."""
    until = rules.retention_until(resource.due_at or clock.now(), grace_and_retention().retention_days)
    advance(actor, resource, OnDemandState.freeze, due_at=until, updated_at=clock.now())


@action(
    "subscriptions.restore_on_demand", takes=OnDemandState.restore, label=_("Restore a pay-per-use resource")
)
def restore_on_demand(actor: Actor, *, resource: OnDemandResource) -> None:
    """The arrears are paid."""
    advance(actor, resource, OnDemandState.restore, due_at=None, updated_at=clock.now())


def begin_on_demand(
    actor: Actor, lease: Resource, moment: datetime, main: OnDemandResource | None
) -> OnDemandResource:
    """The pay-per-use resource that a lease becomes: the same id, product and size."""
    opened = OnDemandResource.objects.create(
        resource_id=lease.resource_id,
        customer=lease.customer,
        main_resource=main,
        converted_from=lease,
        product=lease.product,
        cloud_service_type=lease.cloud_service_type,
        resource_type=lease.resource_type,
        resource_spec=lease.resource_spec,
        region=lease.region,
        available_zone=lease.available_zone,
        size=lease.size,
        size_measure_id=lease.size_measure_id,
        name=lease.name,
        project_id=lease.project_id,
        enterprise_project_id=lease.enterprise_project_id,
        opened_at=moment,
        updated_at=clock.now(),
    )
    record(actor, "ondemandresource.open", opened, about=lease.customer_id, converted=True)
    return opened


def _family(resource: OnDemandResource) -> list[OnDemandResource]:
    children = OnDemandResource.objects.filter(main_resource=resource).exclude(
        state__in=(OnDemandState.CLOSING, OnDemandState.CLOSED)
    )
    return [*children, resource]
