"""A fixed sample of the corpus: no workbook is read wrong, each mess does what is said of it, the judge can tell."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from itertools import islice

import pytest

from tools.corpus.clean import SOURCES, clean_document
from tools.corpus.document import Document, Line, Role
from tools.corpus.generate import CLASHES, DEFAULT_COUNT, DEFAULT_SEED, Case, applies, pairs
from tools.corpus.judge import Outcome, judge
from tools.corpus.mutations import MUTATIONS
from tools.corpus.writing import SUFFIXES

FINE = {Outcome.READ_RIGHT, Outcome.REFUSED_RIGHT}
PAIRS = 40

# What was once read wrong, or refused for nothing.
ONCE_WRONG = [
    Case("budget_revenue", "2023-Q1", ("numbers_in_english",), DEFAULT_SEED),
    Case("exports", "2023-Q1", ("numbers_in_english",), DEFAULT_SEED),
    Case("budget_spending", "2024-Q4", ("column_twice",), DEFAULT_SEED),
    Case("budget_spending", "2023-Q2", ("column_optional_missing", "very_long_text"), DEFAULT_SEED),
    Case("exports", "2023-Q3", ("measure_split",), DEFAULT_SEED),
    Case("forestry", "2024-Q4", ("error_ref",), DEFAULT_SEED),
    Case("employment", "2023-Q4", ("total_moved", "column_missing"), DEFAULT_SEED),
    Case("forestry", "2023-Q4", ("column_renamed", "notes_with_numbers"), 7),
    Case("fisheries_vessels", "2024-Q1", ("row_above_header",), DEFAULT_SEED),
]


@cache
def single(name: str) -> Case:
    """A mutation by itself, on the folders in turn, so that all of them occur."""
    folders = list(SOURCES)
    turn = list(MUTATIONS).index(name)
    for step in range(len(folders)):
        folder = folders[(turn + step) % len(folders)]
        for quarter in SOURCES[folder]:
            case = Case(folder, quarter, (name,), DEFAULT_SEED)
            if applies(case):
                return case
    raise AssertionError(f"{name} applies to no workbook")


@pytest.mark.parametrize("folder", SOURCES)
def test_a_clean_workbook_is_read_to_its_figures(folder: str) -> None:
    assert judge(clean_document(folder, SOURCES[folder][0])).outcome is Outcome.READ_RIGHT


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mess_by_itself_is_read_right_or_refused_where_it_should_be(name: str) -> None:
    case = single(name)
    verdict = judge(case.document())
    assert verdict.outcome in FINE, f"{case.name}: {verdict.outcome.value}: {verdict.why}"


@pytest.mark.parametrize("case", list(islice(pairs(), PAIRS)), ids=lambda case: case.name)
def test_two_messes_in_one_workbook_are_never_read_wrong(case: Case) -> None:
    verdict = judge(case.document())
    assert verdict.outcome in FINE, f"{verdict.outcome.value}: {verdict.why}"


@pytest.mark.parametrize("case", ONCE_WRONG, ids=lambda case: case.name)
def test_what_was_once_read_wrong_is_not_again(case: Case) -> None:
    verdict = judge(case.document())
    assert verdict.outcome in FINE, f"{verdict.outcome.value}: {verdict.why}"


def test_the_sample_reaches_every_folder_and_every_kind_of_file() -> None:
    cases = [single(name) for name in MUTATIONS]
    assert {case.folder for case in cases} == set(SOURCES)
    assert {case.document().kind for case in cases} == set(SUFFIXES)
    assert DEFAULT_COUNT >= 2000


def test_the_same_seed_makes_the_same_corpus_and_a_mutation_leaves_its_document_alone() -> None:
    assert [case.name for case in islice(pairs(7), 5)] == [case.name for case in islice(pairs(7), 5)]
    for name in ("sum_wrong", "columns_shuffled", "numbers_as_text"):
        case = single(name)
        assert _cells(case.document()) == _cells(case.document())
        assert _cells(case.document()) != _cells(clean_document(case.folder, case.quarter))


def test_every_clash_is_of_groups_that_exist_and_says_why() -> None:
    groups = {mutation.group for mutation in MUTATIONS.values()}
    assert {group for clash in CLASHES for group in clash} <= groups
    assert all(CLASHES.values())


def _another_figure(document: Document) -> None:
    line = _row(document, "Bình Tân")
    assert line.truth is not None
    line.truth["generated"] = Decimal(1)


def _must_be_rejected(document: Document) -> None:
    document.reject("not_a_number", _row(document, "Bình Tân"), "generated")


def _must_be_refused(document: Document) -> None:
    document.refuse("period")


def _must_hold_some_error(document: Document) -> None:
    document.any_of.append(frozenset({"out_of_scale"}))


def _a_row_too_many(document: Document) -> None:
    _row(document, "Bình Tân").truth = None


def _a_remark_is_due(document: Document) -> None:
    document.warned.append(frozenset({"hidden_rows"}))


def _readable_but_refused(document: Document) -> None:
    [title] = [line for line in document.pages[0].lines if line.role is Role.TITLE and "QUÝ" in str(line.cells[0])]
    title.cells[0] = "QUÝ I NĂM 1999"


def _readable_but_rejected(document: Document) -> None:
    _row(document, "Bình Tân").put("collected", "nhiều")


def _rejected_elsewhere(document: Document) -> None:
    line = _row(document, "Bình Tân")
    line.put("collected", "nhiều")
    document.reject("not_a_number", line, "treated")


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (_another_figure, Outcome.READ_WRONG),
        (_must_be_rejected, Outcome.READ_WRONG),
        (_must_be_refused, Outcome.READ_WRONG),
        (_must_hold_some_error, Outcome.READ_WRONG),
        (_a_row_too_many, Outcome.READ_WRONG),
        (_a_remark_is_due, Outcome.UNSAID),
        (_readable_but_refused, Outcome.REFUSED_THOUGH_READABLE),
        (_readable_but_rejected, Outcome.REFUSED_THOUGH_READABLE),
        (_rejected_elsewhere, Outcome.REFUSED_ELSEWHERE),
    ],
)
def test_the_judge_tells_a_wrong_reading_from_a_right_one(change: Callable[[Document], None], outcome: Outcome) -> None:
    document = clean_document("waste", "2024-Q1")
    change(document)
    assert judge(document).outcome is outcome


def _row(document: Document, key: str) -> Line:
    return next(line for line in document.pages[0].lines if line.key == key)


def _cells(document: Document) -> list[str]:
    return [repr(line.cells) for page in document.pages for line in page.lines]
