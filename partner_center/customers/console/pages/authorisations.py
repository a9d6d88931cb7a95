"""Authorisations: asked, given, refused, revoked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import RowAction
from partner_center.console.columns import Ref, State, Text, When, Words
from partner_center.console.filters import Equal, Since, States, Until
from partner_center.console.pages import ListPage
from partner_center.console.todos import todo
from partner_center.customers.actions import (
    agree_authorisation,
    decline_authorisation,
    revoke_authorisation,
)
from partner_center.customers.console.forms import (
    AgreeForm,
    NoteForm,
    ReasonForm,
)
from partner_center.customers.console.pages.words import groups_of
from partner_center.customers.lifecycles import AuthorisationState
from partner_center.customers.models import (
    Authorisation,
)


class AuthorisationList(ListPage):
    name, path, title = "authorisations", "authorisations/", _("Authorisations")
    permission = "customers.view"
    source = Authorisation.objects.visible_to
    columns = (
        Ref("customer", needs=("customer", "customer__account"), kinds=("staff", "partner")),
        Text("partner", needs=("partner",), sort=False),
        State("state"),
        Words("groups", _("Permissions"), value=groups_of),
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
