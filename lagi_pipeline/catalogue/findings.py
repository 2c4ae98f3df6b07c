"""What an official is told about a finding beside its reason: what was expected there, and how to mend it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from lagi_pipeline.catalogue.indicators import CATALOGUE_DIR
from lagi_pipeline.catalogue.loading import Strict, build, read_yaml

FINDINGS_FILE = CATALOGUE_DIR / "findings.yaml"

Sentence = Annotated[str, Field(min_length=8, pattern=r"^\S.*[^\s.]$")]
"""Vietnamese, without a full stop at its end: it stands in a cell of its own."""


class FindingWords(Strict):
    """The words for one rule: ``expected`` is what should stand there, ``mend`` what the sender is to do."""

    expected: Sentence
    mend: Sentence


class FindingsFile(Strict):
    """``findings.yaml``: words by the code of the rule, and those for codes that only an earlier version gave."""

    findings: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], FindingWords]
    earlier: FindingWords

    def of(self, rule: str) -> FindingWords:
        """The words for a rule; those of ``earlier`` for a code that the quarantine holds and no rule gives."""
        return self.findings.get(rule, self.earlier)


def load_finding_words(path: Path) -> FindingsFile:
    """Read such a file.

    Raises:
        CatalogueError: a code stands twice, or a word is missing, blank or unknown.
    """
    return build(FindingsFile, read_yaml(path), path, "file")


@cache
def finding_words() -> FindingsFile:
    """The package's own words, read once."""
    return load_finding_words(FINDINGS_FILE)
