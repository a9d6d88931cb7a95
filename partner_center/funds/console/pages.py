"""Money in the console: the own account, those one feeds, records, recharges, and what the vendor does."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

import partner_center.funds.console.spending  # noqa: F401 - declares a card
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.cards import Card
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Ref, State, Sum, Text, When
from partner_center.console.filters import AtLeast, AtMost, Choice, Equal, Search, Since, States, Until
from partner_center.console.pages import DetailPage, FormPage, ListPage, TemplatePage
from partner_center.console.panels import Facts, ListPanel, Steps, Trail
from partner_center.console.todos import todo
from partner_center.customers.queries import customer_for
from partner_center.foundation.actor import Actor
from partner_center.funds import trades
from partner_center.funds.actions import (
    adjust_balance,
    allocate_to_customer,
    allocate_to_reseller,
    begin_recharge,
    designate,
    grant_credit,
    reclaim_from_customer,
    reclaim_from_reseller,
    record_remittance,
    release,
    repay_credit,
    take_notice,
)
from partner_center.funds.console.forms import (
    AdjustForm,
    CorrectionForm,
    DesignateForm,
    LimitForm,
    RechargeForm,
    RemittanceForm,
    RepayForm,
    SandboxPaymentForm,
)
from partner_center.funds.errors import NoMoneyAccount
from partner_center.funds.gateways import gateway_named, gateways
from partner_center.funds.gateways.sandbox import SandboxGateway
from partner_center.funds.models import (
    AccountChange,
    Adjustment,
    Channel,
    Direction,
    Operation,
    Purse,
    Recharge,
    RechargeState,
)
from partner_center.funds.queries import (
    account_with_money,
    accounts_with_money,
    adjustment_for,
    balances_of,
    customers_with_money,
    money_of,
    recharge_for,
    require_money_account_of,
    resellers_with_money,
    sandbox_recharge_for,
)
from partner_center.identity.models import AccountKind, Site
from partner_center.partners.models import PartnerKind

KINDS = {kind: trade.label for kind, trade in trades.TRADES.items()}
STATEMENT_KINDS = {
    kind: label for kind, label in KINDS.items() if kind not in (trades.DESIGNATION, trades.RELEASE)
}


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


class CustomerBalances(ListPage):
    """Resale customers with what they have, and the deeds that feed them."""

    name, path, title, permission = (
        "customer-balances", "funds/customers/", _("Customers' balances"), "funds.view",
    )  # fmt: skip
    kinds = ("partner", "staff")
    source = customers_with_money
    columns = (
        Ref("name", _("Customer"), page="customer", value=lambda row: row, sort="name"),
        Masked("account__name", _("Account"), kind="account", needs=("account",)),
        Ref("partner", page="partner", needs=("partner",), kinds=("staff",)),
        Sum("cash", _("Balance"), value=lambda row: money_of(row, "cash"), sort="cash_minor"),
        Sum("debt", _("Arrears"), value=lambda row: money_of(row, "debt"), sort="debt_minor"),
        When("associated_at", minor=True),
    )
    filters = (
        Search(into=("name", "account__name"), exact=("pk",)),
        AtLeast("cash_minor", _("Balance from"), name="cash_from"),
        AtMost("cash_minor", _("Balance to"), name="cash_to"),
        AtLeast("debt_minor", _("Arrears from"), name="debt_from"),
        Equal("partner"),
        Equal("customer", path="pk"),
    )
    row_actions = (
        RowAction(
            "allocate", act=allocate_to_customer, form=AdjustForm, kinds=("partner",), icon="arrow-down"
        ),
        RowAction("reclaim", act=reclaim_from_customer, form=AdjustForm, kinds=("partner",), icon="arrow-up"),
    )
    batches = (
        Batch("allocate-all", _("Allocate"), allocate_to_customer, form=AdjustForm, kinds=("partner",)),
        Batch("reclaim-all", _("Reclaim"), reclaim_from_customer, form=AdjustForm, kinds=("partner",)),
    )
    empty = _("No resale customers yet.")


class AllocatePage(FormPage):
    """Feed one customer, from its own page or the list of customers."""

    name, path, title, parent = "allocate", "customers/<str:pk>/allocate/", _("Allocate"), "customer"
    kinds = ("partner",)
    fetch = customer_for
    act, form = allocate_to_customer, AdjustForm


class ReclaimPage(FormPage):
    """Take money back from one customer."""

    name, path, title, parent = "reclaim", "customers/<str:pk>/reclaim/", _("Reclaim"), "customer"
    kinds = ("partner",)
    fetch = customer_for
    act, form = reclaim_from_customer, AdjustForm


class ResellerBalances(ListPage):
    """A distributor's resellers with what they have."""

    name, path, title, permission = (
        "reseller-balances", "funds/resellers/", _("Resellers' balances"), "funds.view",
    )  # fmt: skip
    kinds = ("partner", "staff")
    source = resellers_with_money
    columns = (
        Ref("name", _("Reseller"), page="partner", value=lambda row: row, sort="name"),
        Masked("account__name", _("Account"), kind="account", needs=("account",)),
        Ref("distributor", page="partner", needs=("distributor",), kinds=("staff",)),
        Sum("cash", _("Balance"), value=lambda row: money_of(row, "cash"), sort="cash_minor"),
        Sum("allocatable", _("Allocatable"), value=lambda row: money_of(row, "allocatable")),
        When("associated_at", minor=True),
    )
    filters = (
        Search(into=("name", "account__name"), exact=("pk",)),
        AtLeast("cash_minor", _("Balance from"), name="cash_from"),
        AtMost("cash_minor", _("Balance to"), name="cash_to"),
        Equal("distributor"),
    )
    row_actions = (
        RowAction(
            "allocate", act=allocate_to_reseller, form=AdjustForm, kinds=("partner",), icon="arrow-down"
        ),
        RowAction("reclaim", act=reclaim_from_reseller, form=AdjustForm, kinds=("partner",), icon="arrow-up"),
    )
    batches = (
        Batch("allocate-all", _("Allocate"), allocate_to_reseller, form=AdjustForm, kinds=("partner",)),
        Batch("reclaim-all", _("Reclaim"), reclaim_from_reseller, form=AdjustForm, kinds=("partner",)),
    )
    empty = _("No resellers yet.")

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        """Resellers are the distributor's business, and the operator's."""
        return super().open_to(actor) and (actor.is_house or actor.account_kind == PartnerKind.DISTRIBUTOR)


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


