"""What pay-per-use resources use, delivered month by month as the platform does; the bills follow by themselves.

Quantities are sums over small whole numbers, so that every run tells the same. Usage comes after the month it belongs
to, and of the month at hand shortly before the end, so that costs so far have something to show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING, BillMonth
from partner_center.metering.intake.calls import delivery_of_call
from partner_center.metering.intake.receiving import receive
from partner_center.project.sample_world.deeds import SYSTEM, Deed, wire_moment
from partner_center.subscriptions.models import OnDemandResource, OnDemandState

MONTHS = 4
"""So many months are metered: the last three that are over, and the one at hand."""
LATE = timedelta(hours=2)
HOUR, GB, COUNT = 4, 10, 14


@dataclass(frozen=True, slots=True)
class Meter:
    """One billing factor of a resource: every `hours` one record of `value(moment)`, in `measure`; None is no use."""

    factor: str
    measure: int
    hours: int
    value: Callable[[datetime], str | None]


def always(moment: datetime) -> str:
    return "24"


def each_hour(moment: datetime) -> str:
    return "1"


def in_lessons(moment: datetime) -> str | None:
    """Working days from eight to eight."""
    local = moment.astimezone(BEIJING)
    return "1" if local.weekday() < 5 and 8 <= local.hour < 20 else None


def growing(base: int, step: int) -> Callable[[datetime], str]:
    """GB-hours of a day, growing with the year."""
    return lambda moment: str((base + step * moment.astimezone(BEIJING).timetuple().tm_yday) * 24)


def wavering(base: int, swing: int, places: int = 2) -> Callable[[datetime], str]:
    """Around `base`, up and down with the day of the year."""

    def value(moment: datetime) -> str:
        day = moment.astimezone(BEIJING).timetuple().tm_yday
        hundredths = base * 100 + (day * 37 % 100) * swing
        return f"{hundredths // 100}.{hundredths % 100:0{places}d}"

    return value


METERS: dict[str, tuple[Meter, ...]] = {
    "burst": (Meter("Duration", HOUR, 1, in_lessons),),
    "lessons": (
        Meter("storageSize", GB, 24, growing(900, 3)),
        Meter("upflow", GB, 24, wavering(18, 31)),
        Meter("reqNumber", COUNT, 24, wavering(90_000, 4_000)),
    ),
    "lectures": (Meter("flow", GB, 24, wavering(8, 6)),),
    "press-shop": (Meter("Duration", HOUR, 1, each_hour),),
    "till": (Meter("Duration", HOUR, 24, always),),
    "grid": (Meter("Duration", HOUR, 24, always),),
    "reports": (Meter("Duration", HOUR, 24, always),),
}
"""What the resource of a name is metered by."""

RUNNING = (OnDemandState.NORMAL, OnDemandState.GRACE)


def deliveries(end: datetime) -> Iterator[tuple[datetime, Deed]]:
    """A batch for each month, some hours after it is over; of the present one shortly before the end."""
    present = BillMonth.of(end)
    for back in reversed(range(MONTHS)):
        month = present.shifted(-back)
        moment = min(month.period.end, end - timedelta(hours=3)) + LATE
        yield moment, partial(deliver, month)


def deliver(month: BillMonth) -> None:
    """Everything that was used in the month until the last full hour."""
    until = min(clock.now().replace(minute=0, second=0, microsecond=0), month.period.end)
    records = [
        record
        for resource in OnDemandResource.objects.filter(name__in=METERS).order_by("opened_at", "pk")
        for meter in METERS[resource.name]
        for record in _records(resource, meter, month.period.start, until)
    ]
    if records:
        receive(SYSTEM, delivery_of_call(f"platform-{month}", records))


def _records(
    resource: OnDemandResource, meter: Meter, since: datetime, until: datetime
) -> Iterator[dict[str, Any]]:
    """One record a step, while the resource is there and running."""
    step = timedelta(hours=meter.hours)
    begin = since
    until = min(until, resource.closed_at or until)
    if resource.state not in RUNNING:
        until = since
    while begin + step <= until:
        value = meter.value(begin)
        if begin >= resource.opened_at and value is not None:
            yield {
                "customer_id": resource.customer_id,
                "resource_id": resource.resource_id,
                "cloud_service_type": resource.cloud_service_type,
                "resource_type": resource.resource_type,
                "resource_spec": resource.resource_spec,
                "region": resource.region,
                "usage_type": meter.factor,
                "usage_measure_id": meter.measure,
                "usage_value": value,
                "begin_time": wire_moment(begin),
                "end_time": wire_moment(begin + step),
                "enterprise_project_id": resource.enterprise_project_id,
            }
        begin += step
