"""Text of a file made Unicode and NFC: an old font is told by the whole file, each distinct text is converted once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from lagi_pipeline.intake.findings import Refusal, RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.grid import Remark, Sheet, Workbook
from lagi_pipeline.vietnamese.legacy import LegacyFont, LegacyTextError, convert, recognise
from lagi_pipeline.vietnamese.text import nfc

_MOST_REFUSALS = 200  # more cells named in one refusal would not help its reader
# What ``nfc`` changes although it is composed: spaces of other widths, and characters nobody sees.
_OTHER_SPACES = re.compile("[\u00a0\u00ad\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]")


_TOGETHER = 4_096  # texts looked at in one go
_NO_LETTERS = re.compile("[\x00-\x40]+")


@dataclass
class Survey:
    """The texts of a file too large to gather them: its words beyond ASCII, and whether any text is to be changed."""

    words: set[str] = field(default_factory=set)
    changes: bool = False

    def add(self, texts: Iterable[str]) -> None:
        """Take texts in.

        Raises:
            RefusedFileError: there are more words than any language has.
        """
        joined = "\n".join(texts)
        if joined.isascii():
            return
        self.words.update(word for word in set(_NO_LETTERS.split(joined)) if not word.isascii())
        self.changes = self.changes or not _is_clean(joined)
        if len(self.words) > limits.DISTINCT_WORDS:
            raise RefusedFileError("chữ trong tệp có quá nhiều từ khác nhau, không phải văn bản", rule="too_large")

    def speaks_of_no_font(self) -> bool:
        """Whether the words alone show that the file is in no old font."""
        try:
            return recognise(self.words) is None
        except LegacyTextError:
            return False


def clean(workbook: Workbook, survey: Survey | None = None, *, named: bool = True) -> Workbook:
    """The workbook with its texts in Unicode and NFC; a remark says that an old font was converted.

    Its rows are changed in place. A ``survey`` of its texts spares gathering them; ``named`` says that the names of
    the sheets come from the file, and are in its font.

    Raises:
        RefusedFileError: text that is partly in an old font, at its cells.
    """
    if survey is None:
        survey = _surveyed(workbook)
    font = None if survey.speaks_of_no_font() else _font(workbook)
    if font is None:
        if survey.changes:
            _compose(workbook)
        return replace(workbook, sheets=[replace(sheet, name=nfc(sheet.name)) for sheet in workbook.sheets])
    return replace(_convert(workbook, font, named=named), remarks=(*workbook.remarks, _converted(font)))


def _is_clean(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text) and not _OTHER_SPACES.search(text)


def _texts(sheet: Sheet) -> Iterator[str]:
    """The texts that hold more than ASCII: no others are ever changed."""
    return (value for row in sheet.rows for value in row if type(value) is str and not value.isascii())


def _all_texts(workbook: Workbook) -> Iterator[str]:
    return chain.from_iterable(map(_texts, workbook.sheets))


def _surveyed(workbook: Workbook) -> Survey:
    survey = Survey()
    waiting = iter(_all_texts(workbook))
    while some := set(islice(waiting, _TOGETHER)):
        survey.add(some)
    return survey


def _font(workbook: Workbook) -> LegacyFont | None:
    """The old font of the file, by all its texts.

    Raises:
        RefusedFileError: some are in one and others are not, or there are too many to judge.
    """
    texts: set[str] = set()
    for text in _all_texts(workbook):
        texts.add(text)
        if len(texts) > limits.OLD_FONT_TEXTS:
            reason = "tệp dùng phông chữ cũ (TCVN3, VNI) và quá lớn; hãy chuyển sang Unicode rồi gửi lại"
            raise RefusedFileError(reason, rule="legacy_text")
    try:
        return recognise(texts)
    except LegacyTextError as error:
        raise RefusedFileError.of(_refusals(workbook, error)) from error


def _compose(workbook: Workbook) -> None:
    for sheet in workbook.sheets:
        for row in sheet.rows:
            for column, value in enumerate(row):
                if type(value) is str and not value.isascii() and not _is_clean(value):
                    row[column] = nfc(value)


def _convert(workbook: Workbook, font: LegacyFont, *, named: bool) -> Workbook:
    """The workbook out of its font.

    Raises:
        RefusedFileError: a text that the font does not explain.
    """
    try:
        converted = {text: nfc(convert(text, font)) for text in set(_all_texts(workbook))}
    except LegacyTextError as error:
        raise RefusedFileError.of(_refusals(workbook, error)) from error
    for sheet in workbook.sheets:
        for row in sheet.rows:
            for column, value in enumerate(row):
                if type(value) is str and not value.isascii():
                    row[column] = converted[value]
    names = [_name(sheet.name, font) if named else nfc(sheet.name) for sheet in workbook.sheets]
    return replace(
        workbook, sheets=[replace(sheet, name=name) for sheet, name in zip(workbook.sheets, names, strict=True)]
    )


def _name(name: str, font: LegacyFont) -> str:
    """A sheet's name out of the font; programs show names in a font of their own, so some are typed in Unicode."""
    try:
        return nfc(convert(name, font))
    except LegacyTextError:
        return nfc(name)


def _converted(font: LegacyFont) -> Remark:
    reason = f"tệp dùng phông chữ {font.value}, đã được chuyển sang Unicode; lần sau xin gửi chữ Unicode theo TCVN 6909"
    return Remark("legacy_font", reason)


def _refusals(workbook: Workbook, error: LegacyTextError) -> Sequence[Refusal]:
    """The refusal at each cell that holds one of the texts."""
    texts = frozenset(error.texts)
    found = [
        Refusal("legacy_text", f"{error.reason}: «{nfc(value)}»", sheet.name, sheet.address(row, column))
        for sheet in workbook.sheets
        for row, values in enumerate(sheet.rows)
        for column, value in enumerate(values)
        if type(value) is str and value in texts
    ]
    return found[:_MOST_REFUSALS]
