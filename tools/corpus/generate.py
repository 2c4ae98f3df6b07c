"""The cases of the corpus: every mutation on each feed it applies to, then pairs; the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random

from tools.corpus.clean import SOURCES, clean_document
from tools.corpus.document import Document
from tools.corpus.mutations import MUTATIONS, Mutation, NotApplicableError
from tools.corpus.writing import can_hold

DEFAULT_COUNT = 3000
DEFAULT_SEED = 2024

# Groups of mutations that never meet, with the reason: what must happen would not be clear.
CLASHES: dict[frozenset[str], str] = {
    frozenset({"unread", "sum"}): "a cell that cannot be read leaves the sum over it unproven",
    frozenset({"unread", "gap"}): "a cell that cannot be read leaves the sum over it unproven",
    frozenset({"sum", "gap"}): "a gap can make up for what else is wrong with a sum",
    frozenset({"sum", "names"}): "a row that names no unit may be what the sum misses",
    frozenset({"names", "gap"}): "a row that names no unit may be what the sum misses",
    frozenset({"sum", "total"}): "the total that is checked is gone or has another name",
    frozenset({"gap", "total"}): "the total that is checked is gone or has another name",
    frozenset({"unread", "total"}): "the total that cannot be read is gone or has another name",
    frozenset({"sum", "blocks"}): "the sums of blocks are made anew of what is wrong",
    frozenset({"gap", "blocks"}): "the sums of blocks are made anew of what is missing",
    frozenset({"unread", "blocks"}): "the sums of blocks are made of what can be read only",
    frozenset({"names", "blocks"}): "a row without a name has no block",
    frozenset({"total", "blocks"}): "both move the total",
    frozenset({"neighbour", "blocks"}): "a neighbour's row has no block of the town's",
    frozenset({"neighbour", "sum"}): "a total with the neighbours may hide what else is wrong with it",
    frozenset({"neighbour", "gap"}): "a total with the neighbours may hide what else is wrong with it",
    frozenset({"neighbour", "total"}): "the town's own total and the region's are two",
    frozenset({"neighbour", "unread"}): "a total with the neighbours may hide what cannot be read",
    frozenset({"percent", "unit"}): "a percentage is told by the figures beside it, and those are in doubt",
    frozenset({"percent", "numbers"}): "both write the percentages",
    frozenset({"percent", "results"}): "both write the percentages",
    frozenset({"numbers", "results"}): "a formula's result is a number",
    frozenset({"letters", "file"}): "half of the kinds of text files have no such letters",
    frozenset({"labels", "columns"}): "columns are left out and added by the labels of the clean form",
    frozenset({"unit", "columns"}): "a column's unit may be the one that is left out",
    frozenset({"unit", "numbers"}): "whether a text can be read in two ways hangs on its unit's decimals",
    frozenset({"depth", "columns"}): "the added row of the header has labels of no column",
    frozenset({"merges", "depth"}): "without merged cells a label over all columns is the first one's alone",
    frozenset({"merges", "columns"}): "columns that are moved are written without merged cells",
    frozenset({"title", "copies"}): "the copy has the title of the first",
    frozenset({"copies", "hidden"}): "which sheet is hidden decides what is said",
}


@dataclass(frozen=True)
class Case:
    """A workbook of the corpus: a clean one and what is done to it, in this order."""

    folder: str
    quarter: str
    mutations: tuple[str, ...]
    seed: int

    @property
    def name(self) -> str:
        """``waste/2024-Q1: unit_missing + kind_ods``."""
        return f"{self.folder}/{self.quarter}: {' + '.join(self.mutations) or 'clean'}"

    def document(self) -> Document:
        """The mutated document.

        Raises:
            NotApplicableError: a mutation finds nothing to change.
        """
        document = clean_document(self.folder, self.quarter)
        for name in self.mutations:
            rng = Random(f"{self.seed}:{self.name}:{name}")  # noqa: S311 - a corpus, no secret
            document = MUTATIONS[name].apply(document, rng)
        return _in_a_kind(document, self)


def _in_a_kind(document: Document, case: Case) -> Document:
    """The document in a kind of file that holds its messes: the mutations' own, or else .xlsx."""
    kinds = frozenset.intersection(frozenset({document.kind}), *(MUTATIONS[name].kinds for name in case.mutations))
    if document.kind not in kinds or not can_hold(document):
        raise NotApplicableError
    return document


def fits(first: Mutation, second: Mutation) -> bool:
    """Whether two mutations can meet in one workbook."""
    groups = frozenset({first.group, second.group})
    return first.group != second.group and groups not in CLASHES and bool(first.kinds & second.kinds)


def singles(seed: int = DEFAULT_SEED) -> Iterator[Case]:
    """Every mutation by itself on every folder that it applies to, in each case on the quarter that comes next."""
    quarters = {folder: cycle(known) for folder, known in SOURCES.items()}
    for name in MUTATIONS:
        for folder, known in quarters.items():
            for _ in SOURCES[folder]:
                case = Case(folder, next(known), (name,), seed)
                if applies(case):
                    yield case
                    break


def pairs(seed: int = DEFAULT_SEED) -> Iterator[Case]:
    """Two mutations that fit, in the order of their stages, drawn without end."""
    rng = Random(seed)  # noqa: S311 - a corpus, no secret
    seen: set[Case] = set()
    while True:
        first, second = sorted(rng.sample(list(MUTATIONS.values()), 2), key=lambda one: one.stage)
        folder = rng.choice(list(SOURCES))
        case = Case(folder, rng.choice(SOURCES[folder]), (first.name, second.name), seed)
        if fits(first, second) and case not in seen and applies(case):
            seen.add(case)
            yield case


def applies(case: Case) -> bool:
    """Whether a case's mutations find something to change."""
    try:
        case.document()
    except NotApplicableError:
        return False
    return True


def corpus(count: int = DEFAULT_COUNT, seed: int = DEFAULT_SEED) -> Iterator[Case]:
    """So many cases: the clean workbooks, the single mutations, and pairs for the rest."""
    clean = (Case(folder, quarter, (), seed) for folder, known in SOURCES.items() for quarter in known)
    return islice((case for part in (clean, singles(seed), pairs(seed)) for case in part), count)
