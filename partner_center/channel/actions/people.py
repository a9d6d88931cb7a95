"""Customer contacts of a partner (features B4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.people import ContactUnreachable, OnlyThePartnerItself, TooManyContacts
from partner_center.channel.models import CustomerContact
from partner_center.channel.rules.people import MOST_CONTACTS
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.partners.models import Partner


@action("channel.add_contact", label=_("Add a customer contact"))
def add_contact(
    actor: Actor, *, name: str, mobile: str = "", email: str = "", duty: str = ""
) -> CustomerContact:
    """Somebody whom the partner's customers may turn to; they see it under My partner at once.

    Raises OnlyThePartnerItself, ContactUnreachable, TooManyContacts: at most five, also of two added at once.
    """
    _require_partner(actor)
    _require_address(mobile, email)
    partner = Partner.objects.select_for_update(no_key=True).get(pk=actor.account_id)
    if CustomerContact.objects.filter(partner=partner).count() >= MOST_CONTACTS:
        raise TooManyContacts(limit=MOST_CONTACTS)
    contact = CustomerContact.objects.create(
        partner=partner, name=name, mobile=mobile, email=email, duty=duty
    )
    record(actor, "channel.add_contact", contact, about=partner.pk)
    return contact


@action("channel.change_contact", label=_("Change a customer contact"))
def change_contact(
    actor: Actor, *, contact: CustomerContact, name: str, mobile: str = "", email: str = "", duty: str = ""
) -> None:
    """Correct a contact. Raises OnlyThePartnerItself, ContactUnreachable."""
    _require_partner(actor, contact)
    _require_address(mobile, email)
    changes = {"name": name, "mobile": mobile, "email": email, "duty": duty}
    changed = sorted(field for field, value in changes.items() if getattr(contact, field) != value)
    CustomerContact.objects.filter(pk=contact.pk).update(**changes)
    for field, value in changes.items():
        setattr(contact, field, value)
    record(actor, "channel.change_contact", contact, about=contact.partner_id, changed=changed)


@action("channel.delete_contact", label=_("Delete a customer contact"))
def delete_contact(actor: Actor, *, contact: CustomerContact) -> None:
    """Take a contact away; without any, customers see the partner's own data again."""
    _require_partner(actor, contact)
    record(actor, "channel.delete_contact", contact, about=contact.partner_id)
    contact.delete()


def _require_partner(actor: Actor, contact: CustomerContact | None = None) -> None:
    if actor.kind != "partner" or (contact is not None and contact.partner_id != actor.account_id):
        raise OnlyThePartnerItself()


def _require_address(mobile: str, email: str) -> None:
    if not (mobile or email):
        raise ContactUnreachable()
