"""Who has reported what and when, and who still owes what: the rows of ``mart.feed_scorecard`` and ``mart.overdue``.

Reporting rate and on-time rate are DHIS2's: reports received, and reports received by their due day, over the reports
expected, × 100. Not what the reports say: that is ``figures``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from lagi_pipeline.catalogue.deadlines import DueDays, correction_due, due_days
from lagi_pipeline.catalogue.indicators import (
    PART_OF,
    Accumulation,
    Cadence,
    Catalogue,
    FeedEntry,
    Indicator,
    ObsStatus,
)
from lagi_pipeline.catalogue.place import Office, Place, Resolution
from lagi_pipeline.catalogue.quarter import Quarter, quarters_between
from lagi_pipeline.indicators.model import is_withdrawn
from lagi_pipeline.indicators.vintages import Answer, Selection

REPORT_STATUSES = ("not_due", "missing", "withdrawn", "estimate_only", "returned", "late", "on_time")
DEBTS = ("report_missing", "final_missing", "correction_missing", "estimate_missing")
FLEET_TABLE, TASK_TABLE = "iuu_compliance", "task_progress"
"""What a list of the fleet, and a report on tasks, is for in place of a target."""
_TABLE_OF = {"fisheries": FLEET_TABLE, "tasks": TASK_TABLE}
"""The table by the group of its feeds."""
_LAST = 4
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """A report that an office owes, as ``offices.csv`` names it: a feed, or an extra folder of one (``crops``)."""

    office: Office
    code: str
    name_vi: str
    feed: FeedEntry
    forms: tuple[str, ...]
    """The forms it consists of."""
    folders: tuple[str, ...]
    """The folders of ``data/raw`` in which a file is taken for it where no form can be told."""
    shared_by: frozenset[str]
    """The offices that owe the same report."""

    def covers(self, feed: str, form: str | None, file: str, sender: str | None) -> bool:
        """Whether a file counts for it: of its form (not told: of its folder), and sent by its office.

        A file without a sender, or sent by an office that does not owe the report, counts for every office that does:
        the report is there, and nobody else can be asked for it.
        """
        folder = file.partition("/")[0]
        of_report = form in self.forms if form is not None else folder in self.folders
        return feed == self.feed.code and of_report and (sender == self.office.office or sender not in self.shared_by)


@dataclass(frozen=True, slots=True)
class Owed:
    """What all offices owe, and the first quarter for which they do."""

    duties: tuple[Duty, ...]
    first: Quarter
    task_years: frozenset[int] = frozenset()
    """The years that have tasks: in the others no report on tasks is owed."""

    def is_due(self, duty: Duty, quarter: Quarter) -> bool:
        """Whether a report is owed for a quarter."""
        return duty.feed.is_due(quarter) and (not duty.feed.follows_tasks or quarter.year in self.task_years)


@dataclass(frozen=True, slots=True)
class Filed:
    """A form as one file brought it, or a file that could not be read. Times are local."""

    feed: str
    form: str | None
    """None where a file that could not be read does not tell."""
    quarter: Quarter
    file: str
    sha256: str
    received_at: datetime
    obs_status: ObsStatus | None
    """None where the form could not be read."""
    sender: str | None = None
    withdrawn_at: datetime | None = None
    restored_at: datetime | None = None
    rows_accepted: int = 0
    rows_rejected: int = 0
    warnings: int = 0

    @property
    def is_estimate(self) -> bool:
        """Whether its figures are estimates; what could not be read is taken for one up to the quarter's last day."""
        if self.obs_status is None:
            return self.received_at.date() <= self.quarter.end
        return self.obs_status is ObsStatus.ESTIMATE


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings of one kind in one file: ``count`` of them at its cells, or reasons for which it may not answer."""

    feed: str
    form: str | None
    quarter: Quarter
    file: str
    sha256: str
    received_at: datetime
    resolved_at: datetime | None
    is_error: bool
    of_file: bool
    """Whether they are about the file as a whole."""
    count: int
    is_ours: bool = False
    """Whether a defect of the reader is the reason: nothing that the office could mend."""
    sender: str | None = None
    withdrawn_at: datetime | None = None
    restored_at: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether it was known and neither resolved nor withdrawn at a time."""
        resolved = self.resolved_at is not None and self.resolved_at <= at
        return self.received_at <= at and not resolved and not _is_withdrawn(self, at)


