"""Blank workbooks: a filled one is accepted without a finding, in every format; locks, drop-downs, instructions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.catalogue.place import Office
from lagi_pipeline.catalogue.quarter import Quarter, quarters_between
from lagi_pipeline.cli import main
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.form import RULES, CellKind, Outline, UnitRows
from lagi_pipeline.intake.formats import read_workbook
from lagi_pipeline.intake.grid import Workbook
from lagi_pipeline.intake.table import read_tables
from lagi_pipeline.intake.validation import says_nothing
from lagi_pipeline.reporting.templates import TemplateBook, books_of, template_bytes
from lagi_pipeline.reporting.templates.guidance import SHEET
from lagi_pipeline.reporting.templates.layout import Layout, Look
from lagi_pipeline_tests.intake.reading import PLACE, SUFFIXES, Read, read_file, year_tasks
from lagi_pipeline_tests.reporting.filling import FILLINGS, Filling, filling, open_cells
from lagi_samples import write_workbook

QUARTERS = list(quarters_between(Quarter(2023, 4), Quarter(2025, 4)))
FOLDERS = {folder: feed for feed in FEEDS for folder in catalogue().feeds[feed].folders}
"""Each folder of data/raw with its feed."""
EXAMPLES = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
FEW_EXAMPLES = settings(EXAMPLES, max_examples=3)
"""For lists of thousands of rows."""


@cache
def books(quarter: Quarter) -> dict[str, TemplateBook]:
    return {book.folder: book for book in books_of(quarter, PLACE, catalogue(), year_tasks(quarter.year)).books}


def book_of(folder: str, code: str) -> TemplateBook:
    return books(Quarter.parse(code))[folder]


def opened(book: TemplateBook) -> openpyxl.Workbook:
    """A blank workbook as it was written, opened once; what a test writes it takes out again."""
    return _opened(book.folder, book.quarter)


@cache
def _opened(folder: str, quarter: Quarter) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(template_bytes(books(quarter)[folder])))


def due(folder: str) -> list[Quarter]:
    return [quarter for quarter in QUARTERS if folder in books(quarter)]


def fill_by_hand(book: TemplateBook, filled: Sequence[Filling], path: Path) -> None:
    """Write the values into the blank workbook, save it elsewhere, and leave it blank."""
    workbook = opened(book)
    before: list[tuple[Any, Any]] = []
    for form in filled:
        page = workbook[form.layout.sheet]
        for (row, column), value in form.cells.items():
            cell = page.cell(row + 1, column + 1)
            before.append((cell, cell.value))
            cell.value = value
    workbook.save(path)
    for cell, value in before:
        cell.value = value


def differences(read: Read, filled: Filling) -> list[str]:
    """Where the accepted rows are not what was put in."""
    expected = {row["row"]: row for row in filled.expected()}
    rows = {int(row["row"]): row for row in read.rows.to_dict("records")}
    found = [f"rows {sorted(expected.keys() ^ rows.keys())}"] if expected.keys() != rows.keys() else []
    columns = [*filled.layout.places, *(["unit_code"] if isinstance(filled.layout.form.rows, UnitRows) else [])]
    return found + [
        f"{name} of row {number}: {wanted.get(name)!r} was read as {rows[number][name]!r}"
        for number, wanted in expected.items()
        if number in rows
        for name in columns
        if not same(wanted.get(name), rows[number][name])
    ]


def same(wanted: Any, value: Any) -> bool:  # noqa: ANN401 - cells of a frame
    if wanted is None or pd.isna(value):
        return wanted is None and bool(pd.isna(value))
    if isinstance(wanted, float):
        return math.isclose(wanted, float(value), rel_tol=1e-12, abs_tol=0)
    if isinstance(wanted, date):
        return bool(pd.Timestamp(wanted) == value)
    return str(wanted) == str(value)


def assert_accepted(book: TemplateBook, filled: Sequence[Filling], path: Path) -> None:
    assert read_workbook(path).remarks == ()
    reads = {read.reading.form.code: read for read in read_file(FOLDERS[book.folder], str(book.quarter), path)}
    assert reads.keys() == {form.layout.form.code for form in filled}
    for form in filled:
        read = reads[form.layout.form.code]
        assert read.reading.findings == []
        assert read.reading.problems == []
        assert differences(read, form) == []


def filled_of(folder: str) -> st.SearchStrategy[list[Filling]]:
    """A filling of each form of a folder's blank workbook in some quarter."""
    return st.sampled_from(due(folder)).flatmap(
        lambda quarter: st.tuples(*map(filling, books(quarter)[folder].layouts)).map(list)
    )


