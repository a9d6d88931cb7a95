"""The public door of the partner network: what can be joined, and an account for a company that has none."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partner_center.channel.actions.leads_landing import knock
from partner_center.channel.actions.programmes_door import (
    QUICK_SCENE,
    addresses_of,
    quick_register,
    register_company,
    send_company_code,
    send_main_codes,
    verify_main_account,
)
from partner_center.channel.console.programmes_forms import MainCodesForm, QuickRegisterForm, RegisterForm
from partner_center.console.forms import ActionForm
from partner_center.console.page import TemplatePage
from partner_center.console.registry import PAGES
from partner_center.customers.actions import check_registration_code
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import check_code
from partner_center.identity.door import open_session
from partner_center.identity.models import Account, Site, User
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.partners.models import QuickRegistration
from partner_center.partners.presets import PROGRAMMES, Nature
from partner_center.wire.requests import source_of


class BecomeAPartner(TemplatePage):
    """For everybody to read: the identities of the partner network, and how to begin."""

    name, path, public = "become-a-partner", "become-a-partner/", True
    title = gettext_lazy("Become a partner")
    template = "channel/become_a_partner.html"
    wide = False

    def context(self) -> dict[str, Any]:
        return {
            "offers": [one for one in PROGRAMMES.values() if one.nature is Nature.IDENTITY],
            "sites": [(label, RegisterCompany.url(site=value)) for value, label in Site.choices],
            "programmes": PAGES["programmes"].url(),
        }


class RegisterCompany(TemplatePage):
    """Address, code, name, password, agreements; then the account is signed in and finds the programmes."""

    name, path, public = "register-company", "become-a-partner/<str:site>/", True
    title = gettext_lazy("Register a company")
    template = "channel/join_register.html"
    wide = False
    type_words = gettext_lazy(
        "Register, pass enterprise real-name authentication, then apply to a programme."
    )

    @cached_property
    def site(self) -> str:
        site = str(self.place["site"])
        if site not in Site.values:
            raise Http404(site)
        return site

    @cached_property
    def guest(self) -> Actor:
        """The reader at this door, with what anybody may do here."""
        return replace(self.actor, door="landing", site=self.site).with_permissions(
            {"channel.knock", "channel.register_company"}
        )

    @property
    def heading(self) -> Any:
        return Site(self.site).label

    def get(self) -> HttpResponse:
        if self.actor.kind != "nobody":
            return self.go(PAGES["programmes"].url())
        return self.show(RegisterForm(actor=self.guest, subject=self.site))

    def post(self) -> HttpResponse:
        if self.actor.kind != "nobody":
            return self.go(PAGES["programmes"].url())
        form = RegisterForm(self.request.POST, actor=self.guest, subject=self.site)
        if self.request.POST.get("send_code"):
            return self._send_code(form)
        if not form.is_valid():
            return self.show(form)
        try:
            self._register(form)
        except DomainError as refusal:
            return self.show(form, refusal=refusal)
        return self.go(PAGES["programmes"].url())

    def show(self, form: RegisterForm, *, refusal: Any = None, note: Any = None) -> HttpResponse:
        return self.render(form=form, refusal=refusal, note=note)

    def _send_code(self, form: RegisterForm) -> HttpResponse:
        typed = {name: form.data.get(name) for name in form.fields if name not in ("password", "code")}
        again = RegisterForm(actor=self.guest, subject=self.site, initial=typed)
        try:
            self._knock("code")
            send_company_code(self.guest, site=self.site, language=self.guest.language, **form.address())
        except DomainError as refusal:
            return self.show(again, refusal=refusal)
        return self.show(again, note=_("A code was sent. It is valid for 10 minutes."))

    def _register(self, form: RegisterForm) -> None:
        """The code is checked first, because a wrong attempt counts whatever becomes of the rest."""
        given = form.cleaned_data
        self._knock("register")
        checked = check_registration_code(self.guest, code=given["code"], **form.address())
        assert checked is not None, "the form asks for an address"
        customer = register_company(
            self.guest,
            site=self.site,
            name=given["name"],
            password=given["password"],
            company_name=given["company_name"],
            country=given.get("country", ""),
            checked=checked,
            signed=form.signed(),
            **form.address(),
        )
        user = User.objects.select_related("account").get(account_id=customer.pk, is_owner=True)
        open_session(self.request, user)

    def _knock(self, deed: str) -> None:
        """Count this deed of the caller's network address. Raises TooManyKnocks."""
        source = source_of(self.request.META)
        knock(self.guest, deed=deed, source=source, token=f"company/{source}")


class QuickRegistrationPage(TemplatePage):
    """First the codes of the account that is signed in, then, for a day, another account of the same company."""

    name, path = "quick-registration", "programmes/quick-registration/"
    title = gettext_lazy("Register another account")
    permission, kinds = "channel.quick_register", ("customer", "partner")
    parent = "programmes"
    template = "channel/quick_registration.html"
    wide = False

    @cached_property
    def account(self) -> Account:
        return Account.objects.visible_to(self.actor).get(pk=self.actor.account_id)

    @cached_property
    def opened(self) -> QuickRegistration | None:
        """The registration that is open to this account now."""
        rows = QuickRegistration.objects.visible_to(self.actor).filter(account=self.account)
        return rows.filter(used_at__isnull=True, expires_at__gt=clock.now()).first()

    def get(self) -> HttpResponse:
        return self.show(self._form())

    def post(self) -> HttpResponse:
        data, form = self.request.POST, self._form(self.request.POST)
        try:
            if data.get("send_code"):
                return self._send(form)
            if not form.is_valid():
                return self.show(form)
            return self._register(form) if isinstance(form, QuickRegisterForm) else self._verify(form)
        except DomainError as refusal:
            return self.show(form, refusal=refusal)

    def show(self, form: ActionForm, *, refusal: Any = None, note: Any = None) -> HttpResponse:
        return self.render(form=form, refusal=refusal, note=note)

    def _form(self, data: Any = None, **more: Any) -> ActionForm:
        if self.opened is None:
            return MainCodesForm(data, actor=self.actor, subject=self.account, **more)
        return QuickRegisterForm(data, actor=self.actor, subject=self.account.site, **more)

    def _send(self, form: ActionForm) -> HttpResponse:
        typed = {name: form.data.get(name) for name in form.fields if name not in ("password", "code")}
        if isinstance(form, QuickRegisterForm):
            send_company_code(
                self.actor.with_permissions({"channel.register_company"}),
                site=self.account.site,
                language=self.actor.language,
                **form.address(),
            )
        else:
            send_main_codes(self.actor, account=self.account)
        return self.show(self._form(initial=typed), note=_("A code was sent. It is valid for 10 minutes."))

    def _verify(self, form: ActionForm) -> HttpResponse:
        checked = [
            check_code(
                self.actor, scene=QUICK_SCENE, target=target, code=form.cleaned_data[f"{channel}_code"]
            )
            for channel, target in addresses_of(self.account)
        ]
        verify_main_account(self.actor, account=self.account, checked=checked)
        return self.go(self.url())

    def _register(self, form: QuickRegisterForm) -> HttpResponse:
        assert self.opened is not None
        given = form.cleaned_data
        checked = check_registration_code(self.actor, code=given["code"], **form.address())
        assert checked is not None, "the form asks for an address"
        quick_register(
            self.actor,
            opened=self.opened,
            name=given["name"],
            password=given["password"],
            country=given.get("country", ""),
            checked=checked,
            signed=form.signed(),
            **form.address(),
        )
        self.toast(_("The account is registered. Sign in with it to apply."))
        return self.go(PAGES["programmes"].url())
