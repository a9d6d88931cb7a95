"""What happens when the cloud platform has done its work for an order, or could not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.metering.actions import begin_package
from partner_center.metering.models import Package
from partner_center.orders.actions.cancelling import free_resources
from partner_center.orders.actions.refunding import pay_back, return_payments
from partner_center.orders.models import Order, OrderLine
from partner_center.orders.notices import tell_about
from partner_center.orders.quoting import term_of
from partner_center.orders.shares import Unit, charges_of, paid_by, share_out
from partner_center.orders.states import Cancellation, Means, OrderState, OrderType
from partner_center.subscriptions.actions import begin_lease, change_specification, extend_lease
from partner_center.subscriptions.actions.leases import PeriodCharge
from partner_center.subscriptions.models import LeasePeriod, Resource
from partner_center.subscriptions.rules import Charge

ResourceIds = Mapping[int, Sequence[str]]
"""The cloud platform's own ids of new resources, by line number; where it names none they are made up."""


@action("orders.complete", takes=OrderState.complete)
def complete_order(actor: Actor, *, order: Order, resource_ids: ResourceIds | None = None) -> None:
    """The platform has delivered: leases begin, go on or change, and money of a downgrade goes back."""
    advance(actor, order, OrderState.complete, completed_at=clock.now())
    _carry_out(actor, order, resource_ids or {})


@action("orders.receive", takes=OrderState.receive, label=_("Confirm receipt"))
def confirm_receipt(actor: Actor, *, order: Order) -> None:
    """The customer has received the goods: the order is complete and its leases begin."""
    advance(actor, order, OrderState.receive, completed_at=clock.now())
    _carry_out(actor, order, {})


@action("orders.give_back", takes=OrderState.give_back, label=_("Refund in full"))
def give_back_order(actor: Actor, *, order: Order, reason: str) -> None:
    """The platform could not deliver: everything that was paid goes back, without a fee, and resources are free."""
    advance(
        actor,
        order,
        OrderState.give_back,
        cancelled_at=clock.now(),
        cancellation=Cancellation.NOT_DELIVERED,
        reason=reason[:1024],
    )
    return_payments(actor, order)
    free_resources(actor, order)
    tell_about(order, "orders.not_delivered", reason=reason[:256])


def _carry_out(actor: Actor, order: Order, resource_ids: ResourceIds) -> None:
    lines = list(
        order.lines.select_related(
            "product__service", "product__resource_type", "product__region", "product__package"
        )
    )
    match order.type:
        case OrderType.NEW:
            _begin_leases(actor, order, lines, resource_ids)
            _begin_packages(actor, order, lines, resource_ids)
        case OrderType.RENEWAL:
            _extend_leases(actor, order, lines)
        case OrderType.CHANGE:
            _change_lease(actor, order, lines[0])
    free_resources(actor, order)


def _begin_leases(actor: Actor, order: Order, lines: Sequence[OrderLine], resource_ids: ResourceIds) -> None:
    """Main resources first; what belongs to them (`_hosts`) is attached to them in turn."""
    units = [unit for unit in charges_of(order, lines) if not unit.line.product.is_package]
    mains: list[tuple[Unit, Resource]] = []
    opened: dict[int, list[Resource]] = {line.number: [] for line in lines}
    began = clock.now().replace(microsecond=0)
    for unit in sorted(units, key=lambda unit: _may_follow(unit.line)):
        line = unit.line
        hosts = _hosts(line, mains)
        named = resource_ids.get(line.number, ())
        resource = begin_lease(
            actor,
            customer=order.customer,
            product=line.product,
            term=term_of(line),
            charge=unit.charge,
            order_number=order.number,
            line_number=line.number,
            size=line.resource_size,
            available_zone=line.available_zone,
            name=_name(line, unit.index),
            enterprise_project_id=line.enterprise_project_id,
            resource_id=named[unit.index] if unit.index < len(named) else "",
            main_resource=hosts[unit.index % len(hosts)] if hosts else None,
            begins_at=began,
            renews_itself=order.auto_renew,
        )
        if not hosts:
            mains.append((unit, resource))
        opened[line.number].append(resource)
    for line in lines:
        if ours := opened[line.number]:
            _write(
                line,
                resource_ids=[one.resource_id for one in ours],
                effective_at=began,
                expires_at=ours[0].expires_at,
            )


