"""Every figure is made again from its trace alone, and every cell that the trace names says what the trace says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.warehouse.macros import macros
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import Book, Rows, ask, book, line, make_data_dir, published, query, run, send
from lagi_pipeline_tests.tracing import (
    attainment_that_does_not_trace,
    cells_that_say_otherwise,
    figure,
    observations_that_do_not_trace,
    same,
)
from lagi_samples import Sheet

YEAR = ("2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4")


def scaled(sheet: Sheet, unit: str, factor: float, columns: str, first_row: int) -> Sheet:
    """The same table in another unit of measure."""
    sheet.set(next(at for at in _unit_lines(sheet)), f"Đơn vị tính: {unit}")
    for row in range(first_row, len(sheet.rows) + 1):
        for column in columns:
            value = sheet.get(f"{column}{row}")
            if isinstance(value, int | float):
                sheet.set(f"{column}{row}", round(value * factor, 9))
    return sheet


def _unit_lines(sheet: Sheet) -> Iterator[str]:
    for row in range(1, 12):
        for column in "ABCDEFGHIJ":
            if str(sheet.get(f"{column}{row}") or "").startswith("Đơn vị tính"):
                yield f"{column}{row}"


def as_file(made: Book, suffix: str, *, texts: bool = False) -> Book:
    """The same table alone in a file of another kind; its numbers typed as text where ``texts``."""
    sheet = made.sheets[-1]
    shown = sheet.with_text_numbers() if texts else sheet
    return replace(made, file_name=f"{Path(made.file_name).stem}{suffix}", sheets=[shown])


def revenue(quarter: str) -> Book:
    made = book("budget_revenue", quarter)
    scaled(made.sheets[-1], "nghìn đồng", 1000, "CD", 12)
    return as_file(made, ".xls")


def spending(quarter: str) -> Book:
    made = book("budget_spending", quarter)
    scaled(made.sheets[-1], "tỷ đồng", 0.001, "CD", 12)
    return as_file(made, ".csv")


def exports(quarter: str) -> Book:
    made = book("exports", quarter)
    scaled(made.sheets[-1], "nghìn USD", 1000, "EG", 9)
    return as_file(made, ".ods")


def forest(quarter: str) -> Book:
    return book("forestry", quarter, {"A7": "Diện tích tự nhiên: 185,37 km2"})


def poverty(quarter: str) -> Book:
    """A ward of which a part counts as countryside: two rows that add up."""
    made = book("poverty", quarter)
    sheet = made.sheets[-1]
    at = next(row for row in range(1, 30) if sheet.get(f"B{row}") == "Xã Tân Hải")
    first = next(row for row in range(1, 30) if sheet.get(f"B{row}") == "Phường Phước Hội")
    total, poor = sheet.get(f"D{first}"), sheet.get(f"H{first}")
    assert isinstance(total, int)
    assert isinstance(poor, int)
    town, country = next(r for r in range(1, 30) if sheet.get(f"A{r}") == "I"), at - 1
    moved = [0, "Phường Phước Hội", "Nông thôn", 311, 3, 0, 0, 3, 0, 0.96]
    for column, value in zip("DEH", (311, 3, 3), strict=True):
        for row, sign in ((first, -1), (town, -1), (country, 1)):
            said = sheet.get(f"{column}{row}")
            assert isinstance(said, int)
            sheet.set(f"{column}{row}", said + sign * value)
    for row in (first, town, country):
        sheet.set(f"J{row}", None)
    sheet.rows.insert(at - 1, list(moved))
    return as_file(replace(made, sheets=[replace(sheet, merges=[])]), ".xlsx")


def waste(quarter: str) -> Book:
    """Only the town's own figures: the wards are left blank."""
    made = book("waste", "2024-Q1")
    sheet = made.sheets[-1]
    quarter_vi = Quarter.parse(quarter)
    sheet.set("A6", f"QUÝ {quarter_vi.roman} NĂM {quarter_vi.year}")
    for row in range(11, 20):
        for column in "CDEFGH":
            sheet.set(f"{column}{row}", None)
    return replace(made, quarter=quarter_vi, received_at=book("water", "2024-Q4").received_at, as_of=quarter_vi.end)


@pytest.fixture(scope="module")
def dressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town's figures in other units, kinds of file and layouts."""
    data_dir = make_data_dir(tmp_path_factory.mktemp("dressed"), "crops/2024-Q4", "employment/2024-Q1")
    for quarter in YEAR[:3]:
        for made in (revenue(quarter), spending(quarter), exports(quarter)):
            send(data_dir, made)
        send(data_dir, as_file(book("population", quarter), ".csv" if quarter == "2024-Q1" else ".xls", texts=True))
    for made in (forest("2024-Q4"), poverty("2023-Q4"), poverty("2024-Q4"), waste("2024-Q1")):
        send(data_dir, made)
    outcome = run(data_dir, "2023-Q4", "2024-Q4")
    assert outcome.success, outcome.failed_steps
    return data_dir


def _of(data_dir: Path, code: str, quarter: str) -> Rows:
    return ask(data_dir, "FROM trace(?, ?)", code, quarter)


