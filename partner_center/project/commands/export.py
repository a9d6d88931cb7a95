"""Write one of the console's lists to a file, as CSV or XLSX: the whole of it, or what a filter leaves.

The lists are those of the console, by the name in their address; without one they are printed. Filters are those
of the page's address:

  partner-center export orders --where state=awaiting_payment --format xlsx --output orders.xlsx

Personal data is masked, as on the page. That the list was exported is recorded in the audit trail."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from urllib.parse import urlencode

SUMMARY = "write one of the console's lists to a CSV or XLSX file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("list", nargs="?", help="the name of the list; none prints the names")
    parser.add_argument(
        "--where", action="append", default=[], metavar="FILTER=VALUE", help="may be repeated"
    )
    parser.add_argument("--format", choices=("csv", "xlsx"), default="csv", help="[%(default)s]")
    parser.add_argument("--output", type=Path, metavar="FILE", help="[LIST.FORMAT]")
    parser.add_argument(
        "--language", choices=("en", "zh-hans"), default="en", help="of the headings [%(default)s]"
    )


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.http import HttpRequest, QueryDict
    from django.utils import translation

    from partner_center.console import exports, registry
    from partner_center.console.listing import ListPage
    from partner_center.console.models import ExportState
    from partner_center.console.tables import TablePage
    from partner_center.foundation.actor import Actor

    registry.discover()
    lists = {name: page for name, page in registry.PAGES.items() if issubclass(page, ListPage | TablePage)}
    if options.list not in lists:
        print("\n".join(f"{name:28} {page.title}" for name, page in sorted(lists.items())))
        return 0 if options.list is None else 2

    if options.format not in lists[options.list].formats:
        raise SystemExit(f"{options.list} is written as: {', '.join(lists[options.list].formats)}")
    conditions = [condition.partition("=")[::2] for condition in options.where]
    request = HttpRequest()
    request.method, request.GET = "GET", QueryDict(urlencode(conditions))
    request.actor = actor = Actor.system("partner-center export")  # type: ignore[attr-defined]
    with translation.override(options.language):
        page = lists[options.list](request)
        task = exports.begin_export(actor, page=page, file_format=options.format, chosen=[], at_once=False)
    while task.active:
        exports.work_off()
        task.refresh_from_db()
    if task.state is not ExportState.DONE:
        raise SystemExit("The export failed; the log says why.")
    target = options.output or Path(f"{options.list}.{options.format}")
    shutil.copyfile(task.file, target)
    print(f"{task.rows_done} rows in {target}")
    return 0
