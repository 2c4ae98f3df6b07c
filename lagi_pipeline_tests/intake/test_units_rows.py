"""Forms by phường and xã: names, blocks, totals, neighbours."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.intake.keys import match_unit
from lagi_pipeline.vietnamese.text import label_key
from lagi_pipeline_tests.intake.reading import PLACE, Cell, Read, quarter, read_one, refusal, table, wards
from lagi_samples import Sheet

UNITS = PLACE.units_on(quarter("2024-Q3").end)
HEAD = ["STT", "Phường, xã", "Khối lượng phát sinh", "Thu gom", "Xử lý"]
TEN = (10, 9, 8)
NINETY = (90, 81, 72)


def _waste(*rows: list[Cell]) -> Read:
    return read_one("waste", "2024-Q3", table(HEAD, *rows, unit="Đơn vị tính: tấn"))


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Phường Phước Hội", "23231"),
        ("PHƯỜNG PHƯỚC HỘI", "23231"),
        ("P. Phước Hội", "23231"),
        ("P.Phước Hội", "23231"),
        ("P Phước Hội", "23231"),
        ("Phước Hội", "23231"),
        ("  phường   Phước  Hội ", "23231"),
        ("1. Phường Phước Hội", "23231"),
        ("- Phường Phước Hội", "23231"),
        (unicodedata.normalize("NFD", "Phường Phước Hội"), "23231"),
        ("Phường Bình Tân", "23237"),
        ("Bình Tân", "23237"),
        ("Xã Tân Bình", "23248"),
        ("X. Tân Bình", "23248"),
        ("Tân Bình", "23248"),
    ],
)
def test_a_unit_by_any_of_its_spellings(label: str, code: str) -> None:
    rows = wards(*TEN)
    at = [unit.code for unit in UNITS].index(code)
    rows[at][1] = label
    found = _waste(*rows)
    assert found.errors == []
    assert found.rows["unit_code"].tolist()[at] == code


@pytest.mark.parametrize(
    "label",
    ["Xã Bình Tân", "x. Bình Tân", "Phường Tân Bình", "Phường Tân Long", "Phuong Phuoc Hoi", "Hội Phước", None, "9"],
)
def test_what_names_no_unit_is_rejected_at_its_cell(label: Cell) -> None:
    rows = wards(*TEN)
    rows[4][1] = label
    found = _waste(*rows)
    finding = found.found("unknown_unit")
    assert finding.cell == "B8"
    assert "phường Bình Tân" in finding.reason
    assert str(label or "") in finding.reason
    assert len(found.rows) == 8


def test_a_unit_that_is_there_twice_is_rejected_each_time() -> None:
    rows = wards(*TEN)
    rows[1][1] = rows[0][1]
    found = _waste(*rows)
    assert found.errors == [("B4", "unit_twice"), ("B5", "unit_twice")]
    assert "có 2 dòng (dòng 4, 5)" in found.all("unit_twice")[0].reason
    assert found.reading.rejected_units.keys() == {"23231"}


def test_a_unit_that_is_there_many_times_is_told_in_few_words() -> None:
    found = _waste(*[[n, UNITS[0].label_vi, *TEN] for n in range(2000)])
    assert len(found.all("unit_twice")) == 2000
    assert {finding.reason for finding in found.reading.findings} == {
        "phường Phước Hội có 2000 dòng (dòng 4, 5, 6, 7, 8 …)"
    }


def test_a_row_without_a_name_is_said_to_have_none() -> None:
    reason = _waste(*wards(*TEN), [None, None, 1, 1, 1]).found("unknown_unit").reason
    assert reason.startswith("dòng không ghi tên đơn vị; các đơn vị: phường Phước Hội, ")


def test_a_bare_name_that_two_units_bear_is_neither() -> None:
    twin = UNITS[0].model_copy(update={"kind": "xã", "code": "1"})
    assert match_unit("phước hội", [*UNITS, twin]) is None
    assert match_unit("xã phước hội", [*UNITS, twin]) == twin


TOTAL: list[Cell] = [None, "Tổng cộng", *NINETY]


@pytest.mark.parametrize(
    "rows",
    [
        [*wards(*TEN), TOTAL],
        [TOTAL, *wards(*TEN)],
        [["Tổng cộng", None, *NINETY], *wards(*TEN)],
        [[None, "Thị xã La Gi", *NINETY], *wards(*TEN)],
        [[None, "Toàn thị xã", *NINETY], *wards(*TEN)],
        [*wards(*TEN)[:5], [None, "Cộng phường", 50, 45, 40], *wards(*TEN)[5:], [None, "Cộng xã", 40, 36, 32], TOTAL],
        [
            *[["I", "Phường", 50, 45, 40], *wards(*TEN)[:5]],
            *[["II", "Xã", 40, 36, 32], *wards(*TEN)[5:]],
            [None, "Tổng cộng (I+II)", *NINETY],
        ],
        [
            *[["I. Thành thị"], *wards(*TEN)[:5], [None, "Cộng I", 50, 45, 40]],
            *[["II. Nông thôn"], *wards(*TEN)[5:], [None, "Cộng II", 40, 36, 32]],
            TOTAL,
        ],
        [*wards(*TEN), [None, "Cộng thành thị", 50, 45, 40], [None, "Cộng nông thôn", 40, 36, 32], TOTAL],
    ],
    ids=["last", "first", "left", "town", "whole town", "by kind", "blocks", "plain blocks", "subtotals at the end"],
)
def test_totals_that_reconcile_are_no_data(rows: list[list[Cell]]) -> None:
    found = _waste(*rows)
    assert found.reading.findings == []
    assert found.reading.problems == []
    assert len(found.rows) == 9
    assert found.reading.nondata["total"] == len(rows) - 9


@pytest.mark.parametrize("at", [0, 9])
def test_a_total_that_does_not_add_up_spoils_the_whole(at: int) -> None:
    rows = wards(*TEN)
    rows.insert(at, [None, "Tổng cộng", 90, 92, 72])
    found = _waste(*rows)
    finding = found.found("total_sum")
    assert finding.cell == f"D{4 + at}"
    assert "92" in finding.reason
    assert "81" in finding.reason
    assert any("92" in problem for problem in found.reading.problems)


def test_a_subtotal_that_is_wrong_is_named() -> None:
    rows = [["I", "Phường", 60, 45, 40], *wards(*TEN)[:5], ["II", "Xã", 40, 36, 32], *wards(*TEN)[5:], TOTAL]
    found = _waste(*rows)
    assert found.errors == [("C4", "total_sum")]
    assert found.reading.problems


def test_a_rejected_row_still_counts_in_the_printed_total() -> None:
    rows = wards(*TEN)
    rows[0][1] = "Phường Tân Long"
    found = _waste(*rows, TOTAL)
    assert found.errors == [("B4", "unknown_unit")]
    assert found.reading.problems == []


def test_an_unreadable_cell_does_not_accuse_the_total() -> None:
    rows = wards(*TEN)
    rows[0][2] = "mười"
    found = _waste(*rows, TOTAL)
    assert found.errors == [("C4", "not_a_number")]
    assert found.reading.rejected_units.keys() == {"23231"}


def test_a_total_with_an_unreadable_cell_is_rejected_not_passed_over() -> None:
    found = _waste(*wards(*TEN), [None, "Tổng cộng", "chín mươi", 81, 72])
    assert found.errors == [("C13", "not_a_number")]


def test_neighbours_are_outside_and_may_be_in_the_total() -> None:
    outside: list[Cell] = [10, "Huyện Hàm Tân", 100, 90, 80]
    for total in (NINETY, (190, 171, 152)):
        found = _waste(*wards(*TEN), outside, [None, "Tổng cộng", *total])
        assert found.reading.findings == []
        assert found.reading.nondata["outside"] == 1
        assert "Hàm Tân" not in " ".join(found.rows["unit_name"])


def test_the_town_alone() -> None:
    found = _waste([1, "Thị xã La Gi", *NINETY])
    assert found.value("waste_generated") == 90


BLANK: list[Cell] = [None, None, None]


def test_the_town_alone_above_a_heading_and_blank_wards() -> None:
    found = _waste(TOTAL, [None, "Trong đó:", *BLANK], [1, "Phường Phước Hội", *BLANK])
    assert found.value("waste_generated") == 90
    assert found.reading.findings == []
    assert (found.reading.nondata["remark"], found.reading.nondata["blank"]) == (1, 1)


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        ([[1, "Phường Tân Long", *BLANK]], [("B5", "unknown_unit")]),
        ([[1, "Phường Tân Long", *BLANK], [2, "Phường Phước Hội", *BLANK]], [("B5", "unknown_unit")]),
        (
            [[1, "Phường Phước Hội", *BLANK], [2, "P. Phước Hội", *BLANK], [3, "Xã Tân Hải", *BLANK]],
            [("B5", "unit_twice"), ("B6", "unit_twice")],
        ),
    ],
)
def test_blank_rows_that_are_no_ward_or_one_twice_are_told_at_their_cells(
    rows: list[list[Cell]], errors: list[tuple[str, str]]
) -> None:
    found = _waste(TOTAL, *rows)
    assert found.errors == errors
    assert len(found.rows) == 1


@pytest.mark.parametrize("optional", ["Trong đó nữ", "Lũy kế từ đầu năm"])
def test_blank_wards_below_a_total_with_an_optional_figure(optional: str) -> None:
    head = ["STT", "Phường, xã", "Tổng số", optional]
    found = read_one("employment", "2024-Q3", table(head, *wards(None, None), [None, "Tổng cộng", 600, 300]))
    assert [(finding.cell, finding.severity) for finding in found.all("total_alone")] == [
        ("C13", "error"),
        ("D13", "warning"),
    ]
    assert found.reading.problems


@pytest.mark.parametrize(
    "rows",
    [
        [[1, "Huyện Hàm Tân", 10, 9, 8], TOTAL],
        [TOTAL, [1, "Huyện Hàm Tân", *BLANK], *wards(*BLANK)],
        [[1, "Phường", 50, 45, 40], [2, "Xã", 40, 36, 32]],
    ],
    ids=["neighbour", "blank wards", "blocks"],
)
def test_totals_that_nothing_says_are_the_towns_are_told(rows: list[list[Cell]]) -> None:
    found = _waste(*rows)
    assert {finding.rule for finding in found.reading.findings} == {"total_alone"}
    assert len(found.errors) == sum(row[2] is not None and "Hàm Tân" not in str(row[1]) for row in rows)
    assert found.reading.problems
    assert found.measures == []


def test_a_total_without_any_ward_is_told_where_the_form_asks_for_wards() -> None:
    head = ["STT", "Phường, xã", "Tổng số"]
    found = read_one("employment", "2024-Q3", table(head, [None, "Tổng cộng", 600]))
    assert found.errors == [("C4", "total_alone")]
    assert found.reading.problems


def test_two_totals_of_the_town_do_not_double_it() -> None:
    found = _waste([1, "Thị xã La Gi", *NINETY], [None, "Tổng cộng", *NINETY])
    assert found.value("waste_generated") == 90
    assert found.reading.nondata["total"] == 1
    other = _waste([1, "Thị xã La Gi", *NINETY], [None, "Tổng cộng", 95, 81, 72])
    assert other.errors == [("C5", "total_sum")]
    assert other.reading.problems


def test_a_total_with_the_neighbours_is_not_the_towns() -> None:
    rows: list[list[Cell]] = [[1, "Thị xã La Gi", *NINETY], [2, "Huyện Hàm Tân", 10, 9, 8]]
    found = _waste(*rows, [None, "Tổng cộng", 100, 90, 80])
    assert found.value("waste_generated") == 90
    nobody = _waste(rows[1], [None, "Tổng cộng", 100, 90, 80])
    assert nobody.measures == []


def test_blocks_alone_are_checked_against_the_town() -> None:
    found = _waste([1, "Phường", 50, 45, 40], [2, "Xã", 60, 36, 32], TOTAL)
    assert found.errors == [("C6", "total_sum")]
    assert found.reading.problems


def test_a_unit_with_one_block_missing_a_figure_reports_none() -> None:
    head = ["TT", "Phường, xã", "Tổng số hộ", "Hộ nghèo đầu kỳ", "Giảm", "Tăng", "Hộ nghèo cuối kỳ"]
    rows: list[list[Cell]] = [
        ["I", "Thành thị"],
        [1, "Xã Tân Hải", 100, 5, 1, 0, 4],
        ["II", "Nông thôn"],
        [1, "Xã Tân Hải", 200, 9, 1, 0, None],
        [2, "Xã Tân Bình", 50, 2, 1, 0, 1],
    ]
    found = read_one("poverty", "2024-Q4", table(head, *rows, title="NĂM 2024"))
    poor = {measure.unit_code: measure.value for measure in found.measures if measure.measure == "poor_households"}
    assert poor == {"23248": 1}
    assert found.value("poverty_review_households", "23245") == 300


def test_a_unit_rejected_in_one_block_is_rejected_in_the_other() -> None:
    head = ["TT", "Phường, xã", "Tổng số hộ", "Hộ nghèo đầu kỳ", "Giảm", "Tăng", "Hộ nghèo cuối kỳ"]
    rows: list[list[Cell]] = [
        ["I", "Thành thị"],
        [1, "Xã Tân Hải", 100, 5, 1, 0, 4],
        ["II", "Nông thôn"],
        [1, "Xã Tân Hải", 200, 9, 1, 0, 7],
    ]
    found = read_one("poverty", "2024-Q4", table(head, *rows, title="NĂM 2024"))
    assert found.errors == [("G7", "poor_balances"), ("B5", "unit_incomplete")]
    assert found.measures == []


def test_percent_and_brackets_in_number_cells() -> None:
    head: list[Cell] = [
        "STT",
        "Phường, xã",
        "Tổng số hộ",
        "Số hộ dùng nước hợp vệ sinh",
        "Số hộ dùng nước sạch",
        "Tỷ lệ (%)",
        None,
    ]
    rows = wards("200", "190", "180", "95,0 %", "90%")
    rows[0][2] = "(200)"
    below: list[Cell] = [*[None] * 5, "Hợp vệ sinh", "Nước sạch"]
    sheet = Sheet("Nước", [["NĂM 2024"], head, below, *rows])
    found = read_one("water", "2024-Q4", sheet)
    assert ("C4", "greater_than") in found.errors
    assert found.rows["hygienic_percent"].tolist() == [95.0] * 8


def test_no_ward_is_lost_when_all_are_refused() -> None:
    error = refusal("waste", "2024-Q3", table(["STT", "Phường, xã", "Thu gom"], *wards(1)))
    assert error.rule == "missing_column"
    assert "Khối lượng phát sinh" in error.reason


figure = st.integers(min_value=0, max_value=10**9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(figure, figure, figure, figure, figure), min_size=9, max_size=9), st.permutations(range(9)))
def test_any_table_of_wards_reads_back(flows: list[tuple[int, ...]], order: list[int]) -> None:
    head = [
        "STT",
        "Phường, xã",
        "Dân số đầu kỳ",
        "Sinh trong kỳ",
        "Chết trong kỳ",
        "Chuyển đến",
        "Chuyển đi",
        "Dân số cuối kỳ",
    ]
    rows = [[place + 1, UNITS[unit].label_vi, *flows[unit], 1 + flows[unit][0]] for place, unit in enumerate(order)]
    total: list[Cell] = [None, "Tổng cộng", *(sum(row[at] for row in rows) for at in range(2, 8))]  # type: ignore[misc]
    found = read_one("population", "2024-Q3", table(head, *rows, total))
    assert {finding.severity for finding in found.reading.findings} <= {"warning"}
    columns = ["population_start", "births", "deaths", "arrivals", "departures"]
    for unit, row in found.rows.set_index("unit_code")[columns].iterrows():
        assert tuple(row) == flows[[known.code for known in UNITS].index(str(unit))]


def test_label_keys_of_units_are_distinct() -> None:
    keys = [label_key(unit.label_vi) for unit in UNITS]
    assert len(set(keys)) == len(keys)


def test_whatever_a_neighbours_row_holds_is_not_ours() -> None:
    found = _waste(*wards(*TEN), [10, "Hàm Tân", "chưa có", "?", "!"], TOTAL)
    assert found.reading.findings == []
