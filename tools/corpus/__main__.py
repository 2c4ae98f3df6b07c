"""Reads the corpus and prints what became of it: ``python -m tools.corpus [--count N] [--seed S]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable

from tools.corpus.generate import DEFAULT_COUNT, DEFAULT_SEED, Case, corpus
from tools.corpus.judge import Outcome, judge

_FINE = frozenset({Outcome.READ_RIGHT, Outcome.REFUSED_RIGHT})


def main() -> None:
    """Judge every case; the table and the cases that are not fine by name. Exits with 1 where any was read wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=DEFAULT_COUNT, help="how many workbooks")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed, other pairs")
    parser.add_argument("--only", default="", help="cases whose name holds this text")
    options = parser.parse_args()
    began = time.perf_counter()
    outcomes = judge_all(case for case in corpus(options.count, options.seed) if options.only in case.name)
    for outcome in Outcome:
        print(f"{outcome.value:<40} {outcomes[outcome]:6}")
    print(f"{'workbooks':<40} {outcomes.total():6}   in {time.perf_counter() - began:.0f} s")
    sys.exit(1 if outcomes[Outcome.READ_WRONG] else 0)


def judge_all(cases: Iterable[Case]) -> Counter[Outcome]:
    """How many cases became what; those that are neither read nor refused right are printed by name."""
    outcomes: Counter[Outcome] = Counter()
    for case in cases:
        verdict = judge(case.document())
        outcomes[verdict.outcome] += 1
        if verdict.outcome not in _FINE:
            print(f"{verdict.outcome.value}: {case.name}\n    {verdict.why}", flush=True)
    return outcomes


if __name__ == "__main__":
    main()
