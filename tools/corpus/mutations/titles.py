"""Messes above the table: the period, the unit line, letters that come with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from random import Random

from tools.corpus.clean import MONEY
from tools.corpus.document import Cell, Document, Line, Page, Role, Table
from tools.corpus.mutations.labels import other_tones
from tools.corpus.mutations.registry import Stage, choose, mutation, need, pick_table, title_line

_MONEY_FORMS = ("budget_revenue", "budget_spending", "industry", "exports")
_YEAR_TO_DATE = ("budget_revenue", "budget_spending")
_OF_THE_QUARTER = ("waste", "population", "employment", "fisheries_cases", "fisheries_landings")
_DONG = {
    "đồng": "0.000000001", "nghìn đồng": "0.000001", "1.000 đồng": "0.000001", "triệu đồng": "0.001", "tỷ đồng": "1",
    "nghìn tỷ đồng": "1000",
}  # fmt: skip
_USD = {"USD": "0.000001", "nghìn USD": "0.001", "1.000 USD": "0.001", "triệu USD": "1"}
_MISSPELT = {
    "0.001": ("Triệu dồng", "Tr đồng", "tr.đồng", "trđ", "triệu đ", "TRIỆU ĐỒNG"),
    "1": ("tỉ đồng", "Tỷ đ", "tỷ"),
}


def _replace_period(document: Document, rng: Random, spell: Callable[[str], str], *forms: str) -> Line:
    page, table = pick_table(document, rng, *forms)
    line = title_line(page, table)
    text = str(line.cells[0])
    changed = spell(text)
    need(that=changed != text)
    line.cells[0] = changed
    return line


# ---- the period


@mutation("a title of another year", group="title", stage=Stage.TITLE)
def title_of_another_year(document: Document, rng: Random) -> None:
    """Last year's form, sent again."""
    year = document.quarter.year
    other = str(year + rng.choice((-1, 1)))
    line = _replace_period(document, rng, lambda text: text.replace(str(year), other))
    document.refuse("period", line, 0)


@mutation("a title of another quarter", group="title", stage=Stage.TITLE)
def title_of_another_quarter(document: Document, rng: Random) -> None:
    """The quarter before or after, in the form's own words."""
    number = document.quarter.number
    other = choose(rng, [quarter for quarter in (1, 2, 3, 4) if quarter != number])

    def spell(text: str) -> str:
        # What a yearly form says of the year is said of a quarter instead.
        head = _PERIOD.split(text, maxsplit=1)[0]
        return f"{head}{_TO_DATE[other]} {document.quarter.year}"

    _replace_period(document, rng, spell)
    document.refuse("period cumulative")


_PERIOD = re.compile("QUÝ|Quý|6 THÁNG|9 THÁNG|NĂM")
_TO_DATE = {1: "QUÝ I NĂM", 2: "QUÝ II VÀ 6 THÁNG ĐẦU NĂM", 3: "QUÝ III VÀ 9 THÁNG NĂM", 4: "QUÝ IV VÀ NĂM"}


@mutation("a title without a period", group="title", stage=Stage.TITLE)
def title_without_period(document: Document, rng: Random) -> None:
    """The form's name alone."""
    page, table = pick_table(document, rng)
    need(that=len(page.tables) == 1)
    line = title_line(page, table)
    line.cells[0] = "BÁO CÁO SỐ LIỆU"
    for other in page.of(table, Role.PREFACE):
        if str(other.cells[0]).startswith("(Số liệu"):
            page.remove(other)
    if table.form in (*_YEAR_TO_DATE, *_OF_THE_QUARTER):
        document.refuse("period")


@mutation("a title that says two quarters", group="title", stage=Stage.TITLE)
def title_of_two_quarters(document: Document, rng: Random) -> None:
    """Whose figures are these?"""
    page, table = pick_table(document, rng)
    line = title_line(page, table)
    year = document.quarter.year
    line.cells[0] = f"BÁO CÁO KẾT QUẢ QUÝ I VÀ QUÝ III NĂM {year}"
    document.refuse("period")


@mutation("a title of months that end no quarter", group="title", stage=Stage.TITLE)
def title_of_odd_months(document: Document, rng: Random) -> None:
    """8 THÁNG."""
    page, table = pick_table(document, rng)
    title_line(page, table).cells[0] = f"BÁO CÁO KẾT QUẢ 8 THÁNG NĂM {document.quarter.year}"
    for other in page.of(table, Role.PREFACE):
        if str(other.cells[0]).startswith("(Số liệu"):
            page.remove(other)
    document.refuse("period")


