"""What a quarter's report says, beside SQL of its own on the same published file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.content import NoReportError, QuarterReport, quarters_reported, read_report
from lagi_pipeline.reporting.content.sentences import tasks_vi
from lagi_pipeline.reporting.content.task_tables import task_table
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.reporting.reporting import report_of, tampered
from lagi_pipeline_tests.running import CATALOGUE, published, query

QUARTERS = [f"{year}-Q{number}" for year in (2023, 2024) for number in (1, 2, 3, 4)]


@pytest.fixture(scope="module")
def reader(town: Town) -> Iterator[duckdb.DuckDBPyConnection]:
    with published(town.data_dir) as connection:
        yield connection


@pytest.fixture(scope="module")
def reports(reader: duckdb.DuckDBPyConnection) -> dict[str, QuarterReport]:
    return {code: read_report(reader, Quarter.parse(code), CATALOGUE) for code in QUARTERS}


def printed(value: float | None, decimals: int, unit: str = "") -> str:
    """A figure as Vietnamese reports print it, by other code than the report's."""
    if value is None:
        return "…"
    rounded = Decimal(format(value, ".15g")).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,}".replace(",", " ").replace(".", ",").replace(" ", ".") + unit


@pytest.mark.parametrize("code", QUARTERS)
def test_every_figure_of_the_table_of_targets_is_that_of_the_published_file(
    code: str, reader: duckdb.DuckDBPyConnection, reports: dict[str, QuarterReport]
) -> None:
    stored = query(
        reader,
        "SELECT * FROM mart.attainment WHERE quarter = ? AND is_leading"
        " ORDER BY list_position(['1','2','3','4','5','5a','6','7','8','9','9a','10'], ordinal)",
        code,
    )
    table = reports[code].targets
    assert [cell.text for cell in table.column("TT")] == [row["ordinal"] for row in stored]
    year = code[:4]
    for cells, row in zip(table.rows, stored, strict=True):
        at = dict(zip((column.title_vi for column in table.columns), cells, strict=True))
        decimals = CATALOGUE.indicator(row["indicator_code"]).decimals
        mark = "(*)" if row["actual_is_illustrative"] else ""
        bound = "≤ " if row["direction"] == "at_most" else ""
        asked = "(*)" if row["target_is_illustrative"] else ""
        assert at[f"NQ {year}"].text == bound + printed(row["target"], decimals) + asked
        for title, column in (
            ("Thực hiện quý", "actual_quarter"),
            ("Lũy kế", "actual"),
            ("Ước cả năm (cơ quan)", "year_estimate"),
        ):
            value = row[column]
            assert at[title].text == printed(value, decimals) + (mark if value is not None else "")
            assert at[title].value == value
        assert at["% NQ"].text == printed(row["attainment_pct"], 1, "%" if row["attainment_pct"] is not None else "")
        assert at["Dự báo (hệ thống)"].text.split(" (")[0] == printed(row["forecast"], decimals)
        assert at["Đánh giá"].text.startswith(row["status_vi"])
        change = row["yoy_change_pct"]
        if row["yoy_index_pct"] is not None:
            assert at["% cùng kỳ"].text == printed(row["yoy_index_pct"], 1, "%")
        elif change is not None:
            assert at["% cùng kỳ"].text == ("+" if change > 0 else "") + printed(change, 2, " điểm")
        else:
            assert at["% cùng kỳ"].text == "…"


