"""What is committed builds anywhere: locks with hashes and without addresses, documents that say what is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
APART = ("validator", "cloudkitty")
"""Locks of environments of their own."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_hashes_and_no_address(lock):
    text = lock.read_text()
    packages = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(packages) > 5
    for package in packages:
        assert "--hash=sha256:" in package, package.splitlines()[0]
    assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_the_locks_agree_where_they_meet():
    versions: dict[str, set[str]] = {}
    for lock in (lock for lock in LOCKS if lock.stem not in APART):
        for name, version in re.findall(r"^([a-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)", lock.read_text(), re.M):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_every_declared_dependency_is_locked():
    locked = set(re.findall(r"^([a-z0-9_.-]+)", (ROOT / "requirements/base.lock").read_text(), re.M))
    declared = {re.match(r"[a-z0-9-]+", one)[0] for one in PROJECT["project"]["dependencies"]}
    assert declared <= locked


def test_the_build_lock_holds_what_the_build_requires():
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]
    lock = (ROOT / "requirements/build.lock").read_text()
    for requirement in PROJECT["build-system"]["requires"]:
        assert f"{requirement} \\" in lock


def test_the_npm_lock_has_integrity_and_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages and all("integrity" in one and "resolved" not in one for one in packages.values())
    assert (
        lock["packages"][""]["dependencies"]
        == json.loads((ROOT / "package.json").read_text())["dependencies"]
    )


def test_third_party_files_are_not_committed():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    tracked = listed.stdout.split()
    assert not [
        name for name in tracked if "static/vendor" in name or name.endswith((".mo", ".min.js", ".min.css"))
    ]


def test_every_variable_that_is_read_is_documented():
    page = (ROOT / "docs/configuration.md").read_text()
    sources = [*(ROOT / "partner_center/project").rglob("*.py")]
    read = {
        name
        for path in sources
        for name in re.findall(r"\b(?:PARTNER_CENTER_[A-Z_]+|DATABASE_URL)\b", path.read_text())
    }
    assert {name for name in read if f"`{name}`" not in page} - {"PARTNER_CENTER_"} == set()


def test_the_generated_pages_are_current():
    """Asked of a program of its own: actions that other tests declare for themselves are none of the documents'."""
    asked = subprocess.run(
        [sys.executable, "-m", "partner_center", "docs", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stdout + asked.stderr
