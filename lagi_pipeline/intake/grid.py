"""Office files as grids: sheets of cell values with their addresses. xlsx, xls and ods through calamine, csv here."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine as calamine

from lagi_pipeline.intake.findings import RefusedFileError

Value = str | int | float | bool | date | datetime | time | timedelta
SPREADSHEETS = frozenset({".xlsx", ".xls", ".ods"})
SUFFIXES = SPREADSHEETS | {".csv"}


def column_letters(column: int) -> str:
    """The letters of a zero-based column: 0 is ``A``, 26 is ``AA``."""
    letters = ""
    column += 1
    while column:
        column, remainder = divmod(column - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


@dataclass(frozen=True)
class Sheet:
    """The used area of a sheet.

    ``rows`` is rectangular; a blank cell is ``""``. ``first_row`` and ``first_column`` (zero-based) place it, so that
    addresses are those the sender sees. ``merges`` are ((row, column), (row, column)), both ends included, absolute.
    """

    name: str
    rows: list[list[Value]]
    first_row: int = 0
    first_column: int = 0
    merges: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    def row_number(self, row: int) -> int:
        """The 1-based number, as the sender sees it, of a row of ``rows``."""
        return self.first_row + row + 1

    def letters(self, column: int) -> str:
        """The letters of a column of ``rows``."""
        return column_letters(self.first_column + column)

    def address(self, row: int, column: int) -> str:
        """The address of a cell of ``rows``, like ``D9``."""
        return f"{self.letters(column)}{self.row_number(row)}"


def read_workbook(path: Path) -> list[Sheet]:
    """Every worksheet of a file, in its order; chart sheets are none.

    Raises:
        RefusedFileError: empty, of a kind that is not read, protected by a password, or not what its name says.
    """
    if path.stat().st_size == 0:
        raise RefusedFileError("tệp rỗng (0 byte)", rule="empty_file")
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return [_read_csv(path)]
    if suffix not in SPREADSHEETS:
        raise RefusedFileError(
            f"không đọc loại tệp {suffix or '(không có phần mở rộng)'}; cần {', '.join(sorted(SUFFIXES))}",
            rule="file_type",
        )
    try:
        with calamine.CalamineWorkbook.from_path(path) as workbook:
            return [
                _sheet(workbook.get_sheet_by_name(meta.name))
                for meta in workbook.sheets_metadata
                if meta.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except calamine.PasswordError as error:
        raise RefusedFileError("tệp có mật khẩu, hãy gửi bản không khóa", rule="password") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise RefusedFileError(f"không mở được tệp như một bảng tính {suffix}: {error}", rule="unreadable") from error


def _sheet(sheet: calamine.CalamineSheet) -> Sheet:
    start = sheet.start or (0, 0)
    try:
        merges = sheet.merged_cell_ranges or []
    except calamine.CalamineError:  # the kind of file keeps none
        merges = []
    return Sheet(sheet.name, sheet.to_python(), start[0], start[1], merges)


def _read_csv(path: Path) -> Sheet:
    data = path.read_bytes()
    # Without its byte order mark nearly any text would also be some UTF-16.
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        reason = "không đọc được chữ trong tệp csv; hãy lưu lại dạng CSV UTF-8"
        raise RefusedFileError(reason, rule="encoding") from None
    head = text[:4096]
    delimiter = max(";,\t", key=head.count)
    try:
        rows: list[list[Value]] = [list(row) for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter)]
    except csv.Error as error:
        raise RefusedFileError(f"không đọc được tệp csv: {error}", rule="unreadable") from error
    width = max(map(len, rows), default=0)
    return Sheet(path.stem, [row + [""] * (width - len(row)) for row in rows])
