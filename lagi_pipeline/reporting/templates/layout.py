"""Where everything of a blank form stands: titles, header, rows, signatures. Pure: nothing is written here.

All positions are zero-based, from the sheet's first cell on.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count, groupby

from lagi_pipeline.catalogue.place import Office, Place, Unit
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.form import CellKind, Column, Covers, Form, Listing, Outline, UnitRows
from lagi_pipeline.intake.outline import place_rows
from lagi_pipeline.vietnamese.text import capitalised
from lagi_pipeline.vietnamese.units import load_units, lookup

_PER_CENT, _WITHOUT_UNIT = "%", "index"
_ORDINAL = "ordinal"
_NAMES_THE_PERIOD = re.compile(r"\bquý$")
_BLOCKS = (("I", "Thành thị", True), ("II", "Nông thôn", False))
_MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_TITLE_ROW = 4
_UNDATED = "……………, ngày …… tháng …… năm ……"
_BASES = ("Giá so sánh 2010", "Giá hiện hành")
_WIDTHS = {CellKind.TEXT: 16.0, CellKind.FIGURE: 15.0, CellKind.COUNT: 13.0, CellKind.DAY: 13.0}
_ORDINAL_WIDTH, _LABEL_WIDTH, _LONG_LABEL_WIDTH = 6.0, 26.0, 46.0
_LONG_LABEL = 30
_PAGE_WIDTH = 118.0
"""Characters that a landscape A4 page holds at a readable size; narrower tables are widened to it."""


class Look(StrEnum):
    """What a text outside the table is, and so how it looks."""

    AGENCY = "agency"
    MOTTO = "motto"
    DATED = "dated"
    TITLE = "title"
    PERIOD = "period"
    PREFACE = "preface"
    NOTE = "note"
    UNIT = "unit"
    LINE = "line"
    FIGURE = "figure"
    SIGNATURE = "signature"


class RowKind(StrEnum):
    """What a row of the table is."""

    NAMED = "named"
    """Of an outline or a listing, with a label."""
    UNIT = "unit"
    BLOCK = "block"
    TOTAL = "total"
    BLANK = "blank"
    """The office names it."""


@dataclass(frozen=True)
class Area:
    """Cells from the first to the last row and column, all included."""

    row: int
    column: int
    last_row: int
    last_column: int

    @property
    def is_merged(self) -> bool:
        """Whether it is more than one cell."""
        return (self.row, self.column) != (self.last_row, self.last_column)


@dataclass(frozen=True)
class Text:
    """A text outside the table. ``choices`` are what else may stand there; ``is_open`` whether the office may write."""

    area: Area
    text: str
    look: Look
    choices: tuple[str, ...] = ()
    hint: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class TableColumn:
    """A column of the table: its header labels, outermost first; ``column`` is None for an STT that nothing reads."""

    path: tuple[str, ...]
    column: Column | None
    width: float

    @property
    def kind(self) -> CellKind | None:
        """What its cells are; None for an STT that nothing reads."""
        return None if self.column is None else self.column.kind


@dataclass(frozen=True)
class BodyRow:
    """A row of the table: what it is, and what stands printed in it by the position of the column."""

    kind: RowKind
    printed: dict[int, str | int] = field(default_factory=dict)
    unit: Unit | None = None
    level: int = 0
    """How deep in an outline: 0 is the top."""


@dataclass(frozen=True)
class Asked:
    """A form asked for: of which quarter, whether its figures are of the year, and the name of its worksheet."""

    form: Form
    quarter: Quarter
    is_yearly: bool
    sheet: str


@dataclass(frozen=True)
class Layout:
    """A blank form of a place and a quarter."""

    form: Form
    quarter: Quarter
    sheet: str
    columns: tuple[TableColumn, ...]
    above: tuple[Text, ...]
    header: tuple[tuple[Area, str], ...]
    numbering: tuple[str, ...]
    body: tuple[BodyRow, ...]
    below: tuple[Text, ...]
    units: tuple[Unit, ...]
    """The reporting units on the quarter's last day."""

    @property
    def header_rows(self) -> tuple[int, int]:
        """The first and last row of the header, without the row of column numbers."""
        return min(area.row for area, _ in self.header), max(area.last_row for area, _ in self.header)

    @property
    def first_row(self) -> int:
        """Where the first row of the table's body stands."""
        return self.header_rows[1] + 1 + bool(self.numbering)

    @functools.cached_property
    def places(self) -> dict[str, int]:
        """The position of each column of the form that the blank form has."""
        return {column.column.name: at for at, column in enumerate(self.columns) if column.column}

    @property
    def label(self) -> int:
        """The position of the column that names the rows."""
        return self.places[self.form.label]

    def figure_of(self, line: str) -> tuple[int, int]:
        """Where the figure of a line of its own goes: row and column.

        Raises:
            KeyError: the form has no such line.
        """
        labels = {known.labels[0] for known in self.form.lines if known.code == line}
        for text, figure in zip(self.above, self.above[1:], strict=False):
            if text.look is Look.LINE and text.text.rstrip(":") in labels:
                return figure.area.row, figure.area.column
        raise KeyError(line)

    def text_of(self, look: Look) -> Text:
        """The one text above the table of that look.

        Raises:
            ValueError: there is none, or several.
        """
        [text] = [text for text in self.above if text.look is look]
        return text

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text outside the table."""
        return self.above + self.below

    @property
    def unit(self) -> str | None:
        """The unit that the unit line names at first; None where there is no such line."""
        return _common_unit(self.form, [c.column for c in self.columns if c.column])


def layout_of(asked: Asked, place: Place, offices: Sequence[Office]) -> Layout:
    """The blank form that ``offices`` owe; a heading names the only one, several are to choose from."""
    form, quarter = asked.form, asked.quarter
    units = tuple(place.units_on(quarter.end))
    columns = _columns(form, quarter)
    above = (*_letterhead(place, offices, columns), *_titles(asked, columns))
    header = tuple(_header(columns, above[-1].area.row + 1))
    numbering = () if _is_plain_list(form) else tuple(_numbering(columns))
    body = tuple(_body(form, units, {"" if c.column is None else c.column.name: at for at, c in enumerate(columns)}))
    end = max(area.last_row for area, _ in header) + 1 + bool(numbering) + len(body)
    return Layout(
        form, quarter, asked.sheet, columns, above, header, numbering, body, tuple(_below(columns, end)), units
    )


def _is_plain_list(form: Form) -> bool:
    return isinstance(form.rows, Listing) and not form.rows.usual


# --- columns ---


def _columns(form: Form, quarter: Quarter) -> tuple[TableColumn, ...]:
    """An STT and the columns that the blank form asks for, wide enough together for a page."""
    asked = [
        column
        for column in form.columns
        if not column.personal and column.name not in form.unasked and column.is_asked_in(quarter)
    ]
    columns = [_table_column(form, asked, column, quarter) for column in asked]
    if not any(column.name == _ORDINAL for column in asked):
        columns.insert(0, TableColumn(("STT",), None, _ORDINAL_WIDTH))
    free = sum(column.width for column in columns) - _ORDINAL_WIDTH
    factor = max(1.0, (_PAGE_WIDTH - _ORDINAL_WIDTH) / free)
    return tuple(
        column if column.width == _ORDINAL_WIDTH else replace(column, width=round(column.width * factor, 1))
        for column in columns
    )


def _table_column(form: Form, asked: Sequence[Column], column: Column, quarter: Quarter) -> TableColumn:
    path = [_with_period(label, form, quarter) for label in column.labels[0].split(" / ")]
    unit = column.unit if column.unit not in {None, _PER_CENT, _WITHOUT_UNIT} else None
    if unit and _common_unit(form, asked) is None:
        path[-1] = f"{path[-1]} ({unit})"
    return TableColumn(tuple(path), column, _width(form, column))


def _with_period(label: str, form: Form, quarter: Quarter) -> str:
    """A header that ends in "quý" names the quarter, or in cumulative forms the months."""
    words = ("quý I", "6 tháng", "9 tháng", "năm")[quarter.number - 1]
    return _NAMES_THE_PERIOD.sub(words if form.covers is Covers.YTD else f"quý {quarter.roman}", label)


def _common_unit(form: Form, asked: Sequence[Column]) -> str | None:
    """The unit that a unit line states for all figures; None where each header has to state its own."""
    stated = [column.unit for column in asked if column.unit and column.unit not in {_PER_CENT, _WITHOUT_UNIT}]
    if form.unit_line:
        return form.usual_unit or stated[0]
    return stated[0] if len(stated) > 1 and len(set(stated)) == 1 else None


def _width(form: Form, column: Column) -> float:
    if column.name == _ORDINAL:
        return _ORDINAL_WIDTH
    if column.name == form.label and column.shape is None:
        usual = () if isinstance(form.rows, UnitRows) else form.rows.usual
        return _LONG_LABEL_WIDTH if any(len(row.label) > _LONG_LABEL for row in usual) else _LABEL_WIDTH
    return _WIDTHS[column.kind]


def _header(columns: Sequence[TableColumn], top: int) -> Iterator[tuple[Area, str]]:
    """The header's cells: a group spans its columns, a column's own label the rows below its groups."""
    depth = max(len(column.path) for column in columns)
    for level in range(depth):
        groups = groupby(range(len(columns)), key=lambda at: _group(columns[at].path, level, at))
        for _, positions in groups:
            first, *more = positions
            path = columns[first].path
            if level < len(path):
                is_last = level == len(path) - 1
                last_row = top + depth - 1 if is_last else top + level
                yield Area(top + level, first, last_row, more[-1] if more else first), path[level]


def _group(path: Sequence[str], level: int, at: int) -> tuple[object, ...]:
    """What columns must share to stand under one label of that level: all labels down to it, and one below."""
    return (*path[: level + 1],) if len(path) > level + 1 else (at,)


def _numbering(columns: Sequence[TableColumn]) -> Iterator[str]:
    """A, B, … above texts, 1, 2, … above figures."""
    texts, figures = iter("ABCDEFGHIJ"), iter(range(1, len(columns) + 1))
    for column in columns:
        yield next(texts) if column.kind in {None, CellKind.TEXT} else str(next(figures))


# --- rows ---


def _body(form: Form, units: Sequence[Unit], at: Mapping[str, int]) -> Iterator[BodyRow]:
    """The rows of the table; ``at`` is the position of each column by its name, "" the STT that nothing reads."""
    if isinstance(form.rows, UnitRows):
        yield from _in_blocks(form, units, at) if form.rows.blocks else _in_order(form, units, at)
        return
    usual = form.rows.usual
    positions = place_rows([row.marker for row in usual], [row.label for row in usual])
    for row, position in zip(usual, positions, strict=True):
        is_total = isinstance(form.rows, Outline) and position is None
        if row.label:
            printed = dict(row.beside) | {form.label: row.label} | ({_ORDINAL: row.marker} if row.marker else {})
            kind = RowKind.TOTAL if is_total else RowKind.NAMED
            level = position.path.count(".") if position else 0
            yield BodyRow(kind, {at[name]: text for name, text in printed.items()}, level=level)
        else:
            yield BodyRow(RowKind.BLANK)
    if isinstance(form.rows, Listing):
        yield from [BodyRow(RowKind.BLANK)] * form.rows.blank_rows


def _in_order(form: Form, units: Sequence[Unit], at: Mapping[str, int]) -> Iterator[BodyRow]:
    for number, unit in enumerate(units, start=1):
        yield BodyRow(RowKind.UNIT, {at[""]: number, at[form.label]: capitalised(unit.label_vi)}, unit)
    yield BodyRow(RowKind.TOTAL, {at[form.label]: "Tổng cộng"})


def _in_blocks(form: Form, units: Sequence[Unit], at: Mapping[str, int]) -> Iterator[BodyRow]:
    """The urban block and the rural block, each headed by its subtotal, and the total of both.

    Where the form has another column of text, it repeats the block beside each unit.
    """
    beside = [at[c.name] for c in form.columns if c.kind is CellKind.TEXT and c.name != form.label]
    for marker, label, urban in _BLOCKS:
        own = [unit for unit in units if unit.urban is urban]
        if own:
            yield BodyRow(RowKind.BLOCK, {at[""]: marker, at[form.label]: label})
        for number, unit in enumerate(own, start=1):
            printed: dict[int, str | int] = {at[""]: number, at[form.label]: capitalised(unit.label_vi)}
            yield BodyRow(RowKind.UNIT, printed | dict.fromkeys(beside, label), unit, level=1)
    yield BodyRow(RowKind.TOTAL, {at[form.label]: "Tổng cộng (I+II)"})


# --- texts around the table ---


def _letterhead(place: Place, offices: Sequence[Office], columns: Sequence[TableColumn]) -> Iterator[Text]:
    senders = tuple(f"Đơn vị: {office.name_vi}" for office in offices)
    is_known = len(senders) == 1
    choices = () if is_known else senders
    (left, right), (below_left, below_right), (_, last) = (_halves(columns, row) for row in range(3))
    yield Text(left, place.file.name_vi.upper(), Look.AGENCY)
    yield Text(right, _MOTTO[0], Look.MOTTO)
    hint = "" if is_known else "Tên cơ quan lập biểu."
    yield Text(below_left, senders[0] if is_known else "Đơn vị:", Look.AGENCY, choices, hint, is_open=not is_known)
    yield Text(below_right, _MOTTO[1], Look.MOTTO)
    yield Text(last, _UNDATED, Look.DATED, hint="Nơi và ngày lập biểu.", is_open=True)


def _titles(asked: Asked, columns: Sequence[TableColumn]) -> Iterator[Text]:
    form, rows, last = asked.form, count(_TITLE_ROW), len(columns) - 1
    period = _period(asked)

    def across() -> Area:
        row = next(rows)
        return Area(row, 0, row, last)

    yield Text(across(), form.title_vi.upper(), Look.TITLE)
    choices = (period, f"ƯỚC THỰC HIỆN {period}")
    yield Text(across(), period, Look.PERIOD, choices, "Nếu là số ước, chọn dòng có chữ ƯỚC.", is_open=True)
    if form.basis:
        yield Text(across(), _BASES[0], Look.PREFACE, _BASES, "Chọn giá so sánh hay giá hiện hành.", is_open=True)
    if isinstance(form.rows, Listing) and form.covers is Covers.EITHER:
        yield Text(across(), f"(Số liệu đến ngày {asked.quarter.end:%d/%m/%Y})", Look.PREFACE)
    label = next(at for at, column in enumerate(columns) if column.column and column.column.name == form.label)
    for line in form.lines:
        row, unit = next(rows), form.column(line.column).unit or ""
        yield Text(Area(row, label, row, label), f"{line.labels[0]}:", Look.LINE)
        hint = f"Ghi số, tính bằng {unit}."
        yield Text(Area(row, label + 1, row, label + 1), "", Look.FIGURE, hint=hint, is_open=True)
        yield Text(Area(row, label + 2, row, label + 2), unit, Look.NOTE)
    yield from _unit_line(form, columns, next(rows))


def _period(asked: Asked) -> str:
    """The period in the words that the form's figures call for (``Covers``)."""
    quarter, covers = asked.quarter, asked.form.covers
    of_quarter = f"QUÝ {quarter.roman} NĂM {quarter.year}"
    months = ("QUÝ I NĂM {}", "6 THÁNG ĐẦU NĂM {}", "9 THÁNG NĂM {}", "NĂM {}")[quarter.number - 1]
    so_far = months.format(quarter.year)
    if covers is Covers.YTD or (covers is Covers.EITHER and asked.is_yearly):
        return so_far
    if covers is Covers.QUARTER or _is_plain_list(asked.form) or quarter.number == 1:
        return of_quarter
    return f"QUÝ {quarter.roman} VÀ {so_far}"