@mutation("a title split over two cells", group="title", stage=Stage.TITLE)
def title_split(document: Document, rng: Random) -> None:
    """The year stands by itself."""
    page, table = pick_table(document, rng)
    need(that=len(table.columns) > _YEAR_AT)
    line = title_line(page, table)
    text = str(line.cells[0])
    year = f"NĂM {document.quarter.year}"
    need(that=text.endswith(year) and len(text) > len(year))
    line.cells[0] = text.removesuffix(year).strip()
    line.cells[_YEAR_AT] = year
    page.merges = [merge for merge in page.merges if merge.top is not line]


@mutation("a title in two rows", group="title", stage=Stage.TITLE)
def title_in_two_rows(document: Document, rng: Random) -> None:
    """The period below what it is of."""
    page, table = pick_table(document, rng)
    line = title_line(page, table)
    text, year = str(line.cells[0]), f"NĂM {document.quarter.year}"
    need(that=text.endswith(year) and len(text) > len(year))
    line.cells[0] = text.removesuffix(year).strip()
    page.insert(line, Line([year, *[None] * (len(table.columns) - 1)], Role.TITLE, table), after=True)


@mutation("a title with other spellings", group="title", stage=Stage.TITLE)
def title_spelt_otherwise(document: Document, rng: Random) -> None:
    """QUÍ, quý 3, Quý III/2024."""
    quarter = document.quarter
    quarters = (f"QUÝ {quarter.roman} NĂM {quarter.year}", f"Quý {quarter.roman}/{quarter.year}")
    spelt = rng.choice(
        (f"QUÍ {quarter.roman} NĂM {quarter.year}", f"Quý {quarter.number} năm {quarter.year}",
         f"quý {quarter.roman} - {quarter.year}", f"Quý {quarter.roman}/{quarter.year}")
    )  # fmt: skip

    def spell(text: str) -> str:
        for usual in quarters:
            if text.endswith(usual) and spelt != usual:
                return text.replace(usual, spelt)
        return text

    _replace_period(document, rng, spell)


@mutation("the day of a decision in the title", group="letter", stage=Stage.TITLE)
def title_of_a_decision(document: Document, rng: Random) -> None:
    """A date of a covering letter is not the period."""
    page, table = pick_table(document, rng)
    year = document.quarter.year + rng.choice((-1, 0, 1))
    text = rng.choice(
        (
            f"(Kèm theo Quyết định số MẪU/QĐ-UBND ngày 10 tháng 10 năm {year} của UBND thị xã)",
            f"(Ban hành kèm theo Công văn số MẪU/UBND-TH ngày 05/02/{year})",
            f"(Theo Nghị quyết số MẪU/NQ-HĐND ngày 20 tháng 12 năm {year - 1} của HĐND thị xã)",
        )
    )
    line = Line([text, *[None] * (len(table.columns) - 1)], Role.TITLE, table)
    page.insert(page.of(table, Role.TITLE)[-1], line, after=True)


@mutation("a comparison with last year in the title", group="letter", stage=Stage.TITLE)
def title_with_comparison(document: Document, rng: Random) -> None:
    """As "so với cùng kỳ năm 2023"."""
    page, table = pick_table(document, rng)
    text = f"(so sánh với cùng kỳ năm {document.quarter.year - 1})"
    line = Line([text, *[None] * (len(table.columns) - 1)], Role.TITLE, table)
    page.insert(page.of(table, Role.TITLE)[-1], line, after=True)


@mutation("a letterhead of another day", group="letter", stage=Stage.TITLE)
def letterhead_of_another_day(document: Document, rng: Random) -> None:
    """The day of signing is not the period; nor are dots for it."""
    page, table = pick_table(document, rng)
    line = page.of(table, Role.LETTERHEAD)[-1]
    place = next(at for at, cell in enumerate(line.cells) if isinstance(cell, str) and ", ngày" in cell)
    line.cells[place] = rng.choice(("La Gi, ngày … tháng … năm 2024", "La Gi, ngày 31 tháng 12 năm 2021"))


@mutation("a stand-alone quarter in a form that runs from 1 January", group="title", stage=Stage.TITLE)
def title_of_quarter_alone(document: Document, rng: Random) -> None:
    """QUÝ II where 6 THÁNG is meant: nobody knows."""
    quarter = document.quarter
    need(that=quarter.number > 1)
    page, table = pick_table(document, rng, *_YEAR_TO_DATE)
    line = title_line(page, table)
    line.cells[0] = f"THỰC HIỆN DỰ TOÁN NGÂN SÁCH NHÀ NƯỚC QUÝ {quarter.roman} NĂM {quarter.year}"
    document.refuse("cumulative", line, 0)


