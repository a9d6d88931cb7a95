"""The customer's side of an invitation: read without signing in, register or sign in, agree, be associated.

Whoever opens a link that is absent, expired, taken back or used gets one answer; whoever asks for a code gets one
answer, whatever its number is used for already.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partner_center.channel.actions.leads_landing import (
    answer_invitation,
    knock,
    register_by_invitation,
    send_join_code,
)
from partner_center.channel.actions.leads_links import count_visit
from partner_center.channel.console.leads_forms import AcceptForm, JoinForm
from partner_center.channel.errors.leads import AssociationRefused
from partner_center.channel.models.leads_terms import FOR_ASSOCIATING, FOR_REGISTERING
from partner_center.channel.queries.leads_links import Origin, origin_of
from partner_center.channel.queries.leads_terms import unsigned_terms
from partner_center.console.page import Page, TemplatePage
from partner_center.console.registry import PAGES
from partner_center.customers.actions import check_registration_code
from partner_center.customers.models import AssociationType
from partner_center.customers.queries import own_customer
from partner_center.foundation.actor import Actor
from partner_center.identity.door import actor_of, open_session
from partner_center.identity.models import User
from partner_center.kernel.errors import DomainError, Unauthenticated
from partner_center.wire.requests import source_of


class _AtTheDoor(Page):
    """What the pages of a link share. The link is looked up first: a dead one is dead for everybody."""

    wide = False

    @cached_property
    def origin(self) -> Origin:
        return origin_of(self.place["token"])

    @cached_property
    def guest(self) -> Actor:
        """The reader at this door, with what anybody may do here."""
        return replace(self.actor, door="landing").with_permissions(
            {"channel.knock", "channel.count_visit", "channel.register_by_invitation"}
        )

    @property
    def type_words(self) -> Any:
        return AssociationType(self.origin.association_type).label

    @property
    def heading(self) -> Any:
        return _("Become a customer of {partner}").format(partner=self.origin.partner.name)

    def crumbs(self) -> list[tuple[Any, str]]:
        return []

    def knocks(self, deed: str) -> None:
        """Count this deed of the caller's address and of the link. Raises TooManyKnocks."""
        knock(self.guest, deed=deed, source=source_of(self.request.META), token=self.origin.token)


class Join(_AtTheDoor, TemplatePage):
    """What the invitation means, for whoever has the link."""

    name, path, title, public = "join", "join/<str:token>/", gettext_lazy("Invitation"), True
    template = "channel/join.html"

    def get(self) -> HttpResponse:
        if self.origin.link is not None and self.request.method == "GET":
            count_visit(self.guest, link=self.origin.link)
        return self.render()

    def context(self) -> dict[str, Any]:
        site = self.origin.partner.account.site
        return {
            "origin": self.origin,
            "texts": unsigned_terms(None, site, (*FOR_REGISTERING, *FOR_ASSOCIATING)),
            "register": JoinRegister.url(token=self.origin.token),
            "accept": JoinAccept.url(token=self.origin.token),
        }


