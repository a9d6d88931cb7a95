"""The program `partner-center`: what operators type, and the server it starts."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from partner_center.project.cli import COMMANDS, main
from partner_center.project.commands.demo import stand_in, table
from partner_center.project.server import is_taken
from tests import database

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) > 5


def test_an_account_opened_from_the_command_line_has_an_owner_and_a_key(db, capsys):
    from partner_center.identity.models import AccessKey, Account, User

    assert main(["accounts", "create", "vendor", "harbour-cloud"]) == 0
    told = dict(
        line.split(maxsplit=1)
        for line in capsys.readouterr().out.replace("domain id", "domain_id").splitlines()
        if not line.startswith(("access", "secret"))
    )
    account = Account.objects.get(name="harbour-cloud")
    assert account.pk == told["domain_id"]
    assert User.objects.get(account=account).is_owner
    assert AccessKey.objects.filter(user__account=account).count() == 1


def test_a_name_that_is_taken_is_refused_and_nothing_is_left(db, capsys):
    from partner_center.identity.models import Account

    assert main(["accounts", "create", "vendor", "harbour-cloud"]) == 0
    assert main(["accounts", "create", "reseller", "Harbour-Cloud"]) == 1
    assert "harbour-cloud" in capsys.readouterr().err.lower()
    assert Account.objects.count() == 1


def test_a_reseller_needs_its_distributor_or_nothing_is_made(db, capsys):
    from partner_center.identity.models import Account

    assert main(["accounts", "create", "reseller", "lone", "--distributor", "nobody"]) == 1
    assert not Account.objects.exists()


def test_verify_proves_every_law_and_says_so(db, capsys):
    assert main(["verify"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"{len(lines) - 1} of {len(lines) - 1} laws hold."


def test_verify_fails_on_a_balance_that_nothing_explains(db, capsys):
    from partner_center.ledger.models import Account

    Account.objects.create(address="cash:somebody", currency="CNY", balance_minor=5, floor_minor=0)
    assert main(["verify"]) == 1
    assert "broken" in capsys.readouterr().out


def test_jobs_are_listed_and_run_once(real_db, capsys):
    assert main(["jobs", "list"]) == 0
    assert "foundation.deliver_outbox" in capsys.readouterr().out
    assert main(["jobs", "run"]) == 0


def test_the_table_of_the_demo_lines_up_with_chinese_names():
    accounts = [
        {"role": "customer", "name": "海港贸易", "login": "a", "password": "p", "site": "cn", "ak": "AK1"},
        {"role": "stranger", "name": "Nobody", "login": "bb", "password": "p", "site": "intl", "ak": "AK2"},
    ]
    lines = table(accounts, "http://x", Path("var/demo/accounts.json")).splitlines()
    assert lines[3].index(" a ") + 4 == lines[4].index(" bb ")  # four characters take eight columns


@pytest.mark.parametrize(
    ("configured", "pages", "folder"),
    [("", 0, "var/demo"), ("", 1, "var/demo"), ("", 2, ""), ("own", 0, "own")],
)
def test_without_a_database_of_its_own_a_command_looks_at_the_demos(
    tmp_path, monkeypatch, configured, pages, folder
):
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "PARTNER_CENTER_SANDBOX"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("PARTNER_CENTER_VAR", configured)
    demo = tmp_path / "var/demo"
    demo.mkdir(parents=True)
    stand_in()
    assert os.environ["PARTNER_CENTER_VAR"] == configured, "there is no demo yet"
    (demo / "accounts.json").write_text("{}")
    if pages:
        (tmp_path / "var/partner-center.sqlite3").write_bytes(bytes(4096 * pages))
    stand_in()
    assert os.environ["PARTNER_CENTER_VAR"] == folder


def test_a_port_that_is_taken_is_not_shared():
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert is_taken("127.0.0.1", port, patience=0.2)
    assert not is_taken("127.0.0.1", port)


def test_a_server_does_not_start_on_a_database_that_is_not_up_to_date(tmp_path):
    environment = {
        **os.environ,
        "PARTNER_CENTER_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3",
    }
    command = [sys.executable, "-m", "partner_center", "serve"]
    refused = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)
    assert refused.returncode == 1
    assert "partner-center migrate" in refused.stderr


def test_the_server_serves_and_ends_cleanly(real_db, tmp_path):
    name = database.connections.settings["default"]["NAME"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PARTNER_CENTER_VAR": str(tmp_path), "DATABASE_URL": database.url_of(name)}
    command = [sys.executable, "-m", "partner_center", "serve", "--port", str(port), "--workers", "2"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/readyz", server)
            metrics = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).status
            server.send_signal(signal.SIGTERM)
            status = server.wait(30)
        finally:
            server.poll() is None and os.killpg(server.pid, signal.SIGKILL)
    assert (metrics, status) == (200, 0)
    with pytest.raises(ProcessLookupError):  # no worker, no jobs process is left
        os.killpg(server.pid, 0)


def _wait_for(url: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended by itself"
        try:
            assert json.load(urllib.request.urlopen(url, timeout=5))
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
