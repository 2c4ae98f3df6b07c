"""Units of measure: the allowlist, the unit line of a table, the unit in a column's header.

The units themselves are lines of ``units_of_measure.yaml``. A unit belongs to a table, not to a column
(domain.md, trap 8); a header may name its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from lagi_pipeline.vietnamese.text import label_key, nfc, without_footnotes

UNITS_FILE = Path(__file__).with_name("units_of_measure.yaml")

# "Đơn vị" alone also names organisations, so it needs its colon; the other two always speak of the unit.
_UNIT_MARK = re.compile(r"\b(?:(?:đơn\s+vị\s+tính|đ\.?v\.?t|đv\s+tính)\s*(?P<sure>:)?|đơn\s+vị\s*:)", re.IGNORECASE)
_END_OF_LINE = re.compile(r"[()\n]")
# A comma between digits belongs to a unit ("1,000 USD"), any other separates two.
_BETWEEN_UNITS = re.compile(r",(?!\d)|;|\s+và\s+", re.IGNORECASE)
_HEADER_UNIT = re.compile(r"(?P<label>.*\S) ?\((?P<piece>[^()]+)\)")
_AROUND_A_UNIT = " \t.,;/-–"


class UnitError(ValueError):
    """A unit that is unknown, ambiguous or of another dimension; the message (Vietnamese) names it."""


class MeasureUnit(BaseModel):
    """One unit of the allowlist; ``scale`` is how many of its dimension's base it is (triệu đồng: 0.001 tỷ đồng)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    dimension: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    scale: Annotated[Decimal, Field(gt=0)]
    spellings: Annotated[tuple[str, ...], Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]

    @property
    def label(self) -> str:
        """Its usual spelling, ``triệu đồng``."""
        return self.spellings[0]


class _UnitsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    units: tuple[MeasureUnit, ...]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What a table says of its units, ``Đơn vị tính: triệu đồng, %``: the units in their order, and the text."""

    units: tuple[MeasureUnit, ...]
    text: str

    def of(self, dimension: str) -> MeasureUnit | None:
        """The unit named for a dimension such as ``money``, if any."""
        return next((unit for unit in self.units if unit.dimension == dimension), None)


def load_units(path: Path = UNITS_FILE) -> Mapping[str, MeasureUnit]:
    """The units of a file by the key of each spelling.

    Raises:
        UnitError: a spelling or a code stands twice, or a dimension has not exactly one base (scale 1).
    """
    units = _UnitsFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).units
    by_key: dict[str, MeasureUnit] = {}
    codes: set[str] = set()
    bases: dict[str, list[str]] = {unit.dimension: [] for unit in units}
    for unit in units:
        if unit.code in codes:
            raise UnitError(f"{path.name}: mã «{unit.code}» có hai lần")
        codes.add(unit.code)
        if unit.scale == 1:
            bases[unit.dimension].append(unit.code)
        for spelling in unit.spellings:
            key = label_key(spelling)
            if key in by_key:
                raise UnitError(f"{path.name}: cách viết «{spelling}» của {unit.code} đã có ở {by_key[key].code}")
            by_key[key] = unit
    for dimension, codes_of_base in bases.items():
        if len(codes_of_base) != 1:
            raise UnitError(f"{path.name}: {dimension} cần đúng một đơn vị gốc (scale 1), có {codes_of_base}")
    return MappingProxyType(by_key)


def lookup(text: str) -> MeasureUnit | None:
    """The unit that the whole text spells; None where it spells none."""
    return _known_units().get(label_key(text))


def convert(value: Decimal, from_unit: MeasureUnit, to_unit: MeasureUnit) -> Decimal:
    """The same quantity in another unit.

    Raises:
        UnitError: the two measure different things (%, for one, is not *điểm %*).
    """
    if from_unit.dimension != to_unit.dimension:
        raise UnitError(f"không đổi được «{from_unit.label}» sang «{to_unit.label}»")
    return value * from_unit.scale / to_unit.scale


def find_unit_line(texts: Sequence[str]) -> UnitLine | None:
    """The unit line among the cells above a table's header: ``Đơn vị tính: …``, ``(ĐVT: …)``, ``Đơn vị: …``.

    After "Đơn vị:" a text that is no unit is an organisation, and passed over. A cell holding only "Đơn vị tính:" takes
    the next cell's unit; a header that says only "ĐVT" is the name of a column.

    Raises:
        UnitError: an unknown unit after "Đơn vị tính:" or "ĐVT:"; two units of one dimension; two different lines.
    """
    lines = [line for at in range(len(texts)) for line in _unit_lines(texts, at)]
    if not lines:
        return None
    for other in lines[1:]:
        if other.units != lines[0].units:
            raise UnitError(f"hai dòng đơn vị tính khác nhau: «{lines[0].text}» và «{other.text}»")
    return lines[0]


def strip_column_unit(text: str) -> tuple[str, str | None]:
    """Split a header from the unit in its last brackets: ``Thu gom (tấn)`` is (``Thu gom``, ``tấn``).

    Brackets that name no unit, as in ``nước sạch (đạt quy chuẩn)``, are part of the label.
    """
    header = nfc(text).strip()
    found = _HEADER_UNIT.fullmatch(without_footnotes(header).rstrip(" :*"))
    if found is None:
        return header, None
    unit = _UNIT_MARK.sub("", found["piece"]).strip()
    return (header, None) if lookup(unit) is None else (found["label"], unit)


@cache
def _known_units() -> Mapping[str, MeasureUnit]:
    return load_units()


def _unit_lines(texts: Sequence[str], at: int) -> list[UnitLine]:
    text = nfc(texts[at])
    marks = list(_UNIT_MARK.finditer(text))
    lines = []
    for mark, following in zip_longest(marks, marks[1:]):
        rest = text[mark.end() : following.start() if following else None]
        said = _END_OF_LINE.split(rest)[0].strip(_AROUND_A_UNIT)
        must_be_known = bool(mark["sure"] and said)
        if not said and mark[0].endswith(":") and at + 1 < len(texts):
            said = nfc(texts[at + 1]).strip(_AROUND_A_UNIT)
        if units := _read_units(said, must_be_known=must_be_known):
            lines.append(UnitLine(units, text.strip()))
    return lines


def _read_units(said: str, *, must_be_known: bool) -> tuple[MeasureUnit, ...]:
    """The units a text lists; none where one of them is unknown and need not be known."""
    units: dict[str, MeasureUnit] = {}
    for piece in (part.strip(_AROUND_A_UNIT) for part in _BETWEEN_UNITS.split(said)):
        unit = lookup(piece)
        if unit is None:
            if must_be_known:
                raise UnitError(f"đơn vị tính không có trong danh mục: «{piece}» (ở «{said}»)")
            return ()
        if units.setdefault(unit.dimension, unit) != unit:
            first = units[unit.dimension].label
            raise UnitError(f"hai đơn vị cho một đại lượng: «{first}» và «{unit.label}» (ở «{said}»)")
    return tuple(units.values())
