"""Messes of single cells and of how a whole table writes its numbers, days and percentages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from lagi_samples.sheet import vietnamese
from tools.corpus.clean import COUNTS, DAYS, MONEY, PERCENTS, is_added, is_figure
from tools.corpus.document import Cell, Document, Failed, Formula, Line, Percentage, Role, Table
from tools.corpus.mutations.registry import (
    Stage,
    choose,
    choose_some,
    figures,
    mutation,
    need,
    parents,
    pick_figure,
    pick_table,
    rows,
    set_row,
)
from tools.corpus.writing import EXCEL, WORKBOOKS

_WITH_ERRORS = EXCEL | {"xls"}
_CHECKED_PERCENTS = PERCENTS - {"percent_of_last_year"}
_GROUPED = 1000
_MONTHS = 12
_BEYOND_ROUNDING = 20  # ten parts rounded to units may miss their sum by five


def _spoil(document: Document, rng: Random, make: Callable[[Cell], Cell], rules: str) -> None:
    """Put what is no number in the place of a figure: its row is rejected at that cell."""
    line, column = pick_figure(document, rng)
    line.put(column, make(line.get(column)))
    document.reject(rules, line, column)


# ---- cells without a value


@mutation("a formula that was never computed, in a figure", group="unread", stage=Stage.FIGURE, kinds=EXCEL)
def formula_uncached(document: Document, rng: Random) -> None:
    """A file saved by a program that does not calculate."""
    _spoil(document, rng, lambda _: Formula("=SUM(C5:C9)"), "uncached_formula")


@mutation("a formula that was never computed, in the total", group="unread", stage=Stage.FIGURE, kinds=EXCEL)
def formula_uncached_in_total(document: Document, rng: Random) -> None:
    """The total that somebody's program left to Excel."""
    page, table = pick_table(document, rng)
    totals = [line for line in page.of(table, Role.TOTAL, Role.ROW) if line.key.startswith("Tổng") and not line.touched]
    need(that=bool(totals))
    line = choose(rng, totals)
    column = choose(rng, [column for column in figures(line) if column not in PERCENTS])
    line.put(column, Formula("=SUM(C5:C9)"))
    document.reject("uncached_formula", line, column)


@mutation("a formula that was never computed, where no figure stands", group="elsewhere", stage=Stage.FORM, kinds=EXCEL)
def formula_uncached_elsewhere(document: Document, rng: Random) -> None:
    """In the notes and beside the table."""
    page, table = pick_table(document, rng)
    note = choose(rng, page.of(table, Role.NOTE))
    note.cells[-1] = Formula("=TODAY()")


@mutation("formulas with their results", group="results", stage=Stage.FORM, kinds=EXCEL)
def formula_with_result(document: Document, rng: Random) -> None:
    """Totals and percentages as Excel computed them."""
    _, table = pick_table(document, rng)
    for line in document.lines(table):
        if line.role in {Role.ROW, Role.TOTAL} and not line.touched:
            for column in figures(line):
                cell = line.get(column)
                if isinstance(cell, int | float) and rng.random() < 1 / 3:
                    line.put(column, Formula("=B1*1", cell))


@mutation("#REF! in a figure", group="unread", stage=Stage.FIGURE, kinds=_WITH_ERRORS)
def error_ref(document: Document, rng: Random) -> None:
    """A formula whose cells were deleted."""
    _spoil(document, rng, lambda _: Failed("#REF!"), "error_cell")


@mutation("#DIV/0! in a figure", group="unread", stage=Stage.FIGURE, kinds=_WITH_ERRORS)
def error_division(document: Document, rng: Random) -> None:
    """A percentage of nothing."""
    _spoil(document, rng, lambda _: Failed("#DIV/0!"), "error_cell")


@mutation("the text #N/A in a figure", group="unread", stage=Stage.FIGURE)
def error_as_text(document: Document, rng: Random) -> None:
    """An error pasted as a value."""
    _spoil(document, rng, lambda _: "#N/A", "error_cell not_a_number")


@mutation("a figure that Excel made a day", group="unread", stage=Stage.FIGURE, kinds=WORKBOOKS)
def figure_as_day(document: Document, rng: Random) -> None:
    """12.5 typed where Excel reads 12 May."""
    _spoil(document, rng, lambda _: date(2024, 5, 12), "not_a_number")


