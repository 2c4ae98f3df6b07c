"""Text and label keys: spellings that are one label, and labels that are two."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lagi_pipeline.vietnamese.text import label_key, nfc, without_footnotes

_SYLLABLES = ["luỹ", "hoà", "khoẻ", "thuỷ", "quí", "tỉ", "Ước", "đồng", "NGƯỜI", "Quyết", "kĩ", "của", "Ðất", "giữa"]
_NOISE = [
    " ",
    "\u00a0",
    "\n",
    "(1)",
    "(3=2/1)",
    "(",
    ")",
    "1",
    "=",
    "/",
    "[2]",
    "*",
    "**",
    ":",
    "–",
    "\u200b",
    "\u0301",
    "A",
]
_labels = st.lists(st.sampled_from(_SYLLABLES + _NOISE), max_size=12).map("".join)


def test_nfc_makes_spaces_ordinary_and_drops_what_nobody_sees() -> None:
    assert nfc("1\u00a0234\u2009567\u202f8\u200b\ufeff") == "1 234 567 8"
    assert nfc(unicodedata.normalize("NFD", "Thị ủy\nLa Gi")) == "Thị ủy\nLa Gi"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("luỹ kế", "Lũy kế"),
        ("thuỷ sản", "THỦY SẢN"),
        ("hoà", "hòa"),
        ("khoẻ", "khỏe"),
        ("Uỷ ban", "Ủy ban"),
        ("tuỳ", "tùy"),
        ("cuả", "của"),
        ("hòan tòan", "hoàn toàn"),
        ("thúê", "thuế"),
        ("qúy", "quý"),
        ("quí", "quý"),
        ("tỉ đồng", "tỷ đồng"),
        ("kĩ thuật", "kỹ thuật"),
        ("quản lí", "quản lý"),
        ("nước Mĩ", "nước Mỹ"),
        ("cùng kì", "cùng kỳ"),
        ("giáo dục – đào tạo", "Giáo dục - đào tạo"),
        ("Tổng   số\n hộ:", "tổng số hộ"),
        ("Ðất", "đất"),
        ("Tỷ lệ (%) (3=2/1)", "tỷ lệ (%)"),
        ("Tỷ lệ (5)=(3)/(1)", "tỷ lệ"),
        ("Hộ nghèo (1) **", "hộ nghèo"),
        ("Hộ nghèo [1]*:", "hộ nghèo"),
    ],
)
def test_spellings_of_one_label_share_a_key(one: str, other: str) -> None:
    assert label_key(one) == label_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("dòng", "đồng"),
        ("Bình Tân", "Tân Bình"),
        ("thu", "thú"),
        ("hoa", "hòa"),
        ("tai", "tay"),
        ("năm (2023)", "năm (2024)"),
        ("dưới 6 m", "dưới 12 m"),
        ("1.000 đồng", "đồng"),
        ("nước sạch (đạt quy chuẩn)", "nước sạch"),
    ],
)
def test_two_labels_keep_two_keys(one: str, other: str) -> None:
    assert label_key(one) != label_key(other)


@pytest.mark.parametrize(
    "key",
    [
        *("lũy kế", "thủy sản", "hòa", "khỏe", "tỷ đồng", "quý iii", "giá trị", "quyết định", "tổng trị giá", "đơn vị"),
        *(
            "người",
            "ước thực hiện",
            "khoáng sản",
            "của",
            "mía",
            "thuở",
            "rượu",
            "khuỷu",
            "hộ nghèo",
            "gì",
            "km²",
            "btv",
        ),
    ],
)
def test_a_key_is_readable_vietnamese(key: str) -> None:
    assert label_key(key.upper()) == key


@given(_labels | st.text())
@example("((1)2)")
@example("luỹ\u0301")
@example("(1)=(2)/*:")
def test_a_key_is_its_own_key(label: str) -> None:
    assert label_key(label_key(label)) == label_key(label)


@given(_labels)
def test_a_key_does_not_depend_on_composition(label: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, label) for form in ("NFC", "NFD"))
    assert label_key(composed) == label_key(decomposed)


def test_footnotes_go_and_the_letters_stay() -> None:
    assert without_footnotes("Tỷ lệ (3=2/1)  (%) [2]") == "Tỷ lệ (%)"
