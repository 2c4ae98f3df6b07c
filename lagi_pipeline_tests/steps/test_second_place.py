"""Another place is another folder: invented units, another first quarter, its own targets, and no change of code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from lagi_pipeline.catalogue.indicators import Accumulation, Cadence, Catalogue, Direction, Indicator, Measure
from lagi_pipeline.feeds.base import Emit, Feed, Reported, ReportedCell
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.reporting.attainment_table import cells
from lagi_pipeline.steps import compute as computing
from lagi_pipeline_tests.running import CATALOGUE, Outcome, ask, book, line, run, send
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


ASKED = """
year: 2024
document: Nghị quyết HĐND huyện
targets:
  - {code: jobs, plan_source: council, value: 120, unit: người, direction: exact, clause: Điều 1}
  - {code: jobs, plan_source: province, value: 100, unit: người, direction: at_least, clause: Điều 1}
  - {code: budget_revenue, plan_source: council, value: 195000, upper: 205000, unit: triệu đồng, direction: range, clause: Điều 2}
  - {code: raised_standard, plan_source: council, value: 1, unit: có/không, direction: yes_no, clause: Điều 3}
  - {code: complaints, plan_source: council, value: 0, unit: người, direction: at_most, clause: Điều 4}
"""  # noqa: E501 - a line of the file
RAISED = Measure(
    code="raised_standard",
    feed="budget_revenue",
    form="budget_revenue",
    name_vi="Đạt chuẩn nông thôn mới nâng cao",
    name_en="Raised new-rural standard reached",
    unit="có/không",
    accumulation=Accumulation.STOCK,
)
COMPLAINTS = RAISED.model_copy(update={"code": "complaints", "unit": "người", "name_vi": "Khiếu nại"})
EXTRA = {
    "raised_standard": {"unit": "có/không", "direction": Direction.YES_NO, "cadence": Cadence.YEAR},
    "complaints": {"unit": "người", "direction": Direction.AT_MOST, "cadence": Cadence.QUARTER},
}


def _known() -> Catalogue:
    """The catalogue with two stocks more: one that is answered with yes or no, and a count."""
    stocks = tuple(
        Indicator.model_validate(
            {"code": code, "name_vi": code, "name_en": code, "decimals": 0, "kind": "stock", "source": "thử"}
            | {"formula": {"numerator": [code]}}
            | about
        )
        for code, about in EXTRA.items()
    )
    measures = CATALOGUE.measures | {RAISED.code: RAISED, COMPLAINTS.code: COMPLAINTS}
    return replace(CATALOGUE, indicators=(*CATALOGUE.indicators, *stocks), measures=measures)


def _also_reporting(rows: pd.DataFrame, place: str) -> Iterator[Reported]:
    """What the form says, and that the standard is reached and nobody complained."""
    form = FEEDS["budget_revenue"].forms[0]
    assert form.emit is not None
    yield from form.emit(rows, place)
    for measure, number in ((RAISED, 1), (COMPLAINTS, 0)):
        cell = ReportedCell(number + 1, f"A{number + 1}", str(number), measure.unit, Decimal(1), Decimal(number))
        yield Reported(measure.code, place, (cell,))


@pytest.fixture(scope="module")
def promised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place that promises an exact figure, a range, a yes and a nothing; it has kept all four."""
    data_dir = _make(tmp_path_factory.mktemp("promised"))
    (data_dir / "raw" / "resolution" / "2024" / "targets.yaml").write_text(ASKED, "utf-8")
    (data_dir / "raw" / "place" / "units.csv").write_text(
        UNITS.replace("90103,Đồng Xa,xã,false,2024-07-01,,\n", ""), "utf-8"
    )
    for number, placed in enumerate((15, 20, 45, 40), start=1):
        send(data_dir, _jobs(f"2024-Q{number}", {"TT. Gò Cao": placed - 5, "X. Suối Mơ": 5}))
    send(data_dir, replace(book("budget_revenue", "2024-Q4"), sender="vanphong"))
    revenue, known = FEEDS["budget_revenue"], _known()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lagi_pipeline.orchestration.settings.catalogue", lambda: known)
        patch.setattr(computing, "FEEDS", FEEDS | {revenue.code: _emitting(revenue)})
        outcome = run(data_dir, "2024-Q1", "2024-Q4")
        assert outcome.success, outcome.events
        yield data_dir