@mutation("TRUE in a figure", group="unread", stage=Stage.FIGURE, kinds=EXCEL | {"xls"})
def figure_as_truth(document: Document, rng: Random) -> None:
    """A comparison where its result belongs."""
    _spoil(document, rng, lambda _: True, "not_a_number")


# ---- texts in the place of a figure


@mutation("letters O for noughts", group="unread", stage=Stage.FIGURE)
def letter_for_nought(document: Document, rng: Random) -> None:
    """1O5 for 105."""
    line, column = pick_figure(document, rng, lambda line, column: "0" in vietnamese(_number(line, column)))
    line.put(column, vietnamese(_number(line, column)).replace("0", "O"))
    document.reject("not_a_number", line, column)


@mutation("a letter l for a one", group="unread", stage=Stage.FIGURE)
def letter_for_one(document: Document, rng: Random) -> None:
    """l5 for 15."""
    line, column = pick_figure(document, rng, lambda line, column: "1" in vietnamese(_number(line, column)))
    line.put(column, vietnamese(_number(line, column)).replace("1", "l"))
    document.reject("not_a_number", line, column)


@mutation("a word beside a figure", group="unread", stage=Stage.FIGURE)
def word_beside_figure(document: Document, rng: Random) -> None:
    """As "120 (ước)"."""
    _spoil(document, rng, lambda cell: f"{vietnamese(_plain(cell))} (ước)", "not_a_number")


@mutation("two figures in one cell", group="unread", stage=Stage.FIGURE)
def two_figures_in_a_cell(document: Document, rng: Random) -> None:
    """As "120/95", target and result."""
    _spoil(document, rng, lambda cell: f"{vietnamese(_plain(cell))}/{vietnamese(_plain(cell))}", "not_a_number")


@mutation("a unit of another kind behind a figure", group="unread", stage=Stage.FIGURE)
def per_cent_behind_a_figure(document: Document, rng: Random) -> None:
    """A per cent sign in a column of money or people."""
    line, column = pick_figure(document, rng, lambda _, column: column not in PERCENTS)
    line.put(column, f"{vietnamese(_number(line, column))}%")
    document.reject("unit not_a_number", line, column)


@mutation("a figure without the nought before its comma", group="unread", stage=Stage.FIGURE)
def no_nought_before_comma(document: Document, rng: Random) -> None:
    """As ",5"."""
    _spoil(document, rng, lambda cell: f",{round(_plain(cell))}", "not_a_number")


@mutation("a group of four digits", group="unread", stage=Stage.FIGURE)
def misplaced_group(document: Document, rng: Random) -> None:
    """As "1.2345" and "12.34.567": neither groups nor decimals."""
    _spoil(document, rng, lambda cell: f"12.34.{round(_plain(cell)) % 1000:03d}", "not_a_number")


@mutation("a figure missing: a dash or dots", group="gap", stage=Stage.FIGURE)
def figure_missing(document: Document, rng: Random) -> None:
    """A gap is no zero: what it was part of no longer adds up."""
    line, column = pick_figure(
        document, rng, lambda line, column: line.parent is not None and _has_parts_left(document, line, column)
    )
    need(that=line.table is not None and line.table.form != "forestry")
    set_row(line, column, rng.choice(("-", "–", "…", "...", "x")), None)
    _expect_odd_sum(document, line, column)


@mutation("a percentage or a plan missing", group="gap", stage=Stage.FIGURE)
def optional_figure_missing(document: Document, rng: Random) -> None:
    """A dash where no sum and no indicator looks."""
    line, column = pick_figure(document, rng, lambda _, column: column in PERCENTS or column == "power_kw")
    set_row(line, column, rng.choice(("-", "–", "…", "x", "")), None)


@mutation("a figure in brackets: negative", group="sum", stage=Stage.FIGURE)
def figure_in_brackets(document: Document, rng: Random) -> None:
    """Accountants' minus, where no figure can be negative or the sum says otherwise."""
    line, column = pick_figure(
        document, rng, lambda line, column: column not in PERCENTS and _has_a_floor(line, column)
    )
    line.put(column, f"({vietnamese(_number(line, column))})")
    document.reject("greater_than_or_equal_to greater_than", line, column)
    document.set_free(parents(line))


