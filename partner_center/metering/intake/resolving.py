"""What a record's words mean: customer, resource, product, usage type and measure, looked up many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import islice
from math import ceil
from typing import Any, NamedTuple, TypeVar

from partner_center.catalogue.models import Product, UsageType
from partner_center.customers.models import Customer
from partner_center.metering import errors
from partner_center.metering.intake.records import DESCRIBING, OPTIONAL, Refusal, exact, refusal, storable
from partner_center.reference.models import Conversion, Measure
from partner_center.reference.rules import factor
from partner_center.subscriptions.models import OnDemandResource, Resource

FOREVER = 253_402_300_800
MOST_PARAMETERS = 500
MOST_KNOWN = 200_000
"""Descriptions kept in memory; more are looked up again."""

T = TypeVar("T")


class Life(NamedTuple):
    """A stretch of time in which a resource was one thing: pay-per-use, or yearly/monthly. Epoch seconds."""

    begins: int
    ends: int
    customer_id: str
    service: str
    resource_type: str
    spec: str
    region: str
    size: int
    enterprise_project_id: str


class Place(NamedTuple):
    """Where a record belongs: everything but its quantity and its time."""

    customer_id: str
    resource_id: str
    product_id: int
    usage_type_id: int
    measure_id: int
    times: Fraction | None
    """Measures of the price in one of the record's; None where they are the same."""
    lives: tuple[Life, ...]
    is_linear: bool
    enterprise_project_id: str


@dataclass(frozen=True, slots=True)
class _Described:
    """The texts of DESCRIBING; the measure as a number."""

    customer_id: str
    resource_id: str
    service: str
    resource_type: str
    spec: str
    region: str
    usage_type: str
    measure_id: int | None
    enterprise_project_id: str


class Directory:
    """Descriptions of records, resolved; a bounded number of statements for any number of new ones.

    completes: absent descriptions are those of the resource.
    """

    def __init__(self, *, completes: bool = False) -> None:
        self.completes = completes
        self._known: dict[tuple[Any, ...], Place | Refusal] = {}
        self._measures = dict(Measure.objects.values_list("id", "abbreviation"))
        self._ratios = list(Conversion.objects.values_list("measure_id", "ref_measure_id", "ratio"))
        self._factors: dict[tuple[int, int], Fraction | None] = {}

    def learn(self, keys: Iterable[tuple[Any, ...]]) -> None:
        """Resolve those of `keys` (values of DESCRIBING) that are not known yet."""
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        described: dict[tuple[Any, ...], _Described] = {}
        for key in set(keys):
            if key in self._known:
                continue
            read = self._read(key)
            if isinstance(read, Refusal):
                self._known[key] = read
            else:
                described[key] = read
        if described:
            self._resolve(described)

    def __getitem__(self, key: tuple[Any, ...]) -> Place | Refusal:
        return self._known[key]

    def _read(self, key: tuple[Any, ...]) -> _Described | Refusal:
        texts: list[str] = []
        for name, value in zip(DESCRIBING, key, strict=True):
            text = "" if value is None else str(value)
            absent_is_known = name in OPTIONAL or (
                self.completes and name not in ("resource_id", "usage_type")
            )
            if not text and not absent_is_known:
                return refusal(errors.MissingField, field=name)
            if text != storable(text) or len(text) > 400:
                return refusal(errors.MalformedField, field=name, value=text)
            texts.append(text)
        measure_id: int | None = None
        if texts[7]:
            number = exact(texts[7])
            if number is None or number != int(number):
                return refusal(errors.UnknownMeasure, measure_id=texts[7])
            measure_id = int(number)
        customer_id, resource_id, service, resource_type, spec, region, usage_type, _measure, project = texts
        return _Described(
            customer_id, resource_id, service, resource_type, spec, region, usage_type, measure_id, project
        )

    def _resolve(self, described: dict[tuple[Any, ...], _Described]) -> None:
        wanted = list(described.values())
        customers = _customers({one.customer_id for one in wanted})
        lives = _lives({one.resource_id for one in wanted})
        specs = {one.spec for one in wanted} | {life.spec for found in lives.values() for life in found}
        products = _products(specs)
        usage_types = _usage_types({one.usage_type for one in wanted})
        for key, one in described.items():
            self._known[key] = self._place(
                one, customers, lives.get(one.resource_id, ()), products, usage_types
            )

    def _place(
        self,
        one: _Described,
        customers: set[str],
        lives: Sequence[Life],
        products: dict[tuple[str, ...], _Product],
        usage_types: dict[tuple[int, str], _UsageType],
    ) -> Place | Refusal:
        if one.customer_id and one.customer_id not in customers:
            return refusal(errors.UnknownCustomer, customer_id=one.customer_id)
        if not lives:
            return refusal(errors.UnknownResource, resource_id=one.resource_id)
        last = lives[-1]
        customer_id = one.customer_id or last.customer_id
        lives = [life for life in lives if life.customer_id == customer_id]
        if not lives:
            return refusal(errors.ForeignResource, resource_id=one.resource_id, customer_id=customer_id)
        named = (
            one.service or last.service,
            one.resource_type or last.resource_type,
            one.spec or last.spec,
            one.region or last.region,
        )
        product = products.get(named)
        if product is None:
            return refusal(
                errors.UnknownProduct,
                service=one.service,
                resource_type=one.resource_type,
                spec=one.spec,
                region=one.region,
            )
        service, resource_type, _spec, region = named
        fitting = [
            life
            for life in lives
            if (life.service, life.resource_type, life.region) == (service, resource_type, region)
        ]
        if not fitting:
            return refusal(
                errors.OtherKindOfResource,
                resource_id=one.resource_id,
                kind=last.resource_type,
                region=last.region,
            )
        usage_type = usage_types.get((product.resource_type_id, one.usage_type.lower()))
        if usage_type is None:
            return refusal(
                errors.UnknownUsageType,
                usage_type=one.usage_type,
                resource_type=one.resource_type or last.resource_type,
            )
        measure_id = usage_type.measure_id if one.measure_id is None else one.measure_id
        if measure_id not in self._measures:
            return refusal(errors.UnknownMeasure, measure_id=measure_id)
        times = self._factor(measure_id, usage_type.measure_id)
        if times is None:
            return refusal(
                errors.MeasureDoesNotConvert,
                measure=self._measures[measure_id],
                target=self._measures[usage_type.measure_id],
            )
        return Place(
            customer_id,
            one.resource_id,
            product.pk,
            usage_type.pk,
            measure_id,
            None if times == 1 else times,
            tuple(fitting),
            product.is_linear,
            one.enterprise_project_id,
        )

    def _factor(self, measure_id: int, target_id: int) -> Fraction | None:
        pair = (measure_id, target_id)
        if pair not in self._factors:
            self._factors[pair] = factor(measure_id, target_id, self._ratios)
        return self._factors[pair]


