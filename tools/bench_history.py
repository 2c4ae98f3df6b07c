"""What the history costs: time and size for the sample town, and the answers of as-of over ten thousand versions."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path

import duckdb

from lagi_pipeline.catalogue.indicators import ObsStatus, catalogue
from lagi_pipeline.catalogue.place import load_place, load_resolutions
from lagi_pipeline.catalogue.quarter import Quarter, quarters_between
from lagi_pipeline.indicators.history import History, history
from lagi_pipeline.indicators.model import Evidence, MeasureValue, Vintage
from lagi_pipeline.steps.compute import Situation, compute, compute_history, write_history
from lagi_pipeline.warehouse.database import Warehouse
from lagi_pipeline.warehouse.publish import publish
from tools.bench_intake import MOMENT, ROOT, say

RAW = ROOT / "data" / "raw"
VERSIONS = 10_000
_MEASURES = ("revenue_ytd", "investment_spending_ytd", "industrial_output_ytd", "export_value_ytd")
"""Of the four lines that change every quarter and are reported for the town alone."""
_ASKED = tuple(datetime(2023, 4, 1) + timedelta(days=30 * month) for month in range(24))  # noqa: DTZ001 - local
_HISTORY = ("mart.attainment_history", "core.observation_history")


def of_the_town(warehouse: Warehouse, rounds: int) -> None:
    """What the history of the sample data costs, in a warehouse that a run has filled."""
    known = catalogue()
    situation = Situation(known, load_place(RAW, known), RAW)
    with warehouse.read() as connection:
        once = _median(rounds, lambda: compute(connection, situation, MOMENT))
        whole = _median(rounds, lambda: compute_history(connection, situation, MOMENT))
        made = compute_history(connection, situation, MOMENT)
    say("all figures of one moment", f"{once:6.2f} s")
    moments = {state.known_from for state in made.attainment} | {state.known_from for state in made.observations}
    say(f"all figures of {len(moments)} moments", f"{whole:6.2f} s   {len(made.attainment)} states of lines")
    with_history, without = _sizes(warehouse, situation.place.file.timezone)
    say("published file, with the history", f"{with_history / 1024:6.0f} KiB")
    say("  without it", f"{without / 1024:6.0f} KiB   the history: {(with_history - without) / 1024:.0f} KiB")


def of_many_versions() -> None:
    """The history of ten thousand versions made by the real functions, stored, published, and asked."""
    began = time.perf_counter()
    known = catalogue()
    place = load_place(RAW, known)
    made = history(known, place, load_resolutions(RAW, known), many_versions(place.file.code), MOMENT)
    say(f"history of {VERSIONS} versions, made once", f"{time.perf_counter() - began:6.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder))
        with warehouse.lock(60, "bench"), warehouse.write() as connection:
            write_history(connection, made)
        snapshot = publish(warehouse, place.file.timezone)
        _ask(snapshot.path, made)
        say("  published file", f"{snapshot.size / 1024:6.0f} KiB")


def many_versions(town: str) -> Evidence:
    """Ten thousand versions of four forms over the two years, each with another figure, some weeks apart."""
    known = catalogue()
    quarters = list(quarters_between(Quarter(2023, 1), Quarter(2024, 4)))
    vintages: list[Vintage] = []
    values: list[MeasureValue] = []
    measures = cycle(known.measures[code] for code in _MEASURES)
    for number, measure in zip(range(VERSIONS), measures, strict=False):
        quarter = quarters[number * len(quarters) // VERSIONS]
        sha256 = f"version-{number}"
        vintages.append(
            Vintage(
                feed=measure.feed,
                form=measure.form,
                quarter=quarter,
                file=f"{measure.feed}/{quarter}/{number}.xlsx",
                sha256=sha256,
                as_of=quarter.end,
                received_at=datetime.combine(quarter.end, datetime.min.time())
                + timedelta(minutes=30 * (number % 1250)),
                obs_status=ObsStatus.FINAL,
                is_sample=True,
            )
        )
        values.append(MeasureValue(measure.form, quarter, sha256, measure.code, town, Decimal(number), None))
    return Evidence(tuple(vintages), tuple(values))


def _ask(path: Path, made: History) -> None:
    """Time both macros at moments through both years, each against the states that stood then."""
    with duckdb.connect(path, read_only=True) as reader:
        for macro, states in (("attainment_as_of", made.attainment), ("observation_as_of", made.observations)):
            seconds = []
            for moment in _ASKED:
                began = time.perf_counter()
                rows = reader.execute(f"SELECT * FROM {macro}(?)", [moment]).fetchall()  # noqa: S608 - our own name
                seconds.append(time.perf_counter() - began)
                standing = sum(s.known_from <= moment and (s.known_to is None or moment < s.known_to) for s in states)
                if len(rows) != standing:
                    raise SystemExit(f"{macro}({moment}): {len(rows)} rows where {standing} stood")
            say(f"  {macro}, {len(states)} states", f"{1000 * statistics.median(seconds):6.1f} ms")


def _sizes(warehouse: Warehouse, timezone: str) -> tuple[int, int]:
    """Bytes of the published file with the history and without it."""
    whole = publish(warehouse, timezone).size
    with tempfile.TemporaryDirectory() as folder:
        other = Warehouse(Path(folder))
        shutil.copyfile(warehouse.working, other.working)
        with other.lock(60, "bench"), other.write() as connection:
            for table in _HISTORY:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        return whole, publish(other, timezone).size


def _median(rounds: int, measure: Callable[[], object]) -> float:
    """Seconds of the median round."""
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        measure()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)
