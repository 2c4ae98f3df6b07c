"""What was known when: every state of every line and figure, from the moment it became known to the next.

A state changes when something becomes known (a file, its refusal, its withdrawal, a changed plan) or when the calendar
turns (a quarter begins, a due day or the year's closing passes). Nothing else changes a figure, so it is computed once
per such moment, by the same functions as today's, and only what that moment can have changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from itertools import chain
from operator import attrgetter
from typing import Generic, TypeVar

from lagi_pipeline.catalogue.indicators import Catalogue, Indicator
from lagi_pipeline.catalogue.place import Place, Resolution
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.attainment import quarters_to_observe
from lagi_pipeline.indicators.evaluation import Part, evaluate
from lagi_pipeline.indicators.model import (
    Attainment,
    Evidence,
    MeasureValue,
    Observation,
    Override,
    RejectedUnit,
    Vintage,
)
from lagi_pipeline.indicators.overrides import moments
from lagi_pipeline.indicators.verdict import due_day
from lagi_pipeline.indicators.vintages import FormKey, VintageKey, key_of, may_answer
from lagi_pipeline.indicators.year_verdict import YearVerdict, year_verdicts

_Row = TypeVar("_Row", Attainment, Observation, YearVerdict)
_DAY = timedelta(days=1)
_LAST = 4


@dataclass(frozen=True, slots=True)
class Known(Generic[_Row]):
    """A row and when it was known: from ``known_from`` until just before ``known_to``; None is still."""

    row: _Row
    known_from: datetime
    known_to: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    """Every state up to the last evaluation; the rows without ``known_to`` are those of that moment."""

    attainment: list[Known[Attainment]]
    observations: list[Known[Observation]]
    verdicts: list[Known[YearVerdict]]


def history(
    catalogue: Catalogue, place: Place, stated: Sequence[Resolution], evidence: Evidence, evaluated_at: datetime
) -> History:
    """Every state of every line and figure up to a moment.

    For any ``t`` up to ``evaluated_at`` the rows known at ``t`` are those that ``evaluate`` gives as of ``t``, but for
    their own ``evaluated_at``, which is the moment of the change. Equal states that follow each other are one.

    Args:
        catalogue: What is measured.
        place: Whose figures they are.
        stated: The targets by year, as ``targets.yaml`` gives them, every version of a changed plan.
        evidence: Everything ever received, in any order.
        evaluated_at: Local time of the last evaluation; nothing later is computed.

    Returns:
        Rows by key, earliest first.
    """
    readers = _Readers(catalogue)
    chronicle = _Chronicle(catalogue, place, stated, readers, _Files(catalogue, evidence))
    changes = [*_received(readers, evidence), *_planned(readers, stated), *_turns(catalogue, place, stated)]
    due: dict[datetime, list[Change]] = defaultdict(list)
    for change in changes:
        if change.moment <= evaluated_at:
            due[change.moment].append(change)
    for moment in sorted(due):
        chronicle.advance(moment, due[moment])
    return History(chronicle.lines.history(), chronicle.figures.history(), chronicle.verdicts.history())


@dataclass(frozen=True, slots=True)
class Change:
    """Something that may change the lines of some indicators from a moment on."""

    moment: datetime
    indicators: frozenset[str]
    since: Quarter | None = None
    """The first quarter whose observations it may change; None where it changes none."""


class _Readers:
    """Which indicators read a feed, and which feeds an indicator reads: anything that its forms print, to be safe."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.everyone = frozenset(indicator.code for indicator in catalogue.indicators)
        self.feed_of_folder = {folder: feed.code for feed in catalogue.feeds.values() for folder in feed.folders}
        self.feeds = {
            indicator.code: frozenset(self._read_by(catalogue, indicator)) for indicator in catalogue.indicators
        }
        self.beside = {indicator.code: indicator.alternative for indicator in catalogue.indicators}

    @staticmethod
    def _read_by(catalogue: Catalogue, indicator: Indicator) -> Iterator[str]:
        """The feeds of its terms, of the other reading noted beside it, and of the forms with its plan or estimate."""
        yield from catalogue.feeds_of(indicator)
        if indicator.alternative is not None:
            yield from catalogue.feeds_of(catalogue.indicator(indicator.alternative))
        yield from (
            measure.feed
            for measure in catalogue.measures.values()
            if indicator.code in {measure.plan_of, measure.estimate_of}
        )

    def of(self, feed_or_folder: str) -> frozenset[str]:
        """The indicators that read a feed."""
        feed = self.feed_of_folder.get(feed_or_folder, feed_or_folder)
        return frozenset(code for code, feeds in self.feeds.items() if feed in feeds)

    def read_by(self, indicators: Collection[str]) -> frozenset[str]:
        """The feeds that any of the indicators reads."""
        return frozenset[str]().union(*(self.feeds[code] for code in indicators))

    def noted_beside(self, indicators: Collection[str]) -> frozenset[str]:
        """The indicators, and those whose observations their rows note beside them."""
        others = (self.beside[code] for code in indicators)
        return frozenset(indicators) | {code for code in others if code is not None}


