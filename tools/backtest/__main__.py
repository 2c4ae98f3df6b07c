"""Judges the forecast: ``python -m tools.backtest [--quarters FILE --plans FILE] [--json FILE]``.

Without files: the reference figures, the judged province left out of all that is fitted. With files of the same
columns: those, by the profiles that the package ships, with nothing fitted on them.
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
    parser.add_argument("--quarters", type=Path, help="figures to judge: series,province,year,q1,q2,q3,q4")
    parser.add_argument("--plans", type=Path, help="their plans: province,year,plan,settled")
    parser.add_argument("--json", type=Path, help="where to write the numbers")
    options = parser.parse_args()
    try:
        found = run(options.quarters, options.plans)
    except FiguresError as error:
        sys.exit(f"backtest: {error}")
    for line in lines(found):
        print(line)
    if options.json:
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")


def run(quarters: Path | None = None, plans: Path | None = None) -> Numbers:
    """Everything measured, as it is written to the JSON file.

    Raises:
        FiguresError: only one of the files is given, or one of them cannot be meant.
    """
    if (quarters is None) != (plans is None):
        missing = "PLANS" if plans is None else "QUARTERS"
        raise FiguresError(f"QUARTERS and PLANS belong together, {missing} is missing")
    if quarters is None or plans is None:
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
