"""What the intake has to say about a file: a refusal of the file, or findings at its cells. Reasons are Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

TOO_MANY_REJECTED = "too_many_rejected"
"""The rule by which a file is refused for the share of its rows that were rejected."""

NO_ROWS = "no_rows"
"""The rule by which a file is refused that has the form and says nothing in it."""


class Severity(StrEnum):
    """Whether a finding rejects its row or only warns."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for which a file cannot be read as its form, complete with where and what.

    ``form`` is the form that it keeps from being read; None where the file could not be read far enough to tell.
    """

    rule: str
    reason: str
    sheet: str | None = None
    cell: str | None = None
    form: str | None = None


class RefusedFileError(Exception):
    """A file that cannot be read as its form, with every reason found; the first one leads."""

    def __init__(self, reason: str, *, rule: str, sheet: str | None = None, cell: str | None = None) -> None:
        super().__init__(reason)
        self.refusals: tuple[Refusal, ...] = (Refusal(rule, reason, sheet, cell),)

    @classmethod
    def of(cls, refusals: Sequence[Refusal]) -> Self:
        """A refusal for several reasons (at least one)."""
        first = refusals[0]
        error = cls(first.reason, rule=first.rule, sheet=first.sheet, cell=first.cell)
        error.refusals = tuple(refusals)
        return error

    @property
    def reason(self) -> str:
        """The Vietnamese reasons, one after the other."""
        return "; ".join(refusal.reason for refusal in self.refusals)

    @property
    def rule(self) -> str:
        """The code of the first reason."""
        return self.refusals[0].rule

    @property
    def sheet(self) -> str | None:
        """The sheet of the first reason."""
        return self.refusals[0].sheet

    @property
    def cell(self) -> str | None:
        """The cell of the first reason."""
        return self.refusals[0].cell


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding at one cell (or row) of a sheet.

    ``value`` and ``raw`` are as they stood, with whatever names a person already masked.
    """

    sheet: str
    row: int
    cell: str | None
    column: str | None
    value: str | None
    rule: str
    reason: str
    severity: Severity
    raw: Mapping[str, str] = field(default_factory=dict)