def _emitting(feed: Feed) -> Feed:
    form = feed.forms[0]
    assert form.emit is not None
    return replace(feed, forms=(replace(form, emit=Emit(form.emit.columns, _also_reporting)),))


@pytest.mark.parametrize(
    ("code", "asked", "statuses"),
    [
        ("jobs", ("exact", 120.0, None), ["in_progress", "in_progress", "in_progress", "met"]),
        ("budget_revenue", ("range", 195.0, 205.0), ["no_data", "no_data", "in_progress", "met"]),
        ("raised_standard", ("yes_no", 1.0, None), ["not_due", "not_due", "in_progress", "met"]),
        ("complaints", ("at_most", 0.0, None), ["no_data", "no_data", "in_progress", "met"]),
    ],
)
def test_every_kind_of_target_is_judged_and_published(
    promised: Path, code: str, asked: tuple[str, float, float | None], statuses: list[str]
) -> None:
    lines = [line(promised, f"2024-Q{number}", code, "council") for number in (1, 2, 3, 4)]
    assert [row["result_status"] for row in lines] == statuses
    last = lines[-1]
    assert (last["direction"], last["target"], last["target_upper"]) == asked
    assert last["gap"] >= 0
    assert last["is_leading"]
    assert (last["attainment_pct"] is None) is (asked[0] != "range")
    [stored] = ask(promised, "SELECT * FROM core.target WHERE indicator_code = ? AND plan_source = 'council'", code)
    assert (stored["direction"], stored["value"], stored["upper"]) == asked


def test_what_it_promised_is_counted_and_told_in_words(promised: Path) -> None:
    [verdict] = ask(promised, "SELECT * FROM mart.year_verdict WHERE plan_source = 'leading'")
    assert (verdict["main_lines"], verdict["met"], verdict["undecided"]) == (2, 2, 0)
    assert verdict["headline_vi"] == "2/2 chỉ tiêu đạt, vượt"
    rows = ask(
        promised, "SELECT * FROM mart.attainment WHERE quarter = '2024-Q4' AND is_leading ORDER BY indicator_code"
    )
    shown = {row["indicator_code"]: cells(row, _known())[3:5] for row in rows}
    assert shown == {
        "budget_revenue": ("195,00 – 205,00", "203,40(*)"),
        "complaints": ("≤ 0", "0(*)"),
        "jobs": ("= 120", "120(*)"),
        "raised_standard": ("có", "có(*)"),
    }
    [level] = ask(
        promised, "SELECT reason FROM mart.attainment WHERE quarter = '2024-Q3' AND indicator_code = 'raised_standard'"
    )
    assert level["reason"] == "đang ở mức có"


def test_one_figure_stands_beside_two_plans(promised: Path) -> None:
    [jobs] = ask(
        promised, "SELECT * FROM mart.attainment_by_plan WHERE quarter = '2024-Q4' AND indicator_code = 'jobs'"
    )
    assert (jobs["actual"], jobs["leading_plan"]) == (120.0, "council")
    assert (jobs["council_target"], jobs["council_attainment_pct"], jobs["council_status_vi"]) == (120.0, None, "đạt")
    assert (jobs["province_target"], jobs["province_attainment_pct"]) == (100.0, 120.0)
    assert (jobs["province_gap"], jobs["province_status_vi"], jobs["party_resolution_target"]) == (20.0, "vượt", None)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("resolution/2024/targets.yaml", "plan_source: council", "plan_source: province", "place.yaml: leading_plan: "),
        ("resolution/2024/targets.yaml", "value: 100,", "value: 0,", "2024/targets.yaml: jobs: a plan of 0"),
        ("resolution/2024/targets.yaml", " unit: người,", "", "2024/targets.yaml: jobs: a target without a unit"),
    ],
)
def test_a_promise_that_cannot_be_meant_ends_the_run_by_its_file_and_entry(
    tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    path = _make(tmp_path) / "raw" / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    outcome = run(tmp_path, "2024-Q2", "2024-Q4")
    assert not outcome.success
    assert any(said in event for event in outcome.events)
    assert not (tmp_path / "warehouse" / "lagi.duckdb").exists()
