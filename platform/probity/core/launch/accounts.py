"""Whom the database runs as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .errors import DatabaseUnreachable

ACCOUNT = "probity-db"


@dataclass(frozen=True)
class Account:
    """An operating-system account that root hands the database to."""

    name: str
    uid: int
    gid: int

    def may_enter(self, path: Path) -> bool:
        """Whether the kernel lets this account through every folder down to ``path``."""
        script = 'test -x "$1"'
        try:
            done = subprocess.run(
                ["/bin/sh", "-c", script, "sh", str(path)],
                cwd="/",
                user=self.uid,
                group=self.gid,
                extra_groups=[],
                stderr=subprocess.DEVNULL,
                check=False,
            )
        except OSError as error:
            raise DatabaseUnreachable(
                f"PostgreSQL does not run as root, and the account {self.name} cannot be used here"
                f" ({error.strerror}). Start Probity as an ordinary user, or set DATABASE_URL to a"
                " PostgreSQL that already runs."
            ) from error
        return done.returncode == 0


def database_account(*, existing_data: Path) -> Account | None:
    """The account to drop to, or None when the caller is not root.

    Data that exist keep the account that owns them. Otherwise a system account is made for the
    purpose; where that is impossible, ``nobody`` serves.
    """
    if os.geteuid() != 0:
        return None
    try:
        owner = existing_data.stat().st_uid
    except OSError:
        owner = 0
    if owner != 0:
        return _by_uid(owner)
    found = _by_name(ACCOUNT)
    if found is None and (tool := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")):
        subprocess.run(
            [tool, "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell",
             "/usr/sbin/nologin", "--user-group", ACCOUNT],
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
        found = _by_name(ACCOUNT)
    found = found or _by_name("nobody")
    if found is None:
        raise DatabaseUnreachable(
            f"PostgreSQL does not run as root, and neither an account {ACCOUNT} could be made nor"
            " does the account nobody exist. Start Probity as an ordinary user, or set"
            " DATABASE_URL to a PostgreSQL that already runs."
        )
    return found


def _by_name(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)


def _by_uid(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(name=f"number {uid}", uid=uid, gid=uid)
    return Account(name=entry.pw_name, uid=uid, gid=entry.pw_gid)
