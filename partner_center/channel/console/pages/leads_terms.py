"""The texts that customers agree to: reading them, what was signed, and the vendor's new versions."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.leads_terms import publish_terms, sign_terms
from partner_center.channel.console.leads_forms import PublishForm, SignForm
from partner_center.channel.errors.leads import LinkNotFound
from partner_center.channel.models.leads_terms import Terms, TermsKind
from partner_center.channel.queries.leads_terms import (
    ALL_TERMS,
    signatures_of,
    terms_called,
    terms_now,
    terms_to_sign,
)
from partner_center.console.actions import Link
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Column, Masked, Number, When
from partner_center.console.filters import Choice, Equal, Since, Until
from partner_center.console.page import TemplatePage
from partner_center.console.pages import FormPage, ListPage
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Site


class TermsText(TemplatePage):
    """One version of one text, for everybody: who has not signed in reads it before agreeing."""

    name, path = "terms-text", "terms/<str:kind>/<str:site>/<int:version>/"
    title, public = _("Agreement"), True
    template = "channel/terms.html"
    wide = False

    def context(self) -> dict[str, Any]:
        try:
            terms = terms_called(self.place["kind"], self.place["site"], self.place["version"])
        except (LinkNotFound, OverflowError) as refusal:
            raise Http404(self.place["kind"]) from refusal
        return {"terms": terms}


class Title(Column):
    """A text by its name, leading to it."""

    def html(self, row: Any, actor: Actor) -> SafeString:
        terms: Terms = row if isinstance(row, Terms) else row.terms
        address = TermsText.url(kind=terms.kind, site=terms.site, version=terms.version)
        return format_html('<a href="{}">{}</a>', address, terms.title)

    def value(self, row: Any) -> Any:
        terms: Terms = row if isinstance(row, Terms) else row.terms
        return terms.title


class SignedTerms(ListPage):
    name, path, title = "signed-terms", "signed-terms/", _("Agreements")
    permission, kinds = "customers.view", ("staff", "customer")
    source = signatures_of
    columns = (
        Title("terms", _("Agreement"), sort=False),
        Number("terms__version", _("Version")),
        When("created_at", _("Signed")),
        Masked("account__name", _("Account"), kind="account", kinds=("staff",)),
    )
    filters = (
        Choice("kind", _("Agreement"), offered=TermsKind.choices, path="terms__kind"),
        Since("created_at", _("Signed since")),
        Until("created_at", _("Signed until")),
        Equal("account"),
    )
    empty = _("Nothing has been signed yet.")


class SignTerms(FormPage):
    name, path, title = "sign-terms", "signed-terms/sign/", _("Sign the agreements")
    kinds = ("customer",)
    parent = after = "signed-terms"
    act, form = sign_terms, SignForm
    lead = _("New versions of what you have agreed to before.")
    success = _("Signed.")


class TermsList(ListPage):
    name, path, title = "terms-texts", "terms/", _("Texts of agreements")
    permission, kinds = "channel.publish_terms", ("staff",)
    source = Terms.objects.visible_to
    columns = (
        Title("kind", _("Agreement")),
        ChoiceColumn("site", words=dict(Site.choices)),
        Number("version"),
        When("effective_from"),
    )
    filters = (Choice("kind", offered=TermsKind.choices), Choice("site", offered=Site.choices))
    links = (Link(page="publish-terms"),)
    lead = _(
        "Until a version is published here, the program's own holds; it is listed once somebody has signed it."
    )
    empty = _("Nothing has been published or signed yet.")


class PublishTerms(FormPage):
    name, path, title = "publish-terms", "terms/new/", _("Publish a new version")
    kinds = ("staff",)
    parent = after = "terms-texts"
    act, form = publish_terms, PublishForm
    lead = _("It holds from now on. Customers who signed an earlier version are asked to sign this one.")

    def initial(self) -> dict[str, Any]:
        """The text that holds now, to begin with, where the query says which."""
        asked = super().initial()
        kind, site = asked.get("kind"), asked.get("site")
        if kind not in ALL_TERMS or site not in Site.values:
            return asked
        now = terms_now(str(kind), str(site))
        return {**asked, "english": now.english, "chinese": now.chinese}


todo(
    "channel.terms_to_sign",
    _("Agreements to sign"),
    page="sign-terms",
    count=lambda actor: len(terms_to_sign(actor)),
    kinds=("customer",),
)
