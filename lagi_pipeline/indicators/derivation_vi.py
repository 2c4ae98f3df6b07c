"""How a figure was made, as one line of Vietnamese: ``(có rừng tại ô D9 5.225,2 ha + …) / … = 64,10 %``.

Cells of a measure that stand in one column are told as a range, wards by their number, quarters by theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import PurePath

from lagi_pipeline.catalogue.indicators import Indicator, Measure
from lagi_pipeline.catalogue.place import Target
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.model import MeasureCell, Observation, Part, Vintage
from lagi_pipeline.indicators.wording import exact_vi, number_vi

_ADDRESS = re.compile(r"([A-Z]+)(\d+)")
_MORE_DECIMALS = 2
"""The two rates of a change are told more finely than the change, so that they add up on paper."""


@dataclass(frozen=True, slots=True)
class Source:
    """A part of a figure with its measure and its cells; no cells where the form has no such line."""

    measure: Measure
    part: Part
    cells: Sequence[MeasureCell]


@dataclass(frozen=True, slots=True)
class Derived:
    """A derivation with the sources of its parts."""

    numerator: Sequence[Source]
    denominator: Sequence[Source]
    quarters_passed: int
    last_year_end: Derived | None
    baseline: Target | None

    @property
    def sources(self) -> Iterator[Source]:
        """All of them, last year's after this year's."""
        yield from self.numerator
        yield from self.denominator
        if self.last_year_end is not None:
            yield from self.last_year_end.sources


def name_in_sentence(name: str) -> str:
    """A name with a small first letter, unless it begins with an abbreviation."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def derivation_vi(indicator: Indicator, seen: Observation, derived: Derived | None) -> str:
    """The line of one figure; where there is none, what is known of it and why there is none."""
    if seen.override is not None and seen.value is not None:
        said = f"{number_vi(seen.value, indicator.decimals)} {indicator.unit}"
        return f"{seen.override_vi} ({seen.override.entry}, tệp {PurePath(seen.override.file).name}) = {said}"
    if derived is None:
        return f"không có số liệu: {seen.reason}" if seen.reason else "không có số liệu"
    speaker = _Speaker(
        seen.quarter,
        tells_quarters=len({source.part.vintage.quarter for source in derived.sources} | {seen.quarter}) > 1,
        tells_files=len({source.part.vintage.file for source in derived.sources}) > 1,
    )
    made = _change(indicator, seen, derived, speaker) if _is_change(derived) else speaker.level(derived)
    if seen.value is None:
        return f"{made}: không có số liệu ({seen.reason})"
    return f"{made} = {number_vi(seen.value, indicator.decimals)} {indicator.unit}"


def _is_change(derived: Derived) -> bool:
    return derived.last_year_end is not None or derived.baseline is not None


def _change(indicator: Indicator, seen: Observation, derived: Derived, speaker: _Speaker) -> str:
    decimals = indicator.decimals + _MORE_DECIMALS
    now = f"[{speaker.level(derived)} = {_rate(derived, decimals)}]"
    if derived.last_year_end is not None:
        before = f"[{speaker.level(derived.last_year_end)} = {_rate(derived.last_year_end, decimals)}]"
    else:
        target = derived.baseline
        stated = exact_vi(target.baseline) if target and target.baseline is not None else ""
        clause = target.clause if target else ""
        before = f"[tỷ lệ cuối năm {seen.quarter.year - 1} theo kế hoạch ({clause}) {stated} %]"
    return f"{before} − {now}"


def _rate(derived: Derived, decimals: int) -> str:
    numerator, denominator = (_sum(sources) for sources in (derived.numerator, derived.denominator))
    if not denominator:
        return "không tính được"
    return f"{number_vi(numerator * 400 / (denominator * derived.quarters_passed), decimals)} %"


