"""Text tables (.csv, .tsv), read as a stream: a million rows must fit into memory, so a repeated text is kept once."""

from __future__ import annotations

import csv
import gc
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice, zip_longest
from pathlib import Path

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.area import too_many_cells
from lagi_pipeline.intake.formats.cleaning import Survey
from lagi_pipeline.intake.formats.encoding import find_encoding
from lagi_pipeline.intake.grid import Sheet, Value, Workbook

DELIMITERS = (";", "\t", ",")
"""In the order of trust: a comma is in every Vietnamese decimal."""

_BLOCK = 4096  # rows
_SAMPLE_LINES = 300
_SHARE = 0.5
_MOST_KEPT = 5_000  # distinct texts of a column; one with more is a column of names or numbers
_POINTER = 8  # bytes
_SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=([;,\t])"?\s*', re.IGNORECASE)


def read_delimited(path: Path) -> tuple[Workbook, Survey]:
    """The table as the one sheet of a workbook, and what was seen of its texts.

    Raises:
        RefusedFileError: not text, damaged quotes, or larger than the limits.
    """
    encoding = find_encoding(path)
    with path.open(encoding=encoding, newline="") as stream:
        head = list(islice(stream, _SAMPLE_LINES))
        # A combining mark after its letter, as Windows-1258 and some keyboards write tones, becomes one letter.
        lines = map(_composed, chain(head, stream))
        if head and (separator := _SEPARATOR_LINE.fullmatch(head[0])):
            next(lines)  # a word to Excel, which does not show it as a row
            delimiter = separator[1]
        else:
            delimiter = find_delimiter(head, tabs_first=path.suffix.lower() == ".tsv")
        table = _Table()
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            with _without_collector():
                while block := list(islice(reader, _BLOCK)):
                    table.add(block)
        except csv.Error as error:
            raise _refused(error, reader.line_num) from error
    return Workbook([Sheet(path.stem, table.rows(), delimited=True)]), table.survey


def _composed(line: str) -> str:
    return line if line.isascii() else unicodedata.normalize("NFC", line)


def find_delimiter(lines: Sequence[str], *, tabs_first: bool = False) -> str:
    """What separates the cells, by the first lines: what most of the lines with any have equally often."""
    order = ("\t", ";", ",") if tabs_first else DELIMITERS
    widths = {delimiter: _widths(lines, delimiter) for delimiter in order}
    divided = max(found.total() for found in widths.values())
    for delimiter, found in widths.items():
        if found and max(found.values()) >= _SHARE * divided:
            return delimiter
    return max(order, key=lambda delimiter: max(widths[delimiter].values(), default=0))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Leave the garbage collector out: it would look through a million rows again and again, and none is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _widths(lines: Sequence[str], delimiter: str) -> Counter[int]:
    """How many lines have how many cells, those with one aside."""
    found: Counter[int] = Counter()
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            found[len(row)] += 1
    except csv.Error:  # told when the table is read
        pass
    return Counter({width: count for width, count in found.items() if width > 1})


def _refused(error: csv.Error, line: int) -> RefusedFileError:
    if "field limit" in str(error):
        return RefusedFileError(f"dòng {line}: có ô dài hơn {csv.field_size_limit():,} ký tự", rule="long_line")
    return RefusedFileError(f"dòng {line}: dấu ngoặc kép không đúng ({error})", rule="unreadable")


def _size(text: str) -> int:
    return _rounded(sys.getsizeof(text))


def _rounded(size: int) -> int:
    """What Python takes for so many bytes: memory comes in steps of 16."""
    return (size + 15) & ~15


class _Column:
    """A column's texts: while they are few and come again, each is kept once."""

    def __init__(self) -> None:
        self._kept: dict[str, str] | None = {}

    def take(self, texts: Sequence[str], survey: Survey) -> tuple[Sequence[str], int]:
        """The texts, repeated ones as one object, and the bytes they newly take."""
        if self._kept is None:
            survey.add(texts)
            return texts, sum(map(_size, texts))
        new = set(texts).difference(self._kept)
        survey.add(new)
        self._kept.update(zip(new, new, strict=True))
        taken = list(map(self._kept.__getitem__, texts))
        if len(self._kept) > _MOST_KEPT:
            self._kept = None
        return taken, sum(map(_size, new))


class _Table:
    """Rows as they come, block by block, each as wide as what is filled of its block."""

    def __init__(self) -> None:
        self.survey = Survey()
        self._rows: list[list[Value]] = []
        self._columns: list[_Column] = []
        self._width = self._filled = self._bytes = 0

    def add(self, block: list[list[str]]) -> None:
        """Take rows in.

        Raises:
            RefusedFileError: there are more than can be held.
        """
        if max(map(len, block)) > limits.COLUMNS:
            raise too_many_cells()
        columns = list(zip_longest(*block, fillvalue=""))
        while columns and not any(columns[-1]):
            columns.pop()
        self._columns += [_Column() for _ in range(len(columns) - len(self._columns))]
        taken = []
        for column, texts in zip(self._columns, columns, strict=False):
            kept, size = column.take(texts, self.survey)
            taken.append(kept)
            self._bytes += size
        if columns:
            self._width = max(self._width, len(columns))
            self._filled = len(self._rows) + len(block)
        self._require_room(len(self._rows) + len(block))
        self._rows += map(list, zip(*taken, strict=True)) if taken else ([] for _ in block)

    def rows(self) -> list[list[Value]]:
        """All of them, of one width; blank ones at the end are none."""
        del self._rows[self._filled :]
        while self._rows and not any(self._rows[-1]):
            self._rows.pop()
        for row in self._rows:
            if len(row) < self._width:
                row.extend([""] * (self._width - len(row)))
        return self._rows

    def _require_room(self, rows: int) -> None:
        row = _rounded(sys.getsizeof([])) + _rounded(_POINTER * self._width)
        if self._bytes + rows * row > limits.TEXT_ROWS_BYTES:
            reason = "tệp có nhiều dòng và ô hơn mức đọc được một lần; hãy chia thành nhiều tệp"
            raise RefusedFileError(reason, rule="too_many_cells")
