"""The shipped profiles are what the reference gives, the method meets its aims on it, and bad files are refused."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from lagi_pipeline_tests.running import CATALOGUE
from tools.backtest.__main__ import run
from tools.backtest.fit import fit, rounded
from tools.backtest.judge import Way, cases, leaving_out, others
from tools.backtest.measures import Numbers, measure
from tools.backtest.reading import PLANS_FILE, QUARTERS_FILE, Figures, FiguresError, Plan, Year, read_figures
from tools.backtest.report import lines

ROOT = Path(__file__).parents[2]
SHIPPED = CATALOGUE.profiles
QUARTERS = ("Q1", "Q2", "Q3")
H = "series,province,year,q1,q2,q3,q4"
P = "province,year,plan,settled"


@pytest.fixture(scope="module")
def reference() -> Figures:
    return read_figures()


@pytest.fixture(scope="module")
def found() -> Numbers:
    return run()


def files(folder: Path, quarters: str, plans: str) -> tuple[Path, Path]:
    paths = folder / "quy.csv", folder / "ke_hoach.csv"
    for path, text in zip(paths, (quarters, plans), strict=True):
        path.write_text(text, "utf-8")
    return paths


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.backtest", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


class TestProfiles:
    def test_the_shipped_numbers_are_those_of_the_reference_figures(self, reference: Figures):
        for profile, again in zip(SHIPPED.profiles, fit(reference, SHIPPED).profiles, strict=True):
            assert rounded(profile) == rounded(again)

    def test_the_shares_are_near_those_that_the_domain_names(self):
        """Medians of single quarters (domain.md, trap 3) add up to nearly the medians of running totals."""
        revenue, spending = SHIPPED.profiles
        for profile, named in ((revenue, (22.8, 46.6, 69.7)), (spending, (20.1, 41.4, 61.8))):
            for quarter, share in zip(profile.quarters, named, strict=True):
                assert quarter.share_pct == pytest.approx(share, abs=3)

    def test_a_profile_worked_by_hand(self):
        """Three provinces, Q2 at 40, 50 and 60 %: median 50, MAD of logs min(ln 1.25, ln 1.2) = ln 1.2."""
        years = tuple(Year("revenue", name, 2020, (20, q2, 80, 100)) for name, q2 in (("a", 40), ("b", 50), ("c", 60)))
        plans = {("a", 2020): Plan(100, None), ("b", 2020): Plan(80, None), ("c", 2020): Plan(50, None)}
        extra = tuple(Year("revenue", name, 2021, (19, q2, 81, 100)) for name, q2 in (("a", 40), ("b", 50), ("c", 60)))
        plans |= {("a", 2021): Plan(110, None), ("c", 2021): Plan(40, None)}
        figures = Figures(years + extra, plans)
        fitted = fit(figures, SHIPPED.model_copy(update={"profiles": SHIPPED.profiles[:1]})).profiles[0]
        second = fitted.quarters[1]
        assert (second.share_pct, second.years, second.places) == (pytest.approx(50), 6, 3)
        assert second.spread == pytest.approx(1.4826 * (math.log(1.2) + math.log(1.2)) / 2)
        assert second.wide_spread == second.spread  # the standard deviation of these, 0.18, is smaller
        # total / plan: 0.909, 1, 1.25, 2, 2.5
        assert fitted.plan is not None
        assert fitted.plan.median_pct == pytest.approx(125)
        assert fitted.plan.spread_below == pytest.approx(math.sqrt(math.log(1.25) ** 2 + math.log(1.375) ** 2))
        assert fitted.plan.spread_above == pytest.approx(math.sqrt(math.log(1.6) ** 2 + math.log(2) ** 2))


class TestAims:
    """On the reference, the judged province left out of all that is fitted."""

    @pytest.mark.parametrize("quarter", QUARTERS)
    def test_with_the_plan_the_error_is_at_most_half_of_the_straight_lines(self, found: Numbers, quarter: str):
        numbers = found["with_plan_known"][quarter]
        assert numbers["with_plan"]["mape_pct"] <= numbers["straight_line"]["mape_pct"] / 2

    @pytest.mark.parametrize("quarter", QUARTERS)
    def test_nine_verdicts_in_ten_are_right(self, found: Numbers, quarter: str):
        assert found["with_plan_known"][quarter]["with_plan"]["verdicts_right_pct"] >= 90

    @pytest.mark.parametrize("quarter", QUARTERS)
    def test_the_80_pct_interval_holds_72_to_88_pct(self, found: Numbers, quarter: str):
        assert 72 <= found["with_plan_known"][quarter]["with_plan"]["coverage_pct"] <= 88

    @pytest.mark.parametrize("quarter", QUARTERS)
    def test_the_straight_line_judges_about_half_wrongly(self, found: Numbers, quarter: str):
        assert 40 <= found["with_plan_known"][quarter]["straight_line"]["verdicts_right_pct"] <= 60

    @pytest.mark.parametrize("quarter", QUARTERS)
    def test_spending_without_a_plan_beats_the_straight_line_by_a_quarter_and_more(self, found: Numbers, quarter: str):
        numbers = found["without_plan"]["spending"][quarter]
        assert numbers["without_plan"]["mape_pct"] <= 0.76 * numbers["straight_line"]["mape_pct"]
        assert 72 <= numbers["without_plan"]["coverage_pct"] <= 88


class TestJudging:
    def test_the_judged_province_is_in_nothing_that_is_fitted(self, reference: Figures):
        """A province's figures multiplied beyond sense change nothing of how it is fitted against."""
        strange = tuple(
            Year(y.series, y.province, y.year, (1, 2, 3, 1000)) if y.province == "Tây Ninh" else y
            for y in reference.years
        )
        before = leaving_out(reference, SHIPPED)("Tây Ninh")
        after = leaving_out(Figures(strange, reference.plans), SHIPPED)("Tây Ninh")
        assert before == after == fit(others(reference, {"Tây Ninh"}), SHIPPED)
        assert before != SHIPPED

    def test_only_strictly_earlier_own_years_are_history(self, reference: Figures):
        later_gone = Figures(
            tuple(y for y in reference.years if (y.province, y.year) != ("Tây Ninh", 2020)), reference.plans
        )
        guesses = [
            [
                c.guesses
                for c in cases(figures, lambda _: SHIPPED)
                if (c.year.province, c.year.year) == ("Tây Ninh", 2019)
            ]
            for figures in (reference, later_gone)
        ]
        assert guesses[0] == guesses[1] != []

    def test_a_gap_is_no_case_a_plan_booked_in_q1_no_year_and_an_unknown_total_nothing(self, reference: Figures):
        judged = {(c.year.series, c.year.province, c.year.year, c.quarter) for c in cases(reference, lambda _: SHIPPED)}
        assert {q for s, p, y, q in judged if (s, p, y) == ("revenue", "Cao Bằng", 2018)} == {1, 2}
        assert not [case for case in judged if case[1:3] in {("Đắk Lắk", 2019), ("Cao Bằng", 2023)}]
        assert not [case for case in judged if case[:3] == ("spending", "Quảng Ninh", 2018)]
        assert len(judged) == 28 + 28 + 27 + 25 + 25 + 24

    def test_where_only_the_settlement_tells_the_total_the_year_is_judged_against_it_alone(self, tmp_path: Path):
        paths = files(
            tmp_path,
            f"{H}\nrevenue,A,2020,20,25,25,0\nrevenue,A,2021,20,25,25,30\n",
            f"{P}\nA,2020,95,100\nA,2021,95,101\n",
        )
        numbers = run(*paths)
        assert [numbers["with_plan_known"][q]["n"] for q in QUARTERS] == [1, 1, 1]
        assert [numbers["with_plan_known_settled"][q]["n"] for q in QUARTERS] == [2, 2, 2]

    def test_other_files_are_judged_with_the_shipped_profiles(self, reference: Figures):
        numbers = run(QUARTERS_FILE, PLANS_FILE)
        assert numbers["with_plan_known"] == measure(reference, lambda _: SHIPPED)["with_plan_known"]
        assert "split_halves" not in numbers

    def test_the_error_is_worked_by_hand(self, tmp_path: Path):
        paths = files(tmp_path, f"{H}\nrevenue,A,2020,20,25,25,30\n", f"{P}\nA,2020,110,104\n")
        first = run(*paths)["with_plan_known"]["Q1"]
        assert first["n"] == 1
        assert first["straight_line"] == {"mape_pct": pytest.approx(20), "verdicts_right_pct": 100}
        assert first["plan_exactly_met"] == {"mape_pct": pytest.approx(10), "verdicts_right_pct": 0}
        assert first["seasonal_share"]["mape_pct"] == pytest.approx(abs(20 / 0.2382 - 100))
        settled = run(*paths)["with_plan_known_settled"]["Q1"]
        assert settled["plan_exactly_met"]["mape_pct"] == pytest.approx(100 * 6 / 104)

    def test_every_number_is_printed_and_the_json_is_the_same(self, found: Numbers):
        text = "\n".join(lines(found))
        assert f"{found['with_plan_known']['Q2'][Way.WITH_PLAN]['mape_pct']:.1f}" in text
        assert "Đắk Lắk 2019: 97 % of the year in Q1" in text
        assert json.loads(json.dumps(found)) == found

    def test_it_is_the_same_every_time(self, found: Numbers):
        assert run() == found


