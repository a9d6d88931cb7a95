"""What this room refuses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Refused, Unavailable


class StoreUnavailable(Unavailable):
    """The disk is full, or the bucket does not answer. Nothing counts of what was being written."""

    says = _("The usage store cannot take or give {path}: {reason}.")
    path: str
    reason: Any


class NotAPackage(Refused):
    """Only a product with contents can be begun as a package."""

    code = "CBC.99006066"
    says = _("The product {spec} is not a resource package.")
    spec: str
