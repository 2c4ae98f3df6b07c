"""Whatever a finding can be, an official is told what was expected and how to mend it: the code base is searched."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

import lagi_pipeline
import lagi_pipeline.feeds.registry as _registry
from lagi_pipeline.catalogue.findings import FINDINGS_FILE, finding_words, load_finding_words
from lagi_pipeline.catalogue.loading import CatalogueError
from lagi_pipeline.intake.form import RULES

assert _registry.FEEDS  # the forms' rules are known once their modules are loaded

PACKAGE = Path(lagi_pipeline.__file__).parent
ROOMS = ("vietnamese", "intake", "feeds", "steps")
"""Where findings are made."""
CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
SQL_RULE = re.compile(r"\brule\s*=\s*'(\w+)'")
SINKS = {"Refusal": 0, "Remark": 0, "Unreadable": 0, "reject": 2, "SeriesFinding": 2}
"""What makes a finding, and the place of the rule among its arguments."""
HANDED_ON = {"rule", "code", "name"}
"""What a code is called where it is handed on, having been named elsewhere."""
NO_RULES = {
    "actual",  # a column, before its title
    "budget_revenue",  # forms, before their titles
    "budget_spending",
    "completion_pct",  # a column, before its title
}


@dataclass
class Search:
    """The codes that some source names as rules, and the places where it cannot be told which one is meant."""

    codes: set[str] = field(default_factory=set)
    untold: list[str] = field(default_factory=list)

    def into(self, tree: ast.Module, where: str, constants: Mapping[str, ast.expr]) -> None:
        """Search a module; ``constants`` are those of all modules, by name."""
        strangers = _strangers(tree)
        for node in ast.walk(tree):
            for given in _rules_given(node, strangers):
                told = constants.get(given.id, given) if isinstance(given, ast.Name) else given
                code = _code(told)
                if code is not None:
                    self.codes.add(code)
                elif not _is_handed_on(told):
                    self.untold.append(f"{where}:{given.lineno}: {ast.unparse(given)}")
            for first, second in _pairs(node):
                code = _code(first)
                if code is not None and _is_reason(second):
                    self.codes.add(code)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self.codes.update(SQL_RULE.findall(node.value))


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """What a module's names in capitals stand for."""
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }


def _strangers(tree: ast.Module) -> set[str]:
    """Names that a module has from the room of indicators, which makes no findings."""
    return {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lagi_pipeline.indicators")
        for alias in node.names
    }


def _rules_given(node: ast.AST, strangers: set[str]) -> Iterator[ast.expr]:
    """What is given as a rule: ``rule=…``, and the argument of what makes a finding."""
    if not isinstance(node, ast.Call):
        return
    yield from (keyword.value for keyword in node.keywords if keyword.arg == "rule")
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    place = None if called in strangers else SINKS.get(called)
    if place is not None and place < len(node.args) and not any(isinstance(a, ast.Starred) for a in node.args):
        yield node.args[place]


def _pairs(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """Constants with what follows them: in a call, a tuple, a list, or as a key of a mapping."""
    sequence: Sequence[ast.expr] = ()
    if isinstance(node, ast.Call):
        sequence = node.args
    elif isinstance(node, ast.Tuple | ast.List):
        sequence = node.elts
    elif isinstance(node, ast.Dict):
        # A mapping's text is a reason only where it is plain Vietnamese.
        return [(k, v) for k, v in zip(node.keys, node.values, strict=True) if k and isinstance(v, ast.Constant)]
    return list(pairwise(sequence))


def _code(node: ast.expr) -> str | None:
    text = node.value if isinstance(node, ast.Constant) else None
    return text if isinstance(text, str) and CODE.fullmatch(text) else None


def _is_reason(node: ast.expr) -> bool:
    """Whether it is a Vietnamese sentence, or a variable that is called a reason."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value and not node.value.isascii()
    if isinstance(node, ast.BinOp):
        return _is_reason(node.left)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Name) and node.id.endswith(("reason", "problem")))


def _is_handed_on(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
    return name in HANDED_ON


def _searched() -> Search:
    modules = {path.relative_to(PACKAGE): ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}
    constants = {name: value for tree in modules.values() for name, value in _constants(tree).items()}
    search = Search()
    for path, tree in sorted(modules.items()):
        if path.parts[0] in ROOMS:
            search.into(tree, str(path), constants)
    return search


def test_every_rule_of_a_form_has_words() -> None:
    assert not sorted(set(RULES) - set(finding_words().findings))


def test_every_code_that_the_source_names_has_words() -> None:
    found = _searched()
    assert len(found.codes) > len(RULES) + 30  # the search finds what it is made for
    assert not sorted(found.codes - NO_RULES - set(finding_words().findings))


def test_wherever_a_finding_is_made_its_code_can_be_told() -> None:
    assert not _searched().untold


@pytest.mark.parametrize(
    "source",
    [
        'raise RefusedFileError(reason, rule="brand_new")',
        'CODE = "brand_new"\nraise RefusedFileError(reason, rule=CODE)',
        'yield SeriesFinding(index, column, "brand_new", words(index))',
        'reading.reject(index, None, "brand_new", f"thiếu {x}")',
        'refused[position] = ("brand_new", "không phải số")',
        'keyed.rejected.append((index, name, "brand_new", reason))',
        'REASONS = {"brand_new": "không được để trống"}',
        'Remark("brand_new", words)',
        "connection.execute(\"DELETE FROM quarantine.rejected_file WHERE rule = 'brand_new'\")",
    ],
)
def test_the_search_sees_a_new_code(source: str) -> None:
    search = Search()
    tree = ast.parse(source)
    search.into(tree, "new.py", _constants(tree))
    assert search.codes == {"brand_new"}


def test_the_search_says_where_it_cannot_tell() -> None:
    search = Search()
    search.into(ast.parse("raise RefusedFileError(reason, rule=choose(x))"), "new.py", {})
    assert search.untold == ["new.py:1: choose(x)"]


def test_words_are_composed_vietnamese_and_say_two_things() -> None:
    for code, words in finding_words().findings.items():
        assert words.expected != words.mend, code
        for text in (words.expected, words.mend):
            assert unicodedata.is_normalized("NFC", text), code
            assert not text.isascii(), code


def test_a_code_of_an_earlier_version_still_has_words() -> None:
    assert finding_words().of("no_longer_there") == finding_words().earlier


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    expected: Tệp không đặt mật khẩu\n", "", "password.expected"),
        ("Tệp không đặt mật khẩu", "''", "password.expected"),
        ("expected: Tệp không đặt mật khẩu", "wanted: Tệp không đặt mật khẩu", "password"),
        ("  password:\n", "  empty_file:\n", "twice"),
        ("  password:\n", "  Password Rule:\n", "Password Rule"),
    ],
)
def test_nonsense_is_refused_by_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = FINDINGS_FILE.read_text("utf-8")
    assert old in text
    path = tmp_path / "findings.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError, match=said):
        load_finding_words(path)
