"""Order numbers, reserved ahead or given on the spot. Each number becomes one order at most."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.ids import order_number
from partner_center.orders.errors import NumberNotUsable, TooManyNumbers
from partner_center.orders.models import ReservedNumber
from partner_center.orders.policy import policy

TRIES = 5


@action("orders.reserve_numbers", label=_("Reserve order numbers"), permission="orders.place")
def reserve_order_numbers(actor: Actor, *, count: int) -> list[str]:
    """Hand out `count` order numbers to the caller's account. Raises TooManyNumbers when it hoards them."""
    most = policy().numbers_unused
    unused = ReservedNumber.objects.filter(account_id=actor.account_id, used_at__isnull=True).count()
    if unused + count > most:
        raise TooManyNumbers(unused=unused, most=most)
    numbers: list[str] = []
    while len(numbers) < count:
        numbers += _reserve(actor, count - len(numbers))
    return numbers


def take_number(actor: Actor, number: str = "") -> str:
    """The number of a new order: a reserved one, which is used up by this, or a fresh one.

    Raises NumberNotUsable when `number` was not reserved by the caller's account or has been used.
    """
    if not number:
        return order_number(clock.now())
    taken = ReservedNumber.objects.filter(
        number=number, account_id=actor.account_id, used_at__isnull=True
    ).update(used_at=clock.now())
    if not taken:
        raise NumberNotUsable(number=number)
    return number


def _reserve(actor: Actor, count: int) -> list[str]:
    """Up to `count` numbers; fewer when one of them happens to exist (one in 34⁷ within a second)."""
    moment = clock.now()
    drawn = [order_number(moment) for _ in range(count)]
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                ReservedNumber.objects.bulk_create(
                    ReservedNumber(number=number, account_id=actor.account_id, reserved_at=moment)
                    for number in drawn
                )
            return drawn
        except IntegrityError:
            drawn = [order_number(moment) for _ in range(count)]
    raise AssertionError("order numbers clash again and again")
