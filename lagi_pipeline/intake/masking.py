"""Rows as they stood, for the slips that go back to offices, with what names a person masked (domain.md, trap 17)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lagi_pipeline.intake.cells import show
from lagi_pipeline.intake.form import CellKind, Column, Form
from lagi_pipeline.intake.grid import Sheet, Value
from lagi_pipeline.intake.header import Header
from lagi_pipeline.vietnamese.text import label_key, nfc

MASK = "***"
_PERSONAL_HEADER = re.compile(r"họ|tên|chủ|người|cccd|cmnd|cmt|định danh|căn cước|điện thoại|sđt|địa chỉ|sinh")
_WORD_OR_LONG_NUMBER = re.compile(r"[^\W\d_]+|\d(?:[\s.-]?\d){8,}")
_QUOTED = re.compile(r"«.*»", re.DOTALL)


class RawRows:
    """The rows of a table as they stood, by their position among its data rows.

    Columns that name a person are masked. Where a form has one, a name may have slipped into any other of its columns:
    there only numbers, codes of the column's own shape and whole texts that the form or the place knows are shown.

    Args:
        form: the form.
        sheet: where its rows stand.
        header: which column is which.
        data: the rows of the sheet, in order.
        is_known: whether a whole text is a name of the place's units.
    """

    def __init__(
        self, form: Form, sheet: Sheet, header: Header, data: Sequence[int], *, is_known: Callable[[str], bool]
    ) -> None:
        self._form, self._sheet, self._header, self._data = form, sheet, header, data
        self._columns = {place: form.column(name) for name, place in header.places.items()}
        self._is_known = is_known

    def of(self, index: int) -> dict[str, str]:
        """A row's cells by their column's name, or by the header they stand under; none for a line of its own."""
        if not 0 <= index < len(self._data):
            return {}
        raw: dict[str, str] = {}
        for place, cell in enumerate(self._sheet.rows[self._data[index]]):
            if cell != "":
                column = self._columns.get(place)
                name = column.name if column else self._header.labels.get(place, self._sheet.letters(place))
                raw[name] = self._masked(column, place, cell)
        return raw

    def _masked(self, column: Column | None, place: int, cell: Value) -> str:
        value = show(cell)
        if column is None:
            heading = self._header.labels.get(place)
            hide = self._form.names_people or heading is None or _PERSONAL_HEADER.search(label_key(heading)) is not None
            return MASK if hide else value
        if column.personal:
            return MASK
        if not self._form.names_people:
            return value
        return value if column.kind is CellKind.TEXT and self._is_public(column, value) else without_words(value)

    def _is_public(self, column: Column, value: str) -> bool:
        is_code = column.shape is not None and column.shape.fullmatch(value.strip()) is not None
        return is_code or label_key(value) in column.vocabulary or self._is_known(value)


def without_words(value: str) -> str:
    """A text without its words and long numbers (identity cards, telephones): ``BTh-00100-TS`` is ``…-00100-…``."""
    return _WORD_OR_LONG_NUMBER.sub("…", nfc(value))


def without_quoted(reason: str) -> str:
    """A reason with the words of what it quotes replaced."""
    return _QUOTED.sub(lambda found: f"«{without_words(found[0][1:-1])}»", reason)
