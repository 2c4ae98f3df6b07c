"""What kind of file it is, by its content; its name is asked only about text, which has no mark of its own."""

from __future__ import annotations

import io
import re
from enum import Enum
from pathlib import Path

from xlrd.compdoc import CompDoc

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.archive import Archive


class Kind(Enum):
    """A kind of file that is read: what it is called, the suffixes of its files, and how large they may be."""

    XLSX = ("sổ tính Excel (.xlsx)", (".xlsx", ".xlsm", ".xltx", ".xltm"), limits.WORKBOOK_BYTES)
    XLS = ("sổ tính Excel 97-2003 (.xls)", (".xls", ".xlt"), limits.XLS_BYTES)
    ODS = ("bảng tính OpenDocument (.ods)", (".ods", ".ots"), limits.WORKBOOK_BYTES)
    DOCX = ("văn bản Word (.docx)", (".docx", ".docm", ".dotx"), limits.WORKBOOK_BYTES)
    HTML = ("trang web (HTML)", (".html", ".htm"), limits.HTML_BYTES)
    TEXT = ("văn bản CSV", (".csv", ".tsv", ".txt"), limits.TEXT_BYTES)

    def __init__(self, called: str, suffixes: tuple[str, ...], most_bytes: int) -> None:
        self.called = called
        self.suffixes = suffixes
        self.most_bytes = most_bytes


SUFFIXES = frozenset(suffix for kind in Kind for suffix in kind.suffixes)

_HEAD = 4096
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0"
_AS_XLSX, _AS_DOCX, _AS_TABLE = "hãy lưu lại dạng .xlsx", "hãy lưu lại dạng .docx", "hãy gửi bảng tính gốc (.xlsx)"
# How files begin that are not read, what they are, and what their sender can do.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "tệp PDF", _AS_TABLE),
    (b"{\\rtf", "văn bản RTF", _AS_DOCX),
    (b"\x89PNG", "ảnh PNG", _AS_TABLE),
    (b"\xff\xd8\xff", "ảnh JPEG", _AS_TABLE),
    (b"GIF8", "ảnh GIF", _AS_TABLE),
    (b"II*\0", "ảnh TIFF", _AS_TABLE),
    (b"MM\0*", "ảnh TIFF", _AS_TABLE),
    (b"RIFF", "ảnh hoặc âm thanh", _AS_TABLE),
    (b"Rar!", "tệp nén RAR", "hãy giải nén rồi gửi từng tệp"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7z", "hãy giải nén rồi gửi từng tệp"),
    (b"\x1f\x8b", "tệp nén gzip", "hãy giải nén rồi gửi từng tệp"),
    (b"BZh", "tệp nén bzip2", "hãy giải nén rồi gửi từng tệp"),
    (b"\xfd7zXZ", "tệp nén xz", "hãy giải nén rồi gửi từng tệp"),
    (b"MIME-Version:", "trang web lưu một tệp (MHTML)", _AS_XLSX),
    (b"PAR1", "tệp Parquet", _AS_TABLE),
    (b"MZ\x90\0", "chương trình", _AS_TABLE),
    (b"\x7fELF", "chương trình", _AS_TABLE),
    (b"SQLite format 3", "cơ sở dữ liệu", _AS_TABLE),
    (b"\x00\x01\x00\x00Standard", "cơ sở dữ liệu Access", _AS_TABLE),
    (b"\x09\x00\x04\x00", "sổ tính Excel trước năm 1995", _AS_XLSX),
    (b"\x09\x02\x06\x00", "sổ tính Excel trước năm 1995", _AS_XLSX),
    (b"\x09\x04\x06\x00", "sổ tính Excel trước năm 1995", _AS_XLSX),
)
# A part that only such an archive has.
_ARCHIVES: tuple[tuple[str, str, str], ...] = (
    ("xl/workbook.bin", "sổ tính Excel nhị phân (.xlsb)", _AS_XLSX),
    ("ppt/presentation.xml", "bài trình chiếu PowerPoint", _AS_TABLE),
)
# A stream that only such a compound file has.
_COMPOUND: tuple[tuple[str, str, str], ...] = (
    ("WordDocument", "văn bản Word cũ (.doc)", _AS_DOCX),
    ("PowerPoint Document", "bài trình chiếu PowerPoint", _AS_TABLE),
    ("__properties_version1.0", "thư Outlook (.msg)", "hãy gửi tệp đính kèm trong thư"),
)
_WORKBOOKS = frozenset({"Workbook", "Book"})
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_SPREADSHEET = _OPEN_DOCUMENT + b"spreadsheet"
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table|div|style|title)\b", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(r"\s*<\?xml\b")
_EXCEL_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_FEWEST_ROWS = 2