_Arrived = TypeVar("_Arrived", Filed, Findings)


def _is_withdrawn(arrived: Filed | Findings, at: datetime) -> bool:
    return is_withdrawn(arrived.withdrawn_at, arrived.restored_at, at)


@dataclass(frozen=True)
class Received:
    """What was received for all quarters, in any order, and what came of it as known at the moment of evaluation."""

    filed: Sequence[Filed]
    findings: Sequence[Findings]
    selection: Selection
    """What answers."""
    with_figure: frozenset[tuple[str, Quarter]]
    """The town's lines (indicator, quarter) that have a figure of their own quarter."""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A row of ``mart.feed_scorecard``; the meaning of each column stands in the warehouse's model of that table."""

    quarter: str
    feed: str
    feed_name_vi: str
    office: str
    office_name_vi: str
    estimate_due: date | None
    final_due: date
    expected: int
    received: int
    usable: int
    first_received_at: datetime | None
    estimate_received_at: datetime | None
    final_received_at: datetime | None
    on_time: int | None
    estimate_on_time: int | None
    days_late: int | None
    vintages: int
    rows_accepted: int
    rows_rejected: int
    warnings: int
    refused_files: int
    open_findings: int
    status: str
    status_vi: str
    reporting_rate_pct: Decimal | None
    on_time_rate_pct: Decimal | None
    evaluated_at: datetime


@dataclass(frozen=True, slots=True)
class OverdueLine:
    """A row of ``mart.overdue``."""

    quarter: str
    office: str
    office_name_vi: str
    feed: str
    feed_name_vi: str
    what: str
    what_vi: str
    since: date
    days_overdue: int
    targets: str | None
    targets_vi: str | None
    blinds: str | None
    blinds_vi: str | None
    sent_back_files: str | None
    evaluated_at: datetime


@dataclass(frozen=True)
class Scorecard:
    """The rows of both tables."""

    lines: list[ScoreLine]
    overdue: list[OverdueLine]


def owed(
    catalogue: Catalogue,
    place: Place,
    forms: Mapping[str, Mapping[str, str]],
    resolutions: Sequence[Resolution],
    task_years: Iterable[int] = (),
) -> Owed:
    """What each office owes, in the order of ``offices.csv``, and from when on.

    A form that has a folder of its own (``crops`` of ``forestry``: ``forestry_crops``) is owed under the folder's name
    where an office owes that, else with the rest of its feed. The first quarter is Q1 of the first year with targets,
    not before the place's first quarter: of an earlier year a baseline was kept, and no more of it is asked for.

    Args:
        catalogue: The feeds with their folders.
        place: The offices.
        forms: Per feed its forms' codes with their Vietnamese titles.
        resolutions: The targets by year.
        task_years: The years that have tasks.

    Raises:
        KeyError: an owed folder has no form of its own.
    """
    owed_by: dict[str, set[str]] = {}
    for office in place.offices:
        for code in office.feeds:
            owed_by.setdefault(code, set()).add(office.office)
    feed_of = {folder: feed for feed in catalogue.feeds.values() for folder in feed.folders}
    duties = tuple(
        _duty(office, code, feed_of[code], forms[feed_of[code].code], owed_by)
        for office in place.offices
        for code in dict.fromkeys(office.feeds)
    )
    years = [Quarter(resolution.year, 1) for resolution in resolutions]
    first = max(place.first_quarter, min(years, default=place.first_quarter))
    return Owed(duties, first, frozenset(task_years))


def _duty(
    office: Office, code: str, feed: FeedEntry, titles: Mapping[str, str], owed_by: Mapping[str, set[str]]
) -> Duty:
    shared_by = frozenset(owed_by[code])
    if code != feed.code:
        form = f"{feed.code}_{code}"
        return Duty(office, code, titles[form], feed, (form,), (code,), shared_by)
    apart = [folder for folder in feed.extra_folders if folder in owed_by]
    own = tuple(form for form in titles if form not in {f"{feed.code}_{folder}" for folder in apart})
    folders = tuple(folder for folder in feed.folders if folder not in apart)
    return Duty(office, code, feed.name_vi, feed, own, folders, shared_by)