def _begin_packages(
    actor: Actor, order: Order, lines: Sequence[OrderLine], resource_ids: ResourceIds
) -> None:
    """Each resource package of a line takes effect; its ids are the line's resources."""
    begun: dict[int, list[Package]] = {line.number: [] for line in lines}
    for unit in charges_of(order, lines):
        line = unit.line
        if line.product.is_package:
            named = resource_ids.get(line.number, ())
            package = begin_package(
                actor,
                customer=order.customer,
                product=line.product,
                charge=unit.charge,
                order_number=order.number,
                order_line=line.number,
                name=_name(line, unit.index),
                enterprise_project_id=line.enterprise_project_id,
                number=named[unit.index] if unit.index < len(named) else "",
            )
            begun[line.number].append(package)
    for line in lines:
        if ours := begun[line.number]:
            _write(
                line,
                resource_ids=[one.number for one in ours],
                effective_at=ours[0].begins_at,
                expires_at=ours[0].ends_at,
            )


def _may_follow(line: OrderLine) -> bool:
    return not line.product.is_main or bool(line.product.resource_type.follows)


def _hosts(line: OrderLine, mains: Sequence[tuple[Unit, Resource]]) -> list[Resource]:
    """The main resources of the same order and term that the line's resources belong to; empty when they stand alone.

    A disk belongs to the servers, a bandwidth to the addresses; what is never main belongs to whatever is.
    """
    alike = [(main.line, host) for main, host in mains if term_of(main.line) == term_of(line)]
    followed = [host for main, host in alike if main.resource_type == line.product.resource_type.follows]
    return followed or (
        [] if line.product.is_main else [host for main, host in alike if main.product.is_main]
    )


def _name(line: OrderLine, index: int) -> str:
    """The wished name; of several the later ones are numbered."""
    if not line.resource_name or line.subscription_num == 1:
        return line.resource_name
    return f"{line.resource_name}-{index + 1:04d}"


def _extend_leases(actor: Actor, order: Order, lines: Sequence[OrderLine]) -> None:
    by_id = {one.resource_id: one for one in _resources(lines)}
    for unit in charges_of(order, lines):
        line = unit.line
        period = extend_lease(
            actor,
            resource=by_id[line.resource_id],
            term=term_of(line),
            charge=unit.charge,
            order_number=order.number,
            line_number=line.number,
            extra_days=line.terms.get("extra_days", 0),
            automatic=order.is_automatic,
        )
        _write(line, effective_at=period.begins_at, expires_at=period.ends_at)


def _change_lease(actor: Actor, order: Order, line: OrderLine) -> None:
    """Each period that was priced gets its difference from now until its end, and a downgrade its money back."""
    resource = _resources([line])[0]
    now = clock.now().replace(microsecond=0)
    shares = _period_shares(order, line)
    periods = {
        one.pk: one
        for one in LeasePeriod.objects.filter(pk__in=[share["period"] for share in line.terms["periods"]])
    }
    charges = [
        PeriodCharge(
            period=periods[share["period"]],
            begins_at=min(
                max(now, periods[share["period"]].begins_at),
                periods[share["period"]].ends_at - timedelta(seconds=1),
            ),
            charge=charge,
        )
        for share, charge in zip(line.terms["periods"], shares, strict=True)
        if charge.official or charge.payable
    ]
    change_specification(
        actor,
        resource=resource,
        product=line.product,
        order_number=order.number,
        line_number=line.number,
        size=line.resource_size,
        charges=charges,
    )
    _write(line, effective_at=now, expires_at=resource.expires_at)
    if order.payable.minor < 0:
        pay_back(actor, order)


def _period_shares(order: Order, line: OrderLine) -> list[Charge]:
    """What the change costs or gives back for each period, as it was paid or will be paid back."""
    officials = [Money(share["official"], order.currency) for share in line.terms["periods"]]
    if order.payable.minor >= 0:
        payables = (
            order.payable.split([max(one.minor, 0) for one in officials])
            if order.payable
            else [one * 0 for one in officials]
        )
        return share_out(
            officials, payables, cash=paid_by(order, Means.CASH), credit=paid_by(order, Means.CREDIT)
        )
    from_refunds = [
        (Money(share["cash"], order.currency), Money(share["credit"], order.currency))
        for share in line.terms["periods"]
    ]
    return [
        _negative(official, cash, credit)
        for official, (cash, credit) in zip(officials, from_refunds, strict=True)
    ]


def _negative(official: Money, cash: Money, credit: Money) -> Charge:
    return Charge(official, -(cash + credit), -cash, -credit)


def _resources(lines: Sequence[OrderLine]) -> list[Resource]:
    ids = [line.resource_id for line in lines]
    found = Resource.objects.filter(resource_id__in=ids).select_related(
        "customer__account", "product", "main_resource"
    )
    return sorted(found, key=lambda one: ids.index(one.resource_id))


def _write(line: OrderLine, **facts: Any) -> None:
    OrderLine.objects.filter(pk=line.pk).update(**facts)
    for name, value in facts.items():
        setattr(line, name, value)
