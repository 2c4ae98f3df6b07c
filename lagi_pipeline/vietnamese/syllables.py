"""What a Vietnamese word can look like: whether letters are one syllable as it is spelled. No dictionary, no meaning.

The spelling itself is ``syllables.yaml``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from lagi_pipeline.vietnamese.text import tone_position

_SPELLING_FILE = Path(__file__).with_name("syllables.yaml")

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # huyền, sắc, ngã, hỏi, nặng
_TONES_OF_STOPS = frozenset("\u0301\u0323")
_FRONT_VOWELS = ("e", "ê", "i")
_VOWELS = re.compile("[aăâeêioôơuưy]+")

Letters = Annotated[str, Field(pattern=r"^[a-zăâđêôơư]+$")]


class _Spelling(BaseModel):
    """``syllables.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    initials: frozenset[Letters]
    foreign_initials: frozenset[Letters]
    before_e_or_i: frozenset[Letters]
    never_before_e_or_i: frozenset[Letters]
    rimes: tuple[tuple[Letters, ...], ...]
    after_qu: tuple[Letters, ...]
    tone_on_either: tuple[Letters, ...]
    stops: tuple[Letters, ...]

    def syllables(self) -> dict[str, frozenset[int]]:
        """Every initial with every rime it can stand before, without tones; and which letters may bear the tone."""
        rimes = [rime for row in self.rimes for rime in row]
        initials = ["", *self.initials, *self.foreign_initials]
        pairs = [(initial, rime) for initial in initials for rime in rimes if self._fit(initial, rime)]
        syllables: dict[str, frozenset[int]] = {}
        for initial, rime in [*pairs, *(("qu", rime) for rime in self.after_qu)]:
            letters = frozenset(len(initial) + at for at in self._tone_bearers(rime))
            syllables[initial + rime] = syllables.get(initial + rime, frozenset()) | letters
        return syllables

    def _tone_bearers(self, rime: str) -> set[int]:
        found = _VOWELS.match(rime)
        vowels = found[0] if found else ""
        usual = tone_position(vowels, closed=vowels != rime)
        return {usual, 0, 1} if vowels.startswith(self.tone_on_either) else {usual}

    def _fit(self, initial: str, rime: str) -> bool:
        if rime.startswith(_FRONT_VOWELS):
            return initial not in self.never_before_e_or_i
        return initial not in self.before_e_or_i


def is_syllable(word: str) -> bool:
    """Whether the word (NFC or NFD, in any case) is one Vietnamese syllable as it is spelled.

    ``hòa``, ``hoà`` and ``Đắk`` are; ``Café``, ``ĐVT`` and ``thaù`` are not.
    """
    bare, tones = _without_tones(unicodedata.normalize("NFC", word.lower()))
    bearers = _syllables().get(bare)
    if bearers is None or len(tones) > 1:
        return False
    if not tones:
        return not bare.endswith(_spelling().stops)
    at, tone = tones[0]
    return at in bearers and (tone in _TONES_OF_STOPS or not bare.endswith(_spelling().stops))


def _without_tones(word: str) -> tuple[str, list[tuple[int, str]]]:
    """The letters of a composed word, and the tones with their places."""
    letters = []
    tones = []
    for at, letter in enumerate(word):
        marks = unicodedata.normalize("NFD", letter)
        tones += [(at, mark) for mark in marks if mark in _TONES]
        # A tone that no letter took up keeps its place, so that the word is none.
        rest = "".join(mark for mark in marks if mark not in _TONES)
        letters.append(unicodedata.normalize("NFC", rest) or letter)
    return "".join(letters), tones


@cache
def _spelling() -> _Spelling:
    return _Spelling.model_validate(yaml.safe_load(_SPELLING_FILE.read_text(encoding="utf-8")))


@cache
def _syllables() -> dict[str, frozenset[int]]:
    return _spelling().syllables()
