"""Messes of the rows: where the total stands, which units are there, blocks, page breaks, what follows the table."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tools.corpus.clean import BY_UNIT, LISTINGS, OUTLINES, PHUONG, is_added
from tools.corpus.document import Cell, Document, Line, Page, Role, Table
from tools.corpus.mutations.registry import Stage, choose, choose_some, mutation, need, parents, pick_table, rows


def _body(page: Page, table: Table) -> list[Line]:
    return page.of(table, Role.ROW, Role.TOTAL)


def _blank(table: Table, role: Role = Role.BLANK) -> Line:
    return Line([None] * len(table.columns), role, table)


def _total(page: Page, table: Table) -> Line:
    """The line of the whole, which is no unit's and no block's."""
    found = [line for line in _body(page, table) if line.key.startswith("Tổng") and line.parent is None]
    need(that=bool(found))
    return found[0]


def _sums(lines: list[Line], table: Table) -> list[Cell]:
    """The cells of a row that sums up others."""
    cells: list[Cell] = []
    for column in table.columns:
        given = [cell for line in lines if isinstance(cell := line.get(column), int | float)]
        whole = sum(Decimal(repr(cell)) for cell in given)
        added = is_added(table.form, column) and given
        cells.append((int(whole) if all(isinstance(cell, int) for cell in given) else float(whole)) if added else None)
    return cells


# ---- totals and blocks


@mutation("the total at the other end", group="total", stage=Stage.ROW)
def total_moved(document: Document, rng: Random) -> None:
    """Above its rows where it stood below, and the other way round."""
    page, table = pick_table(document, rng, *BY_UNIT, "industry", "exports", "forestry_crops")
    total, body = _total(page, table), _body(page, table)
    page.lines.remove(total)
    if body[0] is total:
        page.insert(body[-1], total, after=True)
    else:
        page.insert(body[0], total)


@mutation("no total", group="total", stage=Stage.ROW)
def total_missing(document: Document, rng: Random) -> None:
    """Units alone; an outline's key row is another matter."""
    page, table = pick_table(document, rng, *BY_UNIT)
    page.remove(_total(page, table))


@mutation("the total named otherwise", group="total", stage=Stage.LABEL)
def total_renamed(document: Document, rng: Random) -> None:
    """Cộng, Tổng số, Toàn thị xã."""
    page, table = pick_table(document, rng, *BY_UNIT)
    total = _total(page, table)
    total.put(table.label, rng.choice(("Cộng", "TỔNG SỐ", "Toàn thị xã", "Tổng cộng:", "Tổng toàn thị xã")))


@mutation("a total merged over the numbers and names", group="total", stage=Stage.LABEL)
def total_in_the_margin(document: Document, rng: Random) -> None:
    """Its name stands in the first column."""
    page, table = pick_table(document, rng, *BY_UNIT, "industry", "exports")
    total = _total(page, table)
    total.cells[0] = total.get(table.label)
    total.put(table.label, None)


@mutation("units in blocks with subtotals", group="blocks", stage=Stage.ROW)
def blocks_with_subtotals(document: Document, rng: Random) -> None:
    """I Phường, II Xã, each with its sums."""
    _make_blocks(document, rng, with_sums=True)


@mutation("units in blocks without subtotals", group="blocks", stage=Stage.ROW)
def blocks_without_subtotals(document: Document, rng: Random) -> None:
    """The blocks are headings."""
    _make_blocks(document, rng, with_sums=False)


def _make_blocks(document: Document, rng: Random, *, with_sums: bool) -> None:
    page, table = pick_table(document, rng, *(BY_UNIT - {"poverty"}))
    total = _total(page, table)
    units = [line for line in page.of(table, Role.ROW) if line.truth is not None]
    need(that=all(line.parent is total for line in units))
    below = _body(page, table)[-1] is total
    for line in units:
        page.lines.remove(line)
    made: list[Line] = []
    for roman, name, of_block in (
        ("I", "Phường", [line for line in units if line.key in PHUONG]),
        ("II", "Xã", [line for line in units if line.key not in PHUONG]),
    ):
        head = _blank(table, Role.TOTAL)
        head.cells = _sums(of_block, table) if with_sums else head.cells
        head.cells[0] = roman
        head.put(table.label, name)
        head.key, head.parent = name, total
        made += [head, *of_block]
        for number, line in enumerate(of_block, start=1):
            line.cells[0] = number
            line.parent = head if with_sums else total
    page.insert(total, *made, after=not below)


