"""Every check that feeds.md names, by a good workbook with one thing changed in it."""

from __future__ import annotations

import re

import pytest

from lagi_pipeline.intake.findings import Severity
from lagi_pipeline_tests.intake.reading import Cell, Read, changed, form_sheet, read, read_one, sheets_of


def _vietnamese(reason: str) -> bool:
    return re.search(r"[ăâđêôơưàảãáạằẳắặầấậèẻẽéẹềểệìỉĩíịòỏõóọồốộờớợùủũúụừứựỳỷýỵ]", reason) is not None


# feed, quarter, changes, rule, severity, cell of the finding, what the reason names
ONE_CHANGE: list[tuple[str, str, dict[str, Cell], str, str, str, tuple[str, ...]]] = [
    ("budget_revenue", "2024-Q3", {"D13": 140100}, "parent_sum", "error", "D13", ("140,1", "139,9", "Thu nội địa")),
    ("budget_revenue", "2024-Q3", {"D22": 290}, "parent_sum", "error", "D21", ("39,311", "39,315")),
    ("budget_revenue", "2024-Q3", {"C22": 999}, "parent_sum", "error", "C21", ("52,48", "53,097")),
    ("budget_revenue", "2024-Q3", {"F16": 73.54}, "percent_of_plan", "error", "F16", ("73,54", "40,182", "55,39")),
    ("budget_revenue", "2023-Q4", {"G15": 50}, "percent_of_council", "error", "G15", ("50",)),
    ("budget_revenue", "2023-Q4", {"F15": 50}, "percent_of_province", "error", "F15", ("50",)),
    ("industry", "2024-Q3", {"D14": 180}, "parent_sum", "error", "D13", ("410,9", "413,7")),
    ("industry", "2024-Q3", {"E12": 60}, "parent_sum", "error", "E11", ("1.327", "1.332,1")),
    ("industry", "2024-Q3", {"E20": 12}, "ytd_at_least_quarter", "error", "E20", ("12", "15,8")),
    ("industry", "2024-Q3", {"G20": 80.5}, "industry_percent_of_plan", "error", "G20", ("80,5", "42,1", "52,7")),
    ("exports", "2024-Q3", {"G12": 6.39}, "parent_sum", "error", "G15", ("134,2", "135,2")),
    ("exports", "2024-Q3", {"G12": 1.39}, "export_ytd_at_least_quarter", "error", "G12", ("1,39", "1,95")),
    ("forestry", "2024-Q4", {"F13": "215,5"}, "purposes_add_up", "error", "D13", ("214,5",)),
    ("forestry", "2024-Q4", {"D17": "745,1", "G17": "594,85"}, "forest_parts", "error", "D15", ("1120", "2.663,45")),
    ("forestry", "2024-Q4", {"D23": "521,6", "F23": "270,4"}, "unforested_parts", "error", "D22", ("514,7",)),
    (
        "forestry",
        "2024-Q4",
        {"A7": "Diện tích tự nhiên: 5.000 ha"},
        "forest_within_natural_area",
        "error",
        "D11",
        ("5.225,2",),
    ),
    ("forestry", "2024-Q4", {"C17": "1121"}, "forest_code_once", "error", "C16", ("1121",)),
    ("water", "2023-Q4", {"E10": 5264, "G10": 99.91}, "clean_within_hygienic", "error", "E10", ("5.264", "5.263")),
    (
        "water",
        "2023-Q4",
        {"D10": 5270, "F10": 100.02},
        "hygienic_within_households",
        "error",
        "D10",
        ("5.270", "5.269"),
    ),
    ("water", "2023-Q4", {"F12": 99.79}, "hygienic_percent", "error", "F12", ("99,79", "3.080", "3.087")),
    ("water", "2023-Q4", {"G12": 97.49}, "clean_percent", "error", "G12", ("97,49", "3.009", "3.087")),
    ("water", "2023-Q4", {"C10": 0}, "greater_than", "error", "C10", ("0",)),
    ("waste", "2024-Q4", {"E11": 2873.2}, "treated_within_collected", "error", "E11", ("2.873,2", "2.873,1")),
    ("waste", "2024-Q4", {"H11": 11062.4}, "treated_within_collected_ytd", "error", "H11", ("11.062,4",)),
    ("waste", "2024-Q4", {"C11": 2870}, "collected_within_generated", "warning", "D11", ("2.873,1", "2.870")),
    ("waste", "2024-Q4", {"C11": -1}, "greater_than_or_equal_to", "error", "C11", ("-1",)),
    ("population", "2024-Q4", {"H9": 19986}, "population_balances", "warning", "H9", ("19.986", "19.950", "73", "30")),
    ("employment", "2024-Q4", {"G11": 71}, "placed_by_way", "error", "C11", ("137", "60", "7", "71")),
    ("employment", "2024-Q4", {"D11": 138}, "women_within_placed", "error", "D11", ("138", "137")),
    ("employment", "2024-Q4", {"H11": 138}, "trained_within_placed", "error", "H11", ("138", "137")),
    ("poverty", "2024-Q4", {"H11": 50}, "poor_balances", "error", "H11", ("50", "70", "23", "2")),
    ("poverty", "2024-Q4", {"J11": 0.95}, "poor_percent", "error", "J11", ("0,95", "49", "5.311")),
    ("fisheries_cases", "2024-Q1", {"B8": "05/04/2024"}, "case_in_quarter", "error", "B8", ("05/04/2024",)),
    ("fisheries_cases", "2024-Q1", {"E8": "ngoài khơi"}, "isin", "error", "E8", ("trong tỉnh",)),
    ("fisheries_cases", "2024-Q1", {"C8": "Nguyễn Văn Mẫu"}, "case_register_form", "error", "C8", ("BTh-99860-TS",)),
    ("fisheries_landings", "2024-Q1", {"F9": 1400}, "monitored_within_landed", "error", "F9", ("1.400", "1.360")),
    ("fisheries_landings", "2024-Q1", {"C9": "4/2024"}, "month_in_quarter", "error", "C9", ("4/2024",)),
    ("fisheries_landings", "2024-Q1", {"C9": "1/2023"}, "month_in_quarter", "error", "C9", ("1/2023",)),
    ("fisheries_landings", "2024-Q1", {"C11": "1/2024"}, "port_month_once", "error", "B9", ("Cảng cá La Gi", "1")),
    ("fisheries_vessels", "2024-Q1", {"B9": "không rõ 12"}, "register_form", "error", "B9", ("BTh-99860-TS",)),
    ("fisheries_vessels", "2024-Q1", {"B9": "bth 00002TS"}, "register_once", "error", "B9", ("BTH-00002-TS",)),
    ("fisheries_vessels", "2024-Q1", {"D9": "Xã Bình Tân"}, "vessel_unit", "error", "D9", ("đơn vị",)),
    ("fisheries_vessels", "2024-Q1", {"E9": 1310}, "less_than_or_equal_to", "error", "E9", ("100",)),
    ("fisheries_vessels", "2024-Q1", {"E9": None}, "not_nullable", "error", "E9", ("thiếu",)),
    ("fisheries_vessels", "2024-Q1", {"L9": "chìm"}, "isin", "error", "L9", ("giải bản",)),
]


