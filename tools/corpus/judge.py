"""A document written, read by the pipeline and compared with what must happen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.catalogue.place import Place, load_place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.base import History
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.findings import Finding, RefusedFileError, Severity
from lagi_pipeline.intake.formats import read_workbook
from lagi_pipeline.intake.table import Reading, RefusedFormsError, read_tables
from lagi_pipeline.intake.validation import validate
from lagi_samples import write_workbook
from tools.corpus.clean import FEED_OF_FOLDER, UNIT_CODES, books
from tools.corpus.document import Cell, Document, Line, Page, Rejected, Role, Said, Table
from tools.corpus.writing import HTML, WITH_ADDRESSES, address, row_number, write

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
_EXACT = 1e-12
_TOWN = "594"


class Outcome(Enum):
    """What became of a workbook."""

    READ_RIGHT = "read right"
    REFUSED_RIGHT = "refused right"
    REFUSED_THOUGH_READABLE = "refused though readable"
    REFUSED_ELSEWHERE = "refused, but not where it should be"
    UNSAID = "read right, but a remark is missing"
    READ_WRONG = "read wrong"
    BROKEN = "the reader failed"


@dataclass(frozen=True)
class Verdict:
    """An outcome, and why where it is none of the first two."""

    outcome: Outcome
    why: str = ""


# What an indicator reads: the measure, the row's name (None: each unit's) and its column.
_MEASURES: dict[str, tuple[tuple[str, str | None, str], ...]] = {
    "budget_revenue": (
        ("revenue_ytd", "Tổng thu NSNN trên địa bàn", "actual"),
        ("revenue_year_estimate", "Tổng thu NSNN trên địa bàn", "year_estimate"),
        ("revenue_plan", "Tổng thu NSNN trên địa bàn", "plan"),
        ("revenue_plan_province", "Tổng thu NSNN trên địa bàn", "plan_province"),
        ("revenue_plan_council", "Tổng thu NSNN trên địa bàn", "plan_council"),
    ),
    "budget_spending": (
        ("investment_spending_ytd", "Chi đầu tư phát triển", "actual"),
        ("targeted_capital_ytd", "Cho các dự án đầu tư (vốn đầu tư)", "actual"),
        ("investment_year_estimate", "Chi đầu tư phát triển", "year_estimate"),
        ("targeted_capital_year_estimate", "Cho các dự án đầu tư (vốn đầu tư)", "year_estimate"),
        ("investment_plan", "Chi đầu tư phát triển", "plan"),
        ("investment_plan_province", "Chi đầu tư phát triển", "plan_province"),
        ("investment_plan_council", "Chi đầu tư phát triển", "plan_council"),
    ),
    "industry": (
        ("industrial_output_ytd", "Tổng số", "value_ytd"),
        ("industrial_output_year_estimate", "Tổng số", "year_estimate"),
    ),
    "exports": (
        ("export_value_ytd", "Tổng trị giá", "value_ytd"),
        ("export_year_estimate", "Tổng trị giá", "year_estimate"),
    ),
    "forestry": (
        ("forest_area", "RỪNG PHÂN THEO NGUỒN GỐC (có rừng)", "area"),
        ("natural_area", "natural_area", "area"),
    ),
    "forestry_crops": (
        ("perennial_crop_area", "Tổng cộng", "area"),
        ("crops_on_forest_land", "Trong đó trên đất rừng", "area"),
    ),
    "water": (
        ("water_survey_households", None, "households"),
        ("hygienic_water_households", None, "hygienic"),
        ("clean_water_households", None, "clean"),
    ),
    "waste": tuple(
        (f"waste_{name}{end}", None, f"{name}{end}")
        for name in ("generated", "collected", "treated") for end in ("", "_ytd")
    ),
    "population": tuple((name, None, name) for name in ("births", "deaths", "population_start", "population_end")),
    "employment": (
        ("jobs_placed", None, "placed"),
        ("jobs_placed_trained", None, "trained"),
        ("jobs_year_estimate", None, "year_estimate"),
    ),
    "employment_labour": (("labour_force", None, "labour_force"), ("trained_workers", None, "trained")),
    "poverty": (("poverty_review_households", None, "households"), ("poor_households", None, "poor_end")),
}  # fmt: skip


@cache
def _place() -> Place:
    return load_place(RAW, catalogue())


def judge(document: Document) -> Verdict:
    """Write a document, read it, and say what became of it."""
    with TemporaryDirectory() as folder:
        path = write(document, Path(folder))
        try:
            read = _read(document.feed, document.quarter, path)
        except Exception as error:  # noqa: BLE001 - whatever the reader raises is what is asked for
            return Verdict(Outcome.BROKEN, f"{type(error).__name__}: {error}"[:300])
    return _Judge(document, read).verdict()


@dataclass
class _Read:
    """What the pipeline made of a file: a refusal, or the readings with their accepted rows."""

    refused: RefusedFileError | None = None
    readings: Sequence[Reading] = ()
    accepted: list[pd.DataFrame] = field(default_factory=list)

    def of(self, form: str) -> tuple[Reading, pd.DataFrame] | None:
        """The reading of a form."""
        found = zip(self.readings, self.accepted, strict=True)
        return next(((reading, rows) for reading, rows in found if reading.form.code == form), None)


def _read(feed: str, quarter: Quarter, path: Path) -> _Read:
    """A file as the ingestion reads it: its tables, its model, its history, the share of rejected rows."""
    forms = [form.form for form in FEEDS[feed].forms]
    try:
        readings = read_tables(read_workbook(path), forms, _place(), quarter)
    except RefusedFormsError as refused:
        for reading in refused.readings:
            validate(reading, quarter)
        return _Read(refused, refused.readings)
    except RefusedFileError as refused:
        return _Read(refused)
    tolerated = catalogue().feeds[feed].tolerated_share
    accepted = []
    for reading in readings:
        rows = validate(reading, quarter)
        for found in (
            FEEDS[feed]
            .form(reading.form.code)
            .beside_its_past(rows, _history(feed, quarter, reading.form.code), quarter)
        ):
            reading.reject(found.index, found.column, found.rule, found.reason, found.severity)
        rows = rows[~rows.index.isin(reading.rejected_rows)]
        rejected = len(reading.rejected_rows)
        if rejected > tolerated * (rejected + len(rows)):
            reading.problems.append("quá nhiều dòng bị trả lại")
        accepted.append(rows)
    return _Read(None, readings, accepted)


@cache
def _clean_rows(feed: str, quarter: Quarter) -> Mapping[str, pd.DataFrame]:
    """The accepted rows of a clean sample by form."""
    rows: dict[str, pd.DataFrame] = {}
    for (folder, said), book in books().items():
        if FEED_OF_FOLDER.get(folder, folder) != feed or said != str(quarter):
            continue
        with TemporaryDirectory() as temporary:
            path = Path(temporary) / "so-lieu.xlsx"
            write_workbook(path, book.sheets)
            for reading in read_tables(
                read_workbook(path), [form.form for form in FEEDS[feed].forms], _place(), quarter
            ):
                rows[reading.form.code] = validate(reading, quarter)
    return rows


@cache
def _history(feed: str, quarter: Quarter, form: str) -> History:
    """What was known of a form before a quarter."""
    if feed.startswith("fisheries"):
        return History({})
    earlier = sorted({Quarter.parse(said) for folder, said in books() if FEED_OF_FOLDER.get(folder, folder) == feed})
    known = {when: _clean_rows(feed, when) for when in earlier if when < quarter}
    return History({when: rows[form] for when, rows in known.items() if form in rows})


class _Judge:
    """Compares what was read with what must happen."""

    def __init__(self, document: Document, read: _Read) -> None:
        self._document, self._read = document, read
        # Several tables of a page are one sheet when they are read.
        is_joined = document.kind == HTML and len(document.pages) > 1
        self._has_addresses = document.kind in WITH_ADDRESSES and not is_joined

    def verdict(self) -> Verdict:
        """The verdict; what was read wrong comes before all else."""
        document, refused = self._document, self._read.refused
        if document.refused:
            return self._of_refusal(refused)
        if refused is not None:
            if document.either:
                return Verdict(Outcome.REFUSED_RIGHT)
            return Verdict(Outcome.REFUSED_THOUGH_READABLE, f"{refused.rule}: {refused.reason}"[:300])
        troubles = sorted(self._troubles(), key=lambda verdict: list(Outcome).index(verdict.outcome), reverse=True)
        if troubles:
            return troubles[0]
        must = document.rejected or document.any_of
        any_error = any(self._errors(reading) for reading in self._read.readings)
        return Verdict(Outcome.REFUSED_RIGHT if must or any_error else Outcome.READ_RIGHT)

    def _of_refusal(self, refused: RefusedFileError | None) -> Verdict:
        document = self._document
        if refused is None:
            rules = ", ".join(" or ".join(sorted(wanted.rules)) for wanted in document.refused)
            return Verdict(Outcome.READ_WRONG, f"accepted, though it must be refused ({rules})")
        for wanted in document.refused:
            cell = None
            if wanted.line is not None and wanted.at is not None and self._has_addresses:
                page = next((page for page in document.pages if wanted.line in page.lines), None)
                cell = address(page, wanted.line, wanted.at) if page else None
            if any(one.rule in wanted.rules and cell in {None, one.cell} for one in refused.refusals):
                return Verdict(Outcome.REFUSED_RIGHT)
        said = "; ".join(f"{one.rule} at {one.cell}: {one.reason}" for one in refused.refusals)
        return Verdict(Outcome.REFUSED_ELSEWHERE, said[:300])

    def _troubles(self) -> Iterator[Verdict]:
        for page, table in self._document.forms():
            read = self._read.of(table.form)
            if read is None:
                yield Verdict(Outcome.REFUSED_THOUGH_READABLE, f"no reading of {table.form}")
                continue
            yield from self._rows(page, table, *read)
            yield from self._measures(page, table, *read)
        found = {finding.rule for reading in self._read.readings for finding in reading.findings}
        for wanted in self._document.warned:
            if not wanted & found:
                yield Verdict(Outcome.UNSAID, f"no {' or '.join(sorted(wanted))} among {sorted(found)}")
        errors = {finding.rule for reading in self._read.readings for finding in self._errors(reading)}
        for wanted in self._document.any_of:
            if not wanted & errors:
                yield Verdict(Outcome.READ_WRONG, f"accepted without any {' or '.join(sorted(wanted))}")

    @staticmethod
    def _errors(reading: Reading) -> list[Finding]:
        return [finding for finding in reading.findings if finding.severity is Severity.ERROR]

    def _rows(self, page: Page, table: Table, reading: Reading, accepted: pd.DataFrame) -> Iterator[Verdict]:
        document = self._document
        lines = [line for line in page.lines if line.table is table and line.truth is not None]
        must = {one.line for one in document.rejected}
        may = must | set(document.free)
        matched = self._match(page, table, lines, accepted)
        read: set[Line] = set()
        for line, row in matched:
            if line is None:
                yield Verdict(Outcome.READ_WRONG, f"row {row['row']} was accepted: {_labelled(row, table)}")
                continue
            read.add(line)
            if any(one.line is line and one.column in {None, *table.columns} for one in document.rejected):
                yield Verdict(Outcome.READ_WRONG, f"row {row['row']} ({line.key}) was accepted")
            for column, said in (line.truth or {}).items():
                if column in row.index and not _same(row[column], said):
                    yield Verdict(
                        Outcome.READ_WRONG, f"row {row['row']} ({line.key}), {column}: {row[column]!r} for {said}"
                    )
        errors = self._errors(reading)
        for line in lines:
            if line not in read:
                yield from self._not_read(page, line, errors, is_free=document.either or line in may)
        for one in document.rejected:
            if one.line in page.lines and one.line.table is table:
                yield from self._finding(page, one, errors)

    def _not_read(self, page: Page, line: Line, errors: Sequence[Finding], *, is_free: bool) -> Iterator[Verdict]:
        """A row that was not accepted must have been sent back with a reason; and only where something is wrong."""
        number = row_number(page, line)
        said = [f"{one.rule} at {one.cell}: {one.reason}" for one in errors if one.row == number]
        if self._has_addresses and not said:
            yield Verdict(Outcome.READ_WRONG, f"row {number} ({line.key}) was lost without a word")
        elif not is_free:
            yield Verdict(Outcome.REFUSED_THOUGH_READABLE, f"row {number} ({line.key}): {'; '.join(said)[:250]}")

    def _finding(self, page: Page, wanted: Rejected, errors: Sequence[Finding]) -> Iterator[Verdict]:
        rules = " or ".join(sorted(wanted.rules))
        if not self._has_addresses:
            if not any(one.rule in wanted.rules for one in errors):
                yield Verdict(Outcome.REFUSED_ELSEWHERE if errors else Outcome.READ_WRONG, f"no {rules}")
            return
        number = row_number(page, wanted.line)
        cell = None if wanted.column is None else address(page, wanted.line, wanted.line.at(wanted.column))
        in_row = [one for one in errors if one.row == number]
        if any(one.rule in wanted.rules and cell in {None, one.cell} for one in in_row):
            return
        said = "; ".join(f"{one.rule} at {one.cell}" for one in in_row or errors) or "nothing"
        outcome = Outcome.REFUSED_ELSEWHERE if in_row else Outcome.READ_WRONG
        yield Verdict(outcome, f"no {rules} at {cell or f'row {number}'} ({wanted.line.key}), but {said}"[:300])

    def _match(
        self, page: Page, table: Table, lines: Sequence[Line], accepted: pd.DataFrame
    ) -> list[tuple[Line | None, pd.Series[Any]]]:
        """The line that each accepted row was: by its number, or in the order of names where there are no numbers."""
        rows = [row for _, row in accepted.iterrows()]
        if self._has_addresses:
            by_number = {row_number(page, line): line for line in lines}
            return [(by_number.get(int(row["row"])), row) for row in rows]
        pool = list(lines)
        matched: list[tuple[Line | None, pd.Series[Any]]] = []
        for row in rows:
            name = _folded(_labelled(row, table))
            line = next((one for one in pool if name in {_folded(one.key), _folded(one.get(table.label))}), None)
            if line is None and name:
                line = next((one for one in pool if _folded(one.cells[0]).startswith(name)), None)
            line = line or next((one for one in pool if one.key and name.endswith(_folded(one.key))), None)
            if line is not None:
                pool.remove(line)
            matched.append((line, row))
        return matched

    def _measures(self, page: Page, table: Table, reading: Reading, accepted: pd.DataFrame) -> Iterator[Verdict]:
        """What the indicators get must be what the sheet says and where, and all of it where nothing is wrong."""
        form = FEEDS[self._document.feed].form(table.form)
        if (emit := form.emit) is None:
            return
        clean = not (self._document.rejected or self._document.any_of or self._document.free or self._document.either)
        if reading.problems:
            if clean:
                yield Verdict(Outcome.REFUSED_THOUGH_READABLE, f"no figure of {table.form}: {reading.problems}"[:300])
            return
        wanted = self._wanted(page, table)
        reading.keep_printed(accepted, form.figures)
        rows = reading.with_cells(accepted)
        got = {(one.measure, one.unit_code): (one.value, one.cell) for one in emit(rows, _TOWN)}
        for key, (value, cell) in got.items():
            said, at = wanted.get(key, (None, None))
            if said is None:
                yield Verdict(Outcome.READ_WRONG, f"{key} is {value}, though the sheet has none")
            elif not _same(value, said):
                yield Verdict(Outcome.READ_WRONG, f"{key} is {value} for {said}")
            elif at not in {None, cell}:
                yield Verdict(Outcome.READ_WRONG, f"{key} is said to stand in {cell} and does in {at}")
        missing = wanted.keys() - got.keys()
        if clean and missing:
            yield Verdict(Outcome.REFUSED_THOUGH_READABLE, f"no {sorted(missing)[:3]}")

    def _wanted(self, page: Page, table: Table) -> dict[tuple[str, str], tuple[Said, str | None]]:
        """What the sheet says of each measure and unit, and in which cell where it has addresses."""
        lines = [line for line in self._document.lines(table) if line.truth is not None]
        wanted: dict[tuple[str, str], tuple[Said, str | None]] = {}
        for measure, name, column in _MEASURES.get(table.form, ()):
            for line in lines:
                said = (line.truth or {}).get(column)
                if said is None or column not in table.columns:
                    continue
                at = address(page, line, line.at(column)) if self._has_addresses and line.role is Role.ROW else None
                if name is None and line.key in UNIT_CODES:
                    wanted[measure, UNIT_CODES[line.key]] = (said, at)
                elif name == line.key:
                    wanted[measure, _TOWN] = (said, at)
        return wanted


def _labelled(row: pd.Series[Any], table: Table) -> str:
    label = row.get(table.label)
    return label if isinstance(label, str) else ""


def _folded(cell: Cell) -> str:
    return "".join(letter for letter in cell.lower() if letter.isalnum()) if isinstance(cell, str) else ""


def _same(read: Any, said: Said) -> bool:  # noqa: ANN401 - a cell of a frame
    if said is None or read is None or pd.isna(read):
        return said is None and (read is None or bool(pd.isna(read)))
    if isinstance(said, Decimal):
        return math.isclose(float(read), float(said), rel_tol=_EXACT, abs_tol=0)
    if isinstance(said, date):
        return bool(pd.Timestamp(said) == read)
    return str(read) == said
