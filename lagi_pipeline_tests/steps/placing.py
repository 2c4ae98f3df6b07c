"""Data folders of invented places: their own files, and forms that an office filled in from the blank ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path

import yaml

from lagi_pipeline.catalogue.place import Place, load_place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.templates import books_of
from lagi_pipeline.reporting.templates.layout import Layout, Look, RowKind
from lagi_pipeline_tests.reporting.filling import Cells, Filling, Value
from lagi_pipeline_tests.running import CATALOGUE
from lagi_samples import write_workbook

Figures = Mapping[str, Mapping[str, Value]]
"""What an office writes: by the unit's code or the row's label, by column."""


def place_of(data_dir: Path) -> Place:
    return load_place(data_dir / "raw", CATALOGUE)


def write_place(data_dir: Path, files: Mapping[str, str]) -> Path:
    """Write a place's own files below ``raw``; the data folder."""
    for name, text in files.items():
        path = data_dir / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return data_dir


def fill_in(  # noqa: PLR0913 - what an office sends, and how
    data_dir: Path, feed: str, when: str, figures: Figures, *, office: str, on_form_of: str | None = None
) -> Path:
    """Fill in the first blank form of a feed and quarter and send it, ten days after the quarter; where it lies.

    ``on_form_of`` is a quarter whose blank form is used under the title of ``when``: it overlooked a merger.
    """
    place, quarter = place_of(data_dir), Quarter.parse(when)
    layout = _blank(place, feed, Quarter.parse(on_form_of) if on_form_of else quarter)
    made = Filling(layout, _rows(layout, figures), _choices(layout))
    sheet = made.sheet()
    if on_form_of is not None:
        titled = _blank(place, feed, quarter)
        sheet.rows[: titled.first_row] = Filling(titled, {}, _choices(titled)).sheet().rows[: titled.first_row]
    path = data_dir / "raw" / feed / when / f"{feed}-{when}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(path, [sheet])
    received_at = datetime.combine(quarter.end + timedelta(days=10), time(9))
    meta = {"sender": office, "received_at": received_at.isoformat(), "obs_status": "final", "sample": True}
    path.with_name(f"{path.name}.meta.yaml").write_text(yaml.safe_dump(meta), "utf-8")
    return path


def _blank(place: Place, feed: str, quarter: Quarter) -> Layout:
    [book] = [book for book in books_of(quarter, place, CATALOGUE).books if book.folder == feed]
    return book.layouts[0]


def _choices(layout: Layout) -> dict[Look, str]:
    """The first choice where the blank form prints none itself."""
    return {text.look: text.choices[0] for text in layout.above if text.choices and not text.text}


def _rows(layout: Layout, figures: Figures) -> Cells:
    rows: Cells = {}
    for at, row in enumerate(layout.body):
        key = row.unit.code if row.kind is RowKind.UNIT and row.unit else str(row.printed.get(layout.label, ""))
        if key in figures:
            rows[at] = dict(figures[key])
    assert len(rows) == len(figures), (sorted(figures), [row.printed for row in layout.body])
    return rows
