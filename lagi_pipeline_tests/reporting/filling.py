"""Blank forms filled as an office would: figures that keep every rule, where they go, and what must be read of them.

``FILLINGS`` has a strategy for each form; a new form needs one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from hypothesis import strategies as st

from lagi_pipeline.intake.form import CellKind, Column, Listing, Outline
from lagi_pipeline.intake.outline import place_rows
from lagi_pipeline.reporting.templates.layout import BodyRow, Layout, Look, RowKind, capitalised
from lagi_pipeline.vietnamese.units import lookup
from lagi_samples import Sheet

Value: TypeAlias = str | int | float | date
Cells: TypeAlias = dict[int, dict[str, Value]]
"""What the office writes into the rows of the table: by their order in the body, by column."""
Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]
MARKER = "ordinal"


class Filling:
    """A form and what an office wrote into it; ``texts`` are its choices above the table, ``lines`` its own lines."""

    def __init__(self, layout: Layout, rows: Cells, texts: Mapping[Look, str] | None = None) -> None:
        self.layout = layout
        self.rows = rows
        self.texts = dict(texts or {})
        self.lines: dict[str, float] = {}

    def __repr__(self) -> str:
        """What was written, not the whole form."""
        return f"{self.layout.form.code} of {self.layout.quarter}: {self.texts}, {self.lines}, {self.rows}"

    @property
    def cells(self) -> dict[tuple[int, int], Value]:
        """What was written, by zero-based row and column."""
        layout = self.layout
        ordinal = {MARKER: 0} | layout.places
        found: dict[tuple[int, int], Value] = {
            (layout.first_row + row, ordinal[name]): value
            for row, written in self.rows.items()
            for name, value in written.items()
        }
        for look, text in self.texts.items():
            area = layout.text_of(look).area
            found[area.row, area.column] = text
        return found | {layout.figure_of(line): value for line, value in self.lines.items()}

    def sheet(self) -> Sheet:
        """The filled form as a sheet that can be written in any format."""
        layout = self.layout
        printed: dict[tuple[int, int], Value] = {(t.area.row, t.area.column): t.text for t in layout.texts if t.text}
        printed |= {(area.row, area.column): label for area, label in layout.header}
        printed |= {(layout.first_row - 1, at): number for at, number in enumerate(layout.numbering)}
        for row, body in enumerate(layout.body, start=layout.first_row):
            printed |= {(row, at): value for at, value in body.printed.items()}
        printed |= self.cells
        rows: list[list[Any]] = [[None] * len(layout.columns) for _ in range(max(row for row, _ in printed) + 1)]
        for (row, column), value in printed.items():
            rows[row][column] = value
        areas = [text.area for text in layout.texts] + [area for area, _ in layout.header]
        merges = [(a.row, a.column, a.last_row, a.last_column) for a in areas if a.is_merged]
        return Sheet(layout.sheet, rows, merges)

    def expected(self) -> list[dict[str, Any]]:
        """The rows that must be read, in the units of the table, by column, with the row's number and unit."""
        expected = (self._expected(at, body) for at, body in enumerate(self.layout.body))
        found = [row for row in expected if row is not None]
        label = self.layout.form.label
        for line in self.layout.form.lines:
            number = self.layout.figure_of(line.code)[0] + 1
            figure = self.lines[line.code]
            found.append({label: line.labels[0], line.into: line.code, line.column: figure, "row": number})
        return found

    def _expected(self, at: int, body: BodyRow) -> dict[str, Any] | None:
        form, written = self.layout.form, self.rows.get(at, {})
        names = {place: name for name, place in self.layout.places.items()}
        said: dict[str, Any] = {names[place]: text for place, text in body.printed.items() if place in names} | written
        if isinstance(form.rows, Listing | Outline):
            if not said:
                return None
            has_figure = any(name in written for name in self.layout.places if form.column(name).unit)
            if isinstance(form.rows, Outline) and not said.get(MARKER) and not has_figure and not self._is_total(said):
                return None
        elif body.kind is not RowKind.UNIT:
            return None
        row = {
            name: self._meant(form.column(name), value) for name, value in said.items() if name in self.layout.places
        }
        row["row"] = self.layout.first_row + at + 1
        return row | ({"unit_code": body.unit.code} if body.unit else {})

    def _is_total(self, said: Mapping[str, Any]) -> bool:
        rows = self.layout.form.rows
        assert isinstance(rows, Outline)
        totals = {label for item in rows.items if item.code == rows.total for label in item.labels}
        return said[self.layout.form.label] in totals

    def _meant(self, column: Column, value: Value) -> Any:  # noqa: ANN401 - a cell of a frame
        if column.kind is CellKind.TEXT:
            return str(value).lower() if column.words else value
        if isinstance(value, date):
            return value
        if value == "-":
            return 0.0
        stated = self.texts.get(Look.UNIT, "").partition(":")[2].strip() or self.layout.unit
        own, printed = lookup(column.unit or ""), lookup(stated or "")
        if own is None or printed is None or own.dimension != printed.dimension:
            return float(str(value))
        return float(Decimal(str(value)) * printed.scale / own.scale)


