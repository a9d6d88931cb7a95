"""Project specialists for their partner, for the person, and for the vendor that reviews (features B5)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.specialists import (
    apply_specialist,
    approve_specialist,
    ask_to_cancel_specialist,
    bind_specialist,
    cancel_specialist,
    describe_specialist,
    invite_specialist,
    refuse_specialist,
    resend_specialist,
    unbind_specialist,
    withdraw_cancelling,
)
from partner_center.channel.console.people_forms import (
    AgreeForm,
    ApplyForm,
    CancelForm,
    DescribeForm,
    InviteForm,
    OpinionForm,
    RefusalForm,
)
from partner_center.channel.models import ProjectSpecialist, SpecialistState
from partner_center.channel.models.people import SpecialistPath
from partner_center.channel.queries.people import specialist_by_token
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Ref, State, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.pages import FormPage, ListPage
from partner_center.console.todos import todo


def _account(specialist: ProjectSpecialist) -> str:
    """Once the person has accepted; before, a partner is not told whether the account it named exists."""
    return specialist.account.name if specialist.account is not None and specialist.bound_at else ""


class SpecialistList(ListPage):
    name, path, title = "project-specialists", "project-specialists/", _("Project specialists")
    permission = "channel.view"
    kinds = ("staff", "partner")
    source = ProjectSpecialist.objects.visible_to
    columns = (
        Masked("target", kind="account"),
        Masked("account__name", _("Account"), kind="account", needs=("account",), value=_account),
        Ref("partner", page="partner", needs=("partner",), kinds=("staff",)),
        State("state"),
        ChoiceColumn("path", words=dict(SpecialistPath.choices)),
        Text("employment", cut=30, minor=True),
        Text("certificates", cut=30, minor=True),
        Ref("evidence__key", _("Evidence"), page="attachment", needs=("evidence",), show="evidence__name"),
        When("sent_at"),
        When("expires_at", minor=True),
        When("bound_at"),
        Text("reason", cut=30, minor=True),
        Text("opinion", cut=30),
    )
    filters = (
        Search(into=(), exact=("target",)),
        States("state", SpecialistState),
        Choice("path", offered=SpecialistPath.choices),
        Since("sent_at"),
        Until("sent_at"),
        Equal("partner"),
    )
    row_actions = (
        RowAction("resend", act=resend_specialist, kinds=("partner",)),
        RowAction("apply", act=apply_specialist, form=ApplyForm, kinds=("partner",)),
        RowAction("describe", act=describe_specialist, form=DescribeForm, kinds=("partner",)),
        RowAction(
            "ask-to-cancel", act=ask_to_cancel_specialist, form=CancelForm, kinds=("partner",), tone="danger"
        ),
        RowAction("withdraw-cancelling", act=withdraw_cancelling, kinds=("partner",)),
        RowAction("unbind", act=unbind_specialist, kinds=("partner",), tone="danger"),
        RowAction("approve", act=approve_specialist, form=OpinionForm, kinds=("staff",)),
        RowAction("refuse", act=refuse_specialist, form=RefusalForm, kinds=("staff",), tone="danger"),
        RowAction("cancel", act=cancel_specialist, form=OpinionForm, kinds=("staff",), tone="danger"),
    )
    batches = (
        Batch("chosen-apply", act=apply_specialist, form=ApplyForm, kinds=("partner",)),
        Batch("chosen-resend", _("Send again"), resend_specialist, kinds=("partner",)),
        Batch("chosen-approve", act=approve_specialist, form=OpinionForm, kinds=("staff",)),
    )
    links = (Link(page="invite-specialist"),)
    lead = _(
        "At most 100 people are invited a day; a link works for 7 days. A specialist is cancelled before unbinding."
    )
    empty = _("Nobody has been invited yet.")


class InviteSpecialist(FormPage):
    name, path, title = "invite-specialist", "project-specialists/new/", _("Invite a project specialist")
    kinds = ("partner",)
    parent = "project-specialists"
    act, form, after = invite_specialist, InviteForm, "project-specialists"
    success = _("The invitation is on its way.")


class AcceptSpecialist(FormPage):
    """Where the link leads: whoever is signed in decides for its own account."""

    name, path = "accept-specialist", "project-specialists/<str:token>/"
    title = _("Accept the partner's invitation")
    kinds = ("customer", "partner")
    fetch = specialist_by_token
    act, form, after = bind_specialist, AgreeForm, "home"
    button = _("Accept")
    success = _("Your account is now tied to the partner.")


todo(
    "channel.specialists_to_review",
    _("Project specialists to review"),
    page="project-specialists",
    query={"state": SpecialistState.IN_REVIEW.value},
    count=lambda actor: (
        ProjectSpecialist.objects.visible_to(actor).filter(state=SpecialistState.IN_REVIEW).count()
    ),
    kinds=("staff",),
)
