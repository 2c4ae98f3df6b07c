"""Text written for the old Vietnamese fonts, TCVN3 (ABC) and VNI: which of them a file is in, and what its text says.

Such a font shows ``«`` as *ô*, so a file holds "C«ng nghiÖp" where its reader saw *Công nghiệp*. What stands for what
is ``legacy_fonts.yaml``. The same characters are in a workbook and in a csv decoded as Latin-1 or as Windows-1252, for
these two differ in 0x80-0x9F only, where neither font has a letter. Text must come here as it was stored: in TCVN3 the
soft hyphen, which ``text.nfc`` drops, is *ư*.

A file is judged as a whole, for many words could be either ("Sè hé" is *Số hộ*, and spelled as Vietnamese is): a file
is in an old font when words of it are no Vietnamese as they stand and become Vietnamese by the font, and then every
word of it must. Anything between is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field

from lagi_pipeline.vietnamese.syllables import is_syllable

_FONTS_FILE = Path(__file__).with_name("legacy_fonts.yaml")

_LATIN = "A-Za-zÀ-ÖØ-öø-\u024f\u0300-\u036f\u1e00-\u1eff"
_LATIN_LETTER = re.compile(f"[{_LATIN}]")
_LATIN_WORD = re.compile(f"[{_LATIN}]+")
_LAST_OF_LATIN_1 = "\u00ff"
_SOFT_HYPHEN = "\u00ad"
# Where a csv was decoded as Latin-1, the quotes and dashes of Windows-1252 are control characters.
_WINDOWS_1252 = {
    code: decoded for code in range(0x80, 0xA0) if (decoded := bytes([code]).decode("cp1252", errors="ignore"))
}
# "đ" and "trđ"; "TƯ", "LĐTBXH". A tone never stands in one.
_ABBREVIATION = re.compile(r"[bcdđghklmnpqrstvxBCDĐGHKLMNPQRSTVX]+|[A-ZĂÂĐÊÔƠƯ]+")
_LONGEST_ABBREVIATION = 10  # letters
_LONGEST_WORD = 20  # letters; "nghiêng" in VNI has eight
_LONGEST_REMEMBERED = 1_000  # characters of a cell: what is remembered must stay small in any file
_ENOUGH_WEAK_WORDS = 2
_SHOWN = 80  # characters of a cell in a message


class LegacyFont(Enum):
    """An old Vietnamese font encoding; the value is its name as people call it."""

    TCVN3 = "TCVN3 (ABC)"
    VNI = "VNI"


class LegacyTextError(ValueError):
    """Text that is half in an old font and half not; the message (Vietnamese) names it.

    ``text`` is the first offending cell's text exactly as it was given, ``texts`` every one of them, each once, in
    their order; ``reason`` is the message without the text.
    """

    def __init__(self, texts: Sequence[str], reason: str) -> None:
        self.text = texts[0]
        self.texts = tuple(texts)
        self.reason = reason
        shown = self.text if len(self.text) <= _SHOWN else self.text[:_SHOWN] + "…"
        super().__init__(f"{reason}: «{shown}»")


def recognise(texts: Iterable[str]) -> LegacyFont | None:
    """The old font in which a file is written, from all its text cells; None where it is in none.

    None is also the answer for text without accents, for signs such as ``²`` or ``§`` and for foreign names: among
    Unicode, one word that a font could explain is no evidence unless it can be nothing else ("C«ng", but not "Thaï") or
    all around it is Vietnamese ("Taân An").

    Raises:
        LegacyTextError: some cells are in an old font and others (or other words of the same cell) are not.
    """
    cells = [text for text in dict.fromkeys(texts) if not text.isascii()]
    pieces = {piece for text in cells for piece in text.split() if not piece.isascii()}
    found = [judged for font in LegacyFont if (judged := _judge(font, cells, pieces)) is not None]
    if not found:
        return None
    best = max(found, key=lambda judged: len(judged.speaking) - len(judged.contradicting))
    if not best.contradicting:
        return best.font
    if len(best.contradicting) <= len(best.speaking):
        raise LegacyTextError(best.contradicting, _not_of(best.font))
    raise LegacyTextError(
        best.speaking, f"chữ trong tệp là Unicode nhưng ô này còn ở phông {best.font.value}, cần chuyển sang Unicode"
    )


def single_byte_encoding(sample: bytes) -> Literal["cp1258", "latin-1"]:
    """How a csv that is not UTF-8 is to be decoded: Windows-1258, or Latin-1 because it is written in an old font.

    Any byte can be decoded either way, so that one is taken by which more words of the sample are Vietnamese.
    """
    windows = _LATIN_WORD.findall(unicodedata.normalize("NFC", sample.decode("cp1258", errors="replace")))
    stored = sample.decode("latin-1")
    as_a_font = max(
        _count_syllables(_read(word, font) for word in alphabet.word.findall(stored) if not word.isascii())
        for font, alphabet in _alphabets().items()
    )
    return "latin-1" if as_a_font > _count_syllables(word for word in windows if not word.isascii()) else "cp1258"


def convert(text: str, font: LegacyFont) -> str:
    """What a text in an old font says, in Unicode (NFC); ASCII text (numbers, dates, codes) is itself.

    TCVN3 writes toned capitals as small letters in a capital font: in a word that is otherwise in capitals they become
    capitals ("NGHIÖP" is *NGHIỆP*), a lone capital with them where another word of the text shows the same.

    Raises:
        LegacyTextError: a word of the text does not become Vietnamese.
    """
    if text.isascii():
        return text
    return _convert_again(text, font) if len(text) <= _LONGEST_REMEMBERED else _convert(text, font)


class _FontLine(BaseModel):
    """One font of ``legacy_fonts.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    font: Literal["TCVN3", "VNI"]
    name: str
    capitals_by_font: bool
    alone: str
    foreign_too: str
    letters: tuple[tuple[str, str], ...]
    marks: dict[Annotated[str, Field(min_length=1, max_length=1)], str]
    unwritten: str
    source: Annotated[str, Field(min_length=1)]