def filling(layout: Layout) -> st.SearchStrategy[Filling]:
    """Every way to fill a blank form that keeps all rules."""

    @st.composite
    def fill(draw: Draw) -> Filling:
        made = Filling(layout, {}, _choices(draw, layout))
        FILLINGS[layout.form.code](draw, made)
        return made

    return fill()


def _choices(draw: Draw, layout: Layout) -> dict[Look, str]:
    looks = {text.look: text.choices for text in layout.above if text.choices and text.look is not Look.AGENCY}
    return {look: draw(st.sampled_from(choices)) for look, choices in looks.items()}


# --- forms by phường, xã ---


Row: TypeAlias = dict[str, Value]


def by_unit(make: Callable[[Draw, int], Row]) -> Callable[[Draw, Filling], None]:
    """Fill a form by units: each row blank or made, optional columns given or not, totals printed or not."""

    def fill(draw: Draw, made: Filling) -> None:
        layout = made.layout
        left_out = _left_out(draw, layout)
        decimals = draw(st.integers(0, 3))
        for at, body in enumerate(layout.body):
            if body.kind is RowKind.UNIT and draw(st.integers(0, 9)):
                row = make(draw, decimals)
                made.rows[at] = {
                    name: value for name, value in row.items() if name in layout.places and name not in left_out
                }
        if draw(st.booleans()):
            _print_totals(made)

    return fill


def _left_out(draw: Draw, layout: Layout) -> set[str]:
    optional = [name for name in layout.places if not layout.form.column(name).required]
    return set(draw(st.lists(st.sampled_from(optional), unique=True))) if optional else set()


def _print_totals(made: Filling) -> None:
    body = made.layout.body
    units = [at for at, row in enumerate(body) if row.kind is RowKind.UNIT]
    for at, row in enumerate(body):
        if row.kind is RowKind.TOTAL:
            made.rows[at] = _summed(made, units)
        elif row.kind is RowKind.BLOCK:
            end = next((n for n in range(at + 1, len(body)) if body[n].kind is not RowKind.UNIT), len(body))
            made.rows[at] = _summed(made, range(at + 1, end))


def _summed(made: Filling, rows: Sequence[int]) -> Row:
    columns = made.layout.form.columns
    additive = [column.name for column in columns if column.additive and column.name in made.layout.places]
    given = {name: [made.rows[at][name] for at in rows if name in made.rows.get(at, {})] for name in additive}
    return {name: _total(values) for name, values in given.items() if values}


def _total(values: Sequence[Value]) -> Value:
    total = sum((Decimal(str(value)) for value in values), Decimal(0))
    return int(total) if total == total.to_integral_value() else float(total)


def _up_to(draw: Draw, most: int, least: int = 0) -> int:
    return int(draw(st.integers(least, most)))


def _grains(count: int, decimals: int) -> Value:
    """So many grains of 10^-decimals."""
    return count / 10**decimals if decimals else count


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 2)


