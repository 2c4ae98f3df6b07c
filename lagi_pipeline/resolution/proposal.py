"""What a resolution's list proposes as targets, and what it leaves to a person: the judgement of what was read.

A target is proposed only where its line is read in one way, its unit measures what the indicator is in, its direction
is the indicator's and last year's, and its value is within reach of last year's. All else is a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from lagi_pipeline.catalogue.indicators import PART_OF, Catalogue, Direction, Indicator, PlanSource
from lagi_pipeline.catalogue.place import Resolution, Target
from lagi_pipeline.catalogue.target_lines import TargetLines, target_lines
from lagi_pipeline.resolution.amounts import Figures, figures_of, numbers_in
from lagi_pipeline.resolution.document import read_document
from lagi_pipeline.resolution.labels import Labels, tokens_of
from lagi_pipeline.resolution.outline import Entry, Item, Outline, entries_of
from lagi_pipeline.resolution.statements import Doubt, Outcome, Said, Statements, Undecided
from lagi_pipeline.vietnamese.numbers import Convention, decide_convention, format_number
from lagi_pipeline.vietnamese.units import MeasureUnit, convert, lookup

_TIMES = Decimal(20)
"""A target so many times last year's, or so small a part of it, is a question (domain.md, trap 15)."""
_TIMES_OF_RATES = Decimal(5)
"""The same for a rate in ‰ where the indicator is in %: one taken for the other is ten times as much (trap 5)."""
_RATIO = "ratio"
_DECIMAL_POINT = re.compile(r"0\.\d+|\d+\.\d{1,2}")
_TITLE_LINES = 8
RANGE = "range"
_DIRECTIONS = {Direction.AT_LEAST: "ít nhất (càng cao càng tốt)", Direction.AT_MOST: "nhiều nhất (càng thấp càng tốt)"}


@dataclass(frozen=True)
class ProposedTarget:
    """A target as the resolution prints it: ``value`` (and ``upper`` of a range) in ``unit``.

    ``line`` is where in the document it stands (``text``); ``parent`` the indicator it is printed as a part of.
    ``direction`` is the catalogue's, or ``range``. ``remarks`` are what a reader may want to know (Vietnamese).
    """

    code: str
    plan_source: PlanSource
    value: Decimal
    unit: str
    direction: str
    clause: str
    line: int
    text: str
    upper: Decimal | None = None
    parent: str | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """Something that a person has to decide: ``reason`` is Vietnamese; no line where a target is missing."""

    doubt: Doubt
    reason: str
    codes: tuple[str, ...] = ()
    line: int | None = None
    text: str = ""
    clause: str = ""


