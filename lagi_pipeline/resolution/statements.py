"""What one item of the list says: its statement, its parts ("trong đó"), and what stands beside them in brackets.

An item may hold several statements ("…; …"), a statement may compare itself with other figures ("tăng 12 % so với …")
or name another plan ("(tỉnh giao 165 tỷ đồng)"). Which of several figures is the target is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, zip_longest

from lagi_pipeline.catalogue.indicators import PlanSource
from lagi_pipeline.catalogue.target_lines import TargetLines
from lagi_pipeline.resolution.amounts import OTHER_YEAR, Amount, Figures
from lagi_pipeline.resolution.labels import FIGURE, Label, Labels, Unknown
from lagi_pipeline.vietnamese.text import label_key

PART = "trong đó"
_SENTENCE = re.compile(r";|\.\s+|\.$")
_PART = re.compile(rf"\b{PART}\b[\s:,]*")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_COMMA = re.compile(r"\s*,\s*")
_RESULT = re.compile(r"^(?:đã |kết quả )?thực hiện(?: năm (?:nay|trước))?\s*:|^kết quả\b")
_RESULT_TOLD = "dòng có thể là kết quả thực hiện, không phải chỉ tiêu"


class Doubt(StrEnum):
    """Why a person has to decide."""

    UNKNOWN_LINE = "unknown_line"
    NO_FIGURE = "no_figure"
    NO_UNIT = "no_unit"
    UNREADABLE_NUMBER = "unreadable_number"
    OTHER_DIMENSION = "other_dimension"
    SEVERAL_FIGURES = "several_figures"
    ANOTHER_FIGURE = "another_figure"
    OTHER_PARENT = "other_parent"
    REVERSED = "reversed"
    FAR_FROM_LAST_YEAR = "far_from_last_year"
    OUT_OF_BOUNDS = "out_of_bounds"
    TWICE = "twice"
    MISSING = "missing"


@dataclass(frozen=True)
class Said:
    """A figure that a statement gives an indicator. ``below`` is the code of the line whose part it is printed as."""

    label: Label
    amount: Amount
    is_part: bool = False
    below: str | None = None
    plan_source: PlanSource | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Undecided:
    """A statement that is not read in one way only; ``reason`` is Vietnamese, ``codes`` what it may be about."""

    doubt: Doubt
    reason: str
    codes: tuple[str, ...] = ()


Outcome = Said | Undecided


class Statements:
    """Reads items by the catalogue's wording."""

    def __init__(self, lines: TargetLines, labels: Labels) -> None:
        self._labels = labels
        self._verbs = tuple(label_key(verb) for verb in lines.comparisons.words)

    def read(self, figures: Figures, *, is_part: bool, below: str | None) -> list[Outcome]:
        """What an item says.

        Args:
            figures: The item.
            is_part: Whether it stands below another line, as "Trong đó" or by its marker.
            below: The indicator of that line; None where that one is not known.
        """
        if figures.problem is not None:
            return [Undecided(Doubt.UNREADABLE_NUMBER, figures.problem)]
        if not figures.amounts:
            return [self._without_figure(figures.key, below if is_part else None)]
        if _RESULT.search(figures.key):
            return [Undecided(Doubt.UNKNOWN_LINE, _RESULT_TOLD)]
        amounts = iter(figures.amounts)
        outcomes: list[Outcome] = []
        parent = below
        statements = list(_statements(figures.key))
        for text, starts_part in statements:
            part = is_part or starts_part
            mine = [next(amounts) for _ in range(text.count(FIGURE))]
            told = self._statement(text, mine, is_part=part, below=parent if part else None)
            if len(statements) > 1:
                told = [_named(outcome, _shown(text, mine)) for outcome in told]
            outcomes += told
            if not part:
                parent = next((said.label.code for said in told if isinstance(said, Said)), None)
        return outcomes

    def _statement(self, text: str, amounts: list[Amount], *, is_part: bool, below: str | None) -> list[Outcome]:
        """One statement with everything that stands beside its figure."""
        queue = iter(amounts)
        pairs = [(piece, [next(queue) for _ in range(piece.count(FIGURE))]) for piece in self._pieces(text)]
        # The line's own figure first, wherever its brackets stand.
        pairs.sort(key=lambda pair: pair[0].startswith("("))
        outcomes: list[Outcome] = []
        remarks: list[str] = []
        beside: list[Outcome] = []
        for at, (piece, mine) in enumerate(pairs):
            bare, is_aside = piece.strip("() "), at > 0
            alike = mine[0].unit is None or _dimension(mine[0]) == _dimension(pairs[0][1][0])
            if is_aside and len(mine) == 1 and (source := self._labels.plan_aside(bare)) is not None:
                beside.append(_of_plan(outcomes[0], mine[0], source))
            elif is_aside and len(mine) == 1 and self._labels.compares(bare, alike=alike):
                remarks.append(f"bỏ qua phần so sánh «{_shown(bare, mine)}»")
            elif is_aside and len(mine) == 1 and self._labels.claims(bare, alike=alike):
                return [_several(amounts)]
            elif is_aside and piece.startswith("("):
                reason = f"trong ngoặc có số, không rõ là số gì: «{_shown(bare, mine)}»"
                beside.append(Undecided(Doubt.ANOTHER_FIGURE, reason))
            elif len(mine) != 1:
                return [_several(amounts)]
            else:
                outcomes.append(self._figure(bare, mine[0], is_part=is_part, below=below))
        if len(outcomes) > 1 and any(isinstance(outcome, Undecided) for outcome in outcomes):
            return [_several(amounts)]
        first = outcomes[0]
        if isinstance(first, Said):
            outcomes[0] = _remarked(first, remarks)
        return [*outcomes, *beside]

    def _figure(self, text: str, amount: Amount, *, is_part: bool, below: str | None) -> Outcome:
        label = self._labels.read(text, below=below if is_part else None)
        if isinstance(label, Unknown):
            return Undecided(Doubt.UNKNOWN_LINE, _unknown(label), label.near)
        if amount.unit is None:
            return Undecided(Doubt.NO_UNIT, f"số không có đơn vị tính: «{amount.text}»", (label.code,))
        return Said(label, amount, is_part, below, label.plan_source)

    def _without_figure(self, text: str, below: str | None) -> Undecided:
        label = self._labels.read(text, below=below)
        if isinstance(label, Unknown):
            return Undecided(Doubt.UNKNOWN_LINE, f"{_unknown(label)}; dòng không có số", label.near)
        return Undecided(Doubt.NO_FIGURE, "dòng không có số", (label.code,))

    def _pieces(self, text: str) -> Iterator[str]:
        """The parts of a statement with a figure each, where its commas, brackets and comparisons allow it."""
        outside, brackets = _apart(text)
        pieces = [""]
        for part in _COMMA.split(self._comparisons_apart(outside)):
            if FIGURE in pieces[-1] and FIGURE in part:
                pieces.append(part)
            else:
                pieces[-1] = f"{pieces[-1]}, {part}" if pieces[-1] else part
        # Brackets stand in the order of their figures: what is behind them comes after them.
        return _in_order(text, pieces, brackets)

    def _comparisons_apart(self, text: str) -> str:
        """``đạt # tăng # so với năm trước`` with a comma before "tăng"."""
        if text.count(FIGURE) < 2:  # noqa: PLR2004 - one to be compared, one to compare with
            return text
        head, tail = text.split(FIGURE, 1)
        verbs = "|".join(map(re.escape, self._verbs))
        return head + FIGURE + re.sub(rf"(?<![,\w])\s+(?=(?:{verbs})\b[^#,]{{0,30}}#)", ", ", tail)


