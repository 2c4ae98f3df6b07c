"""What a row is about: an item of an outline or a reporting unit; and whether printed totals agree with their parts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.place import Place, Unit
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.form import Form, Item, Listing, Outline, UnitRows
from lagi_pipeline.intake.outline import Position, place_rows
from lagi_pipeline.intake.unit_times import units_of_other_times, when_vi
from lagi_pipeline.vietnamese.numbers import exact, format_number
from lagi_pipeline.vietnamese.text import label_key

_TOTAL = re.compile(r"(?:tổng|cộng|toàn)\b.*")
_BLOCK = re.compile(r"(?:(?:các|khối|khu vực)\s+)*(?P<word>phường|xã|thành thị|nông thôn|đô thị)")
# "Toàn thị xã" is the town, not its xã.
_BLOCK_WORD = re.compile(r"\b(?:phường|(?<!thị )xã|thành thị|nông thôn|đô thị|ii?)\b")
_SAME_BLOCK = {"đô thị": "thành thị"}
_KIND_PREFIXES = {
    "phường": "phường", "p.": "phường", "p": "phường", "xã": "xã", "x.": "xã", "x": "xã",
    "thị trấn": "thị trấn", "tt.": "thị trấn",
}  # fmt: skip
_NAMED_KIND = re.compile(r"(phường|xã|thị trấn|p\.|x\.|tt\.|p(?=\s)|x(?=\s))\s*(.+)")
# Not "x." and "p.", which are kinds of units.
_ORDINAL = re.compile(r"(?:\d{1,2}|i{1,3}|iv|v|vi{1,3})\s*[.)/-]\s*|[-+*•]\s*")
# A heading between a total and its parts, or the beginning of a part's name.
_OF_WHICH = "trong đó"
_MOST_NUMBERS = 5

Rejection = tuple[int, str | None, str, str]


@dataclass(frozen=True)
class TypedTable:
    """A form's rows with typed cells, before they are keyed.

    ``steps`` are the rounding steps of its columns, ``unread`` the cells (index, column) that could not be read,
    ``aside`` the rows that hold nothing but a text beside the label column.
    """

    form: Form
    frame: pd.DataFrame
    steps: Mapping[str, Decimal]
    unread: frozenset[tuple[int, str]] = frozenset()
    aside: frozenset[int] = frozenset()

    @property
    def labels(self) -> list[str]:
        """What names each row; "" where nothing does."""
        return self.texts(self.form.label)

    def texts(self, column: str) -> list[str]:
        """A text column without nulls."""
        texts: list[str] = self.frame[column].fillna("").tolist()
        return texts

    @property
    def additive(self) -> list[str]:
        """The columns that are reconciled with printed totals."""
        return [column.name for column in self.form.columns if column.additive]

    @property
    def figures(self) -> list[str]:
        """The columns of numbers."""
        return [column.name for column in self.form.columns if column.unit]

    def has_unread_figure(self, index: int) -> bool:
        """Whether a row holds a figure that could not be read."""
        return any((index, name) in self.unread for name in self.figures)

    def has_figures(self) -> list[bool]:
        """For each row whether any of its figures is given, be it unreadable."""
        given = self.frame[self.figures].notna().any(axis=1)
        return [bool(there) or self.has_unread_figure(index) for index, there in enumerate(given)]

    def differences(self, total: int, parts: Sequence[int]) -> Iterator[tuple[str, str]]:
        """The columns in which a printed sum is not that of its parts, and why; unread cells prove nothing."""
        for name in self.additive:
            if any((index, name) in self.unread for index in (total, *parts)):
                continue
            given = self.frame.loc[list(parts), name].tolist()
            difference = compare(self.frame.loc[total, name], given, self.steps[name])
            if difference is not None:
                label = str(self.frame.loc[total, self.form.label])
                yield name, f"cột «{self.form.column(name).title_vi}», «{label}»: {difference}"


@dataclass
class Keyed:
    """Rows with their keys; what is no data, what is rejected (index, column, rule, reason), what spoils the whole.

    ``totals`` are the printed totals and subtotals of units that left the frame because they add up; ``remarked`` is
    what to tell about them, as ``rejected``.
    """

    frame: pd.DataFrame
    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    nondata: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejection] = field(default_factory=list)
    remarked: list[Rejection] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def compare(printed: Any, parts: Sequence[Any], step: Decimal) -> str | None:  # noqa: ANN401 - cells of a frame
    """Why a printed sum is not that of its parts, in Vietnamese; None where it is, or nothing can be compared.

    Each figure may be off by half the step it was rounded to.
    """
    given = [exact(part) for part in parts if not pd.isna(part)]
    if pd.isna(printed) or not given:
        return None
    total = sum(given, Decimal(0))
    tolerance = step / 2 * (len(given) + 1)
    if abs(exact(printed) - total) <= tolerance:
        return None
    return f"ghi {format_number(exact(printed))} nhưng các dòng con cộng lại là {format_number(total)}"


def key_by_listing(table: TypedTable, rows: Listing) -> Keyed:
    """Take out the totals that add up, and mark the rows that an indicator reads (``is_key``).

    A key that is missing is a problem of the whole.
    """
    frame = table.frame
    is_total = frame[table.form.label].str.match(r"(?i)\s*(?:tổng|cộng)\b").fillna(value=False).astype(bool)
    if rows.key_column:  # a total that has a code of its own is a row like others
        is_total &= ~frame[rows.key_column].isin(rows.keys)
    keyed = Keyed(frame)
    leaving = []
    parts = [] if rows.nested else frame.index[~is_total].tolist()
    for index in frame.index[is_total]:
        differences = list(table.differences(index, parts))
        keyed.rejected.extend((index, name, "total_sum", reason) for name, reason in differences)
        if not differences and not table.has_unread_figure(index):
            leaving.append(index)
    # A heading amid the list ("Tàu dưới 12 m") says nothing that is kept.
    headings = sorted(table.aside - set(frame.index[is_total]))
    keyed.nondata.update(total=len(leaving), remark=len(headings))
    if leaving or headings:
        keyed.frame = frame.drop(index=[*leaving, *headings])
    if rows.key_column:
        keyed.frame = keyed.frame.assign(is_key=keyed.frame[rows.key_column].isin(rows.keys))
        there = set(keyed.frame[rows.key_column])
        keyed.problems = [
            f"không thấy dòng «{key}» của «{table.form.title_vi}»" for key in rows.keys if key not in there
        ]
    return keyed


def key_by_outline(table: TypedTable, rows: Outline) -> Keyed:
    """Add ``path``, ``item`` and ``is_key``, and reconcile each parent with its direct children.

    A parent that is not the sum of the children given is rejected; so is a row without a name. A key item that is
    missing, or there twice, is a problem of the whole.
    """
    form, frame, labels = table.form, table.frame, table.labels
    positions = place_rows([""] * len(frame) if form.ordinal is None else table.texts(form.ordinal), labels)
    keys = [label_key(re.sub(r"^[-–+*•]\s*", "", label)) for label in labels]
    figures = table.has_figures()
    totals = _totals(keys, rows)
    is_total = frozenset(totals)
    items = _items(keys, positions, rows)
    paths = ["total" if at in is_total else place.path if place else None for at, place in enumerate(positions)]
    headings = [at for at, path in enumerate(paths) if path is None and not figures[at]]

    frame = frame.assign(
        path=pd.Series(paths, index=frame.index, dtype="str"), item=pd.Series(items, index=frame.index, dtype="str")
    )
    frame["is_key"] = frame["item"].isin([item.code for item in rows.items if item.key])
    keyed = Keyed(frame.drop(index=headings), nondata=Counter(heading=len(headings)))
    keyed.rejected.extend(
        (at, form.label, "no_name", "dòng có số liệu nhưng không có tên")
        for at, key in enumerate(keys)
        if not key and figures[at]
    )
    for parent, children in _children(positions, totals, without=set(headings)).items():
        differences = table.differences(parent, children)
        keyed.rejected.extend((parent, name, "parent_sum", reason) for name, reason in differences)
    _check_key_items(keyed, table, rows)
    return keyed


def _totals(keys: Sequence[str], rows: Outline) -> list[int]:
    """The rows that are the unnumbered total of the top rows."""
    wanted = {label_key(label) for item in rows.items if item.code == rows.total for label in item.labels}
    return [at for at, key in enumerate(keys) if key in wanted]


def _items(keys: Sequence[str], positions: Sequence[Position | None], rows: Outline) -> list[str | None]:
    """The item that each row is: its label's, where it stands under the item it must stand under."""
    by_label: dict[str, list[Item]] = {}
    for item in rows.items:
        for label in item.labels:
            by_label.setdefault(label_key(label), []).append(item)
    items: list[str | None] = []
    for key, place in zip(keys, positions, strict=True):
        above = items[place.parent] if place and place.parent is not None else None
        fitting = (item.code for item in by_label.get(key, ()) if item.under is None or item.under == above)
        items.append(next(fitting, None))
    return items


