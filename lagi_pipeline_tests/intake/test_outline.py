"""Where outline rows stand, by their markers and neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.intake.cells import show
from lagi_pipeline.intake.outline import place_rows


def _paths(*markers: str) -> list[str | None]:
    return [place.path if place else None for place in place_rows(markers, ["x"] * len(markers))]


def test_a_long_list_of_capitals_is_read_in_one_pass() -> None:
    numerals = ["V"] * 100_000
    assert _paths(*numerals) == numerals
    assert _paths("H", "I", *["1"] * 100_000, "II")[-2:] == ["H.I.1", "H.II"]


@pytest.mark.parametrize(
    ("markers", "paths"),
    [
        ("A I 1 2 II B 1 2", "A A.I A.I.1 A.I.2 A.II B B.1 B.2"),
        ("A I 1 - - 2 II", "A A.I A.I.1 A.I.1.-1 A.I.1.-2 A.I.2 A.II"),
        ("A B C D", "A B C D"),
        ("A I II III IV V VI", "A A.I A.II A.III A.IV A.V A.VI"),
        ("H I", "H I"),
        ("H I II", "H H.I H.II"),
        ("G I II H I II", "G G.I G.II H H.I H.II"),
        ("I 1 2 II 1", "I I.1 I.2 II II.1"),
        ("1 1.1 1.2 2 2.1 2.1.1 2.2 3", "1 1.1 1.2 2 2.1 2.1.1 2.2 3"),
        ("1 1.1 - - 1.2", "1 1.1 1.1.-1 1.1.-2 1.2"),
        ("1 a) b) 2 a)", "1 1.a 1.b 2 2.a"),
        ("1. (2) 3/ 4)", "1 2 3 4"),
        ("1 - + + - +", "1 1.-1 1.-1.+1 1.-1.+2 1.-2 1.-2.+1"),
        ("A. I. 1. II- B:", "A A.I A.I.1 A.II B"),
        ("- -", "-1 -2"),
    ],
)
def test_paths(markers: str, paths: str) -> None:
    assert _paths(*markers.split()) == paths.split()


def test_markers_that_came_as_numbers() -> None:
    assert _paths(show(1.0), show(1.1), show(2.0)) == ["1", "1.1", "2"]


def test_a_row_without_a_marker_has_no_position_but_a_dash_in_its_label_is_one() -> None:
    places = place_rows(["1", "", ""], ["Tổng", "- Trong đó", "Ghi"])
    assert [place.path if place else None for place in places] == ["1", "1.-1", None]


def test_what_is_no_marker() -> None:
    assert _paths("x1", "Tổng cộng", "AB", ".") == [None] * 4


LEVELS = ("letter", "roman", "arabic", "dash")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@st.composite
def outlines(draw: st.DrawFn) -> tuple[list[str], list[str], list[int | None]]:
    """Markers with the paths and parents they must get, up to four levels deep."""
    markers: list[str] = []
    paths: list[str] = []
    parents: list[int | None] = []

    def grow(level: int, path: str, parent: int | None) -> None:
        for number in range(1, draw(st.integers(1 if level == 0 else 0, 4)) + 1):
            marker = ("ABCDEFGH"[number - 1], ROMAN[number - 1], str(number), "-")[level]
            step = f"-{number}" if marker == "-" else marker
            here = f"{path}.{step}" if path else step
            at = len(markers)
            markers.append(marker)
            paths.append(here)
            parents.append(parent)
            if level < len(LEVELS) - 1:
                grow(level + 1, here, at)

    grow(0, "", None)
    return markers, paths, parents


@given(outlines())
def test_any_outline(outline: tuple[list[str], list[str], list[int | None]]) -> None:
    markers, paths, parents = outline
    places = place_rows(markers, ["x"] * len(markers))
    assert [place.path for place in places if place] == paths
    assert [place.parent for place in places if place] == parents


@given(st.lists(st.text(max_size=6)), st.data())
def test_nothing_breaks_it(markers: list[str], data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.text(max_size=6), min_size=len(markers), max_size=len(markers)))
    places = place_rows(markers, labels)
    assert len(places) == len(markers)
    assert all(place.parent is None or place.parent < at for at, place in enumerate(places) if place)
