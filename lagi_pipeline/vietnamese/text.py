"""Text as cells hold it, and the key two spellings of one label share.

Labels are compared by whole key only: accents are never folded (*dòng* is not *đồng*) and words are never compared as a
set (*Bình Tân* and *Tân Bình* are two places).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPACES = dict.fromkeys([0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF], None)
_PLAIN_SPACES = {**_SPACES, **_INVISIBLE}

# Eth looks like đ, and files converted from old Vietnamese fonts hold it in its place.
_ONE_CHARACTER = {**dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-"), ord("ð"): "đ"}

# "(1)", "[1]", "(*)", "(3=2/1)" and "(3)=(2)/(1)"; a year in brackets has four digits and stays.
_FOOTNOTE = re.compile(
    r"\(\s*\d{1,2}\s*\)\s*=[\d\s()+*/:×x%-]*[\d)%]"
    r"|\(\s*\d{1,2}\s*=[\d\s+*/:×x%-]+\)"
    r"|\(\s*(?:\d{1,2}|\*+)\s*\)"
    r"|\[\s*(?:\d{1,2}|\*+)\s*\]"
)

_TRIPHTHONG = 3
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONE = re.compile(f"[{_TONES}]")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*")
# "qu" and "gi" before a vowel are consonants: the tone never stands on their u or i.
_SYLLABLE = re.compile(
    r"(?P<initial>qu(?=[aăâeêioôơuưy])|gi(?=[aăâeêoôơuưy])|[bcdđghklmnpqrstvx]*)"
    r"(?P<vowels>[aăâeêioôơuưy]+)"
    r"(?P<coda>[cghmnpt]*)"
)
# The consonants after which i and y are one sound written both ways (tỉ/tỷ, kĩ/kỹ, quí/quý, bác sĩ/bác sỹ).
_I_OR_Y_AFTER = frozenset({"h", "k", "l", "m", "qu", "s", "t"})


def nfc(text: str) -> str:
    """Compose the text (NFC), make every kind of space an ordinary one and drop the characters nobody sees.

    Line breaks stay: a cell may hold several lines.
    """
    return unicodedata.normalize("NFC", text.translate(_PLAIN_SPACES))


@lru_cache(maxsize=65_536)
def label_key(text: str) -> str:
    """The form in which labels are compared (feeds.md: "Labels are matched on normalised text").

    Lower case, one space between words, "-" for every dash, footnotes and a closing ":" or "*" dropped, and one
    spelling for a syllable that may be written in two: *luỹ kế* and *lũy kế*, *quí* and *quý*, *tỉ đồng* and *tỷ đồng*.
    The key is itself readable Vietnamese, with the tone where the older spelling puts it (*hòa*, *lũy*, *thủy*).
    """
    key = nfc(nfc(text).lower()).translate(_ONE_CHARACTER)
    key = without_footnotes(key).rstrip("*: \n\t")
    return _WORD.sub(lambda word: _one_spelling(word[0]), " ".join(key.split()))


def without_footnotes(text: str) -> str:
    """The text without ``(1)``, ``[1]``, ``(3=2/1)``, its white space collapsed."""
    # Taking one away can leave another, as in "((1)2)"; a key must be its own key.
    while (shorter := " ".join(_FOOTNOTE.sub(" ", text).split())) != text:
        text = shorter
    return text


def _one_spelling(word: str) -> str:
    """The syllable with its tone and its i/y in one place; a word that is no Vietnamese syllable stays as it is."""
    marks = unicodedata.normalize("NFD", word)
    tones = _TONE.findall(marks)
    syllable = _SYLLABLE.fullmatch(unicodedata.normalize("NFC", _TONE.sub("", marks)))
    if syllable is None or len(tones) > 1:
        return word
    initial, vowels, coda = syllable["initial"], syllable["vowels"], syllable["coda"]
    if vowels == "i" and not coda and initial in _I_OR_Y_AFTER:
        vowels = "y"
    if tones:
        at = tone_position(vowels, closed=bool(coda)) + 1
        vowels = vowels[:at] + tones[0] + vowels[at:]
    return unicodedata.normalize("NFC", initial + vowels + coda)


def tone_position(vowels: str, *, closed: bool) -> int:
    """The vowel of a syllable that bears its tone in the older spelling; ``closed`` where a consonant follows them."""
    marked = [at for at, vowel in enumerate(vowels) if vowel in "ăâêôơư"]
    if marked:
        return marked[-1]  # thuế, người
    if closed:
        return len(vowels) - 1  # toán
    return 1 if len(vowels) == _TRIPHTHONG else 0  # khoái; hòa, lũy, của


def capitalised(text: str) -> str:
    """The text with its first letter as a capital, the others as they are: ``Phường Phước Hội``."""
    return text[:1].upper() + text[1:]
