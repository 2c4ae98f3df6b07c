"""What a number format of Excel shows: whether it is a percentage, or thousands of what is stored."""

from __future__ import annotations

import re

PERCENT_FORMATS = frozenset({9, 10})
"""The built-in formats 0% and 0.00% (ECMA-376 part 1, 18.8.30)."""

# "text", \x, [Red], _x (a space as wide as x), *x (filled with x)
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', re.DOTALL)
_SCALING = re.compile("[0#?],+(?![0#?,])")


def is_percent(code: str) -> bool:
    """Whether a format shows a percentage: it has a ``%`` that is not quoted."""
    return "%" in _QUOTED.sub("", code)


def is_scaled(code: str) -> bool:
    """Whether a format shows thousands or millions: commas stand after its last digit (``#,##0,``)."""
    return _SCALING.search(_QUOTED.sub("", code)) is not None
