"""Messes of the names and markers of rows."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tools.corpus.clean import BY_UNIT, LISTINGS, OUTLINES
from tools.corpus.document import Document, Line, Role, Table
from tools.corpus.mutations.registry import Stage, choose, choose_some, mutation, need, pick_table, rows

_NAMED = tuple(sorted(BY_UNIT | OUTLINES))
_OTHER_TONES = {
    "Lũy": "Luỹ", "lũy": "luỹ", "quý": "quí", "Quý": "Quí", "QUÝ": "QUÍ", "tỷ": "tỉ", "Tỷ": "Tỉ", "Thủy": "Thuỷ",
    "thủy": "thuỷ", "THỦY": "THUỶ", "hóa": "hoá", "Hóa": "Hoá", "khóa": "khoá", "kỳ": "kì", "Kỳ": "Kì", "mỹ": "mĩ",
    "xử lý": "xử lí", "Xử lý": "Xử lí", "quản lý": "quản lí", "hòa": "hoà", "tòa": "toà", "thúy": "thuý",
}  # fmt: skip


def _relabel(
    document: Document,
    rng: Random,
    spell: Callable[[str], str],
    forms: tuple[str, ...] = _NAMED,
    *,
    all_rows: bool = True,
) -> None:
    """Spell the names of a table's rows otherwise; they mean what they meant."""
    _, table = pick_table(document, rng, *forms)
    named = [line for line in document.lines(table) if line.role in {Role.ROW, Role.TOTAL}]
    for line in named if all_rows else choose_some(rng, named, min(3, len(named))):
        label = line.get(table.label)
        if isinstance(label, str) and not line.touched:
            line.put(table.label, spell(label))


@mutation("footnotes behind the names", group="names of rows", stage=Stage.LABEL)
def footnotes_in_labels(document: Document, rng: Random) -> None:
    """As "Thu nội địa (1)"."""
    note = rng.choice((" (1)", " (*)", "(2)", " [3]"))
    _relabel(document, rng, lambda label: label + note, all_rows=False)


@mutation("line breaks in the names", group="names of rows", stage=Stage.LABEL)
def line_breaks_in_labels(document: Document, rng: Random) -> None:
    """A name wrapped by hand."""
    _relabel(document, rng, lambda label: label.replace(" ", "\n", 1))


@mutation("doubled spaces in the names", group="names of rows", stage=Stage.LABEL)
def spaces_in_labels(document: Document, rng: Random) -> None:
    """And no-break spaces, and one at each end."""
    _relabel(document, rng, lambda label: f" {label.replace(' ', rng.choice(('  ', chr(0xA0))))} ")


@mutation("names in capitals", group="names of rows", stage=Stage.LABEL)
def labels_in_capitals(document: Document, rng: Random) -> None:
    """THU NỘI ĐỊA."""
    _relabel(document, rng, str.upper)


@mutation("dashes before the names", group="names of rows", stage=Stage.LABEL)
def dashes_before_labels(document: Document, rng: Random) -> None:
    """As "- Phường Phước Hội"."""
    mark = rng.choice(("- ", "– ", "+ ", "• ", "* "))
    _relabel(document, rng, lambda label: label if label.startswith("Tổng") else mark + label, tuple(BY_UNIT))


@mutation("numbers before the names", group="names of rows", stage=Stage.LABEL)
def numbers_before_labels(document: Document, rng: Random) -> None:
    """As "1. Phường Phước Hội" where STT stands in the name."""
    _, table = pick_table(document, rng, *BY_UNIT)
    mark = rng.choice((". ", ") ", "/ "))
    for number, line in enumerate((line for line in rows(document, table) if line.truth is not None), start=1):
        line.put(table.label, f"{number}{mark}{line.get(table.label)}")


@mutation("names with their tones elsewhere", group="names of rows", stage=Stage.LABEL)
def tones_in_labels(document: Document, rng: Random) -> None:
    """luỹ, quí, tỉ, thuỷ, hoá."""
    _relabel(document, rng, other_tones)


@mutation("units without their kind", group="names of rows", stage=Stage.LABEL)
def units_bare(document: Document, rng: Random) -> None:
    """As "Phước Hội"."""
    _relabel_units(document, rng, lambda _, name: name)


@mutation("units with their kind shortened", group="names of rows", stage=Stage.LABEL)
def units_shortened(document: Document, rng: Random) -> None:
    """As "P.Phước Hội", "X. Tân Hải"."""
    space = rng.choice(("", " "))
    _relabel_units(document, rng, lambda kind, name: f"{kind[0]}.{space}{name}")


def _relabel_units(document: Document, rng: Random, spell: Callable[[str, str], str]) -> None:
    _, table = pick_table(document, rng, *BY_UNIT)
    for line in rows(document, table):
        label = str(line.get(table.label))
        kind = "Phường" if label.startswith("P") and not label.startswith("Phước") else "Xã"
        need(that=label != line.key)
        line.put(table.label, spell(kind, line.key))


# ---- markers


def _outline(document: Document, rng: Random, *forms: str) -> tuple[Table, list[Line]]:
    page, table = pick_table(document, rng, *(forms or tuple(OUTLINES)))
    return table, page.of(table, Role.ROW)


@mutation("markers with points", group="markers", stage=Stage.LABEL)
def markers_with_points(document: Document, rng: Random) -> None:
    """As "A.", "I.", "1."."""
    _remark(document, rng, lambda marker: marker if marker == "-" else f"{marker}.")


