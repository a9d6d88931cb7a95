"""The tags that a partner sorts its customers by: who bears them, renaming, merging, taking away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from partner_center.console.columns import Column, Number, Text
from partner_center.console.pages import FormPage
from partner_center.console.registry import PAGES
from partner_center.console.tables import Asked, Listed, Table, TablePage
from partner_center.customers.actions import rename_label
from partner_center.customers.console.forms import RenameTagForm
from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.actor import Actor


class RenameLink(Column):
    """Leads to the form that renames the tag of the row."""

    def html(self, row: Any, actor: Actor) -> SafeString:
        page = PAGES["rename-customer-tag"]
        if not page.open_to(actor):
            return SafeString("")
        query = urlencode({"label": row["label"], "new": row["label"]})
        return format_html('<a href="{}?{}">{}</a>', page.url(), query, _("Rename"))

    def plain(self, row: Any) -> None:
        return None


class CustomerTags(TablePage):
    """Tags of the asking partner's own customers; its resellers' are theirs."""

    name, path, title, permission = "customer-tags", "customers/tags/", _("Customer tags"), "customers.view"
    kinds = ("partner",)
    columns = (
        Text("label", _("Tag")),
        Number("customers", _("Customers")),
        Number("resale", _("Resale")),
        Number("referral", _("Referral")),
        RenameLink("rename", ""),
    )
    filters = (Asked("q", _("Tag"), widget="search"),)
    lead = _("Tags come from invitation links or are set by hand; a customer bears one.")
    empty = _("No customer bears a tag.")

    def table(self) -> Table:
        rows = Customer.objects.visible_to(self.actor).of_partner(self.actor.account_id).exclude(label="")
        if self.asked["q"]:
            rows = rows.labelled(self.asked["q"])
        return Listed(
            rows.order_by("label")
            .values("label")
            .annotate(
                customers=Count("pk"),
                resale=Count("pk", filter=Q(association_type=AssociationType.RESALE)),
                referral=Count("pk", filter=Q(association_type=AssociationType.REFERRAL)),
            )
        )

    def name_of(self, row: Any) -> str:
        return str(row["label"])

    def address_of(self, row: Any) -> str:
        return f"{PAGES['customers'].url()}?{urlencode({'tag': row['label']})}"


class RenameTag(FormPage):
    name, path, title = "rename-customer-tag", "customers/tags/rename/", _("Rename a tag")
    kinds, parent = ("partner",), "customer-tags"
    act, form = rename_label, RenameTagForm
    button = _("Rename")

    def done(self, result: Any) -> Any:
        self.toast(ngettext("%(n)d customer changed.", "%(n)d customers changed.", result) % {"n": result})
        return self.go(PAGES["customer-tags"].url())
