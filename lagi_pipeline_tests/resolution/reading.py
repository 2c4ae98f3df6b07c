"""Documents for the tests of the resolution's room, and what is read from them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import docx

from lagi_pipeline.catalogue.place import load_resolutions
from lagi_pipeline.resolution.proposal import Proposal, ProposedTarget, propose_targets
from lagi_pipeline_tests.running import CATALOGUE, RAW

RESOLUTION = Path(__file__).with_name("nghi-quyet-2023-12-08.md")
"""Of the resolution of 08/12/2023, a public document: its title, a part of section I, section II.B, how II.C begins."""
TEXT = RESOLUTION.read_text("utf-8")
LIST = re.findall(r"^(?:\d+\. |Trong đó).*$", TEXT, re.MULTILINE)
"""The twelve lines of II.B."""
NUMBERED = re.compile(r"^(?P<number>\d+)\. ")

Figure = tuple[Decimal, str]
TWELVE: dict[str, Figure] = {
    "budget_revenue": (Decimal(191), "tỷ đồng"),
    "development_spending": (Decimal(80), "tỷ đồng"),
    "industrial_output": (Decimal(1800), "tỷ đồng"),
    "export_turnover": (Decimal(185), "triệu USD"),
    "hygienic_water": (Decimal(100), "%"),
    "clean_water": (Decimal(95), "%"),
    "solid_waste": (Decimal(96), "%"),
    "green_cover": (Decimal(64), "%"),
    "natural_increase": (Decimal("0.7"), "%"),
    "jobs": (Decimal(2600), "người"),
    "trained_labour": (Decimal(78), "%"),
    "poverty_reduction": (Decimal("0.41"), "điểm %"),
}
PARENTS = {"clean_water": "hygienic_water", "trained_labour": "jobs"}
RESOLUTIONS = load_resolutions(RAW, CATALOGUE)
PLACE = ("thị xã La Gi", "La Gi")


def read(path: Path, year: int | None = None) -> Proposal:
    """What a file proposes, beside the town's targets of other years."""
    return propose_targets(path, CATALOGUE, year=year, resolutions=RESOLUTIONS, place=PLACE)


def read_lines(folder: Path, *lines: str) -> Proposal:
    """What a list of these lines proposes for 2024."""
    path = folder / "nghi-quyet.txt"
    path.write_text("\n".join(["B. Một số chỉ tiêu chủ yếu năm 2024", *lines]), "utf-8")
    return read(path)


def figures(proposal: Proposal) -> dict[str, Figure]:
    return {target.code: (target.value, target.unit) for target in proposal.targets}


def parents(proposal: Proposal) -> dict[str, str]:
    return {target.code: target.parent for target in proposal.targets if target.parent is not None}


def target(proposal: Proposal, code: str) -> ProposedTarget:
    [found] = [target for target in proposal.targets if target.code == code]
    return found


def bare(text: str) -> str:
    """A line of the resolution without its marks."""
    return re.sub(r"</?i>|[*#]", "", text).strip()


def word_file(path: Path, lines: list[str]) -> Path:
    """A Word document with a paragraph for each line."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(path))
    return path
