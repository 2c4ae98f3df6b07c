"""How a verdict is marked on the page: its words, with a shape and a colour, never by colour alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lagi_pipeline.reporting.content.model import Line

_RESULTS = {
    "exceeded": ("good", "over"),
    "met": ("good", "tick"),
    "not_met": ("bad", "cross"),
    "in_progress": ("calm", "half"),
    "not_due": ("idle", "ring"),
    "no_data": ("warn", "gap"),
}
_PACES = {"ahead": ("good", "up"), "on_pace": ("calm", "level"), "behind": ("warn", "down")}
_TASKS = {
    "done_on_time": ("good", "tick"),
    "done_late": ("good", "tick"),
    "in_progress": ("calm", "half"),
    "in_progress_overdue": ("warn", "down"),
    "in_progress_undated": ("calm", "half"),
    "not_started": ("idle", "ring"),
    "no_data": ("warn", "gap"),
    "returned": ("warn", "gap"),
}
_OTHER = ("idle", "ring")
"""Of a status of tasks that has no mark of its own: its words tell."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A tone of the palette, a shape of the page's own, and the words."""

    tone: str
    shape: str
    words: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many lines or tasks carry a mark."""

    mark: Mark
    number: int


def result_mark(line: Line) -> Mark:
    """How the line stands."""
    return status_mark(line.result_status, line.status_vi)


def status_mark(status: str, words: str) -> Mark:
    """How a line stands by its result's status, in the words given."""
    return Mark(*_RESULTS[status], words)


def pace_mark(line: Line) -> Mark | None:
    """How fast it goes, where that is judged."""
    if line.pace_status is None or line.pace_vi is None:
        return None
    return Mark(*_PACES[line.pace_status], line.pace_vi)


def task_mark(status: str, words: str) -> Mark:
    """How a task stands."""
    return Mark(*_TASKS.get(status, _OTHER), words)


def tone_of_bar(line: Line) -> str:
    """The tone of a line's bar: its result's, or that it is behind."""
    pace = pace_mark(line)
    return "warn" if line.result_status == "in_progress" and pace and pace.tone == "warn" else result_mark(line).tone


def counted(marks: Iterable[Mark]) -> list[Count]:
    """How many carry which mark, in the order of the marks."""
    found = list(marks)
    order = [*_RESULTS.values(), *_TASKS.values()]
    kinds = sorted(dict.fromkeys(found), key=lambda mark: order.index((mark.tone, mark.shape)))
    return [Count(mark, found.count(mark)) for mark in kinds]
