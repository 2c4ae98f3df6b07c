"""Files of ``data/raw/overrides``: figures and results that an office sets by hand, as typed entries or as refusals.

Every scalar is read as the text that stands there: YAML would make 1.8 of ``1.800``. Which overrides stand, and what
they make of a line, is ``indicators/overrides``; when a file counts as received, ``steps/overrides``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ValidationError, field_validator

from lagi_pipeline.catalogue.indicators import Catalogue, Indicator, Kind, PlanSource
from lagi_pipeline.catalogue.loading import Strict
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.files import local
from lagi_pipeline.intake.findings import Refusal
from lagi_pipeline.intake.masking import without_people
from lagi_pipeline.vietnamese.numbers import format_number
from lagi_pipeline.vietnamese.text import nfc
from lagi_pipeline.vietnamese.units import UnitError, convert, lookup

FOLDER = "overrides"
SUFFIXES = frozenset({".yaml", ".yml"})
MOST_BYTES = 64 * 1024
"""A document that sets a few figures has some lines; a file beyond this is none."""
_MOST_DEPTH = 8
_NOTHING = frozenset({"", "~", "null"})
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?")
_AMBIGUOUS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?")
_MAY_FALL_BELOW_0 = frozenset({Kind.RATE_OVER_YEAR, Kind.CHANGE_ON_LAST_YEAR_END})
_Model = TypeVar("_Model", bound=BaseModel)

Lines = Mapping[tuple[int, str], frozenset[PlanSource]]
"""The plans that have a target, by (year, indicator)."""


class Letter(Strict):
    """What a file says of itself, beside its entries: who set something by hand, why, and by which document.

    Times are as written, with or without an offset.
    """

    office: str = ""
    reason: str = ""
    document_no: str = ""
    received_at: datetime | None = None
    sample: bool = False
    withdrawn: bool = False
    withdrawn_at: datetime | None = None
    figures: tuple[dict[str, Any], ...] = ()
    verdicts: tuple[dict[str, Any], ...] = ()

    @field_validator("received_at", "withdrawn_at", mode="before")
    @classmethod
    def _a_written_day(cls, value: object) -> object:
        """A number alone would be taken for seconds since 1970."""
        if isinstance(value, str) and _DAY.fullmatch(value) is None:
            raise ValueError("not a day")
        return value


class FigureEntry(Strict):
    """A figure as written."""

    indicator: str
    quarter: str
    value: str
    unit: str


class VerdictEntry(Strict):
    """A result as written; without ``plan_source`` it is that against every plan."""

    indicator: str
    quarter: str
    result: Literal["exceeded", "met", "not_met"]
    plan_source: PlanSource | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An accepted entry: the value (in the indicator's unit) or the result that it sets."""

    name: str
    indicator_code: str
    quarter: Quarter
    plan_source: PlanSource | None = None
    value: Decimal | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedOverride:
    """Why a file, or the entry at ``refusal.cell``, is refused; ``quarter`` where the entry names a real one."""

    refusal: Refusal
    quarter: Quarter | None = None


@dataclass
class OverrideReading:
    """What a file says, with its texts masked and its times local, and what of it is refused."""

    letter: Letter = field(default_factory=Letter)
    entries: list[Entry] = field(default_factory=list)
    refused: list[RefusedOverride] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is refused."""
        return not self.refused


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an override is held against: the catalogue, the place, the lines that have a target, the time of the run."""

    catalogue: Catalogue
    place: Place
    lines: Lines
    seen_at: datetime


class _RefusedError(Exception):
    """Carries one refusal out of a check."""

    def __init__(self, refusal: Refusal, quarter: Quarter | None = None) -> None:
        super().__init__(refusal.reason)
        self.refused = RefusedOverride(refusal, quarter)


def read_override(path: Path, bounds: Bounds) -> OverrideReading:
    """Read a file; what is wrong with it is said at once, and a wrong entry stops no other one.

    Without a good office, reason, document number or time nothing of the file is accepted.

    Raises:
        OSError: the file is gone or cannot be opened.
    """
    reading = OverrideReading()
    try:
        letter = _letter(path)
        reading.letter = _told(letter, bounds)
        reading.refused.extend(map(RefusedOverride, _wrong_with(letter, reading.letter, bounds)))
        if not (letter.figures or letter.verdicts):
            reason = "không có mục nào trong figures hay verdicts: tệp không điều chỉnh gì"
            reading.refused.append(RefusedOverride(Refusal("override_shape", reason)))
    except _RefusedError as error:
        reading.refused.append(error.refused)
        return reading
    received_at = reading.letter.received_at or bounds.seen_at
    for kind, entries in (("figures", letter.figures), ("verdicts", letter.verdicts)):
        for number, raw in enumerate(entries, start=1):
            label = f"{kind}[{number}]"
            try:
                entry = _figure(raw, label, bounds) if kind == "figures" else _verdict(raw, label, bounds)
                _refuse_not_begun(entry, received_at, label)
                reading.entries.append(entry)
            except _RefusedError as error:
                reading.refused.append(error.refused)
    if any(refused.refusal.cell is None for refused in reading.refused):
        reading.entries.clear()
    return reading


