"""Rows of a table of targets as the sentences they stand for: ``label: value unit``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from lagi_pipeline.catalogue.target_lines import Columns
from lagi_pipeline.resolution.amounts import named_years
from lagi_pipeline.vietnamese.text import label_key
from lagi_pipeline.vietnamese.units import lookup

_BARE_NUMBER = re.compile(r"(?:\D{0,15}\s)?\d[\d.,]*(?:\s*[-–]\s*\d[\d.,]*)?")
"""A number alone, or behind a word like "trên"."""


class Role(StrEnum):
    """What a column holds."""

    ORDINAL = "ordinal"
    LABEL = "label"
    UNIT = "unit"
    VALUE = "value"
    ASIDE = "aside"


Header = Mapping[int, Role]


def find_header(cells: Sequence[str], columns: Columns, year: int) -> Header | None:
    """The roles of a table's columns where a row is its header; a column of no known title has none."""
    titles = {
        role: {label_key(title) for title in getattr(columns, role.value)}
        for role in (Role.ORDINAL, Role.UNIT, Role.VALUE, Role.ASIDE, Role.LABEL)
    }
    roles: dict[int, Role] = {}
    for at, cell in enumerate(cells):
        key = named_years(label_key(cell), year)
        role = next((role for role, known in titles.items() if key in known), None)
        if role is not None:
            roles[at] = role
    held = set(roles.values())
    return roles if Role.LABEL in held and held & {Role.UNIT, Role.VALUE} else None


def row_text(cells: Sequence[str], header: Header | None) -> str:
    """What a row says, its marker left out."""
    filled = [(at, cell) for at, cell in enumerate(cells) if cell]
    roles = header if header is not None and len(filled) > 1 else {}
    kept = [cell for at, cell in filled if roles.get(at) not in {Role.ORDINAL, Role.ASIDE}]
    if roles:
        kept = [cell for at, cell in filled if roles.get(at) in {Role.LABEL, Role.UNIT, Role.VALUE}]
        if not any(roles.get(at) is Role.VALUE for at, _ in filled):
            # No line says "cột": what stands in an unknown column is a person's to decide.
            kept += [f"cột khác: {cell}" for at, cell in filled if at not in roles]
    units = [cell for cell in kept if lookup(cell) is not None]
    others = [cell for cell in kept if cell not in units]
    numbers = [cell for cell in others if _BARE_NUMBER.fullmatch(cell)]
    if len(units) == 1 and len(numbers) == 1:
        others[others.index(numbers[0])] = f"{numbers[0]} {units[0]}"
        return " ".join(others)
    if len(units) == 1 and others and label_key(others[-1]).endswith(label_key(units[0])):
        return " ".join(others)  # the value has its unit beside it too
    return " ".join(kept)