class ChangeList(ListPage):
    """Transaction details: each movement of cash and credit, with the balance afterwards."""

    name, path, title, permission = (
        "account-changes", "funds/changes/", _("Transaction details"), "funds.view",
    )  # fmt: skip
    source = AccountChange.objects.visible_to
    columns = (
        When("happened_at", _("Time")),
        Text("kind", _("Transaction type"), value=lambda row: row.kind_label, sort="kind"),
        Sum("signed", _("Amount"), signed=True, value=lambda row: row.signed, sort="amount"),
        Sum("balance_after", _("Balance afterwards")),
        ChoiceColumn("purse", _("Account type"), words=dict(Purse.choices)),
        Text("about", _("Transaction or order"), code=True),
        Masked("counterpart__name", _("Counterpart"), kind="account", needs=("counterpart",)),
        Text("memo", _("Note"), cut=40, minor=True, sort=False),
        Masked(
            "owner__name",
            _("Account"),
            kind="account",
            needs=("owner",),
            kinds=("staff", "partner"),
            minor=True,
        ),
        Text("id", _("Number"), value=lambda row: row.number, code=True, minor=True, sort=False),
    )
    filters = (
        Choice("purse", _("Account type"), offered=Purse.choices),
        Choice("direction", _("Income or expense"), offered=Direction.choices),
        Choice("kind", _("Transaction type"), offered=lambda actor: STATEMENT_KINDS.items()),
        Since("happened_at", _("From")),
        Until("happened_at", _("To")),
        Search(label=_("Transaction or order"), into=("about", "memo")),
        Equal("owner"),
    )
    empty = _("No money has moved yet.")


class AdjustmentList(ListPage):
    """Allocations and reclaims (调账记录)."""

    name, path, title, permission = (
        "adjustments", "funds/adjustments/", _("Adjustment records"), "funds.view",
    )  # fmt: skip
    source = Adjustment.objects.visible_to
    columns = (
        Text("number", _("Transaction number"), code=True),
        When("created_at", _("Time")),
        ChoiceColumn("operation", _("Type"), words=dict(Operation.choices)),
        Sum("amount"),
        Text("target_name", _("Customer or reseller"), kinds=("staff", "partner")),
        Ref("partner", page="partner", needs=("partner",)),
        Text("scene", _("Scene"), minor=True),
        Text("memo", _("Note"), cut=40, minor=True),
        Text("operator", _("Operator"), minor=True, kinds=("staff", "partner")),
    )
    filters = (
        Search(into=("number", "target_name", "target__name"), exact=("target",)),
        Choice("operation", _("Type"), offered=Operation.choices),
        Since("created_at", _("From")),
        Until("created_at", _("To")),
        AtLeast("amount"),
        AtMost("amount"),
        Equal("target"),
        Equal("partner"),
    )
    opens = "adjustment"
    empty = _("Nothing has been allocated yet.")


class AdjustmentDetail(DetailPage):
    name, path, title, permission, parent = (
        "adjustment", "funds/adjustments/<str:number>/", _("Adjustment"), "funds.view", "adjustments",
    )  # fmt: skip
    fetch = adjustment_for
    left = (
        Facts(
            Text("number", _("Transaction number"), code=True),
            ChoiceColumn("operation", _("Type"), words=dict(Operation.choices)),
            "amount",
            Ref("partner", page="partner"),
            Text("target_name", _("Customer or reseller")),
            Text("target_id", _("Account ID"), code=True),
            When("created_at", _("Time")),
            Text("scene", _("Scene")),
            Text("memo", _("Note")),
            Text("operator", _("Operator"), kinds=("staff", "partner")),
        ),
    )
    right = (Trail(),)


