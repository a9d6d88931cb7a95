"""Migrations of customers, for the ecosystem manager."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.ties_migration import (
    leave_out,
    look_ahead,
    plan_migration,
    undo_migration,
)
from partner_center.channel.console.ties_forms import MigrationForm
from partner_center.channel.models.ties_migration import ItemState, Migration, MigrationItem, MigrationState
from partner_center.channel.queries.ties_migration import migration_for
from partner_center.channel.rules.ties_migration import said
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Flag, Ref, State, Text, When, Words
from partner_center.console.filters import Equal, Since, States, Until
from partner_center.console.filters import Flag as FlagFilter
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Steps, Trail
from partner_center.customers.models import AssociationType


def _expected(item: MigrationItem) -> list[Any]:
    return [said(finding) for finding in item.forecast]


class MigrationList(ListPage):
    name, path, title, permission = "migrations", "migrations/", _("Migrations"), "channel.plan_migration"
    kinds = ("staff",)
    source = Migration.objects.visible_to
    columns = (
        Text("number", code=True),
        Ref("source", page="partner", needs=("source",)),
        Ref("target", page="partner", needs=("target",)),
        State("state"),
        When("effective_at"),
        When("finished_at"),
        Text("reason", cut=40),
        Text("planned_by"),
        When("created_at"),
    )
    filters = (
        States("state", MigrationState),
        Since("effective_at"),
        Until("effective_at"),
        Equal("source"),
        Equal("target"),
    )
    opens = "migration"
    links = (Link(page="plan-migration"),)


class PlanMigration(FormPage):
    name, path, title = "plan-migration", "migrations/plan/", _("Plan a migration")
    kinds = ("staff",)
    parent, after = "migrations", "migration"
    act, form = plan_migration, MigrationForm
    lead = _("A draft with its dry run: nothing is moved before it is scheduled.")


class MigrationDetail(DetailPage):
    name, path, title = "migration", "migrations/<str:number>/", _("Migration")
    permission, parent = "channel.plan_migration", "migrations"
    kinds = ("staff",)
    fetch = migration_for
    left = (
        Facts(
            Text("number", code=True),
            Ref("source", page="partner"),
            Ref("target", page="partner"),
            State("state"),
            "effective_at",
            "reason",
            Ref("undoes", page="migration"),
            "planned_by",
            "started_at",
            "finished_at",
        ),
        Steps(
            MigrationState,
            leave_out=("start", "finish"),
            also=(
                RowAction("look-ahead", act=look_ahead, when=lambda one: one.state is MigrationState.DRAFT),
                RowAction(
                    "undo",
                    act=undo_migration,
                    tone="danger",
                    when=lambda one: one.state is MigrationState.FINISHED,
                ),
            ),
        ),
    )
    right = (Trail(),)
    bottom = (ListPanel("migration-items", migration="pk"),)


class MigrationItemList(ListPage):
    """The customers of migrations: what the dry run expects of each, and what came of it."""

    name, path, title = "migration-items", "migration-items/", _("Customers of migrations")
    permission, parent = "channel.plan_migration", "migrations"
    kinds = ("staff",)
    source = MigrationItem.objects.visible_to
    columns = (
        Ref("migration", needs=("migration",)),
        Ref("customer", needs=("customer", "customer__account")),
        ChoiceColumn("association_type", words=dict(AssociationType.choices)),
        State("state"),
        Words("forecast", _("Dry run"), value=_expected),
        Flag("blocked"),
        "returned",
        Text("refused_because"),
        When("moved_at"),
    )
    filters = (
        States("state", ItemState),
        FlagFilter("blocked"),
        Equal("migration"),
        Equal("customer"),
    )
    batches = (Batch("chosen-leave-out", act=leave_out, tone="danger"),)