@mutation("figures from 1 January in a form of the quarter", group="title", stage=Stage.TITLE)
def title_to_date_in_quarter(document: Document, rng: Random) -> None:
    """6 THÁNG where QUÝ II is asked for."""
    quarter = document.quarter
    need(that=quarter.number > 1)
    page, table = pick_table(document, rng, *_OF_THE_QUARTER)
    line = title_line(page, table)
    months = {2: "6 THÁNG ĐẦU NĂM", 3: "9 THÁNG NĂM", 4: "NĂM"}[quarter.number]
    line.cells[0] = f"KẾT QUẢ {months} {quarter.year}"
    document.refuse("cumulative", line, 0)


# ---- the unit


def _unit(document: Document, rng: Random, *forms: str) -> tuple[Page, Table, Line, int]:
    page, table = pick_table(document, rng, *forms)
    lines = page.of(table, Role.UNIT)
    need(that=len(lines) == 1)
    place = next(at for at, cell in enumerate(lines[0].cells) if cell is not None)
    return page, table, lines[0], place


def _rescale(page: Page, table: Table, scale: Decimal) -> None:
    """Print the money in another unit; what it means stays."""
    for line in page.of(table, Role.ROW, Role.TOTAL):
        for column in MONEY & set(table.columns):
            cell = line.get(column)
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                amount = Decimal(repr(cell)) * table.scale / scale
                line.put(column, int(amount) if amount == int(amount) else float(amount))
    table.scale = scale


@mutation("figures in another unit of money", group="unit", stage=Stage.FIGURE)
def measure_other_scale(document: Document, rng: Random) -> None:
    """đồng, nghìn, tỷ: the unit line says so."""
    page, table, line, place = _unit(document, rng, *_MONEY_FORMS)
    scales = _USD if table.form == "exports" else _DONG
    name = choose(rng, [name for name, scale in scales.items() if Decimal(scale) != table.scale])
    need(that=not any(other.touched for other in document.lines(table)))
    _rescale(page, table, Decimal(scales[name]))
    line.cells[place] = f"Đơn vị tính: {name}"


@mutation("a unit line in other words", group="unit", stage=Stage.TITLE)
def measure_misspelt(document: Document, rng: Random) -> None:
    """Triệu dồng, Tr đồng, tỉ đồng."""
    _, table, line, place = _unit(document, rng, "budget_revenue", "budget_spending", "industry")
    spellings = _MISSPELT.get(format(table.scale.normalize(), "f"))
    need(that=spellings is not None)
    mark = rng.choice(("Đơn vị tính: ", "ĐVT: ", "Đơn vị tính:", "(ĐVT: ", "Đơn vị: "))
    line.cells[place] = mark + rng.choice(spellings or ("",)) + (")" if mark.startswith("(") else "")


@mutation("a unit line that lists a percentage too", group="unit", stage=Stage.TITLE)
def measure_with_percent(document: Document, rng: Random) -> None:
    """As "Đơn vị tính: triệu đồng, %"."""
    _, _, line, place = _unit(document, rng)
    line.cells[place] = f"{line.cells[place]}{rng.choice((', %', '; %', ' và %'))}"


@mutation("a unit line with its tones elsewhere", group="unit", stage=Stage.TITLE)
def measure_tones(document: Document, rng: Random) -> None:
    """tỉ đồng."""
    _, table, line, place = _unit(document, rng, "industry")
    need(that=table.scale == 1)
    line.cells[place] = other_tones(str(line.cells[place]))


@mutation("a unit line split over two cells", group="unit", stage=Stage.TITLE)
def measure_split(document: Document, rng: Random) -> None:
    """As "Đơn vị tính:" | "triệu đồng"."""
    _, _, line, place = _unit(document, rng)
    need(that=place > 0)
    mark, _, name = str(line.cells[place]).partition(":")
    line.cells[place - 1], line.cells[place] = f"{mark}:", name.strip()


@mutation("an office beside the unit line", group="office", stage=Stage.TITLE)
def measure_beside_office(document: Document, rng: Random) -> None:
    """As "Đơn vị:" that names an organisation is no unit."""
    _, _, line, place = _unit(document, rng)
    need(that=place > 1)
    line.cells[0] = rng.choice(("Đơn vị: UBND thị xã La Gi", "Đơn vị báo cáo: Văn phòng", "Đơn vị: Phòng Kinh tế"))


