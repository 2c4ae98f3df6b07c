"""A proposal as the text of a ``targets.yaml``: a target a line below where it comes from; and what is undecided."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import yaml

from lagi_pipeline.resolution.proposal import Proposal, ProposedTarget, Question

_CLAUSE = re.compile(r"[IVX]+(?:\.[A-ZĐ])?(?:\.\d+)+")


def as_yaml(proposal: Proposal, source: Path) -> str:
    """The file's text. What is undecided stands in comments, so that it is no target before a person decides.

    Args:
        proposal: What was read.
        source: The file that it was read from; its name is told.
    """
    return "\n".join([*_lines(proposal, source), ""])


def _lines(proposal: Proposal, source: Path) -> Iterator[str]:
    yield f"# Đề xuất chỉ tiêu năm {proposal.year}, đọc từ {_comment(source.name)}; xem lại trước khi dùng."
    yield f"year: {proposal.year}"
    yield f"document: {_scalar(proposal.document)}"
    yield "targets:" if proposal.targets else "targets: []"
    for target in proposal.targets:
        yield f"  # dòng {target.line}: {_comment(target.text)}"
        yield from (f"  #   {_comment(remark)}" for remark in target.remarks)
        yield f"  - {{{', '.join(f'{key}: {value}' for key, value in _entries(target))}}}"
    if proposal.questions:
        yield "# Cần người quyết định, chưa đưa vào danh sách:"
    for question in proposal.questions:
        yield f"#   {_comment(question_line(question))}"


def question_line(question: Question) -> str:
    """A question in one line: ``dòng 52: «5. Tỷ lệ …»: số không có đơn vị tính``."""
    where = "" if question.line is None else f"dòng {question.line}: «{' '.join(question.text.split())}»: "
    return where + question.reason


def _entries(target: ProposedTarget) -> Iterator[tuple[str, str]]:
    yield "code", target.code
    yield "plan_source", str(target.plan_source)
    yield "value", _number(target.value)
    if target.upper is not None:
        yield "upper", _number(target.upper)
    yield "unit", _scalar(target.unit)
    yield "direction", target.direction
    if target.parent is not None:
        yield "parent", target.parent
    yield "clause", _scalar(target.clause)
    yield "line", str(target.line)


def _number(value: Decimal) -> str:
    return f"{value:f}"


def _scalar(text: str) -> str:
    """A text in quotes, but for a clause such as ``II.B.1``."""
    if _CLAUSE.fullmatch(text):
        return text
    return yaml.safe_dump(text, allow_unicode=True, default_style='"', width=math.inf).rstrip("\n")


def _comment(text: str) -> str:
    """One line without characters that YAML does not allow."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
