"""What failed, as found in a run's record, and the alert that is made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from lagi_pipeline.catalogue.loading import Strict
from lagi_pipeline.catalogue.quarter import Quarter

MOST_CHARACTERS = 6000
"""Of an alert's text: an outbox of alerts is kept with every tick."""


class Kind(StrEnum):
    """What an alert is about."""

    RUN = "run_failed"
    CHECK = "check_failed"
    WARNINGS = "check_warnings"


class Alert(Strict):
    """A message, the same on every channel. It names rules and counts, never what stands in an office's file.

    Attributes:
        key: the same for the same message, so that a repetition is seen to be one.
        kind: what it is about.
        severe: whether somebody should look at once.
        subject: one line, Vietnamese.
        text: the message, Vietnamese with English below.
        facts: the same for programs, as a webhook sends it.
    """

    key: str
    kind: Kind
    severe: bool
    subject: str = Field(pattern=r"^[^\r\n]+$")
    text: str = Field(max_length=MOST_CHARACTERS)
    facts: dict[str, str]


@dataclass(frozen=True)
class EndedRun:
    """A run that is over. ``first`` and ``last`` are its quarters, None where it has none."""

    run_id: str
    job: str
    first: Quarter | None
    last: Quarter | None

    @property
    def quarters(self) -> str:
        """``2024-Q1..2024-Q4``, for keys and programs."""
        return f"{self.first}..{self.last}" if self.first and self.last else ""

    @property
    def quarters_vi(self) -> str:
        """``quý III/2024``, for people."""
        if self.first is None or self.last is None:
            return "không gắn với quý nào"
        if self.first == self.last:
            return self.first.label_vi
        return f"{self.first.label_vi} đến {self.last.label_vi}"


@dataclass(frozen=True)
class StepFailure:
    """A step of a run that failed; ``step`` is None where the run failed outside of its steps.

    ``error`` is the class of the error, None where none was recorded; ``message`` is what it said.
    """

    step: str | None
    error: str | None
    message: str


@dataclass(frozen=True)
class CheckFailure:
    """A check that failed.

    Attributes:
        asset: the asset's key, ``feeds/water``.
        check: the check's name.
        severe: an error rather than a warning.
        run: the run that evaluated it.
        by_quarter: whether it speaks of the run's quarters, not of everything stored.
        content: a digest of what it found.
        counts: what it counted, by name.
        rules: the codes of the rules that failed and how often, where it says so.
    """

    asset: str
    check: str
    severe: bool
    run: EndedRun
    by_quarter: bool
    content: str
    counts: Mapping[str, int]
    rules: str


def digest(*parts: str) -> str:
    """A short digest of some texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
