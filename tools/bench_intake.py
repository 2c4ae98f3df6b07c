"""What the intake costs: many ordinary workbooks, one very long list, and millions of typed rows with bad ones."""

from __future__ import annotations

import csv
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import python_calamine

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.catalogue.place import load_place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.masking import Discretion
from lagi_pipeline.intake.table import Reading
from lagi_pipeline.intake.validation import validate
from lagi_pipeline.steps.ingest import Ingested, Ingestion
from lagi_pipeline.warehouse.database import Warehouse
from lagi_samples import all_books, write_workbook

ROOT = Path(__file__).resolve().parents[1]
QUARTER = Quarter(2024, 4)
MOMENT = datetime(2025, 3, 1, 8)  # noqa: DTZ001 - local, as the pipeline keeps its times
VESSELS, LANDINGS = "fisheries_vessels", "fisheries_landings"
VESSEL_HEADER = (
    "Số đăng ký", "Chủ tàu", "Phường/xã", "Chiều dài lớn nhất (m)", "Công suất (kW)", "Nghề", "Số giấy phép",
    "Giấy phép hết hạn", "Hạn đăng kiểm", "Ngày lắp TBGSHT", "Trạng thái",
)  # fmt: skip
Say = Callable[[str, str], None]


def ward_names() -> list[str]:
    """The names of the units, as lists of vessels give them."""
    return [unit.label_vi for unit in load_place(ROOT / "data" / "raw", catalogue()).units_on(QUARTER.end)]


def ingest(folder: Path, feed: str, quarter: Quarter = QUARTER) -> tuple[Ingested, float]:
    """Read the files of a feed and quarter into a warehouse, made anew; what came of it, and the seconds."""
    known, warehouse = catalogue(), Warehouse(folder / "warehouse")
    shutil.rmtree(warehouse.folder, ignore_errors=True)
    place = load_place(folder / "raw", known)
    ingestion = Ingestion(FEEDS[feed], known.feeds[feed], place, folder / "raw", warehouse, MOMENT)
    with warehouse.lock(60, "bench"):
        began = time.perf_counter()
        with warehouse.write() as connection:
            result = ingestion.run(connection, quarter)
        return result, time.perf_counter() - began


