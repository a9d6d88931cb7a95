"""Serve the sample world: an embedded database under var/demo, a year of a vendor's, its partners' and their
customers' business, and a clock that may be moved forwards (POST /api/v1/clock/advance, or the console).

The first start builds the world (--reset builds it again); later ones find it. Who can log in, with their access
keys, is printed and kept in var/demo/accounts.json."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from partner_center.project.commands.serve import count_together

SUMMARY = "serve the sample world from an embedded database of its own"
_ONE_PAGE = 4096
"""An embedded database of one page has no table yet."""


def folder() -> Path:
    """Where the demo keeps its world."""
    return Path(os.environ.get("PARTNER_CENTER_VAR") or "var") / "demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="[%(default)s]")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="[%(default)s]")
    parser.add_argument("--reset", action="store_true", help="start over with a new world")
    parser.add_argument("--workers", type=int, default=2, help="web processes [%(default)s]")
    parser.add_argument("--build-only", action="store_true", help="build the world and do not serve it")


def run(options: argparse.Namespace) -> int:
    from partner_center.project import server

    if not options.build_only and server.is_taken(options.host, options.port):
        print(server.TAKEN.format(host=options.host, port=options.port), file=sys.stderr)
        return 1
    home = folder()
    built = home / "accounts.json"
    if options.reset or not built.exists():
        shutil.rmtree(home, ignore_errors=True)
    endpoint = f"http://{options.host}:{options.port}"
    os.environ.pop("DATABASE_URL", None)
    os.environ["PARTNER_CENTER_VAR"] = str(home)
    os.environ["PARTNER_CENTER_SANDBOX"] = "1"
    os.environ.setdefault("PARTNER_CENTER_PUBLIC_URL", endpoint)

    if not options.build_only:
        count_together()

    import django

    django.setup()
    from partner_center.project.commands.migrate import bring_up_to_date

    bring_up_to_date()
    if built.exists():
        accounts = json.loads(built.read_text())["accounts"]
    else:
        print("Building the sample world …", flush=True)
        accounts = _built_world()
    _write(built, {"endpoint": endpoint, "accounts": accounts})
    print(table(accounts, endpoint, built), flush=True)
    if options.build_only:
        return 0

    server.collect_static()
    print(f"Serving {endpoint}/console/ and the API at {endpoint} (Ctrl-C stops it)", flush=True)
    return server.serve(host=options.host, port=options.port, workers=options.workers, threads=8)


def _built_world() -> list[dict[str, Any]]:
    """Build without waiting for the disk at every commit: a world that was cut short is built anew."""
    from django.db import connections

    from partner_center.project import sample_world

    options = connections.settings["default"]["OPTIONS"]
    careful = options["init_command"]
    connections.close_all()
    options["init_command"] = careful.replace("synchronous=FULL", "synchronous=OFF")
    try:
        return sample_world.build()
    finally:
        options["init_command"] = careful
        connections.close_all()


def stand_in() -> None:
    """Let a command look at the demo's database where no other is configured and none has been made."""
    home = folder()
    own = home.parent / "partner-center.sqlite3"
    configured = os.environ.get("DATABASE_URL") or os.environ.get("PARTNER_CENTER_VAR")
    used = own.exists() and own.stat().st_size > _ONE_PAGE
    if configured or used or not (home / "accounts.json").exists():
        return
    os.environ["PARTNER_CENTER_VAR"] = str(home)
    os.environ.setdefault("PARTNER_CENTER_SANDBOX", "1")
    print(f"No database is configured: this is the demo's, in {home}.", file=sys.stderr)


def table(accounts: list[dict[str, Any]], endpoint: str, kept_in: Path) -> str:
    """Who can log in, as lines of text."""
    columns = ("role", "name", "login", "password", "site", "ak")
    rows = [columns, *[tuple(str(account[column]) for column in columns) for account in accounts]]
    widths = [max(_width(row[at]) for row in rows) for at in range(len(columns))]
    lines = [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(["", *lines, "", f"Log in at {endpoint}/console/; secret keys are in {kept_in}.", ""])


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if ord(character) >= 0x1100 else 1 for character in text)


def _write(path: Path, content: dict[str, Any]) -> None:
    scratch = path.with_suffix(".tmp")
    scratch.touch(mode=0o600)
    scratch.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    scratch.replace(path)
