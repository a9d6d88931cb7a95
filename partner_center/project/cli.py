"""`partner-center …`: the program for those who run an installation. Each command is one module in commands/."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

COMMANDS = (
    "serve",
    "demo",
    "migrate",
    "verify",
    "jobs",
    "accounts",
    "export",
    "docs",
    "usage",
    "focus",
    "bill-run",
)
FIND_THE_DEMO = ("verify", "accounts", "export", "usage", "bill-run")
"""Without any configuration these look at the demo's database, where there is no other."""

OVERVIEW = """\
A cloud vendor's partner center. Without any configuration it runs on an embedded database in ./var (what looks
into a database finds the demo's there); DATABASE_URL, SECRET_KEY and PARTNER_CENTER_* change that
(docs/configuration.md has the table)."""

CLOSING = """\
`partner-center COMMAND --help` explains each. Any other word is a Django command: `partner-center shell`,
`partner-center makemigrations`."""


class Command(Protocol):
    """What a module in commands/ offers: SUMMARY, its arguments, and how it runs. It exits with what `run` returns."""

    SUMMARY: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> int: ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partner_center.project.settings")
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in COMMANDS and not words[0].startswith("-"):
        return _django(words)

    parser = argparse.ArgumentParser(
        prog="partner-center",
        description=OVERVIEW,
        epilog=CLOSING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    chooser = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        _add(chooser, name)
    options = parser.parse_args(words)
    command: Command = options.command
    if words[0] in FIND_THE_DEMO:
        import_module("partner_center.project.commands.demo").stand_in()
    try:
        return _run(command, options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 141


def _run(command: Command, options: argparse.Namespace) -> int:
    from django.db.utils import OperationalError, ProgrammingError

    try:
        return command.run(options)
    except (OperationalError, ProgrammingError) as error:
        print(f"The database refuses: {str(error).strip()}", file=sys.stderr)
        print("If it is not up to date, run `partner-center migrate` first.", file=sys.stderr)
        return 2


def _add(chooser: argparse._SubParsersAction[argparse.ArgumentParser], name: str) -> None:
    command = import_module(f"partner_center.project.commands.{name.replace('-', '_')}")
    parser = chooser.add_parser(
        name,
        help=command.SUMMARY,
        description=(command.__doc__ or "").strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(parser)
    parser.set_defaults(command=command)


def _django(words: list[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["partner-center", *words])
    return 0