def test_every_form_has_a_way_to_be_filled_and_a_quarter_in_which_it_is_owed() -> None:
    forms = {form.form.code for feed in FEEDS.values() for form in feed.forms}
    assert forms == FILLINGS.keys()
    owed = {layout.form.code for quarter in QUARTERS for book in books(quarter).values() for layout in book.layouts}
    assert owed == forms


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_filled_template_is_accepted_without_a_finding(folder: str) -> None:
    @(FEW_EXAMPLES if folder == "fisheries_vessels" else EXAMPLES)
    @given(filled_of(folder))
    def check(filled: list[Filling]) -> None:
        book = books(filled[0].layout.quarter)[folder]
        with TemporaryDirectory() as out:
            path = Path(out) / book.file_name
            fill_by_hand(book, filled, path)
            assert_accepted(book, filled, path)

    check()


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_filled_form_reads_back_equal_in_any_format(folder: str) -> None:
    @EXAMPLES
    @given(filled_of(folder), st.sampled_from(SUFFIXES))
    def check(filled: list[Filling], suffix: str) -> None:
        book = books(filled[0].layout.quarter)[folder]
        # A csv holds one sheet.
        for forms in [[form] for form in filled] if suffix == ".csv" else [filled]:
            with TemporaryDirectory() as out:
                path = Path(out) / f"{book.folder}{suffix}"
                write_workbook(path, [form.sheet() for form in forms])
                assert_accepted(book, forms, path)

    check()


@pytest.mark.parametrize("code", ["2024-Q4"])
def test_the_same_quarter_gives_the_same_bytes(code: str) -> None:
    for book in books(Quarter.parse(code)).values():
        assert template_bytes(book) == template_bytes(book)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("2025-Q2", ["Phường Phước Hội", "Phường Phước Lộc", "Phường Tân Thiện", "Phường Tân An", "Phường Bình Tân",
                     "Xã Tân Hải", "Xã Tân Tiến", "Xã Tân Bình", "Xã Tân Phước"]),
        ("2025-Q3", ["Phường Phước Hội", "Phường La Gi", "Xã Tân Hải"]),
    ],
)  # fmt: skip
def test_the_units_are_those_of_the_quarters_last_day(code: str, names: list[str]) -> None:
    page = opened(book_of("population", code))["Biến động dân số"]
    labels = [page.cell(row, 2).value for row in range(1, page.max_row + 1)]
    start = labels.index("Phường Phước Hội")
    assert labels[start : start + len(names) + 1] == [*names, "Tổng cộng"]


@pytest.mark.parametrize(
    ("folder", "code", "period"),
    [
        ("budget_revenue", "2024-Q1", "QUÝ I NĂM 2024"),
        ("budget_revenue", "2024-Q2", "6 THÁNG ĐẦU NĂM 2024"),
        ("budget_spending", "2024-Q3", "9 THÁNG NĂM 2024"),
        ("budget_spending", "2024-Q4", "NĂM 2024"),
        ("waste", "2024-Q3", "QUÝ III NĂM 2024"),
        ("industry", "2024-Q3", "QUÝ III VÀ 9 THÁNG NĂM 2024"),
        ("exports", "2024-Q4", "QUÝ IV VÀ NĂM 2024"),
        ("fisheries_vessels", "2024-Q2", "QUÝ II NĂM 2024"),
        ("poverty", "2024-Q4", "NĂM 2024"),
        ("crops", "2024-Q4", "NĂM 2024"),
    ],
)
def test_the_title_says_the_period_as_the_form_covers_it(folder: str, code: str, period: str) -> None:
    layout = book_of(folder, code).layouts[0]
    text = layout.text_of(Look.PERIOD)
    assert text.text == period
    assert text.choices == (period, f"ƯỚC THỰC HIỆN {period}")
    assert opened(book_of(folder, code))[layout.sheet].cell(text.area.row + 1, 1).value == period


