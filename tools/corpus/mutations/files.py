"""Messes of the file: its kind, an extension that lies, old fonts, decomposed letters."""

from __future__ import annotations

from random import Random

from tools.corpus.document import Document, Role
from tools.corpus.mutations.registry import Change, Stage, choose, mutation, need, pick_table
from tools.corpus.writing import TEXTS

_MESSES = {
    "xlsx": "an Excel workbook",
    "xlsm": "an Excel workbook with macros",
    "xls": "a workbook of Excel 97",
    "ods": "a LibreOffice workbook",
    "csv": "csv in UTF-8 without a mark",
    "csv with a mark": "csv in UTF-8 with a byte order mark",
    "csv in utf-16": "csv in UTF-16",
    "csv in windows-1258": "csv in the old Vietnamese code page",
    "csv with semicolons": "csv as a Vietnamese Excel saves it",
    "tsv": "text with tabs",
    "docx": "a Word document whose table is the form",
    "xls that is xlsx": "an extension that lies: .xls is xlsx",
    "xls that is html": "an extension that lies: .xls is a page of a web application",
}


def _as_kind(kind: str) -> Change:
    def change(document: Document, rng: Random) -> None:
        del rng
        if kind in TEXTS:
            need(that=sum(bool(page.tables) for page in document.pages) == 1)
            document.pages = [page for page in document.pages if page.tables]
        document.kind = kind

    return change


for _kind, _mess in _MESSES.items():
    mutation(_mess, group="file", stage=Stage.FILE, kinds=frozenset({_kind}), name=f"kind_{_kind.replace(' ', '_')}")(
        _as_kind(_kind)
    )


@mutation("text in a TCVN3 (ABC) font", group="letters", stage=Stage.FILE)
def letters_tcvn3(document: Document, rng: Random) -> None:
    """Every text as it was typed for .VnTime."""
    del rng
    document.font = "TCVN3"
    document.warned.append(_FONT)


@mutation("text in a VNI font", group="letters", stage=Stage.FILE)
def letters_vni(document: Document, rng: Random) -> None:
    """Every text as it was typed for VNI-Times."""
    del rng
    document.font = "VNI"
    document.warned.append(_FONT)


@mutation("csv in the bytes of a TCVN3 font", group="file", stage=Stage.FILE, kinds=frozenset({"csv of an old font"}))
def kind_csv_of_tcvn3(document: Document, rng: Random) -> None:
    """A csv as programs of the nineties write it."""
    _as_kind("csv of an old font")(document, rng)
    letters_tcvn3(document, rng)


@mutation("csv in the bytes of a VNI font", group="file", stage=Stage.FILE, kinds=frozenset({"csv of an old font"}))
def kind_csv_of_vni(document: Document, rng: Random) -> None:
    """A csv as programs of the nineties write it."""
    _as_kind("csv of an old font")(document, rng)
    letters_vni(document, rng)


@mutation("the letterhead in Unicode, the rest in a TCVN3 font", group="letters", stage=Stage.FILE)
def letters_half_converted(document: Document, rng: Random) -> None:
    """Somebody mended the lines that he saw first."""
    page = choose(rng, [page for page in document.pages if page.tables])
    for line in page.lines:
        line.is_mended = line.role is Role.LETTERHEAD
    document.font = "TCVN3"
    document.refuse("legacy_text")


@mutation("a line copied from a file in a VNI font", group="letters", stage=Stage.FILE)
def letters_pasted(document: Document, rng: Random) -> None:
    """All in Unicode but for one row of the table."""
    page, table = pick_table(document, rng)
    # A word that could be Vietnamese as it stands proves nothing: these rows hold enough that cannot.
    found = [line for line in page.of(table, Role.ROW) if sum(not letter.isascii() for letter in line.key) > _ENOUGH]
    need(that=bool(found))
    pasted = choose(rng, found)
    pasted.touched = True
    for line in (line for other in document.pages for line in other.lines):
        line.is_mended = line is not pasted
    document.font = "VNI"
    document.refuse("legacy_text")


@mutation("letters decomposed (NFD)", group="letters", stage=Stage.FILE)
def letters_decomposed(document: Document, rng: Random) -> None:
    """Texts as a Mac writes them."""
    del rng
    document.decomposed = True


_FONT = frozenset({"legacy_font"})
_ENOUGH = 4
