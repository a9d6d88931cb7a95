"""An account's own balance alert (features O5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.alerts import LARGEST_THRESHOLD
from partner_center.channel.errors.alerts import ReceiverMalformed, ThresholdOutOfRange, TooManyReceivers
from partner_center.channel.models.alerts import BalanceAlert
from partner_center.customers.rules import is_email
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.outbox import send
from partner_center.funds.queries import balances_of, require_money_account_of
from partner_center.identity.models import Account
from partner_center.identity.notices import LANGUAGE_OF_SITE, tell
from partner_center.kernel import clock
from partner_center.kernel.money import Money

MOST_RECEIVERS = 5


@action("channel.set_balance_alert", permission="funds.set_balance_alert", label=_("Set balance alert"))
def set_balance_alert(
    actor: Actor, *, account: Account, threshold: Money, receivers: Sequence[str] = ()
) -> BalanceAlert:
    """From now on tell the acting account, and these addresses, when its balance falls below `threshold`.

    Raises ThresholdOutOfRange, TooManyReceivers, ReceiverMalformed, NoMoneyAccount for who has none.
    """
    _own(actor, account)
    require_money_account_of(account.pk)
    largest = Money.of(LARGEST_THRESHOLD, threshold.currency)
    if not Money.zero(threshold.currency) < threshold <= largest:
        raise ThresholdOutOfRange(maximum=str(largest))
    addresses = list(dict.fromkeys(receivers))
    if len(addresses) > MOST_RECEIVERS:
        raise TooManyReceivers(most=MOST_RECEIVERS)
    for address in addresses:
        if not is_email(address):
            raise ReceiverMalformed(address=address)
    alert, _is_new = BalanceAlert.objects.update_or_create(
        account=account,
        defaults={
            "currency": threshold.currency,
            "threshold": threshold,
            "receivers": addresses,
            "fell_at": None,
        },
    )
    record(actor, "channel.set_balance_alert", account, about=account.pk, threshold=str(threshold))
    return alert


@action(
    "channel.clear_balance_alert", permission="funds.set_balance_alert", label=_("Switch balance alert off")
)
def clear_balance_alert(actor: Actor, *, account: Account) -> None:
    """Tell nobody any more."""
    _own(actor, account)
    if BalanceAlert.objects.filter(account=account).delete()[0]:
        record(actor, "channel.clear_balance_alert", account, about=account.pk)


@action("channel.watch_balance", label=_("Watch a balance"))
def watch_balance(actor: Actor, *, alert: BalanceAlert) -> bool:
    """Tell of a balance that has fallen below its threshold, once until it has risen again. Whether it was told."""
    held = BalanceAlert.objects.select_for_update().select_related("account").filter(pk=alert.pk).first()
    if held is None:
        return False
    balance = balances_of(held.account_id).spendable
    low = balance < held.threshold
    if low == (held.fell_at is not None):
        return False
    BalanceAlert.objects.filter(pk=held.pk).update(fell_at=clock.now() if low else None)
    if not low:
        return False
    facts: dict[str, Any] = {
        "name": held.account.name,
        "balance": str(balance),
        "threshold": str(held.threshold),
    }
    tell(held.account, "channel.balance_low", **facts)
    for address in held.receivers:
        send(
            channel="mail",
            to=address,
            template="channel.balance_low",
            language=LANGUAGE_OF_SITE[held.account.site],
            about=held.account_id,
            **facts,
        )
    return True


def _own(actor: Actor, account: Account) -> None:
    assert actor.account_id == account.pk and not actor.acting_partner_id, "everybody watches its own balance"