def test_yearly_forms_are_owed_in_the_last_quarter_alone() -> None:
    third, fourth = (books_of(Quarter(2024, number), PLACE, catalogue(), year_tasks(2024)) for number in (3, 4))
    assert third.not_due == ("forestry", "crops", "water", "poverty")
    assert fourth.not_due == ()
    assert books_of(Quarter(2025, 4), PLACE, catalogue()).not_due == ("tasks",)  # no tasks, no report on them
    codes = {book.folder: [layout.form.code for layout in book.layouts] for book in (*third.books, *fourth.books)}
    assert codes["employment"] == ["employment", "employment_labour"]
    assert [layout.form.code for layout in book_of("employment", "2024-Q3").layouts] == ["employment"]
    assert {book.folder: [office.office for office in book.offices] for book in fourth.books}["crops"] == ["kinhte"]


def test_the_form_of_tasks_lists_the_tasks_of_the_year_with_their_codes() -> None:
    layout = book_of("tasks", "2024-Q3").layouts[0]
    tasks = year_tasks(2024)
    assert tasks is not None
    code = layout.places["code_text"]
    assert [(row.printed[code], row.printed[layout.label]) for row in layout.body] == [
        (task.code, task.label_vi) for task in tasks.tasks
    ]


def test_the_sender_is_named_where_one_office_owes_the_form_and_chosen_where_several_do() -> None:
    first, second, *_ = PLACE.offices
    both = replace(PLACE, offices=(replaced(first, "waste"), replaced(second, "waste")))
    names = (f"Đơn vị: {first.name_vi}", f"Đơn vị: {second.name_vi}")
    for place, text, choices in ((PLACE, "Đơn vị: Phòng Tài nguyên và Môi trường", ()), (both, "Đơn vị:", names)):
        [book] = [book for book in books_of(Quarter(2024, 1), place, catalogue()).books if book.folder == "waste"]
        sender = next(text for text in book.layouts[0].above if text.text.startswith("Đơn vị:"))
        assert (sender.text, sender.choices, sender.is_open) == (text, choices, bool(choices))


def replaced(office: Office, feed: str) -> Office:
    return office.model_copy(update={"feeds": (feed,)})


