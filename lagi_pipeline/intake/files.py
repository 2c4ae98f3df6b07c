"""The files of a feed's folders: which there are, what stands beside them, and what is no office's file at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
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


class Meta(Strict):
    """What an office (or the Office that filed it) says beside a file, in ``<file name>.meta.yaml``."""

    sender: str | None = None
    document_no: str | None = None
    received_at: datetime | None = None
    as_of: date | None = None
    obs_status: ObsStatus | None = None
    sample: bool = False
    withdrawn: bool = False


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
        try:
            return build(Meta, read_yaml(self.meta_path), self.meta_path, "file")
        except (CatalogueError, ValidationError) as error:
            raise RefusedFileError(f"không đọc được tệp kèm theo: {error}", rule="meta") from error

    @property
    def version(self) -> str:
        """A digest of the file and of what stands beside it: what changes when either does."""
        beside = self.meta_path.read_bytes() if self.meta_path.is_file() else b""
        return hashlib.sha256(self.sha256.encode() + beside).hexdigest()


@dataclass(frozen=True)
class Folder:
    """What lies in the folders of one feed and quarter: files to read, and strays that are no office's."""

    files: tuple[RawFile, ...]
    strays: tuple[str, ...]

    @property
    def version(self) -> str:
        """The data version of the whole folder: it changes when a file comes, goes or changes."""
        parts = sorted(f"{file.name}:{file.version}" for file in self.files)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def digest(path: Path) -> str:
    """The sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def scan(raw_dir: Path, feed: str, folders: tuple[str, ...], quarter: Quarter) -> Folder:
    """Look into ``raw_dir/<folder>/<quarter>`` for each of a feed's folders.

    Meta files belong to their file. Editors' and systems' own files (``~$x.xlsx``, ``.DS_Store``), pictures and
    folders are strays: named, not read. Everything else is a file to read, or to refuse by name.
    """
    files: list[RawFile] = []
    strays: list[str] = []
    for folder in folders:
        for path in sorted((raw_dir / folder / str(quarter)).glob("*")):
            name = path.relative_to(raw_dir).as_posix()
            if path.name.endswith(META_SUFFIX):
                if not path.with_name(path.name.removesuffix(META_SUFFIX)).exists():
                    strays.append(name)
            elif _is_stray(path) or not path.resolve().is_relative_to(raw_dir.resolve()):
                strays.append(name)
            else:
                files.append(RawFile(path, name, feed, quarter, digest(path)))
    return Folder(tuple(files), tuple(strays))


def _is_stray(path: Path) -> bool:
    return (
        not path.is_file()
        or path.name in _TEMPORARY_NAMES
        or path.name.startswith(_TEMPORARY_PREFIXES)
        or path.suffix.lower() in {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tmp", ".lnk"}
    )


def quarters_with_files(raw_dir: Path, folders: tuple[str, ...]) -> Iterator[Quarter]:
    """The quarters for which any of ``folders`` has a folder with something in it, in no order."""
    for folder in folders:
        for path in (raw_dir / folder).glob("[0-9][0-9][0-9][0-9]-Q[1-4]"):
            if path.is_dir() and any(path.iterdir()):
                yield Quarter.parse(path.name)


def unread(raw_dir: Path, folders: frozenset[str]) -> list[str]:
    """What lies in ``data/raw`` where no feed looks: unknown folders, and in a feed's folder all but quarters.

    Hidden entries are systems' own; ``place`` and ``resolution`` are no feeds.
    """
    known = folders | {"place", "resolution"}
    strangers = [path for path in raw_dir.iterdir() if path.name not in known]
    for folder in sorted(folders):
        strangers += [path for path in (raw_dir / folder).glob("*") if not _QUARTER_FOLDER.fullmatch(path.name)]
    return sorted(path.relative_to(raw_dir).as_posix() for path in strangers if not path.name.startswith("."))


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """``moment`` as the place's wall clock shows it, without its zone; a moment without one is taken as local."""
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
