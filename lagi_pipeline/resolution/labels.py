"""Which indicator a line speaks of: every word of it must be accounted for (``catalogue/target_lines.yaml``).

Nothing is compared by likeness or by the set of its words: phrases stand whole and in their order, and a word that no
phrase covers leaves the line to a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from lagi_pipeline.catalogue.indicators import Direction, PlanSource
from lagi_pipeline.catalogue.target_lines import TargetLine, TargetLines, Wording
from lagi_pipeline.vietnamese.text import label_key

FIGURE = "#"
"""What stands in a line's key for its figure."""
_GAP = "…"
_THIS_YEAR, _LAST_YEAR = ("năm", "nay"), ("năm", "trước")
_TOKEN = re.compile(r"\w+|[#≥≤<>%‰]")
_MOST_WORDS = 80
"""A longer label is a paragraph, and no line of a list."""

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """What a line speaks of. ``direction`` is None where no word of it tells; ``remarks`` are words like "trên"."""

    code: str
    direction: Direction | None = None
    plan_source: PlanSource | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unknown:
    """A label that is no indicator's, or may be that of several.

    ``near`` are the codes of which a phrase stands in it; ``strange`` the words that keep it from being the first.
    ``is_result`` says that it tells what was reached.
    """

    near: tuple[str, ...] = ()
    strange: str = ""
    several: bool = False
    is_result: bool = False


def tokens_of(text: str) -> Tokens:
    """The words of a text as labels are compared, without punctuation."""
    return tuple(_TOKEN.findall(label_key(text)))


class Labels:
    """The wording of all lines, ready to compare with.

    Args:
        lines: The catalogue's wording.
        place: Names of the place, which any line may say.
    """

    def __init__(self, lines: TargetLines, place: Iterable[str] = ()) -> None:
        words = lines.words
        self._lines = [(line, [_split(says) for says in line.says]) for line in lines.lines]
        self._plain = {(FIGURE,), *map(tokens_of, words.plain), *map(tokens_of, place)}
        self._ways = {tokens_of(phrase): Direction.AT_LEAST for phrase in words.at_least}
        self._ways |= {tokens_of(phrase): Direction.AT_MOST for phrase in words.at_most}
        self._about = set(map(tokens_of, words.about))
        self._plans = {tokens_of(phrase): source for source, phrases in lines.plans.items() for phrase in phrases}
        self._common = self._plain | self._about | set(self._ways) | set(self._plans)
        self._headings = lines.headings
        self._compared = set(map(tokens_of, lines.comparisons.words))
        self._bases = set(map(tokens_of, lines.comparisons.bases))
        self._own_plans = set(map(tokens_of, lines.comparisons.plans))
        self._reaching = set(map(tokens_of, lines.comparisons.reaching))
        self._results = [_split(phrase) for phrase in words.results]

    def read(self, text: str, *, below: str | None = None) -> Label | Unknown:
        """The indicator of a line whose figure is written ``#``; ``below`` is that of the line it is a part of."""
        tokens = tokens_of(text)
        if len(tokens) > _MOST_WORDS:
            return Unknown()
        if any(_in_order(tokens, phrases) for phrases in self._results):
            return Unknown(is_result=True)
        found = [label for line, says in self._lines if (label := self._as_line(tokens, line, says, below=below))]
        if len(found) == 1:
            return found[0]
        if found:
            return Unknown(tuple(label.code for label in found), several=True)
        return self._unknown(tokens)

    def plan_aside(self, text: str) -> PlanSource | None:
        """Whose plan a part of a line gives that says nothing else: ``tỉnh giao #``."""
        tokens = tokens_of(text)
        if any(tokens[: len(word)] == word for word in self._compared):
            return None  # "vượt 15% dự toán tỉnh giao"
        used = _cover(tokens, [], self._common)
        if used is not None and self._measures_against(used):
            return None
        sources = {self._plans[phrase] for phrase in used or () if phrase in self._plans}
        return sources.pop() if len(sources) == 1 else None

    def compares(self, text: str, *, alike: bool) -> bool:
        """Whether a part of a line only compares its figure: ``tăng # so với năm trước``.

        Args:
            text: The part.
            alike: Whether its figure is of the target's dimension: then it must say what it is compared with.
        """
        tokens = tokens_of(text)
        at = tokens.index(FIGURE)
        if self.claims(text, alike=alike):
            return False
        begins = any(tokens[: len(phrase)] == phrase for phrase in self._compared | self._bases)
        between = _cover(tokens[:at], [], self._common | self._compared | self._bases)
        has_basis = any(_has(tokens, phrase) for phrase in self._bases)
        return begins and between is not None and (has_basis or not alike)

    def claims(self, text: str, *, alike: bool) -> bool:
        """Whether the figure of a part may be this year's target itself: ``kế hoạch năm nay: #``, ``tăng lên #``."""
        tokens = tokens_of(text)
        before = tokens[: tokens.index(FIGURE)]
        if any(before[-len(phrase) :] == phrase for phrase in self._reaching):
            return True
        if not alike:
            return False
        is_plan = any(_has(before, phrase) for phrase in self._own_plans)
        return _has(tokens, _THIS_YEAR) or (is_plan and not _has(tokens, _LAST_YEAR))

    def _measures_against(self, used: Sequence[Tokens]) -> bool:
        """Whether a figure is measured by a plan: ``trên dự toán tỉnh giao #``, ``đạt # chỉ tiêu tỉnh giao``."""
        at = used.index((FIGURE,)) if (FIGURE,) in used else len(used)
        plans = [place for place, phrase in enumerate(used) if phrase in self._plans]
        ways = [place for place, phrase in enumerate(used) if phrase in self._ways]
        return any(plan > at or any(way < plan for way in ways) for plan in plans)

    def is_heading(self, text: str) -> bool:
        """Whether the text is nothing but the heading of a list of targets."""
        tokens = tokens_of(text)
        return 0 < len(tokens) <= _MOST_WORDS and _covers(tokens, self._headings, self._common)

    def _as_line(
        self, tokens: Tokens, line: TargetLine, says: Sequence[list[Tokens]], *, below: str | None
    ) -> Label | None:
        if any(_has(tokens, tokens_of(phrase)) for phrase in line.never):
            return None
        allowed = self._common | set(map(tokens_of, line.may_say))
        ways = [*says, *(_split(short) for short in line.as_part)] if below is not None else says
        for phrases in ways:
            used = _cover(tokens, phrases, allowed)
            if used is not None:
                return self._label(line.code, used)
        return None

    def _label(self, code: str, used: Sequence[Tokens]) -> Label | None:
        """The label by the phrases that make it up; None where they contradict each other."""
        ways = {self._ways[phrase] for phrase in used if phrase in self._ways}
        plans = {self._plans[phrase] for phrase in used if phrase in self._plans}
        if len(ways) > 1 or len(plans) > 1 or self._measures_against(used):
            return None
        told = dict.fromkeys(" ".join(phrase) for phrase in used if phrase in self._about or phrase in self._ways)
        return Label(code, next(iter(ways), None), next(iter(plans), None), tuple(told))

    def _unknown(self, tokens: Tokens) -> Unknown:
        """What the label comes near to, for the reason that a person reads."""
        near: list[tuple[int, str, str]] = []
        for line, says in self._lines:
            allowed = self._common | set(map(tokens_of, line.may_say))
            for phrases in says:
                present = [phrase for phrase in phrases if _has(tokens, phrase)]
                if any(len(phrase) > 1 for phrase in present):
                    near.append((len(phrases) - len(present), line.code, _strange(tokens, present, allowed)))
        near.sort(key=lambda entry: (entry[0], len(entry[2])))
        return Unknown(tuple(dict.fromkeys(code for _, code, _ in near)), near[0][2] if near else "")


