"""The environment of a test run, set before Django reads its settings (loaded by `-p`, see pyproject.toml)."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "test"

KEPT = {"PARTNER_CENTER_NO_SKIPS", "PARTNER_CENTER_EARLIER_RUN"}
for _name in [name for name in os.environ if name.startswith("PARTNER_CENTER_") and name not in KEPT]:
    del os.environ[_name]
os.environ["PARTNER_CENTER_VAR"] = str(VAR)
os.environ["SECRET_KEY"] = "a-secret-that-only-the-tests-know-and-that-is-long-enough"
os.environ["DJANGO_SETTINGS_MODULE"] = "partner_center.project.settings"
