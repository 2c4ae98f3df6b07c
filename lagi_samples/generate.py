"""Every sample workbook in one list, and its writing with the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.book import Book
from lagi_samples.scenario import budget, economy, environment, fisheries, land, people, tasks

_SECTORS = (budget, economy, environment, fisheries, land, people, tasks)


def all_books() -> list[Book]:
    """Every workbook, in the order of receipt (then of path)."""
    books = [book for sector in _SECTORS for book in sector.books()]
    return sorted(books, key=lambda book: (book.received_at, book.path.as_posix()))


def sample(feed: str, quarter: Quarter, *, vintage: int = -1) -> Book:
    """The workbook of ``feed`` and ``quarter``; the newest unless ``vintage`` (0 the oldest) says otherwise.

    Its sheets are made anew at each call, so a test may change their cells.

    Raises:
        LookupError: no such file among the samples.
    """
    found = [book for book in all_books() if (book.feed, book.quarter) == (feed, quarter)]
    if not found:
        raise LookupError(f"no sample of {feed} for {quarter}")
    return found[vintage]


def generate(root: Path) -> list[Path]:
    """Write every workbook and its ``.meta.yaml`` below ``root`` (usually ``data/raw``) and return what was written."""
    return [path for book, number in _numbered() for path in book.write(root, number)]


def _numbered() -> Iterator[tuple[Book, str]]:
    """Each book with an obviously made-up document number; the reports on tasks are numbered after the others."""
    for number, book in enumerate(sorted(all_books(), key=lambda book: book.feed == "tasks"), start=1):
        yield book, f"MẪU-{number:03d}/BC"
