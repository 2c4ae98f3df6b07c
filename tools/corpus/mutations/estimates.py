"""Messes around what the office expects of the whole year: its column, and columns that look like it."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tools.corpus.document import Cell, Document, Line, Page, Role, Table
from tools.corpus.mutations.headers import spread
from tools.corpus.mutations.registry import Stage, choose, mutation, need, pick_table

_LAST = 4
_DONE = {
    "budget_revenue": "actual", "budget_spending": "actual", "industry": "value_ytd", "exports": "value_ytd",
    "employment": "placed",
}  # fmt: skip
_HEADINGS = (
    "Ước thực hiện cả năm", "Ước thực hiện năm {year}", "Ước cả năm {year}", "Ước TH năm {year}", "Ước năm {year}",
    "Khả năng thực hiện cả năm", "Ước tính thực hiện cả năm {year}", "Dự ước cả năm", "ƯỚC THỰC HIỆN CẢ NĂM",
    "Ước thực hiện đến hết năm {year}",
)  # fmt: skip
_NEARLY = (
    "Ước thực hiện năm {last}", "Thực hiện cả năm {last}", "Ước cả năm so với năm {last} (%)", "Ước cả năm {next}",
    "Kế hoạch năm {next}",
)  # fmt: skip
_NEARLY_WITHIN = (
    *_NEARLY, "Ước cả năm so với kế hoạch (%)", "Ước thực hiện cả năm (%)", "Tỷ lệ ước cả năm (%)", "Thực hiện cả năm",
    "Ước thực hiện quý IV", "Ước thực hiện các tháng còn lại", "Ước thực hiện cuối năm", "Cả năm",
)  # fmt: skip


def _named(label: str, document: Document) -> str:
    year = document.quarter.year
    return label.format(year=year, last=year - 1, next=year + 1)


def _without_estimate(document: Document, rng: Random) -> tuple[Page, Table]:
    """A table of a flow that has no such column, in which nothing is amiss so far."""
    page, table = pick_table(document, rng, *_DONE)
    need(that="year_estimate" not in table.columns)
    need(that=not (document.rejected or document.any_of or document.free or document.refused))
    need(that=not any(line.touched for line in document.lines(table)))
    return page, table


def _insert(page: Page, table: Table, at: int, name: str, labels: tuple[str, ...]) -> None:
    """A column at a place, headed by labels from the header's first row down, with blank cells."""
    spread(page, table)
    for line in page.lines:
        if line.table is table:
            inside = line.role in {Role.HEADER, Role.NUMBERING, Role.ROW, Role.TOTAL}
            line.cells.insert(at if inside else len(line.cells), None)
    for line, label in zip(page.of(table, Role.HEADER), labels, strict=False):
        line.cells[at] = label
    for line in page.of(table, Role.NUMBERING):
        line.cells[at] = str(len(table.columns))
    table.columns.insert(at, name)


def _twice(line: Line, column: str) -> Cell:
    """A year in which as much again is done: it adds up wherever what is done adds up."""
    cell = line.get(column)
    need(that=cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool)))
    return cell * 2 if isinstance(cell, int | float) else None


@mutation("a column of what is expected of the year", group="columns", stage=Stage.HEADER)
def year_estimate_added(document: Document, rng: Random) -> None:
    """Anywhere among the plan, the period and the comparisons; in a fourth quarter the year is the period."""
    page, table = _without_estimate(document, rng)
    is_budget, is_exports = table.form.startswith("budget"), table.form == "exports"
    need(that=document.quarter.number < _LAST or is_budget)
    done = _DONE[table.form]
    cells = [(line, _twice(line, done)) for line in page.of(table, Role.ROW, Role.TOTAL)]
    heading = _named(rng.choice(_HEADINGS), document)
    if document.quarter.number == _LAST:
        need(that=heading.lower().startswith("ước thực hiện"))
        document.refuse("ambiguous_column")
    labels = (heading, "Trị giá") if is_exports else (heading,)
    _insert(page, table, rng.randint(2, len(table.columns)), "year_estimate", labels)
    for line, cell in cells:
        line.put("year_estimate", cell)
        if line.truth is not None:
            said = line.truth[done]
            line.truth["year_estimate"] = said * 2 if isinstance(said, Decimal) else None


@mutation("a column that is nearly what is expected of the year", group="columns", stage=Stage.HEADER)
def year_estimate_lookalike(document: Document, rng: Random) -> None:
    """Of another year, of a part of the year, a percentage: none of the form's."""
    page, table = _without_estimate(document, rng)
    label = _named(choose(rng, _NEARLY if document.quarter.number == _LAST else _NEARLY_WITHIN), document)
    labels = (label, "Trị giá") if table.form == "exports" else (label,)
    _insert(page, table, rng.randint(2, len(table.columns)), f"({label})", labels)
    for line in page.of(table, Role.ROW, Role.TOTAL):
        line.put(f"({label})", rng.choice((rng.randint(1, 99_999), rng.randint(1, 99), None)))