@pytest.mark.parametrize("code", QUARTERS)
def test_every_figure_by_ward_and_of_the_fleet_is_that_of_the_published_file(
    code: str, reader: duckdb.DuckDBPyConnection, reports: dict[str, QuarterReport]
) -> None:
    report = reports[code]
    for table in report.wards:
        indicator = table.code.removeprefix("wards_")
        sql = "SELECT actual FROM mart.attainment_by_unit WHERE quarter = ? AND indicator_code = ? ORDER BY unit_code"
        of_town = "SELECT actual FROM mart.attainment WHERE quarter = ? AND indicator_code = ? AND is_leading"
        stored = [
            row["actual"] for row in (*query(reader, sql, code, indicator), *query(reader, of_town, code, indicator))
        ]
        assert [cell.value for cell in table.column("Thực hiện")] == stored
        assert CATALOGUE.indicator(indicator).ordinal
    fleet = (
        "SELECT length_class_vi, vessels, vms_pct FROM mart.iuu_compliance WHERE quarter = ? ORDER BY list_position("
    )
    classes = "['under_6', '6_to_12', '12_to_15', '15_to_24', '24_and_over', 'unknown', 'all'], length_class)"
    stored_fleet = [tuple(row.values()) for row in query(reader, fleet + classes, code)]
    shown = zip(*(report.fleet.column(t) for t in ("Nhóm chiều dài", "Số tàu", "% TBGSHT")), strict=True)
    assert [tuple(cell.value for cell in row) for row in shown] == stored_fleet
    assert report.fleet.rows[-1][0].text == "toàn đội tàu"


def test_page_one_of_the_third_quarter(reports: dict[str, QuarterReport]) -> None:
    report = reports["2024-Q3"]
    assert report.summary[0] == (
        "Tính đến 30/9/2024 (số sơ bộ), trong 10 chỉ tiêu: 6 đang thực hiện; 3 chưa đến kỳ đánh giá; 1 chưa báo cáo."
    )
    assert report.at_risk[0].startswith("Chỉ tiêu 2, Chi đầu tư phát triển: cơ quan ước cả năm không đạt")
    assert any("Chất thải rắn, quý II/2024, chưa báo cáo" in text for text in report.late)
    assert report.changes[0].startswith("Chưa phát hành báo cáo nào")
    assert report.subject_vi.endswith("theo Nghị quyết ngày 08/12/2023 của Ban Chấp hành Đảng bộ thị xã (khóa XI),"
                                      " quý III năm 2024")  # fmt: skip


def test_the_year_s_verdict_is_that_of_the_published_file(
    reader: duckdb.DuckDBPyConnection, reports: dict[str, QuarterReport]
) -> None:
    [verdict] = query(reader, "SELECT * FROM mart.year_verdict WHERE year = 2024 AND plan_source = 'leading'")
    assert f"Kết luận năm 2024: {verdict['headline_vi']}." in reports["2024-Q4"].summary
    assert "10 đã đạt, vượt" in reports["2024-Q4"].summary[0]
    assert verdict["exceeded"] + verdict["met"] == 10


def test_debts_of_later_quarters_are_not_the_report_s(reports: dict[str, QuarterReport]) -> None:
    labels = [Quarter.parse(code).label_vi for code in QUARTERS]
    for at, code in enumerate(QUARTERS):
        owed = {cell.text for cell in reports[code].overdue.column("Quý")}
        assert owed <= set(labels[: at + 1]), code
    assert len(reports["2024-Q4"].overdue.rows) > len(reports["2024-Q2"].overdue.rows) > 0


def test_every_file_behind_a_figure_stands_in_the_sources_with_its_day_and_receipt(
    reader: duckdb.DuckDBPyConnection, reports: dict[str, QuarterReport]
) -> None:
    table = reports["2024-Q3"].sources
    shown = {(row[0].text, row[2].text, row[4].value, row[6].value) for row in table.rows if row[6].value is not None}
    stored = query(
        reader,
        "SELECT DISTINCT line.ordinal, cell.file, cell.as_of, cell.received_at FROM mart.trace AS cell"
        " JOIN mart.attainment AS line USING (indicator_code, quarter)"
        " WHERE cell.is_town AND quarter = '2024-Q3' AND line.is_leading AND cell.role NOT LIKE 'target%'",
    )
    assert shown == {tuple(row.values()) for row in stored}
    assert {row[0].text for row in table.rows} == {line.ordinal for line in reports["2024-Q3"].lines}


def test_a_line_without_history_says_that_nothing_is_forecast(reports: dict[str, QuarterReport]) -> None:
    table = reports["2024-Q3"].targets
    by_number = dict(zip((cell.text for cell in table.column("TT")), table.rows, strict=True))
    assert by_number["3"][9].text == "…"
    assert "không dự báo, chưa đủ số liệu các năm trước" in by_number["3"][11].text
    assert by_number["1"][9].text == "196,79 (191,37 – 207,85)"


