"""The tasks and registers of the resolutions: what was reported out of the working database, two marts into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import TaskList, load_registers, load_task_lists
from lagi_pipeline.feeds.tasks import (
    DONE_LATE,
    DONE_ON_TIME,
    NOT_STARTED,
    TASKS,
    UNDER_WAY,
    UNDER_WAY_IN_TIME,
    UNDER_WAY_OVERDUE,
    read_due,
)
from lagi_pipeline.indicators import tasks as judging
from lagi_pipeline.indicators.model import Evidence, Vintage
from lagi_pipeline.indicators.tasks import (
    RegisterLine,
    ReportedTask,
    TaskDesk,
    TaskLine,
    TaskReport,
    TaskReports,
    register_lines,
)
from lagi_pipeline.indicators.vintages import answering
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.masking import MASK, without_people
from lagi_pipeline.steps.compute import Situation, as_frame, read_evidence, record
from lagi_pipeline.vietnamese.numbers import exact
from lagi_pipeline.vietnamese.people import without_personal_numbers
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import replace_all, rows_of

_FORM = TASKS.code
_STATUS = {
    NOT_STARTED: judging.NOT_STARTED,
    UNDER_WAY: judging.UNDATED,
    UNDER_WAY_IN_TIME: judging.IN_PROGRESS,
    UNDER_WAY_OVERDUE: judging.OVERDUE,
    DONE_ON_TIME: judging.DONE_ON_TIME,
    DONE_LATE: judging.DONE_LATE,
}
_ACCEPTED = "SELECT * FROM feeds.tasks WHERE quarter = ? AND sha256 = ? ORDER BY row"
_REJECTED = """
    SELECT row, reason, raw_row FROM quarantine.rejected_row
    WHERE form = ? AND quarter = ? AND sha256 = ? AND severity = ? ORDER BY row, reason
"""


@dataclass(frozen=True)
class TaskFigures:
    """The rows of both marts."""

    tasks: list[TaskLine]
    registers: list[RegisterLine]


def compute_tasks(connection: duckdb.DuckDBPyConnection, situation: Situation, evaluated_at: datetime) -> TaskFigures:
    """Where every task stands for every quarter of its year begun, as known at a moment; nothing is written.

    Raises:
        CatalogueError: a ``tasks.yaml`` or ``registers.yaml`` says nonsense; the message names file and entry.
    """
    words, offices = situation.catalogue.words, situation.place.office_names
    evidence = read_evidence(connection)
    selection = answering(evidence, evaluated_at)
    lines: list[TaskLine] = []
    for tasks in load_task_lists(situation.raw_dir, situation.catalogue, situation.place):
        desk = TaskDesk(tasks, offices, words, evaluated_at)
        before: dict[str, TaskLine] = {}
        for quarter in desk.quarters():
            answer = selection.answer(_FORM, quarter)
            back = {file: sent.reason for sent in answer.sent_back for file in sent.files}
            back |= _unread(evidence, quarter, answer.vintage, evaluated_at)
            reports = TaskReports(
                _report(connection, tasks, answer.vintage) if answer.vintage else None,
                {file: without_personal_numbers(why, MASK) for file, why in back.items()},  # a reason may name files
                before,
            )
            stood = desk.lines(quarter, reports)
            before = {line.task_code: line for line in stood}
            lines += stood
    registers = [
        _without_people(line)
        for registers in load_registers(situation.raw_dir, situation.catalogue)
        for line in register_lines(registers, words)
    ]
    return TaskFigures(lines, registers)


def task_frames(computed: TaskFigures) -> dict[tables.Table, pd.DataFrame]:
    """The rows of ``mart.task_progress`` and ``mart.resolution_register``."""
    return {
        tables.TASK_PROGRESS: as_frame([record(line) for line in computed.tasks], tables.TASK_PROGRESS),
        tables.REGISTER: as_frame([record(line) for line in computed.registers], tables.REGISTER),
    }


def write_tasks(connection: duckdb.DuckDBPyConnection, computed: TaskFigures) -> int:
    """Write both marts; the number of their rows."""
    return sum(replace_all(connection, table, frame) for table, frame in task_frames(computed).items())


def _report(connection: duckdb.DuckDBPyConnection, tasks: TaskList, vintage: Vintage) -> TaskReport:
    key = [str(vintage.quarter), vintage.sha256]
    rows = rows_of(connection, _ACCEPTED, key)
    rejected = rows_of(connection, _REJECTED, [_FORM, *key, str(Severity.ERROR)])
    return TaskReport(
        tasks={row["task_code"]: _reported(row, vintage.quarter) for row in rows},
        returned=_returned(rejected, tasks),
        file=vintage.file,
        as_of=vintage.as_of,
        obs_status=str(vintage.obs_status),
        is_illustrative=vintage.is_sample,
    )


def _reported(row: Mapping[str, Any], quarter: Quarter) -> ReportedTask:
    return ReportedTask(
        status=_STATUS[row["state"]],
        completion_pct=None if row["completion_pct"] is None else exact(row["completion_pct"]),
        lead_vi=row["lead"],
        partners_vi=row["partners"],
        due=None if row["due_text"] is None else read_due(row["due_text"], quarter.year),
        difficulties_vi=row["difficulties"],
        proposals_vi=row["proposals"],
        evidence_vi=row["evidence"],
    )


def _returned(rejected: list[dict[str, Any]], tasks: TaskList) -> dict[str, str]:
    """Why the row of a task was sent back, as far as the row tells which task it is: by both, its label, its code."""
    titles = {name: TASKS.form(_FORM).form.column(name).title_vi for name in ("code_text", "label_text")}
    reasons: dict[str, list[str]] = {}
    for row in rejected:
        raw = json.loads(row["raw_row"])
        code, label = raw.get(titles["code_text"]), raw.get(titles["label_text"])
        task = tasks.named(code, label) or tasks.named(None, label) or tasks.named(code, None)
        if task is not None:
            reasons.setdefault(task.code, []).append(f"dòng {row['row']}, {row['reason']}")
    return {code: "; ".join(dict.fromkeys(why)) for code, why in reasons.items()}


def _unread(evidence: Evidence, quarter: Quarter, answer: Vintage | None, at: datetime) -> dict[str, str]:
    """Why a file could not be read that came after what answers, by its name."""
    since = answer.received_at if answer else None
    return {
        refusal.file: refusal.reason
        for refusal in evidence.refusals
        if refusal.feed == TASKS.code and refusal.quarter == quarter and refusal.received_at <= at
        if since is None or refusal.received_at > since
    }


def _without_people(line: RegisterLine) -> RegisterLine:
    """A line of a register as it may be published: the Office writes in it by hand."""
    body, note = (None if text is None else without_people(text) for text in (line.body_vi, line.note_vi))
    return replace(line, text_vi=without_people(line.text_vi), body_vi=body, note_vi=note)
