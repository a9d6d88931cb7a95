"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from partner_center.console.page import Page
from partner_center.identity.door import close_session, open_session
from partner_center.identity.signin import sign_in
from partner_center.kernel.errors import DomainError


class SignInForm(forms.Form):
    login = forms.CharField(
        label=_("Login"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SignIn(Page):
    """Login and password. A wrong one is refused without saying which of the two was wrong."""

    name, path, title, public = "login", "login/", _("Sign in"), True
    template = "identity/sign_in.html"

    def get(self) -> HttpResponse:
        if self.actor.kind != "nobody":
            return HttpResponseRedirect(self._target())
        return self.render(form=SignInForm(), next=self.request.GET.get("next", ""))

    def post(self) -> HttpResponse:
        form = SignInForm(self.request.POST)
        refusal: Any = None
        if form.is_valid():
            try:
                user = sign_in(form.cleaned_data["login"].strip(), form.cleaned_data["password"])
            except DomainError as error:
                refusal = error
            else:
                open_session(self.request, user)
                return HttpResponseRedirect(self._target())
        return self.render(form=form, refusal=refusal, next=self.request.POST.get("next", ""))

    def _target(self) -> str:
        asked = self.request.POST.get("next") or self.request.GET.get("next") or ""
        safe = url_has_allowed_host_and_scheme(
            asked, {self.request.get_host()}, require_https=self.request.is_secure()
        )
        return asked if safe and asked.startswith("/") else reverse("console:home")


class SignOut(Page):
    name, path, title, public = "logout", "logout/", _("Sign out"), True

    def get(self) -> HttpResponse:
        return HttpResponseRedirect(reverse("console:home"))

    def post(self) -> HttpResponse:
        close_session(self.request)
        return HttpResponseRedirect(reverse("console:login"))
