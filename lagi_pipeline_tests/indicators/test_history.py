"""The stored history is what anybody who evaluates as of a moment gets, at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.indicators import Indicator, ObsStatus, PlanSource
from lagi_pipeline.catalogue.place import Resolution
from lagi_pipeline.indicators.evaluation import evaluate
from lagi_pipeline.indicators.history import History, Known, history
from lagi_pipeline.indicators.model import Attainment, Evidence, Observation, Override
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    PLACE,
    RESOLUTIONS,
    WARDS,
    Sent,
    at,
    each,
    quarter,
    refused,
    report,
    together,
)

LINES = ("budget_revenue", "clean_water", "natural_increase", "jobs", "trained_labour", "poverty_reduction")
"""Of every kind, with sub-lines, plans that a form prints, two forms in a feed, and another reading beside the line."""
FEW = replace(
    CATALOGUE,
    indicators=tuple(
        indicator
        for indicator in CATALOGUE.indicators
        if indicator.code in LINES or indicator.code in {CATALOGUE.indicator(code).alternative for code in LINES}
    ),
)
END = at(2025, 4, 1)


def known(evidence: Evidence, until: datetime = END, resolutions: Iterable[Resolution] = tuple(RESOLUTIONS)) -> History:
    return history(FEW, PLACE, list(resolutions), evidence, until)


def as_of(states: Iterable[Known[Any]], moment: datetime) -> list[Any]:
    """The rows that stood at a moment, as the macros choose them."""
    return [
        state.row
        for state in states
        if state.known_from <= moment and (state.known_to is None or moment < state.known_to)
    ]


def said(row: Attainment) -> Attainment:
    """A row without the moment at which it was computed."""
    return replace(row, evaluated_at=datetime.min)  # noqa: DTZ901 - local, as all times here


def figure(observation: Observation) -> Observation:
    """What the table keeps of an observation."""
    return replace(observation, inputs=(), override=None, verdicts=())


def ordered(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=repr)


def assert_same_as_of(
    told: History, evidence: Evidence, moment: datetime, resolutions: Iterable[Resolution] = tuple(RESOLUTIONS)
) -> None:
    """The history gives what an evaluation of everything gives at a moment."""
    whole = evaluate(FEW, PLACE, list(resolutions), evidence, moment)
    assert ordered(map(said, as_of(told.attainment, moment))) == ordered(map(said, whole.attainment))
    shown = ordered(map(figure, as_of(told.observations, moment)))
    assert shown == ordered(map(figure, whole.observations.values()))


MOMENTS = st.datetimes(datetime(2022, 12, 1), END - timedelta(days=1)).map(  # noqa: DTZ001 - local, as all times here
    lambda moment: moment.replace(minute=0, second=0, microsecond=0)
)
QUARTERS = st.sampled_from(["2022-Q4", *(f"{year}-Q{n}" for year in (2023, 2024) for n in range(1, 5))])
NUMBERS = st.integers(0, 300)


def revenue(draw: st.DrawFn) -> dict[str, Any]:
    spoken = {"revenue_ytd": draw(NUMBERS)}
    return spoken | ({"revenue_plan_province": draw(st.sampled_from([140, 150]))} if draw(st.booleans()) else {})


def by_ward(draw: st.DrawFn, *measures: str) -> dict[str, Any]:
    """Each ward's number of some measures; now and then a ward has none."""
    wards = [ward for ward in WARDS if ward != draw(st.sampled_from([None, None, WARDS[0]]))]
    return {measure: each(draw(NUMBERS), wards) for measure in measures}


FORMS: dict[str, Callable[[st.DrawFn], dict[str, Any]]] = {
    "budget_revenue": revenue,
    "water": lambda draw: by_ward(draw, "water_survey_households", "clean_water_households"),
    "population": lambda draw: by_ward(draw, "births", "deaths", "population_start", "population_end"),
    "employment": lambda draw: by_ward(draw, "jobs_placed", "jobs_placed_trained"),
    "employment_labour": lambda draw: by_ward(draw, "labour_force", "trained_workers"),
    "poverty": lambda draw: by_ward(draw, "poverty_review_households", "poor_households"),
}


