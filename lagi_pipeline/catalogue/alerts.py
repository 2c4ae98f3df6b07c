"""What an alert says of a check that failed and of an error that stopped a run, and what is to be done: its words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from lagi_pipeline.catalogue.findings import Sentence
from lagi_pipeline.catalogue.indicators import CATALOGUE_DIR
from lagi_pipeline.catalogue.loading import Strict, build, read_yaml

ALERTS_FILE = CATALOGUE_DIR / "alerts.yaml"
GUIDE = "docs/engineers.md"


class Words(Strict):
    """A few words in both languages."""

    vi: str = Field(min_length=2)
    en: str = Field(min_length=2)


class AlertWords(Strict):
    """What a failure means and what to do, in both languages.

    Attributes:
        more: the section of ``docs/engineers.md`` that tells the rest.
        shown: of an error: its message is our own, and may be shown.
    """

    vi: Sentence
    en: Sentence
    do_vi: Sentence
    do_en: Sentence
    more: Annotated[str, Field(pattern=r"^[a-z-]+$")]
    shown: bool = False

    @property
    def guide(self) -> str:
        """Where the rest is told."""
        return f"{GUIDE}#{self.more}"


class AlertsFile(Strict):
    """``alerts.yaml``: words by the name of the check and the class of the error, and for those it does not know."""

    counts: dict[str, Words]
    checks: dict[str, AlertWords]
    other_check: AlertWords
    errors: dict[str, AlertWords]
    no_error: AlertWords
    other_error: AlertWords

    def of_check(self, name: str) -> AlertWords:
        """The words for a check."""
        return self.checks.get(name, self.other_check)

    def of_error(self, name: str | None) -> AlertWords:
        """The words for an error by its class; for a run that ended without one, where there is none."""
        return self.no_error if name is None else self.errors.get(name, self.other_error)


def load_alert_words(path: Path) -> AlertsFile:
    """Read such a file.

    Raises:
        CatalogueError: a name stands twice, or a word is missing, blank or unknown.
    """
    return build(AlertsFile, read_yaml(path), path, "file")


@cache
def alert_words() -> AlertsFile:
    """The package's own words, read once."""
    return load_alert_words(ALERTS_FILE)
