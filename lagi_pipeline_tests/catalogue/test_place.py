"""A place's own files: what is refused in them, and a year's targets in the indicator's own unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from lagi_pipeline.catalogue.indicators import PlanSource
from lagi_pipeline.catalogue.leading import check_leading_plans, leading_targets
from lagi_pipeline.catalogue.loading import CatalogueError
from lagi_pipeline.catalogue.place import Resolution, load_place, load_resolutions
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline_tests.running import CATALOGUE, make_data_dir

Edit = Callable[[str, str, str], Path]
LINE = {
    "code": "jobs",
    "plan_source": "party_resolution",
    "value": 2600,
    "unit": "người",
    "direction": "at_least",
    "clause": "II.B.9",
}
RANGE = LINE | {"direction": "range", "upper": 2800}
WATER = LINE | {"code": "clean_water", "value": 95, "unit": "%"}


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Makes a ``raw`` folder in which one text of one file of the place is another one."""
    raw = make_data_dir(tmp_path / "data") / "raw"

    def edit(name: str, old: str, new: str) -> Path:
        path = raw / "place" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return raw

    return edit


@pytest.mark.parametrize(
    ("name", "old", "new", "entry", "said"),
    [
        ("place.yaml", "Asia/Ho_Chi_Minh", "Asia/La_Gi", "file", "timezone"),
        ("place.yaml", "first_quarter: 2022-Q4", "first_quarter: 2022-Q5", "file", "2022-Q5"),
        ("place.yaml", "leading_plan: party_resolution", "leading_plan: ministry", "file", "ministry"),
        ("place.yaml", "level: district", "level: district\nmayor: someone", "file", "mayor"),
        ("units.csv", "2025-06-30,23246", "2025-06-30,99999", "23245", "99999"),
        ("units.csv", "2005-09-05,2025-06-30,23231", "2005-09-05,2004-06-30,23231", "23231", "before"),
        (
            "units.csv",
            "23231,Phước Hội,phường,true,2025-07-01",
            "23231,Phước Hội,phường,true,2025-06-01",
            "23231",
            "overlap",
        ),
        ("units.csv", "23246,Tân Hải,xã,false,2025-07-01", "23247,Tân Hải,xã,false,2025-06-30", "23245", "successor"),
        ("units.csv", "phường,true,2005-09-05", "thôn,true,2005-09-05", "line 2", "thôn"),
        ("units.csv", "23231,Phước Hội", "2323x,Phước Hội", "line 2", "2323x"),
        ("units.csv", "code,name_vi,kind", "code,name,kind", "line 1", "name_vi"),
        ("units.csv", ",23231\n", "\n", "line 2", "cells"),
        ("units.csv", "2025-06-30,23246", "2025-06-30,23246;99999", "23245", "99999"),
        ("units.csv", "2025-06-30,23246", "2025-06-30,Tân Hải", "line 7", "Tân Hải"),
        ("units.csv", "2025-07-01,,\n", "2025-07-01,,23235\n", "23231", "without a last day"),
        ("offices.csv", "industry", "smuggling", "line 3", "smuggling"),
        (
            "offices.csv",
            "office,name_vi,feeds,days_to_send",
            "office;name_vi;feeds;days_to_send",
            "line 1",
            "expected the columns",
        ),
        ("offices.csv", "kinhte,Phòng Kinh tế", "thongke,Phòng Kinh tế", "line 4", "twice"),
        ("offices.csv", "industry,10", "industry,-1", "line 3", "days_to_send"),
    ],
)
def test_nonsense_is_refused_with_file_and_entry(  # noqa: PLR0913, PLR0917 - a case
    edited: Edit, name: str, old: str, new: str, entry: str, said: str
) -> None:
    raw = edited(name, old, new)
    with pytest.raises(CatalogueError) as caught:
        load_place(raw, CATALOGUE)
    assert (caught.value.file.name, caught.value.entry) == (name, entry), str(caught.value)
    assert said in str(caught.value)


def test_a_unit_beside_others_may_not_bear_the_places_code(edited: Edit) -> None:
    with pytest.raises(CatalogueError, match=r"units\.csv: 23235: the unit has the place's own code"):
        load_place(edited("place.yaml", 'code: "594"', 'code: "23235"'), CATALOGUE)


