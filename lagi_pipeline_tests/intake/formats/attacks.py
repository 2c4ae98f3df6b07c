"""Files made to harm whoever opens them: each builder writes one and is named after what it does."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import xlwt

from lagi_pipeline.intake.grid import column_letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
MB = 1_000_000

Parts = dict[str, bytes | Iterable[bytes]]


def sheet(rows: str = "", *, after: str = "", before: str = "", prolog: str = _XML) -> bytes:
    """A worksheet's part."""
    return f'{prolog}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def xlsx_parts(*sheets: bytes | Iterable[bytes], **others: bytes | Iterable[bytes]) -> Parts:
    """The parts of a small workbook; others by ``styles``, ``sharedStrings`` and the like."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="T{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    package = f'<Relationship Id="a" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    names = f'xmlns="{MAIN}" xmlns:r="{_OFFICE}"'
    parts: Parts = {
        "[Content_Types].xml": f"{_XML}<Types/>".encode(),
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}">{package}</Relationships>'.encode(),
        "xl/workbook.xml": f"{_XML}<workbook {names}><sheets>{listed}</sheets></workbook>".encode(),
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>'.encode(),
    }
    for n, part in zip(numbers, sheets, strict=True):
        parts[f"xl/worksheets/sheet{n}.xml"] = part
    return parts | {f"xl/{name}.xml": part for name, part in others.items()}


def write_zip(path: Path, parts: Parts, level: int = 1) -> None:
    """An archive of parts, given whole or in pieces."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, part in parts.items():
            with archive.open(name, "w", force_zip64=False) as stream:
                for piece in [part] if isinstance(part, bytes) else part:
                    stream.write(piece)


def _pieces(head: str, item: Callable[[int], str], count: int, tail: str) -> Iterable[bytes]:
    yield head.encode()
    for start in range(0, count, 1000):
        yield "".join(map(item, range(start, min(count, start + 1000)))).encode()
    yield tail.encode()


