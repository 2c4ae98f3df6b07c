"""Workbooks written to disk and read back as the pipeline reads them, with the row arithmetic checked each time."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.catalogue.place import load_place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import TaskList, tasks_of
from lagi_pipeline.feeds.base import Reported
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.findings import Finding, RefusedFileError, Severity
from lagi_pipeline.intake.formats import read_workbook
from lagi_pipeline.intake.table import Reading, read_tables
from lagi_pipeline.intake.validation import validate
from lagi_samples import Book, Sheet, all_books, write_workbook

RAW = Path(__file__).parents[2] / "data" / "raw"
PLACE = load_place(RAW, catalogue())
TOWN = PLACE.file.code
SUFFIXES = (".xlsx", ".xls", ".ods", ".csv")

Cell = Any


@dataclass
class Read:
    """A form read and validated: the reading, and the rows that were accepted."""

    feed: str
    reading: Reading
    rows: pd.DataFrame

    def found(self, rule: str) -> Finding:
        """The only finding of a rule."""
        [finding] = self.all(rule)
        return finding

    def all(self, rule: str) -> list[Finding]:
        """The findings of a rule."""
        return [finding for finding in self.reading.findings if finding.rule == rule]

    @property
    def rules(self) -> set[str]:
        """The rules that found something."""
        return {finding.rule for finding in self.reading.findings}

    @property
    def errors(self) -> list[tuple[str | None, str]]:
        """Cell and rule of what was rejected, in order."""
        return [(f.cell, f.rule) for f in self.reading.findings if f.severity is Severity.ERROR]

    @property
    def measures(self) -> list[Reported]:
        """What the accepted rows report."""
        emit = FEEDS[self.feed].form(self.reading.form.code).emit
        return list(emit(self.rows, TOWN)) if emit else []

    def value(self, measure: str, unit: str = TOWN) -> float:
        """The one figure of a measure and unit."""
        [value] = [float(m.value) for m in self.measures if (m.measure, m.unit_code) == (measure, unit)]
        return value


def quarter(code: str) -> Quarter:
    return Quarter.parse(code)


@cache
def year_tasks(year: int) -> TaskList | None:
    """The tasks of a year."""
    return tasks_of(year, RAW, catalogue(), PLACE)


@cache
def _samples() -> list[Book]:
    return all_books()


def sheets_of(feed: str, code: str) -> list[Sheet]:
    """The sheets of the newest sample of a feed and quarter, free to be changed."""
    found = [book for book in _samples() if (book.feed, book.quarter) == (feed, quarter(code))]
    return deepcopy(found[-1].sheets)


def form_sheet(feed: str, code: str, at: int | None = None) -> Sheet:
    """One of these sheets: the longest, or the one at a position."""
    sheets = sheets_of(feed, code)
    return max(sheets, key=lambda sheet: len(sheet.rows)) if at is None else sheets[at]


def read(feed: str, code: str, *sheets: Sheet, suffix: str = ".xlsx") -> list[Read]:
    """Write sheets to a workbook and read every form of the feed in it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"book{suffix}"
        write_workbook(path, list(sheets))
        return read_file(feed, code, path)


def read_file(feed: str, code: str, path: Path) -> list[Read]:
    """Read every form of the feed in a file."""
    forms = [form.form for form in FEEDS[feed].forms]
    readings = read_tables(read_workbook(path), forms, PLACE, quarter(code), year_tasks(quarter(code).year))
    return [_checked(feed, reading, quarter(code)) for reading in readings]


def read_one(feed: str, code: str, *sheets: Sheet, suffix: str = ".xlsx") -> Read:
    [only] = read(feed, code, *sheets, suffix=suffix)
    return only


def refusal(feed: str, code: str, *sheets: Sheet, suffix: str = ".xlsx") -> RefusedFileError:
    """Why a workbook is refused as a whole."""
    try:
        read(feed, code, *sheets, suffix=suffix)
    except RefusedFileError as error:
        return error
    raise AssertionError("the workbook was read")


def changed(sheet: Sheet, **cells: Cell) -> Sheet:
    """The sheet with other values at some addresses."""
    for address, value in cells.items():
        sheet.set(address, value)
    return sheet


def table(*rows: Sequence[Cell], title: str = "QUÝ III NĂM 2024", unit: str | None = None) -> Sheet:
    """A bare sheet: a title in row 2, a unit line where one is given, the header in row 3, and rows."""
    above: list[list[Cell]] = [["BÁO CÁO", unit], [title]]
    return Sheet("Biểu", [*above, *[list(row) for row in rows]])


def wards(*figures: Cell, start: int = 1) -> list[list[Cell]]:
    """A row for each of the nine units, all with the same figures."""
    return [[n, unit.label_vi, *figures] for n, unit in enumerate(PLACE.units_on(quarter("2024-Q3").end), start)]


def _checked(feed: str, reading: Reading, when: Quarter) -> Read:
    rows = validate(reading, when)
    counted = len(rows) + len(reading.rejected_rows) + reading.nondata.total()
    assert reading.rows_read == counted, (reading.rows_read, len(rows), reading.rejected_rows, reading.nondata)
    reading.keep_printed(rows, FEEDS[feed].form(reading.form.code).figures)
    return Read(feed, reading, reading.with_cells(rows))
