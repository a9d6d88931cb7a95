"""How a resource's product is named to people."""

from __future__ import annotations

from django.utils.translation import get_language

from partner_center.subscriptions.models import OnDemandResource, Resource


def size_of(resource: Resource | OnDemandResource) -> str:
    """ "40 GB"; empty for what has no size."""
    if resource.size is None or resource.product.linear_measure is None:
        return ""
    return f"{resource.size} {resource.product.linear_measure.name_in(get_language() or 'en')}"


def product_description(resource: Resource | OnDemandResource, language: str) -> str:
    """The product's name with its size: "Ultra-high I/O|40GB"."""
    product = resource.product
    name = product.name_in(language)
    if resource.size is None or product.linear_measure is None:
        return name
    return f"{name}|{resource.size}{product.linear_measure.name_in(language)}"
