"""Questions about migrations. The dry run asks a constant number of questions for any number of customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from partner_center.channel.errors.ties import MigrationUnknown
from partner_center.channel.models.ties import AssociationRequest, RequestState
from partner_center.channel.models.ties_migration import Migration, MigrationItem, MigrationState
from partner_center.channel.rules.ties_migration import Outlook, forecast
from partner_center.customers.lifecycles import AuthorisationState
from partner_center.customers.models import Authorisation, Customer
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import balances_of_many
from partner_center.orders.models import Order
from partner_center.orders.states import UNPAID, OrderState
from partner_center.partners.models import Partner


def migration_for(actor: Actor, number: str) -> Migration:
    """Raises MigrationUnknown."""
    rows = Migration.objects.visible_to(actor).select_related("source__account", "target__account", "undoes")
    found = rows.filter(number=number).first()
    if found is None:
        raise MigrationUnknown(number=number)
    return found


def forecasts(customers: Sequence[Customer], source: Partner) -> dict[str, list[dict[str, Any]]]:
    """What moving each of these customers from `source` will do, by customer."""
    ids, site, currency = [one.pk for one in customers], source.account.site, source.account.currency
    balances = balances_of_many(ids, currency)
    standing = (AuthorisationState.REQUESTED, AuthorisationState.ACTIVE)
    authorisations = _counted(Authorisation.objects.filter(customer__in=ids, state__in=standing))
    requests = _counted(AssociationRequest.objects.filter(customer__in=ids, state=RequestState.PENDING))
    orders = _counted(Order.objects.filter(customer__in=ids, partner_id=source.pk))
    placed = Order.objects.filter(customer__in=ids, placed_by_id=source.pk)
    waiting = _counted(placed.filter(state__in=(OrderState.UNDER_REVIEW, OrderState.AWAITING_CONFIRMATION)))
    unpaid = _counted(Order.objects.filter(customer__in=ids, state__in=UNPAID)) if site == "intl" else {}
    return {
        one.pk: forecast(
            Outlook(
                is_customer=one.partner_id == source.pk,
                is_resale=one.is_resale,
                is_abroad=site == "intl",
                cash=balances[one.pk].allocatable,
                debt=balances[one.pk].debt,
                label=one.label,
                has_manager=one.account_manager_id is not None,
                authorisations=authorisations.get(one.pk, 0),
                requests=requests.get(one.pk, 0),
                orders=orders.get(one.pk, 0),
                waiting_orders=(unpaid if one.is_resale and site == "intl" else waiting).get(one.pk, 0),
            )
        )
        for one in customers
    }


def next_migration() -> datetime | None:
    """When the first migration wants to be carried out."""
    rows = Migration.objects.filter(state__in=(MigrationState.SCHEDULED, MigrationState.RUNNING))
    return rows.order_by("effective_at").values_list("effective_at", flat=True).first()


def items_of(migration: Migration) -> Any:
    """Its customers, in order."""
    return MigrationItem.objects.filter(migration=migration).select_related("customer__account")


def _counted(rows: Any) -> dict[str, int]:
    return dict(rows.order_by().values_list("customer").annotate(n=Count("pk")))
