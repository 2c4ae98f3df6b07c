"""Old Vietnamese fonts: files recognised, converted exactly, left alone, or refused at the cell that mixes."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.vietnamese import legacy
from lagi_pipeline.vietnamese.legacy import (
    LegacyFont,
    LegacyTextError,
    convert,
    recognise,
    single_byte_encoding,
)
from lagi_pipeline.vietnamese.syllables import is_syllable

TCVN3, VNI = LegacyFont.TCVN3, LegacyFont.VNI

_SMALL = "aăâeêioôơuưy"
_TONES = ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"]  # ngang, huyền, sắc, hỏi, ngã, nặng
# The codes of TCVN 5712 VN3 for the five toned forms of each vowel, in the order above.
_TCVN3_TONED = dict(
    zip(
        _SMALL,
        (
            *("b5b8b6b7b9", "bbbebcbdc6", "c7cac8c9cb", "ccd0cecfd1", "d2d5d3d4d6", "d7ddd8dcde"),
            *("dfe3e1e2e4", "e5e8e6e7e9", "eaedebecee", "eff3f1f2f4", "f5f8f6f7f9", "fafdfbfcfe"),
        ),
        strict=True,
    )
)
_TCVN3_PLAIN = {
    **dict(zip("ĂÂÊÔƠƯĐ", range(0xA1, 0xA8), strict=True)),
    **dict(zip("ăâêôơưđ", range(0xA8, 0xAF), strict=True)),
}
# What VNI puts after a letter for its tone, alone and together with the mark of ă or of â, ê, ô.
_VNI_TONES = {"": "øùûõï", "ă": "èéúüë", "âêô": "àáåãä"}
_VNI_I = "ìíæóò"

_WARDS = [
    *("Phước Hội", "Phước Lộc", "Tân Thiện", "Tân An", "Bình Tân", "Tân Hải", "Tân Tiến", "Tân Bình", "Tân Phước"),
    *("Phường Phước Hội", "Xã Tân Hải", "Thị xã La Gi", "Tỉnh Bình Thuận"),
]
_OFFICE = [
    *(
        "Công nghiệp",
        "Việc làm",
        "Tổng số",
        "Đơn vị tính: triệu đồng",
        "Tỷ lệ (%)",
        "Chỉ tiêu",
        "Ước thực hiện 6 tháng",
    ),
    *(
        "Số hộ nghèo",
        "Thủy sản",
        "Lũy kế từ đầu năm",
        "So với cùng kỳ",
        "Đắk Lắk",
        "1.000đ",
        "Sở LĐTBXH",
        "QĐ-UBND",
        "ô tô",
    ),
    *("Khoáng sản", "Kế hoạch năm 2024", "Người lập biểu", "Thu ngân sách nhà nước trên địa bàn", "m³/ngày đêm", "km²"),
]


def _labels() -> list[str]:
    forms = [held.form for feed in FEEDS.values() for held in feed.forms]
    labels = [label for form in forms for column in form.columns for label in (column.title_vi, *column.labels)]
    return [*dict.fromkeys([*labels, *(form.title_vi for form in forms)])]


def _encode(text: str, font: LegacyFont) -> str:
    """The text as the font's typist stored it; toned capitals of TCVN3 come out as small letters."""
    return "".join(_letters(font).get(letter, letter) for letter in unicodedata.normalize("NFC", text))


@cache
def _letters(font: LegacyFont) -> dict[str, str]:
    letters = {"đ": "ñ", "Đ": "Ñ"} if font is VNI else {letter: chr(code) for letter, code in _TCVN3_PLAIN.items()}
    for vowel in _SMALL:
        for order, tone in enumerate(_TONES):
            letter = unicodedata.normalize("NFC", vowel + tone)
            stored = _vni(vowel, order) if font is VNI else _tcvn3(vowel, order)
            letters[letter] = stored
            if font is VNI:
                letters[letter.upper()] = stored.upper()
            else:
                letters.setdefault(letter.upper(), stored if order else letter.upper())
    return letters


def _tcvn3(vowel: str, tone: int) -> str:
    if tone:
        return chr(bytes.fromhex(_TCVN3_TONED[vowel])[tone - 1])
    return chr(_TCVN3_PLAIN[vowel]) if vowel in _TCVN3_PLAIN else vowel


