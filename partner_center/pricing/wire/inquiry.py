"""What both price inquiries share: how a product is named, sized and checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.utils.translation import gettext as _

from partner_center.catalogue.models import Product
from partner_center.catalogue.queries import product_for
from partner_center.foundation.actor import Actor
from partner_center.identity.projects import project_id
from partner_center.pricing.errors import ProjectNotFound, SizeMissing, UsageUnitWrong
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.schema import INT32, Maybe, WireModel, field

YUAN = 1
"""measure_id of every amount."""
SIZE_MEASURES = (15, 17, 14)


class ProductInfo(WireModel):
    """The part of a product that both inquiries describe alike."""

    id: str = field(max_length=64)
    cloud_service_type: str = field(max_length=400)
    resource_type: str = field(max_length=400)
    resource_spec: str = field(max_length=400)
    region: str = field(max_length=64)
    available_zone: Maybe[str] = field(None, max_length=64)
    resource_size: Maybe[int] = field(None, ge=0, le=INT32)
    size_measure_id: Maybe[int] = field(None, one_of=SIZE_MEASURES)
    subscription_num: int = field(ge=1, le=INT32)


class Named(Protocol):
    id: str
    region: str


def check_inquiry(actor: Actor, project: str, infos: Sequence[Named]) -> None:
    """One id a product, and a project of the caller in a region that is asked about.

    Raises InvalidParameter, ProjectNotFound.
    """
    seen: set[str] = set()
    for index, info in enumerate(infos):
        if info.id in seen:
            raise InvalidParameter(parameter=f"product_infos[{index}].id", reason=_("it is there twice"))
        seen.add(info.id)
    if project not in {project_id(actor.account_id, info.region) for info in infos}:
        raise ProjectNotFound(project=project, region=infos[0].region)


def product_of(info: ProductInfo) -> Product:
    """The product that `info` names, its size in the right unit.

    Raises ProductNotFound, SizeMissing, UsageUnitWrong.
    Size and unit of a product that is not linear do not matter and are not looked at.
    """
    product = product_for(
        info.cloud_service_type,
        info.resource_type,
        info.resource_spec,
        info.region,
        info.available_zone or "",
    )
    if product.is_linear:
        if info.resource_size is None or info.size_measure_id is None:
            raise SizeMissing(spec=product.spec)
        if info.size_measure_id != product.linear_measure_id:
            raise UsageUnitWrong(unit=info.size_measure_id, spec=product.spec)
    return product
