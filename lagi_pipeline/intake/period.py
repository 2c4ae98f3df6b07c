"""The period that the title of a sheet states, as a quarter.

quý I is Q1, 6 tháng Q2, 9 tháng Q3, năm Q4 (feeds.md, "Common to all"). The dates of covering letters, the years of
documents and plans, comparisons and outlooks are not the period.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.vietnamese.text import label_key, nfc

_YEAR = r"(?:19|20)\d{2}\b"
_NUMBER = r"(?:iv|i{1,3}|[1-4])\b"
_GAP = r"\s*[-/.,(]?\s*"

# Read from left to right, each phrase once: what an earlier alternative takes, a later one cannot see.
_PHRASE = re.compile(
    rf"""
    (?P<as_of>\b(?:đến|tại|thời\ điểm)\s+(?:thời\ điểm\s+)?(?:hết\s+)?(?:ngày\s+)?)?
        \b(?P<day>\d{{1,2}})\s*(?:[/.-]|tháng)\s*(?P<month>\d{{1,2}})\s*(?:[/.-]|năm)\s*(?P<date_year>{_YEAR})
    | \bngày[\s.…_\d]*tháng[\s.…_\d]*năm[\s.…_]*\d{{4}}        # "ngày … tháng 7 năm 2024" of a letter
    | \b(?:giá\ so\ sánh|giá\ cố\ định|giá\ hiện\ hành|gốc){_GAP}(?:năm\s*)?{_YEAR}
    | \btháng\s*(?P<single>\d{{1,2}})\b(?:\s*(?:năm|/|-)\s*(?P<single_year>{_YEAR}))?
    | \b(?P<through>hết\s+)?quý\s*(?P<quarters>{_NUMBER}(?:\s*(?:,|và|\+|&|-)\s*{_NUMBER}(?!\s*tháng))*)
        (?:{_GAP}(?:của\s*)?(?:năm\s*)?(?P<quarter_year>{_YEAR}))?
    | \b(?P<months>\d{{1,2}})\s*tháng(?P<last_months>\s*cuối)?(?:\s*đầu)?(?:\s*(?:của\s*)?năm)?
        (?:{_GAP}(?P<months_year>{_YEAR}))?
    | \bcả\s*năm(?:{_GAP}(?P<whole_year>{_YEAR}))?
    | (?P<beside>\bvà\s*)?\bnăm\s*(?:ngân\s*sách\s*)?(?P<year>{_YEAR})(?!\s*-\s*\d)
    """,
    re.VERBOSE,
)
# The last of these words before a phrase says what the phrase is about. "Thực hiện dự toán … năm 2024" is a period,
# "dự toán năm 2024" a plan's year.
_GOVERNOR = re.compile(
    r"""\b(?:
    (?P<report>báo\ cáo|ước|kết\ quả|tình\ hình|thực\ hiện
        (?:\ (?:theo|các|chỉ\ tiêu|nhiệm\ vụ|dự\ toán|kế\ hoạch|nghị\ quyết))*)
    | (?P<comparison>so\ với|(?<!giá\ )so\ sánh|cùng\ kỳ)
    | (?P<outlook>phương\ hướng|nhiệm\ vụ|giải\ pháp|dự\ kiến|(?<!tài\ chính\ -\ )kế\ hoạch)
    | (?P<document>dự\ toán|nghị\ quyết|quyết\ định|nghị\ định|thông\ tư|luật|công\ văn|kèm\ theo|ban\ hành)
    )\b""",
    re.VERBOSE,
)
_LAST_QUARTER = 4
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_ESTIMATE = re.compile(r"\bước\b")
_CUMULATIVE = re.compile(r"\blũy kế\b")
_DATED_PLACE = re.compile(r"[^\d,]{1,30},\s*tháng\b")
_LONG_WORD = re.compile(r"\w{3,}")


class PeriodError(ValueError):
    """The title lines state no single quarter; the message (Vietnamese) names what they state.

    ``within`` is the quarter that holds the month or day stated, where they state no more than that.
    """

    def __init__(self, message: str, within: Quarter | None = None) -> None:
        super().__init__(message)
        self.within = within


@dataclass(frozen=True, slots=True)
class Period:
    """The period of a sheet.

    ``cumulative`` is True where the title says that figures run from 1 January (6 tháng, năm, lũy kế, and quý I, which
    is both), None where it says only a quarter. ``estimate`` is the word *ước*. ``text`` is the title as printed.
    """

    quarter: Quarter
    cumulative: bool | None
    estimate: bool
    text: str


class _Kind(IntEnum):
    """How a period is stated; the lowest kind found is the one that counts."""

    FINE = 1  # a quarter, months of the year, the whole year beside a quarter
    YEAR = 2  # "năm 2024": a period of its own only where nothing finer stands
    AS_OF = 3  # "tính đến 31/12/2024"
    MONTH = 4  # "tháng 8 năm 2024": no period of ours, unless something else is stated


@dataclass(frozen=True, slots=True)
class _Statement:
    line: int
    kind: _Kind
    number: int | None  # the quarter; None for months that end no quarter
    year: int | None
    about: str  # the group of _GOVERNOR
    cumulative: bool = False
    within: Quarter | None = None

    def counts(self) -> bool:
        # The year of a document or a plan is not the period; a quarter said of one still is.
        if self.kind is _Kind.MONTH:
            return self.about == "report"
        whole_year = self.number == _LAST_QUARTER and self.cumulative
        return self.about == "report" or (self.about == "document" and not whole_year)


def read_period(lines: Sequence[str]) -> Period | None:
    """The period among the title lines (or cells) of a sheet; None where they state none.

    Where a title is split, its year may stand in another line than its quarter. Where the line of the period holds
    nothing else, the line above it is part of the same title: its *ước* and *lũy kế* count.

    Raises:
        PeriodError: two different periods, a quarter without a year, or months that end no quarter.
    """
    keys = [label_key(line) for line in lines]
    everything = [statement for at, key in enumerate(keys) for statement in _statements(at, key)]
    stated = [statement for statement in everything if statement.counts()]
    if not stated:
        return None
    kind = min(statement.kind for statement in stated)
    leading = [statement for statement in stated if statement.kind is kind]
    dated = leading if kind is _Kind.AS_OF else [statement for statement in stated if statement.kind is not _Kind.AS_OF]

    numbers = {statement.number for statement in leading if statement.number}
    if not numbers:
        within = {statement.within for statement in leading}
        only = within.pop() if len(within) == 1 else None
        raise PeriodError(f"kỳ báo cáo không tròn quý: {_quoted(lines, leading)}", only)
    years = {statement.year for statement in dated if statement.year} or _years_of_outlook(everything, leading)
    if not years:
        raise PeriodError(f"không thấy năm của kỳ báo cáo: {_quoted(lines, leading)}")
    if len(numbers) > 1 or len(years) > 1:
        raise PeriodError(f"tiêu đề nêu hơn một kỳ: {_quoted(lines, dated)}")

    quarter = Quarter(years.pop(), numbers.pop())
    title = [key for statement in leading for key in _title(keys, statement.line)]
    cumulative = (
        quarter.number == 1
        or any(statement.cumulative for statement in leading)
        or any(_CUMULATIVE.search(key) for key in title)
    )
    said_by = leading if any(statement.year for statement in leading) else [*leading, *dated]
    printed = sorted({statement.line for statement in said_by})
    return Period(
        quarter=quarter,
        cumulative=True if cumulative else None,
        estimate=any(_ESTIMATE.search(key) for key in title),
        text=" ".join(" ".join(nfc(lines[at]).split()) for at in printed),
    )


def _statements(line: int, key: str) -> Iterator[_Statement]:
    for found in _PHRASE.finditer(key):
        about = _about(key[: found.start()])
        if found["as_of"]:
            yield _as_of(found, line, about)
        elif found["single_year"] and not _DATED_PLACE.match(key):
            within = _quarter_of(int(found["single_year"]), int(found["single"]))
            yield _Statement(line, _Kind.MONTH, None, int(found["single_year"]), about, within=within)
        elif found["quarters"]:
            for number in re.findall(_NUMBER, found["quarters"]):
                quarter = _ROMAN.get(number) or int(number)
                year = _year(found["quarter_year"])
                yield _Statement(line, _Kind.FINE, quarter, year, about, cumulative=bool(found["through"]))
        elif found["last_months"]:
            yield _Statement(line, _Kind.FINE, _LAST_QUARTER, _year(found["months_year"]), "outlook")
        elif found["months"]:
            number_ended = {"3": 1, "6": 2, "9": 3, "12": 4}.get(found["months"].lstrip("0"))
            yield _Statement(line, _Kind.FINE, number_ended, _year(found["months_year"]), about, cumulative=True)
        elif found["year"]:
            kind = _Kind.FINE if found["beside"] else _Kind.YEAR
            yield _Statement(line, kind, _LAST_QUARTER, int(found["year"]), about, cumulative=True)
        elif found[0].startswith("cả"):
            yield _Statement(line, _Kind.FINE, _LAST_QUARTER, _year(found["whole_year"]), about, cumulative=True)


def _about(before: str) -> str:
    # A closed bracket says nothing of what follows it.
    governors = list(_GOVERNOR.finditer(before.rpartition(")")[2]))
    return (governors[-1].lastgroup or "report") if governors else "report"


def _years_of_outlook(everything: list[_Statement], leading: list[_Statement]) -> set[int]:
    """The year of "quý III, nhiệm vụ quý IV năm 2024" for its quý III; a later quarter is of the same year."""
    return {
        other.year
        for statement in leading
        for other in everything
        if other.about == "outlook" and other.line == statement.line and other.year
        if statement.number and other.number and other.number > statement.number
    }


def _title(keys: Sequence[str], line: int) -> list[str]:
    is_alone = _LONG_WORD.search(_PHRASE.sub(" ", keys[line])) is None
    return [keys[line], keys[line - 1]] if is_alone and line > 0 else [keys[line]]


def _as_of(found: re.Match[str], line: int, about: str) -> _Statement:
    """A day as of which figures are: of the quarter that it ends, or of none."""
    year, month = int(found["date_year"]), int(found["month"])
    ended = _quarter_ending(year, month, int(found["day"]))
    if ended is None:
        return _Statement(line, _Kind.AS_OF, None, year, about, within=_quarter_of(year, month))
    return _Statement(line, _Kind.AS_OF, ended.number, ended.year, about)


def _quarter_of(year: int, month: int) -> Quarter | None:
    return Quarter.containing(date(year, month, 1)) if 1 <= month <= 12 else None  # noqa: PLR2004 - months


def _quarter_ending(year: int, month: int, day: int) -> Quarter | None:
    try:
        end = date(year, month, day)
    except ValueError:
        return None
    quarter = Quarter.containing(end)
    return quarter if quarter.end == end else None


def _year(text: str | None) -> int | None:
    return int(text) if text else None


def _quoted(lines: Sequence[str], statements: list[_Statement]) -> str:
    """Each stated period with the line that states it."""
    said = {
        f"{_spoken(statement)} (ở «{' '.join(nfc(lines[statement.line]).split())}»)": None for statement in statements
    }
    return ", ".join(said)


def _spoken(statement: _Statement) -> str:
    if statement.number is None:
        return "một tháng" if statement.kind is _Kind.MONTH else "kỳ không tròn quý"
    if statement.kind is _Kind.YEAR:
        return f"năm {statement.year}"
    roman = Quarter(2000, statement.number).roman
    return f"quý {roman}/{statement.year}" if statement.year else f"quý {roman}"