def _vni(vowel: str, tone: int) -> str:
    if tone and vowel == "i":
        return _VNI_I[tone - 1]
    if tone == len(_TONES) - 1 and vowel == "y":
        return "î"
    base = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "ô", "ư": "ö"}.get(vowel, vowel)
    mark = next((marks for marks in _VNI_TONES if vowel in marks), "") if vowel in "ăâêô" else ""
    if not tone:
        return base + {"": "", "ă": "ê", "âêô": "â"}[mark]
    return base + _VNI_TONES[mark][tone - 1]


@cache
def _unwritten() -> frozenset[str]:
    lines = yaml.safe_load(Path(legacy.__file__).with_name("legacy_fonts.yaml").read_text(encoding="utf-8"))["fonts"]
    return frozenset(word for line in lines for word in line["unwritten"].split())


@cache
def _syllables() -> list[str]:
    spelling = yaml.safe_load(Path(legacy.__file__).with_name("syllables.yaml").read_text(encoding="utf-8"))
    rimes = [rime for row in spelling["rimes"] for rime in row]
    toned = [
        unicodedata.normalize("NFC", initial + rime[:at] + rime[at] + tone + rime[at + 1 :])
        for initial in ["", *spelling["initials"], *spelling["foreign_initials"]]
        for rime in [*rimes, *spelling["after_qu"]]
        for at in range(len(rime))
        if rime[at] in _SMALL
        for tone in _TONES
    ]
    return [word for word in dict.fromkeys(toned) if len(word) > 1 and is_syllable(word) and word not in _unwritten()]


def _converted(texts: Sequence[str]) -> list[str]:
    font = recognise(texts)
    assert font is not None
    return [convert(text, font) for text in texts]


@pytest.mark.parametrize(
    ("stored", "font", "read"),
    [
        ("C«ng nghiÖp", TCVN3, "Công nghiệp"),
        ("Tæng sè", TCVN3, "Tổng số"),
        ("§¬n vÞ tÝnh: triÖu ®ång", TCVN3, "Đơn vị tính: triệu đồng"),
        ("Ph\u00adêng Ph\u00adíc Héi", TCVN3, "Phường Phước Hội"),
        ("Sè l\u00adîng « t«, diÖn tÝch 12 m²", TCVN3, "Số lượng ô tô, diện tích 12 m²"),
        ("Tr®, 1.000®, Q§-UBND, Së L§TBXH", TCVN3, "Trđ, 1.000đ, QĐ-UBND, Sở LĐTBXH"),
        ("TØnh §¾k L¾k", TCVN3, "Tỉnh Đắk Lắk"),
        ("ThÞ x· La Gi × ½", TCVN3, "Thị xã La Gi × ½"),
        ("\u0093Tæng sè\u0094 \u0096 n¨m", TCVN3, "“Tổng số” – năm"),
        ("Vieäc laøm", VNI, "Việc làm"),
        ("Ñôn vò tính: trieäu ñoàng", VNI, "Đơn vị tính: triệu đồng"),
        ("Phöôøng Phöôùc Hoäi", VNI, "Phường Phước Hội"),
        ("TOÅNG COÄNG", VNI, "TỔNG CỘNG"),
        ("Tyû leä «hoä ngheøo» 5 m² § 3 × ½", VNI, "Tỷ lệ «hộ nghèo» 5 m² § 3 × ½"),
        ("Thuî Syõ, ôû ñaây, kyõ thuaät", VNI, "Thuỵ Sỹ, ở đây, kỹ thuật"),
    ],
)
def test_text_in_an_old_font_says_what_its_reader_saw(stored: str, font: LegacyFont, read: str) -> None:
    assert recognise([stored]) is font
    assert convert(stored, font) == read


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("C«NG NGHIÖP", "CÔNG NGHIỆP"),
        ("TæNG Sè", "TỔNG SỐ"),
        ("§¥N VÞ: TRIÖU §åNG", "ĐƠN VỊ: TRIỆU ĐỒNG"),
        ("TæNG CéNG (ng\u00adêi)", "TỔNG CỘNG (người)"),
        ("Tõ th¸ng 1, UBND X· T©n H¶i", "Từ tháng 1, UBND Xã Tân Hải"),
        ("Êp, Q§ sè 5", "ấp, QĐ số 5"),
    ],
)
def test_the_capital_font_of_tcvn3_is_seen_by_the_letters_beside(stored: str, read: str) -> None:
    assert convert(stored, TCVN3) == read