@st.composite
def overrides(draw: st.DrawFn) -> Override:
    """A figure or a result set by hand, in one of two files, so that one may end what the other version set."""
    received_at, withdrawn_at = draw(MOMENTS), draw(st.none() | st.none() | MOMENTS)
    value = draw(st.none() | NUMBERS.map(Decimal))
    return Override(
        file=draw(st.sampled_from(["overrides/a.yaml", "overrides/b.yaml"])),
        sha256=f"{received_at}",
        entry="figures[1]" if value is not None else "verdicts[1]",
        office="tckh",
        office_name_vi="Phòng Tài chính - Kế hoạch",
        reason="đối chiếu",
        document_no="1/BC",
        received_at=received_at,
        withdrawn_at=max(withdrawn_at, received_at) if withdrawn_at else None,
        indicator_code=draw(st.sampled_from(LINES)),
        quarter=quarter(draw(QUARTERS)),
        plan_source=None if value is not None else draw(st.none() | st.just(PlanSource.COUNCIL)),
        value=value,
        result=None if value is not None else draw(st.sampled_from(["exceeded", "met", "not_met"])),
        is_sample=True,
        is_whole=draw(st.booleans()),
    )


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    """Files of several feeds: estimates, corrections, contradictions, some sent back, withdrawn, restored, refused."""
    parts: list[Evidence] = []
    for number in range(draw(st.integers(0, 9))):
        form, when, received_at = draw(st.sampled_from(sorted(FORMS))), draw(QUARTERS), draw(MOMENTS)
        withdrawn_at = draw(st.none() | st.none() | MOMENTS)
        if draw(st.integers(0, 6)) == 0:
            feed = next(measure.feed for measure in CATALOGUE.measures.values() if measure.form == form)
            parts.append(refused(feed, when, f"{feed}/{when}/{number}.xlsx", "không đọc được", received_at))
            continue
        sent = Sent(
            file=f"{number}.xlsx",
            as_of=quarter(when).end - timedelta(days=draw(st.sampled_from([0, 0, 17]))),
            received_at=received_at,
            obs_status=draw(st.sampled_from(ObsStatus)),
            is_sample=draw(st.booleans()),
            problem=draw(st.none() | st.none() | st.just("dòng A bị trả lại")),
            withdrawn_at=max(withdrawn_at, received_at) if withdrawn_at else None,
            restored_at=max(withdrawn_at, received_at) + timedelta(days=9) if withdrawn_at and number % 2 else None,
        )
        parts.append(report(form, when, FORMS[form](draw), sent))
    received = together(*parts) if parts else Evidence((), ())
    return replace(received, overrides=tuple(draw(st.lists(overrides(), max_size=3))))


@st.composite
def plans(draw: st.DrawFn) -> list[Resolution]:
    """The town's resolutions, with plans changed within the year."""
    changed = []
    for resolution in RESOLUTIONS:
        added = [
            target.model_copy(
                update={
                    "value": target.value + draw(st.integers(1, 9)),
                    "known_from": date(resolution.year, draw(st.integers(1, 12)), 15),
                    "baseline": draw(st.none() | st.just(Decimal(2))),
                }
            )
            for target in resolution.targets
            if target.code in {"budget_revenue", "poverty_reduction"} and draw(st.booleans())
        ]
        changed.append(replace(resolution, targets=(*resolution.targets, *added)))
    return changed


@settings(deadline=None, max_examples=25)
@given(evidences(), plans(), st.lists(MOMENTS, min_size=1, max_size=3))
def test_the_history_gives_what_an_evaluation_gives_at_any_moment(
    evidence: Evidence, resolutions: list[Resolution], moments: list[datetime]
) -> None:
    told = known(evidence, resolutions=resolutions)
    turns = sorted({state.known_from for state in told.attainment})[::9]
    for moment in (*moments, *turns, *(turn - timedelta(microseconds=1) for turn in turns)):
        assert_same_as_of(told, evidence, moment, resolutions)


@settings(deadline=None, max_examples=15)
@given(evidences(), MOMENTS)
def test_states_follow_each_other_without_gap_overlap_or_repetition(evidence: Evidence, until: datetime) -> None:
    told = known(evidence, until)
    states = sorted(
        told.attainment, key=lambda s: (s.row.indicator_code, s.row.plan_source, s.row.quarter, s.known_from)
    )
    for state in states:
        assert state.known_from <= until
        assert state.known_to is None or state.known_from < state.known_to <= until
    for one, other in pairwise(states):
        if key(one.row) == key(other.row):
            assert one.known_to is not None
            assert one.known_to <= other.known_from
            assert one.known_to < other.known_from or said(one.row) != said(other.row)


