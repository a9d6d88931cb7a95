"""Real-name authentication, for customers themselves and for the partner that applies for one."""

from __future__ import annotations

from typing import Any

import segno
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.real_name import apply_for_real_name, make_face_code
from partner_center.channel.console.real_name_forms import EnterpriseForm, IndividualForm
from partner_center.channel.models.real_name import Certificate, Means, RealNameApplication, Subject
from partner_center.channel.real_name import address_of_face_code, apply_and_check
from partner_center.console.actions import RowAction
from partner_center.console.columns import Choice, State, Text, When
from partner_center.console.forms import ActionForm, NoForm
from partner_center.console.pages import DetailPage, FormPage
from partner_center.console.panels import Facts, Rows, Steps, Trail
from partner_center.customers.models import Customer, CustomerType
from partner_center.customers.queries import customer_for, own_customer
from partner_center.customers.rules import may_apply_for_real_name as may_apply
from partner_center.customers.rules import may_become_enterprise as may_change
from partner_center.foundation.actor import Actor


def may_use_face(customer: Customer) -> bool:
    """Faces are compared on the China site alone."""
    return may_apply(customer) and customer.account.site == "cn"


APPLICATIONS = Rows(
    _("Applications"),
    lambda actor, customer: RealNameApplication.objects.visible_to(actor).filter(customer=customer)[:20],
    (
        When("created_at", _("Applied")),
        Choice("subject", words=dict(Subject.choices)),
        Choice("means", words=dict(Means.choices)),
        Choice("certificate", words=dict(Certificate.choices)),
        State("state"),
        When("decided_at"),
        Text("opinion", cut=80),
    ),
    model=RealNameApplication,
    empty=_("Nobody has applied yet."),
)


class MyRealName(DetailPage):
    name, path, title = "my-real-name", "my-real-name/", _("Real-name authentication")
    lead = _("Needed to renew resources; it shows who is behind the account.")
    kinds = ("customer",)
    permission = "customers.view"
    fetch = own_customer
    state = "verified_status"
    left = (
        Facts(
            Text("name", _("Real name")),
            Choice("customer_type", words=dict(CustomerType.choices)),
            State("verified_status"),
            "verified_at",
            "review_opinion",
        ),
        Steps(
            also=(
                RowAction(
                    "individual",
                    _("Authenticate as individual"),
                    page="my-real-name-individual",
                    when=may_apply,
                ),
                RowAction(
                    "enterprise",
                    _("Authenticate as enterprise"),
                    page="my-real-name-enterprise",
                    when=may_apply,
                ),
                RowAction(
                    "change", _("Change to enterprise"), page="my-real-name-enterprise", when=may_change
                ),
                RowAction("face", _("Authenticate by face"), page="my-face-code", when=may_use_face),
            )
        ),
    )
    right = (APPLICATIONS,)
    bottom = (Trail(),)

    @property
    def heading(self) -> Any:
        return self.title


class _Apply(FormPage):
    """The application; the automatic check, where there is one, answers with it."""

    act = apply_for_real_name
    argument = "customer"
    button = _("Submit")
    success = _("The application was submitted.")

    def run(self, form: ActionForm) -> Any:
        return apply_and_check(self.actor, customer=self.subject, **form.arguments())


class _MyOwn(_Apply):
    kinds = ("customer",)
    parent = after = "my-real-name"
    fetch = own_customer


class MyIndividual(_MyOwn):
    name, path, title = (
        "my-real-name-individual",
        "my-real-name/individual/",
        _("Authenticate as individual"),
    )
    act, form = apply_for_real_name, IndividualForm


class MyEnterprise(_MyOwn):
    name, path, title = (
        "my-real-name-enterprise",
        "my-real-name/enterprise/",
        _("Authenticate as enterprise"),
    )
    act, form = apply_for_real_name, EnterpriseForm


class MyFaceCode(FormPage):
    """A QR code for the customer's telephone; asking again makes the one before void."""

    name, path, title = "my-face-code", "my-real-name/face/", _("Authenticate by face")
    lead = _("Scan the code with your telephone within ten minutes and take a photograph of your face there.")
    kinds = ("customer",)
    parent = "my-real-name"
    template = "channel/face_code.html"
    fetch, act, form, argument = own_customer, make_face_code, NoForm, "customer"
    button = _("Show a new code")

    def done(self, result: str) -> HttpResponse:
        address = address_of_face_code(result)
        drawn = segno.make(address, error="m", micro=False)
        return self.render(
            form=self.form(actor=self.actor, subject=self.subject),
            address=address,
            picture=drawn.svg_data_uri(scale=5, border=2, light="#fff"),
        )


def _own_customer_of_partner(actor: Actor, pk: str) -> Customer:
    """One of the partner's own customers, not of its resellers."""
    return customer_for(actor, pk, partner_id=actor.account_id)


class _ForCustomer(_Apply):
    kinds = ("partner",)
    parent = after = "customer"
    fetch = _own_customer_of_partner


class CustomerIndividual(_ForCustomer):
    name, path, title = (
        "customer-real-name-individual",
        "customers/<str:pk>/real-name/individual/",
        _("Authenticate as individual"),
    )
    act, form = apply_for_real_name, IndividualForm


class CustomerEnterprise(_ForCustomer):
    name, path, title = (
        "customer-real-name-enterprise",
        "customers/<str:pk>/real-name/enterprise/",
        _("Authenticate as enterprise"),
    )
    act, form = apply_for_real_name, EnterpriseForm
