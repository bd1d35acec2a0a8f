"""A folder per child for what libraries must write down, and its end when the parent was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "probity-child"


def make() -> Path:
    """A new private folder that names the process it belongs to."""
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}-{_space()}-{os.getpid()}-"))


def sweep() -> None:
    """Remove the folders of processes that are gone (their parent was killed before it could)."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}-{_space()}-*-*"):
        owner = folder.name.split("-")[3]
        with contextlib.suppress(OSError, ValueError):
            if folder.stat().st_uid == os.getuid() and not Path(f"/proc/{int(owner)}").exists():
                shutil.rmtree(folder, ignore_errors=True)


def _space() -> str:
    """The process number space: containers that share a temporary folder do not share numbers."""
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return "0"