def key(row: Attainment) -> tuple[str, str, PlanSource]:
    return row.indicator_code, row.quarter, row.plan_source


@settings(deadline=None, max_examples=15)
@given(evidences(), MOMENTS)
def test_a_later_evaluation_changes_nothing_of_what_was_known_before(evidence: Evidence, until: datetime) -> None:
    early, late = known(evidence, until), known(evidence)
    assert [state for state in early.attainment if state.known_to] == [
        state for state in late.attainment if state.known_to is not None and state.known_to <= until
    ]
    assert ordered(as_of(early.attainment, until)) == ordered(as_of(late.attainment, until))


def revenue_states(evidence: Evidence, when: str, resolutions: Iterable[Resolution] = tuple(RESOLUTIONS)) -> list[Any]:
    """(known from, actual, target, status) of a quarter's revenue against the resolution."""
    return [
        (state.known_from, state.row.actual, state.row.target, state.row.result_status)
        for state in known(evidence, resolutions=resolutions).attainment
        if key(state.row) == ("budget_revenue", when, PlanSource.PARTY_RESOLUTION)
    ]


FIRST = report("budget_revenue", "2024-Q1", {"revenue_ytd": 40}, Sent(file="1.xlsx", received_at=at(2024, 4, 9, 8)))


def test_a_state_begins_with_its_quarter_and_changes_when_a_file_comes() -> None:
    correction = report(
        "budget_revenue", "2024-Q1", {"revenue_ytd": 45}, Sent(file="2.xlsx", received_at=at(2024, 5, 2, 8))
    )
    found = revenue_states(together(FIRST, correction), "2024-Q1")
    assert [(moment, actual, status) for moment, actual, _, status in found if actual != found[0][1]] == [
        (at(2024, 4, 9, 8), 40, "in_progress"),
        (at(2024, 5, 2, 8), 45, "in_progress"),
    ]
    assert found[0][:2] == (at(2024, 1, 1), None)


def test_a_correction_that_says_the_same_is_no_new_state() -> None:
    again = report(
        "budget_revenue",
        "2024-Q1",
        {"revenue_ytd": 40},
        Sent(file="1.xlsx", sha256="again", received_at=at(2024, 5, 2, 8)),
    )
    assert revenue_states(together(FIRST, again), "2024-Q1") == revenue_states(FIRST, "2024-Q1")


def test_the_closing_of_the_year_is_a_state_of_its_own() -> None:
    year = report("budget_revenue", "2024-Q4", {"revenue_ytd": 180}, Sent(received_at=at(2025, 1, 20, 8)))
    assert [(moment, status) for moment, actual, _, status in revenue_states(year, "2024-Q4") if actual == 180] == [
        (at(2025, 1, 20, 8), "in_progress"),
        (at(2025, 2, 1), "not_met"),
    ]


def test_a_plan_changed_within_the_year_is_judged_from_its_day_on() -> None:
    resolutions = [_changed(resolution, date(2024, 7, 15), Decimal(39)) for resolution in RESOLUTIONS]
    found = revenue_states(FIRST, "2024-Q1", resolutions)
    assert [(moment, target, status) for moment, actual, target, status in found if actual == 40] == [
        (at(2024, 4, 9, 8), 191, "in_progress"),
        (at(2024, 7, 15), 39, "exceeded"),
    ]


def _changed(resolution: Resolution, day: date, value: Decimal) -> Resolution:
    if resolution.year != day.year:
        return resolution
    [revenue_target] = [
        target
        for target in resolution.targets
        if (target.code, target.plan_source) == ("budget_revenue", PlanSource.PARTY_RESOLUTION)
    ]
    changed = revenue_target.model_copy(update={"value": value, "known_from": day})
    return replace(resolution, targets=(changed, *resolution.targets))


