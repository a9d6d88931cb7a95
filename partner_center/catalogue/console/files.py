"""The price book as a file, out and in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue import tables
from partner_center.catalogue.actions import PriceImport, import_prices
from partner_center.catalogue.file_pages import FileForm, file_answer, format_asked
from partner_center.catalogue.imports import COLUMNS, price_lines
from partner_center.catalogue.models import PriceRow
from partner_center.console.page import Page
from partner_center.console.pages import FormPage
from partner_center.console.registry import PAGES
from partner_center.kernel import clock


class PriceBookFile(Page):
    """Every published price, in the columns that the import reads: XLSX, or CSV with ?format=csv."""

    name, path, title, permission = (
        "price-book-file",
        "price-book/file/",
        _("Export the price book"),
        "catalogue.view",
    )
    kinds = ("staff",)
    parent = "price-book"

    def get(self) -> HttpResponse:
        file_format = format_asked(self)
        rows = PriceRow.objects.visible_to(self.actor).select_related(
            "product__service", "product__resource_type", "product__region", "usage_type"
        )
        content = tables.write(COLUMNS, price_lines(rows.iterator(chunk_size=2000)), file_format)
        return file_answer(content, f"price-book-{clock.now():%Y%m%d}", file_format)


class ImportPrices(FormPage):
    name, path, title = "import-prices", "price-book/import/", _("Import prices")
    lead = _("The prices of the file become a draft; nobody is charged by them until it is published.")
    parent = "price-book"
    template = "catalogue/import.html"
    act, form = import_prices, FileForm
    after = "price-change"

    def context(self) -> dict[str, Any]:
        return {"columns": COLUMNS}

    def done(self, result: PriceImport) -> HttpResponse:
        if result.draft is None or result.rejections:
            report = {
                "taken": result.accepted if result.draft else 0,
                "unchanged": result.unchanged,
                "rejections": result.rejections,
                "onward": PAGES["price-change"].url_for(result.draft) if result.draft else "",
                "onward_words": gettext("Open the draft"),
            }
            return self.render(form=self.form(actor=self.actor), report=report)
        self.toast(gettext("%(count)s prices were drafted.") % {"count": result.accepted})
        return self.go(self.next_address(result.draft))
