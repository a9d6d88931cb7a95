"""Associations that end or change: asked with the account check in view, answered, kept as operation records."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.ties import (
    agree_request,
    disassociate_customer,
    reject_request,
    request_disassociation,
    request_switch,
    withdraw_request,
)
from partner_center.channel.console.ties_forms import AnswerForm, AskForm, ConsentForm, EndForm
from partner_center.channel.models.ties import AssociationRequest, RequestKind, RequestState, Side
from partner_center.channel.queries.ties import (
    checks_of,
    checks_to_answer,
    request_for,
    side_of,
    to_answer,
)
from partner_center.channel.rules.ties import Check
from partner_center.console.actions import RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Ref, State, Text, When
from partner_center.console.filters import Choice, Custom, Equal, Since, States, Until
from partner_center.console.forms import ActionForm
from partner_center.console.pages import FormPage, ListPage, TemplatePage
from partner_center.console.todos import todo
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.letters import authorisation_letter, commitment
from partner_center.customers.models import AssociationType, AuthorisationUse, UseKind
from partner_center.customers.queries import customer_for, own_customer
from partner_center.foundation.actor import Actor

EVENTS = dict(RequestKind.choices)
TYPES = dict(AssociationType.choices)
SIDES = dict(Side.choices)


def _mine(rows: Any, chosen: str, actor: Actor) -> Any:
    return rows.filter(pk__in=to_answer(actor).values("pk"))


def answers(kind: str, asked_by: Side) -> tuple[RowAction, ...]:
    """What actors of this kind do with requests of the other side, and with those of their own."""

    def theirs(request: AssociationRequest) -> bool:
        return request.side == asked_by

    def own(request: AssociationRequest) -> bool:
        return request.side == Side(kind)

    return (
        RowAction(
            f"answer-{kind}",
            _("Process now"),
            agree_request,
            page="answer-request",
            kinds=(kind,),
            when=theirs,
        ),
        RowAction(
            f"reject-{kind}", act=reject_request, form=AnswerForm, kinds=(kind,), tone="danger", when=theirs
        ),
        RowAction(f"withdraw-{kind}", act=withdraw_request, kinds=(kind,), when=own),
    )


class AssociationRequestList(ListPage):
    """What was asked about associations, by whom, and what became of it (features E2)."""

    name, path, title = "association-requests", "association-requests/", _("Association operation records")
    permission = "customers.view"
    source = AssociationRequest.objects.visible_to
    columns = (
        Ref("customer", needs=("customer", "customer__account"), kinds=("staff", "partner")),
        Text("partner", needs=("partner",), sort=False),
        ChoiceColumn("kind", words=EVENTS),
        ChoiceColumn("side", words=SIDES),
        ChoiceColumn("from_type", words=TYPES, minor=True),
        ChoiceColumn("to_type", words=TYPES),
        State("state"),
        Text("reason", cut=40),
        Text("answer", cut=40),
        When("created_at", _("Requested")),
        When("expires_at"),
        When("decided_at"),
    )
    filters = (
        Custom("whose", _("Whose"), offers={"mine": _("Awaiting my answer")}, narrow=_mine),
        States("state", RequestState),
        Choice("kind", offered=RequestKind.choices),
        Choice("side", offered=Side.choices),
        Since("created_at", _("Requested since")),
        Until("created_at", _("Requested until")),
        Equal("customer"),
        Equal("partner"),
    )
    row_actions = (*answers("customer", Side.PARTNER), *answers("partner", Side.CUSTOMER))
    empty = _("Nothing has been asked for.")


class Checked(FormPage):
    """A form page with the account check above its form."""

    template = "channel/checked.html"
    after = "association-requests"

    def checks(self) -> list[Check]:
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        return {"checks": self.checks()}


class Asked(Checked):
    """Asking for something about the customer that the page is about, or that is reading it."""

    form: ClassVar[type[ActionForm]] = AskForm
    kind = RequestKind.DISASSOCIATE

    def checks(self) -> list[Check]:
        """None where it is not this reader's association to ask about: the deed itself says so."""
        try:
            return checks_of(self.subject, kind=self.kind, side=side_of(self.actor, self.subject))
        except NotACustomerOfThePartner:
            return []


class RequestDisassociation(Asked):
    name, path = "request-disassociation", "customers/<str:pk>/disassociate/"
    title, parent = _("Request disassociation"), "customer"
    kinds = ("partner",)
    fetch, act = customer_for, request_disassociation


class RequestSwitch(Asked):
    name, path = "request-switch", "customers/<str:pk>/switch/"
    title, parent = _("Request a switch of the association type"), "customer"
    kinds = ("partner",)
    fetch, act = customer_for, request_switch
    kind = RequestKind.SWITCH


class AskToLeave(Asked):
    name, path = "ask-to-leave", "my-partner/disassociate/"
    title, parent = _("Request disassociation"), "my-partner"
    kinds = ("customer",)
    fetch, act = own_customer, request_disassociation


class AskToSwitch(Asked):
    name, path = "ask-to-switch", "my-partner/switch/"
    title, parent = _("Request a switch of the association type"), "my-partner"
    kinds = ("customer",)
    fetch, act = own_customer, request_switch
    kind = RequestKind.SWITCH


class EndAssociation(Asked):
    """By the ecosystem manager, where the two sides cannot."""

    name, path = "end-association", "customers/<str:pk>/end-association/"
    title, parent = _("End the association"), "customer"
    kinds = ("staff",)
    fetch, act, form = customer_for, disassociate_customer, EndForm


class AnswerRequest(Checked):
    name, path = "answer-request", "association-requests/<int:pk>/answer/"
    title, parent, button = _("Answer a request"), "association-requests", _("Agree")
    kinds = ("partner", "customer")
    fetch, act, form = request_for, agree_request, ConsentForm

    def checks(self) -> list[Check]:
        if self.subject.state is not RequestState.PENDING or self.subject.customer.partner_id is None:
            return []
        return checks_to_answer(self.subject)

    def context(self) -> dict[str, Any]:
        return {**super().context(), "letter": self.subject.reason}


class AuthorisationUseList(ListPage):
    """What partners did with the authorisations of their customers."""

    name, path, title = "authorisation-uses", "authorisation-uses/", _("Use of authorisations")
    permission = "customers.view"
    source = AuthorisationUse.objects.visible_to
    columns = (
        Ref("customer", needs=("customer", "customer__account"), kinds=("staff", "partner")),
        Text("partner", needs=("partner",), sort=False),
        ChoiceColumn("kind", words=dict(UseKind.choices)),
        Text("what", code=True),
        Text("operator"),
        "times",
        When("created_at", _("First time")),
        When("last_at"),
    )
    filters = (
        Choice("kind", offered=UseKind.choices),
        Since("last_at", _("Used since")),
        Until("last_at", _("Used until")),
        Equal("customer"),
        Equal("partner"),
    )
    empty = _("No authorisation has been used.")


class AuthorisationLetters(TemplatePage):
    """The texts of acting on a customer's behalf, as they are in force."""

    name, path = "authorisation-letters", "authorisation-letters/"
    title, permission, parent = _("Authorisation letters"), "customers.view", "authorisations"
    template = "channel/letter.html"

    def context(self) -> dict[str, Any]:
        return {"letters": (authorisation_letter(), commitment())}


todo(
    "channel.association_requests",
    _("Requests about associations to answer"),
    page="association-requests",
    query={"whose": "mine"},
    count=lambda actor: to_answer(actor).count(),
    kinds=("partner", "customer"),
)
