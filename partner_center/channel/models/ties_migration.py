"""Migrations: customers that the vendor's ecosystem manager brings from one partner to another."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.partners.models import Partner


class MigrationState(Lifecycle):
    """A migration from its draft, whose dry run may be looked at, to the last of its customers."""

    DRAFT = State("draft", _("Draft"), tone="plain")
    SCHEDULED = State("scheduled", _("Scheduled"), tone="warning")
    RUNNING = State("running", _("Running"), tone="busy")
    FINISHED = State("finished", _("Finished"), tone="good")
    CANCELLED = State("cancelled", _("Cancelled"), tone="muted", final=True)

    schedule = step(DRAFT, to=SCHEDULED, label=_("Schedule"))
    start = step(SCHEDULED, to=RUNNING, label=_("Start"))
    finish = step(RUNNING, to=FINISHED, label=_("Finish"))
    retry = step(FINISHED, to=RUNNING, label=_("Try refused customers again"))
    cancel = step(DRAFT, SCHEDULED, to=CANCELLED, label=_("Cancel"))


class ItemState(Lifecycle):
    """One customer of a migration."""

    WAITING = State("waiting", _("Waiting"), tone="plain")
    MOVED = State("moved", _("Moved"), tone="good", final=True)
    REFUSED = State("refused", _("Refused"), tone="bad")

    move = step(WAITING, to=MOVED, label=_("Move"))
    refuse = step(WAITING, to=REFUSED, label=_("Refuse"))
    retry = step(REFUSED, to=WAITING, label=_("Try again"))


class MigrationQuerySet(models.QuerySet["Migration"]):
    def visible_to(self, actor: Actor) -> Self:
        """The vendor plans migrations; partners see what became of their customers in the association history."""
        return self if actor.is_house else self.none()


class Migration(Record):
    """Customers of `source` that go to `target` at `effective_at`. A counter-migration names the one it undoes."""

    number = models.CharField(_("Number"), max_length=32, unique=True)
    source = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("From partner"))
    target = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("To partner"))
    state = StateField(MigrationState, verbose_name=_("State"), default=MigrationState.DRAFT)
    reason = models.CharField(_("Reason"), max_length=256, blank=True)
    effective_at = models.DateTimeField(_("Effective"))
    undoes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Undoes")
    )
    planned_by = models.CharField(_("Planned by"), max_length=128, blank=True)
    started_at = models.DateTimeField(_("Started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("Finished"), null=True, blank=True)

    objects = MigrationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="migrations_go_elsewhere", condition=~models.Q(source=models.F("target"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["effective_at"],
                name="migrations_to_carry_out",
                condition=models.Q(state__in=["scheduled", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class MigrationItemQuerySet(models.QuerySet["MigrationItem"]):
    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_house else self.none()


class MigrationItem(Record):
    """One customer of a migration: what the dry run expects, and what came of it.

    forecast: the dry run's findings, a list of {"what": …, facts}; their words are in `rules.ties_migration`.
    returned: what went back to the source when the customer was moved.
    """

    migration = models.ForeignKey(
        Migration, models.PROTECT, related_name="items", verbose_name=_("Migration")
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    association_type = models.CharField(_("Association type"), max_length=10, choices=AssociationType.choices)
    state = StateField(ItemState, verbose_name=_("State"), default=ItemState.WAITING)
    forecast = models.JSONField(_("Dry run"), default=list)
    blocked = models.BooleanField(_("Would be refused"), default=False)
    refused_because = models.CharField(_("Why it was refused"), max_length=512, blank=True)
    currency = CurrencyField()
    returned = MoneyField(_("Returned to the source"), default=0)
    moved_at = models.DateTimeField(_("Moved"), null=True, blank=True)

    objects = MigrationItemQuerySet.as_manager()

    class Meta:
        ordering = ["migration", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["migration", "customer"], name="a_customer_is_once_in_a_migration"
            ),
        ]
        indexes = [models.Index(fields=["migration", "state"], name="items_of_a_migration")]

    def __str__(self) -> str:
        return str(self.customer)
