"""Units that disagree: the unit line, a column's header, a row's own; and rows below notes and totals."""

from __future__ import annotations

from typing import Any

import pytest

from lagi_pipeline.intake.findings import Severity
from lagi_pipeline_tests.intake.reading import Cell, read_one, refusal, table, wards

WASTE = ["STT", "Phường, xã", "Phát sinh", "Thu gom", "Xử lý"]
CASES = ["STT", "Ngày", "Số đăng ký", "Hành vi vi phạm", "Vùng", "Số tiền phạt (đồng)"]


def _industry(unit_of_total: Cell) -> Any:  # noqa: ANN401 - a reading
    rows = [
        ["STT", "Chỉ tiêu", "ĐVT", "Thực hiện quý III", "Lũy kế từ đầu năm"],
        [None, "Tổng số", unit_of_total, 450, 1327],
    ]
    return read_one("industry", "2024-Q3", table(*rows, unit="Đơn vị tính: triệu đồng"))


def test_a_row_in_another_unit_than_the_unit_line_is_rejected() -> None:
    found = _industry("Tỷ đồng")
    finding = found.found("unit")
    assert (finding.cell, finding.severity, finding.value) == ("C4", Severity.ERROR, "Tỷ đồng")
    assert found.reading.problems
    assert found.rows.empty


@pytest.mark.parametrize("unit", ["Triệu đồng", "Tr đồng", None, "tấn"])
def test_a_row_in_the_unit_of_the_unit_line_is_read(unit: Cell) -> None:
    assert _industry(unit).rows["value_ytd"].tolist() == [1.327]


def test_a_header_with_another_unit_than_the_unit_line_is_read_and_remarked() -> None:
    rows: list[list[Cell]] = [
        ["STT", "Chỉ tiêu", "Thực hiện quý III", "Lũy kế từ đầu năm (tỷ đồng)"],
        [None, "Tổng số", 450000, 1327],
    ]
    found = read_one("industry", "2024-Q3", table(*rows, unit="Đơn vị tính: triệu đồng"))
    assert found.rows["value_ytd"].tolist() == [1327]
    finding = found.found("unit_differs")
    assert (finding.cell, finding.severity) == ("D3", Severity.WARNING)


@pytest.mark.parametrize("unit", ["triệu đồng", "%"])
def test_a_unit_line_that_fits_no_column_refuses_the_file(unit: str) -> None:
    refused = refusal("waste", "2024-Q3", table(WASTE, *wards(3, 2, 1), unit=f"Đơn vị tính: {unit}"))
    assert (refused.rule, refused.cell) == ("unit", "B1")


def _cases(*rows: list[Cell]) -> Any:  # noqa: ANN401 - a reading
    first = [1, "08/07/2024", "BTh-99001-TS", "Sai vùng", "trong tỉnh", 5e6]
    return read_one("fisheries_cases", "2024-Q3", table(CASES, first, *rows))


def test_rows_without_a_figure_below_a_note_are_not_lost() -> None:
    late = [2, "09/07/2024", "BTh-99002-TS", "Không ghi nhật ký", "trong tỉnh", None]
    found = _cases(["Ghi chú: các vụ sau chỉ cảnh cáo"], late)
    assert found.found("below_signature").row == 6


def test_a_note_and_signatures_below_the_table_stay_a_footer() -> None:
    names = [None, None, "Cán bộ mẫu 1", "Cán bộ mẫu 2", "Cán bộ mẫu 3", None]
    found = _cases(["Ghi chú: số liệu sơ bộ"], [None, None, "Người lập", "Kế toán", "Thủ trưởng", None], names)
    assert found.reading.findings == []
    assert found.reading.nondata["footer"] == 3


def test_a_part_below_the_total_is_rejected_and_the_total_stands() -> None:
    rows = [*wards(3, 2, 1), [None, "Tổng cộng", 27, 18, 9], [None, "Trong đó: rác y tế", 2, 2, 1]]
    found = read_one("waste", "2024-Q3", table(WASTE, *rows))
    assert found.errors == [("B14", "unknown_unit")]
    assert found.reading.nondata["total"] == 1
    assert len(found.rows) == 9
