"""Messes of the header: synonyms, depth, merged cells, columns in another order, more of them or fewer."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tools.corpus.clean import BY_UNIT, DAYS, LISTINGS, PERCENTS, is_figure
from tools.corpus.document import Cell, Document, Line, Merge, Page, Role, Table
from tools.corpus.mutations.labels import other_tones
from tools.corpus.mutations.registry import Stage, choose, mutation, need, pick_table

# Columns that a form may lack (feeds.md): the others are required.
_OPTIONAL = PERCENTS | {
    "plan", "plan_province", "plan_council", "quantity_unit", "quantity_quarter", "quantity_ytd", "owner", "power_kw",
    "gear", "legal_basis", "authority", "port_calls", "women", "abroad", "by_loan", "otherwise",
    "certified", "near_poor_end", "ordinal", "stt", "year_estimate",
}  # fmt: skip
_SYNONYMS = {
    "STT": ("TT",), "TT": ("STT",), "Phường, xã": ("Phường/xã", "Xã, phường", "Địa phương", "Tên phường, xã"),
    "Phường/xã": ("Phường, xã", "Xã, phường", "Địa phương"), "Nội dung": ("Chỉ tiêu", "NỘI DUNG"),
    "Ngành công nghiệp": ("Chỉ tiêu",), "Mặt hàng": ("Mặt hàng xuất khẩu", "Tên mặt hàng", "Doanh nghiệp"),
    "Tổng số hộ": ("Số hộ",), "Số hộ dùng nước hợp vệ sinh": ("Số hộ sử dụng nước hợp vệ sinh",),
    "Sinh trong kỳ": ("Số sinh", "Sinh"), "Chết trong kỳ": ("Số chết", "Chết"), "Chuyển đến": ("Số chuyển đến",),
    "Chủ tàu": ("Tên chủ tàu", "Họ và tên chủ tàu"), "Trạng thái": ("Tình trạng",), "Nghề": ("Nghề khai thác",),
    "Ngày lắp TBGSHT": ("Ngày lắp VMS", "Ngày lắp thiết bị giám sát hành trình"), "Cảng": ("Cảng cá", "Tên cảng"),
    "Hành vi vi phạm": ("Hành vi",), "Căn cứ xử phạt": ("Căn cứ",), "Nhóm cây": ("Loại cây", "Cây trồng"),
    "Mã": ("Mã số",), "Trong đó nữ": ("Nữ", "Trong đó: nữ"), "Xuất khẩu lao động": ("Đi làm việc ở nước ngoài",),
    "Lao động qua đào tạo": ("Lao động đã qua đào tạo",), "Kế hoạch năm": ("Kế hoạch",),
    "Ước thực hiện cả năm": ("Ước cả năm", "Khả năng thực hiện cả năm", "Ước thực hiện năm 2024"),
    "Tỷ lệ nghèo cuối kỳ (%)": ("Tỷ lệ hộ nghèo (%)", "Tỷ lệ hộ nghèo cuối kỳ (%)"),
}  # fmt: skip


_NO_SYNONYM = frozenset({("Tổng số hộ", "poverty")})


def _form(line: Line) -> str:
    return line.table.form if line.table else ""


def _head(page: Page, table: Table) -> list[Line]:
    return page.of(table, Role.HEADER)


def spread(page: Page, table: Table) -> None:
    """Write the header so that each column stands by itself: a group's label over each of its columns."""
    head = _head(page, table)
    for merge in [merge for merge in page.merges if merge.top in head]:
        for place in range(merge.first, merge.last + 1):
            merge.top.cells[place] = merge.top.cells[merge.first]
        page.merges.remove(merge)


def _columns_moved(page: Page, table: Table, order: list[int]) -> None:
    """Bring the columns of a table into another order; a place given twice is doubled, one not given is gone."""
    spread(page, table)
    inside = {Role.HEADER, Role.NUMBERING, Role.ROW, Role.TOTAL}
    for line in page.lines:
        if line.table is not table:
            continue
        if line.role in inside:
            line.cells = [line.cells[place] for place in order]
        else:
            line.cells = (line.cells + [None] * len(order))[: max(len(order), _filled(line))]
    for merge in page.merges:
        if merge.top.table is table:
            merge.last = min(merge.last, len(order) - 1)
    table.columns = [table.columns[place] for place in order]