PAY_IN_SANDBOX = RowAction(
    "pay",
    _("Pay"),
    page="sandbox-payment",
    when=lambda row: row.gateway == SandboxGateway.name and row.state is not RechargeState.PAID,
)


class RechargeList(ListPage):
    """Money from outside: online recharges and recorded bank transfers."""

    name, path, title, permission = "recharges", "funds/recharges/", _("Recharges"), "funds.view"
    source = Recharge.objects.visible_to
    columns = (
        Text("number", _("Recharge number"), code=True),
        When("created_at"),
        Text("account", _("Account"), needs=("account",), kinds=("staff",)),
        State("state"),
        Sum("amount"),
        ChoiceColumn("channel", _("Channel"), words=dict(Channel.choices)),
        Masked("payer", _("Payer"), kind="name", minor=True),
        Text("channel_number", _("Channel's number"), code=True, minor=True),
        When("paid_at", _("Paid")),
    )
    filters = (
        Search(into=("number", "channel_number", "account__name")),
        States("state", RechargeState),
        Choice("channel", _("Channel"), offered=Channel.choices),
        Since("created_at", _("From")),
        Until("created_at", _("To")),
        Equal("account"),
    )
    opens = "recharge"
    row_actions = (PAY_IN_SANDBOX,)
    links = (Link(page="recharge-online", label=_("Recharge")), Link(page="repay-credit", primary=False))
    empty = _("No recharges yet.")


class RechargeDetail(DetailPage):
    name, path, title, permission, parent = (
        "recharge", "funds/recharges/<str:number>/", _("Recharge"), "funds.view", "recharges",
    )  # fmt: skip
    fetch = recharge_for
    left = (
        Facts(
            Text("number", _("Recharge number"), code=True),
            Text("account", _("Account"), kinds=("staff",)),
            State("state"),
            "amount",
            ChoiceColumn("channel", _("Channel"), words=dict(Channel.choices)),
            Text("channel_number", _("Channel's number"), code=True),
            Masked("payer", _("Payer"), kind="name"),
            Text("memo", _("Note")),
            When("created_at"),
            When("expires_at", _("Pay until")),
            When("paid_at", _("Paid")),
        ),
        Steps(also=(PAY_IN_SANDBOX,)),
    )
    right = (Trail(),)


class RechargePage(FormPage):
    """Choose an amount and go on to the payment gateway."""

    name, path, title, parent = "recharge-online", "funds/recharge/", _("Recharge"), "recharges"
    kinds = ("partner", "customer")
    act, form = begin_recharge, RechargeForm
    button = _("Go on to payment")

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        """Where the installation has a gateway at all."""
        return super().open_to(actor) and bool(gateways())

    def done(self, result: Recharge) -> HttpResponse:
        return self.go(gateway_named(result.gateway).checkout_url(result))


class RepayPage(FormPage):
    name, path, title, parent = "repay-credit", "funds/repay/", _("Repay credit"), "balances"
    kinds = ("partner", "customer")
    act, form = repay_credit, RepayForm
    after = "balances"


class SandboxPayment(FormPage):
    """The sandbox gateway's own page: a click pays, or lets the payment fail."""

    name, path, title, permission, parent = (
        "sandbox-payment", "sandbox-payment/<str:number>/", _("Sandbox payment"), "funds.view", "recharges",
    )  # fmt: skip
    template = "funds/sandbox_payment.html"
    fetch = sandbox_recharge_for
    act, form = take_notice, SandboxPaymentForm
    after = "recharge"

    def run(self, form: SandboxPaymentForm) -> Recharge:
        """Let the gateway send its notice, and take it as one that came to the door."""
        gateway = SandboxGateway()
        headers, body = gateway.pay(self.subject, succeed=form.cleaned_data["result"] == "paid")
        return take_notice(
            Actor.system("sandbox gateway"), gateway=gateway.name, notice=gateway.read_notice(headers, body)
        )


todo(
    "funds.unpaid_recharges",
    _("Recharges to pay"),
    page="recharges",
    query={"state": RechargeState.AWAITING_PAYMENT.value},
    count=lambda actor: (
        Recharge.objects.visible_to(actor).filter(state=RechargeState.AWAITING_PAYMENT).count()
    ),
    kinds=("partner", "customer"),
    icon="wallet",
)
todo(
    "funds.customers_in_arrears",
    _("Customers in arrears"),
    page="customer-balances",
    query={"debt_from": "0.01"},
    count=lambda actor: customers_with_money(actor).filter(debt_minor__gt=0).count(),
    kinds=("partner",),
    tone="bad",
    icon="alert-triangle",
)


def _own_balances(actor: Actor) -> dict[str, Any]:
    """What the card and the page of the own account show."""
    try:
        require_money_account_of(actor.account_id)
    except NoMoneyAccount:
        return {"balances": None, "without_account": _("Your partner pays for what you use.")}
    return {"balances": balances_of(actor.account_id), "is_partner": actor.kind == "partner"}
