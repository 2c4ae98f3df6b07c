"""The models of what else a resolution asks for: ``tasks.yaml`` (section II.C) and ``registers.yaml`` of a year.

A place or a year without these files has no tasks and no registers. Not how far a task is: that is reported, and judged
in ``indicators/tasks``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.loading import CatalogueError, Strict, build, read_yaml
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.vietnamese.text import label_key

TASKS_FILE, REGISTERS_FILE = "tasks.yaml", "registers.yaml"
REGISTERS = {
    "followed_aims": "followed_aim",
    "weaknesses": "weakness",
    "implementation_plans": "implementation_plan",
}
"""The lists of ``registers.yaml``, and the code that each entry's register has in the tables."""
PLANS = "implementation_plan"
_LONGEST_TASK, _OLDEST_BASIS = 20, 50
"""Years: further away, a year is a slip of the pen."""


class BasisDocument(Strict):
    """A document that tasks rest on; number, day and issuer as far as the resolution names them."""

    kind_vi: str = Field(min_length=1)
    number: str | None = Field(default=None, min_length=1)
    dated: date | None = None
    issuer_vi: str | None = Field(default=None, min_length=1)

    @property
    def said_vi(self) -> str:
        """``Kế hoạch 91-KH/TU ngày 22/7/2022 của Thị ủy``."""
        day = f"ngày {self.dated.day}/{self.dated.month}/{self.dated.year}" if self.dated else None
        issuer = f"của {self.issuer_vi}" if self.issuer_vi else None
        return " ".join(filter(None, (self.kind_vi, self.number, day, issuer)))


class Task(Strict):
    """A task, as its group lists it."""

    code: str = Field(pattern=r"^[A-Z]\d+-\d{2}$")
    """What reports name it by: of a form that no spreadsheet takes for a number or a day."""
    label_vi: str = Field(min_length=1)
    label_en: str = Field(min_length=1)
    basis: str | None = None
    """The key of its document."""
    lead_office: str | None = None
    lead_is_illustrative: bool = False
    """Whether the lead office is an assumption of the sample data: the resolution names none."""
    due: date | None = None
    """The day by which it is to be done, where the Office has set one: it stands before the one reported."""
    indicators: tuple[str, ...] = ()
    """The lines that it rests on."""
    table: Literal["iuu_compliance"] | None = None
    """The mart that follows it, where no line does."""


class TaskGroup(Strict):
    """A numbered group of tasks."""

    number: int = Field(ge=1)
    name_vi: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    clause: str = Field(min_length=1)
    tasks: tuple[Task, ...] = Field(min_length=1)


class TaskList(Strict):
    """``tasks.yaml``: the tasks of a year."""

    year: int
    document: str = Field(min_length=1)
    documents: Mapping[str, BasisDocument] = Field(default_factory=dict)
    groups: tuple[TaskGroup, ...] = Field(min_length=1)

    @property
    def tasks(self) -> Sequence[Task]:
        """All tasks, in their order."""
        return [task for group in self.groups for task in group.tasks]

    def basis_vi(self, task: Task) -> str | None:
        """The document that a task rests on, in words."""
        return None if task.basis is None else self.documents[task.basis].said_vi

    @cached_property
    def _by_label(self) -> Mapping[str, Task]:
        return {label_key(task.label_vi): task for task in self.tasks}

    def named(self, code: str | None, label: str | None) -> Task | None:
        """The task that a report names; None where it names none, or two.

        The code leads. Beside a code the label may be worded anew; that of another task is no wording of this one.
        """
        by_label = self._by_label.get(label_key(label)) if label else None
        if code is None:
            return by_label
        by_code = next((task for task in self.tasks if task.code == label_key(code).upper()), None)
        return by_code if by_label in {None, by_code} else None

    def is_label(self, text: str) -> bool:
        """Whether a whole text is the label of a task."""
        return label_key(text) in self._by_label


class RegisterEntry(Strict):
    """An entry of a register, and what the Office has written beside it."""

    text_vi: str = Field(min_length=1)
    text_en: str = Field(min_length=1)
    clause: str = Field(min_length=1)
    body_vi: str | None = Field(default=None, min_length=1)
    document_no: str | None = Field(default=None, min_length=1)
    document_date: date | None = None
    status: Literal["no_data", "in_progress", "done"] = "no_data"
    indicator: str | None = None
    note_vi: str | None = Field(default=None, min_length=1)
    illustrative: bool = False


@dataclass(frozen=True)
class Registers:
    """The registers of a year, by the code of each."""

    year: int
    entries: Mapping[str, tuple[RegisterEntry, ...]]

    @staticmethod
    def status_of(register: str, entry: RegisterEntry) -> str:
        """The status of an entry: a plan whose document is known has been issued."""
        return "done" if register == PLANS and entry.document_no is not None else entry.status


def load_task_lists(raw_dir: Path, catalogue: Catalogue, place: Place) -> list[TaskList]:
    """Read every ``raw_dir/resolution/<year>/tasks.yaml``, earliest year first.

    Raises:
        CatalogueError: a file says nonsense: another year than its folder, a code, a label or a group twice, an unknown
            line, document or office, a day of another time, an assumed lead office without one.
    """
    return [_load_tasks(path, catalogue, place) for path in _files(raw_dir, TASKS_FILE)]