def _children(positions: Sequence[Position | None], totals: Sequence[int], without: set[int]) -> dict[int, list[int]]:
    """The direct children of each row; the first total's are the top rows. Without any marker, all rows are top."""
    no_markers = not any(positions)
    is_total = frozenset(totals)
    children: dict[int, list[int]] = {}
    for at, place in enumerate(positions):
        parent = place.parent if place else None
        is_top = parent is None and (place is not None or no_markers) and at not in is_total
        if is_top and totals:
            parent = totals[0]
        if parent is not None and at not in without:
            children.setdefault(parent, []).append(at)
    return children


def _check_key_items(keyed: Keyed, table: TypedTable, rows: Outline) -> None:
    form, frame = table.form, keyed.frame
    for item in rows.items:
        if not item.key:
            continue
        there = frame.index[frame["item"] == item.code].tolist()
        if not there:
            keyed.problems.append(f"không thấy dòng «{item.labels[0]}» trong «{form.title_vi}»")
        elif len(there) > 1:
            numbers = _few(frame.loc[there, "row"].tolist())
            keyed.problems.append(f"có nhiều dòng «{item.labels[0]}» (dòng {numbers})")
        for index in there:
            for name in form.key_figures:
                if pd.isna(frame.loc[index, name]) and (index, name) not in table.unread:
                    reason = f"thiếu số liệu «{form.column(name).title_vi}» ở dòng «{item.labels[0]}»"
                    keyed.rejected.append((index, name, "missing_figure", reason))