@pytest.mark.parametrize("font", LegacyFont)
def test_every_header_and_title_of_every_form_survives_an_old_font(font: LegacyFont) -> None:
    labels = [*_labels(), *_WARDS, *_OFFICE]
    stored = [_encode(label, font) for label in labels]
    assert recognise(stored) is font
    read = _converted(stored)
    assert [text.lower() for text in read] == [label.lower() for label in labels]


def test_every_letter_of_vni_keeps_its_case() -> None:
    labels = [*_labels(), *_WARDS, *_OFFICE]
    assert _converted([_encode(label, VNI) for label in labels]) == labels
    capitals = [label.upper() for label in labels]
    assert _converted([_encode(label, VNI) for label in capitals]) == capitals


def test_tcvn3_keeps_the_case_of_small_letters_and_of_whole_titles() -> None:
    small = [label.lower() for label in [*_labels(), *_WARDS, *_OFFICE]]
    assert _converted([_encode(label, TCVN3) for label in small]) == small
    for ward in (ward.upper() for ward in _WARDS):
        assert convert(_encode(f"TỔNG CỘNG {ward}", TCVN3), TCVN3) == f"TỔNG CỘNG {ward}"


@pytest.mark.parametrize("font", LegacyFont)
def test_every_syllable_survives_an_old_font(font: LegacyFont) -> None:
    syllables = _syllables()
    assert len(syllables) > 20_000
    wrong = [word for word in syllables if convert(_encode(word, font), font) != word]
    assert wrong == []


@given(
    st.lists(st.sampled_from([*_WARDS, *_OFFICE]), min_size=3, max_size=12, unique=True), st.sampled_from(LegacyFont)
)
def test_office_text_encoded_then_converted_is_itself(texts: list[str], font: LegacyFont) -> None:
    texts = ["Công nghiệp", *texts, "17,5", "2024-06-30", ""]
    small = [text.lower() for text in texts]
    assert _converted([_encode(text, font) for text in small]) == small


@given(
    st.lists(
        st.sampled_from([*_WARDS, *_OFFICE, "Café", "Müller GmbH", "Công ty Señor", "§ 5", "µm", "×", "25 °C", "½"]),
        max_size=12,
    ),
    st.sampled_from(["NFC", "NFD"]),
)
def test_unicode_text_is_never_touched(texts: list[str], form: str) -> None:
    assert recognise([unicodedata.normalize(form, text) for text in texts]) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "texts",
    [
        *([], ["", "12", "TONG SO"], ["5 m²", "25 °C", "A·B", "§ 5", "3×4", "½ ngày", "«Tân An»", "Acme®", "10 µm"]),
        *(["Café"], ["São Tomé", "Príncipe"], ["Thaï"], ["Seán"], ["Gün"], ["Müller GmbH", "Malmö", "Niño", "Zürich"]),
        *(["Tân An", "Công an", "Hòa Bình", "Hoà"], ["Tổng\u00ad số", "thu\u00ad chi"], ["Tổng số", "Thaï", "Gün"]),
        *(["Tổng số", "Công ty Thaï"], ["Tổng số", "Ông Seán Müller"], ["Tổng số", "Doanh nghiệp tư nhân Gün"]),
        ["Công ty Señor", "Müller GmbH", "Công nghiệp", "Société Générale", "Compañía Niño"],
    ],
)
def test_no_old_font_is_seen_in_signs_foreign_names_and_unicode(texts: list[str]) -> None:
    assert recognise(texts) is None


def test_every_label_and_unit_of_ours_is_unicode() -> None:
    labels = [*_labels(), *_WARDS, *_OFFICE]
    assert recognise(labels) is None
    assert [label for label in labels if recognise([label]) is not None] == []


