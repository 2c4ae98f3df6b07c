"""What of a sender's words may be told on: rows as they stood, reasons, titles, names of sheets (domain.md, trap 17).

Everything that leaves the intake goes through here. Where a form lists people, words that the form and the place do
not know are hidden; in every form, what looks like a person's number is, and a row's name that may be a person's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from lagi_pipeline.intake.cells import show
from lagi_pipeline.intake.findings import Refusal
from lagi_pipeline.intake.form import CellKind, Column, Form, Outline, UnitRows
from lagi_pipeline.intake.grid import Remark, Sheet, Value, Workbook
from lagi_pipeline.intake.header import Header
from lagi_pipeline.vietnamese.people import (
    has_personal_number,
    looks_like_a_person,
    may_be_a_misspelt_place,
    without_names,
    without_personal_numbers,
)
from lagi_pipeline.vietnamese.text import label_key, nfc

MASK = "***"
_PERSONAL_HEADER = re.compile(r"họ|tên|chủ|người|cccd|cmnd|cmt|định danh|căn cước|điện thoại|sđt|địa chỉ|sinh")
_WORD_OR_LONG_NUMBER = re.compile(r"[^\W\d_]+|\d(?:[\s.-]?\d){8,}")
_QUOTED = re.compile(r"«.*»", re.DOTALL)
_ONE_QUOTED = re.compile(r"«([^«»]*)»")
_REMEMBERED = 8_192
_MAY_NAME = re.compile(r"\s\S|@|\d(?:[.,)/_-]?\d){8}")
"""What a text holds that has a name or a long number in it."""
_FIRST_STAND_IN = 0xE000
"""Private characters stand for what is known while the rest is masked."""
_LAST_STAND_IN = 0xF8FF
_PART_OF_A_TITLE = re.compile(r"([,;:()\n]|\s[-–—]\s)")
_SAYS_WHEN = re.compile(r"\b(?:quý|tháng|năm)\b|\d{1,2}[./-]\d{1,2}[./-]\d{4}")
_SHEET_WORD = re.compile(r"[^\W\d_]+")
_POSITION = re.compile(r"trang (\d+)", re.IGNORECASE)
# Words that sheets of any form bear beside those of the form.
_SHEET_WORDS = """
    bảng biểu mẫu phụ lục pl trang sheet số liệu dữ data tổng hợp chung báo cáo danh sách kết quả tình hình chi tiết
    chính thức ước sơ bộ đính nháp cũ mới lần bản gửi quý q tháng t năm đầu cuối kỳ i ii iii iv v vi vii viii ix x xi
    xii hướng dẫn ghi toàn thị xã phường huyện tỉnh và các của theo đến vụ việc
