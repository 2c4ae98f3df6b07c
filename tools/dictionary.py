"""Write ``docs/data-dictionary.md`` from the models and the catalogue: ``python -m tools.dictionary [--check]``.

Nothing of it is written by hand: what it says of a column is said in the column's model.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lagi_pipeline.catalogue.indicators import Catalogue, Indicator, Kind, Measure, Term, catalogue
from lagi_pipeline.intake.form import RULES, Rule
from lagi_pipeline.warehouse.database import SCHEMAS
from lagi_pipeline.warehouse.tables import ColumnInfo, Table, all_tables, feed_tables

PATH = Path(__file__).resolve().parents[1] / "docs" / "data-dictionary.md"
_OPENING = """\
# Data dictionary

Made by `make docs` from the models and the catalogue; do not edit it. It describes the published file
`data/warehouse/lagi.duckdb`. The same words stand in the file itself, as comments on tables and columns.
"""


def table_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield "| " + " | ".join(header) + " |"
    yield "|" + " --- |" * len(header)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def code(text: str) -> str:
    """Text as code."""
    return f"`{text}`"


def column_row(column: ColumnInfo) -> tuple[str, ...]:
    """A column's line: name, type, whether it may be null, title, unit, meaning."""
    unit = column.unit or ""
    return (
        code(column.name),
        column.sql_type,
        "yes" if column.nullable else "",
        column.title_vi,
        unit,
        column.description_en,
    )


def table_section(table: Table) -> Iterator[str]:
    """A published table: comment, key, what is left out, columns."""
    yield f"### {table.full_name}"
    yield ""
    yield table.comment
    yield ""
    yield f"Key: {', '.join(map(code, table.key)) or 'none'}."
    if table.personal_columns:
        named = ", ".join(map(code, table.personal_columns))
        yield f"Read and checked, but in no table, because it names people: {named}."
    yield ""
    header = ("column", "type", "null", "Vietnamese title", "unit", "meaning")
    yield from table_of(header, map(column_row, table.columns))
    yield ""


def tables_part() -> Iterator[str]:
    """Every published table, by schema."""
    for schema, about in SCHEMAS.items():
        yield f"## Schema `{schema}`"
        yield ""
        yield f"{about}."
        yield ""
        for table in all_tables():
            if table.published and table.schema == schema:
                yield from table_section(table)


def rule_row(rule: Rule) -> tuple[str, ...]:
    """A rule's line: code, the forms that have it, severity, the columns it looks at, reason."""
    forms = [form for form, table in feed_tables().items() if rule.code in _checks(table)]
    return (
        code(rule.code),
        ", ".join(map(code, forms)),
        str(rule.severity),
        ", ".join(map(code, rule.on)),
        str(rule.missing),
        rule.reason,
    )


def _checks(table: Table) -> set[str | None]:
    return {check.name for check in table.model.to_schema().checks}


def rules_part() -> Iterator[str]:
    """The rules across the columns of a row."""
    yield "## Rules of the forms"
    yield ""
    yield "An `error` rejects its row, a `warning` accepts it; both stand in `quarantine.rejected_row` with the reason,"
    yield "the names in braces filled with the row's values. Where columns that a rule looks at are missing, it is"
    yield "skipped if any is (`skip_if_any`), only if all are (`skip_if_all`), or never (`never_skip`: the rule itself"
    yield "says what a gap means)."
    yield "Rules over several quarters and those of reading itself are in [operations.md](operations.md)."
    yield ""
    header = ("rule", "forms", "severity", "looks at", "missing", "reason given")
    yield from table_of(header, map(rule_row, RULES.values()))
    yield ""


def term_text(term: Term) -> str:
    """A term as the catalogue writes it, with the setting that it hangs on."""
    mark = "?" if term.optional else ""
    hangs = f" (if {term.when})" if term.when else ""
    return f"{term.measure}{mark}{hangs}"


def _sum_text(terms: Sequence[Term]) -> str:
    text = ""
    for term in terms:
        sign = "−" if term.sign < 0 else "+"
        text += f" {sign} {term_text(term)}" if text or term.sign < 0 else term_text(term)
    return text.strip()


