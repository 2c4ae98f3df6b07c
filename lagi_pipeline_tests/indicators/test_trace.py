"""The trace of figures: every part is there with its factor, and the figure can be made of the parts alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.place import Resolution
from lagi_pipeline.indicators.attainment import attain, quarters_to_observe
from lagi_pipeline.indicators.model import Evidence, MeasureCell, Observation
from lagi_pipeline.indicators.observation import observe
from lagi_pipeline.indicators.plans import printed_plans, with_printed_plans
from lagi_pipeline.indicators.trace import PlanDocument, Sources, Traced, TraceRow, trace
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    LONG_AFTER,
    PLACE,
    RESOLUTIONS,
    TOWN,
    URBAN,
    WARDS,
    Number,
    Sent,
    each,
    report,
    together,
)

DOCUMENTS = {year: PlanDocument(f"resolution/{year}/targets.yaml", f"plan-{year}") for year in range(2020, 2030)}


def traced(evidence: Evidence, resolutions: list[Resolution] = RESOLUTIONS) -> tuple[Traced, list[Observation]]:
    """The trace of everything that some evidence says; each reported value has one cell, printed in thousandths."""
    plans, _ = with_printed_plans(CATALOGUE, PLACE, resolutions, evidence, LONG_AFTER)
    quarters = quarters_to_observe(PLACE, plans, LONG_AFTER)
    observations = observe(CATALOGUE, PLACE, evidence, LONG_AFTER, quarters, plans)
    lines = attain(CATALOGUE, PLACE, plans, observations, LONG_AFTER)
    cells = {
        (value.form, value.quarter, value.sha256, value.measure, value.unit_code): [
            MeasureCell("Biểu", "D9", "…", value.value * 1000, "phần nghìn", Decimal("0.001"), value.value)
        ]
        for value in evidence.values
    }
    sources = Sources(cells, DOCUMENTS, printed_plans(CATALOGUE, PLACE, evidence, LONG_AFTER))
    return trace(CATALOGUE, PLACE, plans, observations.values(), lines, sources), list(observations.values())


def rows_of(made: Traced, code: str, when: str, unit: str = TOWN) -> list[TraceRow]:
    found = [row for row in made.rows if (row.indicator_code, row.quarter, row.unit_code) == (code, when, unit)]
    assert [row.position for row in found] == list(range(1, len(found) + 1))
    return found


def line_of(made: Traced, code: str, when: str, unit: str = TOWN) -> str:
    [line] = [line for line in made.lines if (line.indicator_code, line.quarter, line.unit_code) == (code, when, unit)]
    return line.derivation_vi


FOREST = report("forestry", "2024-Q4", {"forest_area": "5225.2", "natural_area": 18537}, Sent(file="a/rung.xlsx"))
CROPS = {"perennial_crop_area": 6650}


def test_a_line_that_the_form_leaves_out_is_a_stated_zero_without_a_cell() -> None:
    made, _ = traced(together(FOREST, report("forestry_crops", "2024-Q4", CROPS, Sent(file="a/cay.xlsx"))))
    left_out = [row for row in rows_of(made, "green_cover", "2024-Q4") if row.cell is None and row.role == "numerator"]
    [row] = left_out
    assert (row.measure, row.value, row.factor, row.file) == ("crops_on_forest_land", 0, -1, "a/cay.xlsx")
    assert row.note_vi == "biểu không có dòng này: tính là 0"
    assert line_of(made, "green_cover", "2024-Q4") == (
        "(diện tích có rừng (mã 1100) tại ô D9 (rung.xlsx) 5.225,2 ha (ghi 5.225.200 phần nghìn)"
        " + cây công nghiệp và cây ăn quả lâu năm tại ô D9 (cay.xlsx) 6.650 ha (ghi 6.650.000 phần nghìn)"
        " − cây lâu năm trên đất rừng 0 ha (biểu không có dòng này, cay.xlsx))"
        " / diện tích tự nhiên tại ô D9 (rung.xlsx) 18.537 ha (ghi 18.537.000 phần nghìn) = 64,06 %"
    )


def population(when: str, births: Number, deaths: Number, start: Number, end: Number) -> Evidence:
    said: Mapping[str, Number] = {
        "births": births, "deaths": deaths, "population_start": start, "population_end": end
    }  # fmt: skip
    return report("population", when, {measure: each(number) for measure, number in said.items()})


def test_what_is_subtracted_and_what_is_a_mean_stands_in_the_factor() -> None:
    made, _ = traced(together(population("2024-Q1", 40, 20, 11000, 11020), population("2024-Q2", 30, 10, 11020, 11040)))
    rows = rows_of(made, "natural_increase", "2024-Q2")
    factors = {(row.measure, row.period): row.factor for row in rows if row.role != "target"}
    assert factors == {
        ("births", "2024-Q1"): 1,
        ("births", "2024-Q2"): 1,
        ("deaths", "2024-Q1"): -1,
        ("deaths", "2024-Q2"): -1,
        ("population_start", "2024-Q1"): Decimal("0.5"),
        ("population_end", "2024-Q2"): Decimal("0.5"),
    }
    assert {row.multiplier for row in rows if row.role == "numerator"} == {200}
    assert " × 4/2 = " in line_of(made, "natural_increase", "2024-Q2")


def test_a_survey_of_last_year_that_no_longer_stands_is_not_traced() -> None:
    """In Q4, once it is due, the line shows no figure: neither does its trace."""
    survey = {
        "water_survey_households": each(100), "hygienic_water_households": each(90), "clean_water_households": each(80)
    }  # fmt: skip
    made, _ = traced(report("water", "2023-Q4", survey))
    assert {row.role for row in rows_of(made, "clean_water", "2024-Q4")} == {"target"}
    assert line_of(made, "clean_water", "2024-Q4").startswith("không có số liệu: ")
    assert {row.period for row in rows_of(made, "clean_water", "2024-Q3") if row.measure} == {"2023-Q4"}


def test_a_ratio_that_cannot_be_worked_out_keeps_its_numerator_and_denominator() -> None:
    survey = {"poverty_review_households": each(100), "poor_households": each(1)}
    made, _ = traced(report("poverty", "2024-Q4", survey))
    assert {row.role for row in rows_of(made, "poverty_reduction", "2024-Q4")} == {"numerator", "denominator", "target"}
    told = line_of(made, "poverty_reduction", "2024-Q4")
    assert told.startswith("hộ nghèo cuối kỳ của 9 phường, xã tại ô D9 9 hộ / tổng số hộ rà soát")
    assert ": không có số liệu (không có tỷ lệ cuối năm 2023 để so sánh" in told


def test_a_ward_of_2025_is_traced_to_the_wards_it_was_formed_of_by_their_names_then() -> None:
    """23246 was xã Tân Tiến until 30/06/2025 and is xã Tân Hải, of 23245 and 23246, since."""
    old = [unit.code for unit in PLACE.units_on(date(2025, 6, 30))]
    new = [unit.code for unit in PLACE.units_on(date(2025, 7, 1))]
    evidence = together(
        *(report("employment", f"2025-Q{n}", {"jobs_placed": each(5, old)}) for n in (1, 2)),
        report("employment", "2025-Q3", {"jobs_placed": each(7, new)}),
    )
    made, _ = traced(evidence, [*RESOLUTIONS, replace(RESOLUTIONS[-1], year=2025)])
    told = [(r.period, r.source_unit_code, r.source_unit_vi) for r in rows_of(made, "jobs", "2025-Q3", "23246")]
    assert sorted(told) == [
        ("2025-Q1", "23245", "xã Tân Hải"),
        ("2025-Q1", "23246", "xã Tân Tiến"),
        ("2025-Q2", "23245", "xã Tân Hải"),
        ("2025-Q2", "23246", "xã Tân Tiến"),
        ("2025-Q3", "23246", "xã Tân Hải"),
    ]
    assert "của 2 phường, xã" in line_of(made, "jobs", "2025-Q3", "23246")


def made_again(rows: list[TraceRow]) -> Decimal:
    """The figure of a sum or a rate, from the rows alone."""

    def weighted(role: str) -> Decimal:
        return sum((row.printed_value * row.scale * row.factor for row in rows if row.role == role), Decimal(0))

    if any(row.role == "sum" for row in rows):
        return weighted("sum")
    [multiplier] = {row.multiplier for row in rows if row.role == "numerator"}
    return multiplier * weighted("numerator") / weighted("denominator")


amount = st.integers(1, 10**6)


@settings(max_examples=25, deadline=None)
@given(
    jobs=st.lists(amount, min_size=4, max_size=4),
    printed=st.sets(st.sampled_from(WARDS)),
    vital=st.lists(st.tuples(amount, amount, amount, amount), min_size=4, max_size=4),
    town_only=st.booleans(),
    tonnes=st.lists(amount, min_size=4, max_size=4),
)
def test_every_figure_is_made_of_its_rows_whatever_was_reported(
    jobs: list[int],
    printed: set[str],
    vital: list[tuple[int, ...]],
    town_only: bool,  # noqa: FBT001 - drawn
    tonnes: list[int],
) -> None:
    parts = []
    for number, (placed, people, waste) in enumerate(zip(jobs, vital, tonnes, strict=True), start=1):
        when = f"2024-Q{number}"
        said = {"jobs_placed": each(placed), "jobs_placed_ytd": each(sum(jobs[:number]) + 1, sorted(printed))}
        parts.append(report("employment", when, said))
        parts.append(population(when, *people))
        generated: Number | Mapping[str, Number] = waste * 2 if town_only and number == 1 else each(waste * 2, URBAN)
        treated: Number | Mapping[str, Number] = waste if town_only and number == 1 else each(waste, URBAN)
        parts.append(report("waste", when, {"waste_generated": generated, "waste_treated": treated}))
    made, observations = traced(together(*parts))
    seen = 0
    for one in observations:
        if one.value is not None:
            rows = rows_of(made, one.indicator_code, str(one.quarter), one.unit_code)
            assert made_again(rows) == pytest.approx(one.value, rel=Decimal("1e-12"))
            seen += 1
    assert seen