@mutation("a negative count", group="sum", stage=Stage.FIGURE)
def negative_count(document: Document, rng: Random) -> None:
    """A correction typed as a count."""
    line, column = pick_figure(document, rng, _has_a_floor)
    line.put(column, -_number(line, column))
    document.reject("greater_than_or_equal_to greater_than", line, column)
    document.set_free(parents(line))


@mutation("decimals in a count", group="unread", stage=Stage.FIGURE)
def decimals_in_count(document: Document, rng: Random) -> None:
    """Half a household."""
    line, column = pick_figure(document, rng, lambda _, column: column in COUNTS)
    line.put(column, _number(line, column) + 0.5)
    document.reject("not_whole", line, column)
    document.set_free(parents(line))


@mutation("a reduction in brackets that adds up", group="sum", stage=Stage.FIGURE)
def reduction_in_brackets(document: Document, rng: Random) -> None:
    """Form 94: a refund makes a row negative, and its parents smaller."""
    _, table = pick_table(document, rng, "budget_revenue", "budget_spending")
    whole = [line for line in rows(document, table) if not any(other.parent is line for other in rows(document, table))]
    line = choose(rng, [line for line in whole if isinstance(line.get("actual"), int) and line.parent is not None])
    before = _number(line, "actual")
    for other in (line, *parents(line)):
        amount = (-before if other is line else _number(other, "actual") - 2 * before) if before else 0
        text = f"({vietnamese(-amount)})" if amount < 0 else amount
        set_row(other, "actual", text, Decimal(amount) * table.scale)
        for column in PERCENTS & set(table.columns):
            set_row(other, column, None, None)


@mutation("a figure a thousand times too large", group="sum", stage=Stage.FIGURE)
def a_thousand_times(document: Document, rng: Random) -> None:
    """One row in another unit."""
    line, column = pick_figure(
        document, rng, lambda line, column: line.parent is not None and _is_vouched_for(document, line, column)
    )
    amount = round(_number(line, column) * _GROUPED, 3)
    table = line.table
    assert table is not None  # noqa: S101 - a figure stands in a table
    set_row(line, column, amount, Decimal(repr(amount)) * (table.scale if column in MONEY else 1))
    _expect_odd_sum(document, line, column)


@mutation("a parent or total that is not the sum", group="sum", stage=Stage.FIGURE)
def sum_wrong(document: Document, rng: Random) -> None:
    """A total typed by hand."""
    page, table = pick_table(document, rng)
    found = [
        (line, column)
        for line in page.of(table, Role.ROW, Role.TOTAL)
        for column in figures(line)
        if is_added(table.form, column) and any(other.parent is line for other in page.lines) and not line.touched
    ]
    need(that=bool(found))
    line, column = choose(rng, found)
    amount = _number(line, column)
    line.put(column, amount + max(_BEYOND_ROUNDING, round(amount / 50)))
    document.reject("parent_sum total_sum", line, column)
    document.set_free(parents(line))


# ---- how a whole table writes its numbers


def _write_numbers(document: Document, rng: Random, spell: Callable[[float], str]) -> None:
    _, table = pick_table(document, rng)
    for line in document.lines(table):
        if line.role in {Role.ROW, Role.TOTAL}:
            for column in figures(line):
                line.put(column, spell(_number(line, column)))


@mutation("numbers as Vietnamese text", group="numbers", stage=Stage.FORM)
def numbers_as_text(document: Document, rng: Random) -> None:
    """1.234,5 in text cells."""
    _write_numbers(document, rng, vietnamese)


@mutation("numbers as text with spaces that group", group="numbers", stage=Stage.FORM)
def numbers_with_spaces(document: Document, rng: Random) -> None:
    """Groups held together by no-break spaces, narrow or wide."""
    space = rng.choice(("\u00a0", "\u202f", " "))
    _write_numbers(document, rng, lambda number: vietnamese(number).replace(".", space))


@mutation("numbers as text with spaces around", group="numbers", stage=Stage.FORM)
def numbers_with_trailing_spaces(document: Document, rng: Random) -> None:
    """Text cells with blanks that nobody sees."""
    _write_numbers(document, rng, lambda number: f" {vietnamese(number)}\u00a0 ")


