"""The quarter: the period of every feed, figure and run. Nothing here reads a clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering
from typing import Self

_CODE = re.compile(r"(\d{4})-Q([1-4])")
_ROMAN = ("I", "II", "III", "IV")


@total_ordering
@dataclass(frozen=True, slots=True)
class Quarter:
    """A calendar quarter, written ``2024-Q3``."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= len(_ROMAN):
            raise ValueError(f"a quarter is 1 to 4, not {self.number}")

    @classmethod
    def parse(cls, code: str) -> Self:
        """Read ``2024-Q3``.

        Raises:
            ValueError: the text is not of that form.
        """
        match = _CODE.fullmatch(code)
        if match is None:
            raise ValueError(f"expected a quarter like 2024-Q3, found {code!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def containing(cls, day: date) -> Self:
        """The quarter that ``day`` falls in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """Its last day."""
        return self.next.start - timedelta(days=1)

    @property
    def next(self) -> Self:
        """The quarter after it."""
        return type(self)(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> Self:
        """The quarter before it."""
        return type(self)(self.year - (self.number == 1), (self.number + 2) % 4 + 1)

    @property
    def a_year_earlier(self) -> Self:
        """The same quarter of the year before."""
        return type(self)(self.year - 1, self.number)

    @property
    def year_to_date(self) -> list[Self]:
        """The quarters of its year up to and including itself, Q1 first."""
        return [type(self)(self.year, number) for number in range(1, self.number + 1)]

    @property
    def roman(self) -> str:
        """Its number as Vietnamese reports print it, ``III``."""
        return _ROMAN[self.number - 1]

    @property
    def label_vi(self) -> str:
        """``quý III/2024``, as reports print it."""
        return f"quý {self.roman}/{self.year}"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Quarter):
            return NotImplemented
        return (self.year, self.number) < (other.year, other.number)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def quarters_between(first: Quarter, last: Quarter) -> Iterator[Quarter]:
    """Every quarter from ``first`` to ``last``, both included; none where ``last`` is earlier."""
    quarter = first
    while quarter <= last:
        yield quarter
        quarter = quarter.next