def _few(numbers: Sequence[int]) -> str:
    """Row numbers as people write them, the first few of many."""
    return ", ".join(map(str, numbers[:_MOST_NUMBERS])) + (" …" if len(numbers) > _MOST_NUMBERS else "")


def match_unit(key: str, units: Iterable[Unit]) -> Unit | None:
    """The unit that a normalised label names, with or without its kind.

    A kind that is not the unit's names no unit, and neither does a bare name that two units bear.
    """
    found = _NAMED_KIND.fullmatch(key)
    kind, name = (_KIND_PREFIXES[found[1]], found[2]) if found else (None, key)
    named = [unit for unit in units if label_key(unit.name_vi) == name and kind in {None, unit.kind}]
    return named[0] if len(named) == 1 else None


class _Is(Enum):
    """What a row of a form by units is."""

    UNIT = auto()
    BLOCK = auto()
    TOTAL = auto()
    OUTSIDE = auto()
    REMARK = auto()
    PART = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class _UnitRow:
    """A row of a form by units: ``block`` is the one it stands in, or heads, or sums up (None: the whole)."""

    kind: _Is
    unit: Unit | None
    block: str | None
    is_place: bool = False


def key_by_unit(table: TypedTable, rows: UnitRows, place: Place, quarter: Quarter) -> Keyed:
    """Add ``unit_code``, ``unit_name`` and ``block``, take out totals that reconcile, and reject what is no unit.

    A unit of before or after a merger is rejected with what it became, and is a problem of the whole: a row whose name
    both times know (Phước Hội, Tân Hải) may be the other unit too. A unit that is there twice (in one block) is
    rejected each time; a total that does not add up is rejected and is a problem of the whole; rows of the neighbours
    named in place.yaml are passed over.
    """
    form, frame, labels = table.form, table.frame, table.labels
    units = place.units_on(quarter.end)
    found = _tell_unit_rows(table, rows, place, units)
    keyed = Keyed(
        frame.assign(
            unit_code=pd.Series([row.unit.code if row.unit else None for row in found], index=frame.index, dtype="str"),
            unit_name=pd.Series(
                [row.unit.label_vi if row.unit else None for row in found], index=frame.index, dtype="str"
            ),
            block=pd.Series([row.block for row in found], index=frame.index, dtype="str"),
        )
    )
    names = ", ".join(unit.label_vi for unit in units)
    others: dict[str, int] = {}
    for index, (row, label) in enumerate(zip(found, labels, strict=True)):
        if row.kind in {_Is.PART, _Is.UNKNOWN}:
            said = f"không có đơn vị «{label}»" if label.strip() else "dòng không ghi tên đơn vị"
            other = _of_other_time(label, place, quarter)
            if other is not None:
                others[other.label_vi] = int(str(frame.loc[index, "row"]))
                said = f"«{label}»: {when_vi(other, place, quarter)}"
            rule = "unknown_unit" if other is None else "unit_of_other_time"
            keyed.rejected.append((index, form.label, rule, f"{said}; các đơn vị: {names}"))
    if others:
        spoilt = f"dòng {_few(list(others.values()))}: {', '.join(others)} không phải đơn vị của {quarter.label_vi}"
        keyed.problems.append(f"{spoilt}; dòng trùng tên cũng có thể là đơn vị của thời kỳ khác")
    _reject_twins(keyed, form, rows)
    _Totals(table, found, keyed, place).settle(town_alone=rows.town_total_alone)
    return keyed


