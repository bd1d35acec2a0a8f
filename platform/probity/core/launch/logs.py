"""Log files that do not grow without end."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LIMIT_BYTES = 5 * 1024 * 1024
KEEP = 3


def rotate(path: Path, *, limit: int = LIMIT_BYTES) -> bool:
    """Move a log's text to ``path.1`` (and older ones up) once it is larger than ``limit`` bytes.

    The file itself is emptied in place, so that programs that append to it need not be told.
    Lines written between the copy and the emptying are lost. True when it was rotated.
    """
    try:
        if path.is_symlink() or path.stat().st_size <= limit:
            return False
    except FileNotFoundError:
        return False
    for number in range(KEEP, 1, -1):
        older = path.with_name(f"{path.name}.{number - 1}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number}"))
    copy = path.with_name(f"{path.name}.new")
    copy.unlink(missing_ok=True)
    shutil.copyfile(path, copy)
    copy.chmod(0o600)
    copy.replace(path.with_name(f"{path.name}.1"))
    os.truncate(path, 0)
    return True
