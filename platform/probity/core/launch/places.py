"""Where the database's files lie: data under PROBITY_HOME, the socket in a short private folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

from .accounts import Account
from .errors import DatabaseUnreachable, FolderNotOurs

POINTER = "postgres.location"
SYSTEM_STATE = Path("/var/lib/probity")


def home_digest(home: Path) -> str:
    """Eight hex digits that tell one state folder from another."""
    return hashlib.sha256(os.fsencode(os.path.realpath(home))).hexdigest()[:8]


def socket_folder(home: Path) -> Path:
    """The folder of the database's socket: the same for every process of one user and home.

    It depends on no session variable (a login shell, cron and a service must agree) and stays far
    below the 100 bytes that a socket's path may have.
    """
    if os.geteuid() == 0 and os.access("/run", os.W_OK):
        return Path("/run/probity") / home_digest(home)
    base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108
    return base / f"probity-{os.geteuid()}-{home_digest(home)}"


def private_folder(path: Path, *, account: Account | None) -> Path:
    """Make ``path`` a folder of mode 0700 that belongs to the database's account.

    Raises FolderNotOurs when something else is there or it belongs to somebody else.
    """
    owner = account.uid if account else os.geteuid()
    if account:
        open_folder(path.parent)
    else:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise FolderNotOurs(
            f"{path} must be a private folder of this user, but something else is there. Remove"
            " it (or ask whom it belongs to) and start again."
        )
    if account and found.st_uid != account.uid:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def open_folder(path: Path) -> None:
    """Let every account pass through a folder of root's (not list it), whatever the umask."""
    path.mkdir(parents=True, exist_ok=True)
    found = path.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o011 != 0o011:
        path.chmod(stat.S_IMODE(found.st_mode) | 0o011)


def cluster_folder(home: Path) -> Path:
    """Where the cluster of this home lies or would lie by default; touches nothing."""
    pointer = home / POINTER
    if pointer.is_file():
        return Path(pointer.read_text(encoding="utf-8").strip())
    return home / "postgres"


def prepare_cluster_folder(home: Path, *, account: Account | None) -> Path:
    """Make the cluster's folder, elsewhere when the account cannot enter ``home``.

    Raises DatabaseUnreachable when existing data can no longer be reached, and FolderNotOurs when
    the folder belongs to another home or user.
    """
    folder = cluster_folder(home)
    pointer = home / POINTER
    if account and home.is_relative_to(SYSTEM_STATE):
        open_folder(SYSTEM_STATE)
    if pointer.is_file():
        _refuse_foreign(folder, home=home)
    elif account and account.may_enter(home.parent):
        open_folder(home)
    elif account:
        if (folder / "data" / "PG_VERSION").exists():
            raise DatabaseUnreachable(
                f"The database in {folder} runs as the account {account.name}, which can no longer"
                f" enter {home}. Open the closed folder on the way (chmod o+x) and start again."
            )
        folder = SYSTEM_STATE / f"cluster-{home_digest(home)}"
        private_folder(folder, account=account)
        (folder / "home").write_text(f"{home}\n", encoding="utf-8")
        pointer.write_text(f"{folder}\n", encoding="utf-8")
    return private_folder(folder, account=account)


def _refuse_foreign(folder: Path, *, home: Path) -> None:
    if not folder.is_dir():
        raise DatabaseUnreachable(
            f"{home / POINTER} says that the database lies in {folder}, but nothing is there."
            " Bring the folder back, or remove that file to begin with an empty database."
        )
    note = folder / "home"
    named = Path(note.read_text(encoding="utf-8").strip()) if note.is_file() else home
    if named == home:
        return
    if (named / POINTER).is_file() and cluster_folder(named) == folder:
        raise FolderNotOurs(
            f"The database in {folder} belongs to {named}. Remove {home / POINTER} to begin with"
            " an empty database here."
        )
    note.write_text(f"{home}\n", encoding="utf-8")
