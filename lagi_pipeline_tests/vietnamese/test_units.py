"""Units of measure: the allowlist, unit lines, units in headers."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lagi_pipeline.vietnamese.units import (
    MeasureUnit,
    UnitError,
    convert,
    find_unit_line,
    load_units,
    lookup,
    strip_column_unit,
)

_UNITS = sorted({unit.code: unit for unit in load_units().values()}.values(), key=lambda unit: unit.code)


def _unit(text: str) -> MeasureUnit:
    unit = lookup(text)
    assert unit is not None
    return unit


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Triệu đồng", "million_dong"),
        ("Triệu dồng", "million_dong"),
        ("Tr đồng", "million_dong"),
        ("tr.đ", "million_dong"),
        ("1.000 đồng", "thousand_dong"),
        ("ngàn đồng", "thousand_dong"),
        ("Tỉ đồng", "billion_dong"),
        (unicodedata.normalize("NFD", "nghìn tỷ đồng"), "thousand_billion_dong"),
        ("1000 USD", "thousand_usd"),
        ("Triệu USD", "million_usd"),
        ("HA", "hectare"),
        ("km²", "square_kilometre"),
        ("lao động", "person"),
        ("‰", "per_mille"),
        ("điểm %", "percentage_point"),
        ("kW", "kilowatt"),
    ],
)
def test_spellings_of_real_files(text: str, code: str) -> None:
    assert _unit(text).code == code


@pytest.mark.parametrize("text", ["", "dòng", "triệu", "đồng triệu", "triệu đồng trở lên", "quả", "UBND xã Tân Hải"])
def test_what_is_not_listed_is_no_unit(text: str) -> None:
    assert lookup(text) is None


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        ("191000", "triệu đồng", "tỷ đồng", "191"),
        ("1", "đồng", "tỷ đồng", "0.000000001"),
        ("185000", "1.000 USD", "triệu USD", "185"),
        ("7.0", "‰", "%", "0.70"),
        ("185.37", "km2", "ha", "18537"),
        ("12", "tạ", "tấn", "1.2"),
        ("2.6", "nghìn người", "người", "2600"),
    ],
)
def test_quantities_are_scaled(value: str, source: str, target: str, result: str) -> None:
    assert convert(Decimal(value), _unit(source), _unit(target)) == Decimal(result)


def test_nothing_is_converted_across_dimensions() -> None:
    with pytest.raises(UnitError, match=r"«điểm %».*«%»"):
        convert(Decimal(1), _unit("điểm %"), _unit("%"))


@given(st.decimals(-(10**9), 10**9, places=3), st.data())
def test_there_and_back(value: Decimal, data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(_UNITS))
    other = data.draw(st.sampled_from([unit for unit in _UNITS if unit.dimension == one.dimension]))
    assert convert(convert(value, one, other), other, one) == value


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (["Đơn vị tính: triệu đồng"], ["million_dong"]),
        (["BIỂU 94", "(ĐVT: Triệu đồng)"], ["million_dong"]),
        (["Đơn vị tính: Triệu đồng, %"], ["million_dong", "percent"]),
        (["ĐVT: tấn; nghìn USD và %"], ["tonne", "thousand_usd", "percent"]),
        (["Đơn vị tính: 1,000 USD"], ["thousand_usd"]),
        (["Đơn vị: UBND thị xã La Gi", "Đơn vị: 1.000 đồng"], ["thousand_dong"]),
        (["Đơn vị: UBND thị xã La Gi - Đơn vị tính: hộ"], ["household"]),
        (["ĐVT: tấn - Đơn vị: Phòng Kinh tế"], ["tonne"]),
        (["TỔNG HỢP\nĐơn vị tính: tỉ đồng.\nQuý III"], ["billion_dong"]),
        (["Đơn vị tính:", "triệu đồng"], ["million_dong"]),
        (["Đơn vị tính triệu đồng"], ["million_dong"]),
        ([unicodedata.normalize("NFD", "ĐƠN VỊ TÍNH : TRIỆU ĐỒNG")], ["million_dong"]),
        (["ĐVT: ha", "Đơn vị tính: ha"], ["hectare"]),
    ],
)
def test_unit_lines(texts: list[str], codes: list[str]) -> None:
    line = find_unit_line(texts)
    assert line is not None
    assert [unit.code for unit in line.units] == codes


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["Đơn vị: UBND thị xã La Gi"],
        ["STT", "ĐVT", "tấn"],
        ["Đơn vị tính", "triệu đồng"],
        ["Đơn vị báo cáo: hộ"],
        ["Đơn vị tính:", "STT"],
    ],
)
def test_tables_without_a_unit_line(texts: list[str]) -> None:
    assert find_unit_line(texts) is None


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        (["Đơn vị tính: quả"], ["«quả»"]),
        (["ĐVT: triệu dòng"], ["«triệu dòng»"]),
        (["Đơn vị tính: triệu đồng, quả"], ["«quả»"]),
        (["Đơn vị tính: tấn/ha"], ["«tấn/ha»"]),
        (["Đơn vị tính: triệu đồng", "ĐVT: tỷ đồng"], ["triệu đồng", "tỷ đồng"]),
        (["ĐVT: nghìn đồng, triệu đồng"], ["«nghìn đồng»", "«triệu đồng»"]),
    ],
)
def test_unclear_unit_lines_are_refused_by_name(texts: list[str], named: list[str]) -> None:
    with pytest.raises(UnitError) as refused:
        find_unit_line(texts)
    assert all(name in str(refused.value) for name in named)


def test_a_line_gives_the_unit_of_a_dimension() -> None:
    line = find_unit_line(["Đơn vị tính: %, triệu đồng"])
    assert line is not None
    assert line.of("money") == _unit("triệu đồng")
    assert line.of("area") is None


@pytest.mark.parametrize(
    ("header", "split"),
    [
        ("Khối lượng phát sinh (tấn)", ("Khối lượng phát sinh", "tấn")),
        ("Diện tích\n(ha) (1)", ("Diện tích", "ha")),
        ("Tỷ lệ (%) (3=2/1)", ("Tỷ lệ", "%")),
        ("Trị giá (ĐVT: 1.000 USD):", ("Trị giá", "1.000 USD")),
        ("Số hộ nghèo (cuối kỳ) (hộ)", ("Số hộ nghèo (cuối kỳ)", "hộ")),
        ("Số hộ dùng nước sạch (đạt quy chuẩn)", ("Số hộ dùng nước sạch (đạt quy chuẩn)", None)),
        ("Tổng số", ("Tổng số", None)),
        ("(tấn)", ("(tấn)", None)),
    ],
)
def test_a_header_is_split_from_its_unit(header: str, split: tuple[str, str | None]) -> None:
    assert strip_column_unit(header) == split


def _entry(code: str, scale: str, spellings: str) -> str:
    return f'  - {{code: {code}, dimension: money, scale: "{scale}", spellings: [{spellings}], source: thử}}\n'


def _write(path: Path, *entries: str) -> Path:
    path.write_text("units:\n" + "".join(entries), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ([_entry("a", "1", "tỷ đồng"), _entry("b", "0.001", "Tỉ đồng")], "«Tỉ đồng» của b đã có ở a"),
        ([_entry("a", "1", "tỷ đồng"), _entry("a", "0.001", "triệu đồng")], "mã «a»"),
        ([_entry("a", "10", "tỷ đồng")], "money"),
        ([_entry("a", "1", "tỷ đồng"), _entry("b", "1", "triệu đồng")], "money"),
    ],
)
def test_a_contradictory_list_is_refused_by_name(tmp_path: Path, entries: list[str], named: str) -> None:
    with pytest.raises(UnitError, match=named):
        load_units(_write(tmp_path / "units.yaml", *entries))


@pytest.mark.parametrize("scale", ["0", "-1", "nhiều"])
def test_a_scale_is_a_positive_number(tmp_path: Path, scale: str) -> None:
    with pytest.raises(ValidationError, match="scale"):
        load_units(_write(tmp_path / "units.yaml", _entry("a", scale, "tỷ đồng")))
