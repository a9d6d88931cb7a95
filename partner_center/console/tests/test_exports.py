from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from partner_center.console import exports
from partner_center.console.exports import (
    delete_old_exports,
    harmless,
    next_due,
    work_off,
    write_csv,
    write_xlsx,
)
from partner_center.console.models import ExportState, ExportTask
from partner_center.foundation.actor import ALL, Actor
from partner_center.foundation.jobs import Slot
from partner_center.foundation.models import OutboxMessage
from partner_center.kernel import clock
from tests.pages import as_reader

STAFF = Actor(
    kind="staff", account_id="f" * 32, account_kind="vendor", user_id=7, name="Wen", permissions=ALL
)
OTHER = Actor(kind="staff", account_id="f" * 32, account_kind="vendor", user_id=8, name="Bo", permissions=ALL)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def messages(db: None) -> None:
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            channel="mail", recipient=f"p{n}@example.com", template="t", subject=f"=1+{n}", body="b"
        )
        for n in range(30)
    )


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 5)
    monkeypatch.setattr(exports, "TURN", 8)


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_text_becomes_a_formula(text: str, tmp_path: Path) -> None:
    assert harmless(text) == "'" + text
    out = io.StringIO()
    write_csv(out, [text], [[text, Decimal("-3.50")]])
    assert out.getvalue().count("'") == 2 and "-3.50" in out.getvalue()
    write_xlsx(tmp_path / "x.xlsx", "T", [text], [[text]])
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert sheet["A2"].value.startswith("'") and sheet["A2"].data_type == "s"


def test_numbers_stay_numbers_and_titles_fit(tmp_path: Path) -> None:
    write_xlsx(
        tmp_path / "x.xlsx",
        "A [very/long] title: with * forbidden ? signs",
        ["a", "b"],
        [[Decimal("12.30"), 7]],
    )
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert [cell.value for cell in book.active[2]] == [12.3, 7]
    assert len(book.active.title) <= 31


def test_a_small_list_is_answered_at_once_filtered_and_masked(messages: None) -> None:
    with as_reader(STAFF, "zh-hans") as reader:
        lines = rows_of(reader.client.post("/console/outbox/?q=%3D1%2B2", {"export": "csv"}))
    assert lines[0][:3] == ["写入时间", "渠道", "收件人"]
    assert len(lines) == 12 and lines[1][2] == "p2****om"
    assert lines[1][4] == "'=1+29"
    assert ExportTask.objects.get().state is ExportState.DONE


def test_chosen_rows_are_exported_alone(messages: None) -> None:
    keys = list(OutboxMessage.objects.values_list("pk", flat=True)[:3])
    with as_reader(STAFF) as reader:
        assert len(rows_of(reader.post("outbox", export="csv", row=keys))) == 4


def test_a_large_list_is_worked_off_in_turns_and_survives_a_crash(
    messages: None, large: None, folder: Path
) -> None:
    with as_reader(STAFF) as reader:
        answer = reader.post("outbox", export="csv")
        assert answer.status_code == 302 and answer["Location"] == "/console/exports/"
        assert "pc-progress" in reader.get("exports").content.decode()
        due = next_due()
        assert due is not None and due <= clock.now()
        work_off()
        work_off()
        task = ExportTask.objects.get()
        assert (task.state, task.rows_done, task.rows_total) == (ExportState.RUNNING, 8, 30)
        with (folder / "exports" / f"{task.token}.part").open("ab") as part:
            part.write(b'["half a row of a turn that was kil')
        for _turn in range(4):
            work_off()
        task.refresh_from_db()
        assert task.state is ExportState.DONE and next_due() is None
        lines = rows_of(reader.client.get(f"/console/exports/{task.pk}/file/"))
    assert len(lines) == 31 and len({line[4] for line in lines}) == 31
    assert sorted(path.suffix for path in (folder / "exports").iterdir()) == [".csv"]


def test_rows_that_come_later_are_not_in_it(messages: None, large: None) -> None:
    with as_reader(STAFF) as reader:
        reader.post("outbox", export="csv")
        work_off()
        OutboxMessage.objects.create(channel="mail", recipient="x", template="t", subject="late", body="b")
        for _turn in range(6):
            work_off()
        lines = rows_of(reader.client.get(f"/console/exports/{ExportTask.objects.get().pk}/file/"))
    assert len(lines) == 31 and not [line for line in lines if "late" in line]


def test_an_export_that_cannot_be_made_fails_and_stops_nobody(
    messages: None, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_reader(STAFF) as reader:
        reader.post("outbox", export="csv")
    monkeypatch.setattr(exports, "_append", lambda *_args: 1 / 0)
    for _turn in range(8):
        ExportTask.objects.update(due_at=clock.now())
        work_off()
    assert ExportTask.objects.get().state is ExportState.FAILED and next_due() is None


def test_files_belong_to_who_made_them(messages: None) -> None:
    with as_reader(STAFF) as reader:
        reader.post("outbox", export="csv")
    task = ExportTask.objects.get()
    with as_reader(OTHER) as reader:
        assert reader.client.get(f"/console/exports/{task.pk}/file/").status_code == 404
        assert "No exports yet" in reader.get("exports").content.decode()


def test_old_files_are_deleted(messages: None, folder: Path) -> None:
    with as_reader(STAFF) as reader:
        reader.post("outbox", export="xlsx")
        task = ExportTask.objects.get()
        moment = clock.now() + exports.KEPT_FOR + exports.dt.timedelta(minutes=1)
        delete_old_exports.run(Slot("later", moment))
        task.refresh_from_db()
        assert task.state is ExportState.EXPIRED and not list((folder / "exports").iterdir())
        assert reader.client.get(f"/console/exports/{task.pk}/file/").status_code == 404


def test_unknown_formats_are_refused(messages: None) -> None:
    with as_reader(STAFF) as reader:
        assert reader.post("outbox", export="exe").status_code == 400
    assert not ExportTask.objects.exists()


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_XLSX_ROWS", 3)
    write_xlsx(tmp_path / "x.xlsx", "Bill", ["n"], [[number] for number in range(7)])
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert [sheet.title for sheet in book] == ["Bill", "Bill 2", "Bill 3"]
    assert [[row[0] for row in sheet.values] for sheet in book] == [
        ["n", 0, 1, 2], ["n", 3, 4, 5], ["n", 6],
    ]  # fmt: skip
