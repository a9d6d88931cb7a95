"""The reader's own account: the card on the home page, balances, repaying credit."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.console.cards import Card
from partner_center.console.pages import FormPage, TemplatePage
from partner_center.foundation.actor import Actor
from partner_center.funds.actions import (
    repay_credit,
)
from partner_center.funds.console.forms import (
    RepayForm,
)
from partner_center.funds.errors import NoMoneyAccount
from partner_center.funds.queries import (
    balances_of,
    require_money_account_of,
)


class AccountCard(Card):
    """The reader's own balances on the home page."""

    name, path, title, permission = "account-card", "cards/account/", _("Account"), "funds.view"
    kinds = ("partner", "customer")
    template = "funds/account_card.html"

    def context(self) -> dict[str, Any]:
        return _own_balances(self.actor)


class BalancePage(TemplatePage):
    """The reader's own account: balances and the latest transactions."""

    name, path, title, permission = "balances", "funds/", _("My account"), "funds.view"
    kinds = ("partner", "customer")
    template = "funds/balances.html"

    def context(self) -> dict[str, Any]:
        return _own_balances(self.actor)


class RepayPage(FormPage):
    name, path, title, parent = "repay-credit", "funds/repay/", _("Repay credit"), "balances"
    kinds = ("partner", "customer")
    act, form = repay_credit, RepayForm
    after = "balances"


def _own_balances(actor: Actor) -> dict[str, Any]:
    """What the card and the page of the own account show."""
    try:
        require_money_account_of(actor.account_id)
    except NoMoneyAccount:
        return {"balances": None, "without_account": _("Your partner pays for what you use.")}
    return {"balances": balances_of(actor.account_id), "is_partner": actor.kind == "partner"}
