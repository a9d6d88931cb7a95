"""What a package contains, and the page where the operator sets it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.actions import ContentEntry, CoverEntry, define_package
from partner_center.catalogue.models import (
    PackageContent,
    PackageKind,
    PackageOffer,
    Product,
    Region,
    UsageType,
)
from partner_center.catalogue.queries import product_by_number
from partner_center.catalogue.tariffs import plain
from partner_center.console.forms import ActionForm
from partner_center.console.pages import FormPage
from partner_center.foundation.actor import Actor

EXAMPLE = (
    '[{"name": "Storage", "name_zh": "存储", "quantity": "72000", "renews": "month", "priority": 100,'
    ' "covers": [{"resource_type": "hws.resource.type.obs", "usage_type": "storageSize",'
    ' "product": "obs.standard@cn-north-4"}]}]'
)


class ContentsForm(ActionForm):
    """Kind, validity and items of a package."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PackageKind.choices)
    valid_number = forms.IntegerField(label=_("Valid for"), min_value=1, max_value=60, initial=1)
    valid_unit = forms.ChoiceField(
        label=_("Unit"), choices=[("month", _("Month")), ("year", _("Year"))], initial="year"
    )
    contents = forms.CharField(
        label=_("Items"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14, "class": "pc-code"}),
        help_text=_(
            "JSON, such as {example}. An item covers a usage type: of one product, of a region, or everywhere;"
            ' it is renewed by "hour", "month", "year" or "" (never).'
        ).format(example=EXAMPLE),
    )

    def prepare(self) -> None:
        offer = PackageOffer.objects.visible_to(self.actor).filter(product=self.subject).first()
        if offer is not None and not self.is_bound:
            self.initial.update(
                kind=offer.kind,
                valid_unit=offer.valid_unit,
                valid_number=offer.valid_number,
                contents=json.dumps(
                    [_said(one) for one in contents_of(self.actor, self.subject)],
                    ensure_ascii=False,
                    indent=1,
                ),
            )

    def clean_contents(self) -> list[ContentEntry]:
        try:
            given = json.loads(self.cleaned_data["contents"], parse_float=str)
            return [_entry(self.actor, one) for one in given]
        except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as error:
            raise ValidationError(_("This is not JSON of items, or it names what does not exist.")) from error


class PackageContents(FormPage):
    name, path, title = "package-contents", "products/<str:number>/package/", _("Contents of the package")
    parent, kinds = "product", ("staff",)
    lead = _("Packages that have been bought keep what was in them.")
    fetch, act, form, argument = product_by_number, define_package, ContentsForm, "product"
    after = "product"
    button = _("Save")

    def next_address(self, result: Any) -> str:
        return super().next_address(self.subject)


def contents_of(actor: Actor, product: Product) -> list[PackageContent]:
    """The items that the next purchase of the product will have."""
    offers = PackageOffer.objects.visible_to(actor).filter(product=product)
    rows = PackageContent.objects.filter(offer__in=offers).select_related("measure", "offer")
    return list(
        rows.prefetch_related(
            "covers__usage_type__resource_type", "covers__product__region", "covers__region"
        )
    )


def covers_in_words(content: PackageContent, language: str) -> str:
    told = []
    for cover in content.covers.all():
        narrowed = cover.product or cover.region
        name = f" ({narrowed.name_in(language)})" if narrowed else ""
        told.append(f"{cover.usage_type.name_in(language)}{name}")
    return ", ".join(told)


def _said(content: PackageContent) -> dict[str, Any]:
    covers = []
    for cover in content.covers.all():
        said = {
            "resource_type": cover.usage_type.resource_type.code,
            "usage_type": cover.usage_type.code,
            "product": str(cover.product.spec + "@" + cover.product.region.code) if cover.product else "",
            "region": cover.region.code if cover.region else "",
        }
        covers.append({name: value for name, value in said.items() if value})
    return {
        "name": content.name,
        "name_zh": content.name_zh,
        "quantity": plain(content.quantity),
        "renews": content.renews,
        "priority": content.priority,
        "covers": covers,
    }


def _entry(actor: Actor, given: Mapping[str, Any]) -> ContentEntry:
    """Raises ValueError for what does not exist, and what JSON of another shape raises."""
    priority = given.get("priority", 100)
    if not isinstance(priority, int) or isinstance(priority, bool):
        raise ValueError(priority)
    return ContentEntry(
        name=str(given["name"]).strip(),
        name_zh=str(given["name_zh"]).strip(),
        quantity=Decimal(str(given["quantity"])),
        covers=[_cover(actor, one) for one in given["covers"]],
        renews=str(given.get("renews", "")),
        priority=priority,
    )


def _cover(actor: Actor, given: Mapping[str, Any]) -> CoverEntry:
    types = UsageType.objects.visible_to(actor).filter(
        resource_type__code=str(given["resource_type"]), code=str(given["usage_type"])
    )
    product, region = given.get("product"), given.get("region")
    return CoverEntry(
        _one(types),
        product=_one(_products(actor, str(product))) if product else None,
        region=_one(Region.objects.visible_to(actor).filter(code=str(region))) if region else None,
    )


def _products(actor: Actor, named: str) -> Any:
    spec, _at, region = named.strip().rpartition("@")
    return Product.objects.visible_to(actor).filter(spec=spec, region__code=region)


def _one(rows: Any) -> Any:
    found = list(rows[:2])
    if len(found) != 1:
        raise ValueError("there is no such row, or more than one")
    return found[0]
