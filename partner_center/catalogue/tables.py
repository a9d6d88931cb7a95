"""Files of an operator: a header and lines, as CSV (UTF-8 or GB 18030) or XLSX, read and written.

A text that a spreadsheet would take for a formula is written behind an apostrophe and read without it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
import xlsxwriter
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from partner_center.catalogue.errors import FileUnreadable
from partner_center.kernel.period import BEIJING

MOST_LINES = 100_000
MOST_BYTES = 20 * 1024 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file under its number (the header is line 1); every value is text without blanks around it."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a line was not taken, in the reader's language."""

    line: int
    reason: str


def read(content: bytes, file_name: str, columns: Sequence[str]) -> list[Line]:
    """The lines of a CSV or XLSX file. Raises FileUnreadable: not such a file, too large, or a wrong header.

    The header holds names out of `columns`, in any order; columns may be missing. Empty lines are passed over.
    """
    if len(content) > MOST_BYTES:
        raise FileUnreadable(reason=_("it is larger than 20 MB"))
    rows = _xlsx_rows(content) if file_name.lower().endswith(".xlsx") else _csv_rows(content)
    header = [text.strip().lower() for text in next(iter(rows), [])]
    unknown = [name for name in header if name and name not in columns]
    if unknown or not any(header):
        raise FileUnreadable(
            reason=_("its first line must hold names of columns; unknown: %s") % ", ".join(unknown)
        )
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        values = {name: _clean(text) for name, text in zip(header, row, strict=False) if name}
        if any(values.values()):
            lines.append(Line(number, values))
    if len(lines) > MOST_LINES:
        raise FileUnreadable(reason=_("it has more than 100,000 lines"))
    return lines


def write(columns: Sequence[str], rows: Iterable[Sequence[Any]], file_format: str) -> bytes:
    """A file of `rows` under a header. Numbers become exact texts, moments ISO 8601 in Beijing time, None nothing."""
    texts = [[_text(value) for value in row] for row in rows]
    return _xlsx(columns, texts) if file_format == "xlsx" else _csv(columns, texts)


def moment_of(text: str) -> datetime:
    """A moment from ISO 8601; without a zone it is Beijing time. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def _csv_rows(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        try:
            return list(csv.reader(io.StringIO(text, newline="")))
        except csv.Error:
            break
    raise FileUnreadable(reason=_("it is not a CSV file"))


def _xlsx_rows(content: bytes) -> list[list[str]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise FileUnreadable(reason=_("it is not an XLSX file")) from error


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_harmless(text) for text in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name, book.add_format({"bold": True}))
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row):
            if text:
                sheet.write_string(number, place, text)
    book.close()
    return out.getvalue()


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(BEIJING).isoformat() if value.tzinfo else value.isoformat()
        case Decimal():
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text


def _clean(text: str) -> str:
    return text[1:].strip() if text.startswith("'") and text[1:].startswith(_FORMULA) else text.strip()