def test_a_quarter_without_units_or_before_the_first_has_no_templates() -> None:
    for quarter in (Quarter(1999, 1), Quarter(2022, 3)):
        with pytest.raises(ValueError, match="thị xã La Gi"):
            books_of(quarter, PLACE, catalogue())


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_unfilled_template_gives_no_figure_and_only_misses_what_must_be_there(folder: str, tmp_path: Path) -> None:
    book = books(due(folder)[-1])[folder]
    path = tmp_path / book.file_name
    path.write_bytes(template_bytes(book))
    for read in read_file(FOLDERS[folder], str(book.quarter), path):
        assert read.rules <= {"missing_figure", "not_nullable", "not_a_number"}
        assert read.measures == []
        assert says_nothing(read.reading, read.rows) is not None
        if isinstance(read.reading.form.rows, UnitRows):
            assert read.reading.findings == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_instructions_are_no_form(folder: str) -> None:
    book = books(due(folder)[-1])[folder]
    with TemporaryDirectory() as out:
        path = Path(out) / book.file_name
        path.write_bytes(template_bytes(book))
        sheets = [sheet for sheet in read_workbook(path).sheets if sheet.name == SHEET]
    assert len(sheets) == 1
    with pytest.raises(RefusedFileError) as refusal:
        read_tables(Workbook(sheets), [form.form for form in FEEDS[FOLDERS[folder]].forms], PLACE, book.quarter)
    assert refusal.value.rule == "no_form"


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_printed_row_of_an_outline_is_known_and_every_item_is_printed(folder: str, tmp_path: Path) -> None:
    book = books(due(folder)[-1])[folder]
    path = tmp_path / book.file_name
    outlines = [layout for layout in book.layouts if isinstance(layout.form.rows, Outline)]
    # A figure in every row, so that none is a heading; sums are not the point here.
    filled = [
        Filling(layout, {at: {layout.form.key_figures[0]: 1} for at, row in enumerate(layout.body) if row.printed})
        for layout in outlines
    ]
    fill_by_hand(book, filled, path)
    reads = {read.reading.form.code: read for read in read_file(FOLDERS[folder], str(book.quarter), path)}
    for layout in outlines:
        rows = layout.form.rows
        assert isinstance(rows, Outline)
        frame = reads[layout.form.code].reading.frame
        assert set(frame["item"].dropna()) == {item.code for item in rows.items}
        assert len(frame) == sum(bool(row.printed) for row in layout.body)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_printed_is_locked_and_what_is_to_be_filled_is_not(folder: str) -> None:
    book = books(due(folder)[-1])[folder]
    for layout in book.layouts:
        page = opened(book)[layout.sheet]
        assert page.protection.sheet
        assert page.protection.password is None
        to_fill = set(open_cells(layout))
        assert all(not page.cell(row + 1, column + 1).protection.locked for row, column in to_fill)
        printed = [(area.row, area.column) for area, _ in layout.header]
        printed += [(layout.first_row + at, layout.label) for at, row in enumerate(layout.body) if row.printed]
        printed += [(text.area.row, text.area.column) for text in layout.texts if not text.is_open]
        assert all(page.cell(row + 1, column + 1).protection.locked for row, column in printed)
        assert page.freeze_panes == page.cell(layout.first_row + 1, min(layout.label + 1, 2) + 1).coordinate
        assert page.print_title_rows == "${}:${}".format(*(row + 1 for row in layout.header_rows))
    assert opened(book)[SHEET].protection.sheet


def validation(page: Worksheet, layout: Layout, name: str) -> Any:  # noqa: ANN401 - openpyxl's
    """The one validation of a column's cells in the table."""
    letter_at = layout.places[name] + 1
    found = [
        rule
        for rule in page.data_validations.dataValidation
        for area in rule.sqref.ranges
        if area.min_col <= letter_at <= area.max_col and area.min_row <= layout.first_row + 1 <= area.max_row
    ]
    assert len(found) == 1
    return found[0]


def test_every_column_is_validated_by_its_kind() -> None:
    kinds: dict[CellKind, set[str]] = {
        CellKind.FIGURE: {"decimal"},
        CellKind.COUNT: {"whole"},
        CellKind.DAY: {"date"},
        CellKind.TEXT: {"list", "any", "none"},
    }
    for book in books(Quarter(2024, 4)).values():
        for layout in book.layouts:
            for name in layout.places:
                rule = validation(opened(book)[layout.sheet], layout, name)
                kind = layout.form.column(name).kind
                assert (rule.type or "none") in kinds[kind], (layout.form.code, name)
                assert rule.prompt
                assert rule.error


@pytest.mark.parametrize(
    ("folder", "name", "operator", "bounds"),
    [
        ("water", "households", "greaterThan", ("0", None)),
        ("water", "clean", None, ("0", "1000000000000000")),
        ("fisheries_vessels", "state", None, ('"hoạt động,nằm bờ,đã bán,giải bản"', None)),
        ("fisheries_cases", "zone", None, ('"trong tỉnh,ngoài tỉnh,nước ngoài"', None)),
        ("fisheries_landings", "month_text", None, ('"Tháng 10,Tháng 11,Tháng 12"', None)),
        ("budget_revenue", "actual", None, ("-1000000000000000", "1000000000000000")),
    ],
)
def test_bounds_and_words_are_those_of_the_schema(
    folder: str, name: str, operator: str | None, bounds: tuple[str, str | None]
) -> None:
    book = book_of(folder, "2024-Q4")
    rule = validation(opened(book)[book.layouts[0].sheet], book.layouts[0], name)
    assert (rule.operator or None) == operator
    assert (rule.formula1, rule.formula2) == bounds


