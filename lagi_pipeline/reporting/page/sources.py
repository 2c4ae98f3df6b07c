"""The cells behind a figure, by file and sheet: a row for each reporting unit, a column for each thing reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.content.printing import day_cell, moment_cell
from lagi_pipeline.vietnamese.numbers import format_number

Row = Mapping[str, Any]
_TARGETS = ("target", "target_upper")


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands at an address."""

    address: str
    text: str


@dataclass(frozen=True, slots=True)
class UnitCells:
    """The cells of a reporting unit, a tuple for each column; an empty one where it has none there."""

    name_vi: str
    cells: tuple[tuple[Printed, ...], ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A sheet of a file and what of it a figure rests on."""

    file: str
    sheet: str
    about: str
    columns: tuple[str, ...]
    units: tuple[UnitCells, ...]
    notes: tuple[str, ...]

    @property
    def number_of_cells(self) -> int:
        """How many cells there are."""
        return sum(len(cells) for unit in self.units for cells in unit.cells)


def source_files(rows: Sequence[Row], catalogue: Catalogue) -> tuple[SourceFile, ...]:
    """The files behind a figure, in the order in which it is made of them."""

    def place(row: Row) -> tuple[str, str]:
        return row["file"], row["sheet"] or ""

    cells = [row for row in rows if row["role"] not in _TARGETS]
    order = {key: position for position, key in enumerate(dict.fromkeys(map(place, cells)))}
    ordered = sorted(cells, key=lambda row: order[place(row)])
    return tuple(_file(list(same), catalogue) for _, same in groupby(ordered, key=place))


def _file(rows: Sequence[Row], catalogue: Catalogue) -> SourceFile:
    columns = tuple(dict.fromkeys(row["name_vi"] for row in rows))
    units = tuple(dict.fromkeys(row["source_unit_vi"] for row in rows))
    return SourceFile(
        file=PurePosixPath(rows[0]["file"]).name,
        sheet=rows[0]["sheet"] or "",
        about=_about(rows[0], catalogue),
        columns=columns,
        units=tuple(UnitCells(unit, tuple(_cells(rows, unit, column) for column in columns)) for unit in units),
        notes=tuple(dict.fromkeys(row["note_vi"] for row in rows if row["note_vi"])),
    )


def _about(row: Row, catalogue: Catalogue) -> str:
    kind = catalogue.word("obs_status", row["obs_status"])
    said = (
        Quarter.parse(row["period"]).label_vi,
        f"số {kind}" if kind else None,
        f"đến {day_cell(row['as_of']).text}" if row["as_of"] else None,
        f"nhận {moment_cell(row['received_at']).text}" if row["received_at"] else None,
    )
    return ", ".join(part for part in said if part)


def _cells(rows: Iterable[Row], unit: str, column: str) -> tuple[Printed, ...]:
    here = (row for row in rows if row["source_unit_vi"] == unit and row["name_vi"] == column)
    return tuple(dict.fromkeys(Printed(row["cell"] or row["entry"] or "", _stood(row)) for row in here))


def _stood(row: Row) -> str:
    """What stood in the cell: a stored number in Vietnamese form with its unit, a text as it was."""
    text, value = row["text"] or "", row["printed_value"]
    if value is None or (text and not _is_stored_number(text)):
        return text or (row["note_vi"] or "")
    unit = row["printed_unit"] or ""
    return f"{format_number(value)} {unit}".rstrip()


def _is_stored_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
