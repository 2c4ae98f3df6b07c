"""The sheet «Hướng dẫn» of a blank workbook, in Vietnamese, from the schemas: what to write where, and by when to send.

Labels of the forms stand in «» here: bare ones would make this sheet look like a form to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lagi_pipeline.catalogue.deadlines import due_days
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.form import RULES, Form, Listing, Outline, Rule, UnitRows
from lagi_pipeline.intake.grid import column_letters
from lagi_pipeline.reporting.templates.books import TemplateBook
from lagi_pipeline.reporting.templates.bounds import kind_spoken, names_unit, need_spoken, words_of
from lagi_pipeline.reporting.templates.layout import Layout, Look
from lagi_pipeline.vietnamese.text import capitalised

SHEET = "Hướng dẫn"
WIDTH = 6
"""Columns of the sheet."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MISSING = "Chưa có số liệu: để trống ô, không ghi 0. Số bằng không: ghi 0."
_HOW_TO_WRITE = (
    "Chỉ ghi vào các ô nền vàng; tiêu đề, tên dòng và mã số đã khóa để bảng được đọc đúng.",
    "Ghi số liệu là số, không kèm chữ hay đơn vị trong ô.",
    "Tỷ lệ phần trăm: 64,5 % thì ghi 64,5, không ghi 0,645.",
    "Ngày: ghi ngày/tháng/năm.",
    "Ô có công thức được đọc theo kết quả đã lưu: hãy tính và lưu tệp trước khi gửi.",
    "Không đổi tên cột, không thêm bảng khác vào trang biểu; có thể thêm trang khác để ghi chú.",
)
_ZERO_IS_DASH = "Trong biểu này số 0 hiện thành dấu «-»; ô để trống là chưa có số liệu."


class Style(StrEnum):
    """What a line of the sheet is."""

    TITLE = "title"
    SECTION = "section"
    HEAD = "head"
    CELLS = "cells"
    TEXT = "text"


@dataclass(frozen=True)
class Line:
    """A line of the sheet; one with a single text goes across all columns."""

    style: Style
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Guidance:
    """The lines of the sheet.

    ``units`` are the first and last row (zero-based) of the list of reporting units to choose from, where a form
    leaves the choice to the office.
    """

    lines: tuple[Line, ...]
    units: tuple[int, int] | None


def guidance_of(book: TemplateBook) -> Guidance:
    """The instructions of a workbook."""
    lines = [Line(Style.TITLE, (f"HƯỚNG DẪN GHI BIỂU: {book.name_vi.upper()}, {book.quarter.label_vi.upper()}",))]
    lines += _sending(book)
    lines += _texts("Cách ghi", _how_to_write(book))
    for layout in book.layouts:
        lines += _form(layout)
    if not any(names_unit(layout.form, column) for layout in book.layouts for column in layout.form.columns):
        return Guidance(tuple(lines), None)
    heading = f"Danh mục phường, xã của {book.place.file.name_vi} trong {book.quarter.label_vi}"
    lines.append(Line(Style.SECTION, (heading,)))
    first = len(lines)
    lines += [Line(Style.TEXT, (capitalised(unit.label_vi),)) for unit in book.layouts[0].units]
    return Guidance(tuple(lines), (first, len(lines) - 1))


def _texts(section: str, texts: Iterable[str]) -> list[Line]:
    lines = [Line(Style.TEXT, (f"• {text}",)) for text in texts]
    return [Line(Style.SECTION, (section,)), *lines] if lines else []


def _sending(book: TemplateBook) -> Iterator[Line]:
    yield Line(Style.SECTION, ("Nơi gửi và hạn gửi",))
    yield Line(Style.HEAD, ("", "Cơ quan lập biểu", "Số ước: chậm nhất", "Số sơ bộ, chính thức: chậm nhất"))
    for number, office in enumerate(book.offices, start=1):
        due = due_days(office, book.quarter)
        days = ("không có" if book.is_yearly else f"{due.estimate:%d/%m/%Y}", f"{due.final:%d/%m/%Y}")
        yield Line(Style.CELLS, (str(number), office.name_vi, *days))
    where = f"{book.folder}/{book.quarter}"
    whose = f"bộ phận tổng hợp báo cáo của {book.place.file.name_vi}"
    yield Line(Style.TEXT, (f"• Gửi tệp này cho {whose}; tệp được xếp vào thư mục «{where}».",))
    yield Line(Style.TEXT, ("• Bản đính chính gửi thành tệp mới, ghi đủ mọi dòng.",))


def _how_to_write(book: TemplateBook) -> list[str]:
    first, *others = _HOW_TO_WRITE
    texts = [first, _MISSING, *others]
    if any(layout.form.zero_dash for layout in book.layouts):
        texts.append(_ZERO_IS_DASH)
    return texts