def test_illustrative_figures_are_marked_and_the_mark_is_explained_below_each_table(
    reports: dict[str, QuarterReport],
) -> None:
    for report in reports.values():
        assert report.is_illustrative
        for table in report.tables:
            marked = any("(*)" in cell.text for row in table.rows for cell in row)
            assert marked == any(note.startswith("(*) số liệu minh họa") for note in table.notes)


def test_a_quarter_without_lines_names_the_quarters_that_have_some(reader: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(NoReportError, match=r"quý I/2030 \(2030-Q1\) không có chỉ tiêu .* 2023-Q1, .*2024-Q4"):
        read_report(reader, Quarter(2030, 1), CATALOGUE)
    assert [str(quarter) for quarter in quarters_reported(reader)] == QUARTERS


def test_bad_names_are_made_printable_and_lose_no_letter(town_copy: Path) -> None:
    name = "<script>alert('x')</script> \"Nước\" " + "ệ" * 260
    damaged = unicodedata.normalize("NFD", name) + "\x07\u202e\n"
    changed = tampered(
        town_copy,
        ("UPDATE mart.attainment SET name_vi = ?, reason = ? WHERE indicator_code = 'jobs'", [damaged, "5 %\x0b"]),
        ("UPDATE mart.overdue SET office_name_vi = ?", [damaged]),
        ("UPDATE mart.attainment_by_unit SET unit_name_vi = ?", [damaged]),
    )
    report = report_of(changed, "2024-Q3")
    line = report.line("jobs")
    assert (line.name_vi, line.reason) == (name, "5%")
    assert report.overdue.rows[0][0].text == name
    assert report.wards[0].rows[0][0].text == name
    assert report.late[0].startswith(name)


def test_a_line_set_by_hand_is_marked_and_its_document_stands_below_the_table(town_copy: Path) -> None:
    by_hand = "điều chỉnh theo văn bản số 12/BC của Phòng Kinh tế: rà soát"
    changed = tampered(
        town_copy,
        ("UPDATE mart.attainment SET override_vi = ? WHERE indicator_code = 'jobs' AND quarter = '2024-Q3'", [by_hand]),
    )
    table = report_of(changed, "2024-Q3").targets
    assert "Giải quyết việc làm (**)" in [cell.text for cell in table.column("Chỉ tiêu")]
    assert f"(**) Chỉ tiêu 9: {by_hand}." in table.notes


@pytest.mark.parametrize(
    ("leading", "titles"),
    [
        ("plan_source = 'province' AND indicator_code = 'budget_revenue'", ("tỉnh giao 2024", "% tỉnh giao")),
        ("plan_source = 'province' OR (plan_source = 'party_resolution' AND indicator_code = 'jobs')",
         ("KH 2024", "% KH")),
    ],
    ids=["one", "mixed"],
)  # fmt: skip
def test_the_plan_s_columns_bear_the_name_of_the_plan_that_leads(
    leading: str, titles: tuple[str, str], town_copy: Path
) -> None:
    changed = tampered(town_copy, (f"UPDATE mart.attainment SET is_leading = ({leading})", []))
    table = report_of(changed, "2024-Q3").targets
    assert tuple(table.columns[at].title_vi for at in (3, 6)) == titles
    assert any("chỉ tiêu 1 theo tỉnh giao" in note for note in table.notes) is (titles[0] == "KH 2024")


def test_changes_since_the_last_report_are_told_once_and_by_the_plan_that_leads(town_copy: Path) -> None:
    issued = (
        "INSERT INTO core.issued_report BY NAME SELECT '2024-Q2' AS quarter, 1 AS number, 'issued/x' AS file,"
        " 'vpthiuy' AS office, 'Văn phòng Thị ủy' AS office_name_vi, '45-BC/VPTU' AS document_no, 'NQ' AS resolution,"
        " TIMESTAMP '2024-08-01' AS frozen_at, TIMESTAMP '2024-08-02 09:00' AS issued_at, 12 AS figures, 'x' AS sha256"
    )
    revised = (
        "INSERT INTO mart.revision_since_report BY NAME SELECT quarter, 1 AS number, indicator_code, ordinal, name_vi,"
        " unit, plan_source, 'actual' AS aspect, 'thực hiện' AS aspect_vi, 92.6 AS figure_then, 92.8 AS figure_now,"
        " 0.2 AS change, result_status AS status_then, result_status AS status_now, status_vi AS status_vi_then,"
        " status_vi AS status_vi_now, 'tệp mới' AS why_vi, TIMESTAMP '2024-08-02 09:00' AS issued_at,"
        " 'vpthiuy' AS office, TIMESTAMP '2024-08-01' AS frozen_at, evaluated_at"
        " FROM mart.attainment WHERE quarter = '2024-Q2' AND indicator_code = 'budget_revenue'"
    )
    result = (
        "INSERT INTO mart.revision_since_report BY NAME SELECT * REPLACE ('result' AS aspect, 'kết quả' AS aspect_vi,"
        " 'đạt' AS status_vi_now) FROM mart.revision_since_report"
    )
    later = (
        "INSERT INTO core.issued_report BY NAME SELECT * REPLACE ('2024-Q3' AS quarter, NULL AS document_no,"
        " TIMESTAMP '2024-07-01' AS issued_at) FROM core.issued_report"
    )
    changed = tampered(town_copy, (issued, []), (revised, []), (result, []), (later, []))
    report = report_of(changed, "2024-Q3")
    last = "báo cáo số 45-BC/VPTU quý II/2024 (lần 1, ngày 02/8/2024)"
    assert report.changes == (
        f"So với {last}, 1 chỉ tiêu thay đổi:",
        "Chỉ tiêu 1, quý II/2024: thực hiện đã báo cáo 92,60 tỷ đồng, nay 92,80 tỷ đồng (tăng 0,20 tỷ đồng); tệp mới.",
        "Chỉ tiêu 1, quý II/2024: kết quả đã báo cáo “đang thực hiện”, nay “đạt”; tệp mới.",
        "Không có thay đổi so với báo cáo quý III/2024 (lần 1, ngày 01/7/2024).",
    )
    assert report.revisions.rows[0][6].text == "0,20"
    assert report_of(changed, "2024-Q1").changes[0].startswith("Chưa phát hành")


def test_tasks_name_the_lines_they_serve_and_are_counted_by_their_status() -> None:
    row: dict[str, Any] = {
        "group_number": 6,
        "group_vi": "Văn hóa, xã hội",
        "task_vi": "Giới thiệu việc làm",
        "basis_vi": None,
        "lead_office_vi": "Phòng Lao động",
        "due": None,
        "status_vi": "đang thực hiện, trong hạn",
        "completion_pct": 62.5,
        "indicator_codes": "jobs;trained_labour",
        "difficulties_vi": "thiếu kinh phí",
        "proposals_vi": None,
        "reason": None,
        "is_illustrative": True,
    }
    table = task_table([row, row | {"status_vi": "chưa báo cáo", "completion_pct": None}], CATALOGUE)
    said = [cell.text for cell in table.rows[0]]
    assert said[0] == "6. Văn hóa, xã hội"
    assert said[5:8] == ["đang thực hiện, trong hạn(*)", "63%(*)", "9, 9a"]
    assert table.rows[1][6].text == "…"
    assert list(tasks_vi([row, row])) == ["Trong 2 nhiệm vụ của nghị quyết: 2 đang thực hiện, trong hạn."]
    assert list(tasks_vi([])) == []


def test_a_year_that_is_not_decided_has_no_verdict_yet(town_copy: Path) -> None:
    changed = tampered(town_copy, ("UPDATE mart.year_verdict SET undecided = 3 WHERE year = 2024", []))
    said = report_of(changed, "2024-Q4").summary
    assert said[1] == "Chưa kết luận được năm 2024: còn 3 chỉ tiêu chưa có kết quả."
    assert not any(text.startswith("Kết luận") for text in said)
