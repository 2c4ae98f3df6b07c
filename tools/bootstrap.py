"""Make the project's virtual environment from the lock, when it is missing or the lock changed. Standard library only.

Called by every make target. Two at once wait for each other; one that was interrupted is made anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows, where nobody runs two makes at once
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / ".installed"
LOCK = ROOT / "requirements.lock"
OLDEST = (3, 11)


def wanted() -> str:
    """What the stamp of an up-to-date environment says: a digest of lock, project, interpreter and place."""
    digest = hashlib.sha256()
    for part in (LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode(), str(ROOT).encode()):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def is_installed() -> bool:
    """Whether the environment is what the lock asks for."""
    return STAMP.exists() and STAMP.read_text("utf-8") == wanted()


def install() -> None:
    """Make the environment: the locked packages with their hashes first, then the project without touching them."""
    print(f"setting up {ENVIRONMENT.name}: about 150 packages from requirements.lock, once …", flush=True)
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    venv.create(ENVIRONMENT, with_pip=True)
    python = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(LOCK)], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)
    STAMP.write_text(wanted(), "utf-8")


def main() -> int:
    """Install if need be; 0 when the environment is ready."""
    if sys.version_info < OLDEST:
        print(
            f"Python {'.'.join(map(str, OLDEST))} or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr
        )
        print("name another one: make PYTHON=python3.12 …", file=sys.stderr)
        return 1
    if is_installed():
        return 0
    with (ROOT / ".venv.lock").open("w") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        if is_installed():
            return 0
        began = time.monotonic()
        try:
            install()
        except subprocess.CalledProcessError as error:
            print(f"setting up failed: {' '.join(error.cmd[1:4])} … ended with {error.returncode}", file=sys.stderr)
            return 1
        print(f"set up in {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
