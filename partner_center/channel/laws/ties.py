"""What is always true of associations, whichever way they began, changed and ended."""

from __future__ import annotations

from collections.abc import Iterator

from partner_center.channel.models.ties_migration import ItemState, MigrationItem, MigrationState
from partner_center.customers.lifecycles import AuthorisationState
from partner_center.customers.models import Association, Authorisation, Customer
from partner_center.foundation.laws import law


@law("channel.ties", says="Each customer's partner and association type are those of its history.")
def customers_stand_as_their_history_says() -> Iterator[str]:
    open_ties = {
        customer: (partner, kind)
        for customer, partner, kind in Association.objects.filter(ended_at__isnull=True).values_list(
            "customer", "partner", "association_type"
        )
    }
    for pk, partner, kind in Customer.objects.values_list("pk", "partner", "association_type").iterator():
        expected = (partner, kind) if partner else None
        if open_ties.get(pk) != expected:
            yield f"{pk}: stands as {expected}, its history says {open_ties.get(pk)}"


@law("channel.authorisations", says="Nobody holds an authorisation of a customer that is not its own.")
def authorisations_end_with_their_association() -> Iterator[str]:
    standing = Authorisation.objects.filter(
        state__in=(AuthorisationState.REQUESTED, AuthorisationState.ACTIVE)
    )
    rows = standing.values_list("pk", "partner", "customer__partner", "customer__association_type")
    for pk, holder, partner, kind in rows.iterator():
        if holder != partner or kind != "resale":
            yield f"authorisation {pk}: of {holder}, the customer is {partner or 'nobody'}'s ({kind or 'none'})"


@law("channel.migrations", says="A finished or cancelled migration leaves nobody half-way.")
def migrations_leave_nobody_half_way() -> Iterator[str]:
    waiting = MigrationItem.objects.filter(migration__state=MigrationState.FINISHED, state=ItemState.WAITING)
    for pk in waiting.values_list("pk", flat=True):
        yield f"item {pk} of a finished migration waits"
    moved = MigrationItem.objects.filter(migration__state=MigrationState.CANCELLED, state=ItemState.MOVED)
    for pk in moved.values_list("pk", flat=True):
        yield f"item {pk} of a cancelled migration was moved"
