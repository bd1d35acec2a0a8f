"""An older database was put back on purpose: the log says so, and the notes of what was lost stay.

Kept checkpoints that know more than the database would for ever say that an older state was put in
its place, and from then on the log grows beside what they signed. They are put apart, never
deleted: they are the proof of what stood in the lost part.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from django.db import transaction

from probity.audit.models import LogLeaf
from probity.audit.outside import outside_folder
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.audit.witness import log_witness, notes_beyond
from probity.core.clock import now
from probity.core.errors import Conflict

APART = "before-restore-"
EXPECTED = "truncated"


class RestoreUnlikely(Conflict):
    """What is wrong with the log is not what a restore does to it."""

    code: ClassVar[str] = "restore-unlikely"


@dataclass(frozen=True)
class Restored:
    """``notes`` checkpoints were put into ``folder``; the log goes on from ``statements``."""

    notes: int
    statements: int
    lost: int
    folder: Path | None


def instance_restored(*, why: str) -> Restored:
    """Put the checkpoints that the restored database does not know apart, and record it.

    Nothing happens where all agree. Raises RestoreUnlikely where anything else is wrong: then the
    log was altered, and no restore explains it.
    """
    wrong = [finding for finding in log_witness().findings if finding.wrong != EXPECTED]
    if wrong:
        raise RestoreUnlikely(
            f"A restore does not explain this, so nothing was put apart: {wrong[0].sentence}"
        )
    statements = LogLeaf.objects.count()
    later = notes_beyond(statements)
    if not later:
        return Restored(notes=0, statements=statements, lost=0, folder=None)
    newest = max(later.values(), key=lambda note: note.size)
    folder = outside_folder() / f"{APART}{now():%Y%m%dT%H%M%SZ}"
    with transaction.atomic():
        event_append(
            chain=SYSTEM_CHAIN, name="instance.restored", actor="system",
            payload={
                "why": why, "statements": statements, "notes": len(later),
                "newest_size": newest.size, "newest_root": newest.root.hex(),
            },
        )  # fmt: skip
        folder.mkdir(mode=0o700)
        for name in later:
            (outside_folder() / name).rename(folder / name)
    return Restored(
        notes=len(later), statements=statements, lost=newest.size - statements, folder=folder
    )
