"""What stood in a figure's cell is kept with its unit and scale, so that the figure can be worked out from it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.intake.grid import Sheet, Value
from lagi_pipeline.intake.stood import ReadBy, StoodFigures
from lagi_pipeline_tests.intake.reading import Cell, changed, form_sheet, read, read_one, table, wards

HEADER = [["STT", "Phường, xã", "Khối lượng phát sinh", "Thu gom", "Xử lý"]]


@pytest.mark.parametrize(
    ("cell", "text", "value"),
    [(1234.5, "1234.5", "1234.5"), (12, "12", "12"), ("1.234,5", "1.234,5", "1234.5"), (" 12 ", " 12 ", "12")],
)
def test_a_cell_is_kept_as_it_stood(cell: Cell, text: str, value: str) -> None:
    found = read_one("waste", "2024-Q3", table(*HEADER, *wards(cell, 1, 1), unit="Đơn vị tính: tấn"))
    kept = {one.cells[0] for one in found.measures if one.measure == "waste_generated" and one.unit_code == "23231"}
    [only] = kept
    assert (only.text, only.value, only.printed_unit, only.scale) == (text, Decimal(value), "tấn", 1)


@pytest.mark.parametrize(
    ("unit_line", "header", "unit", "scale"),
    [
        ("Đơn vị tính: tấn", "Khối lượng phát sinh", "tấn", "1"),
        ("Đơn vị tính: kg", "Khối lượng phát sinh", "kg", "0.001"),
        ("Đơn vị tính: tấn", "Khối lượng phát sinh (nghìn tấn)", "nghìn tấn", "1000"),
        (None, "Khối lượng phát sinh", "tấn", "1"),
    ],
)
def test_the_unit_is_the_columns_own_or_the_unit_lines(
    unit_line: str | None, header: str, unit: str, scale: str
) -> None:
    heads = [["STT", "Phường, xã", header, "Thu gom", "Xử lý"]]
    found = read_one("waste", "2024-Q3", table(*heads, *wards(90000, 1, 1), unit=unit_line))
    for one in found.measures:
        if one.measure == "waste_generated":
            [cell] = one.cells
            assert (cell.printed_unit, cell.scale) == (unit, Decimal(scale))
            assert cell.value == 90000 * Decimal(scale) == one.value


@pytest.mark.parametrize(
    ("said", "text", "unit", "scale"),
    [("18.537 ha", "18.537 ha", "ha", "1"), ("185,37 km2", "185,37 km2", "km2", "100"), ("18537", "18537", "ha", "1")],
)
def test_a_figure_in_a_line_of_its_own_is_kept_too(said: str, text: str, unit: str, scale: str) -> None:
    sheet = changed(form_sheet("forestry", "2024-Q4"), A7=f"Diện tích tự nhiên: {said}")
    [found] = [one for one in read_one("forestry", "2024-Q4", sheet).measures if one.measure == "natural_area"]
    [cell] = found.cells
    assert (cell.cell, cell.text, cell.printed_unit, cell.scale) == ("A7", text, unit, Decimal(scale))
    assert cell.value == 18537


def test_a_dash_that_is_zero_is_kept_as_a_dash() -> None:
    sheet = form_sheet("forestry", "2024-Q4")
    kept = read_one("forestry", "2024-Q4", sheet).reading
    assert kept.printed
    assert all('"area": [' in said for said in kept.printed.values())


def test_lists_that_no_measure_is_made_of_keep_nothing() -> None:
    [vessels] = read("fisheries_vessels", "2024-Q3", form_sheet("fisheries_vessels", "2024-Q3"))
    assert vessels.rows["printed"].isna().all()
    assert vessels.reading.printed == {}


def test_what_a_percentage_format_shows_is_a_hundred_times_what_it_holds() -> None:
    sheet = Sheet("Biểu", [["", ""], ["A", 0.64]], first_row=3, first_column=1, percents=frozenset({(4, 2)}))
    figures = StoodFigures(sheet, {"share": 1}, [1], {"share": ReadBy("%")})
    assert figures.as_json([0], ["share"]) == {0: '{"share": ["0.64", "%", "100"]}'}


@given(cells=st.lists(st.one_of(st.just(""), st.floats(0, 1e9), st.text(min_size=1)), min_size=1, max_size=9))
def test_every_cell_with_something_in_it_is_kept_and_no_other(cells: list[Value]) -> None:
    figures = StoodFigures(
        Sheet("Biểu", [[cell] for cell in cells]), {"area": 0}, range(len(cells)), {"area": ReadBy("ha")}
    )
    kept = figures.as_json(range(len(cells)), ["area", "other"])
    assert [said == "{}" for said in kept.values()] == [cell == "" for cell in cells]
