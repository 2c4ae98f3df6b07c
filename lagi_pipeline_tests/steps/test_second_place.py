"""Another place is another folder: invented units, another first quarter, its own targets, and no change of code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lagi_pipeline_tests.running import Outcome, ask, book, line, run, send
from lagi_samples import Book
from lagi_samples.sheet import Value

PLACE = """
code: "901"
name_vi: huyện Núi Đá
name_en: Nui Da district
level: district
province_code: "90"
province_vi: tỉnh Sông Cạn
timezone: Asia/Ho_Chi_Minh
first_quarter: 2024-Q1
leading_plan: council
"""
UNITS = """code,name_vi,kind,urban,valid_from,valid_to,successor_code
90101,Gò Cao,thị trấn,true,2000-01-01,,
90102,Suối Mơ,xã,false,2000-01-01,,
90103,Đồng Xa,xã,false,2024-07-01,,
"""
OFFICES = """office,name_vi,feeds,days_to_send
vanphong,Văn phòng huyện,employment;budget_revenue,20
"""
TARGETS = """
year: 2024
document: Nghị quyết HĐND huyện
targets:
  - {code: jobs, plan_source: council, value: 100, unit: người, direction: at_least, clause: Điều 1}
  - {code: budget_revenue, plan_source: council, value: 150, unit: tỷ đồng, direction: at_least, clause: Điều 2}
"""


def _jobs(quarter: str, placed: dict[str, int]) -> Book:
    """A report of people placed with other units, all of them by loans."""
    made = book("employment", quarter)
    sheet = made.sheets[0]
    rows = [_row(number, name, people) for number, (name, people) in enumerate(placed.items(), start=1)]
    sheet.rows[9:19] = [*rows, _row(None, "Tổng cộng", sum(placed.values()))]
    sheet.merges[:] = [area for area in sheet.merges if area[2] < 9]
    return replace(made, sheets=[sheet], sender="vanphong")


def _row(number: int | None, name: str, people: int) -> list[Value]:
    return [number, name, people, 0, people, 0, 0, 0]


def _make(data_dir: Path, place_file: str = PLACE) -> Path:
    """The place's own files, and what its one office sent."""
    for name, text in {
        "place/place.yaml": place_file,
        "place/units.csv": UNITS,
        "place/offices.csv": OFFICES,
        "resolution/2024/targets.yaml": TARGETS,
    }.items():
        path = data_dir / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    send(data_dir, _jobs("2024-Q2", {"Thị trấn Gò Cao": 20, "Xã Suối Mơ": 10}))
    send(data_dir, _jobs("2024-Q3", {"TT. Gò Cao": 30, "X. Suối Mơ": 15, "X. Đồng Xa": 5}))
    send(data_dir, replace(book("budget_revenue", "2024-Q3"), sender="vanphong"))
    return data_dir


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    data_dir = _make(tmp_path_factory.mktemp("other"))
    return data_dir, run(data_dir, "2024-Q2", "2024-Q4")


def test_a_place_may_begin_within_a_year_that_has_targets(tmp_path: Path) -> None:
    data_dir = _make(tmp_path, PLACE.replace("first_quarter: 2024-Q1", "first_quarter: 2024-Q2"))
    outcome = run(data_dir, "2024-Q2", "2024-Q4")
    assert outcome.success, outcome.failed_steps
    assert line(data_dir, "2024-Q3", "budget_revenue", "council")["actual"] == 139.9


def test_it_runs_end_to_end(place: tuple[Path, Outcome]) -> None:
    data_dir, outcome = place
    assert outcome.success, outcome.failed_steps
    assert not ask(data_dir, "SELECT * FROM quarantine.rejected_file")
    assert not ask(data_dir, "SELECT * FROM quarantine.rejected_row WHERE severity = 'error'")


def test_its_targets_are_its_own(place: tuple[Path, Outcome]) -> None:
    rows = ask(place[0], "SELECT DISTINCT indicator_code, plan_source, target FROM mart.attainment ORDER BY ALL")
    assert [tuple(row.values()) for row in rows] == [("budget_revenue", "council", 150.0), ("jobs", "council", 100.0)]
    revenue = line(place[0], "2024-Q3", "budget_revenue", "council")
    assert revenue["attainment_pct"] == pytest.approx(139.9 / 150 * 100)


def test_its_units_are_its_own_on_the_day(place: tuple[Path, Outcome]) -> None:
    """The third unit came into being on 1 July: a sum of the second quarter does not wait for it."""
    sql = "SELECT unit_name_vi FROM mart.attainment_by_unit WHERE indicator_code = 'jobs' AND quarter = ?"
    second = {row["unit_name_vi"] for row in ask(place[0], sql, "2024-Q2")}
    third = {row["unit_name_vi"] for row in ask(place[0], sql, "2024-Q3")}
    assert second == {"thị trấn Gò Cao", "xã Suối Mơ"}
    assert third == {*second, "xã Đồng Xa"}
    assert {row["unit_code"] for row in ask(place[0], "SELECT unit_code FROM feeds.employment")} == {
        "90101",
        "90102",
        "90103",
    }


def test_a_quarter_before_its_first_is_named_as_missing_by_its_own_office(place: tuple[Path, Outcome]) -> None:
    jobs = line(place[0], "2024-Q3", "jobs", "council")
    assert jobs["actual"] is None
    assert "quý I" in jobs["reason"]
    fourth = line(place[0], "2024-Q4", "budget_revenue", "council")
    assert "Văn phòng huyện" in fourth["reason"]
