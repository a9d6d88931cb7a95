"""A lease begins, goes on, changes and ends. Called by orders once they are paid and carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import Product
from partner_center.customers.models import Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.errors import WrongState
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.kernel.ids import new_id
from partner_center.kernel.period import BEIJING
from partner_center.subscriptions import rules
from partner_center.subscriptions.actions.schedule import reschedule
from partner_center.subscriptions.errors import NoFuturePeriods, ResourceClosed, SizeNotSold
from partner_center.subscriptions.models import (
    AutoRenewal,
    ClosedBecause,
    ExpirePolicy,
    LeasePeriod,
    PeriodState,
    RenewalSetting,
    Resource,
    ResourceState,
)
from partner_center.subscriptions.rules import Charge, Term

_OWN_COLUMNS = [field.name for field in Resource._meta.concrete_fields if not field.is_relation]
"""What locking reads again; what it is and whose it is does not change meanwhile."""


@dataclass(frozen=True, slots=True)
class PeriodCharge:
    """The difference that a change of specification makes to one held period, from `begins_at` to its end."""

    period: LeasePeriod
    begins_at: datetime
    charge: Charge


@action("subscriptions.begin", label=_("Begin a lease"))
def begin_lease(
    actor: Actor,
    *,
    customer: Customer,
    product: Product,
    term: Term,
    charge: Charge,
    order_number: str,
    line_number: int = 1,
    size: int | None = None,
    available_zone: str = "",
    name: str = "",
    project_id: str = "",
    enterprise_project_id: str = "",
    resource_id: str = "",
    main_resource: Resource | None = None,
    begins_at: datetime | None = None,
    renews_itself: bool = False,
) -> Resource:
    """Open a yearly/monthly resource for `term` from `begins_at` (default now).

    A child resource ends with its main resource and follows its policy. `resource_id` is the cloud platform's;
    without one it is made up.
    """
    began = (begins_at or clock.now()).replace(microsecond=0)
    anchor_day = began.astimezone(BEIJING).day
    if main_resource is None:
        expires_at = rules.expiry(began, term, anchor_day=anchor_day)
        policy = ExpirePolicy.AUTO_RENEW if renews_itself else ExpirePolicy.GRACE
    else:
        expires_at, anchor_day = main_resource.expires_at, main_resource.anchor_day
        policy = ExpirePolicy(main_resource.expire_policy)
    resource = Resource.objects.create(
        resource_id=resource_id or new_id(),
        customer=customer,
        main_resource=main_resource,
        **described(product, size, available_zone),
        name=name,
        project_id=project_id,
        enterprise_project_id=enterprise_project_id,
        order_number=order_number,
        begins_at=began,
        expires_at=expires_at,
        anchor_day=anchor_day,
        term_unit=term.unit,
        term_number=term.number,
        expire_policy=policy,
        due_at=expires_at if main_resource is None else None,
        updated_at=clock.now(),
    )
    _add_period(resource, LeasePeriod.Kind.FIRST, began, expires_at, term, charge, order_number, line_number)
    if policy == ExpirePolicy.AUTO_RENEW and main_resource is None:
        AutoRenewal.objects.create(resource=resource, unit=term.auto_renewed_by.unit)
    if main_resource is None:
        reschedule(resource)
    record(
        actor,
        "resource.begin",
        resource,
        about=customer.pk,
        order=order_number,
        expires_at=expires_at.isoformat(),
    )
    return resource


@action("subscriptions.extend", label=_("Renew"))
def extend_lease(
    actor: Actor,
    *,
    resource: Resource,
    term: Term,
    charge: Charge,
    order_number: str,
    line_number: int = 1,
    extra_days: int = 0,
    automatic: bool = False,
) -> LeasePeriod:
    """Add a renewed period to one resource; a renewal calls it for the main resource and for each child.

    The period begins at the old expiry, also when that has passed (grace, retention). `extra_days` are those up to
    the account's unified expiry day, as they were priced. Raises ResourceClosed.
    """
    resource = _locked(resource)
    began = resource.expires_at
    ends_at = rules.expiry(began, term, anchor_day=resource.anchor_day) + timedelta(days=extra_days)
    period = _add_period(
        resource,
        LeasePeriod.Kind.RENEWAL,
        began,
        ends_at,
        term,
        charge,
        order_number,
        line_number,
        extra_days=extra_days,
        automatic=automatic,
    )
    resource.expires_at = ends_at
    resource.term_unit, resource.term_number = term.unit, term.number
    if extra_days:
        resource.anchor_day = _anchor_after_unifying(resource)
    if resource.is_main:
        resource.due_at = ends_at
    resource.updated_at = clock.now()
    resource.save(
        update_fields=["expires_at", "term_unit", "term_number", "anchor_day", "due_at", "updated_at"]
    )
    if resource.state is not ResourceState.IN_USE:
        renew_expired(actor, resource=resource)
    if resource.is_main:
        if automatic:
            _count_automatic_renewal(resource)
        reschedule(resource)
    record(
        actor,
        "resource.extend",
        resource,
        about=resource.customer_id,
        order=order_number,
        expires_at=ends_at.isoformat(),
    )
    return period


@action("subscriptions.renew_expired", permission="subscriptions.extend", takes=ResourceState.renew)
def renew_expired(actor: Actor, *, resource: Resource) -> None:
    """Put an expired or retained resource to use again; part of extending it."""
    advance(actor, resource, ResourceState.renew)


@action("subscriptions.change_specification", label=_("Change specification"))
def change_specification(
    actor: Actor,
    *,
    resource: Resource,
    product: Product,
    order_number: str,
    line_number: int = 1,
    size: int | None = None,
    charges: Sequence[PeriodCharge] = (),
) -> Resource:
    """Make the resource another product or size, and keep what that costs or gives back for each held period.

    The difference is kept beside the period it belongs to, so that a later refund of either is exact.
    Raises ResourceClosed.
    """
    resource = _locked(resource)
    before = f"{resource.resource_spec} {resource.size or ''}".strip()
    changed = described(product, size, resource.available_zone)
    Resource.objects.filter(pk=resource.pk).update(**changed, updated_at=clock.now())
    for name, value in changed.items():
        setattr(resource, name, value)
    for one in charges:
        _add_period(
            resource,
            LeasePeriod.Kind.CHANGE,
            one.begins_at,
            one.period.ends_at,
            one.period.term,
            one.charge,
            order_number,
            line_number,
        )
    record(
        actor,
        "resource.change_specification",
        resource,
        about=resource.customer_id,
        order=order_number,
        before=before,
        after=f"{resource.resource_spec} {resource.size or ''}".strip(),
    )
    return resource


@action("subscriptions.end", takes=ResourceState.end, label=_("Unsubscribe"))
def end_lease(actor: Actor, *, resource: Resource, ended_at: datetime | None = None) -> None:
    """Unsubscribe a main resource with its children: periods under way are cut short, those to come are dropped.

    Raises WrongState when it has been closed already. What is refunded is the order's to say (queries.refund_basis).
    """
    lock(resource)
    moment = ended_at or clock.now()
    for one in family(resource):
        give_back_periods(actor, one, moment)
        advance(actor, one, ResourceState.end, **closing(moment, ClosedBecause.UNSUBSCRIBED))


@action("subscriptions.drop_future_periods", label=_("Unsubscribe renewed periods"))
def drop_future_periods(actor: Actor, *, resource: Resource) -> list[LeasePeriod]:
    """Give back the renewed periods of a main resource and its children that have not begun; the lease ends earlier.

    Raises NoFuturePeriods when there is none, ResourceClosed.
    """
    resource = _locked(resource)
    now = clock.now()
    dropped: list[LeasePeriod] = []
    for one in family(resource):
        periods = list(LeasePeriod.objects.filter(resource=one).not_begun(now))
        if not periods:
            continue
        for period in periods:
            drop_period(actor, period=period, ended_at=now)
        one.expires_at = min(period.begins_at for period in periods)
        one.due_at = one.expires_at if one.is_main else None
        one.updated_at = now
        one.save(update_fields=["expires_at", "due_at", "updated_at"])
        record(
            actor,
            "resource.drop_future_periods",
            one,
            about=one.customer_id,
            expires_at=one.expires_at.isoformat(),
        )
        dropped += periods
    if not dropped:
        raise NoFuturePeriods(resource_id=resource.resource_id)
    resource.refresh_from_db()
    reschedule(resource)
    return dropped


@action("subscriptions.drop_period", permission="subscriptions.drop_future_periods", takes=PeriodState.drop)
def drop_period(actor: Actor, *, period: LeasePeriod, ended_at: datetime) -> None:
    """Give back a period that has not begun."""
    advance(actor, period, PeriodState.drop, about=period.resource.customer_id, ended_at=ended_at)


@action("subscriptions.cut_period_short", permission="subscriptions.end", takes=PeriodState.cut_short)
def cut_period_short(actor: Actor, *, period: LeasePeriod, ended_at: datetime) -> None:
    """End a period under way at `ended_at`."""
    advance(actor, period, PeriodState.cut_short, about=period.resource.customer_id, ended_at=ended_at)


def lock(resource: Resource) -> None:
    """Keep the row from others until the transaction ends, and bring it up to date."""
    resource.refresh_from_db(fields=_OWN_COLUMNS, from_queryset=Resource.objects.select_for_update())


def lock_if_due(resource: Resource) -> None:
    """The same, for what a drain found due. Raises WrongState when the row has moved on since it was found."""
    due_at, state = resource.due_at, resource.state
    lock(resource)
    if (resource.due_at, resource.state) != (due_at, state):
        raise WrongState(subject=str(resource), state=resource.state)


def family(resource: Resource) -> list[Resource]:
    """The resource and its open children, children first, so that the main resource closes last."""
    children = Resource.objects.filter(main_resource=resource).open().select_related("customer", "product")
    return [*children, resource]


def give_back_periods(actor: Actor, resource: Resource, moment: datetime) -> None:
    """Close every held period of a resource that ends at `moment`: drop what has not begun, cut short what runs."""
    for period in (
        LeasePeriod.objects.filter(resource=resource, ends_at__gt=moment).held().select_related("resource")
    ):
        if period.begins_at > moment:
            drop_period(actor, period=period, ended_at=moment)
        else:
            cut_period_short(actor, period=period, ended_at=moment)


def closing(moment: datetime, because: ClosedBecause) -> dict[str, Any]:
    """The changes that go with closing a resource."""
    return {
        "closed_at": moment,
        "closed_because": because,
        "due_at": None,
        "notice_at": None,
        "order_in_hand": "",
        "held_for": "",
        "order_is_running": False,
        "updated_at": clock.now(),
    }


def described(product: Product, size: int | None, available_zone: str) -> dict[str, Any]:
    """The columns that say what a resource is. Raises SizeNotSold."""
    if product.is_linear and (size is None or not product.accepts(size)):
        raise SizeNotSold(spec=product.spec, size=size)
    return {
        "product": product,
        "cloud_service_type": product.service.code,
        "resource_type": product.resource_type.code,
        "resource_spec": product.spec,
        "region": product.region.code,
        "available_zone": available_zone,
        "size": size if product.is_linear else None,
        "size_measure_id": product.linear_measure_id if product.is_linear else None,
    }


def _locked(resource: Resource) -> Resource:
    """The open row as it stands now, kept from others until the transaction ends."""
    row = (
        Resource.objects.select_for_update(of=("self",))
        .select_related("customer", "product")
        .get(pk=resource.pk)
    )
    if row.state is ResourceState.CLOSED:
        raise ResourceClosed(resource_id=row.resource_id)
    return row


def _add_period(
    resource: Resource,
    kind: LeasePeriod.Kind,
    begins_at: datetime,
    ends_at: datetime,
    term: Term,
    charge: Charge,
    order_number: str,
    line_number: int,
    *,
    extra_days: int = 0,
    automatic: bool = False,
) -> LeasePeriod:
    assert charge.cash + charge.credit <= charge.payable or not charge.payable, (
        f"{order_number}: paid more than payable"
    )
    return LeasePeriod.objects.create(
        resource=resource,
        kind=kind,
        order_number=order_number,
        line_number=line_number,
        begins_at=begins_at,
        ends_at=ends_at,
        term_unit=term.unit,
        term_number=term.number,
        extra_days=extra_days,
        automatic=automatic,
        currency=charge.official.currency,
        official=charge.official,
        payable=charge.payable,
        cash=charge.cash,
        credit=charge.credit,
    )


def _anchor_after_unifying(resource: Resource) -> int:
    setting = RenewalSetting.objects.filter(pk=resource.customer_id).first()
    if setting is not None and setting.unified_day == rules.MONTH_END:
        return 31
    return resource.expires_at.astimezone(BEIJING).day


def _count_automatic_renewal(resource: Resource) -> None:
    renewal = AutoRenewal.objects.select_for_update().filter(resource=resource).first()
    if renewal is None:
        return
    renewal.done += 1
    renewal.failure = ""
    renewal.save(update_fields=["done", "failure"])
