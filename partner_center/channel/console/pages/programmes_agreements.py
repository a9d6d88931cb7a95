"""Agreements with the vendor: their versions, who signed them, and new ones."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.channel.console.programmes_forms import (
    PublishForm,
)
from partner_center.console.actions import Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Ref, Text, When
from partner_center.console.filters import Choice, Search, Since
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Rows, Steps, Words
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Site
from partner_center.partners.actions import (
    publish_agreement,
    sign_agreement,
)
from partner_center.partners.errors import ProgrammeNotFound
from partner_center.partners.models import (
    Agreement,
    Signature,
)
from partner_center.partners.presets import AGREEMENTS
from partner_center.partners.queries import unsigned_agreements

VIEW = "partners.view"
EVERYBODY = ("staff", "partner", "customer")
APPLICANTS = ("partner", "customer")


class AgreementList(ListPage):
    """Every version that is, or was, in force; what has been signed stays readable."""

    name, path, title, permission = "partner-agreements", "partner-agreements/", _("Agreements"), VIEW
    kinds = EVERYBODY
    source = Agreement.objects.visible_to
    order = ("code", "-published_at")
    columns = (
        ChoiceColumn("code", _("Agreement"), words=AGREEMENTS),
        Text("version"),
        ChoiceColumn("site", words=dict(Site.choices), kinds=("staff",)),
        When("published_at"),
    )
    filters = (
        Choice("code", _("Agreement"), offered=list(AGREEMENTS.items())),
        Choice("site", offered=Site.choices).for_kinds("staff"),
    )
    opens = "partner-agreement"
    links = (
        Link(page="signed-agreements", label=_("Signed agreements"), icon="checklist"),
        Link(page="publish-agreement", label=_("Publish a new version")),
    )


def agreement_for(actor: Actor, pk: int) -> Agreement:
    """A version the actor may read. Raises ProgrammeNotFound."""
    found = Agreement.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise ProgrammeNotFound()
    return found


class AgreementDetail(DetailPage):
    name, path, title = "partner-agreement", "partner-agreements/<int:pk>/", _("Agreement")
    permission = VIEW
    kinds = EVERYBODY
    parent = "partner-agreements"
    fetch = agreement_for
    left = (
        Facts(
            ChoiceColumn("code", _("Agreement"), words=AGREEMENTS),
            "version",
            ChoiceColumn("site", words=dict(Site.choices)),
            "published_at",
        ),
        Steps(also=(RowAction("sign", act=sign_agreement, kinds=APPLICANTS),)),
        Rows(
            _("Signed"),
            lambda actor, one: (
                Signature.objects.visible_to(actor).filter(agreement=one).select_related("account")[:20]
            ),
            (
                Masked("account__name", _("Account"), kind="account", kinds=("staff",)),
                When("created_at", _("Signed at")),
                Text("door"),
            ),
            model=Signature,
        ),
    )
    right = (Words(_("Text"), lambda actor, one: one.text),)


class SignatureList(ListPage):
    name, path, title = "signed-agreements", "signed-agreements/", _("Signed agreements")
    permission = VIEW
    kinds = EVERYBODY
    parent = "partner-agreements"
    source = Signature.objects.visible_to
    columns = (
        Ref("agreement", page="partner-agreement", needs=("agreement",)),
        Masked("account__name", _("Account"), kind="account", needs=("account",), kinds=("staff",)),
        When("created_at", _("Signed at")),
        Masked("signed_by__login", _("Signed by"), kind="account", needs=("signed_by",)),
        Text("door"),
    )
    filters = (
        Search(into=("account__name", "account__company_name")).for_kinds("staff"),
        Since("created_at", _("Signed since")),
    )


class PublishAgreement(FormPage):
    name, path, title = "publish-agreement", "partner-agreements/publish/", _("Publish a new version")
    kinds = ("staff",)
    parent = after = "partner-agreements"
    act, form = publish_agreement, PublishForm
    lead = _("It is in force at once. Whoever has signed the version before is asked to sign it.")

    def next_address(self, result: Any) -> str:
        return AgreementList.url()


def _unsigned(actor: Actor) -> int:
    return len(unsigned_agreements(actor))


todo(
    "partners.agreements",
    _("Agreements to sign"),
    page="partner-agreements",
    count=_unsigned,
    kinds=APPLICANTS,
)