def test_every_figure_of_the_town_is_made_again_from_its_trace_alone(town: Town) -> None:
    seen, wrong = attainment_that_does_not_trace(town.data_dir)
    assert wrong == []
    assert seen > 400


def test_every_observation_of_wards_and_companions_is_made_again_from_its_trace_alone(town: Town) -> None:
    seen, wrong = observations_that_do_not_trace(town.data_dir)
    assert wrong == []
    assert seen > 500


def test_every_cell_of_the_trace_says_in_the_vault_what_the_trace_says(town: Town) -> None:
    seen, wrong = cells_that_say_otherwise(town.data_dir)
    assert wrong == []
    assert seen > 800


def test_figures_in_other_units_files_and_layouts_are_made_again_from_their_trace_alone(dressed: Path) -> None:
    assert not ask(dressed, "FROM quarantine.rejected_file")
    for seen, wrong in (attainment_that_does_not_trace(dressed), observations_that_do_not_trace(dressed)):
        assert wrong == []
        assert seen
    seen, wrong = cells_that_say_otherwise(dressed)
    assert wrong == []
    assert seen


@pytest.mark.parametrize(
    ("code", "quarter", "name", "text", "printed", "unit", "scale", "value"),
    [
        ("budget_revenue", "2024-Q3", "Tổng thu NSNN trên địa bàn", "139900000", 139900000, "nghìn đồng", 1e-6, 139.9),
        ("development_spending", "2024-Q3", "Chi đầu tư phát triển (A.I)", "47.0", 47, "tỷ đồng", 1, 47),
        ("export_turnover", "2024-Q3", "Trị giá xuất khẩu lũy kế", "134200", 134200, "nghìn USD", 1e-3, 134.2),
        ("green_cover", "2024-Q4", "Diện tích tự nhiên", "185,37 km2", 185.37, "km2", 100, 18537),
        ("green_cover", "2024-Q4", "Diện tích có rừng (mã 1100)", "5.225,2", 5225.2, "ha", 1, 5225.2),
    ],
)
def test_a_cell_is_told_as_it_stood_with_its_unit_and_scale(  # noqa: PLR0913, PLR0917 - a table of cases
    dressed: Path, code: str, quarter: str, name: str, text: str, printed: float, unit: str, scale: float, value: float
) -> None:
    [row] = [row for row in _of(dressed, code, quarter) if row["name_vi"] == name]
    said = row["text"].replace(",", ".") if row["text"] == "47,0" else row["text"]
    assert (said, row["printed_value"], row["printed_unit"]) == (text, printed, unit)
    assert same(row["scale"], scale)
    assert same(row["value"], value)


def test_rows_of_one_ward_that_add_up_keep_all_their_cells(dressed: Path) -> None:
    rows = ask(
        dressed,
        "FROM trace('poverty_reduction', '2024-Q4', unit_code := '23231') WHERE role = 'numerator' ORDER BY position",
    )
    assert [row["cell"] for row in rows] == ["H11", "H17"]
    assert [row["value"] for row in rows] == [46, 3]
    [line_vi] = {row["derivation_vi"] for row in rows}
    assert "hộ nghèo cuối kỳ quý IV tại ô H11, H17" in line_vi


def test_a_town_total_is_the_one_cell_of_its_figure(dressed: Path) -> None:
    rows = _of(dressed, "solid_waste", "2024-Q1")
    assert [(row["role"], row["cell"], row["source_unit_vi"]) for row in rows] == [
        ("numerator", "H10", "thị xã La Gi"),
        ("denominator", "F10", "thị xã La Gi"),
        ("target", None, "thị xã La Gi"),
    ]
    assert all(row["measure"] in {"waste_treated_ytd", "waste_generated_ytd", None} for row in rows)


def test_the_derivation_is_one_readable_line(town: Town) -> None:
    assert _of(town.data_dir, "green_cover", "2024-Q4")[0]["derivation_vi"] == (
        "(diện tích có rừng (mã 1100) tại ô D11 (dien-tich-rung-2024.xlsx) 5.225,2 ha"
        " + cây công nghiệp và cây ăn quả lâu năm tại ô C18 (cay-lau-nam-2024.xlsx) 6.783,02 ha"
        " − cây lâu năm trên đất rừng tại ô C19 (cay-lau-nam-2024.xlsx) 126 ha)"
        " / diện tích tự nhiên tại ô A7 (dien-tich-rung-2024.xlsx) 18.537 ha = 64,10 %"
    )
    assert _of(town.data_dir, "budget_revenue", "2024-Q3")[0]["derivation_vi"] == (
        "tổng thu NSNN trên địa bàn tại ô D12 139,9 tỷ đồng (ghi 139.900 triệu đồng) = 139,90 tỷ đồng"
    )
    assert " × 4/3 = 0,68 %" in _of(town.data_dir, "natural_increase", "2024-Q3")[0]["derivation_vi"]


