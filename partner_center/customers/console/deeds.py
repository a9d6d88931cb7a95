"""What can be done to a customer, for its row, its page and in batches."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Batch, RowAction
from partner_center.customers.actions import (
    assign_manager,
    associate_customer,
    freeze_customer,
    freeze_customer_with_resources,
    reclaim_customer,
    request_authorisation,
    set_budget,
    set_label,
    set_level,
    set_new_customer_tag,
    unfreeze_account,
    unfreeze_customer,
)
from partner_center.customers.console.forms import (
    AmountForm,
    AssociateForm,
    BudgetForm,
    LabelForm,
    LevelForm,
    ManagerForm,
    NewTagForm,
    NoteForm,
    ReasonForm,
    ReductionForm,
    RequestForm,
)
from partner_center.customers.lifecycles import FreezeState
from partner_center.customers.models import Customer
from partner_center.funds.actions import allocate_to_customer, reclaim_from_customer
from partner_center.funds.queries import can_be_fed
from partner_center.pricing.actions import grant_discount


def has_budget(customer: Customer) -> bool:
    """Budgets and freezes by partners are for international resale customers."""
    return customer.is_resale and customer.account.site == "intl"


FEEDS = (
    RowAction("allocate", act=allocate_to_customer, page="allocate", kinds=("partner",), when=can_be_fed),
    RowAction("reclaim", act=reclaim_from_customer, page="reclaim", kinds=("partner",), when=can_be_fed),
)


def takes_discounts(customer: Customer) -> bool:
    """Partners set discounts for referral customers of the international site (features F9)."""
    return customer.is_referral and customer.account.site == "intl"


DEEDS = (
    RowAction("label", act=set_label, form=LabelForm),
    RowAction("assign", act=assign_manager, form=ManagerForm, kinds=("partner",)),
    RowAction(
        "reclaim",
        act=reclaim_customer,
        kinds=("partner",),
        when=lambda customer: customer.account_manager_id is not None,
    ),
    RowAction(
        "request-authorisation",
        act=request_authorisation,
        form=RequestForm,
        kinds=("partner",),
        when=lambda customer: customer.is_resale,
    ),
    RowAction("budget", act=set_budget, form=BudgetForm, kinds=("partner", "staff"), when=has_budget),
    RowAction(
        "discount",
        _("Set discount"),
        grant_discount,
        form=ReductionForm,
        kinds=("partner",),
        when=takes_discounts,
    ),
    RowAction("level", act=set_level, form=LevelForm, kinds=("staff",)),
    RowAction("new-tag", act=set_new_customer_tag, form=NewTagForm, kinds=("staff",)),
    RowAction(
        "associate",
        act=associate_customer,
        form=AssociateForm,
        kinds=("staff",),
        when=lambda customer: customer.partner_id is None,
    ),
    RowAction(
        "switch",
        _("Switch the association type"),
        page="request-switch",
        kinds=("partner",),
    ),
    RowAction(
        "disassociate", _("Disassociate"), page="request-disassociation", kinds=("partner",), tone="danger"
    ),
    RowAction(
        "end-association",
        _("End the association"),
        page="end-association",
        kinds=("staff",),
        tone="danger",
        when=lambda customer: customer.partner_id is not None,
    ),
)

FREEZES = tuple(
    RowAction(
        name + suffix,
        act=act,
        form=form,
        kinds=kinds,
        when=when,
        step=step,
        state_field="freeze_state",
        tone="danger" if step.target in (FreezeState.ACCOUNT, FreezeState.RESOURCES) else "",
    )
    for suffix, kinds, when in (("", ("staff",), None), ("-own", ("partner",), has_budget))
    for name, act, form, step in (
        ("freeze", freeze_customer, ReasonForm, FreezeState.freeze),
        (
            "freeze-resources",
            freeze_customer_with_resources,
            ReasonForm,
            FreezeState.freeze_with_resources,
        ),
        ("unfreeze", unfreeze_customer, NoteForm, FreezeState.unfreeze),
        ("unfreeze-account", unfreeze_account, NoteForm, FreezeState.unfreeze_account),
    )
)

BATCHES = (
    Batch("chosen-label", act=set_label, form=LabelForm),
    Batch("chosen-assign", act=assign_manager, form=ManagerForm, kinds=("partner",)),
    Batch("chosen-reclaim", act=reclaim_customer, kinds=("partner",)),
    Batch(
        "chosen-allocate",
        _("Allocate balance"),
        allocate_to_customer,
        form=AmountForm,
        kinds=("partner",),
        when=can_be_fed,
    ),
    Batch(
        "chosen-reclaim-balance",
        _("Take balance back"),
        reclaim_from_customer,
        form=AmountForm,
        kinds=("partner",),
        when=can_be_fed,
        tone="danger",
    ),
    Batch("chosen-budget", act=set_budget, form=BudgetForm, kinds=("partner",), when=has_budget),
    Batch(
        "chosen-discount",
        _("Set discount"),
        grant_discount,
        form=ReductionForm,
        kinds=("partner",),
        when=takes_discounts,
    ),
    Batch("chosen-freeze", act=freeze_customer, form=ReasonForm, kinds=("partner", "staff"), tone="danger"),
    Batch(
        "chosen-freeze-resources",
        act=freeze_customer_with_resources,
        form=ReasonForm,
        kinds=("partner", "staff"),
        tone="danger",
    ),
    Batch("chosen-unfreeze", act=unfreeze_customer, form=NoteForm, kinds=("partner", "staff")),
    Batch("chosen-level", act=set_level, form=LevelForm, kinds=("staff",)),
)