@mutation("a subtotal that is wrong", group="sum", stage=Stage.ROW)
def subtotal_wrong(document: Document, rng: Random) -> None:
    """A block's sum typed by hand."""
    page, table = pick_table(document, rng, *BY_UNIT)
    blocks = [line for line in page.of(table, Role.TOTAL) if line.parent is not None]
    need(that=bool(blocks))
    line = choose(rng, blocks)
    column = choose(
        rng, [name for name in table.columns if is_added(table.form, name) and isinstance(line.get(name), int)]
    )
    cell = line.get(column)
    line.put(column, cell + 17 if isinstance(cell, int) else None)
    document.reject("total_sum", line, column)


# ---- units


@mutation("a unit that is not there, though the total counts it", group="sum", stage=Stage.ROW)
def unit_missing(document: Document, rng: Random) -> None:
    """A row lost in copying."""
    page, table = pick_table(document, rng, *BY_UNIT)
    total = _total(page, table)
    line = choose(rng, rows(document, table))
    page.remove(line)
    document.reject("total_sum", total)
    document.set_free(parents(line))
    if line.parent is not None and line.parent is not total:
        document.reject("total_sum", line.parent)


@mutation("a unit twice with the same figures", group="sum", stage=Stage.ROW)
def unit_twice(document: Document, rng: Random) -> None:
    """A row copied once too often."""
    page, table = pick_table(document, rng, *BY_UNIT)
    line = choose(rng, rows(document, table))
    copy = Line(list(line.cells), Role.ROW, table, dict(line.truth or {}), line.parent, line.key, touched=True)
    page.insert(line, copy, after=True)
    for one in (line, copy):
        document.reject("unit_twice", one, table.label)
    document.set_free(parents(line))


@mutation("two rows with the name of one unit", group="names", stage=Stage.ROW)
def unit_named_twice(document: Document, rng: Random) -> None:
    """Another unit's row under its name."""
    _, table = pick_table(document, rng, *BY_UNIT)
    need(that=table.form != "poverty")
    first, second = choose_some(rng, rows(document, table), 2)
    second.put(table.label, first.get(table.label))
    for one in (first, second):
        document.reject("unit_twice", one, table.label)


@mutation("a unit that does not exist", group="names", stage=Stage.ROW)
def unit_unknown(document: Document, rng: Random) -> None:
    """A name of nobody's."""
    _rename(document, rng, "Phường Tân Long", "Xã Sơn Mỹ", "Thị trấn Tân Nghĩa", "Phường 1")


@mutation("a unit under the wrong kind", group="names", stage=Stage.ROW)
def unit_of_other_kind(document: Document, rng: Random) -> None:
    """Xã Bình Tân and Phường Tân Bình: each is one letter's place from another unit."""
    _rename(document, rng, "Xã Bình Tân", "Phường Tân Bình", "P. Tân Hải", "X. Tân An")


@mutation("a unit with a slip of the pen", group="names", stage=Stage.ROW)
def unit_misspelt(document: Document, rng: Random) -> None:
    """One accent or letter away."""
    _rename(document, rng, "Phường Phước Hôi", "Phường Tân Thiên", "Xã Tân Phươc", "Phường Phước", "Xã Tân")


def _rename(document: Document, rng: Random, *names: str) -> None:
    _, table = pick_table(document, rng, *BY_UNIT, "fisheries_vessels")
    line = choose(rng, rows(document, table))
    line.put("unit_label", rng.choice(names))
    document.reject("unknown_unit vessel_unit", line, "unit_label")


@mutation("a neighbour's row outside the total", group="neighbour", stage=Stage.ROW)
def neighbour_beside(document: Document, rng: Random) -> None:
    """Hàm Tân below the town's sum."""
    _add_neighbour(document, rng, counted=False)


@mutation("a neighbour's row within the total", group="neighbour", stage=Stage.ROW)
def neighbour_counted(document: Document, rng: Random) -> None:
    """A regional office adds up all that it looks after."""
    _add_neighbour(document, rng, counted=True)


def _add_neighbour(document: Document, rng: Random, *, counted: bool) -> None:
    page, table = pick_table(document, rng, *(BY_UNIT - {"poverty", "water"}))
    total = _total(page, table)
    units = rows(document, table)
    need(that=len(units) > 1 and all(line.parent is total for line in units))
    line = _blank(table, Role.TOTAL)
    line.cells = list(choose(rng, units).cells)
    line.put(table.label, rng.choice(("Huyện Hàm Tân", "Hàm Tân")))
    page.insert(_body(page, table)[-1], line, after=True)
    if counted:
        added = _sums([total, line], table)
        for column in table.columns:
            if is_added(table.form, column):
                total.cells[total.at(column)] = added[total.at(column)]


# ---- the flow of the table


