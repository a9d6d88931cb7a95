"""Exports: the filtered list as CSV or XLSX, in the reader's language and time zone, personal data masked.

A small list is answered at once; a large one becomes a task that a drain works off in turns of bounded
size, so that a crash costs one turn. Either way there is an entry in the list of exports. Texts that a
spreadsheet would take for a formula are made harmless.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import structlog
import xlsxwriter
from django.core.exceptions import BadRequest
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partner_center.console.columns import Column, Sum, local
from partner_center.console.models import ExportState, ExportTask
from partner_center.console.registry import PAGES
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.jobs import Slot, drain, job
from partner_center.foundation.steps import advance
from partner_center.kernel import clock, ids

if TYPE_CHECKING:
    from partner_center.console.listing import ListPage
    from partner_center.console.tables import TablePage

    Exported: TypeAlias = ListPage | TablePage

log = structlog.get_logger(__name__)

PERMISSION = "console.export_list"
FORMATS = ("xlsx", "csv")
CSV_ENCODING = "utf-8-sig"
"""With the mark by which Excel knows UTF-8."""
AT_ONCE = 1000
"""Up to this many rows the file is the answer."""
TURN = 2000
"""Rows of a list in one turn; a page may say `rows_a_turn` of its own."""
ATTEMPTS = 3
KEPT_FOR = dt.timedelta(days=7)
_LEASE = dt.timedelta(minutes=2)
_XLSX_ROWS = 1_048_575
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def begin(page: Exported, file_format: str) -> HttpResponse:
    """Answer an export button: the file, or the list of exports where it will appear."""
    if file_format not in page.formats:
        raise BadRequest(_("Unknown format."))
    if not page.may_export:
        from partner_center.foundation.errors import NotPermitted

        raise NotPermitted(permission=PERMISSION)
    chosen = [str(row.pk) for row in page.chosen(page.request.POST.getlist("row"))]
    size = len(chosen) or page.total
    task = begin_export(
        page.actor, page=page, file_format=file_format, chosen=chosen, at_once=size <= AT_ONCE
    )
    if size <= AT_ONCE:
        while task.active:
            _turn(task)
        if task.state is ExportState.DONE:
            return download(task)
    page.toast(_("Export task created."))
    return page.go(PAGES["exports"].url())


@action(PERMISSION, label=gettext_lazy("Export lists"))
def begin_export(
    actor: Actor, *, page: Exported, file_format: str, chosen: list[str], at_once: bool
) -> ExportTask:
    """Write down who exports what; the file holds what this actor may see, in this language."""
    query = page.query.copy()
    for name in ("embed", "page", "per", "dialog", "row"):
        query.pop(name, None)
    task = ExportTask.objects.create(
        account_id=actor.account_id,
        user_id=actor.user_id,
        page=page.name,
        title=str(page.title)[:128],
        format=file_format,
        query=query.urlencode(),
        chosen=chosen,
        actor=_frozen(actor),
        language=translation.get_language() or "en",
        zone=timezone.get_current_timezone_name(),
        due_at=clock.now() + (_LEASE if at_once else dt.timedelta(0)),
        token=ids.new_id(),
    )
    record(
        actor, "console.export_list", task, page=page.name, query=task.query, rows=len(chosen) or page.total
    )
    return task


@action("console.carry_export")
def note_progress(actor: Actor, *, task: ExportTask, changes: dict[str, Any]) -> None:
    """Keep how far an export has come."""
    ExportTask.objects.filter(pk=task.pk).update(**changes)
    for name, value in changes.items():
        setattr(task, name, value)


@action("console.start_export", takes=ExportState.start)
def start_export(actor: Actor, *, task: ExportTask, rows_total: int) -> None:
    advance(actor, task, ExportState.start, rows_total=rows_total, about=task.account_id)


@action("console.finish_export", takes=ExportState.finish)
def finish_export(actor: Actor, *, task: ExportTask) -> None:
    advance(actor, task, ExportState.finish, finished_at=clock.now(), about=task.account_id)


@action("console.fail_export", takes=ExportState.fail)
def fail_export(actor: Actor, *, task: ExportTask) -> None:
    advance(actor, task, ExportState.fail, finished_at=clock.now(), about=task.account_id)


@action("console.expire_export", takes=ExportState.expire)
def expire_export(actor: Actor, *, task: ExportTask) -> None:
    advance(actor, task, ExportState.expire, about=task.account_id)


def next_due() -> dt.datetime | None:
    waiting = ExportTask.objects.filter(state__in=[ExportState.WAITING, ExportState.RUNNING]).order_by(
        "due_at"
    )
    return waiting.values_list("due_at", flat=True).first()


@drain("console.export_lists", due=next_due)
def work_off() -> dict[str, Any]:
    """Take one turn at the export that has waited longest."""
    due = ExportTask.objects.filter(
        state__in=[ExportState.WAITING, ExportState.RUNNING], due_at__lte=clock.now()
    ).order_by("due_at")
    task = due.first()
    if task is None or not _claim(task):
        return {}
    try:
        _turn(task)
    except Exception:
        log.exception("export.failed", task=task.pk, page=task.page, attempts=task.attempts)
        _give_up_or_wait(task)
        return {"failed": task.pk}
    if task.active:
        note_progress(Actor.system("console.export_lists"), task=task, changes={"due_at": clock.now()})
    return {"task": task.pk, "rows": task.rows_done}


@job("console.delete_old_exports", every="day at 03:30 Asia/Shanghai", catch_up=False)
def delete_old_exports(slot: Slot) -> dict[str, int]:
    """Delete the files of exports that are older than a week."""
    old = ExportTask.objects.filter(state=ExportState.DONE, finished_at__lt=slot.moment - KEPT_FOR)[:500]
    for task in old:
        task.file.unlink(missing_ok=True)
        expire_export(Actor.system("console.delete_old_exports"), task=task)
    return {"deleted": len(old)}


def download(task: ExportTask) -> HttpResponse:
    """The finished file."""
    day = local(task.finished_at or task.created_at).strftime("%Y%m%d-%H%M")
    file = FileResponse(
        task.file.open("rb"),
        as_attachment=True,
        filename=f"{task.page}-{day}.{task.format}",
        content_type=_TYPES[task.format],
    )
    return cast(HttpResponse, file)


def harmless(text: str) -> str:
    """A text no spreadsheet takes for a formula: an apostrophe before =, +, -, @, tab and carriage return."""
    return (
        "'" + text
        if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
        else text
    )


# ---------------------------------------------------------------------- one turn


def _turn(task: ExportTask) -> None:
    """Fix the keys, or write the next rows, or assemble the file."""
    worker = Actor.system("console.export_lists")
    task.folder.mkdir(parents=True, exist_ok=True)
    with translation.override(task.language), timezone.override(task.zone):
        page = _page_of(task)
        if task.state is ExportState.WAITING:
            fixed, total = page.fix_rows(task.chosen)
            _keys_file(task).write_text(json.dumps(fixed))
            _part_file(task).write_bytes(b"")
            start_export(worker, task=task, rows_total=total)
        elif task.rows_done < task.rows_total:
            fixed, count = json.loads(_keys_file(task).read_text()), _turn_of(task, page)
            size = _append(task, page, page.fixed_rows(fixed, task.rows_done, count))
            note_progress(
                worker, task=task, changes={"rows_done": task.rows_done + count, "part_bytes": size}
            )
        else:
            _assemble(task, page)
            finish_export(worker, task=task)
            _keys_file(task).unlink(missing_ok=True)
            _part_file(task).unlink(missing_ok=True)


def _claim(task: ExportTask) -> bool:
    taken = ExportTask.objects.filter(pk=task.pk, state=task.state, due_at=task.due_at).update(
        due_at=clock.now() + _LEASE, attempts=models.F("attempts") + 1
    )
    task.attempts += 1
    return bool(taken)


def _give_up_or_wait(task: ExportTask) -> None:
    worker = Actor.system("console.export_lists")
    if task.attempts < ATTEMPTS + task.rows_done // TURN:
        note_progress(worker, task=task, changes={"due_at": clock.now() + dt.timedelta(minutes=1)})
        return
    if task.state is ExportState.WAITING:
        start_export(worker, task=task, rows_total=0)
    fail_export(worker, task=task)


def _turn_of(task: ExportTask, page: Exported) -> int:
    """How many rows the next turn takes."""
    return min(page.rows_a_turn or TURN, task.rows_total - task.rows_done)


def _page_of(task: ExportTask) -> Exported:
    request = HttpRequest()
    request.method, request.GET = "GET", QueryDict(task.query)
    request.actor = _thawed(task.actor)  # type: ignore[attr-defined]
    return cast("Exported", PAGES[task.page](request))


def _append(task: ExportTask, page: Exported, rows: Iterable[Any]) -> int:
    """Write rows behind what is known to be good, and say where the part ends."""
    columns = page.shown_columns
    with _part_file(task).open("r+b") as part:
        part.truncate(task.part_bytes)
        part.seek(task.part_bytes)
        for row in rows:
            packed = list(map(_packed, _values(columns, row)))
            part.write(json.dumps(packed, ensure_ascii=False).encode() + b"\n")
        return part.tell()


def _values(columns: Sequence[Column], row: Any) -> Iterator[Any]:
    told_currency = False
    for column in columns:
        yield column.plain(row)
        if isinstance(column, Sum) and not told_currency:
            told_currency = True
            yield column.currency(row)


def _headers(page: Exported) -> Iterator[str]:
    told_currency = False
    for column in page.shown_columns:
        yield str(column.label_for(page.model))
        if isinstance(column, Sum) and not told_currency:
            told_currency = True
            yield _("Currency")


def _assemble(task: ExportTask, page: Exported) -> None:
    lines = _lines(_part_file(task))
    if task.format == "csv":
        with task.file.open("w", encoding=page.csv_encoding, newline="") as file:
            write_csv(file, list(_headers(page)), lines)
    else:
        write_xlsx(task.file, str(page.title), list(_headers(page)), lines)


def write_csv(file: Any, headers: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(file)
    writer.writerow([harmless(header) for header in headers])
    for line in lines:
        writer.writerow([_as_text(value) for value in line])


def write_xlsx(path: Path, title: str, headers: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """In constant memory: each row leaves for the disk before the next comes."""
    book = xlsxwriter.Workbook(
        path,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold, money = (
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"num_format": "#,##0.00######"}),
    )
    moment, day = (
        book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
    )
    name = "".join(c for c in title if c not in "[]:*?/\\")[:28] or "Sheet"
    sheet, number = _new_sheet(book, name, headers, bold), 0
    for line in lines:
        if number == _XLSX_ROWS:
            sheet, number = _new_sheet(book, f"{name} {len(book.worksheets()) + 1}", headers, bold), 0
        number += 1
        for place, value in enumerate(line):
            match value:
                case None:
                    continue
                case bool():
                    sheet.write_boolean(number, place, value)
                case int():
                    sheet.write_number(number, place, value)
                case Decimal():
                    sheet.write_number(number, place, value, money)
                case dt.datetime():
                    sheet.write_datetime(number, place, local(value).replace(tzinfo=None), moment)
                case dt.date():
                    sheet.write_datetime(number, place, value, day)
                case _:
                    sheet.write_string(number, place, harmless(str(value)))
    book.close()


def _new_sheet(book: Any, name: str, headers: Sequence[str], bold: Any) -> Any:
    """A sheet with its headings; a file of more rows than one sheet holds has several."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, header in enumerate(headers):
        sheet.set_column(place, place, min(40, max(12, len(header) + 4)))
    for place, header in enumerate(headers):
        sheet.write_string(0, place, harmless(header), bold)
    return sheet


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case dt.datetime():
            return local(value).strftime("%Y-%m-%d %H:%M:%S")
        case dt.date():
            return value.isoformat()
        case int() | Decimal():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return harmless(str(value))


def _packed(value: Any) -> Any:
    match value:
        case Decimal():
            return {"n": str(value)}
        case dt.datetime():
            return {"t": value.isoformat()}
        case dt.date():
            return {"d": value.isoformat()}
    return value


def _unpacked(value: Any) -> Any:
    match value:
        case {"n": number}:
            return Decimal(number)
        case {"t": moment}:
            return dt.datetime.fromisoformat(moment)
        case {"d": day}:
            return dt.date.fromisoformat(day)
    return value


def _lines(part: Path) -> Iterator[list[Any]]:
    with part.open(encoding="utf-8") as file:
        for line in file:
            yield [_unpacked(value) for value in json.loads(line)]


def _keys_file(task: ExportTask) -> Path:
    return task.folder / f"{task.token}.keys"


def _part_file(task: ExportTask) -> Path:
    return task.folder / f"{task.token}.part"


def _frozen(actor: Actor) -> dict[str, Any]:
    facts = asdict(actor)
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in facts.items()}


def _thawed(facts: dict[str, Any]) -> Actor:
    known = dict(facts)
    known["permissions"] = frozenset(known["permissions"])
    if known["customers"] is not None:
        known["customers"] = frozenset(known["customers"])
    return Actor(**known)
