"""What a process left aside when it ended without a word: half-written files under names that hold its number."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from lagi_pipeline.warehouse.processes import has_ended


def leftovers(folder: Path, name: str, *, ours: bool = False) -> list[Path]:
    """What dead processes left aside for a file or folder: ``.<name>.<process>.…`` beside it.

    What a living process writes stays, and everything stays where it cannot be told which processes live.

    Args:
        folder: Where it stands.
        name: How it is called.
        ours: Whether what stands under this process's own number counts too: where it has not begun to write, that is
            of a dead one whose number it was given.
    """
    aside = re.compile(rf"\.{re.escape(name)}\.(\d+)\.(fresh|last|[0-9a-f]+\.partial)")
    found = ((path, aside.fullmatch(path.name)) for path in folder.glob(f".{name}.*"))
    return [path for path, match in found if match and (has_ended(match[1]) or (ours and int(match[1]) == os.getpid()))]


def remove(paths: Iterable[Path]) -> None:
    """Remove files and folders; what another process removes meanwhile is gone too."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
