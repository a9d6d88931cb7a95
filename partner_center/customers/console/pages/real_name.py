"""Real-name authentication, for the vendor's reviewers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Batch, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Ref, State, Text, When
from partner_center.console.filters import Choice, Search, States
from partner_center.console.pages import ListPage
from partner_center.console.todos import todo
from partner_center.customers.actions import (
    approve_real_name,
    fail_real_name,
    reject_real_name,
)
from partner_center.customers.console.forms import (
    OpinionForm,
)
from partner_center.customers.lifecycles import VerifiedStatus
from partner_center.customers.models import (
    Customer,
    CustomerType,
)
from partner_center.customers.queries import (
    reviews_visible_to,
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
