"""The urging list and a quarter's scorecard as printed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.reporting.scorecard_table import overdue_lines, overdue_markdown, scorecard_markdown


def debt(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any column
    """A row of ``mart.overdue``."""
    return {
        "quarter": "2024-Q2",
        "office": "tnmt",
        "office_name_vi": "Phòng Tài nguyên và Môi trường",
        "feed": "waste",
        "feed_name_vi": "Chất thải rắn",
        "what": "report_missing",
        "what_vi": "chưa báo cáo",
        "since": date(2024, 7, 11),
        "days_overdue": 3,
        "targets": "solid_waste",
        "targets_vi": "chỉ tiêu 6: Tỷ lệ chất thải rắn",
        "blinds": "solid_waste",
        "blinds_vi": "chỉ tiêu 6: Tỷ lệ chất thải rắn",
        "sent_back_files": None,
    } | changes


def test_a_debt_says_who_what_since_when_and_which_targets() -> None:
    [said] = overdue_lines([debt()], catalogue())
    assert said == (
        "Phòng Tài nguyên và Môi trường: Chất thải rắn, quý II/2024, chưa báo cáo, từ 11/07/2024;"
        " chưa có số: chỉ tiêu 6"
    )


def test_quarters_of_the_same_debt_stand_in_one_line() -> None:
    later = debt(quarter="2024-Q4", since=date(2025, 1, 11))
    other = debt(quarter="2024-Q3", since=date(2024, 10, 14), what="correction_missing", what_vi="quá hạn")
    lines = overdue_lines([later, other, debt()], catalogue())
    assert len(lines) == 2
    assert "quý II/2024 đến quý IV/2024 (2 kỳ), chưa báo cáo, từ 11/07/2024" in lines[0]
    assert "quý III/2024, quá hạn" in lines[1]


def test_targets_that_have_a_figure_are_said_to_rest_on_the_report() -> None:
    [said] = overdue_lines([debt(blinds=None, blinds_vi=None)], catalogue())
    assert said.endswith("; liên quan: chỉ tiêu 6")


def test_several_targets_stand_in_the_order_of_the_resolution_and_the_fleet_by_its_name() -> None:
    [jobs] = overdue_lines([debt(blinds="trained_labour, jobs")], catalogue())
    assert jobs.endswith("chưa có số: chỉ tiêu 9, 9a")
    [fleet] = overdue_lines([debt(blinds="iuu_compliance")], catalogue())
    assert fleet.endswith("chưa có số: theo dõi đội tàu và chống khai thác IUU")


def test_nothing_overdue_is_said() -> None:
    assert overdue_lines([], catalogue()) == []
    assert overdue_markdown([]) == "không có báo cáo quá hạn"


def test_what_a_file_is_called_cannot_break_the_table() -> None:
    page = overdue_markdown([debt(sent_back_files="waste/2024-Q2/a|b<script>.xlsx")])
    assert "a\\|b&lt;script>.xlsx" in page
    assert len(page.splitlines()) == 3


def test_a_quarters_scorecard_is_a_table_in_vietnamese() -> None:
    row = {
        "office_name_vi": "Phòng Kinh tế",
        "feed_name_vi": "Kim ngạch xuất khẩu",
        "final_due": date(2024, 7, 10),
        "final_received_at": datetime(2024, 7, 12, 8),  # noqa: DTZ001 - local, as all times here
        "first_received_at": None,
        "status_vi": "nộp chậm",
        "days_late": 2,
        "vintages": 1,
        "rows_accepted": 7,
        "rows_rejected": 0,
        "warnings": 1,
        "open_findings": 1,
        "reporting_rate_pct": 100.0,
        "on_time_rate_pct": 66.66,
    }
    header, _, line = scorecard_markdown([row]).splitlines()
    assert header.startswith("| Cơ quan | Báo cáo | Hạn gửi | Nhận | Tình trạng |")
    assert line == (
        "| Phòng Kinh tế | Kim ngạch xuất khẩu | 10/07/2024 | 12/07/2024 | nộp chậm | 2 | 1 | 7 | 0 | 1 | 1"
        " | 100,0 | 66,7 |"
    )
