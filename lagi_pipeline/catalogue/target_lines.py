"""The model of ``target_lines.yaml``: how resolutions word their targets.

How a line is compared with it is ``resolution.labels``.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from lagi_pipeline.catalogue.indicators import CATALOGUE_DIR, Catalogue, PlanSource, catalogue
from lagi_pipeline.catalogue.loading import CatalogueError, Strict, build, read_yaml
from lagi_pipeline.vietnamese.units import lookup

TARGET_LINES_FILE = CATALOGUE_DIR / "target_lines.yaml"


def _flat(data: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """A list whose entries may be lists, for long ones are written on several lines."""
    if not isinstance(data, list):
        return data
    return [phrase for entry in data for phrase in (entry if isinstance(entry, list) else [entry])]


Phrase = Annotated[str, Field(min_length=1, pattern=r"^\S(.*\S)?$")]
Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(_flat)]


class Words(Strict):
    """Words of any line, by what they ask for."""

    plain: Phrases
    at_least: Phrases
    at_most: Phrases
    about: Phrases
    results: Phrases


class Wording(Strict):
    """Phrases that must stand in a line, and those that may."""

    says: Annotated[Phrases, Field(min_length=1)]
    may_say: Phrases = ()


class TargetLine(Wording):
    """How the line of an indicator is worded."""

    code: str
    never: Phrases = ()
    as_part: Phrases = ()
    reads: dict[str, str] = Field(default_factory=dict)
    most: Decimal | None = None


class Comparisons(Strict):
    """How a part of a line begins that compares, and what with."""

    words: Phrases
    bases: Phrases
    plans: Phrases
    reaching: Phrases


class Columns(Strict):
    """Titles of the columns of a table of targets."""

    ordinal: Phrases
    label: Phrases
    unit: Phrases
    value: Phrases
    aside: Phrases


class TargetLines(Strict):
    """``target_lines.yaml``."""

    words: Words
    plans: dict[PlanSource, Phrases]
    titles: dict[PlanSource, Phrases]
    comparisons: Comparisons
    headings: Wording
    groups: Phrases
    ends: Phrases
    past: Phrases
    year_of: Phrases
    columns: Columns
    lines: Annotated[tuple[TargetLine, ...], Field(min_length=1)]


def load_target_lines(path: Path, known: Catalogue) -> TargetLines:
    """Read such a file.

    Raises:
        CatalogueError: a code stands twice or is no indicator's, a line of the resolution has no wording, or a unit is
            unknown.
    """
    read = build(TargetLines, read_yaml(path), path, "file")
    codes = [line.code for line in read.lines]
    indicators = {indicator.code for indicator in known.indicators}
    for line in read.lines:
        if line.code not in indicators:
            raise CatalogueError(path, line.code, "no such indicator in the catalogue")
        if codes.count(line.code) > 1:
            raise CatalogueError(path, line.code, "the code stands twice")
        for unit in [*line.reads, *line.reads.values()]:
            if lookup(unit) is None:
                raise CatalogueError(path, line.code, f"unknown unit of measure {unit!r}")
    for indicator in known.indicators:
        if indicator.ordinal is not None and indicator.code not in codes:
            raise CatalogueError(path, indicator.code, "a line of the resolution without a wording")
    return read


@cache
def target_lines() -> TargetLines:
    """The package's own file, read once."""
    return load_target_lines(TARGET_LINES_FILE, catalogue())