class _FontsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    fonts: tuple[_FontLine, ...]


@dataclass(frozen=True)
class _Alphabet:
    """A font ready for use: ``table`` for ``str.translate``, ``word`` what its words are made of."""

    table: dict[int, str]
    word: re.Pattern[str]
    signs: str
    alone: str
    foreign_too: str
    unwritten: frozenset[str]
    capitals_by_font: bool


class _Evidence(Enum):
    """How much a word says for a font."""

    NONE = 0
    WEAK = 1
    """One accented letter, and one that other languages write in such a place ("Thaï")."""
    FAIR = 2
    """One accented letter: a foreign name seldom looks the same."""
    STRONG = 3


@dataclass(frozen=True)
class _Judgement:
    """A font for which a file gives evidence: the cells that do, and the cells that cannot be in it."""

    font: LegacyFont
    speaking: list[str]
    contradicting: list[str]


def _judge(font: LegacyFont, cells: Sequence[str], pieces: Collection[str]) -> _Judgement | None:
    """What the cells say for a font, None where that is not enough. ``pieces`` are all their distinct words."""
    told = {piece: [_evidence(word, font) for word in _words(piece, font)] for piece in pieces}
    telling = {piece for piece, evidence in told.items() if any(found is not _Evidence.NONE for found in evidence)}
    fair = {piece for piece, evidence in told.items() if _Evidence.FAIR in evidence}
    wrong = {piece for piece in pieces if any(_read(word, font) is None for word in _words(piece, font))}
    if not telling or not (fair or _suffice(telling if wrong else pieces, font, opposed=bool(wrong))):
        return None
    speaking = [text for text in cells if not telling.isdisjoint(text.split()) and _speaks(text, font)]
    if not _suffice(speaking if wrong else pieces, font, opposed=bool(wrong)) and not any(
        not fair.isdisjoint(text.split()) and _is_all_vietnamese(text, font) for text in speaking
    ):
        return None
    return _Judgement(font, speaking, [text for text in cells if not wrong.isdisjoint(text.split())])


def _suffice(texts: Iterable[str], font: LegacyFont, *, opposed: bool) -> bool:
    """Whether the words of the texts show the font: one that looks like nothing else, or two that a font explains.

    Where nothing in the file opposes the font, the second may be a word that could be either ("sè" in "Tæng sè").
    """
    words = {word.lower(): _evidence(word, font) for text in texts for word in _words(text, font) if len(word) > 1}
    if _Evidence.STRONG in words.values():
        return True
    telling = [word for word, evidence in words.items() if evidence is not _Evidence.NONE]
    return bool(telling) and len(telling if opposed else words) >= _ENOUGH_WEAK_WORDS


def _is_all_vietnamese(text: str, font: LegacyFont) -> bool:
    """Whether a text of two or more syllables is Vietnamese throughout, read as it stands or by the font."""
    words = _alphabets()[font].word.findall(text)
    read = [word if is_syllable(word) else _read(word, font) for word in words]
    return None not in read and sum(is_syllable(word) for word in read if word) > 1


def _speaks(text: str, font: LegacyFont) -> bool:
    """Whether a cell is the font's text rather than that of another language, in which a word may look like it."""
    words = _words(text, font)
    evidence = sum(_evidence(word, font) is not _Evidence.NONE for word in words)
    return evidence > sum(_is_foreign(word, font) for word in words)


def _is_foreign(word: str, font: LegacyFont) -> bool:
    return max(word) <= _LAST_OF_LATIN_1 and _read(word, font) is None and not is_syllable(word)


def _words(text: str, font: LegacyFont) -> list[str]:
    """The words that hold more than ASCII, as the font's reader would tell them apart."""
    return [word for word in _alphabets()[font].word.findall(text) if not word.isascii()]


