"""Customer contacts of a partner (features B4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.people import add_contact, change_contact, delete_contact
from partner_center.channel.console.people_forms import ContactForm
from partner_center.channel.models import CustomerContact
from partner_center.console.actions import Link, RowAction
from partner_center.console.columns import Masked, Text, When
from partner_center.console.filters import Search
from partner_center.console.pages import FormPage, ListPage


class ContactList(ListPage):
    name, path, title = "customer-contacts", "customer-contacts/", _("Customer contacts")
    permission = "channel.add_contact"
    kinds = ("partner",)
    source = CustomerContact.objects.visible_to
    columns = (
        Masked("name", kind="name"),
        Text("duty"),
        Masked("mobile", kind="mobile"),
        Masked("email", kind="email"),
        When("created_at", minor=True),
    )
    filters = (Search(into=("duty",), exact=("name", "mobile", "email")),)
    row_actions = (
        RowAction("change", _("Edit"), change_contact, form=ContactForm),
        RowAction("delete", _("Delete"), delete_contact, tone="danger"),
    )
    links = (Link(page="new-customer-contact"),)
    lead = _(
        "Shown to your customers under My partner; at most 5. Without any, they see your account's own data."
    )
    empty = _("No customer contacts yet.")


class NewContact(FormPage):
    name, path, title = "new-customer-contact", "customer-contacts/new/", _("New customer contact")
    kinds = ("partner",)
    parent = "customer-contacts"
    act, form, after = add_contact, ContactForm, "customer-contacts"
    success = _("Saved.")
