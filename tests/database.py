"""Databases for tests: migrated once into a template, then copied. Works alike on SQLite and PostgreSQL.

The template is keyed by a hash of the migrations, so that a second run finds it; it is made by a process of its own
under a file lock, so that several workers make it once. Rows of the ledger cannot be deleted (triggers refuse it),
so a test that commits works on a copy of its own instead of being cleaned up after.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from tests.environment import ROOT, VAR

_numbers = count(1)


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def template() -> str:
    """The name (a file's path on SQLite) of the migrated, empty database. Made when it is not there yet."""
    return _made_once("template", _key("*/migrations/*.py", "foundation/fields.py"), _migrate)


def world_template() -> str:
    """The same with the sample world in it, and its accounts beside it (`<name>.accounts.json` in var/test).

    Kept while the tables and the story are the same; a fresh clone, and so CI, always builds it with the code of today.
    """
    story = (
        "*/migrations/*.py",
        "project/sample_world/*",
        "*/makers.py",
        "*/sample/*.py",
        "*/dictionaries/*",
    )
    return _made_once("world", _key(*story), _build_world)


def accounts_file(name: str) -> Path:
    return VAR / f"{Path(name).name}.accounts.json"


def store_of(name: str) -> Path:
    """Where the usage and rated files of a template lie."""
    return VAR / f"{Path(name).name}.store"


@contextmanager
def copied_world() -> Iterator[list[dict[str, Any]]]:
    """Inside the block this process stands on a copy of the sample world, its files included. Yields its accounts."""
    original = world_template()
    before = settings.PARTNER_CENTER_STORE
    with copy_of(original) as name, tempfile.TemporaryDirectory(prefix="partner-center-store-") as folder:
        if store_of(original).exists():
            shutil.copytree(store_of(original), folder, dirs_exist_ok=True)
        settings.PARTNER_CENTER_STORE = folder
        try:
            with standing_on(name):
                yield json.loads(accounts_file(original).read_text())["accounts"]
        finally:
            settings.PARTNER_CENTER_STORE = before


@contextmanager
def standing_on(name: str) -> Iterator[None]:
    """Inside the block this process's connections lead to the database `name`."""
    before = connections.settings["default"]["NAME"]
    _lead_to(name)
    try:
        yield
    finally:
        _lead_to(before)


@contextmanager
def copy_of(source: str) -> Iterator[str]:
    """A copy of a database that exists inside the block."""
    if is_postgresql():
        name = f"partner_center_test_{os.getpid()}_{next(_numbers)}"
        _administer(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        try:
            yield name
        finally:
            _administer(f'DROP DATABASE "{name}" WITH (FORCE)')
        return
    folder = Path(tempfile.mkdtemp(prefix="partner-center-test-"))
    try:
        shutil.copy(source, folder / "database.sqlite3")
        yield str(folder / "database.sqlite3")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def url_of(name: str) -> str:
    """A DATABASE_URL that leads to the database `name`, for a server process of a test."""
    if is_postgresql():
        before, _, query = os.environ["DATABASE_URL"].partition("?")
        return before.rpartition("/")[0] + "/" + name + (f"?{query}" if query else "")
    return f"sqlite:///{name}"


def _lead_to(name: str) -> None:
    connections.close_all()
    if is_postgresql():
        connection.close_pool()  # type: ignore[attr-defined]
    connections.settings["default"]["NAME"] = name


def _made_once(kind: str, key: str, make: Callable[[str], None]) -> str:
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_postgresql():
            name = f"partner_center_test_{kind}_{key}"
            if not _databases(name):
                for outdated in _databases(f"partner_center_test_{kind}_%"):
                    _administer(f'DROP DATABASE "{outdated}" WITH (FORCE)')
                    _forget_files(outdated)
                _administer(f'CREATE DATABASE "{name}_new"')
                make(f"{name}_new")
                _administer(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
                _rename_files(f"{name}_new", name)
            return name
        path = VAR / f"{kind}-{key}.sqlite3"
        if not path.exists():
            for outdated_file in VAR.glob(f"{kind}-*"):
                shutil.rmtree(outdated_file) if outdated_file.is_dir() else outdated_file.unlink()
            fresh = path.with_suffix(".new")
            make(str(fresh))
            with sqlite3.connect(fresh) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                database.execute("PRAGMA journal_mode=DELETE")
            database.close()
            _rename_files(str(fresh), str(path))
            fresh.rename(path)
        return str(path)


def _rename_files(before: str, after: str) -> None:
    for place in (accounts_file, store_of):
        if place(before).exists():
            place(before).rename(place(after))


def _forget_files(name: str) -> None:
    accounts_file(name).unlink(missing_ok=True)
    shutil.rmtree(store_of(name), ignore_errors=True)


def _migrate(name: str) -> None:
    _run_apart("migrate", name)


def _build_world(name: str) -> None:
    _forget_files(name)
    _run_apart("migrate", name)
    _run_apart("world", name)


def _run_apart(what: str, name: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "tests.prepare", what, str(accounts_file(name))],
        env={
            **os.environ,
            "DATABASE_URL": url_of(name),
            "PARTNER_CENTER_STORE": str(store_of(name)),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if finished.returncode:
        raise RuntimeError(
            f"The {what} of the test database failed:\n{finished.stdout[-3000:]}\n{finished.stderr[-6000:]}"
        )


def _key(*patterns: str) -> str:
    digest = hashlib.sha256(sys.version.encode())
    package = ROOT / "partner_center"
    for path in sorted({path for pattern in patterns for path in package.glob(pattern)}):
        if path.is_file() and "tests" not in path.parts[len(package.parts) :]:
            digest.update(f"{path.relative_to(package)}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _databases(like: str) -> list[str]:
    rows = _administer("SELECT datname FROM pg_database WHERE datname LIKE %s", [like])
    return [row[0] for row in rows]


def _administer(statement: str, parameters: list[Any] | None = None) -> list[Any]:
    """One statement on the server's own database, outside any transaction and apart from Django's connections."""
    import psycopg

    parts = connection.get_connection_params()
    wanted = {key: parts[key] for key in ("host", "port", "user", "password") if key in parts}
    with psycopg.connect(dbname="postgres", autocommit=True, **wanted) as session:
        cursor = session.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
