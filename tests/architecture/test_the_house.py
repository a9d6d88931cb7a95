"""The house keeps its own rules: clocks, floats, balances, doors. Read from the source, not from memory.

Each test names every offender as "file:line what".
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2] / "partner_center"
PRODUCT = sorted(
    path
    for path in HOUSE.rglob("*.py")
    if not {"migrations", "node_modules", "tests"} & set(path.relative_to(HOUSE).parts)
)
DOORS = {"wire", "native", "console"}
MONEY_ROOMS = {"kernel", "ledger", "funds", "pricing", "catalogue", "subscriptions", "orders"}
NOUNS_OF_THE_TRADE = {"CloudService"}


def name_of(path: Path) -> str:
    return str(path.relative_to(HOUSE))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text())))


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """Each call of a file: where it stands, and what it calls."""
    for node in nodes_of(path):
        if isinstance(node, ast.Call):
            yield f"{name_of(path)}:{node.lineno}", ast.unparse(node.func)


def calling(paths: Iterable[Path], *names: str) -> list[str]:
    """Where one of these functions is called, whatever module it is taken from."""
    return [f"{where} {called}" for path in paths for where, called in calls(path) if called.endswith(names)]


def test_there_is_a_house_to_look_at() -> None:
    assert len(PRODUCT) > 500
    assert calling([HOUSE / "kernel/clock.py"], "datetime.now")


def test_only_the_kernel_reads_the_machines_clock() -> None:
    banned = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now")
    elsewhere = [path for path in PRODUCT if name_of(path) != "kernel/clock.py"]
    found = [*calling(elsewhere, *banned), *calling(elsewhere, "timezone.localdate")]
    found += [f"{where} Now" for path in elsewhere for where, called in calls(path) if called == "Now"]
    assert not found


def test_the_outside_worlds_clock_stays_at_the_door() -> None:
    allowed = {"foundation/jobs.py", "foundation/installation.py"}
    elsewhere = [
        path
        for path in PRODUCT
        if not {"wire", "identity", "kernel"} & set(path.relative_to(HOUSE).parts)
        and name_of(path) not in allowed
    ]
    assert not calling(elsewhere, "machine_now")


def test_money_knows_no_float() -> None:
    rooms = [path for path in PRODUCT if path.relative_to(HOUSE).parts[0] in MONEY_ROOMS]
    literals = [
        f"{name_of(path)}:{node.lineno} {node.value}"
        for path in rooms
        for node in nodes_of(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    casts = [where for path in rooms for where, called in calls(path) if called == "float"]
    assert not literals + casts


def test_doors_do_not_write() -> None:
    """A door asks: it neither saves, creates, updates nor deletes rows, nor opens transactions."""
    writes = {"save", "create", "update", "delete", "bulk_create", "bulk_update"}
    writes |= {"get_or_create", "update_or_create"}
    found = [
        f"{where} {called}"
        for path in PRODUCT
        if DOORS & set(path.relative_to(HOUSE).parts[1:])
        for where, called in calls(path)
        if "objects" in called.rpartition(".")[0] and called.rpartition(".")[2] in writes
    ]
    assert not found


def test_names_and_shapes_that_we_refuse() -> None:
    names = {"utils", "helpers", "common", "core", "manager", "service", "misc"}
    found = [name_of(path) for path in PRODUCT if path.stem in names]
    for path in PRODUCT:
        for node in nodes_of(path):
            if isinstance(node, ast.ClassDef):
                if any(isinstance(one, ast.FunctionDef) and one.name == "save" for one in node.body):
                    found.append(f"{name_of(path)}:{node.lineno} {node.name}.save")
                if node.name.endswith(("Manager", "Service", "Helper", "Utils")):
                    found += [f"{name_of(path)}:{node.lineno} {node.name}"] * (
                        node.name not in NOUNS_OF_THE_TRADE
                    )
            if isinstance(node, ast.ImportFrom):
                signals = (node.module or "") in {"django.dispatch", "django.db.models.signals"}
                found += [f"{name_of(path)}:{node.lineno} signals"] * signals
    assert not found
