"""Places that are nothing like the town: a district of communes with five years of its own, and a commune alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lagi_pipeline.catalogue.quarter import Quarter, quarters_between
from lagi_pipeline.cli import main
from lagi_pipeline.orchestration.settings import key_of
from lagi_pipeline_tests.running import ask, contents, line, published, query, run, settings_of
from lagi_pipeline_tests.steps.placing import fill_in, write_place

DISTRICT = {
    "place/place.yaml": """
code: "950"
name_vi: huyện Vàm Bạc
name_en: Vam Bac district
level: district
province_code: "90"
province_vi: tỉnh Sông Cạn
timezone: Asia/Bangkok
first_quarter: 2020-Q1
leading_plan: council
unnamed_plan: province
""",
    # On 1 January 2023 Rạch Cũ and Đìa Sen became xã Sen Mới, which took Đìa Sen's code.
    "place/units.csv": """code,name_vi,kind,urban,valid_from,valid_to,successor_code
95001,Vàm Bạc,thị trấn,true,1999-01-01,,
95002,Rạch Cũ,xã,false,1999-01-01,2022-12-31,95003
95003,Đìa Sen,xã,false,1999-01-01,2022-12-31,95003
95003,Sen Mới,xã,false,2023-01-01,,
""",
    "place/offices.csv": """office,name_vi,feeds,days_to_send
taichinh,Phòng Tài chính huyện,budget_revenue,20
noivu,Phòng Nội vụ,employment;waste,20
""",
    **{
        f"resolution/{year}/targets.yaml": f"""
year: {year}
document: Nghị quyết HĐND huyện
targets:
  - {{code: budget_revenue, plan_source: council, value: {year - 1920}, unit: tỷ đồng, direction: at_least, clause: Đ1}}
  - {{code: budget_revenue, plan_source: province, value: 90, unit: tỷ đồng, direction: at_least, clause: QĐ}}
  - {{code: jobs, plan_source: council, value: 400, unit: người, direction: at_least, clause: Điều 2}}
"""
        for year in (2020, 2021, 2022, 2023)
    },
    # Another year, other lines.
    "resolution/2024/targets.yaml": """
year: 2024
document: Nghị quyết HĐND huyện
targets:
  - {code: jobs, plan_source: council, value: 420, unit: người, direction: at_least, clause: Điều 2}
  - {code: solid_waste, plan_source: council, value: 80, unit: "%", direction: at_least, clause: Điều 3}
""",
}
OFFICE = {"budget_revenue": "taichinh", "employment": "noivu", "waste": "noivu"}
SHARES = (10, 30, 60, 100)
"""Revenue to date of a year of 100 tỷ đồng: the place's own pace, nothing like a quarter each time."""
LAGI = ("La Gi", "thị xã", "Thị xã", "Thị ủy", "Phước Hội", "Bình Thuận", "Hàm Tân")


