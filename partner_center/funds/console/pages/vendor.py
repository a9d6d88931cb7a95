"""What the vendor sees and does: every account with its balances."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Sum, Text
from partner_center.console.filters import AtLeast, AtMost, Choice, Search
from partner_center.console.pages import DetailPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Trail
from partner_center.funds.actions import (
    adjust_balance,
    designate,
    grant_credit,
    record_remittance,
    release,
)
from partner_center.funds.console.forms import (
    CorrectionForm,
    DesignateForm,
    LimitForm,
    RemittanceForm,
)
from partner_center.funds.queries import (
    account_with_money,
    accounts_with_money,
    money_of,
)
from partner_center.identity.models import AccountKind, Site


class AccountBalances(ListPage):
    """The operator's view: every account with its balances, and what the vendor does with them."""

    name, path, title, permission = "credit", "funds/accounts/", _("Accounts and credit"), "funds.view"
    kinds = ("staff",)
    source = accounts_with_money
    columns = (
        Text("name", _("Account")),
        Text("company_name", _("Company")),
        ChoiceColumn("kind", _("Kind"), words=dict(AccountKind.choices)),
        ChoiceColumn("site", _("Site"), words=dict(Site.choices), minor=True),
        Sum("cash", _("Balance"), value=lambda row: money_of(row, "cash"), sort="cash_minor"),
        Sum(
            "designated",
            _("Designated"),
            value=lambda row: money_of(row, "designated"),
            sort="designated_minor",
        ),
        Sum("credit_limit", _("Credit limit"), value=lambda row: money_of(row, "limit"), sort="limit_minor"),
        Sum("credit_used", _("Credit used"), value=lambda row: money_of(row, "used")),
        Sum("debt", _("Arrears"), value=lambda row: money_of(row, "debt"), sort="debt_minor"),
    )
    filters = (
        Search(into=("name", "company_name"), exact=("pk",)),
        Choice("kind", _("Kind"), offered=AccountKind.choices),
        Choice("site", _("Site"), offered=Site.choices),
        AtLeast("cash_minor", _("Balance from"), name="cash_from"),
        AtMost("cash_minor", _("Balance to"), name="cash_to"),
        AtLeast("debt_minor", _("Arrears from"), name="debt_from"),
    )
    opens = "account-balance"
    row_actions = (
        RowAction("remit", act=record_remittance, form=RemittanceForm, icon="plus"),
        RowAction("limit", act=grant_credit, form=LimitForm),
        RowAction("designate", act=designate, form=DesignateForm),
        RowAction("release", act=release, form=DesignateForm),
        RowAction("adjust", act=adjust_balance, form=CorrectionForm, tone="danger"),
    )


class AccountBalance(DetailPage):
    """One account's money, for the operator."""

    name, path, title, permission, parent = (
        "account-balance", "funds/accounts/<str:pk>/", _("Account"), "funds.view", "credit",
    )  # fmt: skip
    kinds = ("staff",)
    state = "money_state"
    fetch = account_with_money
    left = (
        Facts(
            Text("name", _("Account")),
            Text("company_name", _("Company")),
            Text("pk", _("Account ID"), code=True),
            Sum("cash", _("Balance"), value=lambda row: money_of(row, "cash")),
            Sum("allocatable", _("Allocatable"), value=lambda row: money_of(row, "allocatable")),
            Sum("designated", _("Designated"), value=lambda row: money_of(row, "designated")),
            Sum("credit_limit", _("Credit limit"), value=lambda row: money_of(row, "limit")),
            Sum("credit_used", _("Credit used"), value=lambda row: money_of(row, "used")),
            Sum("debt", _("Arrears"), value=lambda row: money_of(row, "debt")),
            title=_("Balances"),
        ),
    )
    right = (
        ListPanel("recharges", account="pk"),
        ListPanel("adjustments", title=_("Received allocations"), target="pk"),
    )
    bottom = (ListPanel("account-changes", owner="pk"), Trail())