@cache
def _split(says: str) -> list[Tokens]:
    return [tokens_of(phrase) for phrase in says.split(_GAP)]


def _covers(tokens: Tokens, wording: Wording, common: Collection[Tokens]) -> bool:
    allowed = {*common, *map(tokens_of, wording.may_say)}
    return any(_cover(tokens, _split(says), allowed) is not None for says in wording.says)


def _has(tokens: Tokens, phrase: Tokens) -> bool:
    return any(tokens[at : at + len(phrase)] == phrase for at in range(len(tokens) - len(phrase) + 1))


def _in_order(tokens: Tokens, phrases: Sequence[Tokens]) -> bool:
    """Whether the phrases stand in the tokens, one behind the other."""
    at = 0
    for phrase in phrases:
        places = range(at, len(tokens) - len(phrase) + 1)
        found = next((place for place in places if tokens[place : place + len(phrase)] == phrase), None)
        if found is None:
            return False
        at = found + len(phrase)
    return True


def _cover(tokens: Tokens, phrases: Sequence[Tokens], allowed: Collection[Tokens]) -> tuple[Tokens, ...] | None:
    """The phrases that make up the tokens: ``phrases`` once and in order, the rest of ``allowed``; None if none do.

    The longest are tried first, so that "trên địa bàn" is never "trên" and a rest.
    """
    longest = max((len(phrase) for phrase in allowed), default=0)
    dead: set[tuple[int, int]] = set()

    def rest(at: int, done: int) -> tuple[Tokens, ...] | None:
        if at == len(tokens):
            return () if done == len(phrases) else None
        if (at, done) in dead:
            return None
        steps = [(tokens[at : at + size], done) for size in range(1, longest + 1) if at + size <= len(tokens)]
        steps = [step for step in steps if step[0] in allowed]
        if done < len(phrases) and tokens[at : at + len(phrases[done])] == phrases[done]:
            steps.append((phrases[done], done + 1))
        for phrase, then in sorted(steps, key=lambda step: (-len(step[0]), -step[1])):
            behind = rest(at + len(phrase), then)
            if behind is not None:
                return (phrase, *behind)
        dead.add((at, done))
        return None

    return rest(0, 0)


def _strange(tokens: Tokens, phrases: Sequence[Tokens], allowed: Collection[Tokens]) -> str:
    """The text from the first word that neither ``phrases`` nor ``allowed`` cover to the last one."""
    known = sorted({*phrases, *allowed}, key=len, reverse=True)
    strange: list[int] = []
    at = 0
    while at < len(tokens):
        phrase = next((phrase for phrase in known if tokens[at : at + len(phrase)] == phrase), None)
        if phrase is None:
            strange.append(at)
        at += 1 if phrase is None else len(phrase)
    return " ".join(tokens[strange[0] : strange[-1] + 1]).replace(FIGURE, _GAP) if strange else ""
