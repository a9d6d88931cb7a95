"""Bring the configured database to this version: make missing tables, change old ones.

Safe to run again; a database that is up to date is left alone."""

from __future__ import annotations

import argparse

SUMMARY = "make or update the tables of the configured database"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", action="store_true", help="only show what would be done")


def run(options: argparse.Namespace) -> int:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", plan=options.plan, interactive=False, verbosity=1)
    return 0


def is_up_to_date() -> bool:
    """Whether the configured database has every migration. Django is set up by the caller."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def bring_up_to_date() -> None:
    """Migrate quietly if anything is missing."""
    from django.core.management import call_command

    if not is_up_to_date():
        call_command("migrate", interactive=False, verbosity=0)