@pytest.mark.parametrize(
    ("feed", "code", "changes", "rule", "severity", "cell", "named"),
    ONE_CHANGE,
    ids=[f"{c[0]}-{c[3]}" for c in ONE_CHANGE],
)
def test_check_fires(  # noqa: PLR0913, PLR0917 - a table of cases
    feed: str, code: str, changes: dict[str, Cell], rule: str, severity: str, cell: str, named: tuple[str, ...]
) -> None:
    sheets = [sheet for sheet in sheets_of(feed, code) if len(sheet.rows) > 10]
    changed(sheets[0], **changes)
    found = read(feed, code, *sheets)[0]
    at = [finding for finding in found.all(rule) if finding.cell == cell]
    assert len(at) == 1, found.reading.findings
    assert at[0].severity is Severity(severity)
    assert _vietnamese(at[0].reason)
    assert all(words in at[0].reason for words in named), at[0].reason
    accepted = at[0].row in set(found.rows["row"])
    assert accepted is (severity == "warning")


def test_labour_force_checks() -> None:
    placed, force = sheets_of("employment", "2024-Q4")
    found = read("employment", "2024-Q4", placed, changed(force, D9=11373, E10=4978))[1]
    assert ("D9", "trained_within_force") in found.errors
    assert ("E10", "certified_within_trained") in found.errors
    assert found.reading.rejected_units.keys() == {"23231", "23232"}


def test_a_key_row_with_a_failed_check_gives_no_figure() -> None:
    found = read_one("budget_revenue", "2024-Q3", changed(form_sheet("budget_revenue", "2024-Q3"), D12=140100))
    assert ("D12", "parent_sum") in found.errors
    assert any("140,1" in problem for problem in found.reading.problems)
    assert [measure for measure in found.measures if measure.measure == "revenue_ytd"] == []


@pytest.mark.parametrize("cell", [None, "-", "–", "…", "x"])
def test_a_key_figure_that_is_blank_is_missing_and_never_zero(cell: Cell) -> None:
    sheet = changed(form_sheet("budget_revenue", "2024-Q3"), D12=cell, F12=None)
    found = read_one("budget_revenue", "2024-Q3", sheet)
    assert "thiếu số liệu" in found.found("missing_figure").reason
    assert found.found("missing_figure").cell == "D12"
    assert found.reading.problems
    assert "revenue_ytd" not in {measure.measure for measure in found.measures}