def test_a_carried_survey_is_traced_to_the_quarter_it_was_made_in(town: Town) -> None:
    rows = _of(town.data_dir, "clean_water", "2024-Q2")
    surveyed = [row for row in rows if row["role"] != "target"]
    assert {row["period"] for row in surveyed} == {"2023-Q4"}
    assert len({row["source_unit_vi"] for row in surveyed}) == 9
    assert "quý IV/2023" in surveyed[0]["derivation_vi"]


def test_a_line_without_a_figure_is_traced_to_its_target_and_says_why(town: Town) -> None:
    [row] = _of(town.data_dir, "solid_waste", "2024-Q3")
    assert (row["role"], row["value"], row["entry"]) == ("target", 96, "II.B.6")
    assert row["figure"] is None
    assert row["derivation_vi"].startswith("không có số liệu: thiếu quý II: Phòng Tài nguyên và Môi trường")


def test_the_vintage_stands_in_each_row(town: Town) -> None:
    [row, *_] = _of(town.data_dir, "export_turnover", "2024-Q2")
    assert row["file"] == "exports/2024-Q2/xuat-khau-2024-Q2-dinh-chinh.xlsx"
    assert (row["cell"], row["value"], str(row["received_at"])) == ("G16", 84.9, "2024-07-16 10:30:00")
    assert (str(row["as_of"]), row["obs_status"]) == ("2024-06-30", "preliminary")


def test_a_plan_that_only_the_form_prints_is_traced_to_its_cell(data_dir: Callable[..., Path]) -> None:
    folder = data_dir("budget_spending/2024-Q3")
    targets = folder / "raw" / "resolution" / "2024" / "targets.yaml"
    kept = [
        text
        for text in targets.read_text("utf-8").splitlines()
        if "development_spending, plan_source: council" not in text
    ]
    targets.write_text("\n".join(kept), "utf-8")
    assert run(folder, "2024-Q3", "2024-Q3").success
    [row] = [r for r in _of(folder, "development_spending", "2024-Q3") if r["plan_source"] == "council"]
    shown = line(folder, "2024-Q3", "development_spending", "council")
    assert row["role"] == "target"
    assert same(shown["target"], row["printed_value"] * row["scale"])
    assert row["cell"] == "C13"
    assert row["printed_unit"] == "triệu đồng"
    assert attainment_that_does_not_trace(folder)[1] == []
    assert cells_that_say_otherwise(folder)[1] == []


def test_last_year_end_that_no_file_gives_is_traced_to_the_targets_file(data_dir: Callable[..., Path]) -> None:
    folder = data_dir("poverty/2024-Q4")
    targets = folder / "raw" / "resolution" / "2024" / "targets.yaml"
    said = targets.read_text("utf-8")
    mark = "{code: poverty_reduction, plan_source: party_resolution, "
    assert mark in said
    targets.write_text(said.replace(mark, f"{mark}baseline: 1.62, "), "utf-8")
    assert run(folder, "2024-Q4", "2024-Q4").success
    rows = _of(folder, "poverty_reduction", "2024-Q4")
    [baseline] = [row for row in rows if row["role"] == "baseline"]
    assert (baseline["file"], baseline["value"], baseline["unit"]) == ("resolution/2024/targets.yaml", 1.62, "%")
    assert same(line(folder, "2024-Q4", "poverty_reduction")["actual"], figure(rows))
    assert rows[0]["derivation_vi"].startswith("[tỷ lệ cuối năm 2023 theo kế hoạch (II.B.10) 1,62 %] − [hộ nghèo")
    assert cells_that_say_otherwise(folder)[1] == []


def test_the_macros_parameters_hide_no_column(town: Town) -> None:
    """In DuckDB ``indicator_code = indicator_code`` within a macro would hold for every row."""
    named = ask(town.data_dir, "FROM trace(quarter := '2024-Q4', indicator_code := 'jobs')")
    assert named == _of(town.data_dir, "jobs", "2024-Q4")
    assert {row["measure"] for row in named} == {"jobs_placed", None}
    assert {row["period"] for row in named} == set(YEAR)
    [ward] = {row["source_unit_vi"] for row in ask(town.data_dir, "FROM trace('jobs', '2024-Q4', '23231')")}
    assert ward == "phường Phước Hội"
    assert _of(town.data_dir, "jobs", "2031-Q1") == _of(town.data_dir, "không có", "2024-Q4") == []


def test_every_macro_is_published_with_its_comment_and_answers_beside_other_databases(town: Town) -> None:
    with published(town.data_dir) as connection:
        found = query(
            connection,
            "SELECT function_name, comment FROM duckdb_functions() WHERE function_type = 'table_macro'"
            " AND NOT internal",
        )
    assert {row["function_name"]: row["comment"] for row in found} == {
        macro.name: macro.comment for macro in macros("Asia/Ho_Chi_Minh")
    }
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{town.data_dir / 'warehouse' / 'lagi.duckdb'}' AS lagi (READ_ONLY)")
        connection.execute("USE lagi")
        assert query(connection, "FROM trace('jobs', '2024-Q4')") == _of(town.data_dir, "jobs", "2024-Q4")
