"""Every sample form reads to the same figures whatever the workbook is written as."""

from __future__ import annotations

import json

import pytest

from lagi_pipeline_tests.intake.reading import (
    RAW,
    SUFFIXES,
    TOWN,
    Read,
    form_sheet,
    read,
    read_file,
    read_one,
    sheets_of,
)
from lagi_samples import Book, all_books

BOOKS = [book for book in all_books() if book.feed != "crops"]
FIGURES = [
    ("budget_revenue", "2023-Q4", "revenue_ytd", TOWN, 196.56, "E13"),
    ("budget_revenue", "2023-Q4", "revenue_plan_province", TOWN, 140, "C13"),
    ("budget_revenue", "2023-Q4", "revenue_plan_council", TOWN, 155, "D13"),
    ("budget_revenue", "2024-Q4", "revenue_plan", TOWN, 191, "C12"),
    ("budget_spending", "2024-Q4", "investment_spending_ytd", TOWN, 83.1, "D13"),
    ("budget_spending", "2024-Q4", "targeted_capital_ytd", TOWN, 22.363, "D30"),
    ("industry", "2024-Q3", "industrial_output_ytd", TOWN, 1327, "E11"),
    ("exports", "2024-Q3", "export_value_ytd", TOWN, 134.2, "G15"),
    ("forestry", "2024-Q4", "forest_area", TOWN, 5225.2, "D11"),
    ("forestry", "2024-Q4", "natural_area", TOWN, 18537, "A7"),
    ("water", "2023-Q4", "clean_water_households", "23231", 5098, "E10"),
    ("water", "2024-Q4", "water_survey_households", "23231", 5311, None),
    ("waste", "2024-Q4", "waste_collected", "23237", 1415.7, "D15"),
    ("waste", "2024-Q4", "waste_collected_ytd", "23237", 5451.6, "G15"),
    ("population", "2024-Q4", "births", "23231", 73, "D9"),
    ("employment", "2024-Q4", "jobs_placed", "23246", 62, "C17"),
    ("poverty", "2024-Q4", "poor_households", "23245", 46, "H17"),
]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(("feed", "code", "measure", "unit", "value", "cell"), FIGURES)
def test_figures_and_addresses(  # noqa: PLR0913, PLR0917 - a table of cases
    feed: str, code: str, measure: str, unit: str, value: float, cell: str | None, suffix: str
) -> None:
    form = next(sheet for sheet in sheets_of(feed, code) if len(sheet.rows) > 10)
    reported = read(feed, code, form, suffix=suffix)[0].measures
    [found] = [one for one in reported if (one.measure, one.unit_code) == (measure, unit)]
    assert float(found.value) == value
    assert cell is None or found.cell == cell
    assert found.cell == f"{found.cell[0]}{found.row}" if found.cell else False


@pytest.mark.parametrize("feed", sorted({book.feed for book in BOOKS}))
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_of_file_gives_the_same_rows(feed: str, suffix: str) -> None:
    code = "2024-Q4" if feed == "tasks" else "2023-Q4"  # of 2023 there are no tasks
    form = form_sheet(feed, code)
    first, second = (read(feed, code, form, suffix=kind)[0].rows for kind in (".xlsx", suffix))
    of_the_file = ["sheet", "printed"]  # a csv has no numbers, only their texts
    assert first.drop(columns=of_the_file).astype("object").equals(second.drop(columns=of_the_file).astype("object"))


@pytest.mark.parametrize("suffix", [".xls", ".ods", ".csv"])
@pytest.mark.parametrize("code", ["2023-Q4", "2024-Q3"])
def test_headers_of_two_and_three_rows_without_merge_information(code: str, suffix: str) -> None:
    form = form_sheet("budget_revenue", code)
    merged, spread = (read_one("budget_revenue", code, form, suffix=kind) for kind in (".xlsx", suffix))
    assert merged.reading.letters == spread.reading.letters
    assert merged.rows["percent_of_last_year"].notna().any()


def test_two_forms_in_one_workbook() -> None:
    placed, force = read("employment", "2024-Q4", *sheets_of("employment", "2024-Q4"))
    assert placed.value("jobs_placed", "23231") == 137
    assert force.value("trained_workers", "23231") == 8932
    assert {reading.reading.sheet for reading in (placed, force)} == {"Việc làm", "Lao động"}


def test_two_forms_in_one_sheet() -> None:
    first, second = sheets_of("employment", "2024-Q4")
    first.rows = [*first.rows[:19], [], *second.rows[4:]]
    first.merges = [area for area in first.merges if area[0] < 19]
    placed, force = read("employment", "2024-Q4", first)
    assert placed.value("jobs_placed", "23231") == 137
    assert force.value("labour_force", "23231") == 11372
    assert len(placed.rows) == len(force.rows) == 9


def test_crops_come_in_a_workbook_of_their_own() -> None:
    crops = read_one("forestry", "2024-Q4", *sheets_of("crops", "2024-Q4"))
    assert crops.value("perennial_crop_area") == 6783.02
    assert crops.value("crops_on_forest_land") == 126


def test_the_sample_files_on_disk_hold_the_defects_told_in_their_readme() -> None:
    vessels = read_file("fisheries_vessels", "2024-Q3", RAW / "fisheries_vessels/2024-Q3/tau-ca-2024-Q3.xlsx")[0]
    assert sorted(vessels.errors) == [
        ("B108", "register_once"),
        ("B1943", "register_once"),
        ("D1941", "vessel_unit"),
        ("E1942", "not_a_number"),
    ]


def test_cells_are_json_addresses_of_all_figures() -> None:
    water = read_one("water", "2023-Q4", *sheets_of("water", "2023-Q4"))
    cells = json.loads(water.rows["cells"].iloc[0])
    expected = {
        "households": "C10",
        "hygienic": "D10",
        "clean": "E10",
        "hygienic_percent": "F10",
        "clean_percent": "G10",
    }
    assert cells == expected


def _is_clean(found: Read) -> bool:
    return not found.reading.findings and not found.reading.problems


CLEAN = [book for book in BOOKS if book.quarter.year == 2023 and book.feed not in {"waste", "fisheries_vessels"}]


@pytest.mark.parametrize("book", CLEAN, ids=lambda book: str(book.path))
def test_samples_without_defects_read_without_a_finding(book: Book) -> None:
    assert all(_is_clean(found) for found in read(book.feed, str(book.quarter), *book.sheets))
