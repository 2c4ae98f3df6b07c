"""Series by unit across 01/07/2025, by the units of the time and by today's; divisions, new names, chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.place import Place, Resolution, Unit
from lagi_pipeline.catalogue.quarter import Quarter, quarters_between
from lagi_pipeline.indicators.model import Evidence, Observation
from lagi_pipeline.indicators.observation import observe
from lagi_pipeline.indicators.unit_lineage import origin
from lagi_pipeline.indicators.unit_series import UnitSeriesRow, unit_series
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    PLACE,
    TOWN,
    Number,
    at,
    each,
    quarter,
    report,
    together,
)

OLD = [unit.code for unit in PLACE.units_on(date(2025, 6, 30))]
NEW = ["23231", "23235", "23246"]
OLD_URBAN = ["23231", "23232", "23234", "23235", "23237"]
NEW_URBAN = ["23231", "23235"]
LATER = at(2026, 3, 1)
MERGED = date(2025, 7, 1)
QUARTERS = ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]


def valid(when: str, place: Place = PLACE) -> list[str]:
    return [unit.code for unit in place.units_on(quarter(when).end)]


def jobs(when: str, numbers: Mapping[str, Number] | int) -> Evidence:
    said = each(numbers, valid(when)) if isinstance(numbers, int) else numbers
    return report("employment", when, {"jobs_placed": said})


def waste(when: str, generated: int, treated: int) -> Evidence:
    units = OLD_URBAN if quarter(when).end < MERGED else NEW_URBAN
    return report("waste", when, {"waste_generated": each(generated, units), "waste_treated": each(treated, units)})


def all_of(
    evidence: Evidence, place: Place = PLACE, evaluated_at: datetime = LATER, *, only: Sequence[str] = ()
) -> tuple[list[UnitSeriesRow], dict[tuple[str, str, Quarter], Observation]]:
    """The series, and the observations made for the quarters of the evidence and those between."""
    indicators = tuple(one for one in CATALOGUE.indicators if not only or one.code in only)
    catalogue = replace(CATALOGUE, indicators=indicators)
    known = {vintage.quarter for vintage in evidence.vintages}
    quarters = list(quarters_between(min(known), max(known)))
    observations = observe(catalogue, place, evidence, evaluated_at, quarters, ())
    owed = [Resolution(year, "", ()) for year in {when.year for when in quarters}]
    return unit_series(catalogue, place, evidence, observations, owed, evaluated_at), observations


def series(
    evidence: Evidence, indicator: str, when: str, units_as_of: str = "today", place: Place = PLACE
) -> dict[str, UnitSeriesRow]:
    rows = all_of(evidence, place, only=[indicator])[0]
    return {
        row.unit_code: row
        for row in rows
        if (row.indicator_code, row.quarter, row.units_as_of) == (indicator, when, units_as_of)
    }


def values(rows: Mapping[str, UnitSeriesRow]) -> dict[str, Decimal | None]:
    return {code: row.actual for code, row in rows.items()}


def unit(code: str, since: str, until: str | None = None, successor: str | None = None, **other: object) -> Unit:
    return Unit.model_validate(
        {
            "code": code,
            "name_vi": f"Xóm {code}",
            "kind": "xã",
            "urban": False,
            "valid_from": since,
            "valid_to": until,
            "successor_code": successor,
        }
        | other
    )


def made_of(*units: Unit) -> Place:
    return replace(PLACE, units=units)


class TestMerger:
    def test_a_flow_is_shown_by_nine_units_and_by_three_from_the_same_rows(self):
        evidence = jobs("2025-Q1", {code: number for number, code in enumerate(OLD, start=1)})
        assert values(series(evidence, "jobs", "2025-Q1", "then")) == dict(zip(OLD, range(1, 10), strict=True))
        # Phước Hội 1 + Phước Lộc 2 + Tân Phước 9; Tân Thiện 3, Tân An 4, Bình Tân 5, Tân Bình 8; Tân Hải 6, Tân Tiến 7
        assert values(series(evidence, "jobs", "2025-Q1")) == {"23231": 12, "23235": 20, "23246": 13}

    def test_the_year_to_date_goes_on_across_the_merger(self):
        evidence = together(jobs("2025-Q1", 10), jobs("2025-Q2", 20), jobs("2025-Q3", 100))
        merged = {"23231": 3 * 30 + 100, "23235": 4 * 30 + 100, "23246": 2 * 30 + 100}
        assert values(series(evidence, "jobs", "2025-Q3")) == merged
        assert values(series(evidence, "jobs", "2025-Q3", "then")) == merged
        assert values(series(evidence, "jobs", "2025-Q2", "then")) == each(30, OLD)

    def test_the_rows_name_the_units_they_are_made_of(self):
        evidence = together(jobs("2025-Q2", 20), jobs("2025-Q1", 10), jobs("2025-Q3", 100))
        row = series(evidence, "jobs", "2025-Q3", "then")["23246"]
        assert (row.unit_name_vi, row.unit_valid_from, row.kind, row.urban) == ("xã Tân Hải", MERGED, "xã", False)
        assert row.formed_of == "23245 xã Tân Hải; 23246 xã Tân Tiến"
        assert (row.status, row.status_vi) == ("combined", "cộng từ các đơn vị trước khi sắp xếp")
        before = series(evidence, "jobs", "2025-Q2", "then")["23246"]
        assert (before.unit_name_vi, before.formed_of, before.status) == ("xã Tân Tiến", None, "reported")

    def test_one_former_ward_missing_leaves_its_successor_alone_without_a_figure(self):
        evidence = jobs("2025-Q1", each(1, [code for code in OLD if code != "23237"]))
        rows = series(evidence, "jobs", "2025-Q1")
        assert values(rows) == {"23231": 3, "23235": None, "23246": 2}
        assert rows["23235"].reason == "thiếu số liệu phường Bình Tân (quý I/2025)"
        assert rows["23235"].status == "no_data"

    def test_rates_are_sums_over_sums_and_never_means_of_rates(self):
        water = {
            "hygienic_water_households": dict(zip(OLD, (90, 10, 50, 0, 0, 40, 60, 0, 5), strict=True)),
            "water_survey_households": dict(zip(OLD, (100, 10, 50, 20, 30, 100, 60, 100, 90), strict=True)),
        }
        rows = series(report("water", "2024-Q4", water), "hygienic_water", "2024-Q4")
        assert [(row.numerator, row.denominator, row.actual) for row in rows.values()] == [
            (105, 200, Decimal("52.5")),
            (50, 200, 25),
            (100, 160, Decimal("62.5")),
        ]

    def test_an_urban_line_counts_what_was_a_phuong_at_the_time(self):
        """Xã Tân Bình went into phường La Gi: its waste counts from 01/07/2025 on, and the row says so."""
        evidence = together(waste("2025-Q1", 10, 5), waste("2025-Q2", 10, 9), waste("2025-Q3", 100, 90))
        third = series(evidence, "solid_waste", "2025-Q3")
        assert list(third) == NEW_URBAN
        assert (third["23235"].numerator, third["23235"].denominator) == (3 * 14 + 90, 3 * 20 + 100)
        assert third["23235"].reason == "chỉ tính các phường, thị trấn: không tính xã Tân Bình"
        assert third["23235"].formed_of == "23234 phường Tân Thiện; 23235 phường Tân An; 23237 phường Bình Tân"
        town = all_of(evidence)[1]["solid_waste", TOWN, quarter("2025-Q3")]
        assert (town.numerator, town.denominator) == (5 * 14 + 2 * 90, 5 * 20 + 2 * 100)

    def test_poverty_falls_since_the_end_of_the_year_of_the_old_units(self):
        before = {"poor_households": each(10, OLD), "poverty_review_households": each(100, OLD)}
        after = {"poor_households": each(10, NEW), "poverty_review_households": each(400, NEW)}
        evidence = together(report("poverty", "2024-Q4", before), report("poverty", "2025-Q4", after))
        rows = series(evidence, "poverty_reduction", "2025-Q4")
        assert values(rows) == dict.fromkeys(NEW, Decimal("7.5"))
        assert rows["23246"].formed_of == "23245 xã Tân Hải; 23246 xã Tân Tiến"

    def test_natural_increase_takes_the_population_of_the_old_units_at_the_years_start(self):
        def population(when: str, births: int, stock: int) -> Evidence:
            said = {"births": births, "deaths": 0, "population_start": stock, "population_end": stock}
            return report("population", when, {measure: each(n, valid(when)) for measure, n in said.items()})

        evidence = together(
            population("2025-Q1", 1, 1000), population("2025-Q2", 1, 1000), population("2025-Q3", 4, 3000)
        )
        row = series(evidence, "natural_increase", "2025-Q3")["23246"]
        assert (row.numerator, row.denominator) == (2 * 2 + 4, (2000 + 3000) / 2)

    def test_a_survey_of_the_old_wards_is_carried_for_the_new_one(self):
        said = {"hygienic_water_households": each(50, OLD), "water_survey_households": each(100, OLD)}
        evidence = together(report("water", "2024-Q4", said), jobs("2025-Q3", 1))
        row = series(evidence, "hygienic_water", "2025-Q3", "then")["23235"]
        assert (row.actual, row.denominator, row.status) == (50, 400, "carried")
        assert row.formed_of is not None
        assert row.formed_of.startswith("23234 phường Tân Thiện; 23235 phường Tân An; ")
        assert "số liệu đến ngày 31/12/2024" in str(row.reason)

    def test_todays_units_are_those_of_the_evaluation(self):
        evidence = jobs("2025-Q1", 1)
        before, after = (all_of(evidence, evaluated_at=when)[0] for when in (at(2025, 5, 1), at(2025, 7, 2)))
        assert [len([row for row in rows if row.units_as_of == "today" and row.indicator_code == "jobs"]) for rows in (
            before, after)] == [9, 3]  # fmt: skip

    def test_a_running_total_that_a_new_unit_prints_since_it_came_into_being_is_not_the_years(self):
        third = report("employment", "2025-Q3", {"jobs_placed": each(100, NEW), "jobs_placed_ytd": each(100, NEW)})
        evidence = together(jobs("2025-Q1", 10), jobs("2025-Q2", 20), third)
        row = series(evidence, "jobs", "2025-Q3")["23246"]
        assert row.actual == 160
        assert row.reason == "xã Tân Hải lập trong năm: cộng các quý được 160,00, biểu ghi lũy kế 100,00"
        assert all_of(evidence)[1]["jobs", TOWN, quarter("2025-Q3")].value == 9 * 30 + 300
        without = series(together(jobs("2025-Q2", 20), third), "jobs", "2025-Q3")["23246"]
        assert without.actual is None
        assert "thiếu quý I" in str(without.reason)

    def test_a_running_total_from_the_first_of_january_needs_no_earlier_quarter(self):
        said = {"jobs_placed": each(100, NEW), "jobs_placed_ytd": each(160, NEW)}
        assert values(series(report("employment", "2025-Q3", said), "jobs", "2025-Q3")) == each(160, NEW)


class TestLineage:
    def test_every_old_unit_belongs_to_exactly_one_successor(self):
        formed = [part for new in PLACE.units_on(MERGED) for part in origin(PLACE, new, date(2025, 6, 30)).parts]
        old = PLACE.units_on(date(2025, 6, 30))
        assert sorted(formed, key=old.index) == old

    def test_a_unit_that_only_changed_its_name_keeps_its_series(self):
        place = made_of(
            unit("1", "2000-01-01", "2025-06-30", "2", name_vi="Cũ"), unit("2", "2025-07-01", name_vi="Mới")
        )
        evidence = together(jobs("2025-Q1", {"1": 5}), jobs("2025-Q2", {"1": 6}), jobs("2025-Q3", {"2": 7}))
        assert values(series(evidence, "jobs", "2025-Q2", place=place)) == {"2": 11}
        row = series(evidence, "jobs", "2025-Q3", "then", place)["2"]
        assert (row.actual, row.formed_of) == (18, "1 xã Cũ")

    def test_a_chain_of_successors_is_followed_and_a_code_that_comes_back_is_another_unit(self):
        place = made_of(
            unit("1", "2000-01-01", "2024-06-30", "3"),
            unit("2", "2000-01-01", "2024-06-30", "3"),
            unit("3", "2024-07-01", "2025-06-30", "1", name_vi="Giữa"),
            unit("1", "2025-07-01", name_vi="Nay"),
        )
        evidence = together(jobs("2024-Q1", {"1": 5, "2": 70}), jobs("2025-Q3", {"1": 1}))
        row = series(evidence, "jobs", "2024-Q1", place=place)["1"]
        assert (row.unit_name_vi, row.actual, row.formed_of) == ("xã Nay", 75, "1 xã Xóm 1; 2 xã Xóm 2")
        assert values(series(evidence, "jobs", "2024-Q1", "then", place)) == {"1": 5, "2": 70}

    def test_what_a_divided_unit_reported_belongs_to_neither_part_and_the_town_keeps_it(self):
        place = made_of(
            unit("1", "2000-01-01", "2025-06-30", "2;3", name_vi="Rộng"),
            unit("4", "2000-01-01"),
            unit("2", "2025-07-01"),
            unit("3", "2025-07-01"),
        )
        evidence = together(
            jobs("2025-Q1", {"1": 10, "4": 1}),
            jobs("2025-Q2", {"1": 10, "4": 1}),
            jobs("2025-Q3", {"2": 3, "3": 4, "4": 1}),
        )
        rows = series(evidence, "jobs", "2025-Q2", place=place)
        assert values(rows) == {"4": 2, "2": None, "3": None}
        said = "xã Xóm 2 lập từ một phần của xã Rộng: số liệu trước đó không chia tách được"
        assert rows["2"].reason == said
        third = series(evidence, "jobs", "2025-Q3", place=place)
        assert values(third) == {"4": 3, "2": None, "3": None}
        assert third["2"].reason == f"thiếu quý I: {said}; thiếu quý II: {said}"
        assert all_of(evidence, place)[1]["jobs", TOWN, quarter("2025-Q3")].value == 30

    def test_a_merger_with_a_part_of_a_unit_has_no_figures_of_before(self):
        place = made_of(
            unit("1", "2000-01-01", "2025-06-30", "2;3"),
            unit("4", "2000-01-01", "2025-06-30", "2"),
            unit("2", "2025-07-01"),
            unit("3", "2025-07-01"),
        )
        rows = series(jobs("2025-Q1", {"1": 10, "4": 1}), "jobs", "2025-Q1", place=place)
        assert values(rows) == {"2": None, "3": None}

    def test_a_unit_that_nothing_became_says_since_when_it_is_there(self):
        place = made_of(unit("1", "2000-01-01"), unit("2", "2025-07-01"))
        rows = series(jobs("2025-Q1", {"1": 10}), "jobs", "2025-Q1", place=place)
        assert values(rows) == {"1": 10, "2": None}
        assert rows["2"].reason == (
            "xã Xóm 2 có từ ngày 01/07/2025, không rõ lập từ đơn vị nào: không có số liệu trước đó"
        )

    @pytest.mark.parametrize(("was_urban", "is_urban"), [(True, False), (False, True)])
    def test_an_urban_line_sums_the_quarters_in_which_a_unit_was_urban(self, was_urban: bool, is_urban: bool):  # noqa: FBT001
        place = made_of(
            unit("1", "2000-01-01", "2025-06-30", "2", urban=was_urban),
            unit("9", "2000-01-01", urban=True),
            unit("2", "2025-07-01", urban=is_urban),
        )

        def sent(when: str, generated: int, code: str) -> Evidence:
            said = {measure: each(generated, [code, "9"]) for measure in ("waste_generated", "waste_treated")}
            return report("waste", when, said)

        evidence = together(sent("2025-Q1", 1, "1"), sent("2025-Q2", 10, "1"), sent("2025-Q3", 100, "2"))
        expected = 11 if was_urban else 100
        for as_of in ("then", "today"):
            rows = series(evidence, "solid_waste", "2025-Q3", as_of, place)
            assert {code: row.denominator for code, row in rows.items()} == {"9": 111, "2": expected}
        town = all_of(evidence, place)[1]["solid_waste", TOWN, quarter("2025-Q3")]
        assert town.denominator == 111 + expected


NUMBERS = st.integers(min_value=1, max_value=10_000)


def reported(code: str, form: str, measures: Sequence[str]) -> st.SearchStrategy[Evidence]:
    units = valid(code)
    numbers = st.lists(NUMBERS, min_size=len(units), max_size=len(units))
    return st.tuples(*(numbers for _ in measures)).map(
        lambda said: report(
            form, code, {m: dict(zip(units, given, strict=True)) for m, given in zip(measures, said, strict=True)}
        )
    )


FORMS = {
    "employment": ["jobs_placed", "jobs_placed_trained"],
    "waste": ["waste_generated", "waste_collected", "waste_treated"],
    "population": ["births", "deaths", "population_start", "population_end"],
}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_units_of_the_time_and_of_today_add_up_to_the_town(data: st.DataObject) -> None:
    parts = [data.draw(reported(code, form, measures)) for code in QUARTERS for form, measures in FORMS.items()]
    indicators = ("jobs", "solid_waste", "collected_over_generated", "natural_increase", "share_of_placed")
    rows, observations = all_of(together(*parts), only=indicators)
    for indicator in indicators:
        for code in QUARTERS:
            town = observations[indicator, TOWN, quarter(code)]
            for as_of in ("then", "today"):
                shown = [r for r in rows if (r.indicator_code, r.quarter, r.units_as_of) == (indicator, code, as_of)]
                assert shown
                if indicator == "jobs":
                    assert sum(row.actual or 0 for row in shown) == town.value
                else:
                    assert sum(row.numerator or 0 for row in shown) == town.numerator
                    assert sum(row.denominator or 0 for row in shown) == town.denominator


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_lineage_without_divisions_neither_loses_nor_doubles_a_unit(data: st.DataObject) -> None:
    """Each 1 July some units merge, some are renamed and some stay; codes are taken again at will."""
    alive = {str(code): 2000 for code in range(1, data.draw(st.integers(2, 6)) + 1)}
    units: list[Unit] = []
    for year in (2023, 2024, 2025):
        fates = {code: data.draw(st.sampled_from([None, *"123456789"])) for code in alive}
        while any(fate in fates and fates[fate] is None for fate in fates.values() if fate is not None):
            staying = {code for code, fate in fates.items() if fate is None}
            fates = {code: None if fate in staying else fate for code, fate in fates.items()}
        changed = {code: fate for code, fate in fates.items() if fate is not None}
        units += [unit(code, f"{alive[code]}-07-01", f"{year}-06-30", fate) for code, fate in changed.items()]
        alive = {code: since for code, since in alive.items() if code not in changed}
        alive |= dict.fromkeys(changed.values(), year)
    units += [unit(code, f"{since}-07-01") for code, since in alive.items()]
    place = made_of(*units)
    quarters = list(quarters_between(Quarter(2023, 1), Quarter(2025, 4)))
    evidence = together(
        *(jobs(str(when), {u.code: data.draw(NUMBERS) for u in place.units_on(when.end)}) for when in quarters)
    )
    rows, observations = all_of(evidence, place, only=["jobs"])
    for when in quarters:
        for as_of in ("then", "today"):
            shown = [
                row for row in rows if (row.indicator_code, row.quarter, row.units_as_of) == ("jobs", str(when), as_of)
            ]
            assert all(row.actual is not None for row in shown)
            assert sum(row.actual or 0 for row in shown) == observations["jobs", TOWN, when].value
