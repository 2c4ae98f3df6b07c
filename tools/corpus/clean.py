"""Clean sample workbooks as documents, and what they say: a walk over their cells that owes nothing to the reader.

Which physical column of a form is which, where its table begins and ends, and what its figures mean in the table's unit
is told here a second time on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples import Book, Sheet, all_books
from tools.corpus.document import Cell, Document, Line, Merge, Page, Role, Said, Table

SOURCES: dict[str, tuple[str, ...]] = {
    "budget_revenue": ("2023-Q1", "2023-Q3", "2024-Q1", "2024-Q2", "2024-Q4"),
    "budget_spending": ("2023-Q2", "2024-Q1", "2024-Q3", "2024-Q4"),
    "industry": ("2023-Q1", "2023-Q2", "2024-Q1", "2024-Q2"),
    "exports": ("2023-Q1", "2023-Q3", "2024-Q1", "2024-Q3"),
    "fisheries_vessels": ("2023-Q2", "2024-Q1", "2024-Q4"),
    "fisheries_cases": ("2023-Q1", "2024-Q1", "2024-Q3"),
    "fisheries_landings": ("2023-Q1", "2024-Q1", "2024-Q2", "2024-Q3"),
    "forestry": ("2023-Q4", "2024-Q4"),
    "crops": ("2024-Q4",),
    "water": ("2023-Q4", "2024-Q4"),
    "waste": ("2023-Q2", "2024-Q1", "2024-Q3", "2024-Q4"),
    "population": ("2023-Q1", "2024-Q1", "2024-Q3", "2024-Q4"),
    "employment": ("2023-Q4", "2024-Q1", "2024-Q4"),
    "poverty": ("2022-Q4", "2023-Q4"),
}
"""The folders and quarters whose sample has no planted defect (lagi_samples/README.md)."""

FEED_OF_FOLDER = {"crops": "forestry"}
MOST_RECORDS = 60
"""Rows of a vessel list that are kept: the list has nearly two thousand."""
NAMELESS_RECORDS = 3
"""Vessels without a register number that are kept beside them."""

_STT = frozenset({"STT", "TT"})
_BUDGET_ONE = ("ordinal", "content", "plan", "actual", "percent_of_plan", "percent_of_last_year")
_BUDGET_TWO = (
    "ordinal", "content", "plan_province", "plan_council", "actual", "percent_of_province", "percent_of_council",
    "percent_of_last_year",
)  # fmt: skip
_BUDGET_EXPECTED = (*_BUDGET_ONE[:4], "year_estimate", *_BUDGET_ONE[4:])
_TONNES = ("generated", "collected", "treated")
_PLACED = ("placed", "women", "by_loan", "abroad", "otherwise")
# By form, then by the number of columns: the columns from left to right. "stt" is no column of a form.
LAYOUTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "budget_revenue": (_BUDGET_ONE, _BUDGET_EXPECTED, _BUDGET_TWO),
    "budget_spending": (_BUDGET_ONE, _BUDGET_EXPECTED, _BUDGET_TWO),
    "industry": (
        ("ordinal", "branch", "plan", "value_quarter", "value_ytd", "percent_of_plan", "percent_of_last_year"),
    ),
    "exports": (
        (
            "ordinal", "goods", "quantity_unit", "quantity_quarter", "value_quarter", "quantity_ytd", "value_ytd",
            "percent_of_last_year",
        ),
        (
            "ordinal", "goods", "quantity_unit", "quantity_quarter", "value_quarter", "quantity_ytd", "value_ytd",
            "year_estimate", "percent_of_last_year",
        ),
    ),
    "fisheries_vessels": (
        (
            "stt", "register_text", "owner", "unit_label", "length_m", "power_kw", "gear", "licence_no",
            "licence_until", "inspection_until", "vms_since", "state",
        ),
    ),
    "fisheries_cases": (
        ("stt", "case_date", "register_text", "violation", "zone", "legal_basis", "fine_vnd", "authority"),
    ),
    "fisheries_landings": (("stt", "port", "month_text", "port_calls", "landed_t", "monitored_t"),),
    "forestry": (
        ("ordinal", "forest_class", "code", "area", "special_use", "protection", "production", "unplanned"),
    ),
    "forestry_crops": (("ordinal", "crop", "area"),),
    "water": (("stt", "unit_label", "households", "hygienic", "clean", "hygienic_percent", "clean_percent"),),
    "waste": (
        ("stt", "unit_label", *_TONNES),
        ("stt", "unit_label", *_TONNES, *(f"{name}_ytd" for name in _TONNES)),
    ),
    "population": (
        ("stt", "unit_label", "population_start", "births", "deaths", "arrivals", "departures", "population_end"),
    ),
    "employment": (("stt", "unit_label", *_PLACED), ("stt", "unit_label", *_PLACED, "trained")),
    "employment_labour": (("stt", "unit_label", "labour_force", "trained", "certified"),),
    "poverty": (
        (
            "stt", "unit_label", "area", "households", "poor_start", "left", "entered", "poor_end", "near_poor_end",
            "poor_percent",
        ),
    ),
}  # fmt: skip
LABELS = {
    "budget_revenue": "content", "budget_spending": "content", "industry": "branch", "exports": "goods",
    "fisheries_vessels": "register_text", "fisheries_cases": "violation", "fisheries_landings": "port",
    "forestry": "forest_class", "forestry_crops": "crop",
}  # fmt: skip
OUTLINES = frozenset({"budget_revenue", "budget_spending", "industry", "exports", "forestry_crops"})
LISTINGS = frozenset({"fisheries_vessels", "fisheries_cases", "fisheries_landings"})
BY_UNIT = frozenset({"water", "waste", "population", "employment", "employment_labour", "poverty"})

MONEY = frozenset({"plan", "plan_province", "plan_council", "actual", "value_quarter", "value_ytd", "year_estimate"})
PERCENTS = frozenset(
    {
        "percent_of_plan", "percent_of_province", "percent_of_council", "percent_of_last_year", "hygienic_percent",
        "clean_percent", "poor_percent",
    }
)  # fmt: skip
DAYS = frozenset({"licence_until", "inspection_until", "vms_since", "case_date"})
TEXTS = frozenset(
    {
        "register_text", "owner", "unit_label", "gear", "licence_no", "state", "violation", "zone", "legal_basis",
        "authority", "port", "month_text", "content", "branch", "goods", "quantity_unit", "forest_class",
        "code", "crop", "ordinal", "stt",
    }
)  # fmt: skip
COUNTS = frozenset(
    {
        "households", "hygienic", "clean", "population_start", "births", "deaths", "arrivals", "departures",
        "population_end", *_PLACED, "trained", "labour_force", "certified", "poor_start", "left", "entered", "poor_end",
        "near_poor_end", "port_calls",
    }
)  # fmt: skip
_UNADDED = PERCENTS | DAYS | frozenset({"quantity_quarter", "quantity_ytd", "length_m", "power_kw"})
_COMPARED_TEXTS = ("register_text", "gear", "licence_no", "state", "zone", "month_text", "code")
_SCALES = {
    "triệu đồng": Decimal("0.001"), "tỷ đồng": Decimal(1), "1.000 USD": Decimal("0.001"), "triệu USD": Decimal(1),
}  # fmt: skip
UNIT_CODES = {
    "Phước Hội": "23231", "Phước Lộc": "23232", "Tân Thiện": "23234", "Tân An": "23235", "Bình Tân": "23237",
    "Tân Hải": "23245", "Tân Tiến": "23246", "Tân Bình": "23248", "Tân Phước": "23268",
}  # fmt: skip
PHUONG = ("Phước Hội", "Phước Lộc", "Tân Thiện", "Tân An", "Bình Tân")
NATURAL_AREA = Decimal(18537)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_KIND = re.compile(r"^(?:Phường|Xã|P\.|X\.)\s+")
_MARK_LEVELS = ((re.compile("[AB]"), 0), (re.compile("I{1,3}|IV"), 1), (re.compile(r"\d+"), 2), (re.compile("-"), 3))


def is_figure(form: str, column: str) -> bool:
    """Whether numbers stand in a column."""
    return column not in DAYS and column not in TEXTS and not (form == "poverty" and column == "area")


def is_added(form: str, column: str) -> bool:
    """Whether the figures of a column add up to those of a parent or total."""
    return (
        is_figure(form, column)
        and column not in _UNADDED
        and not (form == "industry" and column == "plan")
        and form not in LISTINGS
        and form != "forestry"
    )


@cache
def books() -> dict[tuple[str, str], Book]:
    """The newest sample of each folder and quarter."""
    return {(book.feed, str(book.quarter)): book for book in all_books()}


@cache
def _clean(folder: str, quarter: str) -> Document:
    book = books()[folder, quarter]
    pages = [_page(sheet, folder) for sheet in book.sheets]
    document = Document(FEED_OF_FOLDER.get(folder, folder), Quarter.parse(quarter), pages)
    document.has_history = (folder, quarter) not in {
        (name, min(found for source, found in books() if source == name)) for name in SOURCES
    } and folder not in {"crops", "fisheries_vessels", "fisheries_cases", "fisheries_landings"}
    return document


def clean_document(folder: str, quarter: str) -> Document:
    """A clean workbook, free to be changed."""
    return deepcopy(_clean(folder, quarter))


def _page(sheet: Sheet, folder: str) -> Page:
    rows: list[list[Cell]] = [list(row) for row in sheet.rows]
    left = min((_first(row) for row in rows if any(cell is not None for cell in row)), default=0)
    rows = [row[left:] for row in rows]
    head = next((at for at, row in enumerate(rows) if row and row[0] in _STT), None)
    if head is None:
        return Page(sheet.name, [Line(row, Role.NOTE) for row in rows], left=left)
    depth = next((area[2] - area[0] + 1 for area in sheet.merges if area[:2] == (head, left)), 1)
    if depth == 1 and rows[head + 1][0] is None and rows[head + 1][1] is None:
        depth = 2
    end = next(at for at in range(head + depth, len(rows)) if all(cell is None for cell in rows[at]))
    form = _form_of(folder, rows[head])
    table = Table(form, list(_layout(form, len(rows[head]))), LABELS.get(form, "unit_label"))
    if form == "fisheries_vessels":
        start = head + depth
        nameless = [row for row in rows[start + MOST_RECORDS : end] if row[1] is None][:NAMELESS_RECORDS]
        rows[start + MOST_RECORDS : end] = nameless
        end = start + MOST_RECORDS + len(nameless)
    lines = [Line(_padded(row, table), _role(row, at, head, depth, end), table) for at, row in enumerate(rows)]
    page = Page(sheet.name, lines, left=left)
    # A merged area may end beside the last filled row of a header only.
    page.merges = [
        Merge(lines[top], lines[bottom], first - left, last - left)
        for top, first, bottom, last in sheet.merges
        if bottom < len(lines)
    ]
    for line in lines:
        if line.role is Role.ROW:
            line.cells = [
                _number(cell) if is_figure(form, column) and isinstance(cell, str) else cell
                for column, cell in zip(table.columns, line.cells, strict=True)
            ]
    _tell_truth(lines, table)
    return page


def _number(text: str) -> Cell:
    """A number that the sample prints as text, as a number."""
    bare = text.replace(".", "").replace(",", ".")
    return float(bare) if _NUMBER.fullmatch(bare) else text


def _first(row: Sequence[Cell]) -> int:
    return next(at for at, cell in enumerate(row) if cell is not None)


def _form_of(folder: str, head: Sequence[Cell]) -> str:
    if "Nhóm cây" in head:
        return "forestry_crops"
    if "Lực lượng lao động" in head:
        return "employment_labour"
    return folder


def _layout(form: str, width: int) -> tuple[str, ...]:
    return next(layout for layout in LAYOUTS[form] if len(layout) == width)


def _padded(row: list[Cell], table: Table) -> list[Cell]:
    return row + [None] * (len(table.columns) - len(row))


def _role(row: Sequence[Cell], at: int, head: int, depth: int, end: int) -> Role:
    if all(cell is None for cell in row):
        return Role.BLANK
    if at < head:
        return _role_above(row)
    if at >= end:
        return Role.NOTE
    if at < head + depth:
        return Role.HEADER
    return Role.NUMBERING if row[:2] == ["A", "B"] else Role.ROW


def _role_above(row: Sequence[Cell]) -> Role:
    texts = [cell for cell in row if isinstance(cell, str)]
    if any(text.startswith(("Đơn vị tính", "ĐVT")) for text in texts):
        return Role.UNIT
    if any(text.startswith(("Diện tích tự nhiên", "Giá so sánh", "(Số liệu")) for text in texts):
        return Role.PREFACE
    # The letterhead is what stands in two halves, as far as the day in its third line.
    return Role.LETTERHEAD if len(texts) > 1 or texts[0].startswith(("ỦY BAN", "THỊ XÃ", "Đơn vị:")) else Role.TITLE


def _tell_truth(lines: Sequence[Line], table: Table) -> None:
    for line in lines:
        if line.role is Role.UNIT:
            said = next(cell for cell in line.cells if isinstance(cell, str)).partition(":")[2].strip()
            table.scale = _SCALES.get(said, Decimal(1))
    rows = [line for line in lines if line.role is Role.ROW]
    for line in rows:
        label = line.get(table.label)
        line.key = _KIND.sub("", label) if isinstance(label, str) else ""
    if table.form in BY_UNIT:
        _tell_units(rows)
    else:
        for line in rows:
            line.truth = said_by(line)
    if table.form in OUTLINES:
        _tell_parents(rows)
    if table.form == "forestry":
        for line in lines:
            if line.role is Role.PREFACE:
                line.truth = {"code": "natural_area", "area": NATURAL_AREA}
                line.key = "natural_area"


def _tell_units(rows: Sequence[Line]) -> None:
    """Units are rows; blocks and totals are none: a unit's parent is its block, or else the total."""
    total = next(line for line in rows if line.key.startswith("Tổng"))
    above: Line | None = None
    for line in rows:
        code = UNIT_CODES.get(line.key)
        if code:
            line.truth = said_by(line) | {"unit_code": code}
            line.parent = above or total
        else:
            line.role = Role.TOTAL
            if line is not total:
                above = line
                line.parent = total