@contextmanager
def _place() -> Iterator[Path]:
    """A data folder with the place alone."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "data" / "raw" / "place", Path(folder) / "raw" / "place")
        yield Path(folder)


def many_workbooks(count: int, say: Say) -> None:
    """Ordinary workbooks of one form, each with a word of its own so that none is a copy, against bare calamine."""
    made = next(book for book in all_books() if (book.feed, book.quarter) == ("waste", Quarter(2024, 3)))
    with _place() as folder:
        target = folder / "raw" / "waste" / "2024-Q3"
        target.mkdir(parents=True)
        for number in range(count):
            made.sheets[-1].set("A2", f"Bản số {number}")
            write_workbook(target / f"chat-thai-{number:04d}.xlsx", made.sheets)
        rows = count * len(made.sheets[-1].rows)
        began = time.perf_counter()
        for path in target.iterdir():
            with python_calamine.CalamineWorkbook.from_path(path) as workbook:
                workbook.get_sheet_by_index(0).to_python()
        bare = time.perf_counter() - began
        result, ours = ingest(folder, "waste", Quarter(2024, 3))
    if result.files != count or not result.accepted:
        raise SystemExit(f"{result.files} of {count} workbooks: {result.refused[:3]}")
    say(f"{count} workbooks, bare calamine", f"{bare:6.2f} s   {rows / bare:10,.0f} rows/s")
    say(f"{count} workbooks, read, checked, compared, written", f"{ours:6.2f} s   {rows / ours:10,.0f} rows/s")
    say("", f"         {1000 * ours / count:.0f} ms a workbook, ratio {ours / bare:.1f}; memory at most {_peak()} MiB")


def long_list(rows: int, say: Say) -> None:
    """A csv of vessels, against DuckDB reading the same file as text."""
    with _place() as folder:
        path = folder / "raw" / VESSELS / str(QUARTER) / "tau-ca.csv"
        path.parent.mkdir(parents=True)
        write_vessels(path, rows)
        result, ours = ingest(folder, VESSELS)
        peak = _peak()
        began = time.perf_counter()
        with duckdb.connect() as connection:
            sql = "CREATE TABLE t AS SELECT * FROM read_csv(?, header = true, all_varchar = true, skip = 1)"
            connection.execute(sql, [str(path)])
        bare = time.perf_counter() - began
    if result.accepted != rows:
        raise SystemExit(f"{result.accepted} of {rows} rows accepted: {result.refused} {result.findings[:3]}")
    say(f"{rows} vessels in a csv, bare DuckDB read_csv", f"{bare:6.2f} s   {rows / bare:10,.0f} rows/s")
    say(f"{rows} vessels in a csv, read, checked, written", f"{ours:6.2f} s   {rows / ours:10,.0f} rows/s")
    say("", f"         ratio {ours / bare:.1f}; memory at most {peak} MiB (aim < 1024)")


def write_vessels(path: Path, rows: int) -> None:
    """Obviously fictitious vessels."""
    wards = ward_names()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["DANH SÁCH TÀU CÁ QUÝ IV NĂM 2024", *[""] * (len(VESSEL_HEADER) - 1)])
        writer.writerow(VESSEL_HEADER)
        for n in range(rows):
            days = [f"{1 + n % 28:02d}/{1 + n % 12:02d}/{year}" for year in (2026, 2025, 2020)]
            length = f"{5 + n % 250 / 10}".replace(".", ",")
            owner, licence = f"Chủ tàu mẫu {n}", f"MẪU-{n}"
            state = "hoạt động" if n % 10 else "nằm bờ"
            figures = [length, 20 + n % 400, "lưới kéo", licence]
            writer.writerow([f"BTh-{n:06d}-TS", owner, wards[n % len(wards)], *figures, *days, state])


class _NoRawRows:
    """Rows as they stood, where there was no sheet."""

    def of(self, index: int) -> dict[str, str]:
        del index
        return {}

    def has_quotation_marks(self, index: int) -> bool:
        del index
        return False


def quarantine(rows: int, say: Say) -> None:
    """Typed rows of landings, one in a hundred bad in one of two ways, split into good rows and findings."""
    form = FEEDS[LANDINGS].form(LANDINGS).form
    bad = np.arange(0, rows, 100)
    landed, monitored = np.full(rows, 10.0), np.full(rows, 5.0)
    landed[bad[::2]], monitored[bad[1::2]] = np.nan, 20.0
    august = pd.Series(np.full(rows, "8", dtype=object), dtype="str")
    frame = pd.DataFrame(
        {
            "port": pd.Series([f"Cảng mẫu {n}" for n in range(rows)], dtype="str"),
            "month": pd.Series(np.full(rows, 8)).astype("Int64"),
            "month_text": august,
            "port_calls": pd.Series(np.full(rows, 3)).astype("Int64"),
            "landed_t": landed,
            "monitored_t": monitored,
            "sheet": august,
            "row": np.arange(rows) + 5,
        }
    )
    letters = {"port": "A", "month_text": "B", "landed_t": "D", "monitored_t": "E"}
    steps = {column.name: Decimal("0.1") for column in form.columns}
    discretion = Discretion(form, lambda _: False)
    reading = Reading(form, "Cảng", frame, None, None, steps, letters, _NoRawRows(), discretion)  # type: ignore[arg-type]  # stands in for the sheet
    began = time.perf_counter()
    good = validate(reading, Quarter(2024, 3))
    seconds = time.perf_counter() - began
    if len(good) != rows - len(bad) or len(reading.findings) != len(bad):
        raise SystemExit(f"{len(good)} good rows and {len(reading.findings)} findings of {rows} rows")
    say(f"{rows} typed rows, 1 % bad, split with reasons", f"{seconds:6.2f} s   {rows / seconds:10,.0f} rows/s")


def _peak() -> int:
    """The most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def say(what: str, value: str) -> None:
    """Print a line of the bench."""
    print(f"{what:<64} {value}", flush=True)


MEASURED: dict[str, tuple[Callable[[int, Say], None], int]] = {
    "workbooks": (many_workbooks, 1_000),
    "csv": (long_list, 1_000_000),
    "quarantine": (quarantine, 5_000_000),
}


def in_processes_of_their_own() -> None:
    """Measure each in a fresh interpreter, so that its memory is its own."""
    for name in MEASURED:
        subprocess.run([sys.executable, "-m", "tools.bench_intake", name], check=True, cwd=ROOT)


if __name__ == "__main__":
    measure, size = MEASURED[sys.argv[1]]
    measure(int(sys.argv[2]) if len(sys.argv) > 2 else size, say)  # noqa: PLR2004 - how large, where it is said