def test_row_a_must_be_there_and_once() -> None:
    sheet = changed(form_sheet("budget_revenue", "2024-Q3"), B12="Tổng chi")
    missing = read_one("budget_revenue", "2024-Q3", sheet)
    assert any("không thấy dòng «Tổng thu NSNN trên địa bàn»" in problem for problem in missing.reading.problems)
    twice = read_one("budget_revenue", "2024-Q3", changed(sheet, B12="Tổng thu NSNN", B13="Tổng thu NSNN trên địa bàn"))
    assert any("có nhiều dòng" in problem and "12, 13" in problem for problem in twice.reading.problems)


def test_a_missing_child_adds_nothing() -> None:
    sheet = form_sheet("budget_revenue", "2024-Q3")
    row = int(sheet.find("Thu viện trợ").removeprefix("B"))
    assert sheet.get(f"D{row}") is None
    assert read_one("budget_revenue", "2024-Q3", sheet).errors == []


def test_an_unreadable_child_does_not_accuse_its_parent() -> None:
    found = read_one("budget_revenue", "2024-Q3", changed(form_sheet("budget_revenue", "2024-Q3"), D16="khoảng 40"))
    assert found.errors == [("D16", "not_a_number")]
    assert found.found("not_a_number").value == "khoảng 40"
    assert found.value("revenue_ytd") == 139.9


def test_an_item_under_another_parent_is_not_that_item() -> None:
    sheet = changed(form_sheet("budget_spending", "2024-Q4"), B29="Chi đầu tư phát triển")
    found = read_one("budget_spending", "2024-Q4", sheet)
    assert found.value("investment_spending_ytd") == 83.1


def test_town_totals_of_waste_without_wards() -> None:
    sheet = form_sheet("waste", "2024-Q3")
    del sheet.rows[9:18]
    found = read_one("waste", "2024-Q3", sheet)
    assert {measure.unit_code for measure in found.measures} == {"594"}
    assert found.value("waste_generated") > 10_000


def test_a_warning_of_a_number_in_english_form() -> None:
    found = read_one("waste", "2024-Q3", changed(form_sheet("waste", "2024-Q3"), D10="2760.3"))
    assert found.found("number_form").severity is Severity.WARNING
    assert found.rows.loc[found.rows["row"] == 10, "collected"].item() == 2760.3


def test_a_rejected_unit_is_named_with_its_reason() -> None:
    found: Read = read_one("water", "2023-Q4", changed(form_sheet("water", "2023-Q4"), G12=97.49))
    assert found.reading.rejected_units.keys() == {"23234"}
    assert "97,49" in found.reading.rejected_units["23234"]
    assert "23234" not in {measure.unit_code for measure in found.measures}


def test_natural_area_that_is_no_number_is_a_problem() -> None:
    sheet = changed(form_sheet("forestry", "2024-Q4"), A7="Diện tích tự nhiên: khoảng 18.537 ha")
    found = read("forestry", "2024-Q4", sheet)[0]
    assert ("A7", "not_a_number") in found.errors
    assert any("A7" in problem for problem in found.reading.problems)
    assert "natural_area" not in {measure.measure for measure in found.measures}


def test_a_class_of_forest_without_its_code_is_sent_back_at_the_code() -> None:
    found = read("forestry", "2024-Q4", changed(form_sheet("forestry", "2024-Q4"), C17=None))[0]
    assert ("C17", "not_nullable") in found.errors
    assert found.found("not_nullable").reason == "cột «Mã»: thiếu giá trị"


def test_forest_area_without_its_row_is_a_problem() -> None:
    found = read("forestry", "2024-Q4", changed(form_sheet("forestry", "2024-Q4"), C11="1109"))[0]
    assert any("1100" in problem for problem in found.reading.problems)


def test_a_dash_is_zero_in_form_1_alone() -> None:
    forest = read("forestry", "2024-Q4", form_sheet("forestry", "2024-Q4"))[0]
    assert forest.rows.loc[forest.rows["row"] == 11, "special_use"].item() == 0
    crops = form_sheet("crops", "2024-Q4")
    found = read_one("forestry", "2024-Q4", changed(crops, C17="-", C14=2509.72, C18=6376.04))
    assert found.rows.loc[found.rows["row"] == 17, "area"].isna().item()
    assert found.errors == []


def test_a_fraction_in_place_of_a_percentage_is_sent_back_with_a_hint():
    sheet = form_sheet("water", "2023-Q4")
    sheet.set("F12", sheet.get("D12") / sheet.get("C12"))
    found = read_one("water", "2023-Q4", sheet)
    assert found.errors == [("F12", "hygienic_percent")]
    assert "0,64 không phải 64 %" in found.found("hygienic_percent").reason
