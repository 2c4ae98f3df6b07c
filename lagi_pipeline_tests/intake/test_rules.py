"""A rule says what becomes of it where some of its operands are missing."""

from __future__ import annotations

import pandas as pd
import pytest

from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.form import RULES, Missing, Rule

ROWS = pd.DataFrame({"part": [1, None, 1, None], "whole": [2, 2, None, None]}, dtype="Int64")


@pytest.mark.parametrize(
    ("missing", "skipped"),
    [
        (Missing.SKIP_IF_ANY, [False, True, True, True]),
        (Missing.SKIP_IF_ALL, [False, False, False, True]),
        (Missing.NEVER_SKIP, [False, False, False, False]),
    ],
)
def test_where_a_rule_is_skipped(missing: Missing, skipped: list[bool]) -> None:
    rule = Rule("part_within_whole", "…", ("part", "whole"), missing, Severity.ERROR)
    assert rule.skips(ROWS).tolist() == skipped


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("poor_balances", Missing.SKIP_IF_ANY),  # a balance with a gap says nothing
        ("placed_by_way", Missing.SKIP_IF_ALL),  # ways that are given cannot be more than the total
        ("purposes_add_up", Missing.NEVER_SKIP),  # an area is always given, and its purposes cannot be more
    ],
)
def test_each_rule_of_the_forms_keeps_what_it_was_told(code: str, missing: Missing) -> None:
    assert RULES[code].missing is missing
