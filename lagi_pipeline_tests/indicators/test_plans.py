"""Plans that the forms print, beside those of targets.yaml."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from lagi_pipeline.catalogue.indicators import Direction, PlanSource
from lagi_pipeline.catalogue.place import Resolution, Target
from lagi_pipeline.indicators.model import Evidence
from lagi_pipeline.indicators.plans import PlanDifference, with_printed_plans
from lagi_pipeline_tests.indicators.building import CATALOGUE, LONG_AFTER, PLACE, quarter, report, together


def completed(
    evidence: Evidence, *targets: Target, known_at: datetime = LONG_AFTER
) -> tuple[dict[PlanSource, Target], list[PlanDifference]]:
    resolution = Resolution(2024, "Nghị quyết", targets)
    [found], differences = with_printed_plans(CATALOGUE, PLACE, [resolution], evidence, known_at)
    return {target.plan_source: target for target in found.targets}, differences


def council(value: int) -> Target:
    return Target(
        code="budget_revenue",
        plan_source=PlanSource.COUNCIL,
        value=Decimal(value),
        unit="tỷ đồng",
        direction=Direction.AT_LEAST,
        clause="1",
    )


@pytest.mark.parametrize(
    ("measure", "source"),
    [
        ("revenue_plan_province", PlanSource.PROVINCE),
        ("revenue_plan_council", PlanSource.COUNCIL),
        ("revenue_plan", PlanSource.COUNCIL),
    ],
)
def test_a_printed_plan_is_of_the_source_its_header_names_and_else_of_the_unnamed_one(measure: str, source: PlanSource):
    targets, differences = completed(report("budget_revenue", "2024-Q1", {measure: 150}))
    assert {plan: target.value for plan, target in targets.items()} == {source: 150}
    assert differences == []


def test_targets_yaml_leads_and_a_difference_is_told():
    evidence = report("budget_revenue", "2024-Q3", {"revenue_plan_council": 190})
    targets, [difference] = completed(evidence, council(191))
    assert targets[PlanSource.COUNCIL].value == 191
    assert (difference.quarter, difference.stated, difference.printed) == (quarter("2024-Q3"), 191, 190)


def test_an_equal_plan_is_no_difference():
    evidence = report("budget_revenue", "2024-Q3", {"revenue_plan_council": 191})
    assert completed(evidence, council(191))[1] == []


@pytest.mark.parametrize("stated", [None, 191])
def test_a_printed_plan_of_0_is_told_and_is_no_target(stated: int | None):
    evidence = report("budget_revenue", "2024-Q3", {"revenue_plan_council": 0})
    targets, [difference] = completed(evidence, *([council(stated)] if stated else []))
    assert [target.value for target in targets.values()] == ([stated] if stated else [])
    assert (difference.stated, difference.printed) == (stated, 0)
    assert "a plan of 0" in str(difference.problem)
    assert difference.file == "bao_cao.xlsx"


@pytest.mark.parametrize(("printed", "differences"), [(190, 1), (191, 0), (195, 0), (200, 0), (201, 1)])
def test_a_printed_plan_inside_a_stated_range_is_no_difference(printed: int, differences: int):
    stated = council(191).model_copy(update={"direction": Direction.RANGE, "upper": Decimal(200)})
    evidence = report("budget_revenue", "2024-Q3", {"revenue_plan_council": printed})
    assert len(completed(evidence, stated)[1]) == differences


def test_of_a_plan_that_was_changed_the_version_that_stood_is_compared():
    evidence = report("budget_revenue", "2024-Q3", {"revenue_plan_council": 190})
    changed = council(190).model_copy(update={"known_from": date(2024, 11, 1)})
    told = {
        day: [difference.stated for difference in completed(evidence, council(191), changed, known_at=day)[1]]
        for day in (datetime(2024, 10, 31, 23), datetime(2024, 11, 1))  # noqa: DTZ001 - local time
    }
    assert list(told.values()) == [[191], []]


def test_a_printed_plan_fills_in_until_the_stated_one_stands():
    evidence = report("budget_revenue", "2024-Q1", {"revenue_plan_council": 150})
    stated = council(191).model_copy(update={"known_from": date(2024, 7, 1)})
    for day, value in ((datetime(2024, 6, 30), 150), (datetime(2024, 7, 1), 191)):  # noqa: DTZ001 - local time
        resolution = Resolution(2024, "Nghị quyết", (stated,))
        [found], _ = with_printed_plans(CATALOGUE, PLACE, [resolution], evidence, day)
        assert [target.value for target in found.standing_on(day.date()).targets] == [value]


def test_the_newest_quarter_answers_for_the_year():
    evidence = together(
        report("budget_revenue", "2024-Q1", {"revenue_plan_province": 150}),
        report("budget_revenue", "2024-Q2", {"revenue_plan_province": 160}),
    )
    assert completed(evidence)[0][PlanSource.PROVINCE].value == 160


def test_a_plan_is_unknown_before_its_form_came_and_in_other_years():
    evidence = report("budget_revenue", "2024-Q1", {"revenue_plan_province": 150})
    assert completed(evidence, known_at=datetime(2024, 1, 1))[0] == {}  # noqa: DTZ001 - local time
    assert completed(report("budget_revenue", "2023-Q1", {"revenue_plan_province": 150}))[0] == {}