@mutation("numbers as text without groups", group="numbers", stage=Stage.FORM)
def numbers_without_groups(document: Document, rng: Random) -> None:
    """1234,5."""
    _write_numbers(document, rng, lambda number: vietnamese(number).replace(".", ""))


@mutation("numbers as English text", group="numbers", stage=Stage.FORM)
def numbers_in_english(document: Document, rng: Random) -> None:
    """1,234.5 throughout: right where nothing else can be meant, refused where it can."""
    need(that=not document.rejected and not document.any_of)
    _write_numbers(document, rng, lambda number: f"{number:,}")
    document.either = True


@mutation("one number in English among Vietnamese ones", group="numbers", stage=Stage.FORM)
def numbers_contradictory(document: Document, rng: Random) -> None:
    """Two typists: what could be read in two ways is not guessed at."""
    _write_numbers(document, rng, vietnamese)
    written = [table for _, table in document.forms() if any(_is_grouped(line) for line in document.lines(table))]
    table = choose(rng, written)
    grouped = [
        (line, column)
        for line in rows(document, table)
        for column in table.columns
        if _is_one_group(line.get(column), table, column)
    ]
    lines = [line for line in rows(document, table) if line.table is table]
    need(that=bool(grouped) and len(lines) > 1)
    odd = next((line for line in reversed(lines) if line not in {line for line, _ in grouped}), None)
    need(that=odd is not None)
    assert odd is not None  # noqa: S101 - said above
    column = next((column for column in reversed(table.columns) if column in PERCENTS or column == "unplanned"), None)
    need(that=column is not None)
    assert column is not None  # noqa: S101 - said above
    set_row(odd, column, "1,234.5", Decimal("1234.5"))
    document.set_free([odd, *document.lines(table)])
    for line, where in grouped:
        document.reject("not_a_number", line, where)


# ---- percentages


@mutation("percentages as text with their sign", group="percent", stage=Stage.FORM)
def percent_as_text(document: Document, rng: Random) -> None:
    """As "64,5%"."""
    _for_percents(document, rng, lambda number: f"{vietnamese(number)}{rng.choice(('%', ' %'))}")


@mutation("percentages as fractions shown as a percentage", group="percent", stage=Stage.FORM, kinds=EXCEL | {"xls"})
def percent_by_format(document: Document, rng: Random) -> None:
    """0.64 in a cell whose format is 0.00%."""
    _for_percents(document, rng, lambda number: Percentage(float(Decimal(repr(number)) / 100)))


@mutation("percentages as bare fractions", group="percent", stage=Stage.FORM)
def percent_as_fraction(document: Document, rng: Random) -> None:
    """0,64 where 64 is meant."""
    changed = _for_percents(document, rng, lambda number: float(Decimal(repr(number)) / 100))
    for line, column in changed:
        # A total leaves with what it says of percentages; a row that is rejected anyway is looked at no further.
        if line.truth is None or any(one.line is line for one in document.rejected):
            continue
        rules = "fraction percent_of_plan percent_of_province percent_of_council industry_percent_of_plan"
        document.reject(f"{rules} hygienic_percent clean_percent poor_percent", line, column)
        document.set_free(parents(line))
    document.set_free([line for line, _ in changed])


@mutation("one percentage as a bare fraction", group="percent", stage=Stage.FIGURE)
def one_percent_as_fraction(document: Document, rng: Random) -> None:
    """0,64 amid percentages, where the figures beside it say what is meant."""
    line, column = pick_figure(
        document, rng, lambda line, column: column in _CHECKED_PERCENTS and _number(line, column) > 0
    )
    line.put(column, float(Decimal(repr(_number(line, column))) / 100))
    rules = "fraction percent_of_plan percent_of_province percent_of_council industry_percent_of_plan"
    document.reject(f"{rules} hygienic_percent clean_percent poor_percent", line, column)


@mutation("a figure of another unit shown as a percentage", group="unread", stage=Stage.FIGURE, kinds=EXCEL | {"xls"})
def percent_format_elsewhere(document: Document, rng: Random) -> None:
    """The format of a percentage spread over a column of money or people."""
    line, column = pick_figure(document, rng, lambda _, column: column not in PERCENTS)
    line.put(column, Percentage(float(_number(line, column))))
    document.reject("unit", line, column)


