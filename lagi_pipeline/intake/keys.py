"""What a row is about: an item of an outline or a reporting unit; and whether printed totals agree with their parts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.place import Place, Unit
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.form import Form, Item, Outline, UnitRows
from lagi_pipeline.vietnamese.numbers import exact, format_number
from lagi_pipeline.intake.outline import place_rows
from lagi_pipeline.vietnamese.text import label_key

_TOTAL = re.compile(r"(?:tổng|cộng|toàn)\b.*")
_BLOCK = re.compile(r"(?:(?:các|khối|khu vực)\s+)?(?:phường|xã|thành thị|nông thôn|đô thị)")
_PREFIXES = {"phường": "phường", "p.": "phường", "p": "phường", "xã": "xã", "x.": "xã", "x": "xã", "thị trấn": "thị trấn", "tt.": "thị trấn"}
_PREFIX = re.compile(r"(phường|xã|thị trấn|p\.|x\.|tt\.|p(?=\s)|x(?=\s))\s*(.+)")
_LEADING_DASH = re.compile(r"^[-–+*•]\s*")

Rejection = tuple[int, str | None, str, str]


@dataclass
class Keyed:
    """Rows with their keys; what is no data, what is rejected (index, column, rule, reason), what spoils the whole."""

    frame: pd.DataFrame
    nondata: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejection] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def key_by_outline(frame: pd.DataFrame, form: Form, rows: Outline, steps: Mapping[str, Decimal]) -> Keyed:
    """Add ``path``, ``item`` and ``is_key``, and reconcile each parent with its direct children.

    A parent that is not the sum of the children given is rejected; so is a row without a name. A key item that is
    missing, or there twice, is a problem of the whole.
    """
    labels = ["" if pd.isna(label) else str(label) for label in frame[form.label]]
    markers = [""] * len(frame) if form.ordinal is None else ["" if pd.isna(m) else str(m) for m in frame[form.ordinal]]
    positions = place_rows(markers, labels)
    keys = [label_key(_LEADING_DASH.sub("", label)) for label in labels]
    additive = [column.name for column in form.columns if column.additive]
    figures = frame[[column.name for column in form.columns if column.unit]].notna().any(axis=1).to_numpy()
    unnumbered = not any(positions)

    keyed = Keyed(frame)
    paths: list[str | None] = []
    items: list[str | None] = []
    parents: list[int | None] = []
    root: int | None = None
    wanted = {item.code: {label_key(label) for label in item.labels} for item in rows.items}
    for index, (key, position) in enumerate(zip(keys, positions, strict=True)):
        is_total = rows.total is not None and key in wanted[rows.total]
        if is_total and root is None:
            root = index
        parent = position.parent if position else None
        if position is None and not is_total and not figures[index]:
            keyed.nondata["heading"] += 1
        top = (position is not None or unnumbered) and parent is None and not is_total
        parents.append(-1 if top else parent)
        paths.append("total" if is_total else position.path if position else None)
        items.append(_item(key, items[parent] if parent is not None else None, rows.items, wanted))
    frame = frame.assign(
        path=pd.Series(paths, index=frame.index, dtype="str"), item=pd.Series(items, index=frame.index, dtype="str")
    )
    key_codes = {item.code for item in rows.items if item.key}
    frame["is_key"] = frame["item"].isin(key_codes)
    headings = [i for i, p in enumerate(positions) if p is None and not figures[i] and paths[i] is None]
    keyed.frame = frame.drop(index=[frame.index[i] for i in headings])
    for index, key in enumerate(keys):
        if not key and figures[index]:
            keyed.rejected.append((index, form.label, "no_name", "dòng có số liệu nhưng không có tên"))
    parents = [(root if parent == -1 else parent) for parent in parents]
    _reconcile_outline(keyed, form, additive, parents, labels, steps)
    _check_key_items(keyed, form, rows)
    return keyed


def _item(key: str, parent_item: str | None, items: Iterable[Item], wanted: Mapping[str, set[str]]) -> str | None:
    for item in items:
        if key in wanted[item.code] and (item.under is None or item.under == parent_item):
            return item.code
    return None


def _reconcile_outline(
    keyed: Keyed, form: Form, additive: list[str], parents: list[int | None], labels: list[str], steps: Mapping[str, Decimal]
) -> None:
    children: dict[int, list[int]] = {}
    for index, parent in enumerate(parents):
        if parent is not None and parent != index and index in keyed.frame.index:
            children.setdefault(parent, []).append(index)
    for parent, below in children.items():
        for name in additive:
            printed = keyed.frame.at[parent, name]
            given = [keyed.frame.at[index, name] for index in below]
            difference = compare(printed, given, steps[name])
            if difference is not None:
                title = form.column(name).title_vi
                reason = f"cột «{title}», «{labels[parent]}»: {difference}"
                keyed.rejected.append((parent, name, "parent_sum", reason))


def _check_key_items(keyed: Keyed, form: Form, rows: Outline) -> None:
    for item in rows.items:
        if not item.key:
            continue
        there = keyed.frame.index[keyed.frame["item"] == item.code]
        if len(there) == 0:
            keyed.problems.append(f"không thấy dòng «{item.labels[0]}» trong «{form.title_vi}»")
        elif len(there) > 1:
            numbers = ", ".join(str(keyed.frame.at[index, "row"]) for index in there)
            keyed.problems.append(f"có nhiều dòng «{item.labels[0]}» (dòng {numbers})")
        for index in there:
            for name in form.key_figures:
                if pd.isna(keyed.frame.at[index, name]):
                    reason = f"thiếu số liệu «{form.column(name).title_vi}» ở dòng «{item.labels[0]}»"
                    keyed.rejected.append((index, name, "missing_figure", reason))


def compare(printed: Any, parts: list[Any], step: Decimal) -> str | None:  # noqa: ANN401 - cells of a frame
    """Why a printed sum is not that of its parts, in Vietnamese; None where it is, or where there is nothing to compare.

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


