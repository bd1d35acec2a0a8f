"""Files that a caller names."""

from __future__ import annotations

from pathlib import Path

from provenance.errors import FileUnreadable


def must_be_readable(path: Path) -> None:
    """Raise FileUnreadable unless the path is an ordinary file that may be read."""
    try:
        if not path.exists():
            raise FileUnreadable(f"{path} is not there.")
        if not path.is_file():
            raise FileUnreadable(f"{path} is not a file.")
        with path.open("rb"):
            pass
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be read: {error.strerror}.") from error