def _filled(line: Line) -> int:
    return max((at + 1 for at, cell in enumerate(line.cells) if cell is not None), default=0)


def _labels(document: Document, rng: Random) -> list[tuple[Line, int, str]]:
    """The labels of a table's header: line, place, text."""
    page, table = pick_table(document, rng)
    return [
        (line, place, cell)
        for line in _head(page, table)
        for place, cell in enumerate(line.cells)
        if isinstance(cell, str)
    ]


# ---- labels


@mutation("columns under synonyms", group="labels", stage=Stage.HEADER)
def header_synonyms(document: Document, rng: Random) -> None:
    """Other words for the same."""
    for line, place, text in _labels(document, rng):
        if text in _SYNONYMS and (text, _form(line)) not in _NO_SYNONYM:
            line.cells[place] = rng.choice(_SYNONYMS[text])


@mutation("a header with line breaks and doubled spaces", group="labels", stage=Stage.HEADER)
def header_line_breaks(document: Document, rng: Random) -> None:
    """Labels wrapped by hand."""
    for line, place, text in _labels(document, rng):
        line.cells[place] = text.replace(" ", rng.choice(("\n", "  ", " \n")), 1)


@mutation("footnotes and formulas in the header", group="labels", stage=Stage.HEADER)
def header_footnotes(document: Document, rng: Random) -> None:
    """As "(1)", "(3=2/1)"."""
    for line, place, text in _labels(document, rng):
        line.cells[place] = text + rng.choice((" (1)", " (3=2/1)", "(*)", " [2]"))


@mutation("a header in capitals", group="labels", stage=Stage.HEADER)
def header_in_capitals(document: Document, rng: Random) -> None:
    """DỰ TOÁN NĂM."""
    for line, place, text in _labels(document, rng):
        line.cells[place] = text.upper().replace("QUÝ I", "QUÝ I")


@mutation("a header with its tones elsewhere", group="labels", stage=Stage.HEADER)
def header_tones(document: Document, rng: Random) -> None:
    """Luỹ kế, cùng kì, tỉ lệ, xử lí."""
    for line, place, text in _labels(document, rng):
        line.cells[place] = other_tones(text)


@mutation("a column of another year's figures", group="columns", stage=Stage.HEADER)
def header_of_another_year(document: Document, rng: Random) -> None:
    """As "Thực hiện năm trước" beside this year's: it is none of the form's."""
    page, table = pick_table(document, rng, "budget_revenue", "budget_spending", "industry")
    at = rng.randrange(2, len(table.columns))
    _add_column(page, table, at, f"Thực hiện năm {document.quarter.year - 1}", _some_figure(rng))


# ---- depth and merged cells


@mutation("a header without merged cells", group="merges", stage=Stage.SHEET)
def header_unmerged(document: Document, rng: Random) -> None:
    """Each group's label stands in its first column alone."""
    del rng
    need(that=any(len(_head(page, table)) > 1 for page, table in document.forms()))
    for page in document.pages:
        page.merges = []


@mutation("a header with each group's label repeated", group="merges", stage=Stage.HEADER)
def header_spread(document: Document, rng: Random) -> None:
    """A group's label over each of its columns."""
    page, table = pick_table(document, rng)
    need(that=len(_head(page, table)) > 1)
    spread(page, table)


@mutation("a header of one row more", group="depth", stage=Stage.HEADER)
def header_deeper(document: Document, rng: Random) -> None:
    """A label over all columns of figures."""
    page, table = pick_table(document, rng)
    head = _head(page, table)
    need(that=len(head) < _DEEPEST)
    top = Line([None] * len(table.columns), Role.HEADER, table)
    top.cells[2] = "Kết quả thực hiện"
    page.insert(head[0], top)
    page.merges.append(Merge(top, top, 2, len(table.columns) - 1))


