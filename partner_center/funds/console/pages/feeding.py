"""Those one feeds: resale customers and resellers, with what they have."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Batch, RowAction
from partner_center.console.columns import Masked, Ref, Sum, When
from partner_center.console.filters import AtLeast, AtMost, Equal, Search
from partner_center.console.pages import FormPage, ListPage
from partner_center.console.todos import todo
from partner_center.customers.queries import customer_for
from partner_center.foundation.actor import Actor
from partner_center.funds.actions import (
    allocate_to_customer,
    allocate_to_reseller,
    reclaim_from_customer,
    reclaim_from_reseller,
)
from partner_center.funds.console.forms import (
    AdjustForm,
)
from partner_center.funds.queries import (
    customers_in_arrears,
    customers_with_money,
    money_of,
    resellers_with_money,
)
from partner_center.partners.models import PartnerKind


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


todo(
    "funds.customers_in_arrears",
    _("Customers in arrears"),
    page="customer-balances",
    query={"debt_from": "0.01"},
    count=lambda actor: customers_in_arrears(actor).count(),
    kinds=("partner",),
    tone="bad",
    icon="alert-triangle",
)