"""


class Discretion:
    """What of the words of a form's sender may be told on.

    Args:
        form: the form.
        is_known: whether a whole text is a name that the place has.
        place_names: the names of the place's units.
        shown: what may be told besides: the name of the sheet.
    """

    def __init__(
        self,
        form: Form,
        is_known: Callable[[str], bool],
        *,
        place_names: Iterable[str] = (),
        shown: Iterable[str] = (),
    ) -> None:
        self._place_words = frozenset(_bare(word) for name in place_names for word in _SHEET_WORD.findall(name))
        self._form, self._is_known = form, lru_cache(maxsize=_REMEMBERED)(is_known)
        known = [
            form.title_vi,
            *shown,
            *(title for column in form.columns for title in (column.title_vi, *column.labels)),
        ]
        known += [label for line in form.lines for label in line.labels]
        if isinstance(form.rows, Outline):
            known += [label for item in form.rows.items for label in item.labels]
        self._own_words = frozenset(map(label_key, known))
        self.reason = lru_cache(maxsize=_REMEMBERED)(self._reason)
        """A reason in Vietnamese, with what it quotes and does not know masked.

        ``marked`` says that what it quotes holds quotation marks itself: then all is masked from the first to the last.
        """

    def value(self, column: Column | None, value: Value) -> str:
        """What stands in a cell of a column of the form; None is a column that the form does not know."""
        text = show(value)
        if column is not None and column.personal:
            return MASK
        if self._is_plain(column, value) or (column is not None and self._is_public(column, text)):
            return text
        return self._without_people(text, names_a_row=column is not None and column.name == self._form.label)

    def prose(self, column: Column, text: str) -> str:
        """A text that is kept in the tables: its numbers of people masked, and their names where people may be told of.

        That is in a form that lists people, and in a column that tells a story; in both, what else may be a name too.
        """
        if not _MAY_NAME.search(text) or self._is_public(column, text):
            return text
        if self._form.names_people or column.prose:
            text = without_names(text, MASK, strict=self._form.names_people and column.prose)
        return without_personal_numbers(text, MASK)

    def _is_plain(self, column: Column | None, value: Value) -> bool:
        """Whether it is a figure where figures belong, and nobody is in the form."""
        is_number = isinstance(value, int | float)
        return is_number and not self._form.names_people and column is not None and column.unit is not None

    def _is_public(self, column: Column, text: str) -> bool:
        if column.kind is not CellKind.TEXT:
            return False
        is_code = column.shape is not None and column.shape.fullmatch(text.strip()) is not None
        return is_code or column.has_word(text) or self._is_own(text)

    def _is_own(self, text: str) -> bool:
        """Whether a whole text is the form's own, or the place's."""
        return label_key(text) in self._own_words or self._is_known(text)

    def _without_people(self, text: str, *, names_a_row: bool) -> str:
        if self._form.names_people:
            return text if may_be_a_misspelt_place(text) else without_words(text)
        by_unit = names_a_row and isinstance(self._form.rows, UnitRows)
        if by_unit and looks_like_a_person(text) and not self._is_of_place_names(text):
            return without_words(text)
        return without_personal_numbers(without_names(text, MASK), MASK)

    def _is_of_place_names(self, text: str) -> bool:
        """Whether it is made of words of the place's names, in whatever order or without their accents."""
        return set(map(_bare, _SHEET_WORD.findall(nfc(text)))) <= self._place_words

    def _reason(self, reason: str, *, marked: bool = False) -> str:
        kept: list[str] = []

        def stand_in(found: re.Match[str]) -> str:
            if not self._is_own(found[1]) or _FIRST_STAND_IN + len(kept) > _LAST_STAND_IN:
                return found[0]
            kept.append(found[0])
            return chr(_FIRST_STAND_IN + len(kept) - 1)

        masked = nfc(reason).translate(_NO_STAND_INS)
        if not marked:
            masked = _ONE_QUOTED.sub(stand_in, masked)
        masked = _QUOTED.sub(lambda found: self._quoted(found[0], marked=marked), masked)
        for number, text in enumerate(kept):
            masked = masked.replace(chr(_FIRST_STAND_IN + number), text)
        return without_people(masked) if self._form.names_people else without_personal_numbers(masked, MASK)

    def _quoted(self, quoted: str, *, marked: bool) -> str:
        """What is quoted, from the first mark to the last: a text may hold such marks itself."""
        inner = quoted[1:-1]
        split = not marked and _is_quoting_well(quoted)
        parts = re.split(r"(»[^«»]*«)", inner) if split else [inner]
        shown = [part if at % 2 else self._without_people(part, names_a_row=True) for at, part in enumerate(parts)]
        return f"«{''.join(shown)}»"


_NO_STAND_INS = dict.fromkeys(range(_FIRST_STAND_IN, _LAST_STAND_IN + 1), None)


def _is_quoting_well(text: str) -> bool:
    """Whether every mark is closed before the next opens."""
    return re.fullmatch(r"(?:«[^«»]+»[^«»]*)+", text) is not None


