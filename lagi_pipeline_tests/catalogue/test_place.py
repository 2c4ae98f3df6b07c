"""A place's own files: what is refused in them, and a year's targets in the indicator's own unit."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

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
        path.parent.mkdir(parents=True)
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
        ([{"value": 1}], "target 1", "code"),
        ([LINE, "jobs: 2600"], "target 2", "expected a mapping"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused(
    resolved: Resolve, lines: list[dict[str, object]], entry: str, said: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_resolutions(resolved(*lines), CATALOGUE)
    assert (caught.value.file.name, caught.value.entry) == ("targets.yaml", entry), str(caught.value)
    assert said in str(caught.value)


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


def test_no_resolution_at_all_is_no_target(tmp_path: Path) -> None:
    assert load_resolutions(tmp_path, CATALOGUE) == []