def test_a_plan_that_a_form_prints_stands_from_the_forms_receipt() -> None:
    forms = together(
        *(
            report(
                "budget_revenue",
                f"2024-Q{n}",
                {"revenue_ytd": 40 * n, "revenue_plan_province": plan},
                Sent(received_at=at(2024, 3 * n + 1, 9, 8)),
            )
            for n, plan in ((1, 165), (2, 170))
        )
    )
    without = [
        replace(r, targets=tuple(t for t in r.targets if t.plan_source is not PlanSource.PROVINCE)) for r in RESOLUTIONS
    ]
    states = [
        (state.known_from, state.row.target, state.known_to)
        for state in known(forms, resolutions=without).attainment
        if key(state.row) == ("budget_revenue", "2024-Q1", PlanSource.PROVINCE)
    ]
    assert states == [(at(2024, 4, 9, 8), 165, at(2024, 7, 9, 8)), (at(2024, 7, 9, 8), 170, None)]


def test_a_plan_that_another_feeds_form_prints_and_a_reading_beside_the_line_move_it_too() -> None:
    """Neither is so in the catalogue of today; the next one may have it."""
    printed = FEW.measures["revenue_plan_province"].model_copy(update={"plan_of": "jobs"})
    indicators = tuple(
        indicator.model_copy(update={"alternative": "clean_water"}) if indicator.code == "jobs" else indicator
        for indicator in FEW.indicators
    )
    other = replace(FEW, indicators=indicators, measures={**FEW.measures, printed.code: printed})
    plan = report("budget_revenue", "2024-Q1", {printed.code: 2000}, Sent(received_at=at(2024, 4, 9, 8)))
    said = {"water_survey_households": each(100), "clean_water_households": each(90)}
    water = report("water", "2024-Q1", said, Sent(received_at=at(2024, 4, 20, 8)))
    states = [
        (state.known_from, state.row.target, "90,00 %" in (state.row.reason or ""))
        for state in history(other, PLACE, RESOLUTIONS, together(plan, water), END).attainment
        if key(state.row) == ("jobs", "2024-Q1", PlanSource.PROVINCE)
    ]
    assert [(at(2024, 4, 9, 8), 2000, False), (at(2024, 4, 20, 8), 2000, True)] == [states[0], states[-1]]


def test_two_files_that_contradict_each_other_answer_until_the_second_comes() -> None:
    one, two = (
        report(
            "budget_revenue",
            "2024-Q1",
            {"revenue_ytd": number},
            Sent(file=f"{number}.xlsx", received_at=at(2024, 5, 2, 8)),
        )
        for number in (41, 42)
    )
    actuals = [(moment, actual) for moment, actual, *_ in revenue_states(together(FIRST, one, two), "2024-Q1")]
    assert {actual for _, actual in actuals} == {None, 40}
    assert [actual for moment, actual in actuals if moment >= at(2024, 4, 9, 8)][-1] == 40
    alone = [(moment, actual) for moment, actual, *_ in revenue_states(together(FIRST, one), "2024-Q1")]
    assert alone[-1] == (at(2024, 5, 2, 8), 41)


def test_nothing_is_known_before_the_first_quarter_that_is_judged() -> None:
    told = known(FIRST)
    assert min(state.known_from for state in told.attainment) == at(2023, 1, 1)
    assert known(FIRST, at(2022, 12, 31, 23)) == History([], [], [])


@pytest.mark.parametrize("indicator", CATALOGUE.indicators, ids=lambda indicator: indicator.code)
def test_every_line_moves_with_the_files_that_it_reads(indicator: Indicator) -> None:
    """No feed that a line reads is left out of what changes it, whatever the formula."""
    for term in indicator.formula.terms:
        measure = CATALOGUE.measures[term.measure]
        one = report(measure.form, "2024-Q4", {measure.code: 7}, Sent(received_at=at(2024, 12, 30, 8)))
        told = history(CATALOGUE, PLACE, RESOLUTIONS, one, END)
        moments = {s.known_from for s in told.observations if s.row.indicator_code == indicator.code}
        assert at(2024, 12, 30, 8) in moments or _says_nothing_new(one, indicator)


def _says_nothing_new(evidence: Evidence, indicator: Indicator) -> bool:
    """Whether the file leaves the line's observations as they were."""
    before, after = (
        evaluate(CATALOGUE, PLACE, RESOLUTIONS, evidence, moment).observations
        for moment in (at(2024, 12, 30, 7), at(2024, 12, 30, 8))
    )
    return all(figure(after[k]) == figure(before[k]) for k in after if k[0] == indicator.code)
