"""The quarantine: every error of a file at once, files refused whole, what a correction resolves, files that go."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.steps.ingest import Ingested, Ingestion
from lagi_pipeline_tests.running import book, emptied, query, send, settings_of, working
from lagi_samples import Book

DataDir = Callable[..., Path]
SEEN = datetime.fromisoformat("2025-03-01T08:00")


def ingest(folder: Path, feed: str, quarter: str) -> Ingested:
    """Read the files of a feed and quarter once."""
    settings = settings_of(folder)
    entry = settings.catalogue.feeds[feed]
    made = Ingestion(FEEDS[feed], entry, settings.place, settings.raw_dir, settings.warehouse, SEEN)
    with settings.warehouse.lock(5, "test"), settings.warehouse.write() as connection:
        return made.run(connection, Quarter.parse(quarter))


def asked(folder: Path, sql: str) -> list[dict[str, Any]]:
    with working(folder) as connection:
        return query(connection, sql)


def later(made: Book, days: int = 7) -> Book:
    """The same workbook as a correction that came some days later under another name."""
    return replace(
        made, file_name=f"dinh-chinh-{days}-{made.file_name}", received_at=made.received_at + timedelta(days=days)
    )


def test_every_error_of_a_file_comes_back_at_once(data_dir: DataDir) -> None:
    """A wrong period, an unknown unit and three bad cells: nobody has to send the file four times."""
    folder = data_dir()
    cells = {"A6": "THU NGÂN SÁCH 9 THÁNG NĂM 2024", "F8": "Đơn vị tính: triệu quan"}
    send(folder, book("budget_revenue", "2024-Q1", cells | {"D14": "ba trăm", "D15": "#", "E16": "1.2.3"}))
    done = ingest(folder, "budget_revenue", "2024-Q1")
    refused = asked(folder, "SELECT rule, form FROM quarantine.rejected_file ORDER BY rule")
    assert refused == [{"rule": rule, "form": "budget_revenue"} for rule in ("period", "unit")]
    [said] = done.refused
    assert "quý III/2024" in said
    assert "triệu quan" in said
    cells_named = asked(folder, "SELECT DISTINCT cell FROM quarantine.rejected_row WHERE rule = 'not_a_number'")
    assert {row["cell"] for row in cells_named} >= {"D14", "D15", "E16"}
    assert asked(folder, "SELECT * FROM core.vintage") == []
    assert asked(folder, "SELECT * FROM feeds.budget_revenue") == []


def test_a_list_with_few_bad_rows_is_read_and_one_with_many_is_refused_as_a_whole(data_dir: DataDir) -> None:
    folder = data_dir()
    few, many = book("fisheries_vessels", "2024-Q2"), book("fisheries_vessels", "2024-Q1")
    for made, count in ((few, 20), (many, 200)):
        for row in range(20, 20 + count):
            made.sheets[-1].set(f"E{row}", "dài")
        send(folder, made)
    assert ingest(folder, "fisheries_vessels", "2024-Q2").refused == []
    [said] = ingest(folder, "fisheries_vessels", "2024-Q1").refused
    assert "200 trong" in said
    assert "quá mức cho phép 5 %: trả lại cả tệp" in said
    vintages = asked(
        folder, "SELECT quarter, rows_rejected, problem IS NULL AS usable FROM core.vintage ORDER BY quarter"
    )
    assert vintages == [
        {"quarter": "2024-Q1", "rows_rejected": 200, "usable": False},
        {"quarter": "2024-Q2", "rows_rejected": 20, "usable": True},
    ]
    [refused] = asked(folder, "SELECT rule, quarter FROM quarantine.rejected_file")
    assert refused == {"rule": "too_many_rejected", "quarter": "2024-Q1"}


def test_a_correction_resolves_what_was_rejected_before_it_and_nothing_else(data_dir: DataDir) -> None:
    folder = data_dir()
    good = book("waste", "2024-Q3")
    send(folder, book("waste", "2024-Q3", {"C12": "nhiều"}))
    send(folder, book("waste", "2024-Q1", {"C12": "nhiều"}))
    for quarter in ("2024-Q1", "2024-Q3"):
        ingest(folder, "waste", quarter)
    sql = "SELECT quarter, resolved_at, resolved_by FROM quarantine.rejected_row WHERE severity = 'error' ORDER BY ALL"
    open_ones = [{"quarter": q, "resolved_at": None, "resolved_by": None} for q in ("2024-Q1", "2024-Q3")]
    assert asked(folder, sql) == open_ones
    mended = later(good)
    send(folder, mended)
    ingest(folder, "waste", "2024-Q3")
    resolved = open_ones[1] | {"resolved_at": mended.received_at, "resolved_by": mended.path.as_posix()}
    assert asked(folder, sql) == [open_ones[0], resolved]
    send(folder, later(book("waste", "2024-Q3", {"A2": "Bản gửi lần ba"}), 30))
    ingest(folder, "waste", "2024-Q3")
    assert asked(folder, sql) == [open_ones[0], resolved], "the first correction resolved it"


def test_a_correction_with_the_same_error_leaves_it_open_in_its_own_name(data_dir: DataDir) -> None:
    folder = data_dir()
    first = book("waste", "2024-Q3", {"C12": "nhiều"})
    again = later(book("waste", "2024-Q3", {"C12": "rất nhiều"}))
    for made in (first, again):
        send(folder, made)
    ingest(folder, "waste", "2024-Q3")
    sql = "SELECT file, resolved_by FROM quarantine.rejected_row WHERE severity = 'error' ORDER BY received_at"
    assert asked(folder, sql) == [
        {"file": first.path.as_posix(), "resolved_by": again.path.as_posix()},
        {"file": again.path.as_posix(), "resolved_by": None},
    ]


def test_an_older_version_that_comes_late_resolves_nothing(data_dir: DataDir) -> None:
    folder = data_dir()
    first = book("waste", "2024-Q3", {"C12": "nhiều"})
    estimate = replace(later(book("waste", "2024-Q3")), as_of=first.as_of - timedelta(days=20))
    for made in (first, estimate):
        send(folder, made)
    ingest(folder, "waste", "2024-Q3")
    [found] = asked(folder, "SELECT resolved_at FROM quarantine.rejected_row WHERE severity = 'error'")
    assert found["resolved_at"] is None


def test_a_file_refused_as_a_whole_is_resolved_by_the_next_good_one(data_dir: DataDir) -> None:
    folder = data_dir()
    broken = book("exports", "2024-Q3")
    send(folder, broken)
    (folder / "raw" / broken.path).write_bytes(b"\xd0\xcf no workbook")
    ingest(folder, "exports", "2024-Q3")
    mended = later(book("exports", "2024-Q3"))
    send(folder, mended)
    ingest(folder, "exports", "2024-Q3")
    [found] = asked(folder, "SELECT form, resolved_at, resolved_by FROM quarantine.rejected_file")
    assert found == {"form": None, "resolved_at": mended.received_at, "resolved_by": mended.path.as_posix()}


def test_a_refused_form_is_not_resolved_by_another_form_of_the_feed(data_dir: DataDir) -> None:
    folder = data_dir()
    both = book("employment", "2024-Q4")
    placed, labour = both.sheets
    labour.set("B6", "LỰC LƯỢNG LAO ĐỘNG NĂM 2023")
    assert "năm 2023" in str(labour.rows).lower()
    send(folder, replace(both, sheets=[labour], file_name="lao-dong.xlsx"))
    send(folder, later(replace(both, sheets=[placed], file_name="viec-lam.xlsx")))
    ingest(folder, "employment", "2024-Q4")
    [found] = asked(folder, "SELECT form, rule, resolved_at FROM quarantine.rejected_file")
    assert found == {"form": "employment_labour", "rule": "period", "resolved_at": None}


@pytest.mark.parametrize("names", [0, 9], ids=["head alone", "blank wards"])
def test_a_form_that_says_nothing_neither_answers_nor_resolves(data_dir: DataDir, names: int) -> None:
    folder = data_dir()
    bad = book("waste", "2024-Q3", {"C12": "nhiều"})
    for made in (bad, later(emptied(book("waste", "2024-Q3"), rows=names))):
        send(folder, made)
    [said] = ingest(folder, "waste", "2024-Q3").refused
    assert "biểu không có số liệu" in said
    [refused] = asked(folder, "SELECT rule, form, sheet, resolved_at FROM quarantine.rejected_file")
    assert refused == {"rule": "no_rows", "form": "waste", "sheet": bad.sheets[-1].name, "resolved_at": None}
    assert asked(folder, "SELECT resolved_at FROM quarantine.rejected_row WHERE severity = 'error'") == [
        {"resolved_at": None}
    ]
    vintages = asked(folder, "SELECT problem IS NULL AS usable FROM core.vintage ORDER BY received_at")
    assert vintages == [{"usable": True}, {"usable": False}]


def test_a_blank_list_of_vessels_leaves_the_fleet_as_it_was(data_dir: DataDir) -> None:
    folder = data_dir()
    good = book("fisheries_vessels", "2024-Q3")
    send(folder, good)
    send(folder, later(emptied(book("fisheries_vessels", "2024-Q3"))))
    [said] = ingest(folder, "fisheries_vessels", "2024-Q3").refused
    assert "biểu không có số liệu" in said
    usable = asked(folder, "SELECT file, rows_accepted > 0 AS has_rows FROM core.vintage WHERE problem IS NULL")
    assert usable == [{"file": good.path.as_posix(), "has_rows": True}]


@pytest.mark.parametrize(
    ("words", "is_read"),
    [
        (["Không phát sinh"], True),
        ([None, None, None, "Không có"], True),
        (["Trong quý III không có vụ vi phạm nào."], True),
        (["Tổng cộng", "0 vụ"], True),
        (["Ghi chú: không phát sinh vụ việc vi phạm"], True),
        (["Không có số liệu"], False),
        ([], False),
    ],
)
def test_a_list_of_violations_may_be_empty_if_it_says_so(data_dir: DataDir, words: list[Any], is_read: bool) -> None:  # noqa: FBT001 - a table of cases
    folder = data_dir()
    send(folder, emptied(book("fisheries_cases", "2024-Q3"), words))
    done = ingest(folder, "fisheries_cases", "2024-Q3")
    rules = asked(folder, "SELECT rule FROM quarantine.rejected_file")
    [vintage] = asked(folder, "SELECT rows_accepted, rows_read - rows_other AS data, problem FROM core.vintage")
    assert (done.refused == [], rules, vintage["problem"] is None) == (
        is_read,
        [] if is_read else [{"rule": "no_rows"}],
        is_read,
    )
    assert (vintage["rows_accepted"], vintage["data"]) == (0, 0)


def test_findings_are_told_by_file_sheet_row_and_cell(data_dir: DataDir) -> None:
    folder = data_dir()
    send(folder, book("waste", "2024-Q3", {"D14": "b", "C14": "a", "E12": "c", "C16": "d"}))
    cells = [finding.cell for _, finding in ingest(folder, "waste", "2024-Q3").findings]
    assert cells == ["E12", "C14", "D14", "C16"]


@pytest.mark.parametrize("how", ["deleted", "renamed"])
def test_a_file_that_goes_is_reported_and_withdraws_nothing(data_dir: DataDir, how: str) -> None:
    folder = data_dir("exports/2024-Q3")
    assert ingest(folder, "exports", "2024-Q3").removed == ()
    [path] = (folder / "raw" / "exports" / "2024-Q3").glob("*.xlsx")
    name = path.relative_to(folder / "raw").as_posix()
    before = asked(folder, "SELECT sha256, value_ytd FROM feeds.exports ORDER BY row")
    if how == "deleted":
        path.unlink()
    else:
        path.rename(path.with_name("ten-khac.xlsx"))
    done = ingest(folder, "exports", "2024-Q3")
    assert asked(folder, "SELECT sha256, value_ytd FROM feeds.exports ORDER BY row") == before
    strays = asked(folder, "SELECT file, reason FROM quarantine.stray_file WHERE file NOT LIKE '%.yaml'")
    if how == "renamed":
        assert (done.removed, strays) == ((), [])
        return
    assert done.removed == (name,)
    [stray] = strays
    assert stray["file"] == name
    assert "số liệu đã nhận vẫn giữ nguyên" in stray["reason"]


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_run(
    data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept under a digest is what has that digest: a half-copied file is no version."""
    folder = data_dir("exports/2024-Q3")
    [path] = (folder / "raw" / "exports" / "2024-Q3").glob("*.xlsx")
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    copy = shutil.copyfile

    def written_meanwhile(source: Path, target: Path) -> None:
        path.write_bytes(whole)
        copy(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", written_meanwhile)
        [said] = ingest(folder, "exports", "2024-Q3").refused
    assert "thay đổi trong lúc đọc" in said
    assert list((folder / "warehouse" / "vault").iterdir()) == []
    assert ingest(folder, "exports", "2024-Q3").refused == []
    [kept] = (folder / "warehouse" / "vault").iterdir()
    assert kept.read_bytes() == whole


def test_a_file_that_vanishes_before_it_is_read_stops_nothing(
    data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = data_dir("exports/2024-Q3")
    [path] = (folder / "raw" / "exports" / "2024-Q3").glob("*.xlsx")

    def gone(source: Path, target: Path) -> None:
        del target
        source.unlink()
        raise FileNotFoundError(source)

    monkeypatch.setattr(shutil, "copyfile", gone)
    done = ingest(folder, "exports", "2024-Q3")
    assert done.strays == (f"{path.relative_to(folder / 'raw').as_posix()} (không còn nữa khi được đọc)",)
    assert asked(folder, "SELECT * FROM quarantine.rejected_file") == []
