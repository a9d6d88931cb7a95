"""Payment gateways: how money comes in online. One module a gateway; the settings say which are offered.

A gateway sends the payer to its own page (`checkout_url`) and tells us the outcome in a notice that it signs
(`read_notice`). Nothing is booked before a genuine notice has come; a notice may come any number of times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from partner_center.funds.errors import UnknownGateway
from partner_center.funds.models import Channel, Recharge
from partner_center.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Notice:
    """What a gateway says about one payment, after its signature has been checked."""

    number: str
    amount: Money
    channel_number: str
    succeeded: bool


class PaymentGateway(Protocol):
    """One way to pay online. `name` is part of the address its notices come to."""

    name: str
    label: Any
    channel: Channel

    def checkout_url(self, recharge: Recharge) -> str:
        """Where the payer pays."""
        ...

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """The notice in a request. Raises NoticeNotGenuine when its signature, age or shape is wrong."""
        ...


def gateways() -> dict[str, PaymentGateway]:
    """The gateways of this installation by name (settings.PAYMENT_GATEWAYS; the sandbox's only in a sandbox)."""
    offered = [import_string(path)() for path in settings.PAYMENT_GATEWAYS]
    return {gateway.name: gateway for gateway in offered}


def gateway_named(name: str) -> PaymentGateway:
    """Raises UnknownGateway."""
    try:
        return gateways()[name]
    except KeyError:
        raise UnknownGateway(gateway=name) from None
