"""Which version of a form answers, as known at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.indicators.model import Evidence, Vintage
from lagi_pipeline.indicators.vintages import answering, may_answer
from lagi_pipeline_tests.indicators.building import LONG_AFTER, Sent, at, quarter, report, together

FORM, WHEN = "budget_revenue", "2024-Q1"


def version(number: int, file: str, as_of: date, received_at: datetime, **how: object) -> Evidence:
    sent = replace(Sent(file=file, as_of=as_of, received_at=received_at), **how)
    return report(FORM, WHEN, {"revenue_ytd": number}, sent)


EARLY = version(40, "early.xlsx", date(2024, 3, 14), at(2024, 3, 15, 8))
FIRST = version(45, "first.xlsx", date(2024, 3, 31), at(2024, 4, 10, 8))
CORRECTION = version(47, "correction.xlsx", date(2024, 3, 31), at(2024, 5, 2, 8))


def answered_by(evidence: Evidence, known_at: datetime = LONG_AFTER) -> str | None:
    vintage = answering(evidence, known_at).answer(FORM, quarter(WHEN)).vintage
    return None if vintage is None else vintage.file


@pytest.mark.parametrize(
    ("known_at", "expected"),
    [
        (at(2024, 3, 15, 7, 59), None),
        (at(2024, 3, 15, 8, 0), "early.xlsx"),
        (at(2024, 4, 10, 8, 0), "first.xlsx"),
        (at(2024, 5, 2, 7, 59), "first.xlsx"),
        (at(2024, 5, 2, 8, 0), "correction.xlsx"),
    ],
)
def test_the_newest_version_known_by_then_answers(known_at: datetime, expected: str | None):
    assert answered_by(together(CORRECTION, EARLY, FIRST), known_at) == expected


def test_an_older_as_of_received_later_does_not_take_over():
    late_copy = version(1, "late_copy.xlsx", date(2024, 3, 14), at(2024, 6, 1))
    assert answered_by(together(FIRST, late_copy)) == "first.xlsx"


def test_a_version_that_was_sent_back_lets_the_last_good_one_answer():
    bad = version(99, "bad.xlsx", date(2024, 3, 31), at(2024, 6, 1), problem="dòng A bị trả lại")
    answer = answering(together(bad, FIRST), LONG_AFTER).answer(FORM, quarter(WHEN))
    assert answer.vintage == FIRST.vintages[0]
    assert [(version.files, version.reason) for version in answer.sent_back] == [(("bad.xlsx",), "dòng A bị trả lại")]


def test_an_older_bad_version_is_no_longer_worth_a_word():
    bad = version(99, "bad.xlsx", date(2024, 3, 14), at(2024, 3, 16), problem="dòng A bị trả lại")
    assert answering(together(bad, FIRST), LONG_AFTER).answer(FORM, quarter(WHEN)).sent_back == ()


def test_a_withdrawal_leaves_no_answer():
    gone = version(50, "gone.xlsx", date(2024, 3, 31), at(2024, 6, 1), withdrawn_at=at(2024, 6, 10))
    answer = answering(together(FIRST, gone), LONG_AFTER).answer(FORM, quarter(WHEN))
    assert (answer.vintage, answer.withdrawn) == (None, gone.vintages[0])
    assert answered_by(together(FIRST, gone), at(2024, 5, 31)) == "first.xlsx"


def test_a_withdrawal_takes_nothing_back_for_the_time_before_it():
    gone = version(50, "gone.xlsx", date(2024, 3, 31), at(2024, 6, 1), withdrawn_at=at(2024, 6, 10, 8))
    known = {at(2024, 6, 1): "gone.xlsx", at(2024, 6, 10, 7, 59): "gone.xlsx", at(2024, 6, 10, 8): None}
    assert {moment: answered_by(together(FIRST, gone), moment) for moment in known} == known


def test_a_withdrawal_that_was_taken_back_leaves_its_gap_in_the_history():
    gone = version(
        50, "gone.xlsx", date(2024, 3, 31), at(2024, 6, 1), withdrawn_at=at(2024, 6, 10), restored_at=at(2024, 6, 12)
    )
    known = {at(2024, 6, 9): "gone.xlsx", at(2024, 6, 11): None, at(2024, 6, 12): "gone.xlsx"}
    assert {moment: answered_by(together(FIRST, gone), moment) for moment in known} == known


def test_a_version_after_a_withdrawal_answers_again():
    gone = version(50, "gone.xlsx", date(2024, 3, 31), at(2024, 4, 20), withdrawn_at=at(2024, 4, 21))
    assert answered_by(together(FIRST, gone, CORRECTION)) == "correction.xlsx"


def test_two_files_of_the_same_moment_with_other_figures_contradict_and_an_older_one_answers():
    one = version(50, "one.xlsx", date(2024, 3, 31), at(2024, 6, 1))
    two = version(51, "two.xlsx", date(2024, 3, 31), at(2024, 6, 1))
    answer = answering(together(two, FIRST, one), LONG_AFTER).answer(FORM, quarter(WHEN))
    assert answer.vintage == FIRST.vintages[0]
    assert answer.sent_back[0].files == ("one.xlsx", "two.xlsx")


def test_two_files_of_the_same_moment_that_agree_are_one():
    one = version(50, "one.xlsx", date(2024, 3, 31), at(2024, 6, 1), sha256="b")
    two = version(50, "two.xlsx", date(2024, 3, 31), at(2024, 6, 1), sha256="a")
    assert answered_by(together(one, two)) == "two.xlsx"


def test_of_two_contradicting_files_the_withdrawn_one_no_longer_contradicts():
    one = version(50, "one.xlsx", date(2024, 3, 31), at(2024, 6, 1), withdrawn_at=at(2024, 6, 2))
    two = version(51, "two.xlsx", date(2024, 3, 31), at(2024, 6, 1))
    assert answered_by(together(one, two)) == "two.xlsx"
    assert answered_by(together(one, two), at(2024, 6, 1)) is None


def test_price_basis_is_part_of_what_a_file_says():
    one, two = (
        report("industry", WHEN, {"industrial_output_ytd": 400}, Sent(file=basis, basis=basis))
        for basis in ("so sánh 2010", "hiện hành")
    )
    assert answering(together(one, two), LONG_AFTER).answer("industry", quarter(WHEN)).vintage is None


def test_nothing_received_is_an_empty_answer():
    assert answered_by(Evidence((), ())) is None
    assert answering(FIRST, LONG_AFTER).answered_quarters(FORM) == [quarter(WHEN)]
    assert answering(FIRST, at(2024, 1, 1)).answered_quarters(FORM) == []


versions = st.builds(
    lambda number, day, hour, fate: version(
        number,
        f"{number}-{day}-{hour}-{fate}.xlsx",
        date(2024, 3, day),
        at(2024, 4, day, hour),
        problem="sai" if fate == "bad" else None,
        withdrawn_at=at(2024, 4, day, hour + 1) if fate == "withdrawn" else None,
    ),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 2),
    st.sampled_from(["good", "good", "bad", "withdrawn"]),
)


@settings(deadline=None)
@given(st.lists(versions, min_size=1, max_size=6, unique_by=lambda part: part.vintages[0].sha256), st.randoms())
def test_the_order_of_evidence_does_not_matter(parts: list[Evidence], random: Random):
    shuffled = list(parts)
    random.shuffle(shuffled)
    assert answering(together(*parts), LONG_AFTER) == answering(together(*shuffled), LONG_AFTER)


@settings(deadline=None)
@given(st.lists(versions, max_size=5, unique_by=lambda part: part.vintages[0].sha256), versions)
def test_a_later_version_changes_nothing_known_before(parts: list[Evidence], later: Evidence):
    known_at = at(2024, 4, 30)
    late = version(7, "late.xlsx", later.vintages[0].as_of, at(2024, 5, 1))
    assert answering(together(*parts, late), known_at) == answering(together(*parts), known_at)


@settings(deadline=None)
@given(
    st.lists(versions, max_size=6, unique_by=lambda part: part.vintages[0].sha256),
    st.lists(versions, max_size=6, unique_by=lambda part: part.vintages[0].sha256),
    st.sampled_from([None, timedelta(hours=2)]),
)
def test_versions_that_may_no_longer_answer_change_nothing_whatever_comes(
    early: list[Evidence], late: list[Evidence], restored_after: timedelta | None
):
    known = [vintage for part in early for vintage in part.vintages]
    if restored_after:
        known = [replace(v, restored_at=v.withdrawn_at and v.withdrawn_at + restored_after) for v in known]
    values = together(*early, *late).values
    said = (*values, *(replace(value, sha256=f"late {value.sha256}") for value in values))
    to_come = [_a_month_later(vintage) for part in late for vintage in part.vintages]
    whole, kept = (Evidence((*vintages, *to_come), said) for vintages in (known, may_answer(known)))
    last = max((vintage.received_at for vintage in known), default=at(2024, 4, 1))
    turns = [m for v in whole.vintages for m in (v.received_at, v.withdrawn_at, v.restored_at) if m is not None]
    for moment in (last, *(moment for moment in turns if moment >= last)):
        assert answering(kept, moment) == answering(whole, moment)


def _a_month_later(vintage: Vintage) -> Vintage:
    month = timedelta(days=30)
    withdrawn_at = vintage.withdrawn_at and vintage.withdrawn_at + month
    return replace(
        vintage, sha256=f"late {vintage.sha256}", received_at=vintage.received_at + month, withdrawn_at=withdrawn_at
    )


@settings(deadline=None)
@given(st.lists(versions, max_size=6, unique_by=lambda part: part.vintages[0].sha256))
def test_what_answers_is_good_and_nothing_good_and_uncontradicted_is_newer(parts: list[Evidence]):
    evidence = together(*parts)
    answer = answering(evidence, LONG_AFTER).answer(FORM, quarter(WHEN))
    if answer.vintage is None:
        return
    assert answer.vintage.problem is None
    assert not answer.vintage.is_withdrawn(LONG_AFTER)
    moment = (answer.vintage.as_of, answer.vintage.received_at)
    told = {file for sent_back in answer.sent_back for file in sent_back.files}
    newer = {v.file for v in evidence.vintages if (v.as_of, v.received_at) > moment}
    untold = [v for v in evidence.vintages if v.file in newer - told]
    assert all(v.is_withdrawn(LONG_AFTER) for v in untold)