def _statements(key: str) -> Iterator[tuple[str, bool]]:
    """The statements of an item, each with whether "trong đó" opens it; one without a figure joins the one before."""
    inner: list[str] = []

    def take(found: re.Match[str]) -> str:
        if FIGURE in found[1] and _PART.match(found[1].strip()):
            inner.append(found[1].strip())
            return f"; {found[1].strip()} ;"
        return found[0]

    flat = _BRACKETS.sub(take, key)
    held: list[tuple[str, bool]] = []
    for sentence in _outside_brackets(flat):
        for at, text in enumerate(_PART.split(sentence)):
            starts_part = at > 0
            if FIGURE in text:
                held.append((text.strip(), starts_part))
            elif text.strip(" ,:.-") and held:
                held[-1] = (f"{held[-1][0]} {text.strip()}", held[-1][1])
            elif text.strip(" ,:.-"):
                held.append((text.strip(), starts_part))
    yield from _joined(held)


def _joined(held: list[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """A first statement without a figure belongs to the next one, unless that one is a part."""
    while len(held) > 1 and FIGURE not in held[0][0]:
        held = [(f"{held[0][0]} {held[1][0]}", held[0][1] or held[1][1]), *held[2:]]
    return iter(held)


def _outside_brackets(key: str) -> Iterator[str]:
    """Sentences and parts between semicolons; a sign within brackets ends nothing."""
    depth, begin = 0, 0
    for found in re.finditer(rf"[()]|{_SENTENCE.pattern}", key):
        if found[0] in "()":
            depth = max(0, depth + (1 if found[0] == "(" else -1))
        elif not depth:
            yield key[begin : found.start()]
            begin = found.end()
    yield key[begin:]


def _apart(text: str) -> tuple[str, list[str]]:
    """The text outside of the brackets that hold a figure, and those brackets; all of it where no figure is outside."""
    brackets = [found[0] for found in _BRACKETS.finditer(text) if FIGURE in found[1]]
    outside = _BRACKETS.sub(lambda found: " " if FIGURE in found[1] else found[0], text)
    return (outside, brackets) if FIGURE in outside else (text, [])


def _in_order(text: str, pieces: list[str], brackets: list[str]) -> Iterator[str]:
    """Pieces and brackets by the place of their figure in the text."""
    if not brackets:
        return iter(pieces)
    order: list[str] = []
    outer, inner, depth = list(pieces), list(brackets), 0
    left = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign != FIGURE:
            continue
        queue = inner if depth > 0 and inner else outer
        if left == 0 and queue:
            piece = queue.pop(0)
            order.append(piece)
            left = piece.count(FIGURE)
        left -= 1
    # Brackets that do not close leave it open which figure is whose.
    return iter(order if len(order) == len(pieces) + len(brackets) else [text])


def _of_plan(main: Outcome, amount: Amount, source: PlanSource) -> Outcome:
    """The same line's figure by another plan."""
    if isinstance(main, Undecided):
        return Undecided(Doubt.ANOTHER_FIGURE, f"số của kế hoạch khác, dòng chính chưa rõ: «{amount.text}»", main.codes)
    if amount.unit is None:
        return Undecided(
            Doubt.NO_UNIT, f"số của kế hoạch khác không có đơn vị tính: «{amount.text}»", (main.label.code,)
        )
    return Said(Label(main.label.code), amount, main.is_part, main.below, source)


def _dimension(amount: Amount) -> str | None:
    return amount.unit.dimension if amount.unit is not None else None


def _named(outcome: Outcome, text: str) -> Outcome:
    """What is undecided, with the part of its line that it is about."""
    if isinstance(outcome, Said):
        return outcome
    return Undecided(outcome.doubt, f"phần «{text.strip(' ,')}»: {outcome.reason}", outcome.codes)


def _remarked(said: Said, remarks: list[str]) -> Said:
    return Said(said.label, said.amount, said.is_part, said.below, said.plan_source, (*said.remarks, *remarks))


def _several(amounts: list[Amount]) -> Undecided:
    numbers = ", ".join(f"«{amount.text}»" for amount in amounts)
    return Undecided(Doubt.SEVERAL_FIGURES, f"có {len(amounts)} số, không rõ số nào là chỉ tiêu: {numbers}")


def _shown(text: str, amounts: list[Amount]) -> str:
    """The text with its figures as they stood."""
    pieces = text.split(FIGURE)
    figures = [amount.text for amount in amounts]
    return " ".join("".join(chain.from_iterable(zip_longest(pieces, figures, fillvalue=""))).split())


def _unknown(label: Unknown) -> str:
    """Why the label is nobody's; the names of the indicators are added where the catalogue is at hand."""
    if label.several:
        return "dòng có thể là của nhiều chỉ tiêu"
    if label.is_result:
        return _RESULT_TOLD
    if OTHER_YEAR in label.strange:
        return "dòng nói về một năm khác"
    if label.strange:
        return f"không nhận ra chỉ tiêu vì có chữ «{label.strange}»"
    return "không nhận ra chỉ tiêu nào"
