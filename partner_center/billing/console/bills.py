"""The bill of a month (账单, for partners 伙伴账单): its parts, its sums by any heading with drill-down, its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partner_center.billing.console import asking
from partner_center.billing.console.records import BILL_TABS
from partner_center.billing.console.spending import SpendingTable, figure, headings
from partner_center.billing.models import FeeRecord
from partner_center.billing.models.fees import FeeRecordQuerySet
from partner_center.billing.sums import PARTS, Grouped, Sums, of_part
from partner_center.console.registry import PAGES
from partner_center.console.tables import Asked
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING, BillMonth

PARTNER_BILL_READY = (5, 12)
"""A month's partner bill is complete before 12:00 on the 5th of the next (spec/domain/features.md N3) …"""
MONTH_FINAL = (3, 10)
"""… and a customer's is final on the 3rd at 10:00 (spec/api/flows.md §10.14). Beijing time."""


def final_at(month: BillMonth, actor: Actor) -> datetime:
    """When the figures of a month stop changing for this reader."""
    day, hour = MONTH_FINAL if actor.kind == "customer" else PARTNER_BILL_READY
    after = month.next()
    return datetime(after.year, after.month, day, hour, tzinfo=BEIJING).astimezone(UTC)


def _headings(actor: Actor) -> list[tuple[str, Any]]:
    return [(name, words) for name, words in headings(actor) if name != "month"]


def _first_heading(actor: Actor) -> str:
    return "service" if actor.kind == "customer" else "customer"


class Bill(SpendingTable):
    name, path, title = "bill", "bill/", gettext_lazy("Bills")
    tabs, carried = BILL_TABS, ("month",)
    above = "billing/bill.html"
    empty = gettext_lazy("This bill has no such records.")
    filters = (
        asking.MONTH,
        Asked("by", gettext_lazy("Group by"), offered=_headings, default=_first_heading, always=True),
        Asked(
            "part",
            gettext_lazy("Part"),
            offered=[(name, words) for name, (words, _w) in PARTS.items()],
            hidden=True,
        ),
        asking.CURRENCY,
        asking.CUSTOMER,
        asking.SERVICE,
        asking.REGION,
        asking.MANAGER,
        asking.MODE,
        asking.TYPE,
        *asking.FURTHER,
    )

    @property
    def heading(self) -> Any:
        return _("Partner bill") if self.actor.kind == "partner" else self.title

    @property
    def finality(self) -> str:
        """Whether the figures may still change, and until when."""
        month = BillMonth.parse(self.asked["month"])
        final = final_at(month, self.actor)
        if clock.now() >= final:
            return _("The figures of this month are final.")
        told = final.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
        return _("The figures of this month are preliminary; they are final on %(moment)s, Beijing time.") % {
            "moment": told
        }

    @cached_property
    def records(self) -> FeeRecordQuerySet:
        return of_part(self._whole_bill, self.asked["part"] or "")

    @cached_property
    def _whole_bill(self) -> FeeRecordQuerySet:
        rows: FeeRecordQuerySet = FeeRecord.objects.visible_to(self.actor)
        return asking.narrowed(rows, self.asked)

    @cached_property
    def figures(self) -> Sequence[tuple[Any, SafeString]]:
        found = list(Grouped(self._whole_bill))
        whole = found[0] if found else Sums((), self.asked["currency"])
        return [
            (_("Bill total"), figure(whole.money("consume"))),
            *((words, figure(whole.money(name))) for name, (words, _which) in PARTS.items()),
            (_("Paid"), figure(whole.money("consume") - whole.money("debt"))),
            (_("Arrears"), figure(whole.money("debt"))),
        ]

    @property
    def parts(self) -> list[tuple[Any, str, bool]]:
        """The tabs of the bill: everything, consumption, refunds, adjustments."""
        chosen = self.asked["part"]
        return [
            (_("Everything"), self.query_with(part=None, page=None), chosen is None),
            *(
                (words, self.query_with(part=name, page=None), chosen == name)
                for name, (words, _which) in PARTS.items()
            ),
        ]

    @property
    def files(self) -> list[tuple[Any, str, str]]:
        """What can be taken away: words, icon, address."""
        asked = {"month": self.asked["month"], "currency": self.asked["currency"]}
        if self.asked["customer"]:
            about = list(self.records.order_by().values_list("customer_id", flat=True).distinct()[:2])
            asked |= {"customer": about[0]} if len(about) == 1 else {}
        offered = (
            ("bill-pdf", _("Bill (PDF)"), "file-invoice"),
            ("bill-lines", _("Details (XLSX, CSV)"), "file-spreadsheet"),
            ("focus", _("FOCUS export"), "file-type-csv"),
        )
        pages = [(PAGES.get(name), words, icon) for name, words, icon in offered]
        return [
            (words, icon, f"{page.url()}?{urlencode(asked)}")
            for page, words, icon in pages
            if page is not None and page.open_to(self.actor)
        ]