class JoinRegister(_AtTheDoor, TemplatePage):
    """A new account: number, code, name, password, agreements. A referral customer is associated in the same go."""

    name, path, public = "join-register", "join/<str:token>/register/", True
    title = gettext_lazy("Register and associate")
    template = "channel/join_register.html"

    def get(self) -> HttpResponse:
        if self.actor.kind != "nobody":
            return self.go(Join.url(token=self.origin.token))
        known = {"company_name": self.origin.report.company_name} if self.origin.report else {}
        return self.show(JoinForm(actor=self.guest, subject=self.origin, initial=known))

    def post(self) -> HttpResponse:
        if self.actor.kind != "nobody":
            return self.go(Join.url(token=self.origin.token))
        form = JoinForm(self.request.POST, actor=self.guest, subject=self.origin)
        if self.request.POST.get("send_code"):
            return self._send_code(form)
        if not form.is_valid():
            return self.show(form)
        try:
            user = self._register(form)
        except DomainError as refusal:
            return self.show(form, refusal=refusal)
        if self.origin.is_resale:
            return self.go(JoinAccept.url(token=self.origin.token))
        return self._associate(user, form)

    def show(self, form: JoinForm, *, refusal: Any = None, note: Any = None) -> HttpResponse:
        return self.render(form=form, refusal=refusal, note=note)

    def _send_code(self, form: JoinForm) -> HttpResponse:
        """A code to whatever number was typed; the answer does not say what it is used for."""
        again = JoinForm(actor=self.guest, subject=self.origin, initial=_typed(form))
        try:
            self.knocks("code")
            send_join_code(self.guest, origin=self.origin, language=self.guest.language, **form.address())
        except DomainError as refusal:
            return self.show(again, refusal=refusal)
        return self.show(again, note=_("A code was sent. It is valid for 10 minutes."))

    def _register(self, form: JoinForm) -> User:
        """The new account's user, signed in. The code is checked first, because a wrong attempt counts."""
        given = form.cleaned_data
        self.knocks("register")
        checked = check_registration_code(self.guest, code=given["code"], **form.address())
        assert checked is not None, "the form asks for an address"
        customer = register_by_invitation(
            self.guest,
            origin=self.origin,
            name=given["name"],
            password=given["password"],
            company_name=given["company_name"],
            country=given.get("country", ""),
            checked=checked,
            signed=form.signed(),
            **form.address(),
        )
        user: User = User.objects.select_related("account").get(account_id=customer.pk, is_owner=True)
        open_session(self.request, user)
        return user

    def _associate(self, user: User, form: JoinForm) -> HttpResponse:
        actor = replace(actor_of(user), door="landing", language=self.actor.language)
        try:
            answer_invitation(actor, customer=own_customer(actor), origin=self.origin, signed=form.signed())
        except AssociationRefused:
            return self.go(JoinAccept.url(token=self.origin.token))
        return self.go(Joined.url())


class JoinAccept(_AtTheDoor, TemplatePage):
    """A signed-in customer agrees; for the resale model on a page of its own, after the texts.

    Who has not signed in does that first and comes back; who is no customer is told so by the link's first page.
    """

    name, path, public = "join-accept", "join/<str:token>/accept/", True
    title = gettext_lazy("Sign in and associate")
    template = "channel/join_accept.html"

    def answer(self) -> HttpResponse:
        if self.actor.kind == "nobody":
            raise Unauthenticated()
        if self.actor.kind != "customer":
            return self.go(Join.url(token=self.origin.token))
        return super().answer()

    def get(self) -> HttpResponse:
        return self.render(form=AcceptForm(actor=self.actor, subject=self.origin))

    def post(self) -> HttpResponse:
        form = AcceptForm(self.request.POST, actor=self.actor, subject=self.origin)
        if not form.is_valid():
            return self.render(form=form)
        if self.origin.is_resale and not self.request.POST.get("agreed"):
            return self.render("channel/join_agree.html", form=form)
        actor = replace(self.actor, door="landing")
        try:
            answer_invitation(actor, customer=own_customer(actor), origin=self.origin, signed=form.signed())
        except DomainError as refusal:
            return self.render(form=form, refusal=refusal)
        return self.go(Joined.url())

    def context(self) -> dict[str, Any]:
        return {"origin": self.origin}


class Joined(TemplatePage):
    """Afterwards: whose customer one is now, and what comes next."""

    name, path, title = "joined", "joined/", gettext_lazy("Your association")
    permission, kinds = "customers.view", ("customer",)
    template = "channel/joined.html"
    wide = False

    def context(self) -> dict[str, Any]:
        customer = own_customer(self.actor)
        real_name = next((PAGES[name] for name in REAL_NAME_PAGES if name in PAGES), None)
        return {
            "customer": customer,
            "real_name": real_name.url() if real_name and real_name.open_to(self.actor) else "",
        }


REAL_NAME_PAGES = ("my-real-name", "real-name")
"""Where a customer authenticates its real name; the first that is installed."""


def _typed(form: JoinForm) -> dict[str, Any]:
    return {name: form.data.get(name) for name in form.fields if name not in ("password", "code")}