@mutation("markers with brackets or strokes", group="markers", stage=Stage.LABEL)
def markers_with_brackets(document: Document, rng: Random) -> None:
    """As "1)", "(1)", "I/"."""
    left, right = rng.choice((("", ")"), ("(", ")"), ("", "/")))
    _remark(document, rng, lambda marker: marker if marker == "-" else f"{left}{marker}{right}")


@mutation("markers as numbers", group="markers", stage=Stage.LABEL)
def markers_as_numbers(document: Document, rng: Random) -> None:
    """1 in a cell of numbers, not the text "1"."""
    _, lines = _outline(document, rng)
    for line in lines:
        marker = line.get("ordinal")
        if isinstance(marker, str) and marker.isdigit():
            line.put("ordinal", int(marker))


@mutation("other dashes as markers", group="markers", stage=Stage.LABEL)
def markers_other_dashes(document: Document, rng: Random) -> None:
    """–, — or * for a child."""
    dash = rng.choice("–—*")
    _remark(document, rng, lambda marker: dash if marker == "-" else marker, "budget_revenue")


@mutation("small letters for dashes", group="markers", stage=Stage.LABEL)
def markers_small_letters(document: Document, rng: Random) -> None:
    """a, b, c in the place of dashes."""
    _, lines = _outline(document, rng, "budget_revenue")
    for letter, line in zip("abcde", (line for line in lines if line.get("ordinal") == "-"), strict=True):
        line.put("ordinal", letter)


@mutation("dotted markers", group="markers", stage=Stage.LABEL)
def markers_dotted(document: Document, rng: Random) -> None:
    """1, 2, 2.1, 2.2 for I, II, 1, 2."""
    _, lines = _outline(document, rng, "industry", "forestry_crops")
    above = 0
    for line in lines:
        marker = str(line.get("ordinal") or "")
        if marker in {"I", "II", "III", "IV"}:
            above += 1
            line.put("ordinal", str(above))
        elif marker:
            line.put("ordinal", f"{above}.{marker}")


@mutation("the marker in the name", group="markers", stage=Stage.LABEL)
def marker_in_label(document: Document, rng: Random) -> None:
    """As "- Thu tiền sử dụng đất" beside an empty STT."""
    table, lines = _outline(document, rng, "budget_revenue")
    for line in lines:
        if line.get("ordinal") == "-" and not line.touched:
            line.put("ordinal", None)
            line.put(table.label, f"- {line.get(table.label)}")


@mutation("I as the letter after H", group="markers", stage=Stage.LABEL)
def marker_i_is_a_letter(document: Document, rng: Random) -> None:
    """Goods D to I: the last is no Roman numeral."""
    _, lines = _outline(document, rng, "exports")
    goods = [line for line in lines if line.get("ordinal")]
    for letter, line in zip("DEFGHI", goods, strict=True):
        line.put("ordinal", letter)


@mutation("capitals for Roman numerals", group="markers", stage=Stage.LABEL)
def markers_in_capitals(document: Document, rng: Random) -> None:
    """A, B, C, D over 1, 2, 3."""
    _, lines = _outline(document, rng, "industry")
    letters = dict(zip(("I", "II", "III", "IV"), "ABCD", strict=True))
    for line in lines:
        line.put("ordinal", letters.get(str(line.get("ordinal")), line.get("ordinal")))


def _remark(document: Document, rng: Random, spell: Callable[[str], str], *forms: str) -> None:
    _, lines = _outline(document, rng, *forms)
    for line in lines:
        marker = line.get("ordinal")
        if marker is not None and marker != line.key:  # a total may stand in the margin
            line.put("ordinal", spell(str(marker)))


# ---- texts that could be taken for something else


_HOSTILE = (
    "=1+1", '=HYPERLINK("x")', "+84", "-2+3", "@SUM(A1)", "<script>alert(1)</script>", "<b>lưới kéo</b>",
    "'; DROP TABLE feeds.vessels; --", "{{7*7}}", "../../x", "%s%n",
)  # fmt: skip


@mutation("texts like formulas, HTML or SQL", group="texts", stage=Stage.LABEL)
def hostile_texts(document: Document, rng: Random) -> None:
    """Read as the texts they are."""
    _, table = pick_table(document, rng, "fisheries_vessels")
    for line, text in zip(rows(document, table), _HOSTILE, strict=False):
        line.put("gear", text)
        if line.truth is not None:
            line.truth["gear"] = text


@mutation("a name like a formula", group="names of rows", stage=Stage.LABEL)
def hostile_label(document: Document, rng: Random) -> None:
    """A unit's name behind an equals sign is no unit's."""
    _, table = pick_table(document, rng, *BY_UNIT)
    line = choose(rng, rows(document, table))
    line.put(table.label, rng.choice(("=1+1", "@SUM(A1)", "<img src=x>", "'; DROP TABLE x; --")))
    document.reject("unknown_unit", line, table.label)


@mutation("register numbers spelt otherwise", group="texts", stage=Stage.LABEL)
def registers_spelt_otherwise(document: Document, rng: Random) -> None:
    """As "Bth 98234TS"."""
    _, table = pick_table(document, rng, *(LISTINGS - {"fisheries_landings"}))
    for line in rows(document, table):
        number = line.get("register_text")
        if isinstance(number, str):
            spelt = rng.choice((number.replace("-", " ", 1).replace("-", ""), number.replace("-", " "), number.lower()))
            line.put("register_text", spelt)
            if line.truth is not None:
                line.truth["register_text"] = spelt


def other_tones(text: str) -> str:
    """A text with the tones of its syllables where the other school puts them, and i for y."""
    for usual, other in _OTHER_TONES.items():
        text = text.replace(usual, other)
    return text
