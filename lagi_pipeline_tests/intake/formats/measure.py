"""Reads one file in a process of its own and says how that went: rule, seconds of computing, megabytes it took."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import read_workbook

STATUS = Path("/proc/self/status")


def peak() -> int:
    """The most memory (bytes) that this process had; unlike ``ru_maxrss`` nothing of its parent's counts."""
    [line] = [line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def main() -> None:
    """Read the file named on the command line."""
    before, began = peak(), time.process_time()  # the clock on the wall also shows what else the machine does
    try:
        sheets = read_workbook(Path(sys.argv[1])).sheets
        outcome = {"rule": None, "cells": sum(len(row) for sheet in sheets for row in sheet.rows)}
    except RefusedFileError as error:
        outcome = {"rule": error.rule, "reason": error.reason}
    outcome |= {"seconds": time.process_time() - began, "megabytes": (peak() - before) / 1e6}
    sys.stdout.write(json.dumps(outcome))


if __name__ == "__main__":
    main()
