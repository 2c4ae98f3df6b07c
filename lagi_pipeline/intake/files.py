"""The files of a feed's folders: which there are, what stands beside them, and what is no office's file at all."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.catalogue.loading import CatalogueError, Strict, build, read_yaml
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.findings import RefusedFileError

META_SUFFIX = ".meta.yaml"
_TEMPORARY_PREFIXES = ("~$", ".~lock.", ".")
_QUARTER_FOLDER = re.compile(r"\d{4}-Q[1-4]")
_TEMPORARY_NAMES = frozenset({"Thumbs.db", "desktop.ini"})
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp"})
_TEMPORARY_SUFFIXES = frozenset({".tmp", ".lnk", ".part", ".partial", ".filepart", ".crdownload"})
"""Shortcuts, and files that a browser or a copying program has not finished."""


class Meta(Strict):
    """What an office (or the Office that filed it) says beside a file, in ``<file name>.meta.yaml``."""

    sender: str | None = None
    document_no: str | None = None
    received_at: datetime | None = None
    as_of: date | None = None
    obs_status: ObsStatus | None = None
    sample: bool = False
    withdrawn: bool = False
    withdrawn_at: datetime | None = None
    """When it was withdrawn; without it the moment at which the pipeline first saw it so."""


@dataclass(frozen=True)
class RawFile:
    """A file as it lies in ``data/raw``.

    ``name`` is its path below ``data/raw``, with forward slashes; ``sha256`` is of its bytes.
    """

    path: Path
    name: str
    feed: str
    quarter: Quarter
    sha256: str

    @property
    def meta_path(self) -> Path:
        """Where its meta file lies, if it has one."""
        return self.path.with_name(self.path.name + META_SUFFIX)

    def read_meta(self) -> Meta:
        """What stands beside it; an empty ``Meta`` where nothing does.

        Raises:
            RefusedFileError: the meta file cannot be read as one.
        """
        if not self.meta_path.exists():
            return Meta()
        if self.meta_path.resolve().parent != self.path.resolve().parent:
            reason = f"{self.meta_path.name} là liên kết ra ngoài thư mục: không đọc"
            raise RefusedFileError(reason, rule="meta")
        try:
            return build(Meta, read_yaml(self.meta_path), self.meta_path, "file")
        except (CatalogueError, ValidationError) as error:
            raise RefusedFileError(f"không đọc được tệp kèm theo: {error}", rule="meta") from error

    @property
    def version(self) -> str:
        """A digest of the file and of what stands beside it: what changes when either does."""
        try:
            beside = self.meta_path.read_bytes()
        except FileNotFoundError:
            beside = b""
        except OSError as error:  # a folder, or locked: what it says is not known, that it is there is
            beside = type(error).__name__.encode()
        return hashlib.sha256(self.sha256.encode() + beside).hexdigest()


@dataclass(frozen=True)
class Folder:
    """What lies in the folders of one feed and quarter: files to read, and strays that are no office's.

    ``unreadable`` are those of the strays that the system does not let us open, folders among them.
    """

    files: tuple[RawFile, ...]
    strays: tuple[str, ...]
    unreadable: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The data version of the whole folder: it changes when a file comes, goes or changes."""
        return version_of({file.name: file.version for file in self.files})


def version_of(files: Mapping[str, str]) -> str:
    """A digest of files' names and versions."""
    return hashlib.sha256(
        "\n".join(sorted(f"{name}:{version}" for name, version in files.items())).encode()
    ).hexdigest()


