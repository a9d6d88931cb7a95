"""What this room refuses."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Invalid


class UnitsDoNotConvert(Invalid):
    code = "CBC.99006050"
    says = _("The unit {unit} cannot be converted into {target}.")
    unit: Any
    target: Any


class YearOutOfRange(Invalid):
    code = "CBC.0100"
    says = _("The year {year} is outside of what the calendar can hold ({first} to {last}).")
    year: int
    first: int
    last: int