def test_units_are_chosen_from_the_list_in_the_instructions() -> None:
    book = book_of("fisheries_vessels", "2025-Q3")
    source = validation(opened(book)[book.layouts[0].sheet], book.layouts[0], "unit_label").formula1
    sheet, _, area = source.partition("!")
    assert sheet.strip("'") == SHEET
    first, last = area.replace("$", "").split(":")
    page = opened(book)[SHEET]
    column = column_index_from_string("A")
    names = [page.cell(row, column).value for row in range(int(first[1:]), int(last[1:]) + 1)]
    assert names == ["Phường Phước Hội", "Phường La Gi", "Xã Tân Hải"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_instructions_tell_every_column_rule_and_day(folder: str) -> None:
    book = books(due(folder)[-1])[folder]
    said = [str(cell) for row in opened(book)[SHEET].iter_rows(values_only=True) for cell in row if cell is not None]
    text = "\n".join(said)
    assert "{" not in text
    assert f"«{folder}/{book.quarter}»" in text
    for office in book.offices:
        assert office.name_vi in said
        assert f"{PLACE.due_day(folder, book.quarter):%d/%m/%Y}" in said
    for layout in book.layouts:
        for column in layout.columns:
            assert column.column is None or f"«{' / '.join(column.path)}»" in said
        asked = [RULES[check.name] for check in layout.form.schema.checks]
        for rule in asked:
            opening = rule.reason.partition("{")[0].strip()
            left_out = {column.name for column in layout.form.columns if column.name not in layout.places}
            assert set(rule.on) & left_out or opening in text


@pytest.mark.parametrize("folder", ["budget_revenue", "budget_spending", "industry", "exports", "employment"])
def test_what_is_expected_of_the_year_is_asked_within_the_year_only(folder: str) -> None:
    for number in (1, 2, 3, 4):
        book = books(Quarter(2024, number))[folder]
        layout = book.layouts[0]
        text = "\n".join(str(cell) for row in opened(book)[SHEET].iter_rows(values_only=True) for cell in row)
        labels = [label for _, label in layout.header]
        is_asked = number < 4
        assert ("year_estimate" in layout.places) is is_asked
        assert ("Ước thực hiện cả năm" in labels) is is_asked
        assert ("«Ước cả năm»" in text) is is_asked


def test_no_template_asks_who_people_are() -> None:
    for book in books(Quarter(2024, 4)).values():
        for layout in book.layouts:
            assert not any(column.column and column.column.personal for column in layout.columns)
            texts = [label for _, label in layout.header]
            assert not any("họ tên" in label.lower() or "chủ tàu" in label.lower() for label in texts)


def test_the_command_writes_a_workbook_a_folder_below_the_warehouse(data_dir: Callable[..., Path]) -> None:
    folder = data_dir()
    result = CliRunner().invoke(main, ["--data-dir", str(folder), "templates", "--quarter", "2024-Q3"])
    assert result.exit_code == 0, result.output
    written = sorted(path.name for path in (folder / "warehouse/templates/2024-Q3").iterdir())
    assert written == sorted(f"{name}.xlsx" for name in books(Quarter(2024, 3)))
    assert "not owed for 2024-Q3: forestry, crops, water, poverty" in result.output
    assert {path.name for path in folder.iterdir()} == {"raw", "warehouse"}
    assert sorted(path.name for path in (folder / "raw").iterdir()) == ["place", "resolution"]


def test_the_command_takes_the_quarter_that_has_begun_last(data_dir: Callable[..., Path]) -> None:
    folder = data_dir()
    result = CliRunner().invoke(main, ["--data-dir", str(folder), "templates"])
    assert result.exit_code == 0, result.output
    [quarter] = (folder / "warehouse/templates").iterdir()
    assert Quarter.parse(quarter.name) >= Quarter(2025, 1)


def test_the_command_names_a_quarter_that_has_no_templates(data_dir: Callable[..., Path]) -> None:
    folder = data_dir()
    result = CliRunner().invoke(main, ["--data-dir", str(folder), "templates", "--quarter", "2001-Q1"])
    assert result.exit_code == 1
    assert "2001-Q1" in result.output
    assert not (folder / "warehouse").exists()
