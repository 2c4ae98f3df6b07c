"""Copies, files overwritten in place and brought back, odd meta files: which content answers, and since when."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.steps.ingest import Ingested, Ingestion
from lagi_pipeline_tests.running import book, edit_meta, meta_of, query, send, settings_of, working

DataDir = Callable[..., Path]
MARCH, APRIL, MAY = (datetime(2025, month, 1, 8) for month in (3, 4, 5))  # noqa: DTZ001 - local time
QUARTER = Quarter(2024, 3)


def ingest(folder: Path, seen_at: datetime = MARCH) -> Ingested:
    """Read the exports of 2024-Q3 once."""
    settings = settings_of(folder)
    entry = settings.catalogue.feeds["exports"]
    made = Ingestion(FEEDS["exports"], entry, settings.place, settings.raw_dir, settings.warehouse, seen_at)
    with settings.warehouse.lock(5, "test"), settings.warehouse.write() as connection:
        return made.run(connection, QUARTER)


def vintages(folder: Path) -> list[dict[str, Any]]:
    """What was read, the answering one last."""
    with working(folder) as connection:
        return query(
            connection,
            """
            SELECT file, received_at, is_sample, withdrawn, max(value_ytd) AS total
            FROM core.vintage JOIN feeds.exports USING (quarter, file, sha256, received_at, is_sample)
            GROUP BY ALL ORDER BY received_at
            """,
        )


@pytest.fixture
def folder(data_dir: DataDir) -> Path:
    return data_dir("exports/2024-Q3")


def only_file(folder: Path) -> Path:
    [path] = (folder / "raw" / "exports" / str(QUARTER)).glob("*.xlsx")
    return path


@pytest.mark.parametrize("name", ["a-first.xlsx", "renamed.xls", "z-last.xlsx"])
def test_a_copy_without_a_meta_file_never_hides_the_original(folder: Path, name: str) -> None:
    path = only_file(folder)
    shutil.copyfile(path, path.with_name(name))
    done = ingest(folder)
    [read] = vintages(folder)
    assert (read["file"], read["total"], read["is_sample"]) == (f"exports/2024-Q3/{path.name}", 134.2, True)
    assert done.refused == []
    assert any(name in stray for stray in done.strays)


def test_of_two_copies_with_meta_files_the_one_received_last_counts(folder: Path) -> None:
    path = only_file(folder)
    again = path.with_name("a-again.xlsx")
    shutil.copyfile(path, again)
    shutil.copyfile(meta_of(path), meta_of(again))
    edit_meta(again, received_at="2025-02-01T09:00:00+07:00")
    ingest(folder)
    [read] = vintages(folder)
    assert (read["file"], str(read["received_at"])) == ("exports/2024-Q3/a-again.xlsx", "2025-02-01 09:00:00")


def test_content_that_comes_back_over_another_was_received_again(folder: Path) -> None:
    path = only_file(folder)
    original = path.read_bytes()
    ingest(folder, MARCH)
    wrong = book("exports", "2024-Q3")
    wrong.sheets[0].set("H8", 99.9)
    send(folder, wrong)
    assert path.read_bytes() != original
    ingest(folder, APRIL)
    assert vintages(folder)[-1]["received_at"] == APRIL
    path.write_bytes(original)
    for _ in range(2):  # read again, it stays as it is
        ingest(folder, MAY)
        assert len(vintages(folder)) == 2
        assert vintages(folder)[-1]["received_at"] == MAY


def test_a_receipt_that_is_told_later_counts_where_the_file_never_held_anything_else(folder: Path) -> None:
    path = only_file(folder)
    said = meta_of(path).read_text("utf-8")
    meta_of(path).unlink()
    ingest(folder, MARCH)
    assert vintages(folder)[-1]["received_at"] == MARCH
    meta_of(path).write_text(said, "utf-8")
    edit_meta(path, received_at="2024-10-09T09:00:00+07:00")
    assert ingest(folder, APRIL).findings == []
    [read] = vintages(folder)
    assert str(read["received_at"]) == "2024-10-09 09:00:00"


def test_where_the_file_held_something_else_it_is_told_which_receipt_counts(folder: Path) -> None:
    ingest(folder, MARCH)
    send(folder, book("exports", str(QUARTER), {"A2": "Bản khác"}))  # its meta file still tells of the first
    [(_, finding)] = [found for found in ingest(folder, APRIL).findings if found[1].rule == "other_receipt"]
    assert "tính là nhận lúc 01/04/2025 08:00" in finding.reason
    edit_meta(only_file(folder), received_at="2025-04-20T09:00:00+07:00")
    assert [found.rule for _, found in ingest(folder, MAY).findings if found.rule == "other_receipt"] == []


@pytest.mark.parametrize("said", ["9999-12-31T23:30:00-07:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_out_of_all_calendars_refuses_its_file_alone(folder: Path, said: str) -> None:
    edit_meta(only_file(folder), received_at=said)
    [reason] = ingest(folder).refused
    assert "received_at" in reason


def test_a_meta_file_that_is_a_folder_refuses_its_file_alone(folder: Path) -> None:
    meta_of(only_file(folder)).unlink()
    meta_of(only_file(folder)).mkdir()
    [reason] = ingest(folder).refused
    assert "tệp kèm theo" in reason


def test_a_link_out_of_the_raw_folder_is_a_stray_and_not_kept(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xlsx"
    secret.write_text("not for the vault", "utf-8")
    link = only_file(folder).with_name("linked.xlsx")
    link.symlink_to(secret)
    done = ingest(folder)
    assert done.strays == ("exports/2024-Q3/linked.xlsx",)
    assert done.refused == []
    assert len(list((folder / "warehouse" / "vault").iterdir())) == 1


def test_content_that_comes_back_over_another_answers_again(folder: Path) -> None:
    """Without a meta file too: whoever puts the first workbook back means it to count."""
    path = only_file(folder)
    path.with_name(f"{path.name}.meta.yaml").unlink()
    first, other = path.read_bytes(), tmp_other(folder)
    for content, moment in ((first, MARCH), (other, APRIL), (first, MAY)):
        path.write_bytes(content)
        ingest(folder, moment)
    newest = vintages(folder)[-1]
    assert newest["received_at"] == MAY
    assert len(vintages(folder)) == 2


def tmp_other(folder: Path) -> bytes:
    """The same workbook with another figure."""
    send(folder, book("exports", str(QUARTER), {"A2": "Bản khác"}))
    path = only_file(folder)
    content = path.read_bytes()
    path.with_name(f"{path.name}.meta.yaml").unlink()
    return content
