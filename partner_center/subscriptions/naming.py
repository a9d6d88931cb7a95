"""How a resource's product is named to people."""

from __future__ import annotations

from partner_center.subscriptions.models import OnDemandResource, Resource


def size_of(resource: Resource | OnDemandResource) -> str:
    """ "40 GB"; empty for what has no size."""
    if resource.size is None or resource.product.linear_measure is None:
        return ""
    return f"{resource.size} {_unit(resource.product.linear_measure.name)}"


def product_description(resource: Resource | OnDemandResource, language: str) -> str:
    """The product's name with its size: "Ultra-high I/O|40GB"."""
    product = resource.product
    name = product.name_in(language)
    if resource.size is None or product.linear_measure is None:
        return name
    return f"{name}|{resource.size}{_unit(product.linear_measure.name)}"


def spec_and_size(resource: Resource | OnDemandResource) -> str:
    """ "GPSSD, 40 GB": what it is in one short text."""
    size = size_of(resource)
    return f"{resource.resource_spec}, {size}" if size else resource.resource_spec


def _unit(measure: str) -> str:
    """ "GB (capacity)" and "GB (traffic)" are both GB beside a number."""
    return measure.partition("(")[0].strip()