def _received(readers: _Readers, evidence: Evidence) -> Iterator[Change]:
    """Everything that became known, when, and of which quarter: a new kind of evidence is a new line here."""
    for vintage in evidence.vintages:
        for moment in (vintage.received_at, vintage.withdrawn_at, vintage.restored_at):
            if moment is not None:
                yield Change(moment, readers.of(vintage.feed), vintage.quarter)
    for refusal in evidence.refusals:
        yield Change(refusal.received_at, readers.of(refusal.feed), refusal.quarter)
    yield from _set_by_hand(evidence.overrides)


def _set_by_hand(overrides: Sequence[Override]) -> Iterator[Change]:
    """A version of a file ends what its earlier versions set, so each may change whatever any of them names."""
    for file in {override.file for override in overrides}:
        of_file = [override for override in overrides if override.file == file]
        lines = frozenset(override.indicator_code for override in of_file)
        since = min(override.quarter for override in of_file)
        yield from (Change(moment, lines, since) for moment in moments(of_file))


def _planned(readers: _Readers, stated: Iterable[Resolution]) -> Iterator[Change]:
    """The days from which a plan stands; a plan may state last year's end, which observations of its year rest on."""
    for resolution in stated:
        for target in resolution.targets:
            if target.known_from is not None and target.code in readers.everyone:
                yield Change(_first_of(target.known_from), frozenset({target.code}), Quarter(resolution.year, 1))


def _turns(catalogue: Catalogue, place: Place, stated: Iterable[Resolution]) -> Iterator[Change]:
    """The days on which lines change by the calendar alone: ``attain`` judges a new quarter, ``verdict`` says more."""
    for resolution in stated:
        for indicator in catalogue.indicators:
            code = frozenset({indicator.code})
            yield Change(_first_of(indicator.closing_day(resolution.year) + _DAY), code)
            for quarter in Quarter(resolution.year, _LAST).year_to_date:
                yield Change(_first_of(quarter.start), code)
                yield Change(_first_of(due_day(catalogue, place, indicator, quarter) + _DAY), code)


def _first_of(day: date) -> datetime:
    return datetime.combine(day, time())


class _Files:
    """What was received, by feed, up to a moment that only moves on; versions that can no longer answer are let go.

    What belongs to no file of a feed (a kind of evidence added later) is in every part of it.
    """

    def __init__(self, catalogue: Catalogue, evidence: Evidence) -> None:
        self.whole = evidence
        self.folders = {feed.code: feed.folders for feed in catalogue.feeds.values()}
        self.values: dict[VintageKey, list[MeasureValue]] = defaultdict(list)
        for value in evidence.values:
            self.values[value.form, value.quarter, value.sha256].append(value)
        self.rejected: dict[VintageKey, list[RejectedUnit]] = defaultdict(list)
        for row in evidence.rejected_units:
            self.rejected[row.form, row.quarter, row.sha256].append(row)
        self.to_come = sorted(evidence.vintages, key=attrgetter("received_at"), reverse=True)
        """Latest first."""
        self.matter: dict[str, dict[FormKey, list[Vintage]]] = defaultdict(lambda: defaultdict(list))

    def known(self, moment: datetime, feeds: Collection[str]) -> Evidence:
        """What was received of some feeds by a moment, and still matters then or later."""
        self._advance(moment)
        vintages = [
            vintage for feed in sorted(feeds) for versions in self.matter[feed].values() for vintage in versions
        ]
        folders = {folder for feed in feeds for folder in self.folders[feed]}
        return replace(
            self.whole,
            vintages=tuple(vintages),
            values=tuple(value for vintage in vintages for value in self.values[key_of(vintage)]),
            rejected_units=tuple(row for vintage in vintages for row in self.rejected[key_of(vintage)]),
            refusals=tuple(refusal for refusal in self.whole.refusals if refusal.feed in folders),
        )

    def _advance(self, moment: datetime) -> None:
        came: set[tuple[str, FormKey]] = set()
        while self.to_come and self.to_come[-1].received_at <= moment:
            vintage = self.to_come.pop()
            self.matter[vintage.feed][vintage.form, vintage.quarter].append(vintage)
            came.add((vintage.feed, (vintage.form, vintage.quarter)))
        for feed, key in came:
            self.matter[feed][key] = may_answer(self.matter[feed][key])