def scorecard(catalogue: Catalogue, place: Place, owed: Owed, received: Received, evaluated_at: datetime) -> Scorecard:
    """How every office stands with every report it owes, and what is overdue.

    Args:
        catalogue: The lines that rest on the reports, and the words.
        place: Whose offices they are.
        owed: What they owe.
        received: What came.
        evaluated_at: Local time of the evaluation: what came later is not known. Its quarter is the last one listed.

    Returns:
        A line per quarter and duty in which the feed is due, by quarter and in the order of the duties; and what is
        overdue, for longest first.
    """
    desk = _Desk(catalogue, place, received, evaluated_at)
    reports = [
        desk.report(duty, quarter)
        for quarter in quarters_between(owed.first, Quarter.containing(evaluated_at.date()))
        for duty in owed.duties
        if owed.is_due(duty, quarter)
    ]
    debts = [line for report in reports if (line := desk.overdue(report)) is not None]
    return Scorecard(
        lines=[desk.line(report, _year_to_date(report, reports)) for report in reports],
        overdue=sorted(debts, key=lambda line: (line.since, line.office, line.feed, line.quarter)),
    )


@dataclass(frozen=True)
class _Report:
    """One report owed for one quarter, and everything known of it at a time."""

    duty: Duty
    quarter: Quarter
    due: DueDays
    evaluated_at: datetime
    filed: tuple[Filed, ...]
    """What was known, first received first, withdrawn files among it."""
    findings: tuple[Findings, ...]
    answers: Mapping[str, Answer]

    @property
    def judged_on(self) -> date:
        return self.evaluated_at.date()

    @property
    def is_expected(self) -> bool:
        """Whether its last day has passed: until then nobody is late, and no rate counts it."""
        return self.due.final < self.judged_on

    @cached_property
    def standing(self) -> tuple[Filed, ...]:
        """What counts as received. A withdrawal takes back the form's earlier files too: none of them answers."""
        return tuple(
            filed
            for filed in self.filed
            if not _is_withdrawn(filed, self.evaluated_at) and not self._is_taken_back(filed)
        )

    def _is_taken_back(self, filed: Filed) -> bool:
        withdrawn = self.answers[filed.form].withdrawn if filed.form is not None else None
        return withdrawn is not None and filed.received_at <= withdrawn.received_at

    @cached_property
    def finals(self) -> tuple[Filed, ...]:
        """The files with preliminary or final figures: an estimate alone is not the report of a quarter."""
        return tuple(filed for filed in self.standing if not filed.is_estimate)

    @property
    def final_on(self) -> date | None:
        return self.finals[0].received_at.date() if self.finals else None

    @cached_property
    def is_usable(self) -> bool:
        """Whether every form that came has a version that answers; once final figures came, one that is no estimate."""
        sent = {filed.form for filed in self.standing if filed.form is not None}
        answers = [self.answers[form].vintage for form in sent]
        return bool(answers) and all(
            answer is not None and (answer.obs_status is not ObsStatus.ESTIMATE or not self.finals)
            for answer in answers
        )

    @property
    def status(self) -> str:
        if not self.standing:
            return "withdrawn" if self.filed else "missing" if self.is_expected else "not_due"
        if not self.is_usable:
            return "returned"
        if not self.finals:
            return "estimate_only"
        return "on_time" if self.on_time else "late"

    @property
    def on_time(self) -> int | None:
        """None while it may still come in time."""
        if self.final_on is not None:
            return int(self.final_on <= self.due.final)
        return 0 if self.is_expected else None

    @property
    def days_late(self) -> int | None:
        """Days between due day and receipt, or until now where nothing came; None while it may still come in time."""
        until = self.final_on or (self.judged_on if self.is_expected else None)
        return None if until is None else max(0, (until - self.due.final).days)

    @property
    def asks_for_estimate(self) -> bool:
        """Estimates are asked of quarterly feeds: a yearly survey is taken once, and has none."""
        return self.duty.feed.cadence is Cadence.QUARTER

    @property
    def estimate_on_time(self) -> int | None:
        """Whether any figures were there by the day of estimates; None where none are asked for or may still come."""
        if not self.asks_for_estimate:
            return None
        if self.standing and self.standing[0].received_at.date() <= self.due.estimate:
            return 1
        return 0 if self.due.estimate < self.judged_on else None

    @cached_property
    def open_findings(self) -> tuple[Findings, ...]:
        return tuple(findings for findings in self.findings if findings.is_open(self.evaluated_at))

    def to_correct(self) -> list[tuple[date, str]]:
        """(day received, file) of what went back to the office and is still to be mended."""
        mine = {filed.file for filed in self.standing}
        errors = [(f.received_at.date(), f.file) for f in self.open_findings if f.is_error and not f.is_ours]
        returned = [
            (back.received_at.date(), file)
            for answer in self.answers.values()
            for back in answer.sent_back
            for file in back.files
            if file in mine
        ]
        return sorted({*errors, *returned})