@dataclass(frozen=True)
class Proposal:
    """What a document proposes for a year."""

    year: int
    document: str
    targets: tuple[ProposedTarget, ...]
    questions: tuple[Question, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to decide."""
        return not self.questions


def propose_targets(
    path: Path,
    catalogue: Catalogue,
    *,
    year: int | None = None,
    resolutions: Iterable[Resolution] = (),
    place: Iterable[str] = (),
) -> Proposal:
    """Read the targets of a resolution's text.

    Args:
        path: A .docx, .md or .txt file.
        catalogue: The indicators.
        year: The year that the targets are of; what the document says where it is not given.
        resolutions: The targets known so far, of which the year before is compared.
        place: Names of the place, which a line may say ("thị xã La Gi").

    Raises:
        DocumentError: the file cannot be read, says nothing of targets, or not (or otherwise) of which year they are.
    """
    entries = entries_of(read_document(path))
    reader = _Reader(target_lines(), place)
    year = reader.outline.year(entries, year)
    found = reader.outline.find(entries, year)
    items = reader.outline.items(found, year)
    before = next((resolution for resolution in resolutions if resolution.year == year - 1), None)
    source = _source(entries, target_lines())
    judge = _Judge(catalogue, source, before)
    judge.take(reader.read(items, year))
    return Proposal(year, _title(entries) or path.name, *judge.result())


class _Reader:
    """Items into what they say."""

    def __init__(self, lines: TargetLines, place: Iterable[str]) -> None:
        labels = Labels(lines, place)
        self.statements = Statements(lines, labels)
        self.outline = Outline(lines, labels, self._gives_target)

    def read(self, items: Sequence[Item], year: int) -> list[tuple[Item, Outcome]]:
        """What each item says, in their order."""
        numbers = [number for item in items for number in numbers_in(item.text)]
        # Beside "0.41" nobody knows whether "1.185" is a thousand or one (domain.md, trap 15).
        mixed = decide_convention(numbers) is Convention.CONTRADICTORY or any(map(_DECIMAL_POINT.fullmatch, numbers))
        convention = Convention.CONTRADICTORY if mixed else Convention.UNDECIDED
        codes: dict[Item, str | None] = {}
        told: list[tuple[Item, Outcome]] = []
        for item in items:
            below = codes.get(item.parent) if item.parent else None
            figures = figures_of(item.text, year, convention)
            outcomes = self.statements.read(figures, is_part=item.is_part, below=below)
            codes[item] = _code_of(outcomes)
            told += [(item, outcome) for outcome in outcomes]
        return told

    def _gives_target(self, text: str, year: int | None) -> bool:
        figures: Figures = figures_of(text, year)
        return any(isinstance(said, Said) for said in self.statements.read(figures, is_part=False, below=None))


def _code_of(outcomes: Sequence[Outcome]) -> str | None:
    """The indicator of an item, decided or not: what stands below it is its part."""
    first = outcomes[0]
    if isinstance(first, Said):
        return first.label.code
    return first.codes[0] if len(first.codes) == 1 and first.doubt is not Doubt.UNKNOWN_LINE else None


class _Judge:
    """Collects targets and questions."""

    def __init__(self, catalogue: Catalogue, source: PlanSource, before: Resolution | None) -> None:
        self._catalogue = catalogue
        self._source = source
        self._targets: list[ProposedTarget] = []
        self._questions: list[Question] = []
        self._before: Mapping[tuple[str, PlanSource], Target] = {
            (target.code, target.plan_source): target for target in (before.targets if before else ())
        }
        self._lines = {line.code: line for line in target_lines().lines}

    def take(self, told: Iterable[tuple[Item, Outcome]]) -> None:
        """Judge what was read."""
        for item, outcome in told:
            judged = self._judged(item, outcome)
            if isinstance(judged, Question):
                self._questions.append(judged)
            else:
                self._targets.append(judged)

    def result(self) -> tuple[tuple[ProposedTarget, ...], tuple[Question, ...]]:
        """The targets in the catalogue's order of plans, and the questions in the document's."""
        self._refuse_twins()
        self._refuse_parts_above_whole()
        self._name_missing()
        order = list(PlanSource)
        self._targets.sort(
            key=lambda target: order.index(target.plan_source) if target.plan_source != self._source else -1
        )
        self._questions.sort(key=lambda question: (question.line is None, question.line or 0))
        return tuple(self._targets), tuple(self._questions)

    def _judged(self, item: Item, outcome: Outcome) -> ProposedTarget | Question:
        if isinstance(outcome, Undecided):
            near = "; gần với: " + ", ".join(self._name(code) for code in outcome.codes[:3])
            said = near if outcome.doubt is Doubt.UNKNOWN_LINE and outcome.codes else ""
            return _asked(item, outcome.doubt, outcome.reason + said, outcome.codes)
        indicator = self._catalogue.indicator(outcome.label.code)
        for doubt, reason in self._doubts(outcome, indicator):
            return _asked(item, doubt, reason, (indicator.code,))
        return self._proposed(item, outcome, indicator)

    def _doubts(self, said: Said, indicator: Indicator) -> Iterator[tuple[Doubt, str]]:
        """Why a figure that was read is not proposed, the first of them first."""
        amount, unit = said.amount, self._unit(said, indicator)
        own = _known(indicator.unit)
        if unit is None or unit.dimension != own.dimension:
            yield Doubt.OTHER_DIMENSION, f"«{amount.text}» không phải đơn vị của chỉ tiêu này ({indicator.unit})"
            return
        if said.is_part and (indicator.parent is None or indicator.parent.code != said.below):
            above = "dòng cha chưa rõ" if said.below is None else f"đứng dưới «{self._name(said.below)}»"
            meant = f"thuộc «{self._name(indicator.parent.code)}»" if indicator.parent else "là chỉ tiêu riêng"
            yield Doubt.OTHER_PARENT, f"«{indicator.name_vi}» {above}, trong danh mục {meant}"
        yield from self._directions(said, indicator)
        values = [convert(value, unit, own) for value in (amount.value, amount.upper) if value is not None]
        if indicator.cap is not None and max(values) > indicator.cap:
            yield (
                Doubt.OUT_OF_BOUNDS,
                f"«{amount.text}» vượt mức cao nhất có thể ({format_number(indicator.cap)} {own.label})",
            )
        most = self._lines[indicator.code].most
        if most is not None and max(values) > most:
            yield Doubt.OUT_OF_BOUNDS, f"«{amount.text}» quá cao đối với chỉ tiêu này, có thể là tỷ lệ tương đối"
        last = self._before.get((indicator.code, said.plan_source or self._source))
        times = _TIMES if unit == own or unit.dimension != _RATIO else _TIMES_OF_RATES
        if last is not None and last.value > 0 and not last.value / times <= values[0] <= last.value * times:
            was = f"{format_number(last.value)} {last.unit}"
            yield Doubt.FAR_FROM_LAST_YEAR, f"«{amount.text}» khác quá xa chỉ tiêu năm trước ({was})"

    def _directions(self, said: Said, indicator: Indicator) -> Iterator[tuple[Doubt, str]]:
        asked = said.label.direction
        if said.amount.upper is not None or asked is None:
            return
        word = ", ".join(f"«{word}»" for word in said.label.remarks)
        if asked is not indicator.direction:
            yield (
                Doubt.REVERSED,
                f"{word} nghĩa là {_DIRECTIONS[asked]}, ngược với danh mục: {_DIRECTIONS[indicator.direction]}",
            )
        last = self._before.get((indicator.code, said.plan_source or self._source))
        if last is not None and last.direction in _DIRECTIONS and last.direction is not asked:
            yield (
                Doubt.REVERSED,
                f"{word} nghĩa là {_DIRECTIONS[asked]}, ngược với chỉ tiêu năm trước: {_DIRECTIONS[last.direction]}",
            )

    def _proposed(self, item: Item, said: Said, indicator: Indicator) -> ProposedTarget:
        unit = self._unit(said, indicator)
        remarks = [f"có chữ «{word}»" for word in said.label.remarks if word != "còn"]
        remarks += [said.amount.remark] if said.amount.remark else []
        if unit is not None and said.amount.unit is not None and unit != said.amount.unit:
            remarks.append(f"văn bản ghi «{said.amount.unit.label}», hiểu là {unit.label}")
        if indicator.parent is not None and indicator.ordinal is not None and not said.is_part:
            remarks.append(f"đứng riêng, không ghi «trong đó» dưới «{self._name(indicator.parent.code)}»")
        if indicator.ordinal is None:
            remarks.append("chỉ số đi kèm trong danh mục, không thuộc 10 chỉ tiêu chính")
        return ProposedTarget(
            code=indicator.code,
            plan_source=said.plan_source or self._source,
            value=said.amount.value,
            upper=said.amount.upper,
            unit=unit.label if unit is not None else indicator.unit,
            direction=str(indicator.direction) if said.amount.upper is None else RANGE,
            clause=item.clause,
            line=item.number,
            text=item.printed,
            parent=said.below if said.is_part else None,
            remarks=(*remarks, *said.remarks),
        )

    def _unit(self, said: Said, indicator: Indicator) -> MeasureUnit | None:
        """The unit that is meant: resolutions print the fall of a rate in "%", and it is points (domain.md, trap 6)."""
        printed = said.amount.unit
        for stated, meant in self._lines[indicator.code].reads.items():
            if printed == lookup(stated):
                return lookup(meant)
        return printed

    def _refuse_twins(self) -> None:
        """One indicator, two lines: the first stands where both say the same, none where they do not."""
        kept: list[ProposedTarget] = []
        order = sorted(self._targets, key=lambda target: (target.code, target.plan_source))
        for _, group in groupby(order, key=lambda target: (target.code, target.plan_source)):
            twins = list(group)
            if len({(target.value, target.upper, target.unit, target.direction) for target in twins}) == 1:
                kept.append(twins[0])  # sorting keeps the document's order among them
                continue
            lines = ", ".join(str(target.line) for target in twins)
            reason = f"«{self._name(twins[0].code)}» có {len(twins)} số khác nhau (dòng {lines})"
            self._questions += [_about(target, Doubt.TWICE, reason) for target in twins]
        self._targets = [target for target in self._targets if target in kept]

    def _refuse_parts_above_whole(self) -> None:
        values = {(target.code, target.plan_source): self._own_value(target) for target in self._targets}
        for target in list(self._targets):
            parent = self._catalogue.indicator(target.code).parent
            if parent is None or parent.relation != "part_of":
                continue
            whole = values.get((parent.code, target.plan_source))
            if whole is not None and values[target.code, target.plan_source] > whole:
                self._targets.remove(target)
                reason = f"phần «trong đó» lớn hơn cả dòng cha «{self._name(parent.code)}»"
                self._questions.append(_about(target, Doubt.OUT_OF_BOUNDS, reason))

    def _own_value(self, target: ProposedTarget) -> Decimal:
        own = _known(self._catalogue.indicator(target.code).unit)
        return convert(target.value if target.upper is None else target.upper, _known(target.unit), own)

    def _name_missing(self) -> None:
        """Main lines that nothing was read for, and sub-lines that last year had."""
        read = {target.code for target in self._targets if target.plan_source is self._source}
        asked = {question.codes[0] for question in self._questions if len(question.codes) == 1 and question.line}
        for indicator in self._catalogue.indicators:
            had = (indicator.code, self._source) in self._before
            if indicator.code in read | asked or not (indicator.is_main or (indicator.ordinal and had)):
                continue
            name = f"chỉ tiêu {indicator.ordinal} «{self._name(indicator.code)}»"
            reason = f"không tìm thấy {name} trong danh sách" + ("" if indicator.is_main else ", năm trước có")
            self._questions.append(Question(Doubt.MISSING, reason, (indicator.code,)))

    def _name(self, code: str) -> str:
        return self._catalogue.indicator(code).name_vi.removeprefix(PART_OF)


def _known(unit: str) -> MeasureUnit:
    found = lookup(unit)
    if found is None:
        raise ValueError(f"unknown unit {unit!r}")  # the catalogue knows its units
    return found


def _asked(item: Item, doubt: Doubt, reason: str, codes: tuple[str, ...]) -> Question:
    return Question(doubt, reason, codes, item.number, item.printed, item.clause)


def _about(target: ProposedTarget, doubt: Doubt, reason: str) -> Question:
    return Question(doubt, reason, (target.code,), target.line, target.text, target.clause)


def _source(entries: Sequence[Entry], lines: TargetLines) -> PlanSource:
    """Whose resolution it is, by its title: the Party's, unless the title names another body and not the Party."""
    title = tokens_of(" ".join(entry.line.text for entry in _title_lines(entries)))
    named = {
        source
        for source, phrases in lines.titles.items()
        for phrase in map(tokens_of, phrases)
        if any(title[at : at + len(phrase)] == phrase for at in range(len(title)))
    }
    return named.pop() if len(named) == 1 else PlanSource.PARTY_RESOLUTION


def _title_lines(entries: Sequence[Entry]) -> list[Entry]:
    """From the line that begins "Nghị quyết" to where the title says what it is about."""
    first = next((at for at, entry in enumerate(entries[:_TITLE_LINES]) if entry.key.startswith("nghị quyết")), None)
    if first is None:
        return []
    lines = [entries[first]]
    for entry in entries[first + 1 : first + 3]:
        if not entry.key.startswith("của "):
            break
        lines.append(entry)
    return lines


def _title(entries: Sequence[Entry]) -> str:
    return " ".join(entry.line.text for entry in _title_lines(entries))