def _letter(path: Path) -> Letter:
    if (size := path.stat().st_size) > MOST_BYTES:
        reason = f"tệp quá lớn ({size // 1024} KiB, nhiều nhất {MOST_BYTES // 1024} KiB): không phải tệp điều chỉnh"
        raise _RefusedError(Refusal("override_unreadable", reason))
    try:
        root = yaml.compose(path.read_bytes().decode("utf-8-sig"), Loader=yaml.BaseLoader)
        said = {} if root is None else _plain(root, set(), 0)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (dòng {mark.line + 1})" if mark is not None else ""
        raise _RefusedError(Refusal("override_unreadable", f"không đọc được như tệp YAML{where}")) from error
    except (UnicodeDecodeError, RecursionError) as error:
        reason = "không đọc được như tệp YAML bằng chữ UTF-8"
        raise _RefusedError(Refusal("override_unreadable", reason)) from error
    if not isinstance(said, dict):
        reason = "không đọc được: cần các mục office, reason, document_no, figures, verdicts"
        raise _RefusedError(Refusal("override_unreadable", reason))
    return _built(Letter, said, None)


def _plain(node: yaml.Node, seen: set[int], depth: int) -> Any:  # noqa: ANN401 - from YAML
    """A node as mappings, lists and texts; what says nothing is left out of a mapping.

    Raises:
        yaml.MarkedYAMLError: a key twice, a part used twice (an alias), or more levels than such a file has.
    """
    if id(node) in seen or depth > _MOST_DEPTH:
        raise yaml.MarkedYAMLError(problem_mark=node.start_mark)
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, seen, depth + 1) for item in node.value]
    if not isinstance(node, yaml.MappingNode):
        return nfc(str(node.value)).strip()
    said: dict[str, Any] = {}
    keys: set[str] = set()
    for key_node, value_node in node.value:
        key = str(_plain(key_node, seen, depth + 1))
        if key in keys:
            raise yaml.MarkedYAMLError(problem_mark=key_node.start_mark)
        keys.add(key)
        value = _plain(value_node, seen, depth + 1)
        if not (isinstance(value, str) and value.lower() in _NOTHING):
            said[key] = value
    return said


def _built(model: type[_Model], said: Mapping[str, Any], label: str | None) -> _Model:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        found = _quoted(first["input"])
        match first["type"]:
            case "missing":
                text = f"thiếu «{key}»"
            case "extra_forbidden":
                text = f"«{key}» không có trong mẫu tệp điều chỉnh"
            case "literal_error":
                text = f"{key} {found}: chỉ có exceeded, met, not_met"
            case "enum":
                text = f"{key} {found}: chỉ có {', '.join(PlanSource)}"
            case _:
                text = f"{key} {found}: không đọc được"
        raise _RefusedError(Refusal("override_shape", _at(label, text), cell=label)) from error


def _quoted(found: object) -> str:
    text = without_people(str(found))
    return f"«{text[:40]}…»" if len(text) > 40 else f"«{text}»"  # noqa: PLR2004 - enough to find it


def _at(label: str | None, text: str) -> str:
    return f"mục {label}: {text}" if label else text


def _told(letter: Letter, bounds: Bounds) -> Letter:
    """The letter as it may be kept: texts without people, times of the place."""

    def told(moment: datetime | None) -> datetime | None:
        try:
            return None if moment is None else local(moment, bounds.place.timezone)
        except OverflowError:
            reason = f"{moment} không phải một thời điểm có thật"
            raise _RefusedError(Refusal("override_moment", reason)) from None

    return letter.model_copy(
        update={
            "reason": without_people(letter.reason),
            "document_no": without_people(letter.document_no),
            "received_at": told(letter.received_at),
            "withdrawn_at": told(letter.withdrawn_at),
        }
    )


def _wrong_with(written: Letter, told: Letter, bounds: Bounds) -> Iterator[Refusal]:
    """What is wrong with a file as a whole."""
    known = bounds.place.office_names
    if not written.office:
        yield Refusal("override_office", "thiếu cơ quan điều chỉnh (office)")
    elif written.office not in known:
        reason = f"cơ quan {_quoted(written.office)} không có trong offices.csv ({', '.join(sorted(known))})"
        yield Refusal("override_office", reason)
    if not any(map(str.isalpha, written.reason)):
        yield Refusal("override_reason", "thiếu lý do điều chỉnh (reason): không điều chỉnh khi không có lý do")
    if not any(map(str.isalnum, written.document_no)):
        yield Refusal("override_document", "thiếu số văn bản (document_no) làm căn cứ điều chỉnh")
    for name, moment in (("received_at", told.received_at), ("withdrawn_at", told.withdrawn_at)):
        if moment is not None and moment > bounds.seen_at:
            yield Refusal("override_moment", f"{name} {moment:%d/%m/%Y %H:%M} sau thời điểm đọc tệp: chưa thể có")
    if told.withdrawn_at is not None and not told.withdrawn:
        yield Refusal("override_moment", "có withdrawn_at mà không có withdrawn: true: đã rút lại hay chưa?")
    if told.withdrawn_at and told.received_at and told.withdrawn_at < told.received_at:
        reason = f"rút lại ngày {told.withdrawn_at:%d/%m/%Y} trước khi nhận ngày {told.received_at:%d/%m/%Y}"
        yield Refusal("override_moment", reason)


