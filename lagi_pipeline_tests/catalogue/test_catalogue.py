"""The catalogue refuses nonsense, and says in which file and entry it stands."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lagi_pipeline.catalogue.indicators import CATALOGUE_DIR, Cadence, Direction, Kind, load_catalogue
from lagi_pipeline.catalogue.loading import CatalogueError
from lagi_pipeline_tests.running import CATALOGUE

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Makes a copy of the catalogue in which one text of one file is another one."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    for path in CATALOGUE_DIR.glob("*.yaml"):
        shutil.copy(path, folder)

    def edit(name: str, old: str, new: str) -> Path:
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return folder

    return edit


@pytest.mark.parametrize(
    ("name", "old", "new", "entry", "said"),
    [
        ("indicators.yaml", "unit: triệu USD", "unit: triệu quan", "export_turnover", "triệu quan"),
        ("measures.yaml", "unit: triệu USD", "unit: gánh", "export_value_ytd", "gánh"),
        ("indicators.yaml", "code: export_turnover", "code: jobs", "jobs", "twice"),
        ("indicators.yaml", 'ordinal: "4"', 'ordinal: "3"', "3", "twice"),
        ("measures.yaml", "code: deaths", "code: births", "births", "twice"),
        ("feeds.yaml", "code: water", "code: waste", "waste", "twice"),
        (
            "indicators.yaml",
            "numerator: [export_value_ytd]",
            "numerator: [smuggled_value]",
            "export_turnover",
            "smuggled_value",
        ),
        ("measures.yaml", "feed: exports,", "feed: smuggling,", "export_value_ytd", "smuggling"),
        ("measures.yaml", "printed_ytd: jobs_placed_ytd", "printed_ytd: jobs_lost", "jobs_placed", "jobs_lost"),
        ("measures.yaml", "estimate_of: jobs,", "estimate_of: clean_water,", "jobs_year_estimate", "clean_water"),
        ("measures.yaml", "estimate_of: jobs,", "estimate_of: dreams,", "jobs_year_estimate", "dreams"),
        ("measures.yaml", ", estimate_of: jobs,", ",", "jobs_year_estimate", "belong together"),
        (
            "measures.yaml",
            "estimate_of: targeted_capital}",
            "estimate_of: development_spending}",
            "targeted_capital_year_estimate",
            "estimated twice",
        ),
        ("indicators.yaml", "kind: flow_ytd", "kind: stock_ratio", "budget_revenue", "denominator"),
        ("indicators.yaml", "kind: flow_ytd", "kind: flow", "budget_revenue", "'flow'"),
        ("indicators.yaml", "direction: at_least", "direction: sideways", "budget_revenue", "sideways"),
        ("indicators.yaml", "decimals: 2", "decimals: -1", "budget_revenue", "-1"),
        ("indicators.yaml", "decimals: 2", "decimals: 2\n    colour: red", "budget_revenue", "colour"),
        ("indicators.yaml", "cap: 100", "cap: .nan", "hygienic_water", "cap"),
        ("indicators.yaml", "cadence: quarter\n", "cadence: quarter\n    carried: true\n", "budget_revenue", "carried"),
        ("measures.yaml", "plan_of: budget_revenue", "plan_of: budget_hopes", "revenue_plan", "budget_hopes"),
        ("indicators.yaml", "direction: at_least", "direction: yes_no", "budget_revenue", "có/không"),
        ("indicators.yaml", "closes: {month: 1, day: 31}", "closes: {month: 13, day: 31}", "budget_revenue", "month"),
    ],
)
def test_nonsense_is_refused_with_file_and_entry(  # noqa: PLR0913, PLR0917 - a case
    edited: Edit, name: str, old: str, new: str, entry: str, said: str
) -> None:
    folder = edited(name, old, new)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    assert (caught.value.file.name, caught.value.entry) == (name, entry)
    assert str(caught.value).startswith(f"{name}: {entry}: ")
    assert said in str(caught.value)


YES_NO_MEASURE = (
    "measures:\n  - {code: raised_standard, feed: water, form: water, name_vi: Đạt chuẩn, name_en: Standard,"
    " unit: có/không, accumulation: stock, by_unit: false}\n"
)
YES_NO = """
  - code: raised_standard
    name_vi: Xã Tân Bình đạt chuẩn nông thôn mới nâng cao
    name_en: Raised new-rural standard
    unit: có/không
    decimals: 0
    kind: stock
    direction: yes_no
    cadence: year
    formula: {numerator: [raised_standard]}
    source: thử
