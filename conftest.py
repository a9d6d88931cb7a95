"""Fixtures for every test: databases copied from a migrated template, a live server, and skips that may not hide.

db           a transaction that is rolled back; enough for most tests
real_db      a fresh database of the test's own: commits, threads, triggers, several connections
live_server  `real_db` and the real application answering at `live_server.url`
world        a fresh copy of the sample world's database; `world.accounts` as in var/demo/accounts.json
world_server `world` and the application answering on it
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import database, server

NO_SKIPS = os.environ.get("PARTNER_CENTER_NO_SKIPS") == "1"

hypothesis_settings.register_profile(
    "partner_center",
    deadline=None,
    max_examples=50,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.load_profile("partner_center")


def pytest_configure(config: pytest.Config) -> None:
    """What differs from production: cheap passwords, static files straight from the source, no fsync."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """This process's own copy of the migrated template. No migration runs here."""
    with django_db_blocker.unblock():
        if not database.is_postgresql():
            options = database.connections.settings["default"]["OPTIONS"]
            options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
        with database.copy_of(database.template()) as name, database.standing_on(name):
            yield


@pytest.fixture
def transactional_db() -> None:
    pytest.fail("The ledger's rows cannot be deleted, so nothing can be flushed: use real_db.")


@pytest.fixture
def _live_server_helper() -> None:
    """pytest-django's own helper would ask for `transactional_db` wherever a `live_server` is used; ours needs none."""


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """A test begins in the installation's language, whatever a page of an earlier one was read in."""
    translation.deactivate()


@pytest.fixture
def real_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A fresh database of the test's own, thrown away after it."""
    with (
        django_db_blocker.unblock(),
        database.copy_of(database.template()) as name,
        database.standing_on(name),
    ):
        yield


@pytest.fixture
def live_server(real_db: None) -> Iterator[server.LiveServer]:
    """The real application on a free port, with a database of its own."""
    from partner_center.project.wsgi import application

    with server.serving(application) as running:
        yield running


@dataclass(frozen=True, slots=True)
class World:
    """The sample world and who lives in it."""

    accounts: list[dict[str, Any]]

    def one(self, role: str, **facts: Any) -> dict[str, Any]:
        """The first account of a role with these facts, e.g. `one("customer", association_type="1")`."""
        for account in self.accounts:
            if account["role"] == role and all(account.get(name) == value for name, value in facts.items()):
                return account
        raise LookupError(f"no {role} with {facts} in the sample world")


@pytest.fixture
def world(django_db_setup: None, django_db_blocker: Any, settings: Any) -> Iterator[World]:
    """A fresh copy of the sample world's database; nothing a test does to it is seen by another."""
    settings.SANDBOX = True
    with django_db_blocker.unblock():
        with database.copied_world() as accounts:
            yield World(accounts)


@pytest.fixture
def world_server(world: World) -> Iterator[server.LiveServer]:
    """The real application on a free port, over the sample world."""
    from partner_center.project.wsgi import application

    with server.serving(application) as running:
        yield running


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What speaks of the other database only is deselected, not skipped. Long tests begin, so that none ends alone."""
    foreign = "sqlite" if database.is_postgresql() else "postgresql"
    away = [item for item in items if item.get_closest_marker(foreign)]
    if away:
        config.hook.pytest_deselected(items=away)
        items[:] = [item for item in items if not item.get_closest_marker(foreign)]
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """With PARTNER_CENTER_NO_SKIPS=1 a skipped test has failed."""
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skips are forbidden here: {item.nodeid}: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    report = yield
    if NO_SKIPS and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skips are forbidden here: {collector.nodeid}: {report.longrepr}"
    return report


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {'PostgreSQL' if database.is_postgresql() else 'SQLite, embedded'}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """In the second of `make test`'s two runs: what the first one counted, so that both stand together."""
    if earlier := os.environ.get("PARTNER_CENTER_EARLIER_RUN"):
        terminalreporter.section("on the embedded database")
        terminalreporter.write_line(earlier)
