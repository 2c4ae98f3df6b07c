"""XML that nobody has checked, read as a stream: no DTD, no entity of its own, nothing fetched, nothing without end.

What the elements mean belongs to the readers of each kind.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.archive import Archive

_BETWEEN = " "  # namespace and local name
_UNICODE = frozenset({"UTF-8", "UTF-16", "US-ASCII"})


class XmlReader:
    """A parser of one XML part.

    ``start`` is called for each element with its name (``<namespace> <local name>``) and its attributes as a flat list
    of names and values, ``end`` with a name; ``text``, which may be switched while parsing, with pieces of text.
    """

    def __init__(self, part: str, start: Callable[[str, list[str]], None], end: Callable[[str], None]) -> None:
        self._part = part
        self._start = start
        self._end = end
        self._depth = 0
        self._elements = 0
        parser = expat.ParserCreate(None, _BETWEEN)
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.XmlDeclHandler = self._require_unicode
        self._parser = parser

    def listen(self, text: Callable[[str], None] | None) -> None:
        """Call ``text`` with the text from here on; None for nobody."""
        self._parser.CharacterDataHandler = text

    def read(self, archive: Archive) -> None:
        """Parse the part to its end.

        Raises:
            RefusedFileError: not well-formed, with a document type, or with text, nesting or elements without end.
        """
        silent = 0
        try:
            for piece in archive.pieces(self._part):
                before = self._elements
                self._parser.Parse(piece, False)  # noqa: FBT003 - expat takes no keyword
                silent = 0 if self._elements > before else silent + len(piece)
                if silent > limits.LINE_CHARACTERS:
                    raise RefusedFileError(f"phần «{self._part}» có một đoạn chữ quá dài", rule="long_line")
                if archive.elements + self._elements > limits.XML_ELEMENTS:
                    raise RefusedFileError(f"phần «{self._part}» có quá nhiều thành phần", rule="too_many_cells")
            self._parser.Parse(b"", True)  # noqa: FBT003
        except expat.ExpatError as error:
            raise unreadable(self._part, str(error)) from error
        finally:
            archive.elements += self._elements

    def _open(self, name: str, flat: list[str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._depth > limits.XML_DEPTH:
            raise RefusedFileError(f"phần «{self._part}» lồng nhau quá sâu", rule="zip_bomb")
        self._start(name, flat)

    def _close(self, name: str) -> None:
        self._depth -= 1
        self._end(name)

    def _require_unicode(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """Refuse other encodings: the standards allow none, and the next reader would see other characters."""
        if encoding is not None and encoding.upper() not in _UNICODE:
            raise unreadable(self._part, f"mã chữ «{encoding[:20]}»")

    def _refuse_doctype(self, *_: object) -> None:
        raise RefusedFileError(f"phần «{self._part}» khai báo DOCTYPE (thực thể XML): không an toàn", rule="xml_entity")


def unreadable(part: str, what: str) -> RefusedFileError:
    """The refusal of a part that cannot be understood."""
    return RefusedFileError(f"không mở được tệp: phần «{part}» hỏng ({what})", rule="unreadable")


def local_name(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition(_BETWEEN)[2]


def attributes(flat: list[str]) -> dict[str, str]:
    """Attributes by their local names."""
    return {local_name(name): value for name, value in zip(flat[::2], flat[1::2], strict=True)}
