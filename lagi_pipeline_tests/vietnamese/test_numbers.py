"""Numbers in text cells: what is read, what is missing, what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.vietnamese.numbers import (
    Convention,
    NumberError,
    ParsedNumber,
    decide_convention,
    exact,
    format_number,
    is_missing,
    parse_number,
)

VIETNAMESE, CONTRADICTORY, UNDECIDED = Convention.VIETNAMESE, Convention.CONTRADICTORY, Convention.UNDECIDED


def _read(text: str, convention: Convention = VIETNAMESE) -> ParsedNumber:
    number = parse_number(text, convention)
    assert number is not None
    return number


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("1.234,5", "1234.5"),
        ("1.800", "1800"),
        ("1.234.567", "1234567"),
        ("1.800,000", "1800.000"),
        ("1,800", "1.800"),
        ("0,7", "0.7"),
        ("0", "0"),
        ("1234,5", "1234.5"),
        ("1234", "1234"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234\u202f567", "1234567"),
        ("1 234,567", "1234.567"),
        ("(12,5)", "-12.5"),
        ("-3", "-3"),
        ("−3,25", "-3.25"),
        ("– 3", "-3"),
        ("+3", "3"),
        ("  18.537 ", "18537"),
        ("835,535", "835.535"),
    ],
)
def test_the_vietnamese_form(text: str, printed: str) -> None:
    number = _read(text)
    assert (str(number.value), number.unit, number.warning) == (printed, None, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.7", "0.7"),
        ("1.5", "1.5"),
        ("12.34", "12.34"),
        ("0.123", "0.123"),
        ("1234.567", "1234.567"),
        ("1 234.5", "1234.5"),
    ],
)
def test_a_point_that_cannot_group_is_read_with_a_warning(text: str, value: str) -> None:
    number = _read(text)
    assert number.value == Decimal(value)
    assert number.warning is not None
    assert text in number.warning


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("80,9%", "80.9", "%"),
        ("7,0 ‰", "7.0", "‰"),
        ("(12,5)%", "-12.5", "%"),
        ("(12,5 %)", "-12.5", "%"),
        ("0.7%", "0.7", "%"),
    ],
)
def test_per_cent_and_per_mille_are_units(text: str, value: str, unit: str) -> None:
    number = _read(text)
    assert (number.value, number.unit) == (Decimal(value), unit)


@pytest.mark.parametrize("text", ["", "  ", "\u00a0", "-", "–", "—", "…", "...", "x", "X", " - "])
@pytest.mark.parametrize("convention", Convention)
def test_missing_is_never_zero(text: str, convention: Convention) -> None:
    assert is_missing(text)
    assert parse_number(text, convention) is None


@pytest.mark.parametrize(
    "text",
    [
        *("abc", "12 tấn", "1.000đ", "31/12", "xx", "1_000", "1e5", "nan", "inf", "१२", "１２", "١٢", "²"),
        *("00123", "007", "1.2.3", "1,2,3", "1.234.56", "0.123.456", "1 23", "1  234", "1 234.567", "1.234 567"),
        *("12,", ",5", "12.", ".5", "1,234.5", "1,234,567"),
        *("(12", "12)", "(-12)", "--3", "3-", "%", "%5", "5%%", "(5%)%"),
    ],
)
def test_anything_else_is_refused_by_name(text: str) -> None:
    assert not is_missing(text)
    with pytest.raises(NumberError) as refused:
        parse_number(text, VIETNAMESE)
    assert f"«{text}»" in str(refused.value)


@pytest.mark.parametrize(
    ("texts", "convention"),
    [
        ([], UNDECIDED),
        (["1.800", "835,535", "1 234"], UNDECIDED),
        (["1.234,5", "1.800", "0,7", "835,535", "1 234"], VIETNAMESE),
        (["1.234,5", "1.800", "0,7", "0.7", "1 234"], VIETNAMESE),
        (["1.234,5", "0.7", "835,535"], CONTRADICTORY),
        (["31.57", "140,000"], CONTRADICTORY),
        (["1,234.5"], CONTRADICTORY),
        (["1.234,5", "(1,234,567)"], CONTRADICTORY),
        (["12,345,678.9 %"], CONTRADICTORY),
        (["Điều 1,234.5", "1,2,3", "1,234,5", "1.234.567"], VIETNAMESE),
    ],
)
def test_what_a_file_s_numbers_say_of_how_it_writes_them(texts: list[str], convention: Convention) -> None:
    assert decide_convention(texts) is convention
    assert decide_convention(reversed(texts)) is convention


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1.234,567", "1234.567"),
        ("0,7", "0.7"),
        ("12.34", "12.34"),
        ("0.123", "0.123"),
        ("1234,567", "1234.567"),
        ("1234", "1234"),
        ("1 234", "1234"),
    ],
)
def test_a_contradictory_file_is_read_where_only_one_reading_exists(text: str, value: str) -> None:
    assert _read(text, CONTRADICTORY).value == Decimal(value)


@pytest.mark.parametrize("text", ["1.800", "835,535", "(1,800)", "12.345 %", "1 234,567"])
def test_a_contradictory_file_is_not_guessed_at(text: str) -> None:
    with pytest.raises(NumberError, match="tệp không nhất quán") as refused:
        parse_number(text, CONTRADICTORY)
    assert f"«{text}»" in str(refused.value)


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (Decimal("1234.5"), None, "1.234,5"),
        (1800, None, "1.800"),
        (190.99999999999997, None, "191"),
        (Decimal("0.125"), 2, "0,13"),
        (Decimal("-0.125"), 2, "-0,13"),
        (2.675, 2, "2,68"),
        (Decimal("-0.001"), 2, "0,00"),
        (1234567, 1, "1.234.567,0"),
        (Decimal("1E+3"), None, "1.000"),
        (15, -1, "20"),
    ],
)
def test_numbers_are_printed_in_vietnamese(value: Decimal | float, decimals: int | None, printed: str) -> None:
    assert format_number(value, decimals) == printed


def test_a_double_means_fifteen_digits() -> None:
    assert exact(190.99999999999997) == Decimal(191)
    assert exact(0.1 + 0.2) == Decimal("0.3")
    assert exact(12345678901234567890) == Decimal(12345678901234567890)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("-Infinity")])
def test_what_is_not_finite_is_refused(value: Decimal | float) -> None:
    with pytest.raises(NumberError, match="không phải số hữu hạn"):
        format_number(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4) | st.integers().map(Decimal))
def test_what_is_printed_reads_back(value: Decimal) -> None:
    number = _read(format_number(value))
    assert (number.value, number.warning) == (value, None)


@given(
    whole=st.integers(0, 10**15),
    decimals=st.from_regex(r"[0-9]{0,6}", fullmatch=True),
    group=st.sampled_from([".", " ", "\u00a0", ""]),
    negative=st.booleans(),
)
def test_every_vietnamese_number_reads_to_its_value(whole: int, decimals: str, group: str, *, negative: bool) -> None:
    text = f"{whole:,}".replace(",", group) + ("," + decimals if decimals else "")
    number = _read(f"({text})" if negative else text)
    value = Decimal(f"{whole}.{decimals}" if decimals else whole)
    assert (number.value, number.warning) == (-value if negative else value, None)


@given(
    whole=st.integers(0, 10**15),
    decimals=st.from_regex(r"[0-9]{0,8}", fullmatch=True),
    negative=st.booleans(),
    group=st.booleans(),
)
def test_parsing_then_printing_is_the_identity(whole: int, decimals: str, *, negative: bool, group: bool) -> None:
    """The printed form comes back letter by letter; without its groups it comes back with them."""
    printed = f"{whole:,}".replace(",", ".") + (f",{decimals}" if decimals else "")
    printed = f"-{printed}" if negative and printed.strip("0.,") else printed
    typed = printed if group else printed.replace(".", "")
    assert format_number(_read(typed).value) == printed


@given(
    digits=st.integers(-(10**13), 10**13),
    places=st.integers(0, 6),
    dress=st.sampled_from(["{}", " {} ", "\u00a0{}", "{} %", "{}‰", "({})"]),
)
def test_a_dressed_number_reads_to_the_number_that_a_spreadsheet_would_hold(
    digits: int, places: int, dress: str
) -> None:
    value = Decimal(digits).scaleb(-places)
    bare = format_number(abs(value) if dress == "({})" else value)
    number = _read(dress.format(bare))
    meant = -abs(value) if dress == "({})" else value
    assert number.value == meant
    assert exact(float(number.value)) == meant


@given(st.text(alphabet="0123456789.,() -%x", max_size=10), st.sampled_from(Convention))
def test_a_text_is_read_or_refused_and_a_contradictory_file_only_refuses_more(
    text: str, convention: Convention
) -> None:
    try:
        number = parse_number(text, convention)
    except NumberError:
        return
    assert (number is None) == is_missing(text)
    if number is not None and decide_convention([text]) is VIETNAMESE:
        assert number == parse_number(text, VIETNAMESE)


def test_a_comma_before_three_digits_is_read_only_where_the_file_tells_what_it_is() -> None:
    assert parse_number("140,125", VIETNAMESE) == ParsedNumber(Decimal("140.125"))
    for convention in (UNDECIDED, CONTRADICTORY):
        with pytest.raises(NumberError, match="140,125"):
            parse_number("140,125", convention)
    for text, value in (("1.800", 1800), ("0,125", Decimal("0.125")), ("12,5", Decimal("12.5"))):
        parsed = parse_number(text, UNDECIDED)
        assert parsed is not None
        assert parsed.value == value
