"""Checkpoints outside the database: what a superuser with yesterday's backup cannot take back.

One file per checkpoint, ``SIZE.note``, written once; ``log.vkey`` holds the public key. The folder
belongs on another disk or machine; a command of the operator's may carry each note further.
"""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from .keys import log_verify_key
from .models import LogCheckpoint

logger = logging.getLogger(__name__)
HOOK_SECONDS = 30


def outside_folder() -> Path:
    """Where notes are kept."""
    folder = Path(settings.CHECKPOINT_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def outside_keep(checkpoint: LogCheckpoint) -> None:
    """Write the note beside the database and hand it to the operator's command, if there is one.

    A full disk or a failing command is logged; the next checkpoint repeats what is missing.
    """
    try:
        folder = outside_folder()
        _write_once(folder / "log.vkey", log_verify_key().text + "\n")
        for row in _missing(folder, checkpoint):
            _write_once(folder / f"{row.size:012d}.note", row.note)
    except OSError as error:
        logger.error("The checkpoint of %s leaves is not kept outside: %s", checkpoint.size, error)
    if settings.CHECKPOINT_HOOK:
        _publish(checkpoint)


def outside_notes() -> Iterator[tuple[str, str]]:
    """Every kept note with its file name, the smallest log first."""
    for path in sorted(outside_folder().glob("*.note")):
        yield path.name, path.read_text(encoding="utf-8")


def _missing(folder: Path, newest: LogCheckpoint) -> Iterator[LogCheckpoint]:
    """The newest, and those before it that an earlier failure left out."""
    rows = LogCheckpoint.objects.filter(size__lte=newest.size).order_by("-size")
    for row in rows.iterator():
        if (folder / f"{row.size:012d}.note").exists():
            return
        yield row


def _write_once(path: Path, text: str) -> None:
    """Write and flush a file that is never written again."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def _publish(checkpoint: LogCheckpoint) -> None:
    """Give the note to PROBITY_CHECKPOINT_HOOK on standard input."""
    try:
        subprocess.run(
            shlex.split(settings.CHECKPOINT_HOOK), input=checkpoint.note, text=True,
            timeout=HOOK_SECONDS, check=True, capture_output=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        logger.error("PROBITY_CHECKPOINT_HOOK failed: %s", type(error).__name__)
