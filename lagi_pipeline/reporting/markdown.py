"""Markdown for the pages of the UI: text that it shows as it is, and tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]], numeric: Collection[int] = ()) -> list[str]:
    """The lines of a table, its texts escaped; the columns at ``numeric`` stand to the right."""
    rule = ["---:" if at in numeric else "---" for at in range(len(headings))]
    table = (list(map(escaped, headings)), rule, *(list(map(escaped, row)) for row in rows))
    return [f"| {' | '.join(cells)} |" for cells in table]
