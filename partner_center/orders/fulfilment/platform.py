"""What a cloud platform is told, and what it may answer."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from partner_center.orders.models import Order, OrderLine
from partner_center.orders.states import OrderType

DEEDS = {
    OrderType.NEW: "create",
    OrderType.RENEWAL: "renew",
    OrderType.CHANGE: "change",
    OrderType.UNSUBSCRIPTION: "release",
    OrderType.TO_ON_DEMAND: "convert",
}


class Outcome(enum.Enum):
    """DONE: delivered. SHIPPED: goods will be sent. REFUSED: it cannot be done. UNKNOWN: ask again."""

    DONE = "done"
    SHIPPED = "shipped"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """`resource_ids`: the platform's ids of new resources by line number. `reason`: why not, for people."""

    outcome: Outcome
    resource_ids: Mapping[int, Sequence[str]] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One order as the platform is told of it: plain data, the same at every repetition."""

    order_number: str
    deed: str
    customer_id: str
    lines: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, order: Order) -> Task:
        return cls(
            order_number=order.number,
            deed=DEEDS[OrderType(order.type)],
            customer_id=order.customer_id,
            lines=tuple(_told(line) for line in order.lines.all()),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "order_id": self.order_number,
            "action": self.deed,
            "customer_id": self.customer_id,
            "lines": list(self.lines),
        }


class Platform(Protocol):
    """A cloud platform. `carry_out` may be called again for the same task and must then answer the same."""

    def carry_out(self, task: Task) -> Answer: ...


def platform() -> Platform:
    """The platform of this installation."""
    made: Platform = import_string(settings.FULFILMENT)()
    return made


def _told(line: OrderLine) -> dict[str, Any]:
    return {
        "line": line.number,
        "cloud_service_type": line.cloud_service_type,
        "resource_type": line.resource_type,
        "resource_spec": line.resource_spec,
        "region": line.region,
        "available_zone": line.available_zone,
        "resource_size": line.resource_size,
        "size_measure_id": line.size_measure_id,
        "subscription_num": line.subscription_num,
        "period_type": line.period_type,
        "period_num": line.period_num,
        "resource_name": line.resource_name,
        "enterprise_project_id": line.enterprise_project_id,
        "resource_ids": line.resource_ids,
    }
