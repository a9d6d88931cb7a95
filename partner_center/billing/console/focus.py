"""The FOCUS export: a month's lines in the columns of the FinOps specification, for cost tools."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from partner_center.billing.console import asking
from partner_center.billing.console.lines import LinesOf, LineTable
from partner_center.billing.files.focus import COLUMNS, FocusRow
from partner_center.billing.naming import Named
from partner_center.console.columns import Column
from partner_center.console.tables import Table
from partner_center.customers.models import AssociationType
from partner_center.identity.models import Account, AccountKind

ON_SCREEN = (
    "BilledCost",
    "BillingCurrency",
    "ChargeCategory",
    "ChargePeriodStart",
    "ListCost",
    "PricingQuantity",
    "PricingUnit",
    "RegionId",
    "ResourceName",
    "ServiceName",
    "SubAccountName",
)
"""The page shows the file's lines by these of its columns."""


class FocusTable:
    """The lines of a month as rows of FOCUS."""

    def __init__(self, lines: LinesOf, reader: Account | None) -> None:
        self.lines, self.reader = lines, reader

    @property
    def total(self) -> int:
        return self.lines.total

    @property
    def pin(self) -> str:
        return self.lines.pin

    def part(self, start: int, stop: int) -> list[FocusRow]:
        return self.rows_of(self.lines.part(start, stop))

    def rows_of(self, lines: Sequence[Named]) -> list[FocusRow]:
        """A partner's customers are sub-accounts of its account; a customer reads of itself."""
        accounts = Account.objects.in_bulk(
            {one.customer_id for one in lines} | {one.partner_id for one in lines if one.partner_id}
        )
        vendors = {one.site: _called(one) for one in Account.objects.filter(kind=AccountKind.VENDOR)}
        rows = []
        for line in lines:
            customer = accounts[line.customer_id]
            vendor = vendors.get(customer.site) or next(iter(vendors.values()), "Vendor")
            seller = (
                accounts.get(line.partner_id) if line.association_type == AssociationType.RESALE else None
            )
            reader = self.reader or customer
            rows.append(
                FocusRow(
                    line,
                    (reader.pk, _called(reader)),
                    None if reader.pk == customer.pk else (customer.pk, _called(customer)),
                    vendor,
                    _called(seller) if seller is not None and reader.pk != seller.pk else vendor,
                )
            )
        return rows


class Focus(LineTable):
    name, path, title, parent = "focus", "focus/", _("FOCUS export"), "bill"
    tabs: ClassVar[Sequence[str]] = ()
    lead = _(
        "The month's lines in the columns of FOCUS 1.0, the open cost and usage specification that cost tools read. "
        "This page shows some of the columns; export it as CSV for all of them."
    )
    filters = (asking.MONTH, asking.CUSTOMER, asking.SERVICE, asking.REGION)
    columns = tuple(
        Column(name, name, value=told, sort=False, file_only=name not in ON_SCREEN) for name, told in COLUMNS
    )
    formats = ("csv",)
    csv_encoding = "utf-8"

    @cached_property
    def _reader(self) -> Account | None:
        """The account whose bill it is; None for the house, which reads every customer's."""
        return None if self.actor.is_house else Account.objects.get(pk=self.actor.account_id)

    def table(self) -> Table:
        lines = super().table()
        assert isinstance(lines, LinesOf)
        return FocusTable(lines, self._reader)

    def address_of(self, row: Any) -> str:
        return ""


def _called(account: Account) -> str:
    return account.company_name or account.name
