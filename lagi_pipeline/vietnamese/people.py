"""What in a text names a person, or looks like their number: names of people, identity cards, telephones.

No rule knows every name. What is hidden here is what ``people.yaml`` lets one tell; where a form lists people, what
the form does not know is hidden anyway (``intake/masking.py``).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from lagi_pipeline.vietnamese.text import label_key, nfc

PEOPLE_FILE = Path(__file__).with_name("people.yaml")
LONG_NUMBER = r"\p{Nd}(?:(?:[\s.,/_-]|\)\s?)?\p{Nd}){8,}"
"""What may hold the number of a person, as DuckDB writes it; ``has_personal_number`` tells which do."""

_LEAST_DIGITS = 9
_PHONE_DIGITS = frozenset({10, 11})
_SHORTEST_NAME, _LONGEST_NAME = 2, 5
_LONGEST_LABEL = 6
_DATE = r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}\b|\b(?:19|20)\d{2}-\d{1,2}-\d{1,2}\b"
_PHONE = r"(?<!\d)0\d{1,4}(?P<sign>[/_])\d{2,4}(?:(?P=sign)\d{2,4})+(?!\d)"
_NUMBER = re.compile(rf"(?P<date>{_DATE})|(?P<phone>{_PHONE})|\d(?:(?:[\s.,-]|\)\s?)?\d)*")
_FIGURE = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|(?:0|[1-9]\d{0,7})[.,]\d+")
_YEARS = re.compile(r"(?:19|20)\d{2}(?:\W{1,2}(?:19|20)\d{2})+")
_MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN_WORDS = re.compile(r"\s+")
_ORDINAL = re.compile(r"\s*(?:\d{1,3}|[ivx]{1,4})\s*[.)/-]\s*|\s*[-+*•]\s*", re.IGNORECASE)


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    surnames: frozenset[str]
    surnames_that_are_words: frozenset[str]
    middle_names: frozenset[str]
    middle_names_that_tell: frozenset[str]
    after_no_name: frozenset[str]
    forms_of_address: tuple[str, ...]
    not_names: frozenset[str]
    kinds: tuple[str, ...]
    places: tuple[str, ...]
    named_after_people: tuple[str, ...]


@cache
def _words() -> _Words:
    lists = yaml.safe_load(PEOPLE_FILE.read_text(encoding="utf-8"))
    return _Words(**{name: [nfc(str(word)) for word in words] for name, words in lists.items()})


@cache
def _address() -> re.Pattern[str]:
    forms = "|".join(re.escape(form) for form in sorted(_words().forms_of_address, key=len, reverse=True))
    return re.compile(rf"\b(?:{forms})(?:\s*:)?\s+", re.IGNORECASE)


@cache
def _kind() -> re.Pattern[str]:
    kinds = "|".join(re.escape(kind) + ("" if kind.endswith(".") else r"\b") for kind in _words().kinds)
    return re.compile(rf"(?:{kinds})\s*", re.IGNORECASE)


@cache
def _places() -> frozenset[str]:
    return frozenset(map(label_key, _words().places))


def without_personal_numbers(text: str, mask: str) -> str:
    """A text with every number of nine digits or more replaced, also one written with spaces, dots or dashes.

    Dates, years and figures stay: ``1.234.567.890`` and ``0.7123456789``; a figure of nine digits without any grouping
    cannot be told from an identity card.
    """
    return _NUMBER.sub(lambda found: mask if _is_personal(found) else found[0], nfc(text))


def has_personal_number(text: str) -> bool:
    """Whether ``without_personal_numbers`` would replace something."""
    return any(map(_is_personal, _NUMBER.finditer(nfc(text))))


def has_number_of_no_figure(text: str) -> bool:
    """Whether it holds such a number that cannot be a figure: identity cards and telephones begin with 0."""
    return any(_is_personal(found) and found[0].startswith("0") for found in _NUMBER.finditer(nfc(text)))


def _is_personal(found: re.Match[str]) -> bool:
    number = found[0]
    if found["phone"]:
        return sum(map(str.isdigit, number)) in _PHONE_DIGITS
    if found["date"] or sum(map(str.isdigit, number)) < _LEAST_DIGITS:
        return False
    return _FIGURE.fullmatch(number) is None and _YEARS.fullmatch(number) is None


def without_names(text: str, mask: str, *, strict: bool = False) -> str:
    """A text with the names of people replaced that can be told.

    Those are addresses of mail, words with capitals after a form of address (*ông*, *chủ tàu*), and two to five of them
    that begin with a family name; ``strict`` also those in the middle of a text that begin like no office, document or
    place. A text in capitals has names after a form of address alone, and where a family name has a middle name after
    it.
    """
    text = nfc(text)
    if "@" in text:
        text = _MAIL_ADDRESS.sub(mask, text)
    found_addresses = _address().finditer(text)
    addressed = frozenset(found.end() for found in found_addresses if not _is_household_of_a_place(found))
    shouted = text.isupper()
    for run in reversed(_runs(text)):
        name = (
            _shouted_name_in(text, run, addressed)
            if shouted
            else _name_in(text, run, strict=strict, addressed=addressed)
        )
        if name is not None:
            text = text[: name[0]] + mask + text[name[1] :]
    return text


def looks_like_a_person(label: str) -> bool:
    """Whether what names a row may name a person instead of a place or a sum.

    It does if it holds a person's number, many words or a name that can be told, and if it is two to five words with
    capitals that no kind of place stands before: *P. Tân Long* may be a misspelt ward, *Tân Long* need not.
    """
    text = nfc(label).strip()
    bare = _without_ordinal(text)
    words = _WORD.findall(bare)
    if has_personal_number(text) or len(words) > _LONGEST_LABEL:
        return True
    if label_key(bare) in _places():
        return False
    if kind := _kind().match(bare):
        tail = bare[kind.end() :]
        return without_names(f"… {tail}", "") != f"… {tail}" and len(_WORD.findall(tail)) > _SHORTEST_NAME
    capitals = all(word[0].isupper() for word in words)
    named = _SHORTEST_NAME <= len(words) <= _LONGEST_NAME and (capitals or words[0].capitalize() in _words().surnames)
    return named or without_names(bare, "") != bare


def may_be_a_misspelt_place(label: str) -> bool:
    """Whether a text is the kind of a place, and a name that is hardly a person's."""
    bare = _without_ordinal(nfc(label).strip())
    return _kind().match(bare) is not None and "," not in bare and not looks_like_a_person(label)


