"""A payment gateway without money, for sandbox installations: its page pays at a click.

It signs its notices like a real one: HMAC-SHA256 over the moment and the body, under a secret of the
installation, so that the way of a notice is the same as in production.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from partner_center.funds.errors import NoticeNotGenuine
from partner_center.funds.gateways import Notice
from partner_center.funds.models import Channel, Recharge
from partner_center.kernel import clock
from partner_center.kernel.money import Money

LATEST = timedelta(minutes=15)
"""A notice that says it is older than this, or from the future, is not believed."""


class SandboxGateway:
    """See the module."""

    name = "sandbox"
    label = _("Sandbox payment")
    channel = Channel.ALIPAY_OR_BANK

    def checkout_url(self, recharge: Recharge) -> str:
        return f"/console/sandbox-payment/{recharge.number}/"

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        stamp = headers.get("X-Sandbox-Time", "")
        if not hmac.compare_digest(self._signature(stamp, body), headers.get("X-Sandbox-Signature", "")):
            raise NoticeNotGenuine(reason=_("the signature is wrong"))
        moment = parse_datetime(stamp)
        if moment is None or abs(clock.now() - moment) > LATEST:
            raise NoticeNotGenuine(reason=_("it is too old"))
        try:
            facts = json.loads(body)
            return Notice(
                number=str(facts["number"]),
                amount=Money.of(str(facts["amount"]), str(facts["currency"])),
                channel_number=str(facts["payment"]),
                succeeded=facts["result"] == "paid",
            )
        except (ValueError, KeyError, TypeError):
            raise NoticeNotGenuine(reason=_("it cannot be read")) from None

    def pay(self, recharge: Recharge, *, succeed: bool = True) -> tuple[dict[str, str], bytes]:
        """What the gateway sends after its page was used: headers and body of the notice."""
        facts = {
            "number": recharge.number,
            "amount": str(recharge.amount.decimal),
            "currency": recharge.currency,
            "payment": f"SB{recharge.number}",
            "result": "paid" if succeed else "failed",
        }
        body = json.dumps(facts).encode()
        stamp = clock.now().isoformat()
        return {"X-Sandbox-Time": stamp, "X-Sandbox-Signature": self._signature(stamp, body)}, body

    def _signature(self, stamp: str, body: bytes) -> str:
        key = salted_hmac(
            "partner_center.funds.sandbox", "notice", secret=settings.SECRET_KEY, algorithm="sha256"
        )
        return hmac.new(key.digest(), stamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()