def digest(path: Path) -> str:
    """The sha256 of a file's bytes, read piece by piece.

    Raises:
        OSError: the file is gone, or the system does not let us open it.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def scan(raw_dir: Path, feed: str, folders: tuple[str, ...], quarter: Quarter) -> Folder:
    """Look into ``raw_dir/<folder>/<quarter>`` for each of a feed's folders.

    Meta files belong to their file. Editors' and systems' own files (``~$x.xlsx``, ``.DS_Store``), pictures, folders,
    links that lead out of ``raw_dir`` and what cannot be opened are strays: named, not read. A file that goes while we
    look is not there. Everything else is a file to read, or to refuse by name.
    """
    files: list[RawFile] = []
    strays: list[str] = []
    unreadable: list[str] = []
    root = raw_dir.resolve()
    for place in (raw_dir / folder / str(quarter) for folder in folders):
        try:
            paths = _entries(place)
        except OSError:
            unreadable.append(_name(place, raw_dir))
            continue
        inside = place.resolve().is_relative_to(root)
        for path in paths:
            name = _name(path, raw_dir)
            try:
                if _stands_beside_its_file(path):
                    continue
                if not inside or _is_stray(path) or (path.is_symlink() and not path.resolve().is_relative_to(root)):
                    strays.append(name)
                else:
                    files.append(RawFile(path, name, feed, quarter, digest(path)))
            except FileNotFoundError:
                continue
            except OSError:
                unreadable.append(name)
    return Folder(tuple(files), tuple(sorted({*strays, *unreadable})), tuple(unreadable))


@dataclass(frozen=True)
class PlainFile:
    """A file that lies in ``data/raw`` beside the feeds' quarters; ``name`` and ``sha256`` as those of a raw file."""

    path: Path
    name: str
    sha256: str


def scan_plain(raw_dir: Path, folder: str, suffixes: frozenset[str]) -> tuple[tuple[PlainFile, ...], tuple[str, ...]]:
    """The files of ``raw_dir/<folder>`` with one of the suffixes, and the names of what else lies there.

    Links that lead out of ``raw_dir``, folders and what cannot be opened are strays too.
    """
    files: list[PlainFile] = []
    strays: list[str] = []
    root = raw_dir.resolve()
    try:
        paths = _entries(raw_dir / folder)
    except OSError:
        return (), (folder,)
    for path in paths:
        name = _name(path, raw_dir)
        try:
            inside = path.resolve().is_relative_to(root)
            if inside and path.suffix.lower() in suffixes and not _is_stray(path):
                files.append(PlainFile(path, name, digest(path)))
            else:
                strays.append(name)
        except FileNotFoundError:
            continue
        except OSError:
            strays.append(name)
    return tuple(files), tuple(strays)


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, by name; nothing where there is no such folder.

    Raises:
        OSError: the system does not let us look into it.
    """
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _name(path: Path, raw_dir: Path) -> str:
    r"""A path below ``raw_dir`` with forward slashes; bytes that are no UTF-8 (names from old archives) as ``\xe1``."""
    return os.fsencode(path.relative_to(raw_dir).as_posix()).decode("utf-8", "backslashreplace")


def _stands_beside_its_file(path: Path) -> bool:
    return path.name.endswith(META_SUFFIX) and path.with_name(path.name.removesuffix(META_SUFFIX)).exists()


def _is_stray(path: Path) -> bool:
    return (
        path.name.endswith(META_SUFFIX)
        or path.name in _TEMPORARY_NAMES
        or path.name.startswith(_TEMPORARY_PREFIXES)
        or path.suffix.lower() in _PICTURES | _TEMPORARY_SUFFIXES
        or not path.is_file()
    )


def quarters_with_files(raw_dir: Path, folders: tuple[str, ...]) -> Iterator[Quarter]:
    """The quarters for which any of ``folders`` has a folder with something in it, or that is closed, in no order."""
    for folder in folders:
        for path in (raw_dir / folder).glob("[0-9][0-9][0-9][0-9]-Q[1-4]"):
            try:
                something = path.is_dir() and bool(_entries(path))
            except OSError:
                something = True
            if something:
                yield Quarter.parse(path.name)


def unread(raw_dir: Path, folders: frozenset[str]) -> list[str]:
    """What lies in ``data/raw`` where no feed looks: unknown folders, and in a feed's folder all but quarters.

    Hidden entries are systems' own; ``place``, ``resolution`` and ``overrides`` are no feeds.
    """
    known = folders | {"place", "resolution", "overrides"}
    strangers = [path for path in raw_dir.iterdir() if path.name not in known]
    for folder in sorted(folders):
        strangers += [path for path in (raw_dir / folder).glob("*") if not _QUARTER_FOLDER.fullmatch(path.name)]
    strangers += [path for path in (raw_dir / "overrides").glob("*") if path.is_dir()]
    return sorted(_name(path, raw_dir) for path in strangers if not path.name.startswith("."))


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """``moment`` as the place's wall clock shows it, without its zone; a moment without one is taken as local."""
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