ROW = "revenue,A,2020,1,2,3,4"


class TestBadFiles:
    @pytest.mark.parametrize(
        ("quarters", "plans", "said"),
        [
            ("", P, "quy.csv, line 1, column series: missing"),
            (f"{H}\n", f"{P}\nA,2020,1,1", "quy.csv: no rows under the header"),
            ("series,province,year,q1,q2,q4\nrevenue,A,2020,1,2,4", P, "quy.csv, line 1, column q3: missing"),
            (f"{H}\nrevenue,A,2020,1,hai,3,4", P, "quy.csv, line 2, column q2: expected an amount, found 'hai'"),
            (f"{H}\nrevenue,A,2020,1,2,nan,4", P, "quy.csv, line 2, column q3: expected an amount, found 'nan'"),
            (f"{H}\nrevenue,A,2020,1,2,1_000,4", P, "quy.csv, line 2, column q3: expected an amount, found '1_000'"),
            (f"{H}\nrevenue,A,2020,1,2,302.437,4", P, "quy.csv, line 2, column q3: 302.437 may be 302437 or a"),
            (f"{H}\nrevenue,A,2020,1,2,-1.302.437,4", P, "quy.csv, line 2, column q3: -1.302.437 may be -1302437"),
            (f"{H}\nrevenue,A,2020,1,2,1e16,4", P, "quy.csv, line 2, column q3: 1e16 is no amount of money"),
            (f"{H}\nrevenue,A,2020,1,2,1e999,4", P, "quy.csv, line 2, column q3: 1e999 is no amount of money"),
            (f"{H}\nrevenue,A,2020,1,2,1e-300,4", P, "quy.csv, line 2, column q3: 1e-300 is no amount of money"),
            (f"{H}\nrevenue,A,1989,1,2,3,4", P, "quy.csv, line 2, column year: expected a year from 1990 to 2100"),
            (f"{H}\nrevenue,A,2_020,1,2,3,4", P, "quy.csv, line 2, column year: expected a year from 1990 to 2100"),
            (f"{H},q1\n{ROW},9", P, "quy.csv, line 1, column q1: stands twice"),
            (f"{H}\n{ROW}\n\nrevenue,B,2020,1,2,3,4\n{ROW}", P, "quy.csv, line 5, column province: revenue A 2020"),
            (
                f"{H}\nrevenue,Hu\u1ebf,2020,1,2,3,4\nrevenue,Hue\u0302\u0301,2020,1,2,3,4",
                P,
                "quy.csv, line 3, column pro",
            ),
            (f"{H}\n{'a' * 200_000},A,2020,1,2,3,4", P, "quy.csv, line 2: not readable as CSV: field larger"),
            (f"{H}\n{ROW}", f"{P}\nA,2020,,1", "ke_hoach.csv, line 2, column plan: the cell is empty"),
            (f"{H}\n{ROW}", f"{P}\nA,2020,-5,1", "ke_hoach.csv, line 2, column plan: expected an amount of 0 or more"),
            (f"{H}\n{ROW}", f"{P}\nA,2020,5,-1", "ke_hoach.csv, line 2, column settled: expected an amount of 0 or"),
            (f"{H}\nrevenue,A,2020,1,2,3", P, "quy.csv, line 2: expected 7 cells"),
            (f"{H}\nthu,A,2020,1,2,3,4", P, "quy.csv, line 2, column series: expected revenue or spending"),
            (f"{H}\nrevenue,A,MMXX,1,2,3,4", P, "quy.csv, line 2, column year: expected a year from 1990"),
            (f"{H}\n{ROW}\n{ROW}", P, "quy.csv, line 3, column province: revenue A 2020 stands twice"),
            (f"{H}\n{ROW}", f"{P}\nA,2020,0,1", "ke_hoach.csv, line 2, column plan: a plan of 0 is no plan"),
            (f"{H}\n{ROW}", f"{P}\nA,2020,1,1\nA,2020,1,1", "ke_hoach.csv, line 3, column province: A 2020"),
            (f"{H}\n{ROW}", "province,year,plan\nA,2020,1", "ke_hoach.csv, line 1, column settled: missing"),
        ],
    )
    def test_each_is_refused_with_file_line_and_column(self, tmp_path: Path, quarters: str, plans: str, said: str):
        with pytest.raises(FiguresError) as caught:
            run(*files(tmp_path, quarters, plans))
        assert str(caught.value).startswith(said)

    def test_a_file_that_is_not_there_or_not_text(self, tmp_path: Path):
        quarters, plans = files(tmp_path, f"{H}\n{ROW}", f"{P}\nA,2020,1,1")
        with pytest.raises(FiguresError, match=r"khong_co\.csv: there is no such file"):
            run(tmp_path / "khong_co.csv", plans)
        plans.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(FiguresError, match=r"ke_hoach\.csv: not readable as UTF-8 text"):
            run(quarters, plans)

    def test_plans_alone_are_refused_in_a_line(self):
        done = command("--plans", str(PLANS_FILE))
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.strip() == "backtest: PLANS alone cannot be judged, QUARTERS is missing"

    def test_a_place_where_nothing_can_be_written_is_told_before_anything_is_judged(self, tmp_path: Path):
        for place, said in (
            (tmp_path / "khong_co" / "out.json", "there is no folder"),
            (tmp_path, "is a folder: no place for the numbers"),
        ):
            done = command("--quarters", str(tmp_path / "not_read.csv"), "--json", str(place))
            assert (done.returncode, done.stdout) == (1, "")
            assert done.stderr.startswith("backtest: ")
            assert said in done.stderr
            assert "Traceback" not in done.stderr


