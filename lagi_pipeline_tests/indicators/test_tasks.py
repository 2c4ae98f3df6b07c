"""Where a task stands: what was reported, what the due day says of it, and nothing where nothing was reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import TaskList
from lagi_pipeline.indicators.tasks import ReportedTask, TaskDesk, TaskLine, TaskReport, TaskReports
from lagi_pipeline_tests.running import CATALOGUE

QUARTER = Quarter(2024, 3)
SAID = ReportedTask("in_progress_undated", Decimal(40), "Phòng mẫu", None, None, None, None, None)
TASKS = TaskList.model_validate(
    {
        "year": 2024,
        "document": "Nghị quyết mẫu",
        "groups": [
            {
                "number": 1,
                "name_vi": "Nhóm mẫu",
                "name_en": "Sample",
                "clause": "II.C.1",
                "tasks": [
                    {"code": "C1-01", "label_vi": "Việc một", "label_en": "One"},
                    {"code": "C1-02", "label_vi": "Việc hai", "label_en": "Two", "due": "2024-06-30"},
                ],
            }
        ],
    }
)


def lines(
    said: Mapping[str, ReportedTask] | None,
    returned: Mapping[str, str] | None = None,
    sent_back: Mapping[str, str] | None = None,
) -> list[TaskLine]:
    """The lines of the quarter; ``said`` None where no report answers."""
    answer = None
    if said is not None:
        answer = TaskReport(said, returned or {}, "tasks/a.xlsx", QUARTER.end, "preliminary", is_illustrative=True)
    desk = TaskDesk(TASKS, {}, CATALOGUE.words, datetime(2025, 3, 1, 8))  # noqa: DTZ001 - local time
    return desk.lines(QUARTER, TaskReports(answer, sent_back or {}))


@pytest.mark.parametrize(
    ("status", "due", "judged", "word"),
    [
        ("in_progress_undated", None, "in_progress", "đang thực hiện (không nêu thời hạn)"),
        ("in_progress", None, "in_progress", "đang thực hiện (trong hạn)"),
        ("in_progress_overdue", None, "in_progress_overdue", "đang thực hiện (quá hạn)"),
        ("in_progress_undated", date(2024, 9, 29), "in_progress_overdue", "đang thực hiện (quá hạn)"),
        ("in_progress", date(2024, 9, 29), "in_progress_overdue", "đang thực hiện (quá hạn)"),
        ("in_progress_undated", date(2024, 9, 30), "in_progress", "đang thực hiện (trong hạn)"),
        ("in_progress_overdue", date(2024, 9, 30), "in_progress", "đang thực hiện (trong hạn)"),
        ("done_on_time", date(2024, 6, 30), "done_on_time", "hoàn thành (đúng hạn)"),
        ("done_late", date(2024, 6, 30), "done_late", "hoàn thành (quá hạn)"),
        ("not_started", date(2024, 6, 30), "not_started", "chưa triển khai"),
    ],
)
def test_work_under_way_is_judged_by_its_due_day_and_the_rest_stands_as_reported(
    status: str, due: date | None, judged: str, word: str
) -> None:
    line = lines({"C1-01": replace(SAID, status=status, due=due)})[0]
    assert (line.status, line.status_vi) == (judged, word)


def test_a_task_that_the_report_does_not_have_is_not_reported_and_never_not_started() -> None:
    line = lines({"C1-01": SAID})[1]
    assert (line.status, line.status_vi, line.completion_pct) == ("no_data", "chưa báo cáo", None)
    assert line.reason == "báo cáo quý III/2024 không có nhiệm vụ này"
    assert not line.is_illustrative


def test_without_a_report_every_task_has_a_line_that_says_so() -> None:
    assert [(line.status, line.reason) for line in lines(None)] == [
        ("no_data", "chưa có báo cáo nhiệm vụ quý III/2024")
    ] * 2


def test_a_row_or_a_file_that_went_back_is_no_missing_report() -> None:
    row = lines({}, returned={"C1-01": "dòng 5, lớn hơn 100"})[0]
    assert (row.status, row.status_vi) == ("no_data", "đã trả lại, chờ chỉnh sửa")
    assert row.reason == "dòng đã trả lại: dòng 5, lớn hơn 100"
    file = lines(None, sent_back={"tasks/b.xlsx": "thiếu cột"})[0]
    assert (file.status_vi, file.reason) == (
        "đã trả lại, chờ chỉnh sửa",
        "tệp đã trả lại: thiếu cột",
    )


def test_what_has_changed_since_the_quarter_before_is_remarked_on() -> None:
    late = lines({"C1-01": replace(SAID, status="in_progress", due=date(2024, 6, 30))})[0]
    now = replace(SAID, status="done_on_time", due=date(2024, 12, 31))
    report = TaskReport({"C1-01": now}, {}, "tasks/a.xlsx", QUARTER.end, "preliminary", is_illustrative=True)
    desk = TaskDesk(TASKS, {}, CATALOGUE.words, datetime(2025, 3, 1, 8))  # noqa: DTZ001 - local time
    line = desk.lines(QUARTER, TaskReports(report, before={"C1-01": late}))[0]
    assert line.reason == "thời hạn kỳ trước 30/06/2024; kỳ trước quá hạn, kỳ này ghi đúng hạn"


def test_the_day_that_the_office_set_stands_before_the_one_reported() -> None:
    line = lines({"C1-02": replace(SAID, status="in_progress", due=date(2024, 12, 31))})[1]
    assert (line.due, line.status) == (date(2024, 6, 30), "in_progress_overdue")
    assert (
        line.reason == "cơ quan ghi thời hạn 31/12/2024, danh mục ghi 30/06/2024; "
        "cơ quan ghi trong hạn, thời hạn là 30/06/2024"
    )


def test_only_the_quarters_that_have_begun_have_lines() -> None:
    desk = TaskDesk(TASKS, {}, CATALOGUE.words, datetime(2024, 7, 1))  # noqa: DTZ001 - local time
    assert [str(quarter) for quarter in desk.quarters()] == ["2024-Q1", "2024-Q2", "2024-Q3"]