# ---- days


def _write_days(document: Document, rng: Random, spell: Callable[[date], Cell]) -> None:
    _, table = pick_table(document, rng, "fisheries_vessels", "fisheries_cases")
    for line in document.lines(table):
        if line.role is Role.ROW:
            for column in DAYS & set(table.columns):
                day = line.get(column)
                if isinstance(day, date):
                    line.put(column, spell(day))


@mutation("days as text, dd/mm/yyyy", group="days", stage=Stage.FORM)
def days_as_text(document: Document, rng: Random) -> None:
    """30/09/2024, 30-09-2024 or 30.09.2024 in a text cell."""
    mark = rng.choice("/-.")
    _write_days(document, rng, lambda day: day.strftime(f"%d{mark}%m{mark}%Y"))


@mutation("days as text without noughts", group="days", stage=Stage.FORM)
def days_without_noughts(document: Document, rng: Random) -> None:
    """1/7/2024."""
    _write_days(document, rng, lambda day: f"{day.day}/{day.month}/{day.year}")


@mutation("days as text, ISO", group="days", stage=Stage.FORM)
def days_iso(document: Document, rng: Random) -> None:
    """2024-09-30."""
    _write_days(document, rng, lambda day: day.isoformat())


@mutation("days as bare numbers", group="days", stage=Stage.FORM, kinds=WORKBOOKS)
def days_as_numbers(document: Document, rng: Random) -> None:
    """45565 in a cell without a format."""
    _write_days(document, rng, lambda day: (day - date(1899, 12, 30)).days)


@mutation("days as bare numbers that count from 1904", group="days", stage=Stage.FORM, kinds=EXCEL | {"xls"})
def days_as_numbers_1904(document: Document, rng: Random) -> None:
    """The same from an old Mac."""
    document.date1904 = True
    _write_days(document, rng, lambda day: (day - date(1904, 1, 1)).days)


@mutation("days of a workbook that counts from 1904", group="days", stage=Stage.FORM, kinds=EXCEL)
def days_1904(document: Document, rng: Random) -> None:
    """Days with a format, in the other calendar."""
    pick_table(document, rng, "fisheries_vessels", "fisheries_cases")
    document.date1904 = True


@mutation("a day that does not exist", group="unread", stage=Stage.FIGURE)
def day_impossible(document: Document, rng: Random) -> None:
    """31/02/2024."""
    _spoil_day(document, rng, "31/02/2024")


@mutation("a day written month first", group="unread", stage=Stage.FIGURE)
def day_month_first(document: Document, rng: Random) -> None:
    """07/25/2024: in the days beside it, which was written first cannot be told where both are at most twelve."""
    table, spoilt, column = _spoil_day(document, rng, "07/25/2024")
    for line in document.lines(table):
        day = line.get(column)
        if (
            line is not spoilt
            and line.truth is not None
            and isinstance(day, date)
            and day.day <= _MONTHS
            and day.day != day.month
        ):
            document.reject("day_or_month", line, column)


@mutation("a year where a day belongs", group="unread", stage=Stage.FIGURE)
def day_is_a_year(document: Document, rng: Random) -> None:
    """2024, which as a number would be a day of 1905."""
    _spoil_day(document, rng, 2024)


@mutation("a case of another quarter", group="unread", stage=Stage.FIGURE)
def case_of_another_quarter(document: Document, rng: Random) -> None:
    """A day within the list that the quarter does not hold."""
    _, table = pick_table(document, rng, "fisheries_cases")
    line = choose(rng, rows(document, table))
    line.put("case_date", document.quarter.end + timedelta(days=rng.randint(1, 90)))
    document.reject("case_in_quarter", line, "case_date")


def _spoil_day(document: Document, rng: Random, cell: Cell) -> tuple[Table, Line, str]:
    _, table = pick_table(document, rng, "fisheries_vessels", "fisheries_cases")
    found = [
        (line, column)
        for line in rows(document, table)
        for column in DAYS & set(table.columns)
        if isinstance(line.get(column), date)
    ]
    line, column = choose(rng, sorted(found, key=lambda pair: (pair[0].key, pair[1])))
    line.put(column, cell)
    document.reject("not_a_day", line, column)
    return table, line, column


# ---- codes of listings


