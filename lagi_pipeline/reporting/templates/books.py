"""Which blank workbooks a quarter calls for: one a folder of data/raw, with the forms that its office owes then."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lagi_pipeline.catalogue.indicators import Cadence, Catalogue, FeedEntry
from lagi_pipeline.catalogue.place import Office, Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import TaskList
from lagi_pipeline.feeds.base import Feed
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.form import Form, Listing, TaskNames, UsualRow
from lagi_pipeline.reporting.templates.layout import Asked, Layout, layout_of

_LAST_QUARTER = 4


@dataclass(frozen=True)
class TemplateBook:
    """A blank workbook: the folder of data/raw that the filled one goes to, its forms, the offices that owe it.

    ``is_yearly`` says that its feed is owed once a year, and so no estimates of it.
    """

    folder: str
    name_vi: str
    place: Place
    quarter: Quarter
    layouts: tuple[Layout, ...]
    offices: tuple[Office, ...]
    is_yearly: bool

    @property
    def file_name(self) -> str:
        """The workbook's name."""
        return f"{self.folder}.xlsx"


@dataclass(frozen=True)
class Owed:
    """The workbooks of a quarter, and the folders for which nothing is owed in it."""

    books: tuple[TemplateBook, ...]
    not_due: tuple[str, ...]


def books_of(quarter: Quarter, place: Place, catalogue: Catalogue, tasks: TaskList | None = None) -> Owed:
    """The blank workbooks of every feed for a place and a quarter, in the order of the registry.

    ``tasks`` are those of the quarter's year: the form that follows them lists them, and is not due without.

    Raises:
        ValueError: the quarter is before the place's first, or the place has no reporting unit on its last day.
    """
    if quarter < place.first_quarter:
        raise ValueError(f"{quarter} is before {place.first_quarter}, the first quarter of {place.file.name_vi}")
    if not place.units_on(quarter.end):
        raise ValueError(f"{place.file.name_vi} has no reporting unit on {quarter.end}")
    books: list[TemplateBook] = []
    not_due: list[str] = []
    for feed in FEEDS.values():
        entry = catalogue.feeds[feed.code]
        for folder in entry.folders:
            forms = [
                form if tasks is None else _with_tasks(form, tasks)
                for form in _forms_in(feed, folder)
                if _is_due(form, entry, quarter) and (tasks is not None or not entry.follows_tasks)
            ]
            if forms:
                offices = tuple(place.offices_owing(folder))
                asked = [_asked(form, entry, quarter, alone=len(feed.forms) == 1) for form in forms]
                layouts = tuple(layout_of(form, place, offices) for form in asked)
                is_yearly = entry.cadence is Cadence.YEAR
                books.append(TemplateBook(folder, entry.name_vi, place, quarter, layouts, offices, is_yearly))
            else:
                not_due.append(folder)
    return Owed(tuple(books), tuple(not_due))


def _forms_in(feed: Feed, folder: str) -> list[Form]:
    return [form.form for form in feed.forms if (form.form.folder or feed.code) == folder]


def _is_due(form: Form, entry: FeedEntry, quarter: Quarter) -> bool:
    return entry.is_due(quarter) and (not form.yearly or quarter.number == _LAST_QUARTER)


def _with_tasks(form: Form, tasks: TaskList) -> Form:
    """A form with a row for each task, where its rows are tasks: code and label are printed."""
    names = next((by for by in form.derivations.values() if isinstance(by, TaskNames)), None)
    if names is None or not isinstance(form.rows, Listing):
        return form
    usual = tuple(UsualRow(label=task.label_vi, beside=((names.code, task.code),)) for task in tasks.tasks)
    return replace(form, rows=replace(form.rows, usual=usual))


def _asked(form: Form, entry: FeedEntry, quarter: Quarter, *, alone: bool) -> Asked:
    is_yearly = form.yearly or entry.cadence is Cadence.YEAR
    return Asked(form, quarter, is_yearly, form.sheet_vi or (entry.name_vi if alone else form.title_vi))