def _water(draw: Draw, _: int) -> Row:
    households = _up_to(draw, 20_000, 1)
    hygienic = _up_to(draw, households)
    clean = _up_to(draw, hygienic)
    return {
        "households": households,
        "hygienic": hygienic,
        "clean": clean,
        "hygienic_percent": _percent(hygienic, households),
        "clean_percent": _percent(clean, households),
    }


def _waste(draw: Draw, decimals: int) -> Row:
    row: Row = {}
    so_far = dict.fromkeys(("generated", "collected", "treated"), 0)
    for ending in ("", "_ytd"):
        most = 10**7
        for name, before in so_far.items():
            most = _up_to(draw, most)
            so_far[name] = before + most
            row[name + ending] = _grains(so_far[name], decimals)
    return row


def _population(draw: Draw, _: int) -> Row:
    start, births, deaths = _up_to(draw, 50_000, 2_000), _up_to(draw, 900), _up_to(draw, 900)
    arrivals, departures = _up_to(draw, 900), _up_to(draw, 900)
    return {
        "population_start": start,
        "births": births,
        "deaths": deaths,
        "arrivals": arrivals,
        "departures": departures,
        "population_end": start + births - deaths + arrivals - departures,
    }


def _employment(draw: Draw, _: int) -> Row:
    ways = {name: _up_to(draw, 500) for name in ("by_loan", "abroad", "otherwise")}
    placed = sum(ways.values())
    return {
        "placed": placed,
        **ways,
        "women": _up_to(draw, placed),
        "trained": _up_to(draw, placed),
        "placed_ytd": (so_far := placed + _up_to(draw, 5_000)),
        "year_estimate": so_far + _up_to(draw, 5_000),
    }


def _labour(draw: Draw, _: int) -> Row:
    force = _up_to(draw, 30_000, 1)
    trained = _up_to(draw, force)
    return {"labour_force": force, "trained": trained, "certified": _up_to(draw, trained)}


def _poverty(draw: Draw, _: int) -> Row:
    households = _up_to(draw, 20_000, 1)
    start = _up_to(draw, households)
    left = _up_to(draw, start)
    entered = _up_to(draw, households - start + left)
    end = start - left + entered
    return {
        "households": households,
        "poor_start": start,
        "left": left,
        "entered": entered,
        "poor_end": end,
        "near_poor_end": _up_to(draw, households),
        "poor_percent": _percent(end, households),
    }


# --- outlines ---


@dataclass(frozen=True)
class Tree:
    """The rows of an outline that are filled: their order in the body, and each one's children."""

    rows: list[int]
    children: dict[int, list[int]]
    total: int | None

    def grown(self, leaf: Callable[[int], int | None]) -> dict[int, int]:
        """A figure for each row: a leaf's own, a parent's the sum of its children, or its own where none has one."""
        found: dict[int, int] = {}
        for at in reversed(self.rows):
            given = [found[child] for child in self.children[at] if child in found]
            own = sum(given) if given else leaf(at)
            if own is not None:
                found[at] = own
        tops = [at for at in self.rows if at not in {child for below in self.children.values() for child in below}]
        if self.total is not None:
            found[self.total] = sum(found.get(at, 0) for at in tops)
        return found


def _tree(draw: Draw, made: Filling) -> Tree:
    """The outline with some of its blank rows named, each as the next of its kind."""
    layout = made.layout
    body, label = layout.body, layout.label
    markers = [str(row.printed.get(0, "")) for row in body]
    labels = [str(row.printed.get(label, "")) for row in body]
    goes_on = False
    for at, row in enumerate(body):
        goes_on = row.kind is not RowKind.BLANK or (goes_on and draw(st.booleans()))
        if row.kind is RowKind.BLANK and goes_on:
            markers[at], labels[at] = str(int(markers[at - 1]) + 1), f"Mục khác {at}"
            made.rows[at] = {MARKER: markers[at], layout.form.label: labels[at]}
    numbered = [at for at, marker in enumerate(markers) if marker]
    places = place_rows([markers[at] for at in numbered], [labels[at] for at in numbered])
    children: dict[int, list[int]] = {at: [] for at in numbered}
    for at, place in zip(numbered, places, strict=True):
        if place is not None and place.parent is not None:
            children[numbered[place.parent]].append(at)
    total = next((at for at, row in enumerate(body) if row.kind is RowKind.TOTAL), None)
    return Tree(numbered, children, total)