def _of_other_time(label: str, place: Place, quarter: Quarter) -> Unit | None:
    """The unit that a label names which was not there on the quarter's last day, the nearest in time."""
    keys = _spellings(label)
    named = [unit for unit in units_of_other_times(place, quarter) if any(match_unit(key, [unit]) for key in keys)]
    return named[0] if named else None


def _spellings(label: str) -> tuple[str, str]:
    """A label's key as it stands, and without the number or sign before it."""
    whole = label_key(label)
    return whole, _ORDINAL.sub("", whole, count=1) if _ORDINAL.match(whole) else whole


def _tell_unit_rows(table: TypedTable, rows: UnitRows, place: Place, units: Sequence[Unit]) -> list[_UnitRow]:
    neighbours = {label_key(name) for name in place.file.neighbours}
    own_blocks = {label_key(name) for name in rows.blocks}
    own_name = label_key(place.file.name_vi)
    blocks: list[str] = []
    figures = table.has_figures()
    found: list[_UnitRow] = []
    for index, label in enumerate(table.labels):
        whole, bare = _spellings(label)
        block = blocks[-1] if blocks else None
        unit = match_unit(whole, units) or match_unit(bare, units)
        heads = _BLOCK.fullmatch(bare)
        if unit is not None:
            found.append(_UnitRow(_Is.UNIT, unit, block))
        elif heads or bare in own_blocks:
            blocks.append(_block_name(heads["word"] if heads else bare))
            found.append(_UnitRow(_Is.BLOCK, None, blocks[-1]))
        elif _TOTAL.fullmatch(bare) or bare == own_name:
            of_block = _block_of_total(bare, blocks)
            found.append(_UnitRow(_Is.TOTAL, None, of_block, is_place=own_name in bare))
        elif bare in neighbours:
            found.append(_UnitRow(_Is.OUTSIDE, None, None))
        else:
            is_heading = index in table.aside or (bare.rstrip(": ") == _OF_WHICH and not figures[index])
            other = _Is.PART if bare.startswith(_OF_WHICH) else _Is.UNKNOWN
            found.append(_UnitRow(_Is.REMARK if is_heading else other, None, block))
    return found


def _block_name(word: str) -> str:
    return _SAME_BLOCK.get(word, word)


