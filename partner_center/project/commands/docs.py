"""Write docs/generated/: lifecycles, operations, permissions and rooms, as the program declares them.

With --check nothing is written; the exit status is 1 when a page is not current."""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "write the generated pages of docs/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="only say which pages are not current")
    parser.add_argument(
        "--into", type=Path, default=Path("docs/generated"), metavar="FOLDER", help="[%(default)s]"
    )


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from partner_center.project.documents import pages

    outdated = 0
    options.into.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        path = options.into / name
        if path.exists() and path.read_text() == text:
            continue
        outdated += 1
        if options.check:
            print(f"{path} is not current: run `make docs`")
        else:
            path.write_text(text)
            print(path)
    return 1 if options.check and outdated else 0