def find_kind(path: Path) -> Kind:
    """The kind of a file.

    Raises:
        RefusedFileError: of a kind that is not read (naming it), damaged, or larger than files of its kind are read.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    kind = _of_head(path, head)
    size = path.stat().st_size
    if size > kind.most_bytes:
        reason = f"tệp có {size / limits.MB:,.0f} MB; {kind.called} chỉ được đọc đến {kind.most_bytes // limits.MB} MB"
        raise RefusedFileError(reason, rule="too_large")
    return kind


def _of_head(path: Path, head: bytes) -> Kind:
    if head.startswith(_ZIP):
        _require_size(path, limits.WORKBOOK_BYTES)
        return _of_archive(path)
    if head.startswith(_OLE):
        _require_size(path, limits.WORKBOOK_BYTES)
        return _of_compound(path)
    for signature, called, hint in _SIGNATURES:
        if head.startswith(signature):
            raise not_read(called, hint)
    return _of_text(path, head)


def not_read(called: str, hint: str) -> RefusedFileError:
    """The refusal of a kind of file."""
    return RefusedFileError(f"không đọc loại tệp này: {called}; {hint}", rule="file_type")


def _require_size(path: Path, most: int) -> None:
    size = path.stat().st_size
    if size > most:
        reason = f"tệp có {size / limits.MB:,.0f} MB, lớn hơn mức đọc được ({most // limits.MB} MB)"
        raise RefusedFileError(reason, rule="too_large")


def _of_archive(path: Path) -> Kind:
    with Archive(path) as archive:
        kind = archive.start("mimetype", len(_SPREADSHEET) + 20)
        if kind.startswith(_SPREADSHEET) or (not kind and "content.xml" in archive):
            return Kind.ODS
        if kind.startswith(_OPEN_DOCUMENT):
            raise not_read("văn bản OpenDocument", "hãy lưu lại dạng .docx hoặc .ods")
        if "xl/workbook.xml" in archive:
            return Kind.XLSX
        if "word/document.xml" in archive:
            return Kind.DOCX
        for part, called, hint in _ARCHIVES:
            if part in archive:
                raise not_read(called, hint)
    raise not_read("tệp nén", "hãy giải nén rồi gửi từng tệp")


def _of_compound(path: Path) -> Kind:
    streams = _streams(path.read_bytes())
    if "EncryptedPackage" in streams:
        raise RefusedFileError("tệp có mật khẩu, hãy gửi bản không khóa", rule="password")
    if streams & _WORKBOOKS:
        return Kind.XLS
    for name, called, hint in _COMPOUND:
        if name in streams:
            raise not_read(called, hint)
    raise not_read("tệp Office cũ", _AS_XLSX)


def _streams(content: bytes) -> frozenset[str]:
    """Which of the streams that tell kinds apart a compound file has, at its top."""
    names = (*_WORKBOOKS, "EncryptedPackage", *(name for name, _, _ in _COMPOUND))
    try:
        compound = CompDoc(content, logfile=io.StringIO())
        return frozenset(name for name in names if compound.locate_named_stream(name)[0])
    except Exception as error:  # a damaged file brings any error out of xlrd
        raise RefusedFileError(f"không mở được tệp, có thể tệp bị hỏng: {error}", rule="unreadable") from error


def _of_text(path: Path, head: bytes) -> Kind:
    suffix = path.suffix.lower()
    text = _shown(head)
    if _HTML.match(text):
        return Kind.HTML
    if _XML.match(text):
        if "<html" in text.lower():
            return Kind.HTML
        called = "bảng tính XML của Excel 2003" if _EXCEL_2003 in text else "tệp XML"
        raise not_read(called, _AS_XLSX)
    if suffix in Kind.TEXT.suffixes:
        return Kind.TEXT
    if suffix not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        raise RefusedFileError(
            f"không đọc loại tệp {suffix or '(không có phần mở rộng)'}; cần {known}", rule="file_type"
        )
    if _is_table(text) and not _BINARY.search(head):
        return Kind.TEXT
    raise RefusedFileError(f"không mở được tệp như một tệp {suffix}: nội dung không phải bảng tính", rule="unreadable")


def _shown(head: bytes) -> str:
    """The beginning of a text, good enough to recognise marks of ASCII in it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    return head.decode("utf-8-sig", errors="replace")


def _is_table(text: str) -> bool:
    """Whether lines are divided by tabs or semicolons, as programs write what they call a workbook."""
    lines = text.splitlines()
    return any(sum(delimiter in line for line in lines) >= _FEWEST_ROWS for delimiter in "\t;")