def _put(made: Filling, name: str, figures: Mapping[int, Value]) -> None:
    for at, value in figures.items():
        made.rows.setdefault(at, {})[name] = value


def _given(draw: Draw, made: Filling, tree: Tree) -> set[int]:
    """The rows that have figures of their own; the rows that an indicator reads always have one."""
    rows = made.layout.form.rows
    assert isinstance(rows, Outline)
    keys = {label for item in rows.items if item.key for label in item.labels}
    label = made.layout.label
    first = next(at for at in tree.rows if not tree.children[at])
    given = {first} | {at for at in tree.rows if draw(st.integers(0, 4))}
    return given | {at for at in tree.rows if made.layout.body[at].printed.get(label) in keys}


def _budget(draw: Draw, made: Filling) -> None:
    tree = _tree(draw, made)
    given, left_out = _given(draw, made, tree), _left_out(draw, made.layout)
    least, decimals = 10 ** draw(st.integers(0, 5)), draw(st.integers(0, 3))
    money = {
        name: tree.grown(lambda at: draw(st.integers(least, 10 * least)) if at in given else None)
        for name in ("actual", "plan_province", "plan_council")
    }
    for name, figures in money.items():
        if name not in left_out:
            _put(made, name, {at: _grains(count, decimals) for at, count in figures.items()})
    _put_estimate(draw, made, tree, left_out, (money["actual"], decimals))
    for source in ("province", "council"):
        if f"percent_of_{source}" not in left_out:
            plan = money[f"plan_{source}"]
            _put(made, f"percent_of_{source}", {at: _percent(done, plan[at]) for at, done in money["actual"].items()})
    _put_last_year(draw, made, left_out, money["actual"])


def _put_estimate(
    draw: Draw, made: Filling, tree: Tree, left_out: set[str], done: tuple[Mapping[int, int], int]
) -> None:
    """What is expected of the year, in the quarters that are asked: never less than what is done, in so many grains."""
    so_far, decimals = done
    if "year_estimate" in made.layout.places and "year_estimate" not in left_out:
        rest = tree.grown(lambda at: draw(st.integers(0, 10**7)) if at in so_far else None)
        _put(made, "year_estimate", {at: _grains(count + rest[at], decimals) for at, count in so_far.items()})


def _put_last_year(draw: Draw, made: Filling, left_out: set[str], rows: Mapping[int, int]) -> None:
    if "percent_of_last_year" not in left_out:
        _put(made, "percent_of_last_year", {at: draw(st.integers(200, 3000)) / 10 for at in rows})


def _running(draw: Draw, made: Filling) -> tuple[Tree, dict[int, int], int]:
    """Values of the quarter and from 1 January; the rows' grains from 1 January, and their decimals."""
    tree = _tree(draw, made)
    given = _given(draw, made, tree)
    decimals = draw(st.integers(0, 3))
    quarter = tree.grown(lambda at: draw(st.integers(1, 10**7)) if at in given else None)
    before = tree.grown(lambda at: draw(st.integers(0, 10**7)) if at in given else None)
    so_far = {at: count + before[at] for at, count in quarter.items()}
    _put(made, "value_quarter", {at: _grains(count, decimals) for at, count in quarter.items()})
    _put(made, "value_ytd", {at: _grains(count, decimals) for at, count in so_far.items()})
    return tree, so_far, decimals


