"""Discounts as a file: what its lines mean. A line with a discount ID stands for one that is there already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from partner_center.catalogue import tables
from partner_center.catalogue.models import CloudService, Product, Region, ResourceType
from partner_center.catalogue.tables import Line, moment_of
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money
from partner_center.partners.models import Partner
from partner_center.pricing import rules
from partner_center.pricing.models import Contract, Discount
from partner_center.pricing.rules import Terms

COLUMNS = (
    "discount_id",
    "kind",
    "name",
    "customer",
    "granted_by",
    "contract",
    "mode",
    "ratio",
    "fixed_price",
    "amount_off",
    "threshold",
    "cloud_service_type",
    "resource_type",
    "resource_spec",
    "region",
    "family",
    "charge_mode",
    "period_type",
    "period_number",
    "order_kinds",
    "begins_at",
    "ends_at",
)

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one line asks for: the arguments of grant_discount."""

    facts: dict[str, Any]
    scope: dict[str, Any]


def discount_lines(rows: Iterable[Discount]) -> Iterable[Sequence[Any]]:
    """The lines of an export, in the order of COLUMNS."""
    for row in rows:
        product, kind = row.product, row.resource_type
        service = product.service if product else row.service or (kind.service if kind else None)
        kind = product.resource_type if product else kind
        region = product.region if product else row.region
        yield (
            row.number,
            row.kind,
            row.name,
            row.customer.account.name,
            row.grantor.account.name if row.grantor else "",
            row.contract.code if row.contract else "",
            row.mode,
            rules.ratio_of(row.ratio) if row.ratio is not None else None,
            row.fixed_price,
            row.amount_off.decimal if row.amount_off else None,
            row.threshold.decimal if row.threshold else None,
            service.code if service else "",
            kind.code if kind else "",
            product.spec if product else "",
            region.code if region else "",
            row.family,
            row.charge_mode,
            row.period_type,
            row.period_number,
            " ".join(row.order_kinds),
            row.begins_at,
            row.ends_at,
        )


def wanted(actor: Actor, line: Line) -> Wanted | None:
    """What a line asks for; None when it is a discount that is there already, unchanged.

    Raises ValueError with a translated reason. Customers and partners the actor cannot see do not exist.
    """
    if line["discount_id"]:
        _check_unchanged(actor, line)
        return None
    customer = _one(
        Customer.objects.visible_to(actor).select_related("account", "partner__account"),
        _("there is no such customer"),
        account__name=line["customer"],
    )
    currency = customer.account.currency
    begins_at = _moment(line, "begins_at")
    scope = _scope(line)
    return Wanted(
        facts={
            "customer": customer,
            "kind": line["kind"],
            "name": line["name"] or line["kind"],
            "terms": Terms(
                line["mode"],
                _number(line, "ratio"),
                _number(line, "fixed_price"),
                _money(line, "amount_off", currency),
                _money(line, "threshold", currency),
            ),
            "begins_at": begins_at,
            "ends_at": _moment(line, "ends_at"),
            "grantor": _named(Partner.objects.visible_to(actor), line, "granted_by", "account__name"),
            "contract": _named(Contract.objects.visible_to(actor), line, "contract", "code"),
        },
        scope=scope,
    )


def _check_unchanged(actor: Actor, line: Line) -> None:
    rows = Discount.objects.visible_to(actor).select_related(
        "customer__account",
        "grantor__account",
        "contract",
        "service",
        "resource_type__service",
        "product__service",
        "product__resource_type",
        "product__region",
        "region",
    )
    row = _one(rows, _("there is no such discount"), number=line["discount_id"])
    (there,) = tables.read(tables.write(COLUMNS, discount_lines([row]), "csv"), "one.csv", COLUMNS)
    if any(line[column] != there[column] for column in COLUMNS):
        raise ValueError(_("a discount is not changed: revoke it and grant a new one"))


def _scope(line: Line) -> dict[str, Any]:
    service = _named(CloudService.objects.all(), line, "cloud_service_type", "code")
    kind = _named(
        ResourceType.objects.filter(service=service) if service else ResourceType.objects.all(),
        line,
        "resource_type",
        "code",
    )
    region = _named(Region.objects.all(), line, "region", "code")
    found: dict[str, Any] = {
        "family": line["family"],
        "charge_mode": line["charge_mode"],
        "period_type": line["period_type"],
        "period_number": _whole(line, "period_number"),
        "order_kinds": tuple(line["order_kinds"].replace(",", " ").split()),
    }
    if line["resource_spec"]:
        if kind is None or region is None:
            raise ValueError(_("a spec is named with its resource type and region"))
        product = _named(
            Product.objects.filter(resource_type=kind, region=region), line, "resource_spec", "spec"
        )
        return {**found, "product": product}
    return {**found, "service": service, "resource_type": kind, "region": region}


def _named(rows: QuerySet[M], line: Line, column: str, path: str) -> M | None:
    if not line[column]:
        return None
    return _one(rows, _("unknown: {value}").format(value=line[column]), **{path: line[column]})


def _one(rows: QuerySet[M], otherwise: str, **exactly: Any) -> M:
    row = rows.filter(**exactly).first()
    if row is None:
        raise ValueError(otherwise)
    return row


def _number(line: Line, column: str) -> Decimal | None:
    try:
        value = Decimal(line[column]) if line[column] else None
    except InvalidOperation:
        value = Decimal("NaN")
    if value is not None and not value.is_finite():
        raise ValueError(_("{column} is not a number").format(column=column))
    return value


def _whole(line: Line, column: str) -> int | None:
    value = _number(line, column)
    if value is not None and (value != int(value) or not 0 < value < 1000):
        raise ValueError(_("{column} is not a number").format(column=column))
    return None if value is None else int(value)


def _money(line: Line, column: str, currency: str) -> Money | None:
    try:
        return Money.of(line[column], currency) if line[column] else None
    except ValueError:
        raise ValueError(_("{column} is not an amount").format(column=column)) from None


def _moment(line: Line, column: str) -> datetime | None:
    try:
        return moment_of(line[column]) if line[column] else None
    except ValueError:
        raise ValueError(
            _("{column} is not a moment such as 2026-12-01T00:00:00+08:00").format(column=column)
        ) from None
