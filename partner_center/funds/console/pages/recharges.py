"""Money from outside: recharges, the way to a payment gateway, and the sandbox's own."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, State, Sum, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Steps, Trail
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor
from partner_center.funds.actions import (
    begin_recharge,
    take_notice,
)
from partner_center.funds.console.forms import (
    RechargeForm,
    SandboxPaymentForm,
)
from partner_center.funds.gateways import gateway_named, gateways
from partner_center.funds.gateways.sandbox import SandboxGateway
from partner_center.funds.models import (
    Channel,
    Recharge,
    RechargeState,
)
from partner_center.funds.queries import (
    recharge_for,
    sandbox_recharge_for,
)

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


class SandboxPayment(FormPage):
    """The sandbox gateway's own page: a click pays, or lets the payment fail."""

    name, path, title, permission, parent = (
        "sandbox-payment", "sandbox-payment/<str:number>/", _("Sandbox payment"), "funds.view", "recharges",
    )  # fmt: skip
    template = "funds/sandbox_payment.html"
    fetch = sandbox_recharge_for
    act, form = take_notice, SandboxPaymentForm
    after = "recharge"

    def run(self, form: ActionForm) -> Recharge:
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
