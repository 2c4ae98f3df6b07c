"""The messes of offices' workbooks, by what they touch: files, cells, rows, labels, headers, titles and sheets."""

from tools.corpus.mutations import cells, estimates, files, headers, labels, lines, sheets, titles
from tools.corpus.mutations.registry import MUTATIONS, Mutation, NotApplicableError, Stage

__all__ = [
    "MUTATIONS", "Mutation", "NotApplicableError", "Stage", "cells", "estimates", "files", "headers", "labels",
    "lines", "sheets", "titles",
]  # fmt: skip