def tasks_of(year: int, raw_dir: Path, catalogue: Catalogue, place: Place) -> TaskList | None:
    """The tasks of a year; None where it has none.

    Raises:
        CatalogueError: a ``tasks.yaml`` says nonsense.
    """
    return next((tasks for tasks in load_task_lists(raw_dir, catalogue, place) if tasks.year == year), None)


def load_registers(raw_dir: Path, catalogue: Catalogue) -> list[Registers]:
    """Read every ``raw_dir/resolution/<year>/registers.yaml``, earliest year first.

    Raises:
        CatalogueError: a file says nonsense: another year than its folder, an unknown key or line, an entry twice, a
            plan that is issued without a document, a day of another time.
    """
    return [_load_registers(path, catalogue) for path in _files(raw_dir, REGISTERS_FILE)]


def years_with_tasks(raw_dir: Path) -> frozenset[int]:
    """The years that have a ``tasks.yaml``; nothing but the file's name is looked at."""
    return frozenset(int(path.parent.name) for path in _files(raw_dir, TASKS_FILE))


def _files(raw_dir: Path, name: str) -> list[Path]:
    return sorted(path for path in (raw_dir / "resolution").glob(f"*/{name}") if path.parent.name.isdigit())


def _of_its_year(path: Path) -> dict[str, Any]:
    data = read_yaml(path)
    if str(data.get("year")) != path.parent.name:
        raise CatalogueError(path, "year", f"expected the folder's year {path.parent.name}, found {data.get('year')!r}")
    return data


def _load_tasks(path: Path, catalogue: Catalogue, place: Place) -> TaskList:
    tasks = build(TaskList, _of_its_year(path), path, "file")
    _refuse_twice((str(group.number) for group in tasks.groups), path, "group")
    _refuse_twice((task.code for task in tasks.tasks), path, "task")
    _refuse_twice((label_key(task.label_vi) for task in tasks.tasks), path, "label")
    _refuse_odd_days(tasks, path)
    for task in tasks.tasks:
        for code in task.indicators:
            _require_line(code, catalogue, path, task.code)
        if task.basis is not None and task.basis not in tasks.documents:
            raise CatalogueError(path, task.code, f"no document {task.basis!r} under documents")
        if task.lead_office is not None and task.lead_office not in place.office_names:
            known = ", ".join(sorted(place.office_names))
            raise CatalogueError(path, task.code, f"no office {task.lead_office!r}; known: {known}")
        if task.due is not None and not 0 <= task.due.year - tasks.year <= _LONGEST_TASK:
            raise CatalogueError(path, task.code, f"due {task.due}: no day that a task of {tasks.year} can have")
        if task.lead_is_illustrative and task.lead_office is None:
            raise CatalogueError(path, task.code, "lead_is_illustrative without a lead_office")
    return tasks


def _refuse_odd_days(tasks: TaskList, path: Path) -> None:
    for key, document in tasks.documents.items():
        dated = document.dated
        if dated is not None and not tasks.year - _OLDEST_BASIS <= dated.year <= tasks.year:
            raise CatalogueError(path, key, f"dated {dated}: no day of a document that tasks of {tasks.year} rest on")


def _load_registers(path: Path, catalogue: Catalogue) -> Registers:
    data = _of_its_year(path)
    if unknown := sorted(set(data) - {"year", "document", *REGISTERS}):
        raise CatalogueError(path, unknown[0], "unknown key")
    year = int(data["year"])
    entries: dict[str, tuple[RegisterEntry, ...]] = {}
    for key, register in REGISTERS.items():
        listed = data.get(key) or []
        if not isinstance(listed, list):
            raise CatalogueError(path, key, f"expected a list, found {listed!r}")
        read = tuple(_read_entry(entry, f"{key}[{at}]", path) for at, entry in enumerate(listed, 1))
        _refuse_twice((label_key(f"{entry.text_vi} {entry.body_vi or ''}") for entry in read), path, key)
        for at, entry in enumerate(read, 1):
            if entry.indicator is not None:
                _require_line(entry.indicator, catalogue, path, f"{key}[{at}]")
            if problem := _problem_of(entry, register, year):
                raise CatalogueError(path, f"{key}[{at}]", problem)
        entries[register] = read
    return Registers(year, entries)


def _read_entry(entry: Any, where: str, path: Path) -> RegisterEntry:  # noqa: ANN401 - from YAML
    if not isinstance(entry, dict):
        raise CatalogueError(path, where, f"expected a mapping, found {entry!r}")
    return build(RegisterEntry, entry, path, where)


def _problem_of(entry: RegisterEntry, register: str, year: int) -> str | None:
    """What cannot be meant of what the Office wrote beside an entry."""
    if entry.document_date is not None and entry.document_no is None:
        return "document_date without document_no"
    if entry.document_date is not None and not year - 1 <= entry.document_date.year <= year + 1:
        return f"document_date {entry.document_date}: no day about the year {year}"
    if register == PLANS and entry.document_no is None and entry.status == "done":
        return "a plan that is issued (done) has a document_no"
    return None


def _require_line(code: str, catalogue: Catalogue, path: Path, where: str) -> None:
    if all(code != indicator.code for indicator in catalogue.indicators):
        raise CatalogueError(path, where, f"no indicator {code!r} in the catalogue")


def _refuse_twice(names: Iterable[str], path: Path, what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise CatalogueError(path, name, f"the {what} stands twice")
        seen.add(name)
