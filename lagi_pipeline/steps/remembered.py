"""The last answer of a pure function, kept while it is asked the same again.

A run asks three times for the same history: to store it, and twice at the gate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class LastAnswer(Generic[Answer]):
    """What a function gave for its last arguments, which are compared by value; the answer must not be changed."""

    def __init__(self, function: Callable[..., Answer]) -> None:
        self._function = function
        self._last: tuple[tuple[object, ...], Answer] | None = None

    def __call__(self, *arguments: object) -> Answer:
        """The function's answer."""
        last = self._last  # one reading: another thread may ask something else meanwhile
        if last is None or last[0] != arguments:
            last = (arguments, self._function(*arguments))
            self._last = last
        return last[1]