def _unit_line(form: Form, columns: Sequence[TableColumn], row: int) -> Iterator[Text]:
    unit = _common_unit(form, [column.column for column in columns if column.column])
    if unit is None:
        return
    choices: tuple[str, ...] = ()
    if form.unit_line:
        dimension = form.unit_line
        known = dict.fromkeys(known.label for known in load_units().values() if known.dimension == dimension)
        choices = tuple(f"Đơn vị tính: {label}" for label in known)
    spelled = lookup(unit)
    first = max(len(columns) - 3, 0)
    yield Text(
        Area(row, first, row, len(columns) - 1),
        f"Đơn vị tính: {spelled.label if spelled else unit}",
        Look.UNIT,
        choices,
        "Chọn đơn vị tính của mọi số liệu trong bảng." if choices else "",
        is_open=bool(choices),
    )


def _below(columns: Sequence[TableColumn], row: int) -> Iterator[Text]:
    last = len(columns) - 1
    yield Text(Area(row + 1, 0, row + 1, last), "Ghi chú: cách ghi biểu xem trang «Hướng dẫn».", Look.NOTE)
    yield Text(Area(row + 2, 0, row + 2, last), "Ghi chú của đơn vị:", Look.NOTE, is_open=True)
    for at, texts in enumerate((("Người lập biểu", "Thủ trưởng đơn vị"), ("(Ký tên)", "(Ký tên, đóng dấu)"))):
        for area, text in zip(_halves(columns, row + 4 + at), texts, strict=True):
            yield Text(area, text, Look.SIGNATURE)


def _halves(columns: Sequence[TableColumn], row: int) -> tuple[Area, Area]:
    """The left and the right half of a row, about equally wide."""
    total = sum(column.width for column in columns)
    edges = range(1, len(columns))
    middle = min(edges, key=lambda edge: abs(sum(column.width for column in columns[:edge]) - total / 2))
    return Area(row, 0, row, middle - 1), Area(row, middle, row, len(columns) - 1)
