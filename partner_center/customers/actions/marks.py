"""What is said about a customer: its level, its tag, the new-customer mark."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.customers.errors import NoRightOverCustomer
from partner_center.customers.models import Customer, Level, NewCustomerTag
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import entry_of, record
from partner_center.foundation.models import TrailEntry
from partner_center.kernel.period import BillMonth
from partner_center.partners.errors import NotAPartner, OnlyTheVendor


@action("customers.set_level", label=_("Set level"))
def set_level(actor: Actor, *, customer: Customer, level: str) -> None:
    """The vendor's grading V0 to V5; it decides grace and retention periods from now on."""
    _require_vendor(actor)
    before = customer.level
    _change(customer, level=Level(level))
    record(actor, "customers.set_level", customer, about=customer.pk, before=str(before), after=str(level))


@action("customers.set_label", label=_("Set tag"))
def set_label(actor: Actor, *, customer: Customer, label: str) -> None:
    """The free tag that the customer's partner sorts it by; empty takes it away."""
    is_its_partner = actor.kind == "partner" and customer.partner_id == actor.account_id
    if not actor.is_house and not (is_its_partner and actor.sees_customer(customer.pk)):
        raise NoRightOverCustomer(customer=str(customer))
    before = customer.label
    _change(customer, label=label.strip())
    record(actor, "customers.set_label", customer, about=customer.pk, before=before, after=customer.label)


@action("customers.rename_label", permission="customers.set_label", label=_("Rename a tag"))
def rename_label(actor: Actor, *, label: str, new: str) -> int:
    """Give all customers of the acting partner that bear the tag `label` the tag `new`; empty takes it away.

    A tag that exists takes them in. An account manager renames it for its own customers. How many they were.
    Raises NotAPartner.
    """
    if actor.kind != "partner":
        raise NotAPartner()
    new = new.strip()
    bearing = Customer.objects.visible_to(actor).of_partner(actor.account_id).filter(label=label)
    rows = list(bearing.select_for_update(no_key=True, of=("self",)).order_by("pk")) if label != new else []
    Customer.objects.filter(pk__in=[one.pk for one in rows]).update(label=new)
    TrailEntry.objects.bulk_create(
        entry_of(actor, "customers.set_label", one, about=one.pk, before=label, after=new) for one in rows
    )
    return len(rows)


@action("customers.set_new_customer_tag", label=_("Set new-customer tag"))
def set_new_customer_tag(
    actor: Actor,
    *,
    customer: Customer,
    tag: str,
    valid_from: BillMonth | None = None,
    valid_until: BillMonth | None = None,
) -> None:
    """The vendor's new-customer mark with its first and last month; after the last it reads N."""
    _require_vendor(actor)
    _change(
        customer,
        new_tag=NewCustomerTag(tag),
        new_tag_from=str(valid_from or ""),
        new_tag_until=str(valid_until or ""),
    )
    record(actor, "customers.set_new_customer_tag", customer, about=customer.pk, tag=str(tag))


def _require_vendor(actor: Actor) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()


def _change(customer: Customer, **changes: str) -> None:
    Customer.objects.filter(pk=customer.pk).update(**changes)
    for name, value in changes.items():
        setattr(customer, name, value)