def _block_of_total(key: str, blocks: Sequence[str]) -> str | None:
    """The block whose total a label says it is ("Cộng phường", "Tổng I"); None for the whole ("Tổng I+II")."""
    words = _BLOCK_WORD.findall(key)
    if len(words) != 1 or not key.endswith(words[0]):
        return None
    if words[0].startswith("i"):
        order = len(words[0]) - 1
        return blocks[order] if order < len(blocks) else None
    return _block_name(words[0])


def _reject_twins(keyed: Keyed, form: Form, rows: UnitRows) -> None:
    frame = keyed.frame
    known = frame[frame["unit_code"].notna()]
    columns = ["unit_code", "block"] if rows.blocks else ["unit_code"]
    for _, twins in known[known.duplicated(columns, keep=False)].groupby(columns, dropna=False):
        name, numbers = str(twins["unit_name"].iloc[0]), _few(twins["row"].tolist())
        reason = f"{name} có {len(twins)} dòng (dòng {numbers})"
        keyed.rejected.extend((index, form.label, "unit_twice", reason) for index in twins.index.tolist())


class _Totals:
    """The totals and block rows of a form by units, reconciled with the units' rows."""

    def __init__(self, table: TypedTable, found: Sequence[_UnitRow], keyed: Keyed, place: Place) -> None:
        self._table, self._found, self._keyed, self._place = table, found, keyed, place
        # Rows that name no unit are in the printed total like others; what is "of which" is in another row already.
        self._parts = self._rows(_Is.UNIT, _Is.UNKNOWN)
        self._outside = self._rows(_Is.OUTSIDE)
        self._leaving: list[int] = []

    def _rows(self, *kinds: _Is) -> list[int]:
        return [index for index, row in enumerate(self._found) if row.kind in kinds]

    def _number(self, index: int) -> str:
        return str(self._table.frame.loc[index, "row"])

    def settle(self, *, town_alone: bool) -> None:
        """Take what reconciles out of the frame; ``town_alone``: a total is the town's where no unit has figures."""
        keyed = self._keyed
        figures = self._table.has_figures()
        blanks: list[int] = []
        told = any(figures[index] for index in self._rows(_Is.BLOCK, _Is.TOTAL))
        if town_alone and told and not any(figures[index] for index in self._parts):
            # What names no unit, or a unit twice, stays to be told.
            rejected = {index for index, *_ in keyed.rejected}
            blanks = [index for index in self._rows(_Is.UNIT) if index not in rejected]
            self._settle_town_alone()
        else:
            for index in self._rows(_Is.BLOCK, _Is.TOTAL):
                self._settle(index, self._members(self._found[index].block))
        remarks = self._rows(_Is.REMARK)
        keyed.totals = keyed.frame.loc[sorted(self._leaving)]
        keyed.nondata.update(
            total=len(self._leaving), outside=len(self._outside), remark=len(remarks), blank=len(blanks)
        )
        keyed.frame = keyed.frame.drop(index=[*self._leaving, *self._outside, *remarks, *blanks])

    def _members(self, block: str | None) -> list[int]:
        """The rows of a block: those that stand in it, or are of its kind where the form has no such block."""
        if block is None:
            return self._parts
        if any(row.kind is _Is.BLOCK and row.block == block for row in self._found):
            return [index for index in self._parts if self._found[index].block == block]
        return [index for index in self._parts if (unit := self._found[index].unit) and _is_of(unit, block)]

    def _settle(self, index: int, parts: Sequence[int]) -> None:
        """Let a total leave where it is the sum of its parts, or of these and the neighbours' rows."""
        differences = list(self._table.differences(index, parts))
        if differences and self._outside and not list(self._table.differences(index, [*parts, *self._outside])):
            differences = []
        for name, reason in differences:
            self._keyed.rejected.append((index, name, "total_sum", reason))
        if differences:
            self._keyed.problems.append(f"dòng {self._number(index)}, {differences[0][1]}")
        elif not (
            self._table.has_unread_figure(index)
            or self._stands_alone(index, parts)
            or self._expects_for_town(index, parts)
        ):
            self._leaving.append(index)

    def _expects_for_town(self, index: int, parts: Sequence[int]) -> bool:
        """Keep of the first total what the office expects of the year for the whole town, where it does so for no unit.

        It is no sum of the units: the row stays as the town's, with that figure alone.
        """
        frame, form = self._keyed.frame, self._table.form
        expected = [column.name for column in form.columns if column.year_estimate]
        given = [name for name in expected if frame[name].notna()[index]]
        town = self._place.file
        if not given or not parts or self._found[index].block is not None or town.code in set(frame["unit_code"]):
            return False
        if any(frame.loc[list(parts), name].notna().any() for name in given):
            return False
        if any((part, name) in self._table.unread for part in parts for name in given):
            return False
        others = [name for name in self._table.figures if name not in given]
        frame.loc[index, others] = None
        frame.loc[index, ["unit_code", "unit_name"]] = [town.code, town.name_vi]
        return True

    def _stands_alone(self, index: int, parts: Sequence[int]) -> bool:
        """Whether a total has a figure that the form asks of every unit and no unit gives: it cannot just leave.

        Where the form need not have the figure at all, the total's is not used, and that is told.
        """
        frame, form = self._table.frame, self._table.form
        alone = [
            name
            for name in self._table.additive
            if not form.column(name).year_estimate or self._found[index].block is not None
            # A block's total without any row of the block may sum up rows that stand elsewhere.
            if parts or not self._parts
            if frame[name].notna()[index] and frame.loc[list(parts), name].isna().all()
            if not any((part, name) in self._table.unread for part in parts)
        ]
        for name in alone:
            column = form.column(name)
            reason = f"cột «{column.title_vi}» chỉ có số ở dòng tổng, các đơn vị để trống"
            told = self._keyed.rejected if column.required else self._keyed.remarked
            told.append((index, name, "total_alone", reason))
        lost = [name for name in alone if form.column(name).required]
        if lost:
            title = form.column(lost[0]).title_vi
            self._keyed.problems.append(f"dòng {self._number(index)}, cột «{title}»: chỉ dòng tổng có số")
        return bool(lost)

    def _settle_town_alone(self) -> None:
        """Without any unit's row the town's own row, or else the only total, is the town's figure."""
        blocks = self._rows(_Is.BLOCK)
        totals = [index for index in self._rows(_Is.TOTAL) if self._found[index].block is None]
        town = next((index for index in totals if self._found[index].is_place), None)
        if town is None and totals and not self._outside:
            town = totals[0]
        if town is None:
            for index in self._rows(_Is.BLOCK, _Is.TOTAL):
                self._reject_alone(index)
            return
        self._leaving += blocks + [index for index in self._rows(_Is.TOTAL) if index not in totals]
        for index in totals:
            if index != town:
                self._settle(index, [town])
        for name, reason in self._table.differences(town, blocks) if len(blocks) > 1 else ():
            self._keyed.rejected.append((town, name, "total_sum", reason))
            self._keyed.problems.append(f"dòng {self._number(town)}, {reason}")
        frame = self._keyed.frame
        frame.loc[town, ["unit_code", "unit_name"]] = [self._place.file.code, self._place.file.name_vi]

    def _reject_alone(self, index: int) -> None:
        """Reject a total that nothing says is the town's; without any figure it just leaves."""
        table = self._table
        given = [name for name in table.figures if table.frame[name].notna()[index]]
        if not given:
            if not table.has_unread_figure(index):
                self._leaving.append(index)
            return
        beside = "bên cạnh số của đơn vị ngoài địa bàn" if self._outside else "của từng khối"
        reason = f"chỉ có số tổng {beside}, không rõ số của {self._place.file.name_vi}; các đơn vị để trống"
        self._keyed.rejected.append((index, given[0], "total_alone", reason))
        self._keyed.problems.append(f"dòng {self._number(index)}: {reason}")


def _is_of(unit: Unit, block: str) -> bool:
    return {"thành thị": unit.urban, "nông thôn": not unit.urban}.get(block, unit.kind == block)