def _without_ordinal(label: str) -> str:
    """A label without the number before it; "x." and "p." are kinds of places."""
    return label if _kind().match(label) else _ORDINAL.sub("", label, count=1) if _ORDINAL.match(label) else label


def _runs(text: str) -> list[tuple[int, int]]:
    """Where words with a capital follow one another, with nothing but space between them; "BTh" is a code."""
    runs: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        if not word[0][0].isupper() or not (word[0].istitle() or word[0].isupper()):
            continue
        if runs and _BETWEEN_WORDS.fullmatch(text, runs[-1][1], word.start()):
            runs[-1] = (runs[-1][0], word.end())
        else:
            runs.append((word.start(), word.end()))
    return runs


def _name_in(text: str, run: tuple[int, int], *, strict: bool, addressed: frozenset[int]) -> tuple[int, int] | None:
    """Where in a run of words with capitals a name stands; ``addressed`` is where forms of address end."""
    lists = _words()
    if _is_place(text[slice(*run)]):
        return None
    words = [(found.start(), found.end(), found[0].capitalize()) for found in _WORD.finditer(text, *run)]
    for at, (begin, _, word) in enumerate(words):
        name = begin, words[min(at + _LONGEST_NAME, len(words)) - 1][1]
        if begin in addressed and not _is_place(text[begin : run[1]]):
            return name
        if len(words) - at < _SHORTEST_NAME or _follows_a_kind(text, begin):
            continue
        before_middle = words[at + 1][2] in lists.middle_names and word in lists.surnames_that_are_words
        if word in lists.surnames or before_middle or _stands_before_a_middle_name([word for *_, word in words[at:]]):
            return name
        in_the_middle = strict and at == 0 and len(words) <= _LONGEST_NAME and _is_amid(text[:begin])
        if in_the_middle and word not in lists.not_names:
            return name
    return None


def _is_household_of_a_place(address: re.Match[str]) -> bool:
    """Whether it is *hộ* before a kind of place (*hộ Phường 5*)."""
    return address[0].strip().lower() == "hộ" and _kind().match(address.string, address.end()) is not None


def _stands_before_a_middle_name(words: list[str]) -> bool:
    """Whether the first of some words with capitals is a rare family name, told by *Văn* or *Thị* and a name after."""
    lists = _words()
    return (
        len(words) > _SHORTEST_NAME
        and words[1] in lists.middle_names_that_tell
        and words[0] not in lists.not_names
        and words[2] not in lists.after_no_name
    )


def _shouted_name_in(text: str, run: tuple[int, int], addressed: frozenset[int]) -> tuple[int, int] | None:
    """Where a name stands in a text in capitals: after a form of address, or where a middle name follows."""
    lists = _words()
    words = [(found.start(), found.end(), found[0].capitalize()) for found in _WORD.finditer(text, *run)]
    for at, (begin, _, word) in enumerate(words[:-1]):
        if begin not in addressed and _follows_a_kind(text, begin):
            continue
        named = word in lists.surnames | lists.surnames_that_are_words and words[at + 1][2] in lists.middle_names
        if named or (begin in addressed and word in lists.surnames | lists.surnames_that_are_words):
            return begin, words[min(at + _LONGEST_NAME, len(words)) - 1][1]
    return None


def _is_amid(before: str) -> bool:
    """Whether a sentence goes on after what stands before."""
    return bool(before.strip()) and before.rstrip()[-1] not in ".!?"


def _is_place(text: str) -> bool:
    key = label_key(text)
    return any(key == place or key.startswith(f"{place} ") for place in _places())


def _follows_a_kind(text: str, begin: int) -> bool:
    """Whether the words before a position end in a kind of place, or of what is named after people: *xã Lê Lợi*."""
    before = text[:begin].rstrip().lower()
    kinds = (*_words().kinds, *_words().named_after_people)
    return any(before.endswith(kind) and not before[: -len(kind)][-1:].isalpha() for kind in kinds)
