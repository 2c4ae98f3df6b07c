"""``python -m lagi_samples [--out data/raw]``: write the sample workbooks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lagi_samples.generate import generate


def main() -> None:
    """Parse the command line and write."""
    parser = argparse.ArgumentParser(prog="python -m lagi_samples", description="Write the sample workbooks.")
    parser.add_argument("--out", type=Path, default=Path("data/raw"), help="folder of the raw files")
    root = parser.parse_args().out
    written = generate(root)
    sys.stdout.write(f"{len(written)} files below {root}\n")


if __name__ == "__main__":
    main()
