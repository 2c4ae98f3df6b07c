"""Which lines of a report a chart shows together: ``groups.yaml``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import Field

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.loading import Strict, build, read_yaml
from lagi_pipeline.reporting.content.model import Line, LineGroup

_FILE = Path(__file__).with_name("groups.yaml")
_OTHERS = "Chỉ tiêu khác"


class _Group(Strict):
    title_vi: str = Field(min_length=1)
    feed_groups: tuple[str, ...] = Field(min_length=1)


class _Groups(Strict):
    groups: tuple[_Group, ...]


@cache
def _groups() -> tuple[_Group, ...]:
    return build(_Groups, read_yaml(_FILE), _FILE, "file").groups


def line_groups(lines: Sequence[Line], catalogue: Catalogue) -> tuple[LineGroup, ...]:
    """The groups that have a line, each with its lines in the order given; every line stands in exactly one."""
    titles = {feed_group: group.title_vi for group in _groups() for feed_group in group.feed_groups}
    by_title: dict[str, list[str]] = {title: [] for title in (*(group.title_vi for group in _groups()), _OTHERS)}
    for line in lines:
        first = catalogue.feeds_of(catalogue.indicator(line.code))[0]
        by_title[titles.get(catalogue.feeds[first].group, _OTHERS)].append(line.code)
    return tuple(LineGroup(title, tuple(codes)) for title, codes in by_title.items() if codes)