"""


def _with_yes_no(folder: Path, old: str = "", new: str = "") -> Path:
    for name, text in {"measures.yaml": YES_NO_MEASURE, "indicators.yaml": YES_NO}.items():
        path = folder / name
        known = path.read_text("utf-8")
        changed = text.replace(old, new)
        head = "measures:\n"
        path.write_text(known.replace(head, changed, 1) if name == "measures.yaml" else known + changed, "utf-8")
    return folder


def test_a_yes_no_line_is_a_stock_of_one_measure(edited: Edit) -> None:
    known = load_catalogue(_with_yes_no(edited("words.yaml", "đạt", "đạt")))
    line = known.indicator("raised_standard")
    assert (line.direction, line.is_ratio, line.is_flow) == (Direction.YES_NO, False, False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("direction: yes_no", "direction: at_least", "yes_no goes with có/không"),
        ("decimals: 0", "decimals: 1", "a stock of one measure, without decimals"),
        ("kind: stock", "kind: flow_ytd", "a stock of one measure, without decimals"),
        ("numerator: [raised_standard]", "numerator: [raised_standard, raised_standard]", "a stock of one measure"),
        ("by_unit: false", "by_unit: true", "by unit"),
        ("unit: có/không, accumulation", "unit: hộ, accumulation", "not in có/không"),
        ("    unit: có/không", "    unit: hộ", "yes_no goes with có/không"),
    ],
)
def test_nothing_else_is_a_yes_no_line(edited: Edit, old: str, new: str, said: str) -> None:
    folder = _with_yes_no(edited("words.yaml", "đạt", "đạt"), old, new)
    with pytest.raises(CatalogueError, match=said) as caught:
        load_catalogue(folder)
    assert (caught.value.file.name, caught.value.entry) == ("indicators.yaml", "raised_standard")


def test_parents_may_not_form_a_cycle(edited: Edit) -> None:
    folder = edited(
        "indicators.yaml", "    cap: 100\n", "    cap: 100\n    parent: {code: clean_water, relation: part_of}\n"
    )
    with pytest.raises(CatalogueError, match=r"indicators\.yaml: (hygienic|clean)_water: the parents form a cycle"):
        load_catalogue(folder)


def test_a_part_has_the_unit_of_its_whole(edited: Edit) -> None:
    folder = edited(
        "indicators.yaml", "{code: hygienic_water, relation: part_of}", "{code: budget_revenue, relation: part_of}"
    )
    with pytest.raises(CatalogueError, match=r"indicators\.yaml: clean_water: a part in % of a whole in tỷ đồng"):
        load_catalogue(folder)


def test_what_is_listed_under_a_line_may_have_another_unit() -> None:
    trained = CATALOGUE.indicator("trained_labour")
    assert trained.parent is not None
    assert (trained.parent.code, trained.parent.relation) == ("jobs", "listed_under")
    assert trained.unit != CATALOGUE.indicator("jobs").unit


def test_a_parent_must_exist(edited: Edit) -> None:
    folder = edited(
        "indicators.yaml", "{code: hygienic_water, relation: part_of}", "{code: holy_water, relation: part_of}"
    )
    with pytest.raises(CatalogueError, match=r"clean_water: its parent 'holy_water' is not in the catalogue"):
        load_catalogue(folder)


def test_a_key_may_not_stand_twice(edited: Edit) -> None:
    folder = edited("indicators.yaml", "    decimals: 2\n", "    decimals: 2\n    decimals: 3\n")
    with pytest.raises(CatalogueError, match=r"indicators\.yaml: file: not readable as YAML.*'decimals' stands twice"):
        load_catalogue(folder)


def test_a_missing_file_is_named(edited: Edit) -> None:
    folder = edited("words.yaml", "đạt", "đạt")
    (folder / "measures.yaml").unlink()
    with pytest.raises(CatalogueError, match=r"measures\.yaml: .*the file is missing"):
        load_catalogue(folder)


@pytest.mark.parametrize("text", ["- a list", "\t: [", "{", "a: \x00"])
def test_what_is_no_mapping_is_refused(edited: Edit, text: str) -> None:
    folder = edited("words.yaml", "đạt", "đạt")
    (folder / "words.yaml").write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=r"words\.yaml: file: "):
        load_catalogue(folder)


def test_a_list_that_is_missing_is_refused_by_name(edited: Edit) -> None:
    folder = edited("feeds.yaml", "\nfeeds:\n", "\nfodder:\n")
    with pytest.raises(CatalogueError, match=r"feeds\.yaml"):
        load_catalogue(folder)


def test_an_entry_that_is_no_mapping_is_refused_by_its_number(edited: Edit) -> None:
    folder = edited("feeds.yaml", "\nfeeds:\n", "\nfeeds:\n  - water\n")
    with pytest.raises(CatalogueError, match=r"feeds\.yaml: entry 1"):
        load_catalogue(folder)


def test_the_twelve_lines_of_the_resolution_are_there() -> None:
    lines = {indicator.ordinal: indicator for indicator in CATALOGUE.indicators if indicator.ordinal}
    assert list(lines) == ["1", "2", "3", "4", "5", "5a", "6", "7", "8", "9", "9a", "10"]
    assert sum(indicator.is_main for indicator in lines.values()) == 10
    assert {"forest_rate", "treated_over_collected"} <= {indicator.code for indicator in CATALOGUE.indicators}
    assert lines["8"].kind is Kind.RATE_OVER_YEAR
    assert {code for code, i in lines.items() if i.cadence is Cadence.YEAR} == {"5", "5a", "7", "8", "9a", "10"}


def test_an_unknown_code_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="happiness"):
        CATALOGUE.indicator("happiness")


def test_vms_rules_are_dated() -> None:
    first = CATALOGUE.fleet.vms_required[0].valid_from
    assert CATALOGUE.fleet.vms_from_m(first) == 15
    assert CATALOGUE.fleet.vms_from_m(first.replace(year=first.year - 1)) is None