@mutation("a row of column numbers", group="depth", stage=Stage.HEADER)
def header_numbered(document: Document, rng: Random) -> None:
    """A, B, 1, 2, 3 below the header."""
    page, table = pick_table(document, rng)
    need(that=not page.of(table, Role.NUMBERING) and len(table.columns) > _FEWEST)
    as_numbers = rng.random() < 1 / 2
    cells: list[Cell] = ["A", "B"]
    cells += [at if as_numbers else f"({at})" for at in range(1, len(table.columns) - 1)]
    page.insert(_head(page, table)[-1], Line(cells, Role.NUMBERING, table), after=True)


@mutation("a blank row below the header", group="depth", stage=Stage.HEADER)
def header_with_gap(document: Document, rng: Random) -> None:
    """Air between header and rows."""
    page, table = pick_table(document, rng)
    page.insert(_head(page, table)[-1], Line([None] * len(table.columns), Role.BLANK, table), after=True)


# ---- columns


@mutation("columns in another order", group="columns", stage=Stage.HEADER)
def columns_shuffled(document: Document, rng: Random) -> None:
    """The figures' columns shuffled."""
    page, table = pick_table(document, rng)
    need(that=len(table.columns) > _FEWEST)
    order = list(range(2, len(table.columns)))
    while order == sorted(order):
        rng.shuffle(order)
    _columns_moved(page, table, [0, 1, *order])


@mutation("the name's column at another place", group="columns", stage=Stage.HEADER)
def columns_name_moved(document: Document, rng: Random) -> None:
    """STT after the name, or the name in the middle."""
    page, table = pick_table(document, rng, *(set(BY_UNIT) | LISTINGS))
    order = list(range(len(table.columns)))
    order.insert(rng.choice((1, 2)), order.pop(0))
    _columns_moved(page, table, order)


@mutation("a column more, with figures", group="columns", stage=Stage.HEADER)
def column_of_figures_added(document: Document, rng: Random) -> None:
    """What the office counts for itself."""
    page, table = pick_table(document, rng)
    at = rng.randint(2, len(table.columns))
    label = rng.choice(("Chênh lệch", "Số liệu kiểm tra", "Mã nội bộ"))
    _add_column(page, table, at, label, _some_figure(rng))


@mutation("a column more, with texts", group="columns", stage=Stage.HEADER)
def column_of_texts_added(document: Document, rng: Random) -> None:
    """Remarks beside the rows."""
    page, table = pick_table(document, rng)
    remarks = ("đã kiểm tra", "số ước", "theo báo cáo", None)
    _add_column(page, table, len(table.columns), "Ghi chú", lambda: rng.choice(remarks))


def _some_figure(rng: Random) -> Callable[[], Cell]:
    return lambda: rng.choice((rng.randint(1, 99_999), rng.randint(1, 99), None))


def _add_column(page: Page, table: Table, at: int, label: str, cell: Callable[[], Cell]) -> None:
    spread(page, table)
    for line in page.lines:
        if line.table is not table:
            continue
        if line.role in {Role.HEADER, Role.NUMBERING, Role.ROW, Role.TOTAL}:
            line.cells.insert(at, cell() if line.role in {Role.ROW, Role.TOTAL} else None)
        else:
            line.cells.append(None)
    head = _head(page, table)
    head[0].cells[at] = label
    for line in page.of(table, Role.NUMBERING):
        line.cells[at] = str(len(table.columns))
    table.columns.insert(at, f"({label})")


@mutation("a required column left out", group="columns", stage=Stage.HEADER)
def column_missing(document: Document, rng: Random) -> None:
    """Nothing is made up for it."""
    page, table = pick_table(document, rng)
    required = [column for column in table.columns if column not in _OPTIONAL | {"trained", "unplanned"}]
    required = [column for column in required if not column.endswith("_ytd") or table.form in {"industry", "exports"}]
    required = [column for column in required if column != "area" or table.form != "poverty"]
    gone = table.columns.index(choose(rng, required))
    _columns_moved(page, table, [place for place in range(len(table.columns)) if place != gone])
    # Where a group's only total is gone, the group's own label stands over all of its columns.
    document.refuse("missing_column no_form ambiguous_column")


