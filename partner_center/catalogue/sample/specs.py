"""The specs of the sample with their list prices in CNY for a region of factor 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from partner_center.catalogue.actions import ProductEntry

HOURS = 720
MBPS, GB_SIZE = 15, 17


@dataclass(frozen=True, slots=True)
class Spec:
    """`month`: CNY a month (a unit of size); `metered`: factor → (price, scheme, tiers); `once`, `package`: CNY."""

    service: str
    resource_type: str
    spec: str
    name: str
    name_zh: str
    month: Decimal | None = None
    metered: dict[str, tuple[Decimal, str, dict[str, Any]]] = field(default_factory=dict)
    once: Decimal | None = None
    package: Decimal | None = None
    family: str = ""
    measure: int | None = None
    sizes: tuple[int, int, int] = (1, 1, 1)
    is_main: bool = True
    attributes: tuple[dict[str, str], ...] = ()

    def product(self, region: str) -> ProductEntry:
        return ProductEntry(
            service=f"hws.service.type.{self.service}",
            resource_type=f"hws.resource.type.{self.resource_type}",
            spec=self.spec,
            region=region,
            name=self.name,
            name_zh=self.name_zh,
            family=self.family,
            measure=self.measure,
            sizes=self.sizes,
            is_main=self.is_main,
            attributes=self.attributes,
        )


def _flat(price: str) -> tuple[Decimal, str, dict[str, Any]]:
    return Decimal(price), "flat", {}


def _steps(*steps: tuple[str | None, str], free: str = "0") -> tuple[Decimal, str, dict[str, Any]]:
    tiers: dict[str, Any] = {"steps": [{"upto": upto, "price": price} for upto, price in steps]}
    return Decimal(steps[0][1]), "graduated", tiers | ({"free": free} if free != "0" else {})


_SIZES = {
    "small": 1,
    "medium": 1,
    "large": 2,
    "xlarge": 4,
    "2xlarge": 8,
    "3xlarge": 12,
    "4xlarge": 16,
    "8xlarge": 32,
}

_SERVERS = {
    # family: (CNY a month a vCPU, a GB of memory, flavours, name)
    "s6": (
        "26.8",
        "10.4",
        "small.1 medium.2 medium.4 large.2 large.4 xlarge.2 xlarge.4 2xlarge.2 2xlarge.4",
        "General computing",
    ),
    "s7": (
        "28.4",
        "11.0",
        "small.1 medium.2 medium.4 large.2 large.4 xlarge.2 xlarge.4 2xlarge.2 2xlarge.4",
        "General computing",
    ),
    "c6": (
        "58",
        "25",
        "large.2 large.4 xlarge.2 xlarge.4 2xlarge.2 2xlarge.4 3xlarge.2 4xlarge.2 4xlarge.4",
        "General computing-plus",
    ),
    "c7": (
        "61",
        "26.5",
        "large.2 large.4 xlarge.2 xlarge.4 2xlarge.2 2xlarge.4 3xlarge.2 4xlarge.2 4xlarge.4",
        "General computing-plus",
    ),
    "m6": ("57", "24.5", "large.8 xlarge.8 2xlarge.8 3xlarge.8 4xlarge.8", "Memory-optimized"),
}
_SERVER_NAMES = {
    "General computing": "通用计算型",
    "General computing-plus": "通用计算增强型",
    "Memory-optimized": "内存优化型",
}
_WINDOWS = Decimal("20")
"""CNY a month a vCPU for the licence."""


def _servers() -> Iterator[Spec]:
    for family, (a_core, a_gb, flavours, kind) in _SERVERS.items():
        for flavour in flavours.split():
            size, _, ratio = flavour.partition(".")
            cores, memory = _SIZES[size], _SIZES[size] * int(ratio)
            linux = cores * Decimal(a_core) + memory * Decimal(a_gb)
            for system, month in (("linux", linux), ("win", linux + cores * _WINDOWS)):
                yield Spec(
                    "ec2",
                    "vm",
                    f"{family}.{flavour}.{system}",
                    f"{kind} {family} {cores} vCPUs {memory} GB {system}",
                    f"{_SERVER_NAMES[kind]} {family} {cores}核 {memory}GB {system}",
                    month,
                    {"Duration": (month / HOURS * Decimal("1.5"), "flat", {})},
                    family=family,
                    attributes=(
                        _attribute("vcpus", "vCPUs", "CPU核数", str(cores), "core"),
                        _attribute("memory", "Memory", "内存", str(memory), "GB"),
                        _attribute("os", "Operating system", "操作系统", system, ""),
                    ),
                )


def _attribute(code: str, name: str, name_zh: str, value: str, unit: str) -> dict[str, str]:
    return {"code": code, "name": name, "name_zh": name_zh, "value": value, "unit": unit}


def _disks() -> Iterator[Spec]:
    for code, name, name_zh, month, hour in (
        ("SATA", "Common I/O", "普通IO", "0.30", "0.0004"),
        ("SAS", "High I/O", "高IO", "0.35", "0.0005"),
        ("GPSSD", "General purpose SSD", "通用型SSD", "0.70", "0.001"),
        ("SSD", "Ultra-high I/O", "超高IO", "1.00", "0.0014"),
        ("ESSD", "Extreme SSD", "极速型SSD", "2.00", "0.0028"),
    ):
        yield Spec(
            "ebs", "volume", code, name, name_zh, Decimal(month), {"Duration": _flat(hour)},
            family=code, measure=GB_SIZE, sizes=(10, 32768, 1),
        )  # fmt: skip


def _network() -> Iterator[Spec]:
    for code, name, name_zh, month, hour in (
        ("5_bgp", "Dynamic BGP IP", "动态BGP公网IP", "14.40", "0.02"),
        ("5_sbgp", "Static BGP IP", "静态BGP公网IP", "14.40", "0.02"),
    ):
        yield Spec("vpc", "ip", code, name, name_zh, Decimal(month), {"Duration": _flat(hour)}, family="ip")
    for code, name, name_zh, price in (
        ("12_bgp", "Dynamic BGP by traffic", "动态BGP按流量计费带宽", "0.80"),
        ("12_sbgp", "Static BGP by traffic", "静态BGP按流量计费带宽", "0.72"),
        ("12_share", "Shared bandwidth by traffic", "按流量计费共享带宽", "0.80"),
    ):
        yield Spec("vpc", "bandwidth", code, name, name_zh, None, {"upflow": _flat(price)}, family="traffic")
    for code, name, name_zh, month, hour in (
        ("19_bgp", "Dynamic BGP by bandwidth", "动态BGP按带宽计费带宽", "23", "0.063"),
        ("19_sbgp", "Static BGP by bandwidth", "静态BGP按带宽计费带宽", "20", "0.055"),
        ("19_share", "Shared bandwidth", "按带宽计费共享带宽", "25", "0.07"),
    ):
        yield Spec(
            "vpc", "bandwidth", code, name, name_zh, Decimal(month), {"Duration": _flat(hour)},
            family="bandwidth", measure=MBPS, sizes=(1, 2000, 1),
        )  # fmt: skip
    for code, name, name_zh, month, hour in (
        ("L4_flavor.elb.s1.small", "Network load balancer small I", "网络型小型I", "156", "0.325"),
        ("L4_flavor.elb.s2.small", "Network load balancer small II", "网络型小型II", "312", "0.65"),
        ("L7_flavor.elb.s1.small", "Application load balancer small I", "应用型小型I", "187.20", "0.39"),
        ("L7_flavor.elb.s2.small", "Application load balancer small II", "应用型小型II", "374.40", "0.78"),
    ):
        yield Spec(
            "elb", "elbv3", code, name, name_zh, Decimal(month), {"duration": _flat(hour)}, family=code[:2]
        )
    yield Spec(
        "elb", "elbv3", "elbv3.professional", "Elastic load balancer", "弹性规格", None,
        {"duration": _flat("0.10"), "l4_lcu_duration": _flat("0.045")}, family="elastic",
    )  # fmt: skip
    for size, name_zh, month, hour in (
        ("small", "小型", "306", "0.60"),
        ("middle", "中型", "612", "1.20"),
        ("large", "大型", "1122", "2.20"),
        ("xlarge", "超大型", "2142", "4.20"),
    ):
        yield Spec(
            "natgateway", "natgateway", f"natgateway_{size}", f"Public NAT gateway {size}", f"公网NAT网关{name_zh}",
            Decimal(month), {"duration": _flat(hour)}, family="natgateway",
        )  # fmt: skip


def _storage() -> Iterator[Spec]:
    yield Spec(
        "obs", "obs", "obs.standard", "Standard storage", "标准存储", None,
        {
            "storageSize": _steps(("51200", "0.0001375"), ("512000", "0.000131"), (None, "0.000125")),
            "upflow": _steps(("10240", "0.50"), ("51200", "0.45"), (None, "0.40"), free="5"),
            "reqNumber": (Decimal("0.01"), "block", {"block": "10000"}),
        },
    )  # fmt: skip
    yield Spec(
        "obs", "obs", "obs.warm", "Infrequent access storage", "低频访问存储", None,
        {"storageSize": _flat("0.00011"), "reqNumber": (Decimal("0.10"), "block", {"block": "10000"})},
    )  # fmt: skip
    for service, kind, factor in (("sfsturbo", "sfsturbo", "Duration"), ("sfs", "sfs.turbo", "period")):
        for code, name, name_zh, month, hour in (
            ("sfs.turbo.standard", "Standard", "标准型", "0.36", "0.0005"),
            ("sfs.turbo.performance", "Performance", "性能型", "1.40", "0.002"),
        ):
            yield Spec(
                service, kind, code, f"SFS Turbo {name}", f"SFS Turbo {name_zh}", Decimal(month), {factor: _flat(hour)},
                family="sfs.turbo", measure=GB_SIZE, sizes=(500, 32768, 100),
            )  # fmt: skip
    for code, name, name_zh, month, hour in (
        ("vault.backup.server.normal", "Server backup vault", "云服务器备份存储库", "0.20", "0.000278"),
        ("vault.backup.volume.normal", "Disk backup vault", "云硬盘备份存储库", "0.20", "0.000278"),
    ):
        yield Spec(
            "cbr", "cbr.vault", code, name, name_zh, Decimal(month), {"duration": _flat(hour)},
            family="vault", measure=GB_SIZE, sizes=(10, 1_048_576, 1),
        )  # fmt: skip
    yield Spec(
        "cdn", "cdn", "cdn.traffic", "CDN by traffic", "CDN按流量计费", None,
        {
            "flow": (
                Decimal("0.22"),
                "volume",
                {
                    "steps": [
                        {"upto": "10240", "price": "0.22"},
                        {"upto": "102400", "price": "0.20"},
                        {"upto": None, "price": "0.16"},
                    ]
                },
            )
        },
    )  # fmt: skip


def _databases() -> Iterator[Spec]:
    for engine, label in (("mysql", "MySQL"), ("pg", "PostgreSQL")):
        for flavour, cores, memory, month in (
            ("n1.large.2", 2, 4, "285"),
            ("n1.large.4", 2, 8, "360"),
            ("n1.xlarge.2", 4, 8, "570"),
            ("n1.xlarge.4", 4, 16, "720"),
            ("n1.2xlarge.4", 8, 32, "1440"),
        ):
            for suffix, name, name_zh, times in (
                ("", "single", "单机", 1),
                (".ha", "primary/standby", "主备", 2),
            ):
                price = Decimal(month) * times
                yield Spec(
                    "rds", "rds.vm", f"rds.{engine}.{flavour}{suffix}",
                    f"{label} {name} {cores} vCPUs {memory} GB", f"{label} {name_zh} {cores}核 {memory}GB",
                    price, {"Duration": (price / HOURS * Decimal("1.6"), "flat", {})}, family=f"rds.{engine}{suffix}",
                    attributes=(
                        _attribute("vcpus", "vCPUs", "CPU核数", str(cores), "core"),
                        _attribute("memory", "Memory", "内存", str(memory), "GB"),
                    ),
                )  # fmt: skip
        yield Spec(
            "rds", "rds.volume", f"rds.{engine}.volume.cloudssd", f"{label} cloud SSD", f"{label} SSD云盘",
            Decimal("0.80"), {"Duration": _flat("0.0012")},
            family="rds.volume", measure=GB_SIZE, sizes=(40, 4000, 10), is_main=False,
        )  # fmt: skip
    for size in (1, 2, 4, 8, 16):
        for code, name, name_zh, times in (
            (f"redis.single.xu1.large.{size}", "single-node", "单机", 1),
            (f"redis.ha.xu1.large.r2.{size}", "master/standby", "主备", 2),
        ):
            price = Decimal(60) * size * times
            yield Spec(
                "dcs", "dcs3", code, f"Redis {name} {size} GB", f"Redis {name_zh} {size}GB", price,
                {"duration": (price / HOURS * Decimal("1.4"), "flat", {})}, family=f"redis.{name}",
                attributes=(_attribute("capacity", "Capacity", "容量", str(size), "GB"),),
            )  # fmt: skip


def _others() -> Iterator[Spec]:
    for code, cores, memory, month in (
        ("physical.s4.xlarge", 20, 192, "5100"),
        ("physical.s4.2xlarge", 40, 384, "8300"),
        ("physical.ks1.2xlarge", 64, 384, "7600"),
    ):
        yield Spec(
            "baremetal", "pm", f"{code}.linux", f"Bare metal {cores} cores {memory} GB", f"裸金属 {cores}核 {memory}GB",
            Decimal(month), {"Duration": (Decimal(month) / HOURS * 2, "flat", {})}, family=code.rpartition(".")[0],
        )  # fmt: skip
    for code, nodes, month, hour in (
        ("cce.s1.small", 50, "365", "0.73"),
        ("cce.s2.small", 50, "1095", "2.19"),
    ):
        yield Spec(
            "cce", "cce.cluster", code, f"Cluster of {nodes} nodes {code[4:6]}", f"{nodes}节点集群 {code[4:6]}",
            Decimal(month), {"duration": _flat(hour)}, family="cce",
        )  # fmt: skip
    for edition, name_zh, month in (("professional", "标准版", "3880"), ("enterprise", "专业版", "9880")):
        yield Spec(
            "waf", "waf.instance", f"waf.instance.{edition}", f"WAF {edition}", f"WAF {name_zh}", Decimal(month),
            family="waf",
        )  # fmt: skip
    yield Spec(
        "offline",
        "general",
        "ps.migration.basic",
        "Migration service, basic",
        "迁移服务 基础版",
        once=Decimal("18000"),
    )


SPECS: tuple[Spec, ...] = (*_servers(), *_disks(), *_network(), *_storage(), *_databases(), *_others())
