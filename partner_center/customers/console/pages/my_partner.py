"""The partner, for its customer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.channel.queries.leads_terms import newer_terms
from partner_center.channel.queries.people import contacts_for
from partner_center.console.actions import RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import State, Text
from partner_center.console.pages import DetailPage
from partner_center.console.panels import Facts, ListPanel, Rows, Steps, Trail
from partner_center.customers.console.pages.words import ASSOCIATION_TYPES
from partner_center.customers.models import Customer, FrozenBy
from partner_center.customers.queries import own_customer


def _has_new_terms(customer: Customer) -> bool:
    return bool(newer_terms(customer.account))


def _has_partner(customer: Customer) -> bool:
    return customer.partner_id is not None


class MyPartner(DetailPage):
    """What a customer knows of its partner, and the authorisation that it gives and takes back."""

    name, path, title, permission = "my-partner", "my-partner/", _("My partner"), "customers.view"
    kinds = ("customer",)
    fetch = own_customer
    state = "verified_status"
    left = (
        Facts(
            Text("partner__name", _("Partner")),
            ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
            "associated_at",
            Text("account_manager__name", _("Account manager")),
            title=_("My partner"),
            when=lambda customer: customer.partner_id is not None,
        ),
        Rows(
            _("Contacts"),
            contacts_for,
            (
                Text("name"),
                Text("duty", _("Responsible for")),
                Text("mobile", _("Telephone")),
                Text("email", _("E-mail")),
            ),
            when=lambda customer: customer.partner_id is not None,
        ),
    )
    right = (
        Facts(
            State("verified_status"),
            "review_opinion",
            State("freeze_state"),
            ChoiceColumn("frozen_by", words=dict(FrozenBy.choices)),
            "freeze_reason",
            Text("level"),
            title=_("My account"),
        ),
    )
    bottom = (
        ListPanel("authorisations", customer="pk"),
        ListPanel("associations", customer="pk"),
        ListPanel("signed-terms", account="pk"),
        ListPanel("association-requests", customer="pk"),
        ListPanel("authorisation-uses", customer="pk"),
        Steps(
            also=(
                RowAction("sign", _("Sign the agreements"), page="sign-terms", when=_has_new_terms),
                RowAction(
                    "switch", _("Switch the association type"), page="ask-to-switch", when=_has_partner
                ),
                RowAction("leave", _("Disassociate"), page="ask-to-leave", tone="danger", when=_has_partner),
            )
        ),
        Trail(),
    )
