"""The regions of the sample and how dear they are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from partner_center.catalogue.actions import RegionEntry


@dataclass(frozen=True, slots=True)
class SampleRegion:
    """`factor` multiplies the list price; `without` are prefixes of specs that are not sold there."""

    code: str
    name: str
    name_zh: str
    zones: str
    factor: Decimal = Decimal(1)
    without: tuple[str, ...] = ()

    @property
    def entry(self) -> RegionEntry:
        return RegionEntry(self.code, self.name, self.name_zh, [self.code + letter for letter in self.zones])

    def sells(self, spec: str) -> bool:
        return not spec.startswith(self.without)


REGIONS = (
    SampleRegion("cn-north-1", "CN North-Beijing1", "华北-北京一", "abc"),
    SampleRegion("cn-north-4", "CN North-Beijing4", "华北-北京四", "abc"),
    SampleRegion("cn-east-3", "CN East-Shanghai1", "华东-上海一", "abcd"),
    SampleRegion("cn-south-1", "CN South-Guangzhou", "华南-广州", "abcde"),
    SampleRegion(
        "cn-southwest-2", "CN Southwest-Guiyang1", "西南-贵阳一", "abc", Decimal("0.9"), ("physical.",)
    ),
    SampleRegion(
        "ap-southeast-1", "AP-Hong Kong", "中国-香港", "abc", Decimal("1.3"), ("5_sbgp", "12_sbgp", "19_sbgp")
    ),
    SampleRegion(
        "ap-southeast-3",
        "AP-Singapore",
        "亚太-新加坡",
        "abc",
        Decimal("1.25"),
        ("5_sbgp", "12_sbgp", "19_sbgp", "physical."),
    ),
)
