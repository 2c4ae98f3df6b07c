"""YAML and CSV files into typed models, with errors that name the file and the entry."""

from __future__ import annotations

import csv
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class CatalogueError(ValueError):
    """A file of the catalogue or of a place says something that cannot be meant."""

    def __init__(self, file: Path, entry: str, message: str) -> None:
        # Each year has a targets.yaml of its own: the year's folder tells which.
        name = f"{file.parent.name}/{file.name}" if file.parent.name.isdigit() else file.name
        super().__init__(f"{name}: {entry}: {message}")
        self.file = file
        self.entry = entry


class Strict(BaseModel):
    """The base of every catalogue model: frozen, and no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML whose mappings may not name a key twice (plain YAML lets the last one win)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the signature overridden
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that a YAML file holds.

    Raises:
        CatalogueError: no such file, not UTF-8, not YAML, a key twice, or not a mapping.
    """
    try:
        loaded = yaml.load(path.read_text("utf-8"), Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise CatalogueError(path, str(path.parent), "the file is missing") from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise CatalogueError(path, "file", f"not readable as YAML: {error}") from error
    if loaded is None:  # an empty file says nothing
        return {}
    if not isinstance(loaded, dict):
        raise CatalogueError(path, "file", f"expected a mapping, found {type(loaded).__name__}")
    return loaded


def read_csv(path: Path, columns: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file as (line number, cells), cells stripped.

    Raises:
        CatalogueError: no such file, or its header is not ``columns``.
    """
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise CatalogueError(path, str(path.parent), "the file is missing") from None
    reader = csv.DictReader(text.splitlines())
    if list(reader.fieldnames or []) != columns:
        raise CatalogueError(path, "line 1", f"expected the columns {columns}, found {reader.fieldnames}")
    for row in reader:
        if None in row or None in row.values():
            raise CatalogueError(path, f"line {reader.line_num}", f"expected {len(columns)} cells")
        yield reader.line_num, {column: cell.strip() for column, cell in row.items()}


def build(model: type[Model], data: Mapping[str, Any], file: Path, entry: str) -> Model:
    """``data`` as a ``model``.

    Raises:
        CatalogueError: it is not one; the message names the field, what is wrong and what stood there.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "entry"
        raise CatalogueError(file, entry, f"{where}: {first['msg']} (found {first['input']!r})") from error
