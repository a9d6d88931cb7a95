"""Cloud services, resource types and billing factors in the vendor's codes."""

from __future__ import annotations

from partner_center.catalogue.actions import ResourceTypeEntry, ServiceEntry, UsageTypeEntry

HOUR, GB, COUNT = 4, 10, 14

DURATION = UsageTypeEntry("Duration", "Duration", "时长", HOUR)
"""The factor's case differs from service to service in the vendor's catalogue; inquiries ignore it."""
_LOWER_DURATION = UsageTypeEntry("duration", "Duration", "时长", HOUR)
_UPFLOW = UsageTypeEntry("upflow", "Upstream traffic", "上行流量", GB)
_STORAGE = UsageTypeEntry("storageSize", "Storage space", "存储空间", GB)
_REQUESTS = UsageTypeEntry("reqNumber", "Number of requests", "调用次数", COUNT)


def _service(
    code: str, abbreviation: str, name: str, name_zh: str, *types: ResourceTypeEntry
) -> ServiceEntry:
    return ServiceEntry(f"hws.service.type.{code}", name, name_zh, abbreviation, types)


def _type(
    code: str, name: str, name_zh: str, *usage_types: UsageTypeEntry, follows: str = ""
) -> ResourceTypeEntry:
    main = f"hws.resource.type.{follows}" if follows else ""
    return ResourceTypeEntry(f"hws.resource.type.{code}", name, name_zh, usage_types, follows=main)


SERVICES = (
    _service(
        "ec2", "ECS", "Elastic Cloud Server", "弹性云服务器", _type("vm", "Cloud host", "云主机", DURATION)
    ),
    _service(
        "ebs",
        "EVS",
        "Elastic Volume Service",
        "云硬盘",
        _type("volume", "Disk", "硬盘", DURATION, follows="vm"),
    ),
    _service(
        "vpc",
        "VPC",
        "Virtual Private Cloud",
        "虚拟私有云",
        _type("ip", "Public IP address", "公网IP", DURATION),
        _type("bandwidth", "Bandwidth", "带宽", DURATION, _UPFLOW, follows="ip"),
    ),
    _service(
        "elb",
        "ELB",
        "Elastic Load Balance",
        "弹性负载均衡",
        _type(
            "elbv3",
            "Dedicated load balancer",
            "独享型负载均衡",
            _LOWER_DURATION,
            UsageTypeEntry("l4_lcu_duration", "Network LCU duration", "网络型LCU时长", HOUR),
        ),
    ),
    _service(
        "natgateway",
        "NAT",
        "NAT Gateway",
        "NAT网关",
        _type("natgateway", "Public NAT gateway", "公网NAT网关", _LOWER_DURATION),
    ),
    _service(
        "obs",
        "OBS",
        "Object Storage Service",
        "对象存储服务",
        _type("obs", "Object storage", "对象存储", _STORAGE, _UPFLOW, _REQUESTS),
        _type("obs.pkg", "Object storage package", "对象存储资源包"),
    ),
    _service(
        "rds",
        "RDS",
        "Relational Database Service",
        "云数据库RDS",
        _type("rds.vm", "Database instance", "云数据库实例", DURATION),
        _type("rds.volume", "Database storage", "云数据库存储", DURATION, follows="rds.vm"),
    ),
    _service(
        "dcs",
        "DCS",
        "Distributed Cache Service",
        "分布式缓存服务",
        _type("dcs3", "Cache instance", "缓存实例", _LOWER_DURATION),
    ),
    _service(
        "cdn",
        "CDN",
        "Content Delivery Network",
        "内容分发网络",
        _type("cdn", "Content delivery", "内容分发", UsageTypeEntry("flow", "Traffic", "流量", GB)),
    ),
    _service(
        "sfsturbo",
        "SFS Turbo",
        "Scalable File Service Turbo",
        "高性能弹性文件服务",
        _type("sfsturbo", "File system", "文件系统", DURATION),
    ),
    _service(
        "sfs",
        "SFS",
        "Scalable File Service",
        "弹性文件服务",
        _type(
            "sfs.turbo",
            "File system Turbo",
            "高性能文件系统",
            UsageTypeEntry("period", "Duration", "时长", HOUR),
        ),
    ),
    _service(
        "baremetal",
        "BMS",
        "Bare Metal Server",
        "裸金属服务器",
        _type("pm", "Bare metal server", "裸金属服务器", DURATION),
    ),
    _service(
        "cce",
        "CCE",
        "Cloud Container Engine",
        "云容器引擎",
        _type("cce.cluster", "Cluster", "集群", _LOWER_DURATION),
    ),
    _service(
        "cbr",
        "CBR",
        "Cloud Backup and Recovery",
        "云备份",
        _type("cbr.vault", "Vault", "存储库", _LOWER_DURATION),
    ),
    _service(
        "waf",
        "WAF",
        "Web Application Firewall",
        "Web应用防火墙",
        _type("waf.instance", "Instance", "实例", DURATION),
    ),
    _service(
        "offline",
        "Service",
        "Professional Services",
        "专业服务",
        _type("general", "General spec", "通用规格"),
    ),
)

POLICIES = {
    "hws.service.type.rds": ("1", True),
    "hws.service.type.offline": ("2", False),
    "hws.service.type.cdn": ("13", True),
    "hws.service.type.baremetal": ("13", False),
}
"""Incentive class and whether partner discounts apply, where it is not ("0", True)."""
