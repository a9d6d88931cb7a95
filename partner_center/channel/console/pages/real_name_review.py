"""Real-name authentication, for the vendor's reviewers: the queue, one application with its papers, refused numbers."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.real_name import (
    REVIEW,
    allow_number,
    approve_application,
    fail_application,
    forbid_number,
    reject_application,
)
from partner_center.channel.console.real_name_forms import ForbidForm, OpinionForm
from partner_center.channel.models.real_name import (
    Certificate,
    ForbiddenNumber,
    Means,
    RealNameApplication,
    RealNameState,
    Subject,
)
from partner_center.channel.queries.real_name import application_for, applications_visible_to
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Flag, Masked, Ref, State, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Piece, Steps, Trail
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor

SUBJECTS, MEANS, CERTIFICATES = dict(Subject.choices), dict(Means.choices), dict(Certificate.choices)


def is_abroad(application: RealNameApplication) -> bool:
    """The international site knows a check that could not be completed."""
    return bool(application.customer.account.site == "intl")


class RealNameReviews(ListPage):
    name, path, title = "real-name-reviews", "real-name-reviews/", _("Real-name reviews")
    permission = REVIEW
    kinds = ("staff",)
    source = applications_visible_to
    columns = (
        Ref("customer", needs=("customer__account",)),
        Masked("name", _("Real name"), kind="name"),
        Masked("customer__account__name", _("Account"), kind="account"),
        ChoiceColumn("subject", words=SUBJECTS),
        ChoiceColumn("certificate", words=CERTIFICATES),
        State("state"),
        When("created_at", _("Applied")),
        Ref("partner", needs=("partner",)),
        When("decided_at"),
        Text("opinion", cut=40),
    )
    filters = (
        Search(into=("name", "customer__account__name"), exact=("customer__pk",)),
        States("state", RealNameState),
        Choice("subject", offered=Subject.choices),
        Choice("means", offered=Means.choices),
        Since("created_at", _("Applied since")),
        Until("created_at", _("Applied until")),
        Equal("customer"),
        Equal("partner"),
    )
    opens = "real-name-application"
    row_actions = (
        RowAction("approve", act=approve_application),
        RowAction("reject", act=reject_application, form=OpinionForm, tone="danger"),
        RowAction("fail", act=fail_application, form=OpinionForm, tone="danger", when=is_abroad),
    )
    batches = (
        Batch("chosen-approve", act=approve_application),
        Batch("chosen-reject", act=reject_application, form=OpinionForm),
    )
    links = (Link(page="forbidden-numbers", label=_("Refused numbers"), icon="ban", primary=False),)
    empty = _("Nobody has applied yet.")


def said_besides(application: RealNameApplication) -> dict[str, str]:
    """The sealed details of an application."""
    details: dict[str, str] = json.loads(application.details)
    return details


def papers_of(actor: Actor, application: RealNameApplication) -> dict[str, Any]:
    papers = application.papers.select_related("attachment")
    return {"papers": [paper.attachment for paper in papers]}


class RealNameReview(DetailPage):
    """Everything a reviewer needs on one page; numbers open with the eye, and that is written down."""

    name, path, title = "real-name-application", "real-name-reviews/<int:pk>/", _("Real-name application")
    permission = REVIEW
    kinds = ("staff",)
    parent = "real-name-reviews"
    fetch = application_for
    left = (
        Facts(
            Ref("customer"),
            Ref("partner"),
            ChoiceColumn("subject", words=SUBJECTS),
            ChoiceColumn("means", words=MEANS),
            ChoiceColumn("certificate", words=CERTIFICATES),
            Masked("name", _("Real name"), kind="name"),
            Masked("number", _("Certificate number")),
            When("created_at", _("Applied")),
            State("state"),
            "decided_at",
            "opinion",
            Flag("by_check"),
        ),
        Facts(
            Text("country", _("Country of registration"), value=lambda row: said_besides(row).get("country")),
            Text("address", _("Registered address"), value=lambda row: said_besides(row).get("address")),
            Masked(
                "person",
                _("Legal representative"),
                kind="name",
                value=lambda row: said_besides(row).get("person"),
            ),
            Masked(
                "person_number",
                _("Identity number of the legal representative"),
                value=lambda row: said_besides(row).get("person_number"),
            ),
            Masked("card", _("Bank card"), value=lambda row: said_besides(row).get("card")),
            Masked(
                "card_mobile",
                _("Mobile number of the card"),
                kind="mobile",
                value=lambda row: said_besides(row).get("card_mobile"),
            ),
            title=_("Besides"),
        ),
        Steps(
            RealNameState,
            forms={"reject": OpinionForm, "fail": OpinionForm},
            leave_out=("fail", "end"),
            also=(RowAction("fail", act=fail_application, form=OpinionForm, tone="danger", when=is_abroad),),
        ),
    )
    right = (Piece(_("Papers"), "channel/papers.html", papers_of),)
    bottom = (Trail(),)


class ForbiddenNumbers(ListPage):
    name, path, title = "forbidden-numbers", "forbidden-numbers/", _("Refused certificate numbers")
    permission = REVIEW
    kinds = ("staff",)
    parent = "real-name-reviews"
    source = ForbiddenNumber.objects.visible_to
    columns = (Text("hint", code=True), Text("reason", cut=80), When("created_at"))
    filters = (Search(into=("reason",)),)
    row_actions = (
        RowAction(
            "allow",
            act=allow_number,
            confirm=_("Customers can be authenticated with this number again."),
        ),
    )
    links = (Link(page="forbid-number", label=_("Refuse a number")),)
    exportable = False


class ForbidNumber(FormPage):
    name, path, title = "forbid-number", "forbidden-numbers/new/", _("Refuse a certificate number")
    kinds = ("staff",)
    parent = after = "forbidden-numbers"
    act, form = forbid_number, ForbidForm


todo(
    "channel.real_name_reviews",
    _("Real-name authentications to review"),
    page="real-name-reviews",
    query={"state": RealNameState.IN_REVIEW.value},
    count=lambda actor: (
        RealNameApplication.objects.visible_to(actor).filter(state=RealNameState.IN_REVIEW).count()
    ),
    kinds=("staff",),
)