def _industry(draw: Draw, made: Filling) -> None:
    left_out = _left_out(draw, made.layout)
    tree, so_far, decimals = _running(draw, made)
    _put_estimate(draw, made, tree, left_out, (so_far, decimals))
    plan = {at: max(1, count * draw(st.integers(20, 400)) // 100) for at, count in so_far.items()}
    if "plan" not in left_out:
        _put(made, "plan", {at: _grains(count, decimals) for at, count in plan.items()})
    if "percent_of_plan" not in left_out:
        _put(made, "percent_of_plan", {at: _percent(count, plan[at]) for at, count in so_far.items()})
    _put_last_year(draw, made, left_out, so_far)


def _exports(draw: Draw, made: Filling) -> None:
    left_out = _left_out(draw, made.layout)
    tree, so_far, decimals = _running(draw, made)
    _put_estimate(draw, made, tree, left_out, (so_far, decimals))
    for name in ("quantity_quarter", "quantity_ytd"):
        if name not in left_out:
            _put(made, name, {at: draw(st.integers(0, 10**6)) / 10 for at in tree.rows if at in so_far})
    _put_last_year(draw, made, left_out, so_far)


def _crops(draw: Draw, made: Filling) -> None:
    tree = _tree(draw, made)
    given = _given(draw, made, tree)
    area = tree.grown(lambda at: draw(st.integers(0, 10**6)) if at in given else None)
    on_forest_land = len(made.layout.body) - 1
    if draw(st.booleans()):
        area[on_forest_land] = draw(st.integers(0, area[tree.total or 0]))
    _put(made, "area", {at: _grains(count, 2) for at, count in area.items()})


# --- listings ---


def _forestry(draw: Draw, made: Filling) -> None:
    layout = made.layout
    codes = {str(row.printed[layout.places["code"]]): at for at, row in enumerate(layout.body) if row.printed}
    areas = {code: _purposes(draw) for code in ("1110", "1120", "2010", "2020")}
    if draw(st.booleans()):
        codes |= {"1111": len(codes), "1112": len(codes) + 1}
        areas |= {code: _purposes(draw) for code in ("1111", "1112")}
        areas["1110"] = _added(areas["1111"], areas["1112"])
    areas["1100"] = _added(areas["1110"], areas["1120"])
    areas["2000"] = _added(areas["2010"], areas["2020"], _purposes(draw))
    zero: Value = draw(st.sampled_from(["-", 0]))
    for code, at in codes.items():
        row: Row = {"code": code, "forest_class": f"Loại {code}"} if layout.body[at].kind is RowKind.BLANK else {}
        figures = {"area": sum(areas[code].values()), **areas[code]}
        made.rows[at] = row | {name: _grains(count, 2) if count else zero for name, count in figures.items()}
    within = sum(areas["1100"].values()) + sum(areas["2000"].values())
    made.lines["natural_area"] = (within + draw(st.integers(0, 10**7))) / 100


def _purposes(draw: Draw) -> dict[str, int]:
    return {name: _up_to(draw, 10**6) for name in ("special_use", "protection", "production", "unplanned")}


def _added(*areas: Mapping[str, int]) -> dict[str, int]:
    return {name: sum(area[name] for area in areas) for name in areas[0]}


_MOST_ROWS = 6
_WORDS = st.sampled_from(["Câu mực", "Lưới kéo", "Nghề mẫu", "Vây rút chì", "Khai thác sai vùng", "Cơ quan mẫu 2"])


def listed(make: Callable[[Draw, Layout, int], Row]) -> Callable[[Draw, Filling], None]:
    """Fill the first rows of a list, numbered or not."""

    def fill(draw: Draw, made: Filling) -> None:
        is_numbered = draw(st.booleans())
        for at in range(draw(st.integers(1, _MOST_ROWS))):
            made.rows[at] = make(draw, made.layout, at) | ({MARKER: at + 1} if is_numbered else {})

    return fill


def _some(draw: Draw, row: Mapping[str, st.SearchStrategy[Value]]) -> Row:
    """A value for each column, or none."""
    return {name: draw(values) for name, values in row.items() if draw(st.booleans())}


def _vessel(draw: Draw, layout: Layout, at: int) -> Row:
    days = st.dates(date(2000, 1, 1), date(2030, 12, 31))
    unit = draw(st.sampled_from(layout.units))
    return {
        "unit_label": capitalised(unit.label_vi),
        "length_m": draw(st.integers(1, 1000)) / 10,
        "state": draw(st.sampled_from(["hoạt động", "nằm bờ", "đã bán", "giải bản"])),
        **_some(
            draw,
            {
                "register_text": st.just(f"BTh-{draw(st.integers(1000, 9999))}{at}-TS"),
                "power_kw": st.integers(0, 9000).map(lambda count: count / 10),
                "gear": _WORDS,
                "licence_no": st.integers(1, 9999).map(lambda number: f"GP {number}/BTh"),
                "licence_until": days,
                "inspection_until": days,
                "vms_since": days,
            },
        ),
    }


def _case(draw: Draw, layout: Layout, at: int) -> Row:
    quarter = layout.quarter
    day = quarter.start + timedelta(days=draw(st.integers(0, (quarter.end - quarter.start).days)))
    optional: dict[str, st.SearchStrategy[Value]] = {
        "register_text": st.just(f"BTh-9100{at}-TS"),
        "zone": st.sampled_from(["trong tỉnh", "ngoài tỉnh", "nước ngoài"]),
        "legal_basis": st.just("Nghị định 38/2024/NĐ-CP"),
        "fine_vnd": st.integers(0, 10**9),
        "authority": _WORDS,
    }
    return {"case_date": day, "violation": draw(_WORDS), **_some(draw, optional)}


def _landing(draw: Draw, layout: Layout, at: int) -> Row:
    landed = _up_to(draw, 10**7)
    month = layout.quarter.start.month + draw(st.integers(0, 2))
    return {
        "port": f"Cảng cá mẫu {at}",
        "month_text": draw(st.sampled_from([f"Tháng {month}", f"{month}/{layout.quarter.year}"])),
        "landed_t": landed / 100,
        "monitored_t": _up_to(draw, landed) / 100,
        **_some(draw, {"port_calls": st.integers(0, 5000)}),
    }


def _tasks(draw: Draw, made: Filling) -> None:
    """Every printed task with a state and what goes with it."""
    end = made.layout.quarter.end
    for at in range(len(made.layout.body)):
        state = draw(st.sampled_from(["chưa triển khai", "đang thực hiện (trong hạn)", "hoàn thành (đúng hạn)"]))
        percent = {"chưa triển khai": 0, "hoàn thành (đúng hạn)": 100}.get(state, 40)
        row: dict[str, st.SearchStrategy[Value]] = {
            "completion_pct": st.just(percent),
            "lead": st.just("Phòng mẫu"),
            "due_text": st.sampled_from([f"{end:%d/%m/%Y}", "Thường xuyên", f"Quý IV/{end.year}"]),
            "difficulties": _WORDS,
            "evidence": _WORDS,
        }
        made.rows[at] = {"state": state, **_some(draw, row)}


FILLINGS: dict[str, Callable[[Draw, Filling], None]] = {
    "budget_revenue": _budget,
    "budget_spending": _budget,
    "industry": _industry,
    "exports": _exports,
    "fisheries_vessels": listed(_vessel),
    "fisheries_cases": listed(_case),
    "fisheries_landings": listed(_landing),
    "forestry": _forestry,
    "forestry_crops": _crops,
    "water": by_unit(_water),
    "waste": by_unit(_waste),
    "population": by_unit(_population),
    "employment": by_unit(_employment),
    "employment_labour": by_unit(_labour),
    "poverty": by_unit(_poverty),
    "tasks": _tasks,
}


def open_cells(layout: Layout) -> Iterator[tuple[int, int]]:
    """The cells of the table that nothing is printed in, beside the names of its rows."""
    for row, body in enumerate(layout.body, start=layout.first_row):
        for at in range(len(layout.columns)):
            if at not in body.printed and (body.kind is RowKind.BLANK or at > layout.label):
                yield row, at
