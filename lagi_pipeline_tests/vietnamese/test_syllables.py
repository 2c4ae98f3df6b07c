"""Vietnamese syllables: what is spelled as one, and what is not."""

from __future__ import annotations

import unicodedata

import pytest

from lagi_pipeline.vietnamese.syllables import is_syllable

_WORDS = (
    "Phường Phước Hội Lộc Tân Thiện An Bình Hải Tiến thị xã La Gi giải quyết việc làm nghèo giếng giữa gìn khuỷu tay"
    " nghiêng ngoằn ngoèo quốc quý quỳnh thuở tuýp xoong yêu ý ĐỒNG huyện huých hòa hoà thủy thuỷ Đắk Lắk Krông"
)


@pytest.mark.parametrize("word", _WORDS.split())
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_vietnamese_word_is_a_syllable(word: str, form: str) -> None:
    assert is_syllable(unicodedata.normalize(form, word))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "word",
    [
        *("", "b", "đ", "ĐVT", "Café", "Müller", "Tổngsố", "bơng", "mac", "bàt", "cê", "ngiệp", "ngha", "tốồ"),
        *("n\u0300a", "bưởng1", "ho a", "thaù", "hàoi", "lýn", "Señor", "strương"),
    ],
)
def test_anything_else_is_none(word: str) -> None:
    assert not is_syllable(word)