@mutation("a word for a length", group="unread", stage=Stage.FIGURE)
def words_for_a_number(document: Document, rng: Random) -> None:
    """As "mười lăm mét"."""
    _, table = pick_table(document, rng, "fisheries_vessels")
    line = choose(rng, rows(document, table))
    line.put("length_m", "mười lăm mét")
    document.reject("not_a_number", line, "length_m")


@mutation("a register number of another form", group="unread", stage=Stage.FIGURE)
def register_misspelt(document: Document, rng: Random) -> None:
    """A number without its letters."""
    _, table = pick_table(document, rng, "fisheries_vessels", "fisheries_cases")
    line = choose(rng, rows(document, table))
    line.put("register_text", "99-1234")
    document.reject("register_form case_register_form str_matches", line, "register_text")


@mutation("a vessel listed twice", group="unread", stage=Stage.FIGURE)
def vessel_twice(document: Document, rng: Random) -> None:
    """The same register number spelt in two ways."""
    _, table = pick_table(document, rng, "fisheries_vessels")
    first, second = choose_some(rng, rows(document, table), 2)
    number = str(first.get("register_text"))
    second.put("register_text", number.replace("-", " ").upper())
    document.reject("register_once", first, "register_text")
    document.reject("register_once", second, "register_text")


@mutation("a word that the list does not know", group="unread", stage=Stage.FIGURE)
def state_unknown(document: Document, rng: Random) -> None:
    """A state or zone of the sender's own."""
    _, table = pick_table(document, rng, "fisheries_vessels", "fisheries_cases")
    line = choose(rng, rows(document, table))
    column = "state" if "state" in table.columns else "zone"
    line.put(column, "không rõ")
    document.reject("isin", line, column)


@mutation("a month of another quarter", group="unread", stage=Stage.FIGURE)
def month_of_another_quarter(document: Document, rng: Random) -> None:
    """Landings of the month after."""
    _, table = pick_table(document, rng, "fisheries_landings")
    line = choose(rng, rows(document, table))
    line.put("month_text", f"Tháng {document.quarter.next.start.month}")
    document.reject("month_in_quarter", line, "month_text")


def _plain(cell: Cell) -> float:
    need(that=isinstance(cell, int | float))
    assert isinstance(cell, int | float)  # noqa: S101 - said above
    return cell


def _number(line: Line, column: str) -> float:
    return _plain(line.get(column))


def _for_percents(document: Document, rng: Random, spell: Callable[[float], Cell]) -> list[tuple[Line, str]]:
    """Write one column of percentages otherwise; the cells that were changed."""
    found = [(page, table) for page, table in document.forms() if PERCENTS & set(table.columns)]
    need(that=bool(found))
    _, table = choose(rng, found)
    column = choose(rng, sorted(PERCENTS & set(table.columns)))
    lines = [line for line in document.lines(table) if line.role in {Role.ROW, Role.TOTAL}]
    lines = [line for line in lines if isinstance(line.get(column), int | float) and line.get(column)]
    for line in lines:
        line.put(column, spell(_number(line, column)))
    return [(line, column) for line in lines]


def _has_a_floor(line: Line, column: str) -> bool:
    """Whether the column of a row has no negative figures."""
    form = line.table.form if line.table else ""
    return column in COUNTS or form in {"waste", "forestry", "fisheries_landings"} or column in {"length_m", "power_kw"}


def _siblings(document: Document, line: Line) -> list[Line]:
    return [
        other for page in document.pages for other in page.lines if other.parent is line.parent and other is not line
    ]


def _has_parts_left(document: Document, line: Line, column: str) -> bool:
    """Whether a sum is checked although this figure is gone."""
    form = line.table.form if line.table else ""
    return is_added(form, column) and any(
        isinstance(other.get(column), int | float) and other.get(column) for other in _siblings(document, line)
    )


def _is_vouched_for(document: Document, line: Line, column: str) -> bool:
    del document
    form = line.table.form if line.table else ""
    above = line.parent.get(column) if line.parent else None
    return is_added(form, column) and isinstance(above, int | float)


