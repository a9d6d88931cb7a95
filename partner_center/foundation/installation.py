"""The installation's clock as the database keeps it. Only a sandbox's may be moved, and only forwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import ClockRefused
from partner_center.foundation.jobs import Tally, travel, worker_lease
from partner_center.foundation.models import InstallationClock
from partner_center.kernel import clock

FURTHEST = timedelta(days=62)
"""How far one fast-forward may go (design/interfaces.md)."""


def offset() -> timedelta:
    """How far this installation is ahead of the machine. Always zero unless it is a sandbox."""
    if not settings.SANDBOX:
        return timedelta(0)
    ahead = InstallationClock.objects.filter(pk=1).values_list("ahead_us", flat=True).first()
    return timedelta(microseconds=ahead or 0)


def set_clock(moment: datetime) -> None:
    """Let the installation's clock show `moment` now and tick on from there. Raises ClockRefused outside a sandbox."""
    if not settings.SANDBOX:
        raise ClockRefused(to=moment.isoformat(), reason=_("this installation is not a sandbox"))
    if moment < clock.now():
        raise ClockRefused(to=moment.isoformat(), reason=_("it only goes forwards"))
    ahead = (moment - clock.machine_now()) // timedelta(microseconds=1)
    InstallationClock.objects.update_or_create(pk=1, defaults={"ahead_us": ahead})
    clock.forget_offset()


def fast_forward(to: datetime) -> Tally:
    """Move a sandbox's clock to `to`, running every job and drain that falls due on the way, in order.

    Raises ClockRefused for the past, for more than 62 days, when this is no sandbox, or while other work runs.
    """
    if not settings.SANDBOX:
        raise ClockRefused(to=to.isoformat(), reason=_("this installation is not a sandbox"))
    if to - clock.now() > FURTHEST:
        raise ClockRefused(to=to.isoformat(), reason=_("it is more than 62 days away"))
    with worker_lease(wait=60) as held:
        if not held:
            raise ClockRefused(to=to.isoformat(), reason=_("jobs are still running"))
        return travel(to, set_clock)
