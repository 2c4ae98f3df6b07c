"""The files of a feed's folders, and what stands beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.intake import files
from lagi_pipeline.intake.files import Meta, RawFile, digest, local, quarters_with_files, scan
from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline_tests.intake.reading import quarter

Q3 = quarter("2024-Q3")


def _folder(root: Path, feed: str = "water") -> Path:
    folder = root / feed / str(Q3)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _file(root: Path, meta: str | bytes | None = None) -> RawFile:
    path = _folder(root) / "a.xlsx"
    path.write_bytes(b"x")
    if meta is not None:
        beside = path.with_name("a.xlsx.meta.yaml")
        beside.write_bytes(meta.encode() if isinstance(meta, str) else meta)
    [file] = scan(root, "water", ("water",), Q3).files
    return file


def test_strays_are_named_and_not_read(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    strays = [
        "~$a.xlsx",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "anh.JPG",
        "b.png",
        ".~lock.a.ods#",
        "c.tmp",
        "c.xlsx.part",
        "c.xlsx.crdownload",
        "d.lnk",
    ]
    for name in [*strays, "a.xlsx", "b.pdf", "e.xlsx.meta.yaml"]:
        (folder / name).write_bytes(b"x")
    (folder / "thu-muc").mkdir()
    found = scan(tmp_path, "water", ("water",), Q3)
    assert [file.path.name for file in found.files] == ["a.xlsx", "b.pdf"]
    named = {Path(name).name for name in found.strays}
    assert named == {*strays, "e.xlsx.meta.yaml", "thu-muc"}


def test_a_file_that_goes_while_we_look_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        (_folder(tmp_path) / name).write_bytes(b"x")

    def going(path: Path) -> str:
        if path.name == "a.xlsx":
            path.unlink()
        return digest(path)

    monkeypatch.setattr(files, "digest", going)
    found = scan(tmp_path, "water", ("water",), Q3)
    assert [file.path.name for file in found.files] == ["b.xlsx"]
    assert (found.strays, found.unreadable) == ((), ())


def test_what_cannot_be_opened_is_a_stray_and_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        (_folder(tmp_path) / name).write_bytes(b"x")
    (_folder(tmp_path, "crops") / "c.xlsx").write_bytes(b"x")
    looking = Path.iterdir

    def closed(path: Path) -> Iterator[Path]:
        if path.parent.name == "crops":
            raise PermissionError(path)
        return looking(path)

    def locked(path: Path) -> str:
        if path.name == "a.xlsx":
            raise PermissionError(path)
        return digest(path)

    monkeypatch.setattr(files, "digest", locked)
    monkeypatch.setattr(Path, "iterdir", closed)
    found = scan(tmp_path, "water", ("water", "crops"), Q3)
    assert [file.path.name for file in found.files] == ["b.xlsx"]
    assert set(found.strays) == set(found.unreadable) == {"water/2024-Q3/a.xlsx", "crops/2024-Q3"}
    assert list(quarters_with_files(tmp_path, ("crops",))) == [Q3]


def test_a_folder_that_leads_out_of_the_raw_folder_has_strays_alone(tmp_path: Path) -> None:
    raw, elsewhere = tmp_path / "raw", tmp_path / "elsewhere"
    (raw / "water").mkdir(parents=True)
    elsewhere.mkdir()
    (elsewhere / "a.xlsx").write_bytes(b"x")
    (raw / "water" / str(Q3)).symlink_to(elsewhere)
    found = scan(raw, "water", ("water",), Q3)
    assert (found.files, found.strays) == ((), ("water/2024-Q3/a.xlsx",))


def test_a_quarter_that_is_a_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "water").mkdir()
    (tmp_path / "water" / str(Q3)).write_bytes(b"x")
    assert scan(tmp_path, "water", ("water",), Q3).files == ()
    assert list(quarters_with_files(tmp_path, ("water",))) == []


def test_a_name_that_is_no_utf_8_can_be_said(tmp_path: Path) -> None:
    """Archives made on old Windows unpack to such names."""
    Path(os.fsdecode(bytes(_folder(tmp_path)) + b"/b\xe1o c\xe1o.xlsx")).write_bytes(b"x")
    found = scan(tmp_path, "water", ("water",), Q3)
    assert [file.name for file in found.files] == [r"water/2024-Q3/b\xe1o c\xe1o.xlsx"]
    assert len(found.version) == 64


def test_names_are_below_the_raw_folder_with_forward_slashes(tmp_path: Path) -> None:
    assert _file(tmp_path).name == "water/2024-Q3/a.xlsx"


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    found = scan(tmp_path, "water", ("water",), Q3)
    assert (found.files, found.strays) == ((), ())


def test_the_version_changes_with_a_file_and_with_what_stands_beside_it(tmp_path: Path) -> None:
    versions = [_file(tmp_path, meta).version for meta in (None, "sample: true", "sample: false")]
    _file(tmp_path).path.write_bytes(b"y")
    versions.append(scan(tmp_path, "water", ("water",), Q3).version)
    versions.append(scan(tmp_path, "water", ("water",), Q3).files[0].version)
    assert len(set(versions)) == len(versions)


def test_without_a_meta_file_nothing_is_said(tmp_path: Path) -> None:
    assert _file(tmp_path).read_meta() == Meta()


def test_a_meta_file_is_read(tmp_path: Path) -> None:
    text = "sender: tckh\nreceived_at: 2024-10-09T08:30:00+07:00\nas_of: 2024-09-30\nobs_status: final\nsample: true\n"
    meta = _file(tmp_path, text).read_meta()
    assert meta.obs_status is ObsStatus.FINAL
    assert str(meta.as_of) == "2024-09-30"
    assert meta.received_at is not None
    assert local(meta.received_at, ZoneInfo("Asia/Ho_Chi_Minh")) == datetime.fromisoformat("2024-10-09T08:30:00")


@pytest.mark.parametrize(
    "meta",
    [
        "obs_status: chính thức",
        "received_at: hôm qua",
        "as_of: 31/09/2024",
        "sender: [a, b]",
        "unknown_key: 1",
        "- a list",
        "a: b: c",
        "sample: true\nsample: false",
        b"\xff\xfe\x00",
    ],
)
def test_a_meta_file_of_nonsense_refuses_its_file(tmp_path: Path, meta: str | bytes) -> None:
    with pytest.raises(RefusedFileError) as caught:
        _file(tmp_path, meta).read_meta()
    assert caught.value.rule == "meta"
    assert "không đọc được tệp kèm theo" in caught.value.reason
    assert "a.xlsx.meta.yaml" in caught.value.reason


def test_quarters_with_files(tmp_path: Path) -> None:
    (_folder(tmp_path) / "a.xlsx").write_bytes(b"x")
    for name in ("2024-Q2", "2024-Q5", "nháp"):
        (tmp_path / "water" / name).mkdir()
    assert list(quarters_with_files(tmp_path, ("water", "crops"))) == [Q3]


def test_a_moment_without_a_zone_is_local() -> None:
    moment = datetime.fromisoformat("2024-10-09T08:30:00")
    assert local(moment, ZoneInfo("Asia/Ho_Chi_Minh")) == moment