def formula_text(indicator: Indicator) -> str:
    """``(births − deaths) / mean(population_start, population_end)``; a ``?`` marks a term that may be absent."""
    over, under = indicator.formula.numerator, indicator.formula.denominator
    above = _sum_text(over)
    if not under:
        return above
    if indicator.kind is Kind.RATE_OVER_YEAR:
        return f"{_bracketed(above, over)} / mean({', '.join(map(term_text, under))})"
    return f"{_bracketed(above, over)} / {_bracketed(_sum_text(under), under)}"


def _bracketed(text: str, terms: Sequence[Term]) -> str:
    return f"({text})" if len(terms) > 1 else text


def indicator_row(indicator: Indicator) -> tuple[str, ...]:
    """An indicator's line."""
    parent = f"{indicator.parent.relation} {indicator.parent.code}" if indicator.parent else ""
    return (
        indicator.ordinal or "",
        code(indicator.code),
        indicator.name_vi,
        indicator.name_en,
        indicator.unit,
        str(indicator.decimals),
        str(indicator.kind),
        str(indicator.direction),
        str(indicator.cadence),
        code(formula_text(indicator)),
        parent,
        indicator.source,
    )


def measure_row(measure: Measure) -> tuple[str, ...]:
    """A measure's line."""
    return (
        code(measure.code),
        measure.name_vi,
        measure.name_en,
        measure.unit,
        str(measure.accumulation),
        code(measure.form),
        "unit" if measure.by_unit else "town",
        code(measure.printed_ytd) if measure.printed_ytd else "",
    )


def catalogue_part(known: Catalogue) -> Iterator[str]:
    """The indicators and the measures they are made of."""
    yield "## Indicators"
    yield ""
    yield "A numbered line is a target of the resolution; the others are companions of a line."
    yield "A formula is over measures; its kind says how it is computed:"
    yield ""
    yield "- `flow_ytd`: the numerator summed from 1 January, or as the form prints the running total;"
    yield "- `stock_ratio`: numerator / denominator at the quarter's end × 100;"
    yield "- `ratio_over_period`: numerator / denominator × 100, both summed from 1 January;"
    yield "- `rate_over_year`: the numerator from 1 January / the mean of the stock at the year's start and now × 100,"
    yield "  and × 4 / q in quarter q of the first three;"
    yield "- `change_on_last_year_end`: the fall of numerator / denominator × 100 since last year's end, in points;"
    yield "- `stock`: the numerator at the quarter's end: a count, or yes (1) or no (0)."
    yield ""
    yield "A term with `?` may be absent. A term with a setting counts only where `place.yaml` turns the setting on."
    yield ""
    header = (
        "no.", "code", "Vietnamese name", "English name", "unit", "decimals",
        "kind", "direction", "cadence", "formula", "parent", "source",
    )  # fmt: skip
    yield from table_of(header, map(indicator_row, known.indicators))
    yield ""
    yield "## Measures"
    yield ""
    yield "What the forms report. `flow` is of the quarter, `ytd` a printed running total, `stock` a state at the"
    yield "period's end. Where a form prints the running total beside a flow, that total stands."
    yield ""
    names = ("code", "Vietnamese name", "English name", "unit", "accumulation", "form", "per", "printed total")
    yield from table_of(names, map(measure_row, known.measures.values()))


def dictionary() -> str:
    """The whole file."""
    return "\n".join([_OPENING, *tables_part(), *rules_part(), *catalogue_part(catalogue()), ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, or with ``--check`` say whether it is what would be written; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.dictionary", description="Write the data dictionary.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if the file is not up to date")
    wanted = dictionary()
    if not parser.parse_args(arguments).check:
        PATH.write_text(wanted, "utf-8")
        sys.stdout.write(f"{PATH.name} written\n")
        return 0
    if PATH.exists() and PATH.read_text("utf-8") == wanted:
        return 0
    sys.stderr.write(f"{PATH.name} is not up to date: run `make docs`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
