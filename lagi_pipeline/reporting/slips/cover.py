"""The first sheet of a slip: whose it is, by when it is to be answered, and the list of its findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from xlsxwriter.worksheet import Worksheet

from lagi_pipeline.catalogue.findings import FindingsFile
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.grid import column_letters
from lagi_pipeline.reporting.slips.marking import (
    A4,
    FILL,
    HIGHEST_ROW,
    LINE_FONT,
    LINE_HEIGHT,
    SEVERITY_VI,
    TAB,
    Formats,
    Look,
    lines_of,
    quoted,
    safe_stem,
    sentence,
    short,
)
from lagi_pipeline.reporting.slips.pages import HEAD_ROWS, Page, page_of
from lagi_pipeline.reporting.slips.returned import Listed, ReturnedFile

_FONT: Look = {"font_name": "Times New Roman", "font_size": LINE_FONT}
_COLUMNS = (
    ("TT", 5), ("Trang", 12), ("Ô", 8), ("Cột", 15), ("Đang ghi", 18), ("Cần gì", 27), ("Lý do", 36), ("Cách sửa", 33),
    ("Mức độ", 10),
)  # fmt: skip
_WIDTH = sum(width for _, width in _COLUMNS)
_WHOLE_FILE = "(cả tệp)"


@dataclass(frozen=True)
class Letter:
    """What stands above the list: the feed's and the offices' names, and the day by which a correction is needed."""

    feed_vi: str
    offices_vi: str
    due: date


class Cover:
    """The first sheet."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a slip is made of
        self,
        sheet: Worksheet,
        formats: Formats,
        returned: ReturnedFile,
        letter: Letter,
        pages: Sequence[Page],
        words: FindingsFile,
    ) -> None:
        self._sheet, self._formats, self._returned, self._letter = sheet, formats, returned, letter
        self._pages, self._words = pages, words
        self._row = 0

    def write(self) -> None:
        """Write the sheet."""
        sheet = self._sheet
        for column, (_, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
        self._write_letter()
        header = self._row
        look = _FONT | {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "bg_color": "#DDEBF7"}
        for column, (title, _) in enumerate(_COLUMNS):
            sheet.write_string(header, column, title, self._formats.of(look))
        sheet.set_row(header, 22)
        self._row += 1
        for number, finding in enumerate(self._returned.listed, start=1):
            self._write_finding(number, finding)
        self._write_unlisted()
        sheet.freeze_panes(header + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(header)
        sheet.set_footer(f"&L{_file_name(self._returned).replace('&', '&&')[:150]}&RTrang &P/&N")
        sheet.set_tab_color(TAB[Severity.ERROR if self._returned.errors else Severity.WARNING])

    def _write_letter(self) -> None:
        returned, letter = self._returned, self._letter
        rejected = returned.errors > 0
        title = "PHIẾU TRẢ LẠI SỐ LIỆU" if rejected else "PHIẾU ĐỀ NGHỊ XEM LẠI SỐ LIỆU"
        self._line(f"{title} — {letter.feed_vi}, {returned.quarter.label_vi}", bold=True, font_size=15)
        self._line(
            f"Cơ quan gửi: {letter.offices_vi}.   Tệp: {_file_name(returned)}.  "
            f" Nhận lúc: {returned.received_at:%H:%M ngày %d/%m/%Y}."
        )
        errors = f"{_count(returned.errors)} lỗi" + (" (chưa được nhận, cần sửa)" if rejected else "")
        warnings = f"{_count(returned.warnings)} cảnh báo"
        if returned.warnings:
            warnings += " (đề nghị xem lại; nếu số đúng thì xác nhận, không cần sửa)"
        self._line(f"Phát hiện: {errors}; {warnings}.", bold=True)
        wanted = "Hạn gửi bản đã sửa" if rejected else "Hạn trả lời (gửi bản đã sửa hoặc xác nhận số đúng)"
        self._line(f"{wanted}: {letter.due:%d/%m/%Y}.", bold=True, font_color="#C00000")
        self._line(self._how_to_send())
        self._line(self._what_follows())

    def _how_to_send(self) -> str:
        is_whole = bool(self._pages) and all(page.kept is None for page in self._pages)
        on_what = "tệp gốc (hoặc ngay trên bản sao ở các trang sau)" if is_whole else "tệp gốc"
        another = f"{safe_stem(self._returned.file)[:60]}-dinh-chinh.xlsx"
        return (
            f"Cách gửi lại: sửa trên {on_what}, lưu dưới tên khác, ví dụ «{another}»,"
            " rồi gửi lại cả tệp cho Văn phòng; tệp đã gửi giữ nguyên."
        )

    def _what_follows(self) -> str:
        if not self._pages:
            return "Không có bản sao của tệp: phần mềm không mở được tệp đã gửi."
        said = (
            "Các trang sau: bản sao số liệu như phần mềm đọc được (không có công thức, macro);"
            " ô tô đỏ là lỗi, ô tô vàng là cảnh báo, lý do ở chú thích của ô; bấm vào địa chỉ ở cột «Ô» để đến ô đó."
        )
        if any(page.kept is not None for page in self._pages):
            said += f" Tệp lớn: trang dài chỉ giữ {HEAD_ROWS} dòng đầu và các dòng kê dưới đây, các dòng khác được ẩn."
        return said

    def _line(self, text: str, **look: Any) -> None:  # noqa: ANN401 - properties of a format
        made = _FONT | {"text_wrap": True, "valign": "vcenter"} | look
        self._sheet.merge_range(self._row, 0, self._row, len(_COLUMNS) - 1, "", self._formats.of(made))
        self._sheet.write_string(self._row, 0, text, self._formats.of(made))
        size = made["font_size"]
        scale = size / LINE_FONT
        self._sheet.set_row(self._row, lines_of(text, _WIDTH / scale) * LINE_HEIGHT * scale + 3)
        self._row += 1

    def _write_finding(self, number: int, finding: Listed) -> None:
        words = self._words.of(finding.rule)
        page = page_of(self._pages, finding)
        said = page.said(finding) if page else finding.value or ""
        if page and not said and finding.row is not None:
            said = "(trống)"
        texts = (
            finding.sheet or _WHOLE_FILE,
            self._address(finding),
            finding.column or "",
            said,
            words.expected,
            sentence(finding.reason),
            words.mend,
            SEVERITY_VI[finding.severity],
        )
        look = _FONT | {"text_wrap": True, "valign": "top", "border": 1}
        # Not every program fits a row to its wrapped texts.
        lines = max(lines_of(text, width) for text, (_, width) in zip(texts, _COLUMNS[1:], strict=True))
        self._sheet.set_row(self._row, min(lines * LINE_HEIGHT + 2, HIGHEST_ROW))
        self._sheet.write_number(self._row, 0, number, self._formats.of(look | {"align": "center"}))
        for column, text in enumerate(texts, start=1):
            of_column = (
                look | {"bg_color": FILL[finding.severity], "align": "center"}
                if _COLUMNS[column][0] == "Mức độ"
                else look
            )
            self._sheet.write_string(self._row, column, short(text), self._formats.of(quoted(text, of_column)))
        if page is not None and (places := page.places(finding)):
            row, column = places[0]
            target = f"internal:'{page.title.replace(chr(39), chr(39) * 2)}'!{column_letters(column)}{row + 1}"
            link = look | {"font_color": "#0563C1", "underline": 1}
            self._sheet.write_url(self._row, 2, target, self._formats.of(link), string=self._address(finding))
        self._row += 1

    @staticmethod
    def _address(finding: Listed) -> str:
        if finding.cell:
            return finding.cell
        return f"dòng {finding.row}" if finding.row else ""

    def _write_unlisted(self) -> None:
        for severity, rule, count in self._returned.unlisted:
            expected = self._words.of(rule).expected
            self._line(
                f"… và {_count(count)} {SEVERITY_VI[severity].lower()} nữa cùng loại, cần: {expected}.", italic=True
            )


def _file_name(returned: ReturnedFile) -> str:
    return PurePosixPath(returned.file).name


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")
