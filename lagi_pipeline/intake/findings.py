"""What the intake has to say about a file: a refusal of the file, or findings at its cells. Reasons are Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """Whether a finding rejects its row or only warns."""

    ERROR = "error"
    WARNING = "warning"


class RefusedFileError(Exception):
    """A file that cannot be read as its form; the message is the Vietnamese reason, complete with where and what."""

    def __init__(self, reason: str, *, rule: str, sheet: str | None = None, cell: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.rule = rule
        self.sheet = sheet
        self.cell = cell


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