def key_by_unit(
    frame: pd.DataFrame, form: Form, rows: UnitRows, place: Place, quarter: Quarter, steps: Mapping[str, Decimal]
) -> Keyed:
    """Add ``unit_code``, ``unit_name`` and ``block``, take out totals that reconcile, and reject what is no unit.

    A unit that is there twice (in one block) is rejected each time; a total that does not add up is rejected and is a
    problem of the whole; rows of the neighbours named in place.yaml are passed over.
    """
    labels = ["" if pd.isna(label) else str(label) for label in frame[form.label]]
    units = place.units_on(quarter.end)
    neighbours = {label_key(name) for name in place.file.neighbours}
    keyed = Keyed(frame)
    codes: list[str | None] = []
    blocks: list[str | None] = []
    totals: list[tuple[int, str | None, int]] = []
    block: str | None = None
    for index, label in enumerate(labels):
        key = label_key(label)
        unit = match_unit(key, units)
        codes.append(unit.code if unit else None)
        if unit is None and (_BLOCK.fullmatch(key) or key in {label_key(name) for name in rows.blocks}):
            block = key
            totals.append((index, block, index))
        elif unit is None and (_TOTAL.fullmatch(key) or key == label_key(place.file.name_vi)):
            of_block = _block_of_total(key)
            totals.append((index, block if of_block else None, index))
        elif unit is None and key in neighbours:
            keyed.nondata["outside"] += 1
            totals.append((index, "", index))
        elif unit is None:
            names = ", ".join(unit.label_vi for unit in units)
            shown = "«…»" if form.names_people else f"«{label}»"
            keyed.rejected.append((index, form.label, "unknown_unit", f"không có đơn vị {shown}; các đơn vị: {names}"))
        blocks.append(block)
    by_code = {unit.code: unit for unit in units}
    frame = frame.assign(
        unit_code=pd.Series(codes, index=frame.index, dtype="str"),
        unit_name=pd.Series([by_code[c].label_vi if c else None for c in codes], index=frame.index, dtype="str"),
        block=pd.Series(blocks, index=frame.index, dtype="str"),
    )
    keyed.frame = frame
    _reject_twins(keyed, form, rows)
    _settle_totals(keyed, form, rows, totals, place, steps)
    return keyed


def match_unit(key: str, units: Iterable[Unit]) -> Unit | None:
    """The unit that a normalised label names, with or without its kind; a kind that is not the unit's names no unit."""
    found = _PREFIX.fullmatch(key)
    for unit in units:
        name = label_key(unit.name_vi)
        if key == name or (found and found[2] == name and _PREFIXES[found[1]] == unit.kind):
            return unit
    return None


def _block_of_total(key: str) -> bool:
    """Whether a total is of its block: "Cộng phường", "Tổng I"."""
    return re.search(r"\b(?:phường|xã|thành thị|nông thôn|đô thị)$|\b(?:i|ii)$", key) is not None and "+" not in key


def _reject_twins(keyed: Keyed, form: Form, rows: UnitRows) -> None:
    frame = keyed.frame
    known = frame[frame["unit_code"].notna()]
    columns = ["unit_code", "block"] if rows.blocks else ["unit_code"]
    for index in known.index[known.duplicated(columns, keep=False)]:
        twins = known.loc[(known[columns] == known.loc[index, columns]).all(axis=1), "row"]
        numbers = ", ".join(map(str, twins))
        reason = f"{frame.at[index, 'unit_name']} có nhiều dòng ({numbers})"
        keyed.rejected.append((index, form.label, "unit_twice", reason))


def _settle_totals(
    keyed: Keyed,
    form: Form,
    rows: UnitRows,
    totals: list[tuple[int, str | None, int]],
    place: Place,
    steps: Mapping[str, Decimal],
) -> None:
    frame = keyed.frame
    additive = [column.name for column in form.columns if column.additive]
    parts = frame[frame["unit_code"].notna()]
    alone = rows.town_total_alone and parts.empty
    leaving: list[int] = []
    for index, block, _ in totals:
        if block == "":  # a neighbour's row
            leaving.append(index)
            continue
        if alone and block is None:
            frame.loc[index, "unit_code"] = place.file.code
            frame.loc[index, "unit_name"] = place.file.name_vi
            continue
        below = parts if block is None else parts[parts["block"] == block]
        differences = [
            (name, difference)
            for name in additive
            if (difference := compare(frame.at[index, name], list(below[name]), steps[name])) is not None
        ]
        if differences:
            name, difference = differences[0]
            label = frame.at[index, form.label]
            reason = f"cột «{form.column(name).title_vi}», «{label}»: {difference}"
            keyed.rejected.append((index, name, "total_sum", reason))
            keyed.problems.append(f"dòng {frame.at[index, 'row']}, {reason}")
        else:
            keyed.nondata["total"] += 1
            leaving.append(index)
    keyed.frame = frame.drop(index=leaving)