def _form(layout: Layout) -> Iterator[Line]:
    form = layout.form
    yield Line(Style.SECTION, (f"Trang «{layout.sheet}»: {form.title_vi}",))
    yield Line(Style.HEAD, ("Cột", "Tiêu đề trên biểu", "Nội dung", "Tính bằng", "Cách ghi", "Mức cần thiết"))
    for at, column in enumerate(layout.columns):
        if column.column is None:
            continue
        known = column.column
        words = words_of(form, known, layout.quarter)
        kind = f"chọn: {'; '.join(words)}" if words else kind_spoken(form, known)
        unit = "" if known.unit in {None, "index"} else _unit_spoken(layout, known.unit or "")
        label = f"«{' / '.join(column.path)}»"
        cells = (column_letters(at), label, f"«{known.title_vi}»", unit, kind, need_spoken(form, known))
        yield Line(Style.CELLS, cells)
    yield from _texts("Về các dòng", _about_rows(layout))
    yield from _texts("Dòng bị trả lại khi", [*_sums(form), *_reasons(layout, Severity.ERROR)])
    yield from _texts("Dòng được nhận nhưng bị hỏi lại khi", _reasons(layout, Severity.WARNING))


def _unit_spoken(layout: Layout, unit: str) -> str:
    """The unit that the form is to be filled in: its unit line's, where it has one for that figure."""
    if unit == "%":
        return unit
    stated = next((text for text in layout.above if text.look is Look.UNIT), None)
    if stated is None:
        return unit
    said = stated.text.partition(":")[2].strip()
    return f"{said} (đổi được ở dòng đơn vị tính)" if stated.choices else said


def _about_rows(layout: Layout) -> Iterator[str]:
    form, rows = layout.form, layout.form.rows
    if isinstance(rows, UnitRows):
        yield "Mỗi phường, xã một dòng, ghi đủ các phường, xã; chưa có số liệu thì để trống số liệu của dòng đó."
        yield "Dòng tổng cộng (và dòng của khối) có thể để trống; nếu ghi thì phải bằng tổng các phường, xã."
    elif isinstance(rows, Outline):
        keys = [item.labels[0] for item in rows.items if item.key]
        yield f"Dòng chính, bắt buộc có số: {'; '.join(f'«{key}»' for key in keys)}."
        yield "Dòng không phát sinh thì để trống số liệu."
        if any(not row.label for row in rows.usual):
            yield "Dòng trắng dành cho mục chưa có tên trong biểu: ghi cả STT (tiếp theo dòng trên), tên và số liệu."
    else:
        yield from _about_listing(form, rows)
    for line in form.lines:
        yield f"«{line.labels[0]}»: ghi số vào ô bên cạnh, bắt buộc."


def _about_listing(form: Form, rows: Listing) -> Iterator[str]:
    if rows.usual and not rows.blank_rows:
        yield "Các dòng in sẵn: ghi đủ, không thêm dòng ngoài danh mục, không đổi mã."
    elif rows.usual:
        yield "Các dòng có mã in sẵn: ghi đủ. Mã chi tiết hơn ghi vào các dòng trắng bên dưới, kèm tên và mã."
    else:
        yield "Mỗi trường hợp một dòng, ghi liền nhau; hết dòng thì chèn thêm dòng vào giữa bảng. Không ghi dòng cộng."
    if form.names_people:
        yield "Không ghi họ tên, số định danh của người vào bất cứ ô nào: hệ thống không cần và không giữ."


def _sums(form: Form) -> Iterator[str]:
    if isinstance(form.rows, UnitRows):
        yield "dòng tổng (nếu ghi) khác tổng các phường, xã; một phường, xã có hai dòng"
    elif isinstance(form.rows, Outline):
        yield "dòng cha khác tổng các dòng con trực tiếp có số liệu; dòng có số liệu mà không có tên"


def _reasons(layout: Layout, severity: Severity) -> list[str]:
    """The rules that the form takes part in, with the names of its columns where a finding shows figures."""
    form = layout.form
    unasked = {*form.unasked, *(column.name for column in form.columns if not column.is_asked_in(layout.quarter))}
    rules = [RULES[str(check.name)] for check in form.schema.checks if check.name in RULES]
    asked = [rule for rule in rules if not set(rule.on) & unasked]
    return [_spoken(rule, form) for rule in asked if rule.severity is severity]


def _spoken(rule: Rule, form: Form) -> str:
    return _PLACEHOLDER.sub(lambda found: f"«{form.schema.columns[found[1]].title}»", rule.reason)
