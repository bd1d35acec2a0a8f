"""`python -m probity restore`: a backup put into a home that is empty, and nowhere else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from . import places, postgres, state
from .backup import DUMP, FILES, HOW, LEFT_OUT, index_of, run_program, verify
from .databases import DATABASE, resolve
from .errors import BackupFailed, BackupRefused, HomeInUse
from .voice import Voice


def restore(*, folder: Path, as_json: bool = False) -> int:
    """Check a backup and put it into the home; the exit status.

    Raises BackupRefused where the home is in use or has data, or the database is the operator's
    own; BackupFailed where the backup is damaged or a program fails.
    """
    home, voice, folder = postgres.real_home(), Voice(as_json=as_json), folder.resolve()
    if not resolve().embedded:
        raise BackupRefused(
            "The database is the one that DATABASE_URL names: restore it with the tools of its"
            f" server, then the files; {HOW} shows how."
        )
    listed = index_of(folder)
    lock = state.claim(home)
    if lock is None:
        raise HomeInUse(f"Probity runs in {home}. Restore into a home that nothing runs in.")
    try:
        _refuse_full(home)
        verify(folder)
        _copy(listed, folder=folder, home=home)
        with postgres.borrowed(home) as cluster:
            run_program(
                cluster.server, "pg_restore", "--exit-on-error", "--single-transaction",
                "--dbname", DATABASE, str(folder / DUMP),
            )  # fmt: skip
    except OSError as error:
        raise BackupFailed(
            f"The restore was not finished ({error.strerror}). Begin again with another, empty"
            " home."
        ) from error
    finally:
        os.close(lock)
    voice.restored(home=home, folder=folder, how=HOW)
    return 0


def _refuse_full(home: Path) -> None:
    """A home with a database, or with any file that a backup could hold, is left alone."""
    full = (places.cluster_folder(home) / "data").exists() or any(
        path.is_file() for top in home.iterdir() if top.name not in LEFT_OUT
        for path in (top, *top.rglob("*"))
    )  # fmt: skip
    if full:
        raise BackupRefused(
            f"{home} is not empty. Name an empty folder with --home, or put this one out of the way"
            " with `python -m probity set-aside`."
        )


def _copy(listed: Iterable[str], *, folder: Path, home: Path) -> None:
    """Put the files that the list names into the home; nothing that was put beside them."""
    for name in listed:
        path = folder / name
        if not path.is_relative_to(folder / FILES):
            continue
        place = home / path.relative_to(folder / FILES)
        if not place.resolve().is_relative_to(home):
            raise BackupRefused(f"The backup's list names {name}, which lies outside of a home.")
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy2(path, place, follow_symlinks=False)
