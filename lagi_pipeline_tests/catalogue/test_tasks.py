"""tasks.yaml and registers.yaml: what the town's own say, and nonsense refused with file and entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.catalogue.loading import CatalogueError
from lagi_pipeline.catalogue.place import load_place
from lagi_pipeline.catalogue.tasks import load_registers, load_task_lists
from lagi_pipeline_tests.running import RAW

PLACE = load_place(RAW, catalogue())
SOURCE = RAW / "resolution" / "2024"


def changed(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """A ``raw`` folder with one file of the year, changed."""
    text = (SOURCE / name).read_text("utf-8")
    assert old in text
    path = tmp_path / "resolution" / "2024" / name
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(old, new, 1), "utf-8")
    return tmp_path


def test_the_resolution_has_eight_groups_and_every_assumed_lead_office_says_so() -> None:
    [tasks] = load_task_lists(RAW, catalogue(), PLACE)
    assert [group.clause for group in tasks.groups] == [f"II.C.{number}" for number in range(1, 9)]
    assert all(task.lead_is_illustrative for task in tasks.tasks if task.lead_office)
    assert tasks.basis_vi(tasks.tasks[2]) == "Kế hoạch 91-KH/TU ngày 22/7/2022 của Thị ủy"


def test_a_task_is_told_by_its_code_or_its_label_and_never_by_two_that_disagree() -> None:
    [tasks] = load_task_lists(RAW, catalogue(), PLACE)
    first, second = tasks.tasks[:2]
    assert tasks.named(first.code.lower(), None) is first
    assert tasks.named(None, first.label_vi.upper()) is first
    assert tasks.named(first.code, "một cách nói khác") is first
    assert tasks.named(first.code, second.label_vi) is None
    assert tasks.named(first.code.lower().replace("-", "–"), None) is first
    assert tasks.named("C9-99", first.label_vi) is None
    assert tasks.named(None, None) is None


def test_a_place_without_the_files_has_no_tasks(tmp_path: Path) -> None:
    assert load_task_lists(tmp_path, catalogue(), PLACE) == []
    assert load_registers(tmp_path, catalogue()) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("year: 2024", "year: 2023", "2024/tasks.yaml: year: expected the folder's year 2024"),
        ("[industrial_output]", "[happiness]", "2024/tasks.yaml: C1-01: no indicator 'happiness'"),
        ("lead_office: kinhte", "lead_office: nowhere", "2024/tasks.yaml: C1-01: no office 'nowhere'"),
        ("basis: kh91", "basis: kh00", "2024/tasks.yaml: C1-03: no document 'kh00'"),
        ("code: C1-02", "code: C1-01", "2024/tasks.yaml: C1-01: the task stands twice"),
        ("code: C1-02", "code: 1.10", "code"),
        ("number: 2\n", "number: 1\n", "2024/tasks.yaml: 1: the group stands twice"),
        ("label_vi: Phát triển sản phẩm OCOP", "label_vi: GIỮ RỪNG", "giữ rừng: the label stands twice"),
        ("lead_office: kinhte, ", "", "C1-01: lead_is_illustrative without a lead_office"),
        ("code: C1-02", "deadline: 2024-12-22, code: C1-02", "deadline"),
        ("code: C1-02", "due: 2204-12-22, code: C1-02", "2024/tasks.yaml: C1-02: due 2204-12-22"),
        ("dated: 2022-07-22", "dated: 0202-07-22", "2024/tasks.yaml: kh91: dated 0202-07-22"),
    ],
)
def test_nonsense_in_tasks_is_refused_with_its_entry(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        load_task_lists(changed(tmp_path, "tasks.yaml", old, new), catalogue(), PLACE)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("clause: I}", "clause: I, status: finished}", "weaknesses[1]: status"),
        ("clause: I}", "clause: I, indicator: happiness}", "weaknesses[1]: no indicator 'happiness'"),
        ("clause: III.1}", "clause: III.1, status: done}", "implementation_plans[1]: a plan that is issued"),
        ("clause: III.1}", "clause: III.1, document_date: 2024-01-15}", "document_date without document_no"),
        (
            "clause: III.1}",
            "clause: III.1, document_no: 12-KH, document_date: 2204-01-15}",
            "no day about the year 2024",
        ),
        ("weaknesses:", "weakneses:", "weakneses: unknown key"),
        ("Dự án ngoài ngân sách chậm", "Hồ sơ trễ hẹn tăng", "the weaknesses stands twice"),
    ],
)
def test_nonsense_in_registers_is_refused_with_its_entry(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        load_registers(changed(tmp_path, "registers.yaml", old, new), catalogue())
    assert str(refused.value).startswith("2024/registers.yaml: ")
    assert said in str(refused.value)


def test_a_plan_whose_document_is_known_is_issued(tmp_path: Path) -> None:
    raw = changed(tmp_path, "registers.yaml", "clause: III.1}", "clause: III.1, document_no: 12-KH/ĐU}")
    [registers] = load_registers(raw, catalogue())
    plans = registers.entries["implementation_plan"]
    assert [registers.status_of("implementation_plan", plan) for plan in plans[:2]] == ["done", "no_data"]
