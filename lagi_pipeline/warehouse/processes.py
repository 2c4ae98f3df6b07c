"""Whether a process of this machine still runs, as far as that can be told."""

from __future__ import annotations

from pathlib import Path

_PROCESSES = Path("/proc")


def has_ended(process: int | str) -> bool:
    """Whether no process has that number any more; where that cannot be told, it may run."""
    return (_PROCESSES / "self").exists() and not (_PROCESSES / str(process)).exists()
