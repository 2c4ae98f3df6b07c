"""A sheet of the sender's in a slip: its values in their places and their look, the cells in question marked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.worksheet import Worksheet

from lagi_pipeline.catalogue.findings import FindingsFile
from lagi_pipeline.intake.cells import show
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.grid import Unreadable, Value
from lagi_pipeline.reporting.slips.dress import Dress
from lagi_pipeline.reporting.slips.marking import (
    A4,
    AUTHOR,
    FILL,
    HIGHEST_ROW,
    LINE_FONT,
    LINE_HEIGHT,
    SEVERITY_VI,
    TAB,
    Formats,
    Look,
    lines_of,
    quoted,
    sentence,
    short,
)
from lagi_pipeline.reporting.slips.pages import FEWEST_IN_TABLE, Page, estimated_widths
from lagi_pipeline.reporting.slips.returned import Listed

_RULED: Look = {"border": 1, "border_color": "#BFBFBF"}
_FIRST_EXCEL_DAY = date(1900, 3, 1)


class Copy:
    """A sheet of the sender's."""

    def __init__(
        self, sheet: Worksheet, formats: Formats, page: Page, listed: Sequence[Listed], words: FindingsFile
    ) -> None:
        self._sheet, self._formats, self._page, self._words = sheet, formats, page, words
        self._marked: dict[tuple[int, int], Severity] = {}
        self._comments: dict[tuple[int, int], list[Listed]] = {}
        for finding in listed:
            places = page.places(finding)
            for place in places:
                # Errors come first in the list, and a cell that has one stays red.
                self._marked.setdefault(place, finding.severity)
            if places:
                self._comments.setdefault(places[0], []).append(finding)

    def write(self) -> None:
        """Write the sheet."""
        self._write_cells()
        self._write_merges()
        self._write_lines()
        for (row, column), findings in self._comments.items():
            text = "\n\n".join(self._comment(finding) for finding in findings)
            lines = sum(math.ceil((len(line) + 1) / 52) for line in text.split("\n"))
            self._sheet.write_comment(
                row, column, short(text), {"author": AUTHOR, "width": 330, "height": 17 * lines + 12, "font_size": 9}
            )
        if self._marked:
            self._sheet.set_tab_color(
                TAB[Severity.ERROR if Severity.ERROR in self._marked.values() else Severity.WARNING]
            )
        elif self._page.sheet.hidden:
            self._sheet.hide()
        self._sheet.set_landscape()
        self._sheet.set_paper(A4)
        self._sheet.fit_to_pages(1, 0)
        if self._page.kept is not None:
            self._sheet.set_default_row(hide_unused_rows=True)

    def _comment(self, finding: Listed) -> str:
        words = self._words.of(finding.rule)
        title = SEVERITY_VI[finding.severity].upper()
        return f"{title}: {sentence(finding.reason)}\nCần: {words.expected}\nCách sửa: {words.mend}"

    def _write_cells(self) -> None:
        page = self._page
        sheet = page.sheet
        looks = page.dress.looks if page.dress else {}
        for position in page.shown_rows():
            row, cells = sheet.first_row + position, sheet.rows[position][: page.width]
            ruled = _ruled(cells) if page.dress is None else range(0)
            for place, value in enumerate(cells):
                column = sheet.first_column + place
                self._put(row, column, value, _RULED if place in ruled else looks.get((row, column), {}))
        for row, column in self._marked:
            if page.value(row, column) == "":
                self._put(row, column, "", looks.get((row, column), {}))

    def _look(self, row: int, column: int, look: Look) -> Look:
        severity = self._marked.get((row, column))
        return look if severity is None else look | {"bg_color": FILL[severity], "font_color": "#000000"}

    def _put(self, row: int, column: int, value: Value, look: Look) -> None:
        """Write a value as what it is; what no cell can hold is written as its text."""
        sheet = self._sheet
        look = self._look(row, column, look)
        if value == "":
            if look:
                sheet.write_blank(row, column, None, self._formats.of(look))
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, self._formats.of(look))
        elif isinstance(value, int | float) and math.isfinite(value):
            if (row, column) in self._page.sheet.percents:
                look = {"num_format": "0.00%"} | look
            sheet.write_number(row, column, value, self._formats.of(look))
        elif _is_moment(value):
            look = {"num_format": _moment_format(value)} | look
            sheet.write_datetime(row, column, value, self._formats.of(look))
        else:
            text = value.text if isinstance(value, Unreadable) else show(value)
            sheet.write_string(row, column, short(text), self._formats.of(quoted(text, look)))

    def _write_merges(self) -> None:
        """Merge what lies within the grid; what overlaps, as no program writes it, stays apart."""
        page = self._page
        sheet = page.sheet
        looks = page.dress.looks if page.dress else {}
        last_row = sheet.first_row + len(sheet.rows) - 1
        last_column = sheet.first_column + page.width - 1
        shown = None if page.kept is None else {sheet.first_row + row for row in page.kept}
        for (top, left), (bottom, right) in sheet.merges:
            end = min(bottom, last_row), min(right, last_column)
            is_area = end[0] >= top and end[1] >= left and end != (top, left)
            if not is_area or (shown is not None and any(row not in shown for row in range(top, end[0] + 1))):
                continue
            look = looks.get((top, left), {"align": "center", "valign": "vcenter", "text_wrap": True})
            try:
                self._sheet.merge_range(top, left, *end, "", self._formats.of(self._look(top, left, look)))
            except OverlappingRange:
                continue
            self._put(top, left, page.value(top, left), look)

    def _write_lines(self) -> None:
        """Widths and heights, and what is hidden: a row or column with a finding never is."""
        page = self._page
        sheet, dress = page.sheet, page.dress or Dress()
        marked_rows = {row for row, _ in self._marked}
        marked_columns = {column for _, column in self._marked}
        estimated = estimated_widths(page)
        widths: dict[int, float] = {}
        for column in range(sheet.first_column, sheet.first_column + page.width):
            widths[column] = dress.widths.get(column) or estimated(column)
            hidden = {"hidden": column in dress.hidden_columns and column not in marked_columns}
            self._sheet.set_column(column, column, widths[column], None, hidden)
        heights = self._wrapped_heights(widths) | dress.heights
        last = sheet.first_row + len(sheet.rows)
        for row in sorted(row for row in {*heights, *sheet.hidden_rows} if row < last):
            hidden = {"hidden": row in sheet.hidden_rows and row not in marked_rows}
            self._sheet.set_row(row, heights.get(row), None, hidden)

    def _wrapped_heights(self, widths: Mapping[int, float]) -> dict[int, float]:
        """The heights of rows with wrapped texts: not every program fits a row to them."""
        page = self._page
        merged = {top_left for top_left, _ in page.sheet.merges}
        lines: dict[int, int] = {}
        for (row, column), look in page.dress.looks.items() if page.dress else ():
            value = page.value(row, column)
            if look.get("text_wrap") and isinstance(value, str) and value and (row, column) not in merged:
                scale = look.get("font_size", LINE_FONT) / LINE_FONT
                lines[row] = max(lines.get(row, 1), math.ceil(lines_of(value, widths[column] / scale) * scale))
        return {row: min(count * LINE_HEIGHT, HIGHEST_ROW) for row, count in lines.items() if count > 1}


def _ruled(cells: Sequence[Value]) -> range:
    """The places of a row that get lines where the file has no look of its own: those of a table's row."""
    filled = [place for place, value in enumerate(cells) if value != ""]
    return range(filled[0], filled[-1] + 1) if len(filled) >= FEWEST_IN_TABLE else range(0)


def _is_moment(value: Value) -> bool:
    """Whether Excel can hold it as a date, a time or a duration: none before 1900, whose first months it gets wrong."""
    if isinstance(value, datetime):
        return value.tzinfo is None and value.date() >= _FIRST_EXCEL_DAY
    if isinstance(value, date):
        return value >= _FIRST_EXCEL_DAY
    return isinstance(value, time) or (isinstance(value, timedelta) and value >= timedelta())


def _moment_format(value: Value) -> str:
    if isinstance(value, datetime):
        return "dd/mm/yyyy" if value.time() == time() else "dd/mm/yyyy hh:mm"
    if isinstance(value, date):
        return "dd/mm/yyyy"
    return "hh:mm" if isinstance(value, time) else "[h]:mm"
