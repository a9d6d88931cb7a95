"""How a line's amount comes about, as the one text that records of resources carry."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from partner_center.billing.reading import Line, Names, plain, tidy

SIMPLE = "flat"


def unit_of(line: Line, names: Names) -> str | None:
    """What the unit price is the price of: "CNY/GB/hour". Only where there is a single price."""
    if line.unit_price is None:
        return None
    parts = [line.currency, names.size_unit(line.product_id), names.price_unit(line.usage_type_id)]
    return "/".join(part for part in parts if part)


def formula_of(line: Line, names: Names) -> str | None:
    """The amount less coupons, as a product and what is taken off it. Only for usage added up at one flat price."""
    if line.unit_price is None or line.scheme != SIMPLE or line.charged_usage is None:
        return None
    if not names.is_added_up(line.usage_type_id):
        return None
    factors = [(line.charged_usage, _("usage")), (Decimal(1), _("unit conversion"))]
    product = f"{_told(factors[0])}/{_told(factors[1])}"
    if line.size not in (None, 1):
        product += f"*{_told((Decimal(line.size or 1), _('size of the product')))}"
    product += f"*{_told((line.unit_price, _('unit price')))}"
    off = [
        (plain(line.discount), _("discount")),
        (plain(line.cut_off), _("rounded off")),
        (plain(line.means["coupon"]), _("coupons")),
    ]
    return product + "".join(f"-{_told(one)}" for one in off)


def _told(part: tuple[Decimal, str]) -> str:
    """ "0.5【单价】": a number with what it is behind it."""
    return _("{number}[{what}]").format(number=f"{tidy(part[0]):f}", what=part[1])