@mutation("a required column under a name of the sender's own", group="columns", stage=Stage.HEADER)
def column_renamed(document: Document, rng: Random) -> None:
    """A label that no form has."""
    page, table = pick_table(document, rng)
    required = [column for column in table.columns if is_figure(table.form, column) and column not in _OPTIONAL]
    required = [column for column in required if column not in {"trained", "unplanned"} and not column.endswith("_ytd")]
    need(that=bool(required))
    place = table.columns.index(choose(rng, required))
    spread(page, table)
    lines = [line for line in _head(page, table) if isinstance(line.cells[place], str)]
    lines[-1].cells[place] = "Số liệu kỳ này"
    # Where a group's only total is gone, the group's own label stands over all of its columns.
    document.refuse("missing_column no_form ambiguous_column")


@mutation("an optional column left out", group="columns", stage=Stage.HEADER)
def column_optional_missing(document: Document, rng: Random) -> None:
    """Read without it."""
    page, table = pick_table(document, rng)
    optional = [column for column in table.columns if column in _OPTIONAL and column not in {"ordinal", "stt"}]
    optional = [column for column in optional if not any(line.touched for line in document.lines(table))]
    # A percentage alone under its group has its heading from what stands beside it.
    need(that=bool(optional))
    column = choose(rng, optional)
    gone = table.columns.index(column)
    _columns_moved(page, table, [place for place in range(len(table.columns)) if place != gone])
    for line in document.lines(table):
        if line.truth is not None:
            line.truth.pop(column, None)


@mutation("a column twice, with other figures", group="columns", stage=Stage.HEADER)
def column_twice(document: Document, rng: Random) -> None:
    """Which one is meant?"""
    page, table = pick_table(document, rng)
    known = [column for column in table.columns if is_figure(table.form, column) or column in DAYS]
    place = table.columns.index(choose(rng, known))
    order = list(range(len(table.columns)))
    _columns_moved(page, table, [*order, place])
    for line in page.of(table, Role.ROW, Role.TOTAL):
        cell = line.cells[-1]
        if isinstance(cell, int | float):
            line.cells[-1] = cell + 1
    document.refuse("ambiguous_column")


# Two columns that cannot change places unseen: the second is a part of the first, or runs longer.
_ORDERED = (
    ("value_ytd", "value_quarter", "ytd_at_least_quarter export_ytd_at_least_quarter"),
    ("collected", "treated", "treated_within_collected"), ("hygienic", "clean", "clean_within_hygienic"),
    ("households", "hygienic", "hygienic_within_households clean_within_hygienic"),
    ("landed_t", "monitored_t", "monitored_within_landed"), ("placed", "women", "women_within_placed placed_by_way"),
    ("labour_force", "trained", "trained_within_force"), ("poor_start", "poor_end", "poor_balances"),
)  # fmt: skip


@mutation("the headings of two columns changed round", group="columns", stage=Stage.HEADER)
def columns_changed_round(document: Document, rng: Random) -> None:
    """The quarter under lũy kế: what belongs together tells."""
    page, table = pick_table(document, rng)
    need(that=not document.rejected)  # those stand in columns as they were
    found = [order for order in _ORDERED if {order[0], order[1]} <= set(table.columns)]
    need(that=bool(found))
    more, less, rules = rng.choice(found)
    pairs = [(line, line.get(more), line.get(less)) for line in page.of(table, Role.ROW)]
    pairs = [(line, large, small) for line, large, small in pairs if line.truth is not None and not line.touched]
    need(that=any(isinstance(a, int | float) and isinstance(b, int | float) and a > b for _, a, b in pairs))
    spread(page, table)
    first, second = table.columns.index(more), table.columns.index(less)
    for line in _head(page, table):
        line.cells[first], line.cells[second] = line.cells[second], line.cells[first]
    for line in page.of(table, Role.ROW, Role.TOTAL):
        document.set_free([line])
        if line.truth is not None:
            line.truth[more], line.truth[less] = line.truth[less], line.truth[more]
    table.columns[first], table.columns[second] = less, more
    document.any_of.append(frozenset(rules.split()))


_DEEPEST = 3
_FEWEST = 3
