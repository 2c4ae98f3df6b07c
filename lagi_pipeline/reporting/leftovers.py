"""What a process left aside when it ended without a word: half-written files under names that hold its number."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

_PROCESSES = Path("/proc")


def remove_leftovers(folder: Path, name: str) -> None:
    """Remove what dead processes left aside for a file or folder: ``.<name>.<process>.…`` beside it.

    What a living process writes stays, and everything stays where it cannot be told which processes live.

    Args:
        folder: Where it stands.
        name: How it is called.
    """
    if not (_PROCESSES / "self").exists():
        return
    aside = re.compile(rf"\.{re.escape(name)}\.(\d+)\.(fresh|last|[0-9a-f]+\.partial)")
    for path in folder.iterdir():
        found = aside.fullmatch(path.name)
        if found is None or (_PROCESSES / found[1]).exists():
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
