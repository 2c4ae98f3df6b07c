"""Which version of a form answers for a quarter, as known at a time. Not what it says: that is ``figures``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.model import Evidence, MeasureValue, Vintage

FormKey = tuple[str, Quarter]
VintageKey = tuple[str, Quarter, str]
Cell = tuple[str, str]
Said = dict[Cell, tuple[Decimal, str | None]]


@dataclass(frozen=True, slots=True)
class SentBack:
    """A version that may not answer, because it went back to its sender."""

    files: tuple[str, ...]
    reason: str
    received_at: datetime

    @property
    def files_vi(self) -> str:
        """The names of its files."""
        return ", ".join(self.files)


@dataclass(frozen=True, slots=True)
class Answer:
    """The version that answers for a form and quarter, and the newer ones that may not."""

    vintage: Vintage | None = None
    sent_back: tuple[SentBack, ...] = ()
    """Newest first."""
    withdrawn: Vintage | None = None
    """The version by whose withdrawal nothing answers."""


_NOTHING = Answer()


@dataclass(frozen=True, slots=True)
class Selection:
    """The answers of every form and quarter that had a version by then."""

    answers: Mapping[FormKey, Answer]

    def answer(self, form: str, quarter: Quarter) -> Answer:
        """What answers; an empty answer where nothing was received."""
        return self.answers.get((form, quarter), _NOTHING)

    def answered_quarters(self, form: str) -> list[Quarter]:
        """The quarters for which a version of ``form`` answers, earliest first."""
        return sorted(q for (code, q), answer in self.answers.items() if code == form and answer.vintage is not None)


def answering(evidence: Evidence, known_at: datetime) -> Selection:
    """The version that answers per form and quarter, as known at a time.

    Versions are ordered by (as_of, received_at): a correction has the same as_of and a later received_at (domain.md,
    trap 16). The newest one answers, unless it was sent back (then the last good one does) or withdrawn by then (then
    none).

    Args:
        evidence: Everything ever received, in any order.
        known_at: Local time; what was received later is not known.
    """
    said = _said_by_vintage(evidence.values)
    known: dict[FormKey, list[Vintage]] = defaultdict(list)
    for vintage in evidence.vintages:
        if vintage.received_at <= known_at:
            known[vintage.form, vintage.quarter].append(vintage)
    return Selection({key: _choose(vintages, said, known_at) for key, vintages in known.items()})


def may_answer(vintages: list[Vintage]) -> list[Vintage]:
    """Those versions of a form and quarter that may answer, or be said to have been sent back, now or later.

    Older than a good version that is alone of its moment and that nobody ever withdraws, none comes back: whatever
    arrives after it, it is the last one to fall back upon.
    """
    matter: list[Vintage] = []
    for version in _versions(vintages):
        matter.extend(version)
        if len(version) == 1 and version[0].problem is None and version[0].withdrawn_at is None:
            break
    return matter


def key_of(vintage: Vintage) -> VintageKey:
    """What ties values and rejected rows to their version."""
    return (vintage.form, vintage.quarter, vintage.sha256)


def _said_by_vintage(values: tuple[MeasureValue, ...]) -> dict[VintageKey, Said]:
    said: dict[VintageKey, Said] = defaultdict(dict)
    for value in values:
        said[value.form, value.quarter, value.sha256][value.measure, value.unit_code] = (value.value, value.basis)
    return said


def _versions(vintages: list[Vintage]) -> Iterator[list[Vintage]]:
    """The vintages newest first; those of equal (as_of, received_at) together, lowest sha256 and file name first."""
    ordered = sorted(vintages, key=lambda v: (v.sha256, v.file))
    ordered.sort(key=_version_key, reverse=True)
    for _, same in groupby(ordered, key=_version_key):
        yield list(same)


def _version_key(vintage: Vintage) -> tuple[object, ...]:
    return (vintage.as_of, vintage.received_at)


def _choose(vintages: list[Vintage], said: dict[VintageKey, Said], known_at: datetime) -> Answer:
    sent_back: list[SentBack] = []
    for version in _versions(vintages):
        standing = [vintage for vintage in version if not vintage.is_withdrawn(known_at)]
        good = [vintage for vintage in standing if vintage.problem is None]
        if good and not _contradict(good, said):
            return Answer(good[0], tuple(sent_back))
        sent_back.extend(SentBack((v.file,), v.problem, v.received_at) for v in standing if v.problem is not None)
        if good:
            sent_back.append(_contradiction(good))
        elif len(standing) < len(version):  # a file was withdrawn and no other file of that moment stands for it
            withdrawn = next(vintage for vintage in version if vintage.is_withdrawn(known_at))
            return Answer(None, tuple(sent_back), withdrawn)
    return Answer(None, tuple(sent_back))


def _contradict(good: list[Vintage], said: dict[VintageKey, Said]) -> bool:
    """Whether files of the same moment give different figures: nobody can say which one was meant (feeds.md)."""
    return any(said.get(key_of(vintage), {}) != said.get(key_of(good[0]), {}) for vintage in good[1:])


def _contradiction(good: list[Vintage]) -> SentBack:
    files = tuple(sorted(vintage.file for vintage in good))
    return SentBack(files, "các tệp cùng ngày số liệu, cùng thời điểm nhận nhưng khác số liệu", good[0].received_at)
