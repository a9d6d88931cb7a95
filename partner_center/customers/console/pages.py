"""Customers for their partners and the operator; the partner for its customer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Number, Ref, State, Text, When, Words
from partner_center.console.filters import Choice, Custom, Equal, Search, Since, States, Until
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Rows, Steps, Trail
from partner_center.console.todos import todo
from partner_center.customers.actions import (
    agree_authorisation,
    approve_real_name,
    create_customer,
    decline_authorisation,
    fail_real_name,
    register_customer,
    reject_real_name,
    revoke_authorisation,
)
from partner_center.customers.console.deeds import BATCHES, DEEDS, FREEZES, has_budget
from partner_center.customers.console.forms import (
    AgreeForm,
    CreateForm,
    NoteForm,
    OpinionForm,
    RealNameForm,
    ReasonForm,
    RegisterForm,
)
from partner_center.customers.lifecycles import AuthorisationState, FreezeState, VerifiedStatus
from partner_center.customers.models import (
    Association,
    AssociationType,
    Authorisation,
    Budget,
    BudgetOperation,
    BudgetRecord,
    BudgetType,
    Customer,
    CustomerType,
    FrozenBy,
    IdentityMapping,
    Level,
    ManagerAssignment,
    NewCustomerTag,
    PermissionGroup,
    WhenUsedUp,
)
from partner_center.customers.queries import (
    customer_for,
    manager_for,
    managers_visible_to,
    own_customer,
    reviews_visible_to,
)
from partner_center.foundation.actor import Actor
from partner_center.funds.actions import allocate_to_customer, reclaim_from_customer
from partner_center.funds.queries import can_be_fed
from partner_center.identity.models import Site

ASSOCIATION_TYPES = dict(AssociationType.choices)
BUDGET_TYPES = dict(BudgetType.choices)


def _groups(authorisation: Authorisation) -> list[Any]:
    return [PermissionGroup(group).label for group in authorisation.groups]


def _whose(rows: Any, chosen: str, actor: Actor) -> Any:
    own = {"partner_id": actor.account_id}
    return rows.filter(**own) if chosen == "own" else rows.exclude(**own)


FEEDS = (
    RowAction("allocate", act=allocate_to_customer, page="allocate", kinds=("partner",), when=can_be_fed),
    RowAction("reclaim", act=reclaim_from_customer, page="reclaim", kinds=("partner",), when=can_be_fed),
)


class CustomerList(ListPage):
    name, path, title, permission = "customers", "customers/", _("Customers"), "customers.view"
    kinds = ("staff", "partner")
    source = Customer.objects.visible_to
    columns = (
        Text("name", value=str),
        Masked("account__name", _("Account"), kind="account", needs=("account",)),
        Masked("account__mobile", _("Mobile number"), kind="mobile", minor=True),
        Ref("partner", needs=("partner",)),
        ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
        State("verified_status"),
        State("freeze_state"),
        Text("level"),
        Text("label"),
        Text("account_manager__name", _("Account manager"), needs=("account_manager",)),
        When("associated_at"),
    )
    filters = (
        Search(into=("name", "account__name", "account__mobile"), exact=("pk",)),
        Custom(
            "whose",
            _("Whose"),
            offers={"own": _("My customers"), "resellers": _("Resellers' customers")},
            narrow=_whose,
        ),
        Choice("association_type", offered=AssociationType.choices),
        States("verified_status", VerifiedStatus, _("Real-name status")),
        States("freeze_state", FreezeState, _("Freeze")),
        Choice("level", offered=Level.choices),
        Search("label", _("Tag"), into=("label",)),
        Since("associated_at"),
        Until("associated_at"),
        Equal("partner"),
        Equal("manager", _("Account manager"), path="account_manager"),
    )
    opens = "customer"
    row_actions = (*FEEDS, *DEEDS, *FREEZES)
    batches = BATCHES
    links = (Link(page="register-customer"), Link(page="create-customer"))
    empty = _("No customers yet.")

    def tone_of(self, row: Customer) -> str:
        return "warning" if row.frozen else ""


class CustomerDetail(DetailPage):
    name, path, title, permission = "customer", "customers/<str:pk>/", _("Customer"), "customers.view"
    kinds = ("staff", "partner")
    parent = "customers"
    state = "verified_status"
    fetch = customer_for
    left = (
        Facts(
            Text("name"),
            Masked("account__name", _("Account"), kind="account"),
            Text("pk", _("Customer ID"), code=True),
            ChoiceColumn("account__site", _("Site"), words=dict(Site.choices)),
            "country",
            ChoiceColumn("customer_type", words=dict(CustomerType.choices)),
            State("verified_status"),
            "verified_at",
            "review_opinion",
            Text("level"),
            Text("label"),
            ChoiceColumn("new_tag", words=dict(NewCustomerTag.choices)),
            Text("new_tag_from"),
            Text("new_tag_until"),
            "created_at",
        ),
        Facts(
            Masked("account__mobile", _("Mobile number"), kind="mobile"),
            Masked("account__email", _("E-mail"), kind="email"),
            title=_("Contact"),
        ),
        Facts(
            Ref("partner"),
            ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
            "associated_at",
            Text("account_manager__name", _("Account manager")),
            title=_("Association"),
        ),
        Facts(
            State("freeze_state"),
            ChoiceColumn("frozen_by", words=dict(FrozenBy.choices)),
            "freeze_reason",
            "frozen_at",
            title=_("Freeze"),
            when=lambda customer: customer.frozen,
        ),
        Steps(also=(*FEEDS, *DEEDS, *FREEZES)),
        Steps(
            VerifiedStatus,
            field="verified_status",
            forms={
                "submit": RealNameForm,
                "reject": OpinionForm,
                "fail": OpinionForm,
                "withdraw": OpinionForm,
            },
            kinds=("staff",),
        ),
    )
    right = (
        Rows(
            _("Authorisation of the partner"),
            lambda actor, customer: (
                Authorisation.objects.visible_to(actor).filter(customer=customer).select_related("partner")
            ),
            (
                Ref("partner"),
                State("state"),
                Words("groups", _("Permissions"), value=_groups),
                When("created_at", _("Requested")),
                When("decided_at"),
                When("ended_at"),
                Text("reason", cut=40),
            ),
            when=lambda customer: customer.is_resale,
            empty=_("Nothing requested yet."),
        ),
        Rows(
            _("Budget"),
            lambda actor, customer: Budget.objects.visible_to(actor).filter(customer=customer),
            (
                "amount",
                ChoiceColumn("budget_type", words=BUDGET_TYPES),
                ChoiceColumn("when_used_up", words=dict(WhenUsedUp.choices)),
                When("counts_from"),
                When("changed_at"),
            ),
            when=has_budget,
            empty=_("No budget yet: the customer stays frozen until one is set."),
        ),
        Rows(
            _("Association history"),
            lambda actor, customer: (
                Association.objects.visible_to(actor).filter(customer=customer).select_related("partner")
            ),
            (
                Ref("partner"),
                ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
                When("began_at"),
                When("ended_at"),
            ),
        ),
        Rows(
            _("Account managers by date"),
            lambda actor, customer: (
                ManagerAssignment.objects.visible_to(actor)
                .filter(customer=customer)
                .select_related("manager")
            ),
            (
                Text("manager__name", _("Account manager")),
                When("created_at", _("Assigned")),
                When("ended_at"),
            ),
        ),
        Rows(
            _("Platform users"),
            lambda actor, customer: IdentityMapping.objects.visible_to(actor).filter(customer=customer),
            (Text("xaccount_type", code=True), Text("xaccount_id", code=True), When("created_at")),
        ),
    )
    bottom = (
        ListPanel("orders", customer="pk"),
        ListPanel("resources", customer="pk"),
        ListPanel("on-demand-resources", customer="pk"),
        ListPanel("adjustments", target="pk", options={"when": lambda customer: customer.is_resale}),
        ListPanel("account-changes", owner="pk", options={"kinds": ("staff",)}),
        ListPanel("discounts", customer="pk"),
        ListPanel("budget-records", customer="pk", options={"when": has_budget}),
        Trail(),
    )


class RegisterCustomer(FormPage):
    name, path, title = "register-customer", "customers/register/", _("Register a customer account")
    kinds = ("staff",)
    parent, after = "customers", "customer"
    act, form = register_customer, RegisterForm
    lead = _("An account that belongs to no partner yet.")


class CreateCustomer(FormPage):
    name, path, title = "create-customer", "customers/create/", _("Create a customer")
    kinds = ("partner",)
    parent, after = "customers", "customer"
    act, form = create_customer, CreateForm
    lead = _(
        "An account for a user of your platform, associated with you, or with the reseller named, at once."
    )


class MyPartner(DetailPage):
    """What a customer knows of its partner, and the authorisation that it gives and takes back."""

    name, path, title, permission = "my-partner", "my-partner/", _("My partner"), "customers.view"
    kinds = ("customer",)
    fetch = own_customer
    state = "verified_status"
    left = (
        Facts(
            Text("partner__name", _("Partner")),
            ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
            "associated_at",
            Text("account_manager__name", _("Account manager")),
            title=_("My partner"),
            when=lambda customer: customer.partner_id is not None,
        ),
        Facts(
            Text("partner__account__email", _("E-mail")),
            Text("partner__account__mobile", _("Telephone")),
            title=_("Contact"),
            when=lambda customer: customer.partner_id is not None,
        ),
    )
    right = (
        Facts(
            State("verified_status"),
            "review_opinion",
            State("freeze_state"),
            ChoiceColumn("frozen_by", words=dict(FrozenBy.choices)),
            "freeze_reason",
            Text("level"),
            title=_("My account"),
        ),
    )
    bottom = (
        ListPanel("authorisations", customer="pk"),
        ListPanel("associations", customer="pk"),
        Trail(),
    )


class AuthorisationList(ListPage):
    name, path, title = "authorisations", "authorisations/", _("Authorisations")
    permission = "customers.view"
    source = Authorisation.objects.visible_to
    columns = (
        Ref("customer", needs=("customer", "customer__account"), kinds=("staff", "partner")),
        Text("partner", needs=("partner",), sort=False),
        State("state"),
        Words("groups", _("Permissions"), value=_groups),
        When("created_at", _("Requested")),
        When("decided_at"),
        When("ended_at"),
        Text("reason", cut=40),
    )
    filters = (
        States("state", AuthorisationState),
        Since("created_at", _("Requested since")),
        Until("created_at", _("Requested until")),
        Equal("customer"),
        Equal("partner"),
    )
    row_actions = (
        RowAction("agree", act=agree_authorisation, form=AgreeForm, kinds=("customer",)),
        RowAction("decline", act=decline_authorisation, form=NoteForm, kinds=("customer",), tone="danger"),
        RowAction("revoke", act=revoke_authorisation, form=ReasonForm, kinds=("customer",), tone="danger"),
    )
    empty = _("No authorisation has been asked for.")


class AssociationList(ListPage):
    name, path, title = "associations", "associations/", _("Association history")
    permission = "customers.view"
    source = Association.objects.visible_to
    columns = (
        Ref("customer", needs=("customer", "customer__account"), kinds=("staff", "partner")),
        Text("partner", needs=("partner",), sort=False),
        ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
        When("began_at"),
        When("ended_at"),
    )
    filters = (
        Choice("association_type", offered=AssociationType.choices),
        Since("began_at"),
        Until("began_at"),
        Equal("customer"),
        Equal("partner"),
    )


class IdentityMappingList(ListPage):
    name, path, title = "identity-mappings", "identity-mappings/", _("Platform users")
    permission = "customers.view"
    kinds = ("staff", "partner")
    source = IdentityMapping.objects.visible_to
    columns = (
        Text("xaccount_type", code=True),
        Text("xaccount_id", code=True),
        Ref("customer", needs=("customer", "customer__account")),
        Ref("partner", needs=("partner",)),
        When("created_at"),
    )
    filters = (Search(into=("xaccount_id", "xaccount_type")), Equal("customer"), Equal("partner"))
    lead = _("Which user of a partner's platform is which customer.")


class BudgetList(ListPage):
    name, path, title, permission = "budgets", "budgets/", _("Budgets"), "customers.view"
    kinds = ("staff", "partner")
    source = Budget.objects.visible_to
    columns = (
        Ref("customer", needs=("customer", "customer__account")),
        Ref("partner", needs=("partner",)),
        "amount",
        ChoiceColumn("budget_type", words=BUDGET_TYPES),
        ChoiceColumn("when_used_up", words=dict(WhenUsedUp.choices)),
        When("counts_from"),
        When("changed_at"),
    )
    filters = (Choice("budget_type", offered=BudgetType.choices), Equal("customer"), Equal("partner"))

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        """Budgets are an institution of the international site."""
        return super().open_to(actor) and (actor.is_house or actor.site == "intl")


class BudgetRecordList(ListPage):
    name, path, title = "budget-records", "budget-records/", _("Budget records")
    permission = "customers.view"
    kinds = ("staff", "partner")
    source = BudgetRecord.objects.visible_to
    columns = (
        Ref("customer", needs=("customer", "customer__account")),
        ChoiceColumn("operation", words=dict(BudgetOperation.choices)),
        ChoiceColumn("budget_type", words=BUDGET_TYPES),
        "amount",
        Text("operator"),
        When("created_at"),
    )
    filters = (
        Choice("operation", offered=BudgetOperation.choices),
        Since("created_at"),
        Until("created_at"),
        Equal("customer"),
    )


class RealNameReviewList(ListPage):
    name, path, title = "real-name-reviews", "real-name-reviews/", _("Real-name reviews")
    permission = "customers.approve_real_name"
    kinds = ("staff",)
    source = reviews_visible_to
    columns = (
        Text("name", _("Real name")),
        Masked("account__name", _("Account"), kind="account", needs=("account",)),
        ChoiceColumn("customer_type", words=dict(CustomerType.choices)),
        State("verified_status"),
        Text("review_opinion", cut=40),
        Ref("partner", needs=("partner",)),
        When("verified_at"),
    )
    filters = (
        Search(into=("name", "account__name"), exact=("pk",)),
        States("verified_status", VerifiedStatus),
        Choice("customer_type", offered=CustomerType.choices),
    )
    opens = "customer"
    row_actions = (
        RowAction("approve", act=approve_real_name, state_field="verified_status"),
        RowAction(
            "reject", act=reject_real_name, form=OpinionForm, state_field="verified_status", tone="danger"
        ),
        RowAction(
            "fail",
            act=fail_real_name,
            form=OpinionForm,
            state_field="verified_status",
            tone="danger",
            when=lambda customer: customer.account.site == "intl",
        ),
    )
    batches = (
        Batch("chosen-approve", act=approve_real_name),
        Batch("chosen-reject", act=reject_real_name, form=OpinionForm),
    )


class AccountManagerList(ListPage):
    name, path, title = "account-managers", "account-managers/", _("Account managers")
    permission = "customers.assign"
    kinds = ("partner",)
    source = managers_visible_to
    columns = (
        Text("name"),
        Text("login", _("Account")),
        Number("customer_count", _("Customers"), sort="customer_count"),
    )
    filters = (Search(into=("name", "login")),)
    opens = "account-manager"
    order = ("login",)
    lead = _("Who is in charge of which customers. Open a person to assign customers or take them back.")


class AccountManagerDetail(DetailPage):
    name, path = "account-manager", "account-managers/<int:pk>/"
    title, permission, parent = _("Account manager"), "customers.assign", "account-managers"
    kinds = ("partner",)
    fetch = manager_for
    left = (Facts(Text("name"), Text("login", _("Account")), Number("customer_count", _("Customers"))),)
    right = (
        Rows(
            _("Assignments by date"),
            lambda actor, manager: (
                ManagerAssignment.objects.visible_to(actor)
                .filter(manager=manager)
                .select_related("customer", "customer__account")[:50]
            ),
            (Ref("customer"), When("created_at", _("Assigned")), When("ended_at")),
        ),
    )
    bottom = (ListPanel("customers", manager="pk"),)


todo(
    "customers.authorisations",
    _("Authorisations to decide on"),
    page="authorisations",
    query={"state": AuthorisationState.REQUESTED.value},
    count=lambda actor: (
        Authorisation.objects.visible_to(actor).filter(state=AuthorisationState.REQUESTED).count()
    ),
    kinds=("customer",),
)
todo(
    "customers.real_name_reviews",
    _("Real-name authentications to review"),
    page="real-name-reviews",
    query={"verified_status": VerifiedStatus.IN_REVIEW.value},
    count=lambda actor: (
        Customer.objects.visible_to(actor).filter(verified_status=VerifiedStatus.IN_REVIEW).count()
    ),
    kinds=("staff",),
)
todo(
    "customers.frozen",
    _("Customers that are frozen"),
    page="customers",
    query={"freeze_state": FreezeState.ACCOUNT.value},
    count=lambda actor: Customer.objects.visible_to(actor).filter(freeze_state=FreezeState.ACCOUNT).count(),
    kinds=("partner",),
)
