"""Where Probity keeps its state: databases, keys, fetched resources, sockets."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from pathlib import Path
from typing import ClassVar

from foundation.errors import Refusal

VARIABLE = "PROBITY_HOME"
SYSTEM_HOMES = Path("/var/lib/probity")


class HomeUnusable(Refusal):
    """The state folder cannot be made or entered."""

    code: ClassVar[str] = "home-unusable"
    status: ClassVar[int] = 500


def checkout() -> Path | None:
    """The source checkout that this code runs from; None when installed from a wheel."""
    root = Path(__file__).resolve().parents[1]
    marks = (root / "pyproject.toml", root / "manage.py", root / "platform" / "probity")
    return root if all(mark.exists() for mark in marks) else None


def home() -> Path:
    """The state folder, made with mode 0700 if it is not there yet.

    ``PROBITY_HOME`` decides. Without it, a checkout keeps its state in ``<checkout>/.probity``,
    and an installed wheel in ``$XDG_STATE_HOME/probity`` (``~/.local/state/probity``). Root's
    state lies under ``/var/lib/probity``, because the account that the database is handed down
    to cannot reach root's home. An existing folder's mode is left as it is.

    Raises HomeUnusable when the folder cannot be made.
    """
    path = _chosen()
    try:
        _make(path)
    except OSError as error:
        raise HomeUnusable(
            f"The state folder {path} cannot be used ({error.strerror}). "
            f"Set {VARIABLE} to a folder that this account may write to."
        ) from error
    return path


def _chosen() -> Path:
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        return Path(given).expanduser().absolute()
    root = checkout()
    if os.geteuid() == 0:
        return SYSTEM_HOMES / (_name_of(root) if root else "default")
    if root:
        return root / ".probity"
    states = os.environ.get("XDG_STATE_HOME", "").strip()
    return (Path(states) if states else Path.home() / ".local" / "state") / "probity"


def _name_of(root: Path) -> str:
    """Short and unlike any other checkout's: a socket path has about 100 characters in all."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", root.name)[:24]
    return f"{name}-{hashlib.sha256(os.fsencode(root)).hexdigest()[:8]}"


def _make(path: Path) -> None:
    if path.is_dir():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is not a folder") from None