@dataclass(frozen=True)
class _Desk:
    """Looks at one report after the other."""

    catalogue: Catalogue
    place: Place
    received: Received
    evaluated_at: datetime

    def report(self, duty: Duty, quarter: Quarter) -> _Report:
        """What is known of a report."""
        filed = [
            filed
            for filed in self._filed.get((duty.feed.code, quarter), ())
            if duty.covers(filed.feed, filed.form, filed.file, filed.sender)
        ]
        findings = [
            findings
            for findings in self._findings.get((duty.feed.code, quarter), ())
            if duty.covers(findings.feed, findings.form, findings.file, findings.sender)
        ]
        return _Report(
            duty=duty,
            quarter=quarter,
            due=due_days(duty.office, quarter),
            evaluated_at=self.evaluated_at,
            filed=tuple(sorted(filed, key=lambda one: (one.received_at, one.file, one.form or ""))),
            findings=tuple(findings),
            answers={form: self.received.selection.answer(form, quarter) for form in duty.forms},
        )

    @cached_property
    def _filed(self) -> dict[tuple[str, Quarter], list[Filed]]:
        return _known(self.received.filed, self.evaluated_at)

    @cached_property
    def _findings(self) -> dict[tuple[str, Quarter], list[Findings]]:
        return _known(self.received.findings, self.evaluated_at)

    def line(self, report: _Report, year: Sequence[_Report]) -> ScoreLine:
        """The row of a report; ``year`` are the expected reports of its duty, from Q1 to its quarter."""
        estimates = [filed.received_at for filed in report.standing if filed.is_estimate]
        refused = {
            findings.sha256
            for findings in report.findings
            if findings.of_file and not _is_withdrawn(findings, self.evaluated_at)
        }
        return ScoreLine(
            quarter=str(report.quarter),
            feed=report.duty.code,
            feed_name_vi=report.duty.name_vi,
            office=report.duty.office.office,
            office_name_vi=report.duty.office.name_vi,
            estimate_due=report.due.estimate if report.asks_for_estimate else None,
            final_due=report.due.final,
            expected=int(report.is_expected),
            received=int(bool(report.finals)),
            usable=int(report.is_usable),
            first_received_at=report.standing[0].received_at if report.standing else None,
            estimate_received_at=estimates[0] if estimates else None,
            final_received_at=report.finals[0].received_at if report.finals else None,
            on_time=report.on_time,
            estimate_on_time=report.estimate_on_time,
            days_late=report.days_late,
            vintages=len({filed.sha256 for filed in report.standing}),
            rows_accepted=sum(filed.rows_accepted for filed in report.standing),
            rows_rejected=sum(filed.rows_rejected for filed in report.standing),
            warnings=sum(filed.warnings for filed in report.standing),
            refused_files=len(refused),
            open_findings=sum(findings.count for findings in report.open_findings),
            status=report.status,
            status_vi=self._word("report_status", report.status),
            reporting_rate_pct=_rate([int(bool(one.finals)) for one in year]),
            on_time_rate_pct=_rate([one.on_time or 0 for one in year]),
            evaluated_at=self.evaluated_at,
        )

    def overdue(self, report: _Report) -> OverdueLine | None:
        """The row of the urging list: the one thing to ask for first; None where nothing is overdue.

        Reports of the current and of the last year are urged. Older ones stay in the scorecard: their years are closed
        and reported, and a feed that was never sent would bury what can still be mended.
        """
        debt = _debt(report, self.place) if report.quarter.year >= report.judged_on.year - 1 else None
        if debt is None:
            return None
        what, since = debt
        targets = _resting_on(self.catalogue, report.duty, report.quarter)
        blinds = self._blinded(report, targets)
        files = dict.fromkeys(file for _, file in report.to_correct())
        return OverdueLine(
            quarter=str(report.quarter),
            office=report.duty.office.office,
            office_name_vi=report.duty.office.name_vi,
            feed=report.duty.code,
            feed_name_vi=report.duty.name_vi,
            what=what,
            what_vi=self._word("debt", what),
            since=since,
            days_overdue=(report.judged_on - since).days + 1,
            targets=", ".join(targets) or None,
            targets_vi="; ".join(self._named(code) for code in targets) or None,
            blinds=", ".join(blinds) or None,
            blinds_vi="; ".join(self._named(code) for code in blinds) or None,
            sent_back_files=", ".join(files) or None,
            evaluated_at=self.evaluated_at,
        )

    def _blinded(self, report: _Report, targets: Sequence[str]) -> list[str]:
        """Those of ``targets`` that have no figure for the quarter; of a table, where the report is missing."""
        return [
            code
            for code in targets
            if (
                not report.is_usable
                if code in _TABLE_OF.values()
                else (code, report.quarter) not in self.received.with_figure
            )
        ]

    def _named(self, code: str) -> str:
        """``chỉ tiêu 6: Tỷ lệ chất thải rắn đô thị được thu gom, xử lý``."""
        if code in _TABLE_OF.values():
            return self._word("table", code)
        indicator = self.catalogue.indicator(code)
        return f"chỉ tiêu {indicator.ordinal}: {indicator.name_vi.removeprefix(PART_OF)}"

    def _word(self, kind: str, code: str) -> str:
        return self.catalogue.words[kind][code]