@pytest.mark.parametrize(
    ("texts", "offending"),
    [
        (["Công nghiệp", "Tổng số", "C«ng nghiÖp"], ["C«ng nghiÖp"]),
        (["Tổng số", "Việc làm", "Taân Thieän"], ["Taân Thieän"]),
        (["Tổng số", "Việc làm", "Taân An"], ["Taân An"]),
        (["Tổng số", "Việc làm", "Néi dung"], ["Néi dung"]),
        (["C«ng nghiÖp", "Tæng sè", "Việc làm"], ["Việc làm"]),
        (["Vieäc laøm", "Toång soá", "Tân Bình", "Bình"], ["Tân Bình"]),
        (["ViÖc lµm", "Tæng sè", "Công ty", "12"], ["Công ty"]),
        (["Tổng số", "Công nghiÖp vµ x©y dùng"], ["Công nghiÖp vµ x©y dùng"]),
        (["Vieäc laøm", "Toång coäng", "Tổng soá hoä ngheøo"], ["Tổng soá hoä ngheøo"]),
        (["C«ng nghiÖp", "ViÖc lµm", "Café"], ["Café"]),
        (["C«ng nghiÖp", "ViÖc lµm", "Vieäc laøm"], ["Vieäc laøm"]),
        (["Tổng số", "Hộ", "Phường", "C«ng nghiÖp", "ViÖc lµm"], ["C«ng nghiÖp", "ViÖc lµm"]),
    ],
)
def test_half_converted_files_are_refused_at_the_cells_that_differ(texts: list[str], offending: list[str]) -> None:
    with pytest.raises(LegacyTextError) as refused:
        recognise(texts)
    assert refused.value.text == offending[0]
    assert refused.value.texts == tuple(offending)
    assert f"«{offending[0]}»" in str(refused.value)
    assert refused.value.reason in str(refused.value)
    assert offending[0] not in refused.value.reason


@pytest.mark.parametrize("font", LegacyFont)
@pytest.mark.parametrize(
    "text",
    ["Tổng số", "Công ty", "Tân Bình", "Café", "Müller", unicodedata.normalize("NFD", "Tổng"), "ü" * 1000],
)
def test_what_is_not_of_the_font_is_not_converted(text: str, font: LegacyFont) -> None:
    with pytest.raises(LegacyTextError) as refused:
        convert(text, font)
    assert refused.value.text == text
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize("font", LegacyFont)
@pytest.mark.parametrize("text", ["", "1.234,5", "31/12/2024", "STT", "BTh-90001-TS", "-", " x \n", "=1+1"])
def test_numbers_dates_and_ascii_pass_unchanged(text: str, font: LegacyFont) -> None:
    assert convert(text, font) == text


@given(st.text(max_size=30), st.sampled_from(LegacyFont))
def test_any_text_is_converted_to_nfc_or_refused(text: str, font: LegacyFont) -> None:
    try:
        read = convert(text, font)
    except LegacyTextError as refused:
        read, offending = "", refused.text
    else:
        offending = text
    assert offending == text
    assert text.isascii() or unicodedata.is_normalized("NFC", read)


@given(st.lists(st.text(alphabet=st.characters(max_codepoint=0x1EFF), max_size=12), max_size=8))
def test_a_recognised_file_is_converted_without_exception(texts: list[str]) -> None:
    try:
        font, offending = recognise(texts), tuple[str, ...]()
    except LegacyTextError as refused:
        font, offending = None, refused.texts
    assert set(offending) <= set(texts)
    assert font is None or len([convert(text, font) for text in texts]) == len(texts)


@pytest.mark.parametrize("font", LegacyFont)
@pytest.mark.parametrize("decoding", ["latin-1", "cp1252"])
def test_the_bytes_of_a_csv_are_read_as_those_of_a_workbook(font: LegacyFont, decoding: str) -> None:
    texts = [label.lower() for label in [*_labels(), *_WARDS]]
    data = "\n".join(_encode(text, font) for text in texts).encode("latin-1")
    assert single_byte_encoding(data) == "latin-1"
    assert _converted(data.decode(decoding).split("\n")) == texts


def test_a_csv_in_windows_1258_is_not_taken_for_an_old_font() -> None:
    texts = [*_labels(), *_WARDS]
    for text in ("\n".join(texts), *texts):
        data = _in_windows_1258(text)
        assert single_byte_encoding(data) == "cp1258"
        assert unicodedata.normalize("NFC", data.decode("cp1258")) == text


def _in_windows_1258(text: str) -> bytes:
    """Windows-1258 has letters without their tones, and the tones."""
    tones = "".join(_TONES)
    apart = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        bare = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones))
        apart.append(bare + "".join(mark for mark in marks if mark in tones))
    return "".join(apart).encode("cp1258")


def test_a_long_list_of_few_texts_is_converted_cell_by_cell() -> None:
    cells = [_encode(f"Phường Phước Hội {number}", TCVN3) for number in range(50)] * 2_000
    font = recognise(cells)
    assert font is TCVN3
    assert [convert(cell, font) for cell in cells] == [f"Phường Phước Hội {number}" for number in range(50)] * 2_000
