"""The house keeps its own rules: clocks, floats, balances, doors. Read from the source, not from memory."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2] / "partner_center"
SOURCES = sorted(
    path
    for path in HOUSE.rglob("*.py")
    if "migrations" not in path.parts and "node_modules" not in path.parts
)
PRODUCT = [path for path in SOURCES if "tests" not in path.parts]
DOORS = {"wire", "native", "console"}


def name_of(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def calls(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_only_the_kernel_reads_the_machines_clock(path):
    banned = {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "timezone.now",
        "timezone.localdate",
        "Now",
    }
    used = {f"{name}:{node.lineno}" for node, name in calls(path) if name in banned}
    assert not used or name_of(path) == "kernel/clock.py", used


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_the_outside_worlds_clock_stays_at_the_door(path):
    allowed = {"wire", "identity", "kernel"} & set(path.relative_to(HOUSE).parts) or name_of(path) in (
        "foundation/jobs.py",
        "foundation/installation.py",
    )
    used = {f"{name}:{node.lineno}" for node, name in calls(path) if name.endswith("machine_now")}
    assert not used or allowed, used


MONEY_ROOMS = {"kernel", "ledger", "funds", "pricing", "catalogue", "subscriptions", "orders"}


@pytest.mark.parametrize(
    "path", [path for path in PRODUCT if path.relative_to(HOUSE).parts[0] in MONEY_ROOMS], ids=name_of
)
def test_money_knows_no_float(path):
    tree = ast.parse(path.read_text())
    floats = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    casts = [node.lineno for node, name in calls(path) if name == "float"]
    assert not floats + casts, f"lines {floats + casts}"


@pytest.mark.parametrize(
    "path", [path for path in PRODUCT if DOORS & set(path.relative_to(HOUSE).parts[1:])], ids=name_of
)
def test_doors_do_not_write(path):
    """A door asks: it neither saves, creates, updates nor deletes rows, nor opens transactions."""
    writes = {
        "save",
        "create",
        "update",
        "delete",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
    }
    wrote = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes:
            target = ast.unparse(node.func.value)
            if "objects" in target:
                wrote.append(f"{ast.unparse(node.func)}:{node.lineno}")
    assert not wrote, wrote


NOUNS_OF_THE_TRADE = {"CloudService"}


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_names_and_shapes_that_we_refuse(path):
    assert path.stem not in {"utils", "helpers", "common", "core", "manager", "service", "misc"}
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            assert not any(isinstance(one, ast.FunctionDef) and one.name == "save" for one in node.body), (
                node.name
            )
            refused = node.name.endswith(("Manager", "Service", "Helper", "Utils"))
            assert not refused or node.name in NOUNS_OF_THE_TRADE, node.name
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "") not in {"django.dispatch", "django.db.models.signals"}, "signals"