def _figure(raw: Mapping[str, Any], label: str, bounds: Bounds) -> Entry:
    said = _built(FigureEntry, raw, label)
    quarter, indicator = _subject(said.indicator, said.quarter, label, bounds)
    value = _in_unit(_number(said, label, quarter), said, indicator, label, quarter)
    if value < 0 and indicator.kind not in _MAY_FALL_BELOW_0:
        text = _at(label, f"giá trị «{said.value}» nhỏ hơn 0, «{indicator.name_vi}» không thể âm")
        raise _RefusedError(Refusal("override_value", text, cell=label), quarter)
    if indicator.cap is not None and value > indicator.cap:
        highest = f"{format_number(indicator.cap)} {indicator.unit}"
        text = _at(label, f"giá trị «{said.value} {said.unit}» cao hơn mức có thể ({highest})")
        raise _RefusedError(Refusal("override_value", text, cell=label), quarter)
    return Entry(label, indicator.code, quarter, value=value)


def _number(said: FigureEntry, label: str, quarter: Quarter) -> Decimal:
    if _AMBIGUOUS.fullmatch(said.value):
        plain = said.value.replace(".", "")
        text = f"giá trị «{said.value}» có thể là {plain} hay {said.value.replace('.', ',')}: viết {plain} hoặc"
        raise _RefusedError(Refusal("override_value", _at(label, f"{text} {said.value}0"), cell=label), quarter)
    if not _NUMBER.fullmatch(said.value):
        text = f"giá trị {_quoted(said.value)} không phải số (viết như 1234.5, dấu chấm trước phần thập phân)"
        raise _RefusedError(Refusal("override_value", _at(label, text), cell=label), quarter)
    return Decimal(said.value)


def _in_unit(value: Decimal, said: FigureEntry, indicator: Indicator, label: str, quarter: Quarter) -> Decimal:
    stated, own = lookup(said.unit), lookup(indicator.unit)
    text = f"đơn vị tính {_quoted(said.unit)} không dùng được, «{indicator.name_vi}» tính bằng {indicator.unit}"
    refused = _RefusedError(Refusal("override_unit", _at(label, text), cell=label), quarter)
    if stated is None or own is None:
        raise refused
    try:
        return convert(value, stated, own)
    except UnitError:
        raise refused from None


def _verdict(raw: Mapping[str, Any], label: str, bounds: Bounds) -> Entry:
    said = _built(VerdictEntry, raw, label)
    quarter, indicator = _subject(said.indicator, said.quarter, label, bounds)
    plans = bounds.lines.get((quarter.year, indicator.code), frozenset())
    if not plans or (said.plan_source is not None and said.plan_source not in plans):
        word = bounds.catalogue.word("plan_source", said.plan_source)
        of_plan = f" theo {word}" if word else ""
        text = _at(
            label, f"năm {quarter.year} không có chỉ tiêu «{indicator.name_vi}»{of_plan}: không có gì để kết luận"
        )
        raise _RefusedError(Refusal("override_no_target", text, cell=label), quarter)
    return Entry(label, indicator.code, quarter, plan_source=said.plan_source, result=said.result)


def _subject(code: str, quarter_code: str, label: str, bounds: Bounds) -> tuple[Quarter, Indicator]:
    """The quarter and the indicator that an entry names."""
    try:
        quarter = Quarter.parse(quarter_code)
        first = bounds.place.first_quarter
    except ValueError:
        text = f"quý {_quoted(quarter_code)} không có thật (viết như 2024-Q3)"
        raise _RefusedError(Refusal("override_quarter", _at(label, text), cell=label)) from None
    if quarter < first:
        text = f"{quarter.label_vi} trước quý đầu tiên của {bounds.place.file.name_vi} ({first.label_vi})"
        raise _RefusedError(Refusal("override_quarter", _at(label, text), cell=label))
    try:
        return quarter, bounds.catalogue.indicator(code)
    except KeyError:
        text = _at(label, f"không có chỉ tiêu nào mang mã {_quoted(code)}")
        raise _RefusedError(Refusal("override_indicator", text, cell=label), quarter) from None


def _refuse_not_begun(entry: Entry, received_at: datetime, label: str) -> None:
    if entry.quarter.start > received_at.date():
        text = f"{entry.quarter.label_vi} chưa bắt đầu vào ngày nhận {received_at:%d/%m/%Y}"
        raise _RefusedError(Refusal("override_quarter", _at(label, text), cell=label))