class RawRows:
    """The rows of a table as they stood, by their position among its data rows.

    Columns that name a person are masked. Where a form has one, a name may have slipped into any other of its columns:
    there only numbers, codes of the column's own shape and whole texts that the form or the place knows are shown.

    Args:
        form: the form.
        sheet: where its rows stand.
        header: which column is which.
        data: the rows of the sheet, in order.
        discretion: what of them may be told.
    """

    def __init__(
        self, form: Form, sheet: Sheet, header: Header, data: Sequence[int], *, discretion: Discretion
    ) -> None:
        self._form, self._sheet, self._header, self._data = form, sheet, header, data
        self._columns = {place: form.column(name) for name, place in header.places.items()}
        self._discretion = discretion

    def of(self, index: int) -> dict[str, str]:
        """A row's cells by their column's name, or by the header they stand under; none for a line of its own."""
        if not 0 <= index < len(self._data):
            return {}
        raw: dict[str, str] = {}
        for place, cell in enumerate(self._sheet.rows[self._data[index]]):
            if cell != "":
                column = self._columns.get(place)
                name = column.name if column else self._heading(place)
                raw[name] = self._masked(column, place, cell)
        return raw

    def has_quotation_marks(self, index: int) -> bool:
        """Whether a cell of a row holds a mark by which reasons quote."""
        row = self._sheet.rows[self._data[index]] if 0 <= index < len(self._data) else []
        return any(isinstance(cell, str) and ("«" in cell or "»" in cell) for cell in row)

    def _heading(self, place: int) -> str:
        return self._discretion.reason(self._header.labels.get(place, self._sheet.letters(place)))

    def _masked(self, column: Column | None, place: int, cell: Value) -> str:
        if column is None:
            heading = self._header.labels.get(place)
            if self._form.names_people or heading is None or _PERSONAL_HEADER.search(label_key(heading)) is not None:
                return MASK
        return self._discretion.value(column, cell)


def _bare(word: str) -> str:
    """A word without its accents, in lower case."""
    marks = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(letter for letter in marks if not unicodedata.combining(letter))


def without_words(value: str) -> str:
    """A text without its words and long numbers (identity cards, telephones): ``BTh-00100-TS`` is ``…-00100-…``."""
    return _WORD_OR_LONG_NUMBER.sub("…", without_personal_numbers(value, "…"))


def without_people(text: str) -> str:
    """A text without the numbers of people, and the names that can be told."""
    return without_personal_numbers(without_names(text, MASK), MASK)


def public_refusal(refusal: Refusal) -> Refusal:
    """A refusal as it may be told: it quotes titles and headers, whose words its reader needs."""
    return replace(refusal, reason=without_people(refusal.reason))


def public_title(title: str, *, names_people: bool) -> str:
    """A title as it may be kept; of a form that names people only the parts that say of when it is."""
    if names_people:
        parts = _PART_OF_A_TITLE.split(title)
        texts, marks = parts[::2], [*parts[1::2], ""]
        kept = [
            (text, mark)
            for text, mark in zip(texts, marks, strict=True)
            if _SAYS_WHEN.search(label_key(text)) is not None
        ]
        title = "".join(f"{text}{mark}" for text, mark in kept).strip(" ,;:(-–—\n")
    return without_personal_numbers(without_names(title, MASK, strict=names_people), MASK)


def public_workbook(workbook: Workbook, forms: Sequence[Form], unit_names: Iterable[str]) -> Workbook:
    """The workbook with its sheets named as may be told: by their position where a name may be a person's."""
    known = frozenset(_sheet_words(forms, unit_names))
    names_people = any(form.names_people for form in forms)
    names: dict[str, str] = {}
    sheets = []
    for number, sheet in enumerate(workbook.sheets, 1):
        is_public = not has_personal_number(sheet.name) and _POSITION.fullmatch(sheet.name) is None
        if names_people:
            is_public &= all(word in known for word in _SHEET_WORD.findall(label_key(sheet.name)))
        else:
            is_public &= without_names(sheet.name, MASK) == nfc(sheet.name)
        name = sheet.name if is_public else f"trang {number}"
        names[sheet.name] = name
        sheets.append(replace(sheet, name=name))
    return replace(workbook, sheets=sheets, remarks=tuple(_public_remark(remark, names) for remark in workbook.remarks))


def position_of_sheet(name: str) -> int | None:
    """The position (from 0) of the sheet that a public name tells by it."""
    found = _POSITION.fullmatch(name)
    return int(found[1]) - 1 if found else None


def _public_remark(remark: Remark, names: dict[str, str]) -> Remark:
    reason = remark.reason
    for name, public in names.items():
        reason = reason.replace(f"«{name}»", f"«{public}»")
    return replace(remark, reason=without_people(reason), sheet=names.get(remark.sheet or "", remark.sheet))


def _sheet_words(forms: Sequence[Form], unit_names: Iterable[str]) -> Iterator[str]:
    texts = [_SHEET_WORDS, *unit_names]
    for form in forms:
        texts += [form.title_vi, form.sheet_vi or ""]
        texts += [text for column in form.columns for text in (column.title_vi, *column.labels, *column.words)]
    for text in texts:
        yield from _SHEET_WORD.findall(label_key(text))