def _repeated_head(page: Page, table: Table) -> list[Line]:
    head = page.of(table, Role.HEADER, Role.NUMBERING)
    return [Line(list(line.cells), Role.NUMBERING, table) for line in head]


@mutation("a page break with the header repeated", group="flow", stage=Stage.SHEET)
def page_break(document: Document, rng: Random) -> None:
    """The header, and its numbers, amid the rows."""
    page, table = pick_table(document, rng)
    body = _body(page, table)
    page.insert(body[len(body) // 2], *_repeated_head(page, table))


@mutation("a page break with blank rows and the header repeated", group="flow", stage=Stage.SHEET)
def page_break_with_gap(document: Document, rng: Random) -> None:
    """The same with two empty rows before."""
    page, table = pick_table(document, rng)
    body = _body(page, table)
    gap = [_blank(table), _blank(table)]
    page.insert(body[len(body) // 2], *gap, *_repeated_head(page, table))


@mutation("the sum of a page amid the rows", group="sum", stage=Stage.ROW)
def page_sum(document: Document, rng: Random) -> None:
    """As "Cộng trang 1": not the whole, so it is sent back."""
    page, table = pick_table(document, rng, *BY_UNIT)
    units = rows(document, table)
    need(that=len(units) > _FEWEST)
    line = _blank(table, Role.TOTAL)
    line.cells = _sums(units[:_FEWEST], table)
    line.put(table.label, "Cộng trang 1")
    page.insert(units[_FEWEST - 1], line, after=True)
    document.reject("total_sum", line)


@mutation("blank rows between the rows", group="flow", stage=Stage.SHEET)
def blank_rows(document: Document, rng: Random) -> None:
    """Air after every third row."""
    page, table = pick_table(document, rng)
    for at, line in enumerate(_body(page, table)):
        if at % _FEWEST == 0 or rng.random() < 1 / 8:
            page.insert(line, _blank(table), after=True)


@mutation("rows of blanks at the end", group="tail", stage=Stage.SHEET)
def trailing_blanks(document: Document, rng: Random) -> None:
    """Formatted rows that hold spaces."""
    page, table = pick_table(document, rng)
    last = _body(page, table)[-1]
    for _ in range(rng.randint(3, 40)):
        line = _blank(table)
        line.cells[rng.randrange(len(line.cells))] = rng.choice((" ", "\u00a0", "   "))
        page.insert(last, line, after=True)


@mutation("numbered rows that nobody filled in", group="tail", stage=Stage.SHEET)
def unfilled_rows(document: Document, rng: Random) -> None:
    """STT goes on below the last record."""
    page, table = pick_table(document, rng, *LISTINGS)
    last = _body(page, table)[-1]
    filled = len(_body(page, table))
    made = []
    for number in range(3):
        line = _blank(table, Role.TOTAL)
        line.cells[0] = filled + number + 1
        made.append(line)
    page.insert(last, *made, after=True)


@mutation("a heading in the margin of the list", group="headings", stage=Stage.SHEET)
def heading_in_list(document: Document, rng: Random) -> None:
    """As "Tàu từ 15 m trở lên" over the columns."""
    page, table = pick_table(document, rng, *LISTINGS)
    line = _blank(table)
    line.cells[0] = rng.choice(("Nhóm thứ nhất", "I. Khu vực phía nam", "Phần bổ sung"))
    page.insert(choose(rng, _body(page, table)), line)


@mutation("a heading without figures in an outline", group="headings", stage=Stage.SHEET)
def heading_in_outline(document: Document, rng: Random) -> None:
    """As "Trong đó:" in a row of its own."""
    page, table = pick_table(document, rng, *OUTLINES)
    line = _blank(table)
    line.put(table.label, rng.choice(("Trong đó:", "Chia ra:")))
    page.insert(choose(rng, _body(page, table)[1:]), line)


@mutation("figures without a name", group="names", stage=Stage.ROW)
def row_without_name(document: Document, rng: Random) -> None:
    """A row whose label was deleted."""
    _, table = pick_table(document, rng, *OUTLINES, *BY_UNIT)
    line = choose(rng, rows(document, table))
    line.put(table.label, None)
    document.reject("no_name unknown_unit not_nullable", line)
    document.set_free(parents(line))


@mutation("a row below the signatures", group="late", stage=Stage.SHEET)
def row_below_signature(document: Document, rng: Random) -> None:
    """A row that somebody remembered late."""
    page, table = pick_table(document, rng)
    line = choose(
        rng, [line for line in rows(document, table) if any(isinstance(c, int | float) for c in line.cells[1:])]
    )
    need(that=sum(isinstance(cell, int | float) for cell in line.cells) > 1)
    late = Line(list(line.cells), Role.ROW, table)
    late.put(table.label, f"{line.get(table.label) or 'Mục'} bổ sung")
    page.insert(page.lines[-1], late, after=True)
    document.reject("below_signature", late)


@mutation("more notes with numbers in their text", group="notes", stage=Stage.SHEET)
def notes_with_numbers(document: Document, rng: Random) -> None:
    """Explanations below the table."""
    page, table = pick_table(document, rng)
    note = page.of(table, Role.NOTE)[0]
    for text in ("- Số liệu tăng 12,5 % so với cùng kỳ", "- Dự toán giao: 1.234 triệu đồng (QĐ 99/QĐ-UBND)", "1. Mẫu"):
        line = _blank(table, Role.NOTE)
        line.cells[0] = text
        page.insert(note, line, after=True)


@mutation("a very long note", group="notes", stage=Stage.SHEET)
def very_long_text(document: Document, rng: Random) -> None:
    """Thousands of words in a cell."""
    page, table = pick_table(document, rng)
    line = _blank(table, Role.NOTE)
    line.cells[0] = "Ghi chú: " + "số liệu minh họa, " * rng.randint(300, 1500)
    page.insert(page.of(table, Role.NOTE)[0], line, after=True)


@mutation(
    "rows hidden by hand",
    group="hidden",
    stage=Stage.SHEET,
    kinds=frozenset({"xlsx", "xlsm", "xls", "xls that is xlsx"}),
)
def rows_hidden(document: Document, rng: Random) -> None:
    """Read like the rest, and said."""
    _, table = pick_table(document, rng)
    for line in choose_some(rng, rows(document, table), 2):
        line.hidden = True
    document.warned.append(frozenset({"hidden_rows"}))


@mutation(
    "rows hidden by a filter", group="hidden", stage=Stage.SHEET, kinds=frozenset({"xlsx", "xlsm", "xls that is xlsx"})
)
def rows_filtered(document: Document, rng: Random) -> None:
    """The filter that somebody forgot."""
    page, table = pick_table(document, rng)
    page.filtered = True
    for line in choose_some(rng, rows(document, table), 3):
        line.hidden = True
    document.warned.append(frozenset({"hidden_rows"}))


_FEWEST = 3


@mutation("a page break with the title repeated", group="flow", stage=Stage.SHEET)
def page_break_with_title(document: Document, rng: Random) -> None:
    """As "(Tiếp theo)", the title and the header amid the rows."""
    page, table = pick_table(document, rng)
    body = _body(page, table)
    made = []
    for text in ("Trang 2", f"BIỂU SỐ LIỆU {document.quarter.year} (tiếp theo)"):
        line = _blank(table, Role.NOTE)
        line.cells[0] = text
        made.append(line)
    page.insert(body[len(body) // 2], *made, *_repeated_head(page, table))


@mutation("a row above the header", group="names", stage=Stage.SHEET)
def row_above_header(document: Document, rng: Random) -> None:
    """A sheet sorted together with its header: a row must not be lost so."""
    page, table = pick_table(document, rng, *LISTINGS, *BY_UNIT)
    line = choose(rng, [line for line in rows(document, table) if sum(c is not None for c in line.cells) > _FEWEST])
    page.lines.remove(line)
    page.insert(page.of(table, Role.HEADER)[0], line)
    document.set_free([line, *parents(line)])
    document.either = True


@mutation("a list with a total", group="total", stage=Stage.ROW)
def total_of_a_list(document: Document, rng: Random) -> None:
    """Landings summed up below: no record."""
    _sum_of_list(document, rng, excess=0)


@mutation("a list with a total that is wrong", group="sum", stage=Stage.ROW)
def total_of_a_list_wrong(document: Document, rng: Random) -> None:
    """The sum typed by hand."""
    _sum_of_list(document, rng, excess=97)


def _sum_of_list(document: Document, rng: Random, *, excess: int) -> None:
    page, table = pick_table(document, rng, "fisheries_landings")
    records = rows(document, table)
    line = _blank(table, Role.TOTAL)
    line.put("port", rng.choice(("Tổng cộng", "Cộng")))
    line.key = "Tổng cộng"
    for column in ("port_calls", "landed_t", "monitored_t"):
        given = [cell for record in records if isinstance(cell := record.get(column), int | float)]
        whole = sum(Decimal(repr(cell)) for cell in given) + excess
        line.put(column, int(whole) if whole == int(whole) else float(whole))
    page.insert(_body(page, table)[-1], line, after=True)
    if excess:
        document.reject("total_sum", line)