def _year_to_date(report: _Report, reports: Sequence[_Report]) -> list[_Report]:
    """The expected reports of the same duty from Q1 to the quarter of ``report``."""
    return [
        other
        for other in reports
        if other.duty is report.duty
        and other.quarter.year == report.quarter.year
        and other.quarter <= report.quarter
        and other.is_expected
    ]


def _rate(counted: Sequence[int]) -> Decimal | None:
    """Reports that count over reports expected × 100; None where none is expected yet."""
    return Decimal(sum(counted)) / len(counted) * 100 if counted else None


def _known(arrived: Iterable[_Arrived], moment: datetime) -> dict[tuple[str, Quarter], list[_Arrived]]:
    """What was known at a moment, by feed and quarter."""
    known: dict[tuple[str, Quarter], list[_Arrived]] = {}
    for one in arrived:
        if one.received_at <= moment:
            known.setdefault((one.feed, one.quarter), []).append(one)
    return known


def _debt(report: _Report, place: Place) -> tuple[str, date] | None:
    """What is overdue of a report, and the first day on which it was.

    A missing report comes before a missing correction: what is asked for anew need not be mended. A file of no use
    that came late buys no time: where nothing usable ever came, its correction is owed since the report was.
    """
    if not report.finals and report.is_expected:
        return ("final_missing" if report.standing else "report_missing"), report.due.final + _DAY
    days = [correction_due(place, report.duty.code, report.quarter, day) + _DAY for day, _ in report.to_correct()]
    came_late = all(day > report.due.final for day, _ in report.to_correct())
    if days and came_late and not report.is_usable:
        days.append(report.due.final + _DAY)
    if days and min(days) <= report.judged_on:
        return "correction_missing", min(days)
    if not report.standing and report.asks_for_estimate and report.due.estimate < report.judged_on:
        return "estimate_missing", report.due.estimate + _DAY
    return None


def _resting_on(catalogue: Catalogue, duty: Duty, quarter: Quarter) -> list[str]:
    """The lines of the resolution that read the report's figures of a quarter; a table for lists and tasks.

    A yearly line of a state (trained labour) reads Q4 alone; one that adds up the quarters (births) reads each.
    """
    targets = [
        indicator.code
        for indicator in catalogue.indicators
        if indicator.ordinal is not None and any(_reads(catalogue, indicator, duty, quarter))
    ]
    table = _TABLE_OF.get(duty.feed.group)
    return targets or ([table] if table else [])


def _reads(catalogue: Catalogue, indicator: Indicator, duty: Duty, quarter: Quarter) -> Iterator[bool]:
    for term in indicator.formula.terms:
        measure = catalogue.measures[term.measure]
        each_quarter = indicator.cadence is Cadence.QUARTER or measure.accumulation is Accumulation.FLOW
        yield measure.form in duty.forms and (each_quarter or quarter.number == _LAST)
