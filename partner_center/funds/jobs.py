"""Recharges that nobody paid are closed when their time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Min

from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import drain
from partner_center.funds.actions import expire_recharge
from partner_center.funds.errors import RechargeClosed
from partner_center.funds.models import Recharge, RechargeState
from partner_center.kernel import clock

AT_ONCE = 200


def _earliest() -> datetime | None:
    waiting = Recharge.objects.filter(state=RechargeState.AWAITING_PAYMENT, expires_at__isnull=False)
    earliest: datetime | None = waiting.aggregate(earliest=Min("expires_at"))["earliest"]
    return earliest


@drain("funds.expire_recharges", due=_earliest)
def expire_recharges() -> dict[str, Any]:
    actor = Actor.system("funds.expire_recharges")
    late = Recharge.objects.filter(state=RechargeState.AWAITING_PAYMENT, expires_at__lte=clock.now())
    expired = 0
    for recharge in late.order_by("expires_at")[:AT_ONCE]:
        try:
            expire_recharge(actor, recharge=recharge)
            expired += 1
        except RechargeClosed:
            continue
    return {"expired": expired}
