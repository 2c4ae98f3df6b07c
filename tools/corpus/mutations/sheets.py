"""Messes of the workbook's sheets: foreign ones, hidden ones, copies, two tables on one, empty rows and columns."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from tools.corpus.document import Cell, Document, Line, Page, Role
from tools.corpus.mutations.registry import Stage, choose, mutation, need, pick_table
from tools.corpus.writing import EXCEL, WORKBOOKS


def _form_pages(document: Document) -> list[Page]:
    return [page for page in document.pages if page.tables]


def _foreign(rng: Random, name: str) -> Page:
    """A sheet of something else."""
    choices: tuple[list[list[Cell]], ...] = (
        [["Danh mục"], ["STT", "Tên", "Ghi chú"], [1, "Mục thứ nhất", "x"], [2, "Mục thứ hai", None]],
        [["Bảng tính nháp"], [None], [1, 2, 3], [4, 5, 6]],
        [["STT", "Nội dung", "Số tiền"], [1, "Chi phí in", 1500], [2, "Chi phí gửi", 700]],
    )
    return Page(name, [Line(list(row), Role.NOTE) for row in rng.choice(choices)])


@mutation("empty rows above", group="shift", stage=Stage.SHEET)
def rows_above(document: Document, rng: Random) -> None:
    """The sheet begins lower down."""
    page = choose(rng, _form_pages(document))
    table = page.tables[0]
    blank = [Line([None] * len(table.columns), Role.BLANK, table) for _ in range(rng.randint(1, 6))]
    page.insert(page.lines[0], *blank)


@mutation("empty columns to the left", group="shift", stage=Stage.SHEET)
def columns_left(document: Document, rng: Random) -> None:
    """The sheet begins further right."""
    choose(rng, _form_pages(document)).left += rng.randint(1, 3)


@mutation("a foreign sheet before the form", group="foreign", stage=Stage.SHEET, kinds=WORKBOOKS)
def foreign_sheet_before(document: Document, rng: Random) -> None:
    """A list of something else."""
    document.pages.insert(0, _foreign(rng, "Danh mục"))


@mutation("a foreign sheet after the form", group="foreign", stage=Stage.SHEET, kinds=WORKBOOKS)
def foreign_sheet_after(document: Document, rng: Random) -> None:
    """Scratch paper."""
    document.pages.append(_foreign(rng, "Nháp"))


@mutation("an empty sheet before the form", group="foreign", stage=Stage.SHEET, kinds=WORKBOOKS)
def empty_sheet_before(document: Document, rng: Random) -> None:
    """Sheet1, as Excel made it."""
    del rng
    document.pages.insert(0, Page("Sheet1", [Line([" "], Role.BLANK)]))


@mutation("the form on a hidden sheet", group="hidden", stage=Stage.SHEET, kinds=EXCEL | {"xls"})
def sheet_hidden(document: Document, rng: Random) -> None:
    """Read, and said."""
    for page in _form_pages(document):
        page.hidden = True
    document.pages.insert(0, _foreign(rng, "Bìa"))
    document.warned.append(frozenset({"hidden_sheet"}))


@mutation("two sheets that both are the form", group="copies", stage=Stage.SHEET, kinds=WORKBOOKS)
def sheet_twice(document: Document, rng: Random) -> None:
    """A draft beside the final one."""
    _copy(document, rng, hidden=False)


@mutation("a hidden sheet that is the form too", group="copies", stage=Stage.SHEET, kinds=EXCEL | {"xls"})
def sheet_twice_hidden(document: Document, rng: Random) -> None:
    """The draft is hidden: which one is meant?"""
    _copy(document, rng, hidden=True)


def _copy(document: Document, rng: Random, *, hidden: bool) -> None:
    page, _ = pick_table(document, rng)
    other = deepcopy(page)
    other.name, other.hidden = "Bản nháp", hidden
    document.pages.insert(document.pages.index(page) + rng.choice((0, 1)), other)
    document.refuse("two_sheets")
    if hidden and document.pages[0].hidden:
        document.pages.reverse()


@mutation("two tables on one sheet", group="copies", stage=Stage.SHEET)
def tables_on_one_sheet(document: Document, rng: Random) -> None:
    """One below the other."""
    pages = _form_pages(document)
    need(that=len(pages) > 1)
    first, second = pages[0], pages[1]
    need(that=first.left == second.left)
    gap = [Line([None], Role.BLANK, second.tables[0]) for _ in range(rng.randint(1, 3))]
    # The first table's notes stay between the two, its signatures do not.
    while first.lines and first.lines[-1].role in {Role.NOTE, Role.BLANK}:
        first.remove(first.lines[-1])
    below = [line for line in second.lines if line.role is not Role.LETTERHEAD]
    while below and below[0].role is Role.BLANK:
        del below[0]
    first.lines += [*gap, *below]
    first.merges += [merge for merge in second.merges if merge.top in below]
    document.pages.remove(second)
