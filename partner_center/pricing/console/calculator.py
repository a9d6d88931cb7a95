"""The price calculator: what a product costs a customer, with every offer, before anything is ordered."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import ChargeMode, CloudService, PeriodType, PriceRow, Product, Region
from partner_center.catalogue.queries import currency_of, terms_sold
from partner_center.console.page import TemplatePage
from partner_center.console.registry import PAGES
from partner_center.customers.models import Customer
from partner_center.identity.projects import REGIONS
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.pricing.queries import quote_list_price, quote_on_demand, quote_period

WIRE_PERIODS = {PeriodType.DAY: 0, PeriodType.MONTH: 2, PeriodType.YEAR: 3, PeriodType.HOUR: 4}
MOST_SPECS = 400


class Calculator(TemplatePage):
    name, path, title, permission = "calculator", "calculator/", _("Price calculator"), "pricing.view"
    lead = _("List prices and every discount that applies. Nothing is ordered here.")
    template = "pricing/calculator.html"

    def get(self) -> HttpResponse:
        return self.render()

    def context(self) -> dict[str, Any]:
        """The choices narrow each other from left to right; the answer appears once all are made."""
        ask, language = self.request.GET, self.actor.language
        products = Product.objects.visible_to(self.actor).detailed().on_sale(self._currency())
        services = CloudService.objects.visible_to(self.actor).filter(products__in=products).distinct()
        service = services.filter(code=ask.get("service", "")).first()
        products = products.filter(service=service) if service else products.none()
        regions = Region.objects.visible_to(self.actor).filter(products__in=products).distinct()
        at_home = regions.filter(code__in=REGIONS[self.actor.site])
        region = regions.filter(code=ask.get("region", "")).first() or at_home.first() or regions.first()
        specs = list(products.filter(region=region)[:MOST_SPECS]) if region else []
        product = next((one for one in specs if one.spec == ask.get("spec")), None)
        rows = terms_sold(product, self._currency(), clock.now()) if product else []
        rows = [row for row in rows if row.charge_mode in (ChargeMode.PERIOD, ChargeMode.ON_DEMAND)]
        row = next((one for one in rows if _key(one) == ask.get("term")), None)
        return {
            "services": [(one.code, one.name_in(language)) for one in services],
            "regions": [(one.code, one.name_in(language)) for one in regions],
            "specs": [(one.spec, one.name_in(language)) for one in specs],
            "terms": [(_key(one), self._words(one)) for one in rows],
            "customers": self._customers(),
            "service": service,
            "region": region,
            "product": product,
            "row": row,
            "asked": ask,
            "size": ask.get("size") or (product.least_size if product else ""),
            "number": ask.get("number") or "1",
            "count": ask.get("count") or "1",
            "size_unit": product.linear_measure.name_in(language)
            if product and product.linear_measure
            else "",
            "usage_unit": row.usage_type.measure.name_in(language) if row and row.usage_type else "",
            **(self._answer(product, row) if product and row else {}),
        }

    def _answer(self, product: Product, row: PriceRow) -> dict[str, Any]:
        try:
            return self._usage(product, row) if row.usage_type else self._period(product, row)
        except DomainError as refusal:
            return {"refusal": str(refusal)}
        except (ValueError, InvalidOperation):
            return {"refusal": gettext("Size, number and quantity are numbers.")}

    def _period(self, product: Product, row: PriceRow) -> dict[str, Any]:
        ask = self.request.GET
        line: dict[str, Any] = {
            "product": product,
            "size": _whole(ask.get("size"), product.least_size),
            "period_type": row.period_type,
            "period_num": _whole(ask.get("number"), 1),
            "subscription_num": _whole(ask.get("count"), 1),
        }
        customer = self._customer()
        if customer is None:
            return {"quote": quote_list_price(currency=self._currency(), **line)}
        quote = quote_period(customer_id=customer.pk, **line)
        return {"quote": quote, "buy": self._purchase(product, line, customer)}

    def _usage(self, product: Product, row: PriceRow) -> dict[str, Any]:
        ask, customer = self.request.GET, self._customer()
        assert row.usage_type is not None
        if customer is None:
            return {"refusal": gettext("Choose a customer to price a usage.")}
        usage = quote_on_demand(
            customer_id=customer.pk,
            product=product,
            factor=row.usage_type.code,
            value=Decimal(ask.get("number") or "1"),
            measure_id=row.usage_type.measure_id,
            size=_whole(ask.get("size"), product.least_size),
            subscription_num=_whole(ask.get("count"), 1),
        )
        return {
            "usage": usage,
            "usage_official": f"{usage.official_to(6).normalize():f}",
            "usage_amount": f"{usage.amount_to(6).normalize():f}",
            "usage_reduction": f"{usage.reduction_to(6).normalize():f}",
            "currency": usage.official.currency,
        }

    def _customer(self) -> Customer | None:
        """Whose discounts count: the customer itself, or the one that a partner or the operator has chosen."""
        chosen = (
            self.actor.account_id if self.actor.kind == "customer" else self.request.GET.get("customer", "")
        )
        rows = Customer.objects.visible_to(self.actor).select_related("account")
        return rows.filter(pk=chosen).first() if chosen else None

    def _customers(self) -> list[tuple[str, str]]:
        if self.actor.kind == "customer":
            return []
        rows = Customer.objects.visible_to(self.actor).select_related("account").order_by("account__name")
        return [(one.pk, str(one)) for one in rows[:MOST_SPECS]]

    def _currency(self) -> str:
        customer = self._customer()
        return customer.account.currency if customer else currency_of(self.actor)

    def _words(self, row: PriceRow) -> str:
        if row.usage_type:
            language = self.actor.language
            unit = row.usage_type.measure.name_in(language)
            return f"{ChargeMode(row.charge_mode).label} · {row.usage_type.name_in(language)} ({unit})"
        return f"{ChargeMode(row.charge_mode).label} · {PeriodType(row.period_type).label}"

    def _purchase(self, product: Product, line: dict[str, Any], customer: Customer) -> str:
        """The address of the purchase page with this product filled in, if the reader may buy."""
        page = PAGES.get("purchase")
        if page is None or page.parameters() or not page.open_to(self.actor):
            return ""
        query = {
            "cloud_service_type": product.service.code,
            "resource_type": product.resource_type.code,
            "resource_spec": product.spec,
            "region": product.region.code,
            "resource_size": line["size"] if product.is_linear else "",
            "period_type": WIRE_PERIODS[PeriodType(line["period_type"])],
            "period_num": line["period_num"],
            "subscription_num": line["subscription_num"],
            "customer": customer.pk if self.actor.kind != "customer" else "",
        }
        return f"{page.url()}?{urlencode({name: value for name, value in query.items() if value != ''})}"


def _key(row: PriceRow) -> str:
    return f"usage:{row.usage_type.code}" if row.usage_type else row.period_type


def _whole(text: str | None, otherwise: int) -> int:
    """A number from 1. Raises ValueError."""
    value = int(text) if text else otherwise
    if not 1 <= value <= 10**6:
        raise ValueError(text)
    return value
