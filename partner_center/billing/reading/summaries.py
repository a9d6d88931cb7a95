"""Sums of a month's fee records, as the operations group them: by service, kind of bill, charging mode, customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, QuerySet, Sum, Value, When

from partner_center.billing.models.fees import ADJUSTMENTS, AMOUNTS, REFUNDS, BillType, FeeRecord
from partner_center.kernel.money import Money

CONSUMPTION, REFUND, ADJUSTMENT = 1, 2, 3
"""`bill_type` of a customer's monthly sums."""
NORMAL, UNSUBSCRIPTION, VENDOR_WRITE_OFF = 0, 1, 2
"""`bill_type` of a partner's monthly sums: what the vendor gave back by itself stands apart from what was returned."""

OF_CUSTOMER: Mapping[int, Sequence[int]] = {REFUND: REFUNDS, ADJUSTMENT: ADJUSTMENTS}
OF_PARTNER: Mapping[int, Sequence[int]] = {
    UNSUBSCRIPTION: REFUNDS,
    VENDOR_WRITE_OFF: (BillType.COMPENSATION,),
}


@dataclass(frozen=True, slots=True)
class Summary:
    """The records of one kind under the same columns, added up."""

    of: Mapping[str, str | int]
    kind: int
    amounts: Mapping[str, Money]


class Summaries:
    """Fee records of one currency, added up by these columns and by kind: counted and cut in the database."""

    def __init__(
        self,
        rows: QuerySet[FeeRecord],
        currency: str,
        *columns: str,
        kinds: Mapping[int, Sequence[int]],
        otherwise: int,
    ) -> None:
        self.currency, self.columns = currency, columns
        kind = Case(
            *(When(bill_type__in=types, then=Value(number)) for number, types in kinds.items()),
            default=Value(otherwise),
            output_field=IntegerField(),
        )
        self.kinds = rows.filter(currency=currency).order_by().annotate(kind=kind)

    def of_kind(self, kind: int | None) -> Summaries:
        """Only those of one kind; None is all."""
        if kind is not None:
            self.kinds = self.kinds.filter(kind=kind)
        return self

    def count(self) -> int:
        found: int = self.kinds.values(*self.columns, "kind").distinct().count()
        return found

    def part(self, offset: int, limit: int) -> list[Summary]:
        keys = (*self.columns, "kind")
        summed = self.kinds.values_list(*keys).annotate(*(Sum(name) for name in AMOUNTS)).order_by(*keys)
        return [
            Summary(
                dict(zip(self.columns, row, strict=False)),
                row[len(self.columns)],
                {
                    name: Money(int(value or 0), self.currency)
                    for name, value in zip(AMOUNTS, row[len(keys) :], strict=True)
                },
            )
            for row in summed[offset : offset + limit]
        ]

    def total(self) -> dict[str, Money]:
        """Over all of them, not only a page."""
        found = self.kinds.aggregate(**{f"sum_{name}": Sum(name) for name in AMOUNTS})
        return {name: Money(int(found[f"sum_{name}"] or 0), self.currency) for name in AMOUNTS}
