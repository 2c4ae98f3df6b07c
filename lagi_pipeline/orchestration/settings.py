"""What a code location is built from: the data folder, the catalogue and the place, read once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import dagster as dg

from lagi_pipeline.catalogue.indicators import Catalogue, FeedEntry, catalogue
from lagi_pipeline.catalogue.place import Place, load_place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.steps.compute import Situation
from lagi_pipeline.warehouse.database import Warehouse

DATA_DIR_VARIABLE = "LAGI_DATA_DIR"
RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
_KEY_FORMAT = "%Y-%m-%d"


@dataclass(frozen=True)
class Settings:
    """A data folder with ``raw/`` and ``warehouse/``, the catalogue and the place in it."""

    data_dir: Path
    catalogue: Catalogue
    place: Place

    @property
    def raw_dir(self) -> Path:
        """Where the offices' files lie."""
        return self.data_dir / "raw"

    @property
    def warehouse(self) -> Warehouse:
        """Where the databases lie."""
        return Warehouse(self.data_dir / "warehouse")

    @property
    def situation(self) -> Situation:
        """What the computations depend on."""
        return Situation(self.catalogue, self.place, self.raw_dir)

    @property
    def feeds(self) -> Iterable[FeedEntry]:
        """The feeds of the catalogue."""
        return self.catalogue.feeds.values()

    @cached_property
    def partitions(self) -> dg.TimeWindowPartitionsDefinition:
        """The quarters, from the place's first to the unfinished one; a key is the quarter's first day."""
        start = self.place.first_quarter.start
        return dg.TimeWindowPartitionsDefinition(
            start=datetime(start.year, start.month, start.day),  # noqa: DTZ001 - in the zone given beside it
            cron_schedule="0 0 1 1,4,7,10 *",
            fmt=_KEY_FORMAT,
            timezone=self.place.file.timezone,
            end_offset=1,
        )


def quarter_of(partition_key: str) -> Quarter:
    """The quarter that a partition key names: ``2024-07-01`` is 2024-Q3."""
    return Quarter.containing(datetime.strptime(partition_key, _KEY_FORMAT).date())  # noqa: DTZ007 - a day


def key_of(quarter: Quarter) -> str:
    """The partition key of a quarter: its first day."""
    return quarter.start.strftime(_KEY_FORMAT)


def range_tags(first: Quarter, last: Quarter) -> dict[str, str]:
    """The tags of a single run over a range of quarters, both included."""
    return {RANGE_START: key_of(first), RANGE_END: key_of(last), "quarters": f"{first}..{last}"}


def load_settings(data_dir: Path | None = None) -> Settings:
    """Read the catalogue and the place of a data folder: ``data_dir``, else ``LAGI_DATA_DIR``, else ``data``.

    Raises:
        CatalogueError: a file of the catalogue or the place says nonsense.
    """
    folder = (data_dir or Path(os.environ.get(DATA_DIR_VARIABLE) or "data")).absolute()
    known = catalogue()
    return Settings(folder, known, load_place(folder / "raw", known))
