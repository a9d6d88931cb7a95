"""The FOCUS validator from PyPI, asked about a file. It lives in `.venv/validator`, which make builds: it wants another
sqlglot than Ibis does.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.environment import ROOT

VALIDATOR = ROOT / ".venv/validator/bin/focus-validator"


def breaches_of_focus(path: Path, *, version: str = "1.0") -> list[str]:
    """The rules of FOCUS that a CSV or Parquet file breaks, each with the validator's words; none for a sound file.

    The validator's own exit status says nothing (0 for a broken file too), so its report is read. It needs no network.
    Skips where the validator is not installed.
    """
    if not VALIDATOR.exists():
        pytest.skip("the FOCUS validator is not installed: run `make install-test`")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        finished = subprocess.run(
            [VALIDATOR, "--data-file", path, "--validate-version", version]
            + ["--output-type", "unittest", "--output-destination", report],
            capture_output=True,
            text=True,
            cwd=_home(),
        )
        assert finished.returncode == 0 and report.exists(), finished.stdout[-3000:] + finished.stderr[-3000:]
        suites = ElementTree.parse(report).getroot()
    cases = list(suites.iter("testcase"))
    assert len(cases) > 100, "the validator checked next to nothing"
    return [
        f"{case.get('name')}: {(fault.get('message') or fault.text or '').strip()[:300]}"
        for case in cases
        for fault in (*case.findall("failure"), *case.findall("error"))
    ]


def _home() -> Path:
    """Where it must be started: it opens its list of currencies by a path relative to its own installation."""
    [home] = (VALIDATOR.parent.parent / "lib").glob("python*/site-packages")
    return home