def _send_all(data_dir: Path) -> None:
    for quarter in quarters_between(Quarter(2020, 1), Quarter(2024, 4)):
        when = str(quarter)
        revenue = {"actual": SHARES[quarter.number - 1] * 1000}
        fill_in(data_dir, "budget_revenue", when, {"Tổng thu NSNN trên địa bàn": revenue}, office="taichinh")
        placed = {"95001": 50, "95002": 20, "95003": 30} if quarter.year < 2023 else {"95001": 50, "95003": 55}
        figures = {code: {"placed": number} for code, number in placed.items()}
        fill_in(data_dir, "employment", when, figures, office="noivu")
        if quarter.year == 2024:
            collected = {"generated": 100, "collected": 90, "treated": 85}
            fill_in(data_dir, "waste", when, {"95001": collected, "95003": collected}, office="noivu")


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five years of the district, read and published by the main job."""
    data_dir = write_place(tmp_path_factory.mktemp("district"), DISTRICT)
    _send_all(data_dir)
    outcome = run(data_dir, "2020-Q1", "2024-Q4")
    assert outcome.success, outcome.failed_steps
    return data_dir


def test_all_its_files_are_read(district: Path) -> None:
    assert not ask(district, "SELECT * FROM quarantine.rejected_file")
    assert not ask(district, "SELECT * FROM quarantine.rejected_row WHERE severity = 'error'")
    assert ask(district, "SELECT count(*) AS files FROM core.vintage") == [{"files": 44}]


def test_its_quarters_begin_with_its_own_first(district: Path) -> None:
    keys = settings_of(district).partitions.get_partition_keys()
    assert keys[0] == key_of(Quarter(2020, 1))


def test_each_year_has_its_own_lines_and_plans(district: Path) -> None:
    sql = "SELECT year, indicator_code, plan_source, target FROM mart.attainment WHERE quarter LIKE '%Q4' ORDER BY ALL"
    rows = [tuple(row.values()) for row in ask(district, sql)]
    assert rows[:3] == [
        (2020, "budget_revenue", "council", 100.0),
        (2020, "budget_revenue", "province", 90.0),
        (2020, "jobs", "council", 400.0),
    ]
    assert rows[-2:] == [(2024, "jobs", "council", 420.0), (2024, "solid_waste", "council", 80.0)]
    assert len(rows) == 4 * 3 + 2


def test_its_pace_is_that_of_its_own_years(district: Path) -> None:
    third = line(district, "2023-Q3", "budget_revenue", "council")
    assert third["expected_pct"] == pytest.approx(60)
    by_plan = [line(district, "2023-Q4", "budget_revenue", plan) for plan in ("council", "province")]
    assert [(row["is_leading"], row["result_status"]) for row in by_plan] == [(True, "not_met"), (False, "exceeded")]


def test_the_town_of_the_package_is_nowhere_in_what_it_publishes(district: Path) -> None:
    with published(district) as connection:
        said = [text for rows in contents(connection).values() for text in rows]
        comments = "SELECT comment FROM duckdb_columns() UNION ALL SELECT comment FROM duckdb_tables()"
        said += [str(row["comment"]) for row in query(connection, comments)]
    assert any("Vàm Bạc" in text for text in said)
    assert [(word, text) for word in LAGI for text in said if word in text] == []


def test_its_merger_is_shown_by_the_units_of_the_time_and_by_todays(district: Path) -> None:
    sql = """
        SELECT quarter, units_as_of, unit_name_vi, actual, formed_of FROM mart.unit_series
        WHERE indicator_code = 'jobs' AND quarter IN ('2022-Q4', '2023-Q4') AND unit_code <> '95001' ORDER BY ALL
    """
    assert [tuple(row.values()) for row in ask(district, sql)] == [
        ("2022-Q4", "then", "xã Rạch Cũ", 80.0, None),
        ("2022-Q4", "then", "xã Đìa Sen", 120.0, None),
        ("2022-Q4", "today", "xã Sen Mới", 200.0, "95002 xã Rạch Cũ; 95003 xã Đìa Sen"),
        ("2023-Q4", "then", "xã Sen Mới", 220.0, None),
        ("2023-Q4", "today", "xã Sen Mới", 220.0, None),
    ]


def test_a_thi_tran_is_urban_and_alone_so(district: Path) -> None:
    waste = line(district, "2024-Q4", "solid_waste", "council")
    assert (waste["numerator"], waste["denominator"]) == (340.0, 400.0)
    units = ask(district, "SELECT DISTINCT unit_name_vi FROM mart.unit_series WHERE indicator_code = 'solid_waste'")
    assert units == [{"unit_name_vi": "thị trấn Vàm Bạc"}]


def test_a_form_of_the_units_before_the_merger_is_sent_back_whole(tmp_path: Path) -> None:
    """In 2023 code 95003 is another xã: the row of the one that had it before must not pass for it."""
    data_dir = write_place(tmp_path, DISTRICT)
    fill_in(data_dir, "employment", "2022-Q4", {"95001": {"placed": 1}, "95003": {"placed": 2}}, office="noivu")
    old = {code: {"placed": 1} for code in ("95001", "95002", "95003")}
    fill_in(data_dir, "employment", "2023-Q1", old, office="noivu", on_form_of="2022-Q4")
    assert run(data_dir, "2022-Q4", "2023-Q1").success
    [jobs] = ask(data_dir, "SELECT * FROM mart.attainment WHERE quarter = '2023-Q1' AND indicator_code = 'jobs'")
    assert (jobs["actual"], jobs["status_vi"]) == (None, "đã trả lại, chờ chỉnh sửa")
    told = ask(data_dir, "SELECT value, reason FROM quarantine.rejected_row WHERE rule = 'unit_of_other_time'")
    assert {row["value"] for row in told} == {"Xã Rạch Cũ", "Xã Đìa Sen"}
    assert all("chỉ có đến ngày 31/12/2022, nay là xã Sen Mới (95003)" in row["reason"] for row in told)


COMMUNE = {
    "place/place.yaml": """
