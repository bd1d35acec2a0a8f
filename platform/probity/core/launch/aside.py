"""`python -m probity set-aside`: put a whole home out of the way, with all that is in it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from . import places, postgres, state
from .databases import resolve
from .errors import HomeInUse, LaunchRefused
from .voice import Voice


def set_aside(*, as_json: bool = False) -> int:
    """Rename the home to ``NAME.aside-DATE``; nothing is deleted. The exit status.

    The database goes along, also where it lies elsewhere. Raises HomeInUse while Probity runs
    there, LaunchRefused where the folder cannot be renamed or the database is the operator's own.
    """
    if not resolve().embedded:
        raise LaunchRefused(
            "The database is the one that DATABASE_URL names, and Probity does not move it. Name "
            "another, empty one in DATABASE_URL; the present one stays as it is."
        )
    home = postgres.real_home()
    if not (places.cluster_folder(home) / "data").exists():
        raise LaunchRefused(f"There is no database in {home}, so there is nothing to set aside.")
    lock = state.claim(home)
    if lock is None:
        raise HomeInUse(f"Probity runs in {home}. End it with `make stop`, then set it aside.")
    try:
        if not postgres.stop(home):
            raise HomeInUse(f"The database of {home} did not stop; see its log.")
        moved = _free_name(home)
        _database_along(home, moved=moved)
        home.rename(moved)
    except OSError as error:
        raise LaunchRefused(f"{home} cannot be renamed ({error.strerror}).") from error
    finally:
        os.close(lock)
    Voice(as_json=as_json).aside(home=home, moved=moved)
    return 0


def _free_name(home: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return home.with_name(f"{home.name}.aside-{stamp}")


def _database_along(home: Path, *, moved: Path) -> None:
    """Give a cluster outside its home a name that a new home at the old place will not take."""
    if not (home / places.POINTER).is_file():
        return
    folder = places.cluster_folder(home)
    target = folder.with_name(f"cluster-{places.home_digest(moved)}")
    folder.rename(target)
    (target / "home").write_text(f"{moved}\n", encoding="utf-8")
    (home / places.POINTER).write_text(f"{target}\n", encoding="utf-8")
