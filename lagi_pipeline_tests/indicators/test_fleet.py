"""The fleet's lines: who is in which denominator."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.fleet import Case, FleetLine, FleetReports, Landings, Vessel, fleet_lines, length_class

RULES = catalogue().fleet
QUARTER = Quarter(2024, 3)
AT = datetime(2024, 10, 20, 8)  # noqa: DTZ001 - local time
LAST_DAY = QUARTER.end


def vessel(register: str | None = "BTH-00001-TS", length: str = "16", **about: object) -> Vessel:
    given: dict[str, object] = {
        "is_licensed": True,
        "licence_until": LAST_DAY,
        "inspection_until": LAST_DAY,
        "vms_since": date(2020, 1, 1),
        "is_laid_up": False,
        "is_gone": False,
    }
    return Vessel(register=register, length_m=Decimal(length), **(given | about))  # type: ignore[arg-type] - cases


def lines(
    *vessels: Vessel, cases: list[Case] | None = None, landings: Landings | None = None, quarter: Quarter = QUARTER
) -> dict[str, FleetLine]:
    reports = FleetReports(vessels, cases, landings, LAST_DAY, is_illustrative=True)
    return {line.length_class: line for line in fleet_lines(RULES, quarter, reports, AT)}


@pytest.mark.parametrize(
    ("metres", "expected"),
    [
        ("5.99", "under_6"),
        ("6", "6_to_12"),
        ("11.99", "6_to_12"),
        ("12", "12_to_15"),
        ("14.99", "12_to_15"),
        ("15", "15_to_24"),
        ("23.99", "15_to_24"),
        ("24", "24_and_over"),
        ("60", "24_and_over"),
    ],
)
def test_a_class_holds_its_lower_bound_and_not_its_upper(metres: str, expected: str):
    assert length_class(Decimal(metres), RULES.length_classes).code == expected


def test_a_length_below_every_class_is_none():
    with pytest.raises(ValueError, match="-1 m"):
        length_class(Decimal(-1), RULES.length_classes)


def test_sold_and_struck_off_vessels_are_in_no_denominator():
    found = lines(vessel(), vessel("BTH-00002-TS", is_gone=True))["all"]
    assert (found.vessels, found.registered, found.vms_required) == (1, 1, 1)


def test_validity_ends_with_the_last_day_of_the_quarter():
    expired = date(2024, 9, 29)
    found = lines(vessel(), vessel("BTH-00002-TS", licence_until=expired, inspection_until=expired))["all"]
    assert (found.licensed, found.inspected, found.vessels) == (1, 1, 2)
    assert (found.licensed_pct, found.inspected_pct) == (50, 50)


def test_a_licence_without_a_number_is_none():
    assert lines(vessel(is_licensed=False))["all"].licensed == 0


def test_vms_counts_those_that_must_have_it_and_names_the_laid_up_without():
    fleet = [
        vessel("BTH-00001-TS", "15"),
        vessel("BTH-00002-TS", "14.9", vms_since=None),
        vessel("BTH-00003-TS", "20", vms_since=None, is_laid_up=True),
        vessel("BTH-00004-TS", "20", vms_since=date(2024, 10, 1)),
    ]
    found = lines(*fleet)["all"]
    assert (found.vms_required, found.vms_fitted) == (3, 1)
    assert (found.vms_missing_laid_up, found.vms_missing_laid_up_registers) == (1, "BTH-00003-TS")
    assert found.vms_pct is not None
    assert round(found.vms_pct, 2) == Decimal("33.33")


def test_before_the_rule_nobody_must_have_vms():
    found = lines(vessel(), quarter=Quarter(2019, 1))["all"]
    assert (found.vms_required, found.vms_pct) == (0, None)


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"register": None, "is_licensed": False, "inspection_until": None}, 1),
        ({"register": None, "is_licensed": True, "inspection_until": None}, 0),
        ({"register": None, "is_licensed": False, "inspection_until": date(2020, 1, 1)}, 0),
        ({"is_licensed": False, "inspection_until": None}, 0),
    ],
)
def test_three_no_is_none_of_the_three(about: dict[str, object], expected: int):
    assert lines(vessel(**about))["all"].three_no == expected  # type: ignore[arg-type] - cases


def test_cases_go_with_their_vessel_and_strangers_stand_apart():
    cases = [Case("BTH-00001-TS", Decimal(5)), Case("KH-00009-TS", Decimal(7)), Case(None, None)]
    found = lines(vessel(), cases=cases)
    assert {code: (line.cases, line.fines_vnd) for code, line in found.items() if line.cases} == {
        "15_to_24": (1, 5),
        "unknown": (2, 7),
        "all": (3, 12),
    }
    assert found["unknown"].vessels is None


def test_landings_stand_on_the_line_of_the_whole_fleet():
    found = lines(vessel(), landings=Landings(Decimal(200), Decimal(150)))
    assert (found["all"].landed_t, found["all"].monitored_pct, found["15_to_24"].landed_t) == (200, 75, None)


def test_a_list_that_is_missing_is_no_figure_and_is_named():
    reports = FleetReports(None, None, None, LAST_DAY, is_illustrative=False)
    [found] = fleet_lines(RULES, QUARTER, reports, AT)
    assert (found.length_class, found.vessels, found.cases, found.landed_t) == ("all", None, None, None)
    assert found.reason == "chưa có số liệu: danh sách tàu cá, vụ việc vi phạm, sản lượng qua cảng"