def _sum(sources: Iterable[Source]) -> Decimal:
    return sum((source.part.value.value * source.part.factor for source in sources), Decimal(0))


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Tells sums and quotients; of quarters and files only where the figure rests on several or on another's."""

    quarter: Quarter
    tells_quarters: bool
    tells_files: bool

    def level(self, derived: Derived) -> str:
        """The sum, or the quotient."""
        numerator = self._sum(derived.numerator)
        if not derived.denominator:
            return numerator
        passed = derived.quarters_passed
        yearly = "" if passed == 4 else f" × 4/{passed}"  # noqa: PLR2004 - a whole year
        return f"{_bracketed(numerator)} / {_bracketed(self._sum(derived.denominator))}{yearly}"

    def _sum(self, sources: Sequence[Source]) -> str:
        said = ""
        by_term: dict[tuple[str, Decimal], list[Source]] = {}
        for source in sources:
            by_term.setdefault((source.measure.code, source.part.factor), []).append(source)
        for (_, factor), term in by_term.items():
            sign = " − " if factor < 0 else " + " if said else ""
            times = "" if abs(factor) == 1 else f"{exact_vi(abs(factor))} × "
            told = self._term(term)
            said += f"{sign if said else sign.lstrip()}{times}{_bracketed(told) if times else told}"
        return said

    def _term(self, term: Sequence[Source]) -> str:
        measure = term[0].measure
        units = {source.part.value.unit_code for source in term}
        name = name_in_sentence(measure.name_vi)
        if len(units) > 1:
            name += f" của {len(units)} phường, xã"
        by_version: dict[tuple[Quarter, str], list[Source]] = {}
        for source in term:
            by_version.setdefault((source.part.value.quarter, source.part.value.sha256), []).append(source)
        versions = [by_version[key] for key in sorted(by_version, key=lambda key: key[0])]
        told = [self._version(version) for version in versions]
        return f"{name} {told[0]}" if len(told) == 1 else f"{name}: {' + '.join(told)}"

    def _version(self, version: Sequence[Source]) -> str:
        """One version's part of a term: quarter, cells, file, figure."""
        measure, vintage = version[0].measure, version[0].part.vintage
        figure = f"{exact_vi(sum((s.part.value.value for s in version), Decimal(0)))} {measure.unit}"
        if version[0].part.left_out:
            return f"{figure} (biểu không có dòng này{self._of(vintage, ', ')})"
        cells = [cell for source in version for cell in source.cells]
        at = f"tại ô {_ranges([cell.cell for cell in cells if cell.cell])}"
        if len(cells) == 1 and cells[0].printed_unit != measure.unit:
            figure += f" (ghi {exact_vi(cells[0].printed_value)} {cells[0].printed_unit})"
        when = f"{self._quarter_vi(vintage.quarter)} " if self.tells_quarters else ""
        return f"{when}{at}{self._of(vintage, ' (', ')')} {figure}"

    def _quarter_vi(self, quarter: Quarter) -> str:
        return f"quý {quarter.roman}" if quarter.year == self.quarter.year else quarter.label_vi

    def _of(self, vintage: Vintage, before: str, after: str = "") -> str:
        return f"{before}{PurePath(vintage.file).name}{after}" if self.tells_files else ""


def _bracketed(said: str) -> str:
    return f"({said})" if " + " in said or " − " in said else said


def _ranges(cells: Sequence[str]) -> str:
    """Addresses as people write them: ``D8–D16, D18``; the cells of a column that follow each other are a range."""
    places = sorted({(len(found[1]), found[1], int(found[2])) for cell in cells if (found := _ADDRESS.fullmatch(cell))})
    runs: list[list[tuple[str, int]]] = []
    for (_, letters), column in groupby(places, key=lambda place: place[:2]):
        for _, _, row in column:
            if runs and runs[-1][-1] == (letters, row - 1):
                runs[-1].append((letters, row))
            else:
                runs.append([(letters, row)])
    return ", ".join(
        f"{a}{b}" if len(run) == 1 else f"{a}{b}–{run[-1][0]}{run[-1][1]}" for run in runs for a, b in run[:1]
    )
