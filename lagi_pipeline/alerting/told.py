"""What was told already: the same failure is told once, until it has been good again. Bounded: the oldest is forgotten.

A key is made of parts, what failed before how it failed. Where the same thing has been good, all its keys are
forgotten, and the next failure is news.
"""

from __future__ import annotations

from collections.abc import Callable

from lagi_pipeline.catalogue.loading import Strict

MOST_KEYS = 300
"""More than all checks and steps can fail at once; what is forgotten beyond them may be told twice."""

Key = tuple[str, ...]


class Told(Strict):
    """The failures that were told and have not been good since, oldest first."""

    keys: tuple[Key, ...] = ()

    def is_news(self, key: Key) -> bool:
        """Whether this failure has not been told since it was last good."""
        return key not in self.keys

    def with_told(self, key: Key) -> Told:
        """The same with one more failure."""
        return Told(keys=(*(known for known in self.keys if known != key), key)[-MOST_KEYS:])

    def without(self, is_good: Callable[[Key], bool]) -> Told:
        """The same without the failures that have been good."""
        return Told(keys=tuple(key for key in self.keys if not is_good(key)))