def _one_cell_of(length: int) -> Iterable[bytes]:
    yield f'{_XML}<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'.encode()
    noise = Random(1).randbytes(MB).hex().encode()  # noqa: S311 - hard to pack, so that only its length tells
    for _ in range(length // len(noise)):
        yield noise
    yield b"</t></is></c></row></sheetData></worksheet>"


# ---- archives


def zeros_that_unpack_a_thousandfold(path: Path) -> None:
    write_zip(path, xlsx_parts([bytes(MB)] * 250), level=9)


def a_part_larger_than_it_says(path: Path) -> None:
    """The directory and the part's header say 500 bytes; a gigabyte comes out."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(MB)) for _ in range(1000)) + packer.flush()
    name = b"xl/worksheets/sheet1.xml"
    write_zip(path, {key: part for key, part in xlsx_parts(b"").items() if "sheet1" not in key})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(500))
    content = path.read_bytes()
    at = content.rindex(b"PK\x03\x04", 0, content.index(b"PK\x01\x02"))
    directory = content[content.index(b"PK\x01\x02") : content.index(b"PK\x05\x06")]
    entry = directory.rindex(b"PK\x01\x02")
    header = bytearray(content[at : at + 30])
    header[8:10] = struct.pack("<H", 8)
    header[18:22] = struct.pack("<L", len(packed))
    changed = bytearray(directory)
    changed[entry + 10 : entry + 12] = struct.pack("<H", 8)
    changed[entry + 20 : entry + 24] = struct.pack("<L", len(packed))
    start = at + 30 + len(name) + len(packed)
    end = bytearray(content[content.index(b"PK\x05\x06") :])
    end[16:20] = struct.pack("<L", start)
    path.write_bytes(content[:at] + header + name + packed + changed + end)


def twenty_thousand_parts(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"xl/{number}.xml", b"")


def two_parts_of_one_name(path: Path) -> None:
    write_zip(path, xlsx_parts(sheet()) | {"XL/worksheets/Sheet1.xml": sheet()})


def a_name_that_leads_out(path: Path) -> None:
    write_zip(path, xlsx_parts(sheet()) | {"xl/../../../etc/x": b""})


def an_archive_behind_other_bytes(path: Path) -> None:
    """Readers that look for the directory from the front and from the back find two."""
    first = io.BytesIO()
    with zipfile.ZipFile(first, "w") as archive:
        archive.writestr("xl/workbook.xml", b"")
    write_zip(path, xlsx_parts(sheet()))
    path.write_bytes(first.getvalue() + path.read_bytes())


def a_workbook_of_two_kinds(path: Path) -> None:
    write_zip(path, xlsx_parts(sheet()) | {"xl/workbook.bin": b"x"})


# ---- XML of workbooks


def _with_doctype(part: str) -> Callable[[Path], None]:
    def build(path: Path) -> None:
        parts = xlsx_parts(
            sheet(),
            styles=f'{_XML}<styleSheet xmlns="{MAIN}"/>'.encode(),
            sharedStrings=f'{_XML}<sst xmlns="{MAIN}"/>'.encode(),
        )
        part_bytes = parts[part]
        assert isinstance(part_bytes, bytes)
        write_zip(path, parts | {part: part_bytes.replace(_XML.encode(), (_XML + DOCTYPE).encode())})

    return build


doctype_in_a_sheet = _with_doctype("xl/worksheets/sheet1.xml")
doctype_in_the_workbook = _with_doctype("xl/workbook.xml")
doctype_in_the_relations = _with_doctype("xl/_rels/workbook.xml.rels")
doctype_in_the_styles = _with_doctype("xl/styles.xml")
doctype_in_the_shared_texts = _with_doctype("xl/sharedStrings.xml")


def a_value_in_the_last_cell(path: Path) -> None:
    row = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    write_zip(path, xlsx_parts(sheet(row)))


def cells_without_addresses_far_away(path: Path) -> None:
    rows = "<row/>" * 500_000 + "<row>" + "<c/>" * 16_000 + "<c><v>1</v></c></row>"
    write_zip(path, xlsx_parts(sheet('<row><c r="A1"><v>1</v></c></row>' + rows)))


def two_corners_on_each_of_many_sheets(path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="149999"><c r="Z149999"><v>1</v></c></row>'
    write_zip(path, xlsx_parts(*[sheet(rows)] * 40))


def _numbers(path: Path, rows: int, columns: int, cell: Callable[[str, int], str]) -> None:
    letters = [column_letters(column) for column in range(columns)]

    def row(number: int) -> str:
        return f'<row r="{number + 1}">{"".join(cell(letter, number) for letter in letters)}</row>'

    head, tail = f'{_XML}<worksheet xmlns="{MAIN}"><sheetData>', "</sheetData></worksheet>"
    write_zip(path, xlsx_parts(_pieces(head, row, rows, tail)))


def five_million_cells(path: Path) -> None:
    _numbers(path, 50_000, 100, lambda letter, n: f'<c r="{letter}{n + 1}"><v>{n}</v></c>')


def three_million_texts(path: Path) -> None:
    def cell(letter: str, n: int) -> str:
        return f'<c r="{letter}{n + 1}" t="inlineStr"><is><t>ô {letter}{n}</t></is></c>'

    _numbers(path, 120_000, 25, cell)


def one_long_text_in_very_many_cells(path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 100_001))
    shared = f'{_XML}<sst xmlns="{MAIN}"><si><t>{"a" * 30_000}</t></si></sst>'
    write_zip(path, xlsx_parts(sheet(rows), sharedStrings=shared.encode()))


def one_cell_of_100_million_characters(path: Path) -> None:
    write_zip(path, xlsx_parts(_one_cell_of(100 * MB)))


def millions_of_shared_texts(path: Path) -> None:
    texts = _pieces(f'{_XML}<sst xmlns="{MAIN}">', lambda n: f"<si><t>{n}</t></si>", 4_500_000, "</sst>")
    write_zip(path, xlsx_parts(sheet(), sharedStrings=texts))


def millions_of_styles(path: Path) -> None:
    styles = _pieces(
        f'{_XML}<styleSheet xmlns="{MAIN}"><cellXfs>',
        lambda n: f'<xf numFmtId="{n % 50}"/>',
        2_000_000,
        "</cellXfs></styleSheet>",
    )
    write_zip(path, xlsx_parts(sheet(), styles=styles))


def millions_of_merged_areas(path: Path) -> None:
    head = f'{_XML}<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells>'
    areas = _pieces(head, lambda n: f'<mergeCell ref="A{n + 1}:B{n + 1}"/>', 1_000_000, "</mergeCells></worksheet>")
    write_zip(path, xlsx_parts(areas))


def elements_within_elements(path: Path) -> None:
    random = Random(1)  # noqa: S311
    tags = _pieces(f'{_XML}<worksheet xmlns="{MAIN}">', lambda _: f"<{random.choice('abcdefgh')}>", 2_000_000, "")
    write_zip(path, xlsx_parts(tags))


def a_sheet_that_stands_twice(path: Path) -> None:
    parts = xlsx_parts(sheet(), sheet())
    relations = parts["xl/_rels/workbook.xml.rels"]
    assert isinstance(relations, bytes)
    write_zip(path, parts | {"xl/_rels/workbook.xml.rels": relations.replace(b"sheet2", b"sheet1")})


# ---- other kinds


def ods_parts(table: str, prolog: str = _XML) -> Parts:
    """The parts of a small OpenDocument spreadsheet with one table."""
    names = " ".join(f'xmlns:{key}="{_ODF}:{key}:1.0"' for key in ("office", "table", "text", "style"))
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    return {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"{prolog}<office:document-content {names}>{body}</office:document-content>".encode(),
    }


def ods_rows_that_repeat(path: Path) -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    write_zip(path, ods_parts(f'<table:table table:name="T">{row}</table:table>'))


def ods_a_text_that_repeats(path: Path) -> None:
    text = f"<text:p>{'a' * 30_000}</text:p>"
    cell = (
        f'<table:table-cell table:number-columns-repeated="1000" office:value-type="string">{text}</table:table-cell>'
    )
    row = f'<table:table-row table:number-rows-repeated="1000">{cell}</table:table-row>'
    write_zip(path, ods_parts(f'<table:table table:name="T">{row}</table:table>'))


def ods_spaces_that_repeat(path: Path) -> None:
    spaces = '<text:s text:c="16000"/>' * 100_000
    cell = f'<table:table-cell office:value-type="string"><text:p>{spaces}</text:p></table:table-cell>'
    row = f"<table:table-row>{cell}</table:table-row>"
    write_zip(path, ods_parts(f'<table:table table:name="T">{row}</table:table>'))


def ods_with_a_doctype(path: Path) -> None:
    write_zip(path, ods_parts("", prolog=_XML + DOCTYPE))


def docx_of(path: Path, body: str, prolog: str = _XML) -> None:
    """A Word document with a body."""
    document = f'{prolog}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    write_zip(path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()})


def docx_cells_that_span_everything(path: Path) -> None:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="16000"/></w:tcPr><w:p/></w:tc>'
    row = f"<w:tr>{cell}<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr>"
    docx_of(path, f"<w:tbl>{row * 100_000}</w:tbl>")


def docx_with_a_doctype(path: Path) -> None:
    docx_of(path, "", prolog=_XML + DOCTYPE)


def html_cells_that_span_everything(path: Path) -> None:
    path.write_text("<table>" + "<tr><td colspan=1000 rowspan=65000>1<td colspan=1000>2" * 200_000, encoding="utf-8")


def html_tables_within_tables(path: Path) -> None:
    path.write_text("<html>" + "<table><tr><td>" * 1_000_000, encoding="utf-8")


def a_csv_line_of_200_megabytes(path: Path) -> None:
    with path.open("wb") as stream:
        for _ in range(199):
            stream.write(b"1234567,a " * (MB // 10))


def a_csv_of_zeros(path: Path) -> None:
    path.write_bytes(b"a,b\n" + bytes(100 * MB))


def a_csv_with_an_endless_quote(path: Path) -> None:
    path.write_bytes(b'a,b\n"' + b"1,2,3,4\n" * (10 * MB))


def a_csv_of_commas(path: Path) -> None:
    path.write_bytes(b"a,b\n" + b"," * 900_000 + b"\n" + b"1,2\n" * MB)


def a_csv_of_millions_of_texts(path: Path) -> None:
    with path.open("wb") as stream:
        for start in range(0, 14 * MB, 1000):
            stream.write("".join(f"{n};x{n};y{n}\n" for n in range(start, start + 1000, 2)).encode())


def a_csv_larger_than_any(path: Path) -> None:
    with path.open("wb") as stream:
        for _ in range(210):
            stream.write(b"1,2,3,4,5\n" * (MB // 10))


def an_xls_of_nothing_but_far_numbers(path: Path) -> None:
    book = xlwt.Workbook()
    for name in "abcdefgh":
        page = book.add_sheet(name)
        for row in range(16_384):
            page.row(row).set_cell_number(255, row)
            page.row(row).set_cell_number(0, row)
    book.save(str(path))