def _expect_odd_sum(document: Document, line: Line, column: str) -> None:
    """The sum above a changed figure no longer holds: it is rejected, and so may be the row and what is above."""
    above = line.parent
    assert above is not None  # noqa: S101 - rows without a sum are not chosen
    document.reject("parent_sum total_sum missing_figure out_of_scale", above, column)
    document.set_free(
        [line, *parents(line), *(other for other in document.lines(_table(line)) if other.parent is line)]
    )


def _table(line: Line) -> Table:
    assert line.table is not None  # noqa: S101 - a row of a table
    return line.table


def _is_grouped(line: Line) -> bool:
    return line.role is Role.ROW and any(isinstance(cell, str) and "." in cell for cell in line.cells)


def _is_one_group(cell: Cell, table: Table, column: str) -> bool:
    """Whether a text could be read in two ways: one separator, and three digits after it."""
    if not isinstance(cell, str) or not is_figure(table.form, column):
        return False
    head, mark, tail = cell.replace(",", ".").partition(".")
    three = 3
    return (
        bool(mark)
        and len(tail) == three
        and tail.isdigit()
        and head.isdigit()
        and 0 < len(head) <= three
        and head != "0"
    )


@mutation("an area that is not the sum of its purposes", group="sum", stage=Stage.FIGURE)
def purposes_wrong(document: Document, rng: Random) -> None:
    """Biểu 1: a whole typed by hand."""
    _, table = pick_table(document, rng, "forestry")
    line = choose(rng, [line for line in rows(document, table) if line.role is Role.ROW])
    line.put("area", _number(line, "area") + _BEYOND_ROUNDING)
    document.reject("purposes_add_up forest_parts unforested_parts", line, "area")
    document.set_free([other for other in document.lines(table) if other.truth is not None])


@mutation("a day with a year of two digits", group="unread", stage=Stage.FIGURE)
def day_of_two_digits(document: Document, rng: Random) -> None:
    """30/09/24: of which century is not guessed at."""
    _spoil_day(document, rng, "15/09/24")


@mutation("months in other words", group="days", stage=Stage.FORM)
def months_spelt_otherwise(document: Document, rng: Random) -> None:
    """7, "07/2024", "tháng 7"."""
    _, table = pick_table(document, rng, "fisheries_landings")
    for line in rows(document, table):
        month = int("".join(letter for letter in str(line.get("month_text")).split("/")[0] if letter.isdigit()))
        cell, said = rng.choice(
            (
                (month, str(month)),
                (f"{month:02d}/{document.quarter.year}", f"{month:02d}/{document.quarter.year}"),
                (f"tháng {month}", f"tháng {month}"),
            )
        )
        set_row(line, "month_text", cell, said)


@mutation("codes as numbers", group="codes", stage=Stage.FORM)
def codes_as_numbers(document: Document, rng: Random) -> None:
    """1100 in a cell of numbers."""
    _, table = pick_table(document, rng, "forestry")
    for line in rows(document, table):
        code = line.get("code")
        if isinstance(code, str):
            line.put("code", int(code))


@mutation("apostrophes, letters or powers in a number", group="unread", stage=Stage.FIGURE)
def number_of_another_form(document: Document, rng: Random) -> None:
    """1'234, 1,2E+03, 1_234 and digits of another width."""
    _spoil(
        document,
        rng,
        lambda _: rng.choice(("1'234", "1,2E+03", "1_234", "\uff11\uff12", "\u0661\u0662")),
        "not_a_number",
    )


@mutation("the figures of a row moved by one column", group="sum", stage=Stage.FIGURE)
def row_shifted(document: Document, rng: Random) -> None:
    """A row pasted one cell too far to the right."""
    _, table = pick_table(document, rng, "population", "waste", "employment", "poverty")
    line = choose(rng, rows(document, table))
    columns = [column for column in table.columns if is_figure(table.form, column)]
    cells = [line.get(column) for column in columns]
    for column, cell in zip(columns, [*cells[-1:], *cells[:-1]], strict=True):
        said = Decimal(repr(cell)) if isinstance(cell, int | float) else None
        set_row(line, column, cell, said)
    _expect_odd_rows(document, line)


def _expect_odd_rows(document: Document, line: Line) -> None:
    """Something in the row or in what sums it up must be found."""
    document.set_free([line, *parents(line)])
    document.any_of.append(frozenset({"total_sum", "not_whole", "out_of_scale", "placed_by_way", "poor_balances"}))
