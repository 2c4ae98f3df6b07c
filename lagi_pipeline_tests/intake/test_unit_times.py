"""Forms that came around 01/07/2025: the units they mean are those of the quarter's last day."""

from __future__ import annotations

import pytest

from lagi_pipeline.catalogue.place import Unit
from lagi_pipeline_tests.intake.reading import PLACE, Cell, Read, quarter, read_one, table

HEAD = ["STT", "Phường, xã", "Khối lượng phát sinh", "Thu gom", "Xử lý"]
CODED = ["Mã ĐVHC", "Phường, xã", "Khối lượng phát sinh", "Thu gom", "Xử lý"]
OLD = PLACE.units_on(quarter("2025-Q2").end)
NEW = PLACE.units_on(quarter("2025-Q3").end)
TEN = (10, 9, 8)


def _waste(when: str, *rows: list[Cell], head: list[str] = HEAD) -> Read:
    title = f"{quarter(when).label_vi.upper().replace('/', ' NĂM ')}"
    return read_one("waste", when, table(head, *rows, title=title, unit="Đơn vị tính: tấn"))


def _rows(units: list[Unit], *, by_code: bool = False) -> list[list[Cell]]:
    return [[int(unit.code) if by_code else n, unit.label_vi, *TEN] for n, unit in enumerate(units, 1)]


@pytest.mark.parametrize(("when", "units"), [("2025-Q2", OLD), ("2025-Q3", NEW)])
def test_the_units_are_those_of_the_quarters_last_day(when: str, units: list[Unit]) -> None:
    found = _waste(when, *_rows(units))
    assert (found.errors, found.reading.problems) == ([], [])
    assert found.rows["unit_code"].tolist() == [unit.code for unit in units]
    assert found.rows["unit_name"].tolist() == [unit.label_vi for unit in units]


def test_a_later_form_of_the_nine_old_wards_is_refused_and_names_what_they_became() -> None:
    """Phước Hội and Tân Hải are names of both times: their rows must not pass for the merged units'."""
    found = _waste("2025-Q3", *_rows(OLD))
    told = {finding.value: finding.reason for finding in found.all("unit_of_other_time")}
    assert len(told) == 7
    assert told["xã Tân Tiến"].startswith(
        "«xã Tân Tiến»: xã Tân Tiến (23246) chỉ có đến ngày 30/06/2025, nay là xã Tân Hải (23246); các đơn vị: phường"
    )
    assert "nay là phường La Gi (23235)" in told["phường Tân An"]
    [problem] = found.reading.problems
    assert "phường Phước Lộc, phường Tân Thiện" in problem
    assert problem.endswith("không phải đơn vị của quý III/2025; dòng trùng tên cũng có thể là đơn vị của thời kỳ khác")


def test_one_old_ward_among_the_new_units_is_enough() -> None:
    found = _waste("2025-Q3", *_rows(NEW), [4, "X. Tân Tiến", *TEN])
    assert found.errors == [("B7", "unit_of_other_time")]
    assert len(found.reading.problems) == 1


def test_an_earlier_form_of_the_three_new_units_is_refused() -> None:
    found = _waste("2025-Q2", *_rows(NEW))
    assert found.found("unit_of_other_time").reason.startswith(
        "«phường La Gi»: phường La Gi chỉ có từ ngày 01/07/2025;"
    )
    assert len(found.reading.problems) == 1


@pytest.mark.parametrize(("when", "name", "code"), [("2025-Q2", "Tân Tiến", "23246"), ("2025-Q3", "Tân Hải", "23246")])
def test_a_column_of_codes_beside_the_names_changes_nothing(when: str, name: str, code: str) -> None:
    found = _waste(when, *_rows(OLD if when == "2025-Q2" else NEW, by_code=True), head=CODED)
    assert found.errors == []
    at = found.rows["unit_code"].tolist().index(code)
    assert found.rows["unit_name"].tolist()[at] == f"xã {name}"


def test_a_code_alone_names_no_unit() -> None:
    found = _waste("2025-Q3", *_rows(NEW[:2]), [3, "23246", *TEN])
    assert found.errors == [("B6", "unknown_unit")]
