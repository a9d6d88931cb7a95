"""Scenes of the channel: who applies, is invited, associated, parted, moved. One module a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from partner_center.customers.makers import People
from partner_center.project.sample_world.channel import alerts, leads, programmes, real_name, resellers, ties

Deeds = Iterator[tuple[datetime, Callable[[], object]]]

SCENES: tuple[Callable[[People, datetime], Deeds], ...] = (
    alerts.deeds,
    leads.deeds,
    programmes.deeds,
    real_name.deeds,
    resellers.deeds,
    ties.deeds,
)
"""Each gives its deeds with their moments; `end` is the end of the story."""


def deeds(people: People, end: datetime) -> Deeds:
    """The deeds of every scene, in no order."""
    for scene in SCENES:
        yield from scene(people, end)