code: "23235"
name_vi: xã Cửa Sông
name_en: Cua Song commune
level: commune
province_code: "68"
province_vi: tỉnh Núi Rừng
timezone: Asia/Ho_Chi_Minh
first_quarter: 2025-Q3
leading_plan: party_resolution
""",
    "place/units.csv": """code,name_vi,kind,urban,valid_from,valid_to,successor_code
23235,Cửa Sông,xã,false,2025-07-01,,
""",
    "place/offices.csv": """office,name_vi,feeds,days_to_send
kinhte,Phòng Kinh tế xã,employment;water;waste,20
""",
    "resolution/2025/targets.yaml": """
year: 2025
document: Nghị quyết Đảng bộ xã
targets:
  - {code: jobs, plan_source: party_resolution, value: 300, unit: người, direction: at_least, clause: "1"}
  - {code: clean_water, plan_source: party_resolution, value: 95, unit: "%", direction: at_least, clause: "2"}
  - {code: solid_waste, plan_source: party_resolution, value: 95, unit: "%", direction: at_least, clause: "3"}
""",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Result]]:
    """A rural commune that is its own only unit, run by the command with ``LAGI_DATA_DIR`` alone; what it printed."""
    data_dir = write_place(tmp_path_factory.mktemp("commune"), COMMUNE)
    fill_in(data_dir, "employment", "2025-Q3", {"23235": {"placed": 90, "placed_ytd": 250}}, office="kinhte")
    fill_in(data_dir, "employment", "2025-Q4", {"23235": {"placed": 80, "placed_ytd": 330}}, office="kinhte")
    water = {"households": 1000, "hygienic": 990, "clean": 960}
    fill_in(data_dir, "water", "2025-Q4", {"23235": water}, office="kinhte")
    waste = {"generated": 10, "collected": 9, "treated": 8}
    fill_in(data_dir, "waste", "2025-Q3", {"23235": waste}, office="kinhte")
    log = logging.getLogger("lagi_pipeline")
    before = list(log.handlers), log.propagate, log.level
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", "")
        patch.setenv("LAGI_DATA_DIR", str(data_dir))
        yield data_dir, CliRunner().invoke(main, ["run", "--evaluated-at", "2026-03-01T08:00:00"])
    log.handlers, log.propagate, log.level = before


@pytest.fixture(scope="module")
def commune(told: tuple[Path, Result]) -> Path:
    data_dir, done = told
    assert done.exit_code == 0, done.output
    return data_dir


def test_the_command_speaks_of_the_place_in_its_data_folder(told: tuple[Path, Result]) -> None:
    output = told[1].output
    assert "xã Cửa Sông: reading 2025-Q3 to 2025-Q4" in output
    assert "Kết quả thực hiện chỉ tiêu quý IV/2025 — Nghị quyết cấp ủy" in output
    assert "Phòng Kinh tế xã" in output
    assert [word for word in LAGI if word in output] == []


def test_a_commune_is_its_own_only_unit(commune: Path) -> None:
    assert not ask(commune, "SELECT * FROM quarantine.rejected_file")
    jobs = line(commune, "2025-Q4", "jobs")
    assert (jobs["actual"], jobs["result_status"], jobs["reason"]) == (330.0, "exceeded", None)
    assert line(commune, "2025-Q4", "clean_water")["actual"] == 96.0
    for table in ("mart.attainment_by_unit", "mart.unit_series"):
        sql = f"SELECT DISTINCT unit_name_vi, actual FROM {table} WHERE indicator_code = 'jobs' AND quarter = '2025-Q4'"
        assert ask(commune, sql) == [{"unit_name_vi": "xã Cửa Sông", "actual": 330.0}]


def test_a_commune_has_no_quarters_before_it_came_into_being(commune: Path) -> None:
    jobs = line(commune, "2025-Q3", "jobs")
    assert jobs["actual"] == 250.0  # as its first report prints it, from 1 January
    before = line(commune, "2025-Q2", "jobs")
    assert (before["actual"], before["result_status"]) == (None, "no_data")


def test_a_place_without_an_urban_unit_has_no_urban_line_and_says_so(commune: Path) -> None:
    waste = line(commune, "2025-Q3", "solid_waste")
    assert (waste["actual"], waste["reason"]) == (None, "không có phường, xã nào thuộc phạm vi tính của xã Cửa Sông")
    assert ask(commune, "SELECT * FROM mart.unit_series WHERE indicator_code = 'solid_waste'") == []
