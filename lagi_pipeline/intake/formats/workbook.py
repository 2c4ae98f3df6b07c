"""Opening a file: what it really is, the reader for that, and what its sender should know about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats.cleaning import clean
from lagi_pipeline.intake.formats.delimited import read_delimited
from lagi_pipeline.intake.formats.kinds import Kind, find_kind
from lagi_pipeline.intake.formats.ods import read_ods
from lagi_pipeline.intake.formats.webpage import read_webpage
from lagi_pipeline.intake.formats.word import read_word
from lagi_pipeline.intake.formats.xls import read_xls
from lagi_pipeline.intake.formats.xlsx import read_xlsx
from lagi_pipeline.intake.grid import Remark, Sheet, Workbook

_READERS: dict[Kind, Callable[[Path], Workbook]] = {
    Kind.XLSX: read_xlsx,
    Kind.XLS: read_xls,
    Kind.ODS: read_ods,
    Kind.DOCX: read_word,
    Kind.HTML: read_webpage,
}


_NAMED = frozenset({Kind.XLSX, Kind.XLS, Kind.ODS})
"""Kinds whose sheets have names of their own."""


def read_workbook(path: Path, *, called: str | None = None) -> Workbook:
    """Every worksheet of a file, in its order; chart sheets are none.

    The only sheet of a file that names none (a csv, a page) is ``called`` so, or as the file is. Texts are Unicode and
    in NFC. Remarks say what the sender should know: a suffix that lies, hidden sheets, an old font that was converted,
    tracked changes.

    Raises:
        RefusedFileError: empty, of a kind that is not read, protected by a password, damaged, harmful, larger than
            what is read (``limits``), or in no encoding or font that is known.
    """
    if path.stat().st_size == 0:
        raise RefusedFileError("tệp rỗng (0 byte)", rule="empty_file")
    kind = find_kind(path)
    if kind is Kind.TEXT:
        workbook, survey = read_delimited(path)
        workbook = clean(workbook, survey, named=False)
    else:
        workbook = clean(_READERS[kind](path), named=kind in _NAMED)
    sheets = workbook.sheets
    if called is not None and kind in {Kind.TEXT, Kind.HTML}:
        sheets = [replace(sheet, name=called) for sheet in sheets]
    return Workbook(sheets, (*_remarks(path, kind, sheets), *workbook.remarks))


def _remarks(path: Path, kind: Kind, sheets: list[Sheet]) -> list[Remark]:
    remarks = []
    suffix = path.suffix.lower()
    if suffix not in kind.suffixes:
        reason = f"tên tệp có đuôi «{suffix}» nhưng nội dung là {kind.called}; đã đọc theo nội dung"
        remarks.append(Remark("extension_lies", reason))
    remarks += [
        Remark("hidden_sheet", f"trang «{sheet.name}» bị ẩn; vẫn được đọc", sheet.name)
        for sheet in sheets
        if sheet.hidden and any(value != "" for row in sheet.rows for value in row)
    ]
    return remarks
