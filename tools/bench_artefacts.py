"""What people are given, measured: size and making time of each artefact, and the page as a browser opens it.

``python -m tools.bench_artefacts --data-dir DIR``, of a data folder that was run and published. An artefact is a line
of ``ARTEFACTS``; each is made for one quarter and for all there are.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.settings import Settings, load_settings
from lagi_pipeline.reporting.content import QuarterReport, quarters_reported, read_report
from lagi_pipeline.reporting.excel import excel_workbook
from lagi_pipeline.reporting.page import html_page
from lagi_pipeline.reporting.published import open_published
from lagi_pipeline.reporting.word import word_document
from tools.bench_intake import say
from tools.browser import chromium

Make = Callable[[duckdb.DuckDBPyConnection, Settings, Sequence[Quarter]], bytes]
_OPENED = """() => new Promise(told => requestAnimationFrame(() => setTimeout(() => {
    const [navigation] = performance.getEntriesByType('navigation');
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    told([paint.startTime, navigation.domInteractive, navigation.domContentLoadedEventEnd]);
}, 100)))"""


def _page(connection: duckdb.DuckDBPyConnection, settings: Settings, quarters: Sequence[Quarter]) -> bytes:
    """The page holds every quarter that is published: for fewer, the others are left out of a copy of the file."""
    return html_page(connection, settings.catalogue, settings.place, quarters[-1]).encode()


def _of_each(write: Callable[[QuarterReport, Settings], bytes]) -> Make:
    """A document for each quarter, read and written; all of them, one after the other."""

    def make(connection: duckdb.DuckDBPyConnection, settings: Settings, quarters: Sequence[Quarter]) -> bytes:
        reports = (read_report(connection, quarter, settings.catalogue) for quarter in quarters)
        return b"".join(write(report, settings) for report in reports)

    return make


ARTEFACTS: tuple[tuple[str, Make], ...] = (
    ("report (docx)", _of_each(lambda report, settings: word_document(report, settings.place.file.report))),
    ("report (xlsx)", _of_each(lambda report, _: excel_workbook(report))),
    ("page (html)", _page),
)
"""Artefacts by name."""


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="a data folder that was run and published")
    parser.add_argument("--rounds", type=int, default=5, help="how often each thing is measured; the median counts")
    options = parser.parse_args()
    settings = load_settings(options.data_dir)
    with open_published(settings.warehouse.published) as connection:
        quarters = quarters_reported(connection)
    with tempfile.TemporaryDirectory() as folder:
        one = _of_one_quarter(settings, Path(folder) / "one.duckdb", quarters[-1])
        for name, make in ARTEFACTS:
            for published, of in ((one, quarters[-1:]), (settings.warehouse.published, quarters)):
                made, seconds = _made(make, published, settings, of, options.rounds)
                say(f"{name}, {len(of)} quarter(s)", f"{len(made) / 1000:8.0f} kB   {seconds:6.2f} s")
                if make is _page:
                    _open(made, Path(folder), options.rounds)


def _of_one_quarter(settings: Settings, path: Path, quarter: Quarter) -> Path:
    """A copy of the published file in which targets have lines in one quarter only."""
    shutil.copyfile(settings.warehouse.published, path)
    with duckdb.connect(path) as connection:
        connection.execute("DELETE FROM mart.attainment WHERE quarter <> ?", [str(quarter)])
    return path


def _made(
    make: Make, published: Path, settings: Settings, quarters: Sequence[Quarter], rounds: int
) -> tuple[bytes, float]:
    seconds, made = [], b""
    for _ in range(rounds):
        with open_published(published) as connection:
            began = time.perf_counter()
            made = make(connection, settings, quarters)
            seconds.append(time.perf_counter() - began)
    return made, statistics.median(seconds)


def _open(html: bytes, folder: Path, rounds: int) -> None:
    """What the browser itself says of opening the page from disk, each time anew."""
    path = folder / "page.html"
    path.write_bytes(html)
    measured = []
    with chromium() as browser:
        for _ in range(rounds + 1):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(path.as_uri())
            measured.append(page.evaluate(_OPENED))
            page.close()
    paint, interactive, ready = (statistics.median(times) for times in zip(*measured[1:], strict=True))
    say("  first paint / parsed / ready", f"{paint:6.0f} ms {interactive:6.0f} ms {ready:6.0f} ms")


if __name__ == "__main__":
    main()
