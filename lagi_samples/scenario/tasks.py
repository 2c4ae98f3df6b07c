"""How the tasks of 2024 went, all made up: most in time, some late, some overdue. Which tasks there are is no sample's.

The labels are those of ``data/raw/resolution/2024/tasks.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.book import Book, usual_receipt, usual_status
from lagi_samples.forms.tasks import TaskRow, tasks
from lagi_samples.office import OFFICES

_TASKS_FILE = Path(__file__).parents[2] / "data" / "raw" / "resolution" / "2024" / "tasks.yaml"
_YEAR = 2024
NOT_YET, GOING, IN_TIME, OVERDUE = (
    "Chưa triển khai",
    "Đang thực hiện",
    "Đang thực hiện (trong hạn)",
    "Đang thực hiện (quá hạn)",
)
DONE, DONE_LATE = "Hoàn thành (đúng hạn)", "Hoàn thành (quá hạn)"
LEFT_OUT = (Quarter(2024, 1), "C5-06")
"""A task that a report does not have."""


class _Course(NamedTuple):
    """Due day, and state with percentage in each quarter."""

    due: str
    quarters: tuple[tuple[str, int | None], ...]


_ALWAYS = _Course("Thường xuyên", ((GOING, None), (GOING, None), (GOING, None), (DONE, 100)))
_STEADY = _Course("31/12/2024", ((IN_TIME, 25), (IN_TIME, 50), (IN_TIME, 75), (DONE, 100)))
_UNFINISHED = _Course("31/12/2024", ((IN_TIME, 15), (IN_TIME, 35), (IN_TIME, 60), (IN_TIME, 85)))
_EARLY = _Course("Quý II/2024", ((IN_TIME, 60), (DONE, 100), (DONE, 100), (DONE, 100)))
_LATE = _Course("30/9/2024", ((IN_TIME, 10), (IN_TIME, 30), (IN_TIME, 55), (DONE_LATE, 100)))
_OVERDUE = _Course("30/6/2024", ((IN_TIME, 10), (IN_TIME, 40), (OVERDUE, 60), (OVERDUE, 85)))
_STALLED = _Course("Quý III/2024", ((NOT_YET, 0), (NOT_YET, 0), (IN_TIME, 10), (OVERDUE, 20)))
_EVENT = _Course("22/12/2024", ((NOT_YET, 0), (IN_TIME, 10), (IN_TIME, 40), (DONE, 100)))
_COURSES = {
    "C1-01": _OVERDUE,
    "C1-02": _UNFINISHED,
    "C2-04": _LATE,
    "C2-08": _UNFINISHED,
    "C3-01": _STEADY,
    "C3-04": _EARLY,
    "C4-01": _OVERDUE,
    "C4-02": _STEADY,
    "C4-05": _STEADY,
    "C5-01": _STEADY,
    "C5-06": _STALLED,
    "C6-01": _UNFINISHED,
    "C6-05": _LATE,
    "C6-06": _STEADY,
    "C6-07": _STEADY,
    "C7-01": _EARLY,
    "C7-03": _UNFINISHED,
    "C8-02": _EVENT,
    "C8-04": _STALLED,
}
_LEADS = {
    "C5-04": "Phòng Văn hóa và Thông tin",
    "C5-05": "Phòng Văn hóa và Thông tin",
    "C5-06": "Phòng Văn hóa và Thông tin",
    "C6-01": "Phòng Giáo dục và Đào tạo",
    "C6-03": "Bảo hiểm xã hội thị xã",
    "C6-04": "Phòng Văn hóa và Thông tin",
    "C6-05": "Phòng Văn hóa và Thông tin",
    "C7-01": "Phòng Nội vụ",
    "C7-03": "Phòng Văn hóa và Thông tin",
    "C7-04": "Phòng Nội vụ",
    "C7-06": "Thanh tra thị xã",
    "C8-01": "Ban Chỉ huy Quân sự thị xã",
    "C8-02": "Ban Chỉ huy Quân sự thị xã",
    "C8-03": "Công an thị xã",
    "C8-04": "Công an thị xã",
    "C8-05": "Công an thị xã",
    "C8-06": "Công an thị xã",
    "C8-07": "Công an thị xã",
    "C8-08": "Công an thị xã",
}
_TOLD: dict[tuple[str, int], dict[str, str]] = {
    ("C1-01", 3): {
        "difficulties": "Chưa xong giải phóng mặt bằng, nhà đầu tư chờ giao đất",
        "proposals": "Đề nghị bố trí thêm kinh phí bồi thường",
    },
    ("C1-01", 4): {
        "difficulties": "Còn 3 hộ chưa bàn giao mặt bằng",
        "proposals": "Đề nghị Ban Thường vụ cho ý kiến về tiến độ",
    },
    ("C2-04", 3): {"difficulties": "Thiếu lực lượng kiểm tra tuyến kênh nội đồng"},
    ("C2-04", 4): {"evidence": "Biên bản kiểm tra mẫu số 01"},
    ("C3-04", 2): {"evidence": "Dự thảo kế hoạch mẫu số 02"},
    ("C4-01", 3): {"difficulties": "Hồ sơ quy hoạch phân khu phải chỉnh sửa theo ý kiến thẩm định"},
    ("C4-01", 4): {"proposals": "Đề nghị gia hạn đến hết quý I năm sau"},
    ("C5-06", 3): {"difficulties": "Chưa có hướng dẫn chi tiết"},
    ("C7-03", 3): {"difficulties": "Thiếu kinh phí thay máy tính ở một số xã"},
    ("C8-02", 4): {"evidence": "Báo cáo kết quả mẫu số 03"},
    ("C8-04", 4): {"difficulties": "Chưa bố trí được vốn"},
}
_PARTNERS = {
    "C1-01": "Phòng Tài chính - Kế hoạch; Phòng Tài nguyên và Môi trường",
    "C2-07": "Đồn Biên phòng; Ban quản lý cảng cá; Chi cục Thủy sản",
    "C4-04": "Các phường, xã",
    "C6-07": "Các phường, xã",
    "C8-06": "Văn phòng HĐND và UBND",
}


@cache
def _listed() -> Any:  # noqa: ANN401 - from YAML
    return yaml.safe_load(_TASKS_FILE.read_text(encoding="utf-8"))


def task_rows(quarter: Quarter) -> Mapping[str, list[TaskRow]]:
    """The rows of a quarter's report by the heading of their group."""
    return {
        f"{group['number']}. {group['name_vi']}": [
            _row(task, quarter) for task in group["tasks"] if (quarter, task["code"]) != LEFT_OUT
        ]
        for group in _listed()["groups"]
    }


def _row(task: Mapping[str, str], quarter: Quarter) -> TaskRow:
    code = task["code"]
    course = _COURSES.get(code, _ALWAYS)
    state, percent = course.quarters[quarter.number - 1]
    lead = _LEADS.get(code) or OFFICES[task["lead_office"]]
    told = _TOLD.get((code, quarter.number), {})
    return TaskRow(code, task["label_vi"], lead, course.due, state, percent, _PARTNERS.get(code), **told)


def books() -> list[Book]:
    """A report a quarter of the year that has tasks."""
    made = []
    for number in range(1, 5):
        quarter = Quarter(_YEAR, number)
        received = usual_receipt(quarter, 10)
        sheet = tasks(quarter, task_rows(quarter), received.date())
        name, status = f"nhiem-vu-{quarter}.xlsx", usual_status(quarter)
        made.append(Book("tasks", quarter, name, [sheet], "vpubnd", received, quarter.end, status))
    return made