def test_a_place_without_a_unit_is_told_what_to_list(edited: Edit) -> None:
    raw = edited("place.yaml", 'code: "594"', 'code: "23235"')
    units = raw / "place" / "units.csv"
    units.write_text(units.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    with pytest.raises(CatalogueError, match=r"units\.csv: file: no unit; .* lists itself, 23235"):
        load_place(raw, CATALOGUE)


def test_a_unit_that_takes_in_another_is_another_unit_from_that_day(edited: Edit) -> None:
    """Codes and first days keep apart what it was and what it is, as for any merger."""
    raw = edited("units.csv", "2025-06-30,23246\n23246", "2020-12-31,23246\n23246")
    taken = [unit for unit in load_place(raw, CATALOGUE).units if unit.name_vi == "Tân Tiến"]
    days = [(str(unit.valid_from), str(unit.valid_to), unit.successors) for unit in taken]
    assert days == [("2005-09-05", "2020-12-31", ("23246",)), ("2021-01-01", "2025-06-30", ("23246",))]


def test_a_unit_is_keyed_by_its_code_and_first_day(tmp_path: Path) -> None:
    """23246 was Tân Tiến and became Tân Hải when the wards merged (domain.md, trap 11)."""
    place = load_place(make_data_dir(tmp_path / "data") / "raw", CATALOGUE)
    before, after = place.units_on(Quarter(2025, 2).end), place.units_on(Quarter(2025, 3).start)
    assert (len(before), len(after)) == (9, 3)
    assert {u.name_vi for u in [*before, *after] if u.code == "23246"} == {"Tân Tiến", "Tân Hải"}


def test_the_due_day_is_the_latest_of_the_offices_that_owe(tmp_path: Path) -> None:
    place = load_place(make_data_dir(tmp_path / "data") / "raw", CATALOGUE)
    assert place.due_day("waste", Quarter(2024, 2)).isoformat() == "2024-07-10"
    assert place.due_day("nothing", Quarter(2024, 2)) == Quarter(2024, 2).end


Resolve = Callable[..., Path]


@pytest.fixture
def resolved(tmp_path: Path) -> Resolve:
    """Makes a ``raw`` folder with one targets.yaml."""

    def make(*lines: dict[str, object], year: object = 2024, folder: str = "2024", **other: object) -> Path:
        path = tmp_path / "raw" / "resolution" / folder / "targets.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump({"year": year, "document": "thử", "targets": list(lines), **other}, allow_unicode=True)
        path.write_text(text, "utf-8")
        return tmp_path / "raw"

    return make


def _only(raw: Path) -> Resolution:
    [resolution] = load_resolutions(raw, CATALOGUE)
    return resolution


@pytest.mark.parametrize(
    ("lines", "entry", "said"),
    [
        ([LINE | {"code": "happiness"}], "happiness", "no such indicator"),
        ([LINE | {"unit": "%"}], "jobs", "'%'"),
        ([LINE | {"unit": "gánh"}], "jobs", "gánh"),
        ([LINE, LINE], "jobs", "two targets of the same plan source party_resolution"),
        ([LINE | {"direction": "at_most"}], "jobs", "at_most"),
        ([LINE | {"value": float("nan")}], "jobs", "value"),
        ([LINE | {"value": float("inf")}], "jobs", "value"),
        ([LINE | {"value": -5}], "jobs", "value"),
        ([LINE | {"value": "nhiều"}], "jobs", "nhiều"),
        ([LINE | {"plan_source": "ministry"}], "jobs", "ministry"),
        ([LINE | {"clause": ""}], "jobs", "clause"),
        ([LINE | {"note": "x"}], "jobs", "note"),
        ([LINE, LINE | {"from": date(2024, 7, 1)}, LINE | {"from": "2024-07-01"}], "jobs", "from 2024-07-01"),
        ([LINE | {"from": "tháng 7"}], "jobs", "from"),
        ([LINE | {"from": date(2042, 7, 1)}], "jobs", "no day of the year 2024"),
        ([LINE | {"from": date(2014, 7, 1)}], "jobs", "no day of the year 2024"),
        ([{"value": 1}], "target 1", "code"),
        ([LINE, "jobs: 2600"], "target 2", "expected a mapping"),
        ([{name: said for name, said in LINE.items() if name != "unit"}], "jobs", "a target without a unit"),
        ([LINE | {"unit": " "}], "jobs", "a target without a unit"),
        ([LINE | {"value": True}], "jobs", "not a number"),
        ([LINE | {"value": 0}], "jobs", "a plan of 0"),
        ([WATER | {"value": 0}], "clean_water", "a plan of 0"),
        ([RANGE | {"value": 0}], "jobs", "a plan of 0"),
        ([LINE | {"direction": "range"}], "jobs", "a range without its upper bound"),
        ([RANGE | {"upper": 2599}], "jobs", "the upper bound 2599 of a range is not above its lower one, 2600"),
        ([RANGE | {"upper": 2600}], "jobs", "is not above"),
        ([LINE | {"upper": 2700}], "jobs", "an upper bound of 2700, which only a range has"),
        ([LINE | {"direction": "exact", "upper": 2700}], "jobs", "which only a range has"),
        ([LINE | {"direction": "exact", "value": 2600.5}], "jobs", "can never be equal"),
        ([LINE | {"direction": "yes_no", "value": 1}], "jobs", "direction yes_no where the indicator is at_least"),
        ([WATER | {"direction": "range", "upper": 101}], "clean_water", "above the highest there can be"),
        ([WATER | {"value": 100.5}], "clean_water", "above the highest there can be"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused(
    resolved: Resolve, lines: list[dict[str, object]], entry: str, said: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_resolutions(resolved(*lines), CATALOGUE)
    assert (caught.value.file.name, caught.value.entry) == ("targets.yaml", entry), str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("more", "entry", "said"),
    [
        ({"adopted": "mai"}, "adopted", "expected a day like 2023-12-08, found 'mai'"),
        ({"adopted": date(2025, 1, 1)}, "adopted", "2025-01-01 is after the year 2024"),
        ({"adopted": date(2024, 1, 20)}, "jobs", "from 2024-01-19, before the resolution was adopted on 2024-01-20"),
    ],
)
def test_a_day_of_adoption_that_cannot_be_meant_is_refused(
    resolved: Resolve, more: dict[str, object], entry: str, said: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_resolutions(resolved(LINE, LINE | {"from": date(2024, 1, 19)}, **more), CATALOGUE)
    assert (caught.value.file.name, caught.value.entry) == ("targets.yaml", entry), str(caught.value)
    assert said in str(caught.value)


def test_a_plan_that_is_changed_stands_from_its_day_on(resolved: Resolve) -> None:
    changed = LINE | {"from": date(2024, 7, 15), "value": 2700, "clause": "Điều 1", "document": "NQ 20"}
    resolution = _only(resolved(changed, LINE, adopted="2023-12-08"))
    standing = {
        day: [(target.value, target.known_from, target.document) for target in resolution.standing_on(day).targets]
        for day in (date(2023, 12, 7), date(2023, 12, 8), date(2024, 7, 14), date(2024, 7, 15), date(2030, 1, 1))
    }
    first, second = (Decimal(2600), date(2023, 12, 8), None), (Decimal(2700), date(2024, 7, 15), "NQ 20")
    assert list(standing.values()) == [[], [first], [first], [second], [second]]


def test_a_resolution_that_does_not_tell_its_day_stands_from_the_beginning(resolved: Resolve) -> None:
    [target] = _only(resolved(LINE)).standing_on(date.min).targets
    assert target.known_from is None


def test_a_change_may_not_lift_a_part_above_its_whole(resolved: Resolve) -> None:
    percent = {"plan_source": "council", "unit": "%", "direction": "at_least", "clause": "II"}
    whole, part = {"code": "hygienic_water", "value": 90, **percent}, {"code": "clean_water", "value": 85, **percent}
    raw = resolved(whole, part, part | {"value": 95, "from": date(2024, 6, 1)})
    with pytest.raises(CatalogueError, match="the part 95 is above its whole 90"):
        load_resolutions(raw, CATALOGUE)
    both = resolved(
        whole, part, whole | {"value": 96, "from": date(2024, 6, 1)}, part | {"value": 95, "from": date(2024, 6, 1)}
    )
    assert len(_only(both).targets) == 4


def test_a_part_may_not_be_promised_above_its_whole(resolved: Resolve) -> None:
    percent = {"plan_source": "council", "unit": "%", "direction": "at_least", "clause": "II"}
    raw = resolved({"code": "hygienic_water", "value": 90, **percent}, {"code": "clean_water", "value": 95, **percent})
    with pytest.raises(CatalogueError, match=r"targets\.yaml: clean_water: the part 95 is above its whole 90"):
        load_resolutions(raw, CATALOGUE)


def test_a_part_of_another_plan_is_not_compared(resolved: Resolve) -> None:
    percent = {"unit": "%", "direction": "at_least", "clause": "II"}
    raw = resolved(
        {"code": "hygienic_water", "value": 90, "plan_source": "council", **percent},
        {"code": "clean_water", "value": 95, "plan_source": "province", **percent},
    )
    assert len(_only(raw).targets) == 2


@pytest.mark.parametrize(("year", "folder"), [(2023, "2024"), ("hai nghìn", "2024"), (None, "2024")])
def test_the_year_is_the_folders(resolved: Resolve, year: object, folder: str) -> None:
    with pytest.raises(CatalogueError, match=r"targets\.yaml: year: expected the folder's year 2024"):
        load_resolutions(resolved(LINE, year=year, folder=folder), CATALOGUE)


def test_an_unknown_key_is_refused(resolved: Resolve) -> None:
    with pytest.raises(CatalogueError, match=r"targets\.yaml: tagrets: unknown key"):
        load_resolutions(resolved(LINE, tagrets=[]), CATALOGUE)


def test_a_value_comes_in_the_indicators_own_unit(resolved: Resolve) -> None:
    """Yearbooks print natural increase in ‰ (domain.md, trap 5)."""
    raw = resolved(
        LINE | {"code": "natural_increase", "value": 7.0, "unit": "‰", "direction": "at_most", "baseline": 7.2},
        LINE | {"code": "budget_revenue", "value": 191_000, "unit": "triệu đồng"},
    )
    increase, revenue = _only(raw).targets
    assert (increase.value, increase.unit, increase.baseline) == (Decimal("0.7"), "%", Decimal("0.72"))
    assert (revenue.value, revenue.unit) == (Decimal(191), "tỷ đồng")


def test_the_bounds_of_a_range_come_in_the_indicators_own_unit(resolved: Resolve) -> None:
    line = {"code": "natural_increase", "value": 6, "upper": 7.5, "unit": "‰", "direction": "range"}
    [increase] = _only(resolved(LINE | line)).targets
    assert (increase.value, increase.upper, increase.unit) == (Decimal("0.6"), Decimal("0.75"), "%")


@pytest.mark.parametrize(
    "line",
    [
        {"code": "natural_increase", "value": 0, "unit": "%", "direction": "at_most"},
        {"code": "poverty_reduction", "value": 0, "unit": "điểm %"},  # "không tăng hộ nghèo"
        {"value": 0, "direction": "exact"},
        {"code": "natural_increase", "value": 0, "upper": 0.7, "unit": "%", "direction": "range"},
    ],
)
def test_a_target_of_nothing_is_taken_where_it_asks_for_something(resolved: Resolve, line: dict[str, object]) -> None:
    [target] = _only(resolved(LINE | line)).targets
    assert target.value == 0


def _checked(raw: Path) -> None:
    check_leading_plans(load_place(raw, CATALOGUE), load_resolutions(raw, CATALOGUE), raw)


@pytest.mark.parametrize(
    ("new", "entry", "said"),
    [
        ("leading_plans: {happiness: province}", "leading_plans.happiness", "no such indicator"),
        ("leading_plans: {budget_revenue: ministry}", "file", "ministry"),
        ("leading_plans: {jobs: province}", "leading_plans.jobs", "no target of jobs has the plan source province"),
        ("leading_plans: {forest_rate: province}", "leading_plans.forest_rate", "there are none"),
    ],
)
def test_a_plan_that_no_target_has_cannot_lead_a_line(edited: Edit, new: str, entry: str, said: str) -> None:
    raw = edited("place.yaml", "leading_plans: {}", new)
    with pytest.raises(CatalogueError) as caught:
        _checked(raw)
    assert (caught.value.file.name, caught.value.entry) == ("place.yaml", entry), str(caught.value)
    assert said in str(caught.value)


def test_a_plan_that_no_target_has_cannot_lead(edited: Edit) -> None:
    raw = edited("place.yaml", "leading_plan: party_resolution", "leading_plan: province")
    for path in (raw / "resolution").glob("*/targets.yaml"):
        lines = path.read_text("utf-8").splitlines()
        path.write_text("\n".join(line for line in lines if "plan_source: province" not in line), "utf-8")
    with pytest.raises(
        CatalogueError, match=r"place\.yaml: leading_plan: no target has the plan source province; there "
    ):
        _checked(raw)


def test_of_several_plans_one_must_lead(edited: Edit) -> None:
    raw = edited("place.yaml", "leading_plan: party_resolution", "leading_plan: province")
    told = r"2023/targets\.yaml: development_spending: targets of party_resolution, council, and none .*leads, province"
    path = raw / "resolution" / "2023" / "targets.yaml"
    other = (
        "{code: development_spending, plan_source: council, value: 1, unit: tỷ đồng, direction: at_least, clause: x}"
    )
    path.write_text(f"{path.read_text('utf-8').rstrip()}\n  - {other}\n", "utf-8")
    with pytest.raises(CatalogueError, match=told):
        _checked(raw)


def test_a_line_of_one_plan_is_led_by_it_and_others_by_the_chosen_one(edited: Edit) -> None:
    raw = edited("place.yaml", "leading_plans: {}", "leading_plans: {budget_revenue: province}")
    _checked(raw)
    place, resolutions = load_place(raw, CATALOGUE), load_resolutions(raw, CATALOGUE)
    leading = leading_targets(place, resolutions)
    assert leading[2024, "budget_revenue"].plan_source is PlanSource.PROVINCE
    assert leading[2024, "development_spending"].plan_source is PlanSource.PARTY_RESOLUTION
    by_council = replace(place, file=place.file.model_copy(update={"leading_plan": PlanSource.COUNCIL}))
    assert leading_targets(by_council, resolutions)[2024, "jobs"].plan_source is PlanSource.PARTY_RESOLUTION


def test_no_resolution_at_all_is_no_target(tmp_path: Path) -> None:
    assert load_resolutions(tmp_path, CATALOGUE) == []