def _evidence(word: str, font: LegacyFont) -> _Evidence:
    return _evidence_of_short(word, font) if len(word) <= _LONGEST_WORD else _Evidence.NONE


@lru_cache(maxsize=65_536)
def _evidence_of_short(word: str, font: LegacyFont) -> _Evidence:
    read = _read(word, font)
    as_it_stands = word.strip(_alphabets()[font].signs)
    if len(word) == 1 or read is None or not is_syllable(read) or not as_it_stands or is_syllable(as_it_stands):
        return _Evidence.NONE
    accented = [at for at, character in enumerate(word) if not character.isascii()]
    inside = [at for at in accented if 0 < at < len(word) - 1]
    sign_inside = any(word[at] != _SOFT_HYPHEN and not _LATIN_LETTER.match(word[at]) for at in inside)
    capital_inside = any(word[at].isupper() and word[at - 1].islower() for at in accented if at)
    if len(accented) > 1 or sign_inside or capital_inside:
        return _Evidence.STRONG
    return _Evidence.WEAK if word[accented[0]].lower() in _alphabets()[font].foreign_too else _Evidence.FAIR


def _read(word: str, font: LegacyFont) -> str | None:
    """The word in Unicode, its capitals as the font has them; None where that is no Vietnamese word."""
    return _read_short(word, font) if len(word) <= _LONGEST_WORD else None


@lru_cache(maxsize=65_536)
def _read_short(word: str, font: LegacyFont) -> str | None:
    alphabet = _alphabets()[font]
    if any(not character.isascii() and ord(character) not in alphabet.table for character in word):
        return None
    read = unicodedata.normalize("NFC", word.translate(alphabet.table))
    if _LATIN_LETTER.search(word):
        is_word = (is_syllable(read) and read.lower() not in alphabet.unwritten) or _is_abbreviation(read)
        return read if is_word else None
    means_a_letter = word in alphabet.alone if len(word) == 1 else is_syllable(read)
    return read if means_a_letter else word


def _count_syllables(words: Iterable[str | None]) -> int:
    return sum(is_syllable(word) for word in set(words) if word is not None)


def _is_abbreviation(word: str) -> bool:
    return len(word) <= _LONGEST_ABBREVIATION and _ABBREVIATION.fullmatch(word) is not None


def _convert(text: str, font: LegacyFont) -> str:
    alphabet = _alphabets()[font]
    title = alphabet.capitals_by_font and any(_in_capitals(word, font) for word in _words(text, font))

    def replaced(match: re.Match[str]) -> str:
        word = match[0]
        if word.isascii():
            return word
        read = _read(word, font)
        if read is None:
            raise LegacyTextError([text], _not_of(font))
        capitals = _in_capitals(word, font) or (title and not _sure_cases(word, font).small)
        return read.upper() if capitals and alphabet.capitals_by_font else read

    return unicodedata.normalize("NFC", alphabet.word.sub(replaced, text).translate(_WINDOWS_1252))


_convert_again = lru_cache(maxsize=8_192)(_convert)


class _Cases(NamedTuple):
    """The letters of a word whose case is known, for a capital font shows the others either way."""

    small: int
    capital: int


def _sure_cases(word: str, font: LegacyFont) -> _Cases:
    table = _alphabets()[font].table
    capital = sum(table.get(ord(letter), letter).isupper() for letter in word)
    return _Cases(sum(letter.isascii() and letter.islower() for letter in word), capital)


def _in_capitals(word: str, font: LegacyFont) -> bool:
    """Whether a word of two or more sure capitals has other letters that the capital font made capitals."""
    cases = _sure_cases(word, font)
    return cases.capital > 1 and not cases.small and len(word) > cases.capital


def _not_of(font: LegacyFont) -> str:
    return f"tệp viết bằng phông {font.value} nhưng ô này có chữ không thuộc phông đó, cần chuyển cả tệp sang Unicode"


@cache
def _alphabets() -> dict[LegacyFont, _Alphabet]:
    lines = _FontsFile.model_validate(yaml.safe_load(_FONTS_FILE.read_text(encoding="utf-8"))).fonts
    return {LegacyFont[line.font]: _alphabet(line) for line in lines}


def _alphabet(line: _FontLine) -> _Alphabet:
    stands_for: dict[str, str] = {}
    for stored, read in line.letters:
        stands_for.update(zip(stored, read, strict=True))
    stands_for.update(line.marks)
    if not line.capitals_by_font:
        stands_for.update({stored.upper(): read.upper() for stored, read in stands_for.items()})
    signs = "".join(stored for stored in stands_for if not _LATIN_LETTER.match(stored))
    return _Alphabet(
        table={ord(stored): read for stored, read in stands_for.items()},
        word=re.compile(f"[{_LATIN}{re.escape(signs)}]+"),
        signs=signs,
        alone=line.alone,
        foreign_too=line.foreign_too,
        unwritten=frozenset(line.unwritten.split()),
        capitals_by_font=line.capitals_by_font,
    )
