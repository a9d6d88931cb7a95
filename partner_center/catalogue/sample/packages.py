"""The resource packages of the sample: what is sold, and what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from partner_center.catalogue.actions import ContentEntry, CoverEntry, define_package
from partner_center.catalogue.models import PackageKind, Product, Renews, UsageType
from partner_center.catalogue.sample.specs import Spec
from partner_center.foundation.actor import Actor

HOURS_OF_A_MONTH = 720


@dataclass(frozen=True, slots=True)
class SampleItem:
    """`factor` of the resource type whose code is `kind`; of one `spec` in the package's region, or of all in it, or
    `everywhere`."""

    name: str
    name_zh: str
    quantity: str
    kind: str
    factor: str
    spec: str = ""
    everywhere: bool = False
    renews: str = Renews.NEVER
    priority: int = 100


@dataclass(frozen=True, slots=True)
class SamplePackage:
    sold: Spec
    items: tuple[SampleItem, ...]
    kind: str = PackageKind.PACKAGE
    valid: tuple[str, int] = ("year", 1)


def _package(
    service: str,
    resource_type: str,
    spec: str,
    name: str,
    name_zh: str,
    price: str,
    *attributes: dict[str, str],
) -> Spec:
    return Spec(
        service,
        resource_type,
        spec,
        name,
        name_zh,
        package=Decimal(price),
        attributes=attributes,
    )


def _capacity(value: str, unit: str = "GB") -> dict[str, str]:
    return {"code": "capacity", "name": "Capacity", "name_zh": "容量", "value": value, "unit": unit}


def _storage(gigabytes: int) -> SampleItem:
    """GB kept for a month, in the GB-hours that storage is priced by."""
    return SampleItem(
        "Standard storage, a month",
        "标准存储（每月）",
        str(gigabytes * HOURS_OF_A_MONTH),
        "obs",
        "storageSize",
        spec="obs.standard",
        renews=Renews.MONTH,
    )


PACKAGES = (
    SamplePackage(
        _package(
            "obs",
            "obs.pkg",
            "obs.pkg.standard.100gb",
            "Standard storage package 100 GB",
            "标准存储包100GB",
            "99",
            _capacity("100"),
        ),
        (_storage(100),),
    ),  # fmt: skip
    SamplePackage(
        _package(
            "obs",
            "obs.pkg",
            "obs.pkg.bundle.1tb",
            "Storage and traffic bundle 1 TB",
            "存储流量组合包1TB",
            "2388",
            _capacity("1024"),
        ),
        (
            _storage(1024),
            SampleItem(
                "Upstream traffic, a month", "上行流量（每月）", "1000", "obs", "upflow", renews=Renews.MONTH
            ),
        ),
    ),  # fmt: skip
    SamplePackage(
        _package(
            "cdn",
            "cdn",
            "cdn.pkg.500gb",
            "CDN traffic package 500 GB",
            "CDN流量包500GB",
            "98",
            _capacity("500"),
        ),
        (SampleItem("CDN traffic", "CDN流量", "500", "cdn", "flow", everywhere=True),),
    ),
    SamplePackage(
        _package(
            "ec2",
            "vm",
            "c6.large.2.linux.reserved",
            "Reserved instance c6.large.2",
            "预留实例 c6.large.2",
            "1380",
        ),
        (
            SampleItem(
                "Reserved hours",
                "预留实例时长",
                "1",
                "vm",
                "Duration",
                spec="c6.large.2.linux",
                renews=Renews.HOUR,
            ),
        ),
        kind=PackageKind.RESERVED,
    ),
    SamplePackage(
        _package(
            "ec2",
            "vm",
            "ecs.savings.2h",
            "ECS savings plan, 2 hours an hour",
            "ECS节省计划 每小时2小时",
            "3660",
        ),
        (SampleItem("Savings plan hours", "节省计划时长", "2", "vm", "Duration", renews=Renews.HOUR),),
        kind=PackageKind.SAVINGS_PLAN,
    ),
)


def sold() -> Iterator[Spec]:
    """The packages among the sample's specs."""
    return (package.sold for package in PACKAGES)


def fill(
    actor: Actor, products: Iterable[tuple[Product, Spec]], usage_types: Mapping[tuple[int, str], UsageType]
) -> None:
    """Set the contents of every package among `products`."""
    by_spec = {package.sold.spec: package for package in PACKAGES}
    factors = {(one.resource_type.code, one.code): one for one in usage_types.values()}
    placed = {(product.spec, product.region_id): product for product, _spec in products}
    for product in placed.values():
        package = by_spec.get(product.spec)
        if package is not None:
            unit, number = package.valid
            define_package(
                actor,
                product=product,
                contents=[_entry(item, product, factors, placed) for item in package.items],
                kind=package.kind,
                valid_unit=unit,
                valid_number=number,
            )


def _entry(
    item: SampleItem,
    product: Product,
    factors: Mapping[tuple[str, str], UsageType],
    placed: Mapping[tuple[str, int], Product],
) -> ContentEntry:
    usage_type = factors[f"hws.resource.type.{item.kind}", item.factor]
    if item.spec:
        cover = CoverEntry(usage_type, product=placed[item.spec, product.region_id])
    else:
        cover = CoverEntry(usage_type, region=None if item.everywhere else product.region)
    return ContentEntry(
        item.name, item.name_zh, Decimal(item.quantity), (cover,), renews=item.renews, priority=item.priority
    )