def _tell_parents(rows: Sequence[Line]) -> None:
    total = next((line for line in rows if line.key.startswith("Tổng") and line.cells[0] is None), None)
    above: list[tuple[int, Line]] = []
    for line in rows:
        marker = str(line.cells[0] or "")
        level = next((level for mark, level in _MARK_LEVELS if mark.fullmatch(marker)), None)
        if level is None:
            continue
        above = [(depth, other) for depth, other in above if depth < level]
        line.parent = above[-1][1] if above else total
        above.append((level, line))


def said_by(line: Line) -> dict[str, Said]:
    """What the clean cells of a row mean."""
    table = line.table
    if table is None:
        raise ValueError("a line of no table says nothing")
    said: dict[str, Said] = {}
    for column, cell in zip(table.columns, line.cells, strict=True):
        if column in DAYS:
            said[column] = cell if isinstance(cell, date) else None
        elif column in _COMPARED_TEXTS:
            said[column] = cell.lower() if isinstance(cell, str) and column in {"state", "zone"} else _text(cell)
        elif is_figure(table.form, column):
            said[column] = _figure(table, column, cell)
    return said


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell)


def _figure(table: Table, column: str, cell: Cell) -> Decimal | None:
    if table.form == "forestry" and cell == "-":
        return Decimal(0)  # a zero prints as "-" there and only there
    if not isinstance(cell, int | float):
        return None
    return Decimal(repr(cell)) * (table.scale if column in MONEY else 1)
