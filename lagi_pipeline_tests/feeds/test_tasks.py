"""The report on tasks, in real workbooks: what is read of it, what goes back, and whose names are left out."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.base import History
from lagi_pipeline.feeds.tasks import TASKS, read_due
from lagi_pipeline_tests.intake.reading import Read, read_one, refusal, table

HEADER = (
    "Mã nhiệm vụ",
    "Nhiệm vụ",
    "Cơ quan chủ trì",
    "Thời hạn",
    "Trạng thái",
    "Tỷ lệ hoàn thành (%)",
    "Khó khăn",
    "Kiến nghị",
)
GOING = "Đang thực hiện"
GOOD = ("C1-01", "Gọi vốn làm hạ tầng cụm công nghiệp", "Phòng mẫu", "31/12/2024", GOING, 40, None, None)
WOODS = ("C2-03", "Giữ rừng", "Hạt mẫu", "Thường xuyên", GOING, 55, None, None)
OCOP = ("C2-09", "Phát triển sản phẩm OCOP", "Phòng mẫu", None, GOING, 70, None, None)


def read(*rows: tuple[Any, ...], header: tuple[str, ...] = HEADER) -> Read:
    return read_one("tasks", "2024-Q3", table(header, *rows))


def with_cells(row: tuple[Any, ...], **cells: Any) -> tuple[Any, ...]:  # noqa: ANN401 - whatever an office writes
    """The row with other cells: ``c4`` is the fifth."""
    return tuple(cells.get(f"c{at}", value) for at, value in enumerate(row))


def test_a_good_form_is_read_by_code_and_by_label() -> None:
    found = read(GOOD, with_cells(WOODS, c0=None), OCOP)
    assert found.reading.findings == []
    assert found.rows["task_code"].tolist() == ["C1-01", "C2-03", "C2-09"]
    assert found.rows["completion_pct"].tolist() == [40, 55, 70]


def test_a_label_in_another_normal_form_is_the_same_task() -> None:
    found = read(*(with_cells(row, c0=None, c1=unicodedata.normalize("NFD", row[1])) for row in (GOOD, WOODS)), OCOP)
    assert found.reading.findings == []
    assert found.rows["task_code"].tolist() == ["C1-01", "C2-03", "C2-09"]


@pytest.mark.parametrize(
    ("cells", "cell", "rule", "said"),
    [
        ({"c4": "Gần xong"}, "E5", "isin", "hoàn thành (đúng hạn)"),
        ({"c4": "Hoàn thành"}, "E5", "isin", "hoàn thành (quá hạn)"),
        ({"c5": 150}, "F5", "less_than_or_equal_to", "100"),
        ({"c5": -1}, "F5", "greater_than_or_equal_to", "số âm"),
        ({"c4": "Hoàn thành (đúng hạn)", "c5": 90}, "F5", "task_done", "hoàn thành là 100 %"),
        ({"c5": 100}, "F5", "task_done", "chưa xong thì dưới 100 %"),
        ({"c4": "Chưa triển khai"}, "F5", "task_not_started", "chưa triển khai"),
        ({"c3": "sớm"}, "D5", "task_due", "ghi ngày (31/12/2024)"),
        ({"c0": "C9-99"}, "B5", "task_known", "C9-99"),
        ({"c0": None, "c1": "Việc không có trong danh mục"}, "B5", "task_known", "danh mục của năm"),
        ({"c0": "C1-02"}, "B5", "task_known", "không rõ là nhiệm vụ nào"),
    ],
)
def test_a_bad_cell_is_told_at_its_address_and_the_other_rows_stand(
    cells: dict[str, Any], cell: str, rule: str, said: str
) -> None:
    found = read(GOOD, with_cells(WOODS, **cells), OCOP)
    assert found.errors == [(cell, rule)]
    assert said in found.found(rule).reason
    assert found.rows["task_code"].tolist() == ["C1-01", "C2-09"]


def test_a_task_that_stands_twice_is_rejected_each_time() -> None:
    found = read(GOOD, WOODS, with_cells(WOODS, c5=60), OCOP)
    assert found.errors == [("B5", "task_once"), ("B6", "task_once")]


@pytest.mark.parametrize(
    ("due", "state", "percent", "asked"),
    [
        ("30/6/2024", "Đang thực hiện (trong hạn)", 40, True),
        ("30/9/2024", "Đang thực hiện (trong hạn)", 40, False),
        ("31/12/2024", "Đang thực hiện (quá hạn)", 40, True),
        ("30/6/2024", "Đang thực hiện (quá hạn)", 40, False),
        ("31/12/2024", "Hoàn thành (quá hạn)", 100, True),
        ("30/6/2024", "Hoàn thành (đúng hạn)", 100, False),
        ("30/6/2024", "Đang thực hiện", 40, False),
    ],
)
def test_a_status_beside_a_due_day_that_it_does_not_fit_is_asked_about_and_kept(
    due: str, state: str, percent: int, *, asked: bool
) -> None:
    found = read(GOOD, with_cells(WOODS, c3=due, c4=state, c5=percent), OCOP)
    assert len(found.rows) == 3
    assert [one.cell for one in found.all("task_in_time")] == (["E5"] if asked else [])
    assert found.errors == []


@pytest.mark.parametrize("gone", ["Nhiệm vụ", "Trạng thái", "Tỷ lệ hoàn thành (%)", "Thời hạn"])
def test_a_missing_column_is_named(gone: str) -> None:
    at = HEADER.index(gone)
    rows = [(*row[:at], *row[at + 1 :]) for row in (HEADER, GOOD, WOODS, OCOP)]
    assert gone.removesuffix(" (%)") in refusal("tasks", "2024-Q3", table(*rows)).reason


def test_names_of_people_in_free_text_are_masked_and_offices_are_not() -> None:
    said = "Ông Nguyễn Văn Mẫu (0912 345 678) chưa bàn giao; Phòng Tài chính - Kế hoạch đã đôn đốc"
    found = read(with_cells(GOOD, c6=said, c7="Đề nghị chị Trần Thị Mẫu bàn giao mặt bằng"), WOODS, OCOP)
    kept = found.rows["difficulties"].iloc[0] + found.rows["proposals"].iloc[0]
    assert "Mẫu" not in kept
    assert "678" not in kept
    assert "Phòng Tài chính - Kế hoạch đã đôn đốc" in kept


def test_a_name_in_a_rejected_row_is_not_told_either() -> None:
    found = read(GOOD, with_cells(WOODS, c5=150, c6="Ông Nguyễn Văn Mẫu chưa bàn giao"), OCOP)
    assert "Mẫu" not in str(found.reading.findings)


def test_a_name_beside_the_status_is_told_nowhere_and_gives_one_reason() -> None:
    found = read(GOOD, with_cells(WOODS, c4="Hoàn thành (Nguyễn Văn Vắng)", c5=100), OCOP)
    assert found.errors == [("E5", "isin")]
    assert "vắng" not in str(found.reading.findings).lower()


@pytest.mark.parametrize(
    ("stated", "state"),
    [
        ("Đang thực hiện trong hạn", "đang thực hiện (trong hạn)"),
        ("đang thực hiện(trong hạn)", "đang thực hiện (trong hạn)"),
        ("ĐANG THỰC HIỆN – QUÁ HẠN", "đang thực hiện (quá hạn)"),
        ("Chưa triển khai.", "chưa triển khai"),
    ],
)
def test_a_status_is_known_however_it_is_cased_and_punctuated(stated: str, state: str) -> None:
    found = read(GOOD, with_cells(WOODS, c4=stated, c5=0), OCOP)
    assert found.errors == []
    assert found.rows["state"].iloc[1] == state


def test_a_fraction_of_a_whole_is_asked_about_and_sent_back_beside_percentages() -> None:
    alone = read(GOOD, with_cells(WOODS, c5=0.4), OCOP)
    assert (alone.errors, alone.found("fraction").cell) == ([], "F5")
    assert "có phải 40 %?" in alone.found("fraction").reason
    beside = read(with_cells(GOOD, c5="40%"), with_cells(WOODS, c5=0.4), OCOP)
    assert beside.errors == [("F5", "fraction")]
    assert "có phải 40 %?" in beside.found("fraction").reason


def test_what_a_quarter_takes_back_of_the_one_before_is_asked_about() -> None:
    late = ("C2-03", "Giữ rừng", "Hạt mẫu", "31/3/2024", "Đang thực hiện (quá hạn)", 55, None, None)
    before = read_one("tasks", "2024-Q2", table(HEADER, GOOD, late, OCOP, title="QUÝ II NĂM 2024"))
    now = read(with_cells(GOOD, c3="31/3/2025"), with_cells(late, c4="Hoàn thành (đúng hạn)", c5=100), OCOP)
    history = History({Quarter(2024, 2): before.rows})
    found = TASKS.form("tasks").beside_its_past(now.rows, history, Quarter(2024, 3))
    assert [(one.rule, now.rows.loc[one.index, "task_code"]) for one in found] == [
        ("task_due_moved", "C1-01"),
        ("task_was_overdue", "C2-03"),
    ]
    assert "thời hạn kỳ trước 31/12/2024" in found[0].reason


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Gọi 0912/345/678", "Gọi ***"),
        ("Gọi 0912_345_678", "Gọi ***"),
        ("hoi@mau.example", "***"),
        ("Hộ Âu Mẫu chưa nhận", "Hộ *** chưa nhận"),
        ("Còn vướng Đồng Thị Mẫu", "Còn vướng ***"),
        ("Từ 01/2024-06/2024, hộ Phường Tân An", "Từ 01/2024-06/2024, hộ Phường Tân An"),
        ("Đường Võ Văn Kiệt, Trường THCS Lê Văn Tám", "Đường Võ Văn Kiệt, Trường THCS Lê Văn Tám"),
        ("Phòng Văn Hóa Thông Tin, Đô Thị La Gi", "Phòng Văn Hóa Thông Tin, Đô Thị La Gi"),
    ],
)
def test_of_a_story_who_can_be_reached_or_is_named_is_masked_and_places_are_not(said: str, kept: str) -> None:
    found = read(with_cells(GOOD, c6=said), WOODS, OCOP)
    assert found.rows["difficulties"].iloc[0] == kept


def test_a_year_without_tasks_says_of_each_row_that_no_task_is_known() -> None:
    found = read_one("tasks", "2025-Q1", table(HEADER, GOOD, WOODS, title="QUÝ I NĂM 2025"))
    assert found.errors == [("B4", "task_known"), ("B5", "task_known")]


@pytest.mark.parametrize(
    ("stated", "due"),
    [
        ("31/12/2024", date(2024, 12, 31)),
        ("trước ngày 30/6/2024", date(2024, 6, 30)),
        ("Quí II/2024", date(2024, 6, 30)),
        ("tháng 2", date(2024, 2, 29)),
        ("6/2024", date(2024, 6, 30)),
        ("31/12/24", date(2024, 12, 31)),
        ("30/6", date(2024, 6, 30)),
        ("30 tháng 6 năm 2024", date(2024, 6, 30)),
        ("-", None),
        ("trong năm 2025", date(2025, 12, 31)),
        ("Thường xuyên", None),
    ],
)
def test_a_due_day_is_read_as_offices_write_it(stated: str, due: date | None) -> None:
    assert read_due(stated, 2024) == due


@given(st.dates(date(2004, 1, 1), date(2044, 12, 31)))
def test_every_day_is_read_as_itself(day: date) -> None:
    assert read_due(f"{day:%d/%m/%Y}", 2024) == day


@pytest.mark.parametrize(
    "stated", ["31/2/2024", "tháng 13", "quý V", "sớm", "45657", "31/12/1024", "31/12/2045", "12/24"]
)
def test_what_is_no_due_day_is_not_guessed(stated: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_due(stated, 2024)
