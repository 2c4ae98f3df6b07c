"""A workbook of the sample with its place under ``data/raw`` and its ``.meta.yaml``; writing both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import yaml

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.sheet import Sheet, write_workbook


@dataclass(frozen=True)
class Book:
    """A file an office sent.

    Attributes:
        feed: the folder below ``data/raw``.
        quarter: the quarter it belongs to.
        file_name: its name with suffix.
        sheets: its sheets.
        sender: code of the office.
        received_at: local time of receipt (+07:00).
        as_of: the day the figures are of.
        obs_status: ``estimate``, ``preliminary`` or ``final``.
    """

    feed: str
    quarter: Quarter
    file_name: str
    sheets: list[Sheet]
    sender: str
    received_at: datetime
    as_of: date
    obs_status: str

    @property
    def path(self) -> Path:
        """Its path below ``data/raw``."""
        return Path(self.feed) / str(self.quarter) / self.file_name

    def meta(self, document_no: str) -> dict[str, object]:
        """What the ``.meta.yaml`` beside it says."""
        return {
            "sender": self.sender,
            "document_no": document_no,
            "received_at": f"{self.received_at.isoformat()}+07:00",
            "as_of": self.as_of.isoformat(),
            "obs_status": self.obs_status,
            "sample": True,
        }

    def write(self, root: Path, document_no: str) -> list[Path]:
        """Write the workbook and its meta below ``root`` and return both paths."""
        path = root / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(path, self.sheets)
        meta = path.with_name(f"{path.name}.meta.yaml")
        text = yaml.safe_dump(self.meta(document_no), allow_unicode=True, sort_keys=False)
        meta.write_bytes(text.encode())
        return [path, meta]


def usual_receipt(quarter: Quarter, days: int) -> datetime:
    """Half past eight on the day ``days`` after the quarter's end, moved back from a weekend to Friday."""
    day = quarter.end + timedelta(days=days)
    day -= timedelta(days=max(0, day.weekday() - 4))
    return datetime.combine(day, time(8, 30))


def usual_status(quarter: Quarter) -> str:
    """Figures of a quarter are preliminary, those that close the year final."""
    return "final" if quarter.next.number == 1 else "preliminary"