@dataclass
class _States(Generic[_Row]):
    """The states of rows of one kind: those that stand, and those that were."""

    key: attrgetter[Hashable]
    said: attrgetter[Hashable]
    """What a row says, without the moment at which it was computed."""
    standing: dict[Hashable, Known[_Row]] = field(default_factory=dict)
    past: list[Known[_Row]] = field(default_factory=list)

    def renew(self, moment: datetime, rows: Iterable[_Row], former: Iterable[Hashable]) -> None:
        """Let ``rows`` stand from a moment on, in place of those of the keys ``former``; what says the same stays."""
        gone = set(former)
        for row in rows:
            key = self.key(row)
            gone.discard(key)
            old = self.standing.get(key)
            if old is None or self.said(old.row) != self.said(row):
                self._end(key, moment)
                self.standing[key] = Known(row, moment, None)
        for key in gone:
            self._end(key, moment)

    def _end(self, key: Hashable, moment: datetime) -> None:
        if (old := self.standing.pop(key, None)) is not None:
            self.past.append(replace(old, known_to=moment))

    def history(self) -> list[Known[_Row]]:
        """Every state, by key and from when it was known."""
        states = list(chain(self.past, self.standing.values()))
        states.sort(key=lambda known: (self.key(known.row), known.known_from))
        return states


def _all_but(row: type[Attainment | Observation | YearVerdict], *left_out: str) -> attrgetter[Hashable]:
    return attrgetter(*(column.name for column in fields(row) if column.name not in left_out))


@dataclass
class _Chronicle:
    """The state of everything, moved from one moment to the next."""

    catalogue: Catalogue
    place: Place
    stated: Sequence[Resolution]
    readers: _Readers
    files: _Files
    lines: _States[Attainment] = field(
        default_factory=lambda: _States(
            attrgetter("quarter", "indicator_code", "plan_source"), _all_but(Attainment, "evaluated_at")
        )
    )
    figures: _States[Observation] = field(
        default_factory=lambda: _States(
            attrgetter("indicator_code", "unit_code", "quarter"),
            _all_but(Observation, "inputs", "derivation", "override", "verdicts"),
        )
    )
    verdicts: _States[YearVerdict] = field(
        default_factory=lambda: _States(attrgetter("year", "plan_source"), _all_but(YearVerdict, "evaluated_at"))
    )
    known: dict[str, dict[tuple[str, str, Quarter], Observation]] = field(default_factory=lambda: defaultdict(dict))
    """The observations that stand, by indicator."""
    keys: dict[str, list[Hashable]] = field(default_factory=lambda: defaultdict(list))
    """The keys of the lines that stand, by indicator."""
    observed: set[Quarter] = field(default_factory=set)

    def advance(self, moment: datetime, changes: Sequence[Change]) -> None:
        """Compute anew what the changes of a moment may have changed."""
        begun = set(quarters_to_observe(self.place, self.stated, moment))
        if not begun:
            return
        new = begun - self.observed
        self.observed = begun
        indicators = self.readers.everyone if new else frozenset[str]().union(*(c.indicators for c in changes))
        since = min([*new, *(change.since for change in changes if change.since is not None)], default=None)
        if indicators:  # of the fleet's lists no indicator is made
            self._compute(moment, indicators, since)

    def _compute(self, moment: datetime, indicators: frozenset[str], since: Quarter | None) -> None:
        known = {key: o for code in self.readers.noted_beside(indicators) for key, o in self.known[code].items()}
        part = Part(indicators, since, known)
        evidence = self.files.known(moment, self.readers.read_by(indicators))
        computed = evaluate(self.catalogue, self.place, self.stated, evidence, moment, part)
        for key, observation in computed.observations.items():
            self.known[key[0]][key] = observation
        self.figures.renew(moment, computed.observations.values(), ())
        former = [key for code in indicators for key in self.keys.pop(code, ())]
        self.lines.renew(moment, computed.attainment, former)
        for row in computed.attainment:
            self.keys[row.indicator_code].append(self.lines.key(row))
        standing = [state.row for state in self.lines.standing.values()]
        self.verdicts.renew(moment, year_verdicts(self.catalogue, self.place, standing), tuple(self.verdicts.standing))
