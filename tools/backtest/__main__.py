"""Judges the forecast: ``python -m tools.backtest [--quarters FILE [--plans FILE]] [--json FILE]``.

Without files: the reference figures, the judged province left out of all that is fitted. With files of the same
columns: those, by the profiles that the package ships, with nothing fitted on them; plans may be left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from lagi_pipeline.catalogue.indicators import catalogue
from tools.backtest.judge import defects, leaving_out
from tools.backtest.measures import Numbers, bootstrap, measure, split_halves
from tools.backtest.reading import Figures, FiguresError, read_figures
from tools.backtest.report import lines


def main() -> None:
    """Print the tables and write the JSON; a file that cannot be meant ends with 1 and a line that names it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quarters", type=Path, help="figures to judge: series,province,year,q1,q2,q3,q4; empty or 0: no figure"
    )
    parser.add_argument(
        "--plans", type=Path, help="plans of their revenue, if there are any: province,year,plan,settled"
    )
    parser.add_argument("--json", type=Path, help="where to write the numbers")
    options = parser.parse_args()
    try:
        if options.json:
            _check_place(options.json)
        found = run(options.quarters, options.plans)
    except FiguresError as error:
        sys.exit(f"backtest: {error}")
    for line in lines(found):
        print(line)
    if options.json:
        try:
            options.json.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
        except OSError as error:
            sys.exit(f"backtest: {options.json}: cannot be written: {error.strerror}")


def _check_place(file: Path) -> None:
    """Before minutes are spent on numbers that cannot be written."""
    if file.is_dir():
        raise FiguresError(f"{file} is a folder: no place for the numbers")
    if not file.parent.is_dir():
        raise FiguresError(f"{file}: there is no folder {file.parent}")


def run(quarters: Path | None = None, plans: Path | None = None) -> Numbers:
    """Everything measured, as it is written to the JSON file.

    Raises:
        FiguresError: plans without quarters, or a file that cannot be meant.
    """
    if quarters is None and plans is not None:
        raise FiguresError("PLANS alone cannot be judged, QUARTERS is missing")
    if quarters is None:
        return _on_reference(read_figures())
    return _on_others(read_figures(quarters, plans))


def _on_reference(figures: Figures) -> Numbers:
    shipped = catalogue().profiles
    without = leaving_out(figures, shipped)
    return {
        "profiles": "profiles fitted on all provinces but the judged one",
        **measure(figures, without),
        "bootstrap": bootstrap(figures, without),
        "split_halves": split_halves(figures, shipped),
        "defects": defects(figures, shipped),
    }


def _on_others(figures: Figures) -> Numbers:
    shipped = catalogue().profiles
    return {
        "profiles": "the shipped profiles, nothing fitted on these files",
        **measure(figures, lambda _: shipped),
        "bootstrap": bootstrap(figures, lambda _: shipped),
        "defects": defects(figures, shipped),
    }


if __name__ == "__main__":
    main()
