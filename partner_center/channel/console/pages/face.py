"""The page behind a QR code of face authentication: for a telephone, without signing in, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.real_name import apply_for_real_name
from partner_center.channel.console.real_name_forms import FaceForm
from partner_center.channel.models.real_name import RealNameApplication, RealNameState
from partner_center.channel.queries.real_name import customer_of_face_code
from partner_center.channel.real_name import apply_and_check
from partner_center.console.forms import ActionForm
from partner_center.console.pages import FormPage
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor


def _customer(actor: Actor, code: str) -> Customer:
    return customer_of_face_code(code)


class FacePage(FormPage):
    """Whoever holds the code acts for its customer, in this one thing. A spent code looks like one that never was."""

    name, path, title = "face", "face/<str:code>/", _("Face authentication")
    permission, public = None, True
    template = "channel/face.html"
    fetch, act, form, argument = _customer, apply_for_real_name, FaceForm, "customer"
    button = _("Submit")

    def run(self, form: ActionForm) -> Any:
        customer: Customer = self.subject
        holder = replace(
            Actor.nobody(door="landing", request_id=self.actor.request_id, language=self.actor.language),
            kind="customer",
            account_id=customer.pk,
            site=customer.account.site,
            permissions=frozenset({"customers.submit_real_name"}),
        )
        facts = form.arguments()
        return apply_and_check(holder, customer=customer, face_code=self.place["code"], **facts)

    def done(self, result: RealNameApplication) -> HttpResponse:
        passed = result.state is RealNameState.PASSED
        return self.render(form=None, outcome="passed" if passed else "submitted")