YEAR = "A,2020,20,25,25,30"


class TestFilesOfOthers:
    """What offices' files look like is judged as far as it can be, and what is left out is said."""

    @pytest.mark.parametrize("plans", [None, f"{P}\n"], ids=["no file", "a header alone"])
    def test_spending_alone_is_judged_without_a_plan(self, tmp_path: Path, plans: str | None):
        quarters, empty = files(tmp_path, f"{H}\nspending,{YEAR}\n", plans or "")
        numbers = run(quarters, None if plans is None else empty)
        assert [numbers["without_plan"]["spending"][q]["n"] for q in QUARTERS] == [1, 1, 1]
        assert numbers["without_plan"]["spending"]["Q2"]["straight_line"] == {"mape_pct": pytest.approx(10)}
        assert [numbers["with_plan_known"][q] for q in QUARTERS] == [{"n": 0}] * 3
        assert (numbers["pooled"], numbers["bootstrap"], numbers["defects"]) == ({"n": 0}, {}, [])
        text = "\n".join(lines(numbers))
        assert "No plan used: spending" in text
        assert "The plan known" not in text
        assert "Probabilities" not in text

    def test_an_empty_cell_is_a_gap_as_0_is(self, tmp_path: Path):
        plans = f"{P}\nA,2020,95,{{}}\n"
        with_0, empty = (
            run(*files(tmp_path, f"{H}\nrevenue,A,2020,20,{gap},25,30\n", plans.format(gap))) for gap in ("0", "")
        )
        assert with_0 == empty
        assert empty["defects"] == [
            "revenue, A 2020: Q2 not published: no case there; later quarters and the year stand"
        ]
        assert [empty["with_plan_known"][q]["n"] for q in QUARTERS] == [1, 0, 1]

    def test_a_correction_downwards_is_used_as_it_is_and_listed(self, tmp_path: Path):
        paths = files(
            tmp_path, f"{H}\nrevenue,A,2020,40,30,-10,40\nrevenue,B,2020,20,-30,60,50\n", f"{P}\nA,2020,95,\n"
        )
        numbers = run(*paths)
        assert numbers["with_plan_known"]["Q3"]["straight_line"]["mape_pct"] == pytest.approx(20)  # 60 of 100 by then
        assert numbers["defects"] == [
            "revenue, A 2020: Q3 -10, a correction downwards: used as it is",
            "revenue, B 2020: Q2 -30, a correction downwards: used as it is",
            "revenue, B 2020: Q2 not above 0 since 1 January: no case there; later quarters and the year stand",
        ]
        assert [numbers["without_plan"]["revenue"][q]["n"] for q in QUARTERS] == [2, 1, 2]

    def test_a_year_that_was_all_taken_back_has_no_total(self, tmp_path: Path):
        numbers = run(files(tmp_path, f"{H}\nrevenue,A,2020,0.1,0.2,0.3,-0.6\n", "")[0])
        assert numbers["defects"][1:] == [
            "revenue, A 2020: Q4 not above 0 since 1 January, the year's total unknown: not judged, no history"
        ]
        assert [numbers["without_plan"]["revenue"][q]["n"] for q in QUARTERS] == [0, 0, 0]

    @pytest.mark.parametrize(
        ("plan", "settled", "ratio"),
        [("95000", "", "0.00105"), ("0.0950", "", "1.05e+03"), ("95", "101000", "1.06e+03")],
    )
    def test_a_plan_in_another_unit_is_listed_and_its_year_not_judged(
        self, tmp_path: Path, plan: str, settled: str, ratio: str
    ):
        numbers = run(*files(tmp_path, f"{H}\nrevenue,{YEAR}\n", f"{P}\nA,2020,{plan},{settled}\n"))
        assert numbers["defects"] == [
            f"revenue, A 2020: what came is {ratio} times the plan, as if in another unit: not judged"
        ]
        assert [numbers["with_plan_known"][q]["n"] for q in QUARTERS] == [0, 0, 0]
        assert [numbers["without_plan"]["revenue"][q]["n"] for q in QUARTERS] == [0, 0, 0]

    def test_a_plan_without_quarters_is_listed(self, tmp_path: Path):
        numbers = run(*files(tmp_path, f"{H}\nrevenue,{YEAR}\n", f"{P}\nA,2020,95,\nB,2020,1,1\n"))
        assert numbers["defects"] == ["plan, B 2020: no quarters of revenue of that year: not judged"]

    def test_a_province_is_the_same_however_its_marks_are_typed(self, tmp_path: Path):
        paths = files(tmp_path, f"{H}\nrevenue,Hu\u1ebf,2020,20,25,25,30\n", f"{P}\nHue\u0302\u0301,2020,95,\n")
        assert run(*paths)["with_plan_known"]["Q1"]["n"] == 1


def test_the_command_prints_the_tables_and_writes_the_numbers(tmp_path: Path):
    out = tmp_path / "out.json"
    given = ["--quarters", str(QUARTERS_FILE), "--plans", str(PLANS_FILE)]
    done = command(*given, "--json", str(out))
    assert done.returncode == 0
    assert "Judged by the shipped profiles" in done.stdout
    assert json.loads(out.read_text("utf-8")) == json.loads(json.dumps(run(QUARTERS_FILE, PLANS_FILE)))
