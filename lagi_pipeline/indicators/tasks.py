"""How far the tasks of a resolution are, by quarter, and what its registers say: the rows of two marts.

A task that is not reported for a quarter has no status: never "not started", and nothing is carried over from the
quarter before. Whether work under way is overdue is judged by the due day; whether what is done was done in time, only
the office knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import Registers, Task, TaskGroup, TaskList
from lagi_pipeline.indicators.wording import date_vi, join_remarks

ASSUMED = "(*)"
"""Stands after the name of a lead office that is an assumption of the sample data, wherever it is shown."""
NO_DATA, NOT_STARTED, DONE_ON_TIME, DONE_LATE = "no_data", "not_started", "done_on_time", "done_late"
IN_PROGRESS, OVERDUE, UNDATED = "in_progress", "in_progress_overdue", "in_progress_undated"
RETURNED = "returned"
_UNDER_WAY = frozenset({IN_PROGRESS, OVERDUE, UNDATED})


@dataclass(frozen=True, slots=True)
class ReportedTask:
    """What the office reports of a task; its words as kept, with people masked.

    ``status`` is one of the codes above; work under way of which it does not say whether in time is ``UNDATED``.
    """

    status: str
    completion_pct: Decimal | None
    lead_vi: str | None
    partners_vi: str | None
    due: date | None
    difficulties_vi: str | None
    proposals_vi: str | None
    evidence_vi: str | None


@dataclass(frozen=True, slots=True)
class TaskReport:
    """The report on tasks that answers for a quarter."""

    tasks: Mapping[str, ReportedTask]
    """By the task's code."""
    returned: Mapping[str, str]
    """Why a task's row was sent back, by the task's code."""
    file: str
    as_of: date
    obs_status: str
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class TaskReports:
    """What came for a quarter: the report that answers, and the files that went back."""

    answer: TaskReport | None = None
    sent_back: Mapping[str, str] = field(default_factory=dict)
    """Why a file went back, by its name."""
    before: Mapping[str, TaskLine] = field(default_factory=dict)
    """How each task stood for the quarter before of the same year, by its code."""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A row of ``mart.task_progress``; the meaning of each column stands in the warehouse's model of that table."""

    quarter: str
    year: int
    task_code: str
    group_number: int
    group_vi: str
    group_en: str
    position: int
    task_vi: str
    task_en: str
    basis_vi: str | None
    clause: str
    lead_office: str | None
    lead_office_vi: str | None
    partners_vi: str | None
    due: date | None
    status: str
    status_vi: str
    completion_pct: Decimal | None
    difficulties_vi: str | None
    proposals_vi: str | None
    evidence_vi: str | None
    indicator_codes: str | None
    followed_in: str | None
    obs_status: str | None
    as_of: date | None
    sources: str | None
    reason: str | None
    evaluated_at: datetime
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A row of ``mart.resolution_register``."""

    year: int
    register: str
    position: int
    text_vi: str
    text_en: str
    body_vi: str | None
    document_no: str | None
    document_date: date | None
    status: str
    status_vi: str
    indicator_code: str | None
    note_vi: str | None
    clause: str
    is_illustrative: bool


Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class TaskDesk:
    """Looks at the tasks of one year.

    Attributes:
        tasks: The tasks.
        offices: The name of each office by its code.
        words: The Vietnamese words of the catalogue.
        evaluated_at: Local time of the evaluation.
    """

    tasks: TaskList
    offices: Mapping[str, str]
    words: Words
    evaluated_at: datetime

    def quarters(self) -> Iterator[Quarter]:
        """The quarters of the year that have begun."""
        for number in range(1, 5):
            quarter = Quarter(self.tasks.year, number)
            if quarter.start <= self.evaluated_at.date():
                yield quarter

    def lines(self, quarter: Quarter, reports: TaskReports) -> list[TaskLine]:
        """A line for every task, in the order of the resolution."""
        return [
            self._line(group, position, task, quarter, reports)
            for group in self.tasks.groups
            for position, task in enumerate(group.tasks, 1)
        ]

    def _line(self, group: TaskGroup, position: int, task: Task, quarter: Quarter, reports: TaskReports) -> TaskLine:
        report = reports.answer
        said = report.tasks.get(task.code) if report else None
        due = task.due or (said.due if said else None)
        status, shown = self._status(task, due, reports)
        is_told = report is not None and (said is not None or task.code in report.returned)
        return TaskLine(
            quarter=str(quarter),
            year=self.tasks.year,
            task_code=task.code,
            group_number=group.number,
            group_vi=group.name_vi,
            group_en=group.name_en,
            position=position,
            task_vi=task.label_vi,
            task_en=task.label_en,
            basis_vi=self.tasks.basis_vi(task),
            clause=group.clause,
            lead_office=task.lead_office,
            lead_office_vi=self._lead(task, said),
            partners_vi=said.partners_vi if said else None,
            due=due,
            status=status,
            status_vi=self.words["task_status"][shown],
            completion_pct=said.completion_pct if said else None,
            difficulties_vi=said.difficulties_vi if said else None,
            proposals_vi=said.proposals_vi if said else None,
            evidence_vi=said.evidence_vi if said else None,
            indicator_codes=";".join(task.indicators) or None,
            followed_in=f"mart.{task.table}" if task.table else None,
            obs_status=report.obs_status if report and said else None,
            as_of=report.as_of if report and said else None,
            sources=report.file if report and is_told else None,
            reason=self._reason(task, due, quarter, reports),
            evaluated_at=self.evaluated_at,
            is_illustrative=bool(report and said and report.is_illustrative),
        )

    def _status(self, task: Task, due: date | None, reports: TaskReports) -> tuple[str, str]:
        """The status, and the code of the word that tells it."""
        report = reports.answer
        said = report.tasks.get(task.code) if report else None
        if report is None or said is None:
            is_returned = task.code in report.returned if report else bool(reports.sent_back)
            return NO_DATA, RETURNED if is_returned else NO_DATA
        if said.status not in _UNDER_WAY:
            return said.status, said.status
        if due is not None:
            judged = OVERDUE if due < report.as_of else IN_PROGRESS
            return judged, judged
        return (OVERDUE, OVERDUE) if said.status == OVERDUE else (IN_PROGRESS, said.status)

    def _lead(self, task: Task, said: ReportedTask | None) -> str | None:
        """The lead office that ``tasks.yaml`` names, marked where it is an assumption; else as reported."""
        if task.lead_office is None:
            return said.lead_vi if said else None
        name = self.offices[task.lead_office]
        return f"{name} {ASSUMED}" if task.lead_is_illustrative else name

    def _reason(self, task: Task, due: date | None, quarter: Quarter, reports: TaskReports) -> str | None:
        report = reports.answer
        remarks = [f"tệp đã trả lại: {why}" for why in reports.sent_back.values()]
        if report is None:
            return join_remarks(remarks or [f"chưa có báo cáo nhiệm vụ {quarter.label_vi}"])
        said = report.tasks.get(task.code)
        if said is None:
            why = report.returned.get(task.code)
            missing = f"dòng đã trả lại: {why}" if why else f"báo cáo {quarter.label_vi} không có nhiệm vụ này"
            return join_remarks([*remarks, missing])
        before = reports.before.get(task.code)
        return join_remarks(
            [*remarks, *_remarks(task, said, due, report.as_of), *(_since(before, said, due) if before else ())]
        )


def _remarks(task: Task, said: ReportedTask, due: date | None, day: date) -> Iterator[str]:
    """What to know of a task's status beside its due day."""
    if task.due is not None and said.due is not None and said.due != task.due:
        yield f"cơ quan ghi thời hạn {date_vi(said.due)}, danh mục ghi {date_vi(task.due)}"
    if due is None:
        return
    has_passed = due < day
    if said.status == NOT_STARTED and has_passed:
        yield f"đã quá thời hạn {date_vi(due)}"
    if said.status == IN_PROGRESS and has_passed:
        yield f"cơ quan ghi trong hạn, thời hạn là {date_vi(due)}"
    if said.status in {OVERDUE, DONE_LATE} and not has_passed:
        yield f"cơ quan ghi quá hạn, thời hạn là {date_vi(due)}"


def _since(before: TaskLine, said: ReportedTask, due: date | None) -> Iterator[str]:
    """What has changed since the quarter before that nobody would see in one quarter's row."""
    if before.due is not None and due is not None and before.due != due:
        yield f"thời hạn kỳ trước {date_vi(before.due)}"
    if before.status == OVERDUE and said.status == DONE_ON_TIME:
        yield "kỳ trước quá hạn, kỳ này ghi đúng hạn"


def register_lines(registers: Registers, words: Words) -> list[RegisterLine]:
    """The lines of a year's registers, in the order of the file."""
    return [
        RegisterLine(
            year=registers.year,
            register=register,
            position=position,
            text_vi=entry.text_vi,
            text_en=entry.text_en,
            body_vi=entry.body_vi,
            document_no=entry.document_no,
            document_date=entry.document_date,
            status=(status := registers.status_of(register, entry)),
            status_vi=words[register][status],
            indicator_code=entry.indicator,
            note_vi=entry.note_vi,
            clause=entry.clause,
            is_illustrative=entry.illustrative,
        )
        for register, entries in registers.entries.items()
        for position, entry in enumerate(entries, 1)
    ]
