"""Words for what bills hold as codes: services, kinds of resources, regions, customers, account managers, measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from partner_center.billing.models.fees import BillType, ChargingMode, FeeRecordQuerySet
from partner_center.billing.reading import Line, Names
from partner_center.catalogue.models import CloudService, Region, ResourceType
from partner_center.customers.models import AssociationType, Customer
from partner_center.identity.models import User
from partner_center.reference.models import Measure

NOTHING = "–"
_CHOICES: dict[str, Any] = {"association": AssociationType, "mode": ChargingMode, "type": BillType}


def words_for(heading: str, values: Iterable[Any], language: str) -> dict[Any, str]:
    """What to call each of these values of a heading (`sums.HEADINGS`) in `language`. One query at most."""
    wanted = {value for value in values if value not in ("", None)}
    found: dict[Any, str] = {}
    match heading:
        case "service":
            found = {one.code: one.name_in(language) for one in CloudService.objects.filter(code__in=wanted)}
        case "resource_type":
            kinds = ResourceType.objects.filter(code__in=wanted)
            found = {one.code: one.name_in(language) for one in kinds}
        case "region":
            found = {one.code: one.name_in(language) for one in Region.objects.filter(code__in=wanted)}
        case "customer":
            people = Customer.objects.filter(pk__in=wanted).select_related("account")
            found = {one.pk: str(one) for one in people}
        case "manager":
            numbers = [int(one) for one in wanted if str(one).isdigit()]
            found = {str(one.pk): str(one) for one in User.objects.filter(pk__in=numbers)}
        case "association" | "mode" | "type":
            found = {value: str(words) for value, words in _CHOICES[heading].choices}
    return {value: found.get(value) or str(value or NOTHING) for value in {*wanted, "", None}}


def with_names(rows: FeeRecordQuerySet, language: str) -> FeeRecordQuerySet:
    """Each record with `service_name`, `kind_name` and `region_name` in `language`, in the same statement."""
    column = "name_zh" if language.startswith("zh") else "name"
    services = CloudService.objects.filter(code=OuterRef("service_type"))
    kinds = ResourceType.objects.filter(
        code=OuterRef("resource_type"), service__code=OuterRef("service_type")
    )
    regions = Region.objects.filter(code=OuterRef("region"))
    return rows.annotate(
        service_name=Coalesce(Subquery(services.values(column)[:1]), "service_type"),
        kind_name=Coalesce(Subquery(kinds.values(column)[:1]), "resource_type"),
        region_name=Coalesce(Subquery(regions.values(column)[:1]), "region"),
    )


class Named:
    """A line with the words for its codes; every other attribute is the line's own."""

    def __init__(self, line: Line, names: Names, measures: dict[int, Measure]) -> None:
        self.line, self.names, self.measures = line, names, measures

    def __getattr__(self, name: str) -> Any:
        return getattr(self.line, name)

    def __str__(self) -> str:
        return (
            f"{self.line.resource_name or self.line.resource_id or self.line.service_type} {self.line.month}"
        )

    @property
    def customer(self) -> str:
        return self.names.account(self.line.customer_id) or self.line.customer_id

    @property
    def service(self) -> str | None:
        return self.names.service(self.line.service_type)

    @property
    def kind(self) -> str | None:
        return self.names.resource_type(self.line.service_type, self.line.resource_type)

    @property
    def place(self) -> str | None:
        return self.names.region(self.line.region)

    @property
    def resource(self) -> str | None:
        return self.line.resource_name or self.names.resource(self.line.resource_id)

    @property
    def factor(self) -> str | None:
        """The billing factor in the reader's words."""
        known = self.names.usage_types.get(self.line.usage_type_id or 0)
        return known.name_in(self.names.language) if known else self.line.usage_type or None

    @property
    def measure(self) -> str | None:
        return self._called(self.line.usage_measure_id)

    @property
    def price_measure(self) -> str | None:
        return self._called(self.names.price_measure(self.line.usage_type_id))

    def _called(self, number: int | None) -> str | None:
        known = self.measures.get(number or 0)
        return known.name_in(self.names.language) if known else None


def named(lines: Sequence[Line], language: str) -> list[Named]:
    """The lines with names, read once for all of them."""
    names = Names.of(lines, language)
    measures = Measure.objects.in_bulk() if lines else {}
    return [Named(line, names, measures) for line in lines]