class _Product(NamedTuple):
    pk: int
    resource_type_id: int
    is_linear: bool


class _UsageType(NamedTuple):
    pk: int
    measure_id: int


def portions(values: Iterable[T], size: int = MOST_PARAMETERS) -> Iterator[list[T]]:
    """`values` in lists short enough for one statement."""
    iterator = iter(values)
    while portion := list(islice(iterator, size)):
        yield portion


def _customers(wanted: set[str]) -> set[str]:
    found: set[str] = set()
    for portion in portions(wanted):
        found.update(Customer.objects.filter(pk__in=portion).values_list("pk", flat=True))
    return found


def _lives(wanted: set[str]) -> dict[str, list[Life]]:
    """The lives of each resource, the earliest first. A lease turned pay-per-use has two under one id."""
    columns = (
        "customer_id",
        "cloud_service_type",
        "resource_type",
        "resource_spec",
        "region",
        "size",
        "enterprise_project_id",
    )
    found: dict[str, list[Life]] = defaultdict(list)
    for portion in portions(wanted):
        leased = Resource.objects.filter(resource_id__in=portion)
        for resource_id, begins, ends, *words in leased.values_list(
            "resource_id", "begins_at", "closed_at", *columns
        ):
            found[resource_id].append(_life(begins, ends, words))
        metered = OnDemandResource.objects.filter(resource_id__in=portion)
        for resource_id, begins, ends, *words in metered.values_list(
            "resource_id", "opened_at", "closed_at", *columns
        ):
            found[resource_id].append(_life(begins, ends, words))
    for lives in found.values():
        lives.sort()
    return found


def _life(begins: datetime, ends: datetime | None, words: list[Any]) -> Life:
    customer_id, service, resource_type, spec, region, size, enterprise_project_id = words
    return Life(
        int(begins.timestamp()),
        FOREVER if ends is None else ceil(ends.timestamp()),
        customer_id,
        service,
        resource_type,
        spec,
        region,
        size or 1,
        enterprise_project_id,
    )


def _products(specs: set[str]) -> dict[tuple[str, ...], _Product]:
    found: dict[tuple[str, ...], _Product] = {}
    for portion in portions(specs):
        rows = Product.objects.filter(spec__in=portion).values_list(
            "service__code",
            "resource_type__code",
            "spec",
            "region__code",
            "pk",
            "resource_type_id",
            "linear_measure_id",
        )
        for service, resource_type, spec, region, pk, resource_type_id, linear in rows:
            found[service, resource_type, spec, region] = _Product(pk, resource_type_id, linear is not None)
    return found


def _usage_types(codes: set[str]) -> dict[tuple[int, str], _UsageType]:
    """By resource type and code, whatever its case; there are few of them in any catalogue."""
    wanted = {code.lower() for code in codes}
    return {
        (resource_type_id, code.lower()): _UsageType(pk, measure_id)
        for pk, resource_type_id, code, measure_id in UsageType.objects.values_list(
            "pk", "resource_type_id", "code", "measure_id"
        )
        if code.lower() in wanted
    }
