"""The figures of a line: numbers with their units, ranges, and which numbers are years and no figures at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lagi_pipeline.resolution.labels import FIGURE
from lagi_pipeline.vietnamese.numbers import Convention, NumberError, parse_number
from lagi_pipeline.vietnamese.text import label_key
from lagi_pipeline.vietnamese.units import MeasureUnit, lookup

OTHER_YEAR = "năm_khác"
"""One word, so that no phrase of the catalogue covers it."""
_YEAR = r"(?:19|20)\d\d"
_BASE_YEAR = re.compile(r"\bgiá (?:so sánh|ss|cố định)(?: năm)?(?: gốc)? (?:19|20)\d\d\b")
_SPAN = re.compile(rf"\b{_YEAR} ?- ?{_YEAR}\b")
_LAST_DAY = re.compile(rf"\b(?:ngày )?31/12/(?P<year>{_YEAR})\b")
_YEAR_NAMED = re.compile(
    rf"\b(?:năm |(?P<of>(?:kế hoạch|chỉ tiêu|mục tiêu|thực hiện|kh|th) ))(?P<year>{_YEAR})\b(?![.,]\d)"
)
_BARE_YEAR = re.compile(rf"(?<![\w.,/])(?P<year>{_YEAR})(?![\w.,/]*\d)")
_NUMBER = r"(?:\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*)"
_FIRST = re.compile(rf"(?<![\w.,/])(?P<minus>(?<![\w%‰])-(?=\d))?(?P<number>{_NUMBER})")
_FROM = re.compile(r"\btừ(?: \w+){0,2} *$")
_TO = re.compile(rf"\s*(?P<to>-|÷|~|đến|tới)\s*(?P<number>{_NUMBER})")
_UNIT_WORD = re.compile(r"\s*(?:\w+|[^\w\s,;:()])\.?")
_MOST_UNIT_WORDS = 5
_BRACKETED = re.compile(r"\((?P<piece>[^()#]*)\)")
_UNIT_MARK = re.compile(r"^(?:đơn vị tính|đơn vị|đvt)\s*:?\s*")


@dataclass(frozen=True)
class Amount:
    """A figure as it stands in a line; ``upper`` where it is a range, ``unit`` None where none stands beside it."""

    value: Decimal
    unit: MeasureUnit | None
    text: str
    upper: Decimal | None = None
    remark: str | None = None


@dataclass(frozen=True)
class Figures:
    """A line's key in which ``#`` stands for each figure, and the figures in their order.

    ``problem`` is what is wrong with a number that cannot be read.
    """

    key: str
    amounts: tuple[Amount, ...]
    problem: str | None = None

    @property
    def complete(self) -> bool:
        """Whether it has a figure with its unit."""
        return any(amount.unit is not None for amount in self.amounts)


def figures_of(text: str, year: int | None, convention: Convention = Convention.UNDECIDED) -> Figures:
    """Read a line.

    Args:
        text: The line without its marker.
        year: The year of the targets; None takes any named year for it.
        convention: How the document's numbers are written.
    """
    key = named_years(label_key(text), year)
    try:
        key, amounts = _scan(key, convention)
    except NumberError as error:
        return Figures(key, (), str(error))
    bare = [amount for amount in amounts if amount.unit is None]
    if len(amounts) > len(bare):
        # Beside a figure with its unit, a bare 2024 is the year.
        key, amounts = _without_bare_years(key, amounts, year)
    elif len(bare) == 1:
        key, amounts = _with_unit_in_brackets(key, bare[0])
    return Figures(key, tuple(amounts))


def named_years(key: str, year: int | None) -> str:
    """The key with its years as words: ``năm nay`` is ``year``, ``năm trước`` the one before, others ``OTHER_YEAR``."""

    def word(stated: str) -> str:
        return {0: "năm nay", -1: "năm trước"}.get(0 if year is None else int(stated) - year, OTHER_YEAR)

    key = _BASE_YEAR.sub("giá so sánh năm gốc", key)
    key = _SPAN.sub("kỳ", key)
    key = _LAST_DAY.sub(lambda found: f"cuối {word(found['year'])}", key)
    return _YEAR_NAMED.sub(lambda found: f"{found['of'] or ''}{word(found['year'])}", key)


def numbers_in(text: str) -> Iterator[str]:
    """The numbers of a text as they are written."""
    return (found["number"] for found in _FIRST.finditer(label_key(text)))


def _scan(key: str, convention: Convention) -> tuple[str, list[Amount]]:
    """The key with ``#`` for its numbers and their units.

    Raises:
        NumberError: a number that cannot be read in one way only.
    """
    pieces: list[str] = []
    amounts: list[Amount] = []
    at = 0
    while found := _FIRST.search(key, at):
        amount, end = _amount(key, found, convention)
        pieces += [key[at : found.start()], f" {FIGURE} "]
        amounts.append(amount)
        at = end
    return "".join([*pieces, key[at:]]), amounts


def _amount(key: str, found: re.Match[str], convention: Convention) -> tuple[Amount, int]:
    lower, remark = _number(found["number"], convention)
    if found["minus"]:
        raise NumberError(f"số âm không thể là chỉ tiêu: «{found[0]}»")
    unit, end = _unit(key, found.end())
    to = _TO.match(key, end)
    if to is None:
        return Amount(lower, unit, key[found.start() : end].strip(), remark=remark), end
    if to["to"] in {"đến", "tới"} and _FROM.search(key, 0, found.start()):
        whole = key[found.start() : to.end()].strip()
        raise NumberError(f"«từ {whole}» có thể là một khoảng hoặc mức tăng, giảm")
    upper, _ = _number(to["number"], convention)
    upper_unit, end = _unit(key, to.end())
    text = key[found.start() : end].strip()
    if upper <= lower:
        raise NumberError(f"khoảng có cận trên không lớn hơn cận dưới: «{text}»")
    if unit is not None and unit != upper_unit:
        raise NumberError(f"khoảng có hai đơn vị khác nhau: «{text}»")
    return Amount(lower, upper_unit, text, upper, remark), end


def _number(text: str, convention: Convention) -> tuple[Decimal, str | None]:
    parsed = parse_number(text, convention)
    if parsed is None:
        raise NumberError(f"không phải số: «{text}»")
    return parsed.value, parsed.warning


def _unit(key: str, at: int) -> tuple[MeasureUnit | None, int]:
    """The longest unit that stands at ``at``, and where it ends."""
    unit, best, end = None, at, at
    for _ in range(_MOST_UNIT_WORDS):
        word = _UNIT_WORD.match(key, end)
        if word is None:
            break
        end = word.end()
        for stop in {end, end - 1} if word[0].endswith(".") else {end}:
            if (known := lookup(key[at:stop].strip())) is not None:
                unit, best = known, stop
    return unit, best


def _without_bare_years(key: str, amounts: list[Amount], year: int | None) -> tuple[str, list[Amount]]:
    parts = key.split(FIGURE)
    kept: list[Amount] = []
    written = parts[0]
    for amount, part in zip(amounts, parts[1:], strict=True):
        if amount.unit is None and amount.upper is None and _BARE_YEAR.fullmatch(amount.text):
            written += named_years(f"năm {amount.text}", year) + part
        else:
            kept.append(amount)
            written += FIGURE + part
    return written, kept


def _with_unit_in_brackets(key: str, bare: Amount) -> tuple[str, list[Amount]]:
    """``giá trị sản xuất (tỷ đồng): #`` has its unit in brackets."""
    found = [
        (bracket, piece, unit)
        for bracket in _BRACKETED.finditer(key)
        for piece in bracket["piece"].split(",")
        if (unit := lookup(_UNIT_MARK.sub("", piece.strip()))) is not None
    ]
    if len(found) != 1:
        return key, [bare]
    bracket, piece, unit = found[0]
    left = ", ".join(other for other in bracket["piece"].split(",") if other != piece).strip()
    key = key[: bracket.start()] + (f"({left})" if left else " ") + key[bracket.end() :]
    return key, [Amount(bare.value, unit, f"{bare.text} {unit.label}", bare.upper, bare.remark)]