@mutation("no unit line", group="unit", stage=Stage.TITLE)
def measure_missing_line(document: Document, rng: Random) -> None:
    """Money without its unit is not guessed at."""
    page, table, line, _ = _unit(document, rng)
    page.remove(line)
    if table.form in _MONEY_FORMS:
        document.refuse("unit")


@mutation("an unknown unit", group="unit", stage=Stage.TITLE)
def measure_unknown_name(document: Document, rng: Random) -> None:
    """A unit that no list has."""
    _, _, line, place = _unit(document, rng)
    line.cells[place] = f"Đơn vị tính: {rng.choice(('triệu yên', 'thùng', 'triệu dòng', 'trăm'))}"
    document.refuse("unit", line, place)


@mutation("a unit of another kind", group="unit", stage=Stage.TITLE)
def measure_of_other_kind(document: Document, rng: Random) -> None:
    """Money in tonnes."""
    _, _, line, place = _unit(document, rng, *_MONEY_FORMS)
    line.cells[place] = f"Đơn vị tính: {rng.choice(('tấn', 'ha', 'người', '%'))}"
    document.refuse("unit", line, place)


@mutation("two unit lines that differ", group="unit", stage=Stage.TITLE)
def measure_twice(document: Document, rng: Random) -> None:
    """Triệu here, tỷ there."""
    page, table, line, place = _unit(document, rng, *_MONEY_FORMS)
    names = list(_USD if table.form == "exports" else _DONG)
    name = choose(rng, [name for name in names if Decimal((_USD | _DONG)[name]) != table.scale])
    cells: list[Cell] = [None] * len(table.columns)
    cells[place] = f"Đơn vị tính: {name}"
    page.insert(line, Line(cells, Role.TITLE, table))
    document.refuse("unit")


@mutation("the same unit line twice", group="unit", stage=Stage.TITLE)
def measure_repeated(document: Document, rng: Random) -> None:
    """Said twice is said once."""
    page, table, line, _ = _unit(document, rng)
    page.insert(line, Line(list(line.cells), Role.UNIT, table))


@mutation("the unit in the columns' headings", group="unit", stage=Stage.TITLE)
def measure_in_header(document: Document, rng: Random) -> None:
    """As "Dự toán năm (triệu đồng)", and no unit line."""
    page, table, line, place = _unit(document, rng, "budget_revenue", "budget_spending", "industry")
    name = str(line.cells[place]).partition(":")[2].strip()
    page.remove(line)
    head = page.of(table, Role.HEADER)
    for column in MONEY & set(table.columns):
        at = table.columns.index(column)
        lines = [one for one in head if isinstance(one.cells[at], str)]
        need(that=bool(lines))
        lines[-1].cells[at] = f"{lines[-1].cells[at]} ({name})"


@mutation("a unit line that lies", group="unit", stage=Stage.TITLE)
def measure_lies(document: Document, rng: Random) -> None:
    """Tỷ is said where triệu is meant: the rows' own history knows better."""
    need(that=document.has_history)
    _, table, line, place = _unit(document, rng, *_MONEY_FORMS)
    names = {name: Decimal(scale) for name, scale in (_USD if table.form == "exports" else _DONG).items()}
    lies = [name for name, scale in names.items() if not Decimal("0.05") < scale / table.scale < _ENOUGH]
    line.cells[place] = f"Đơn vị tính: {choose(rng, lies)}"
    factor = names[str(line.cells[place]).removeprefix("Đơn vị tính: ")] / table.scale
    for other in document.lines(table):
        for column in MONEY & set(other.truth or {}):
            said = other.truth[column] if other.truth else None
            if isinstance(said, Decimal) and other.truth:
                other.truth[column] = said * factor
        if other.truth is not None:
            document.set_free([other])
    document.any_of.append(frozenset({"out_of_scale"}))


@mutation("counts in thousands though the title says people", group="unit", stage=Stage.TITLE)
def measure_of_people_lies(document: Document, rng: Random) -> None:
    """As "nghìn người" over plain counts."""
    need(that=document.has_history)
    _, table, line, place = _unit(document, rng, "population", "employment")
    line.cells[place] = "Đơn vị tính: nghìn người"
    for other in document.lines(table):
        if other.truth is not None:
            for column, said in other.truth.items():
                if isinstance(said, Decimal):
                    other.truth[column] = said * 1000
            document.set_free([other])
    document.any_of.append(frozenset({"out_of_scale"}))


_ENOUGH = 21
_YEAR_AT = 2
