"""`python -m probity backup`: one folder with the database and the files of a home, checkable.

The database is dumped first, as it stood at one moment, and the files are copied after it: they
are never written twice, so each that the dump speaks of is there (unless it was erased meanwhile).
The checkpoints and the erasure ledger stay out on purpose: a restore must not turn them back.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from . import places, postgres
from .databases import DATABASE, PORT, SUPERUSER, resolve
from .errors import BackupFailed, BackupRefused
from .server import Server
from .voice import Voice

DISTRIBUTION = "probity-platform"
DUMP, FILES, INDEX = "database.dump", "files", "backup.json"
LEFT_OUT = frozenset({
    "broker", "checkpoints", "erasures.jsonl", "incoming", "logs", "postgres",
    "postgres-programs", "postgres.location", "resources", "run", "static",
})  # fmt: skip
KEYS = ("PROBITY_SECRET_KEY", "PROBITY_OUTBOX_KEY", "PROBITY_CHECKPOINT_KEY")
ELSEWHERE = ("PROBITY_EVIDENCE_STORAGE", "PROBITY_SIGNING_DIR", "PROBITY_WATERMARK_KEY")
BLOCK = 1 << 20
HOW = "docs/how-to/back-up-and-restore.md"


@dataclass(frozen=True)
class Kept:
    """One file of a backup: its size in bytes and its SHA-256 in hex."""

    bytes: int
    sha256: str


def backup(*, into: Path, as_json: bool = False) -> int:
    """Write ``INTO/probity-DATE``, whole or not at all; the exit status.

    Raises BackupRefused where the database is the operator's own, the home has none, or the place
    lies inside the home, BackupFailed where a program or the disk fails.
    """
    home, voice = postgres.real_home(), Voice(as_json=as_json)
    if not resolve().embedded:
        raise BackupRefused(
            "The database is the one that DATABASE_URL names: back it up with the tools of its"
            f" server, then the files; {HOW} shows how."
        )
    if into.resolve().is_relative_to(home):
        raise BackupRefused(f"A backup inside {home} would be lost with it. Name another disk.")
    if not (places.cluster_folder(home) / "data").exists():
        raise BackupRefused(
            f"There is no database in {home}, so there is nothing to back up. Name the home that is"
            " in use with --home, or in PROBITY_HOME."
        )
    target = into.resolve() / f"probity-{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}"
    part = target.with_name(f"{target.name}.part")
    try:
        part.mkdir(mode=0o700, parents=True)
        with postgres.borrowed(home) as cluster:
            _dump(cluster.server, file=part / DUMP)
        _copy(home, into=part / FILES)
        files = _index(part, home=home)
        os.sync()
        part.rename(target)
    except OSError as error:
        raise BackupFailed(
            f"The backup was not finished ({error.strerror}); what there is of it: {part}."
        ) from error
    for sentence in _not_inside(os.environ):
        voice.say(sentence)
    voice.backed_up(target=target, files=len(files), total=sum(one.bytes for one in files.values()))
    return 0


def index_of(folder: Path) -> dict[str, Kept]:
    """What a backup says that it holds; raises BackupRefused where it is none."""
    try:
        said = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        return {name: Kept(**one) for name, one in said["files"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupRefused(
            f"{folder} is not a whole backup: its list {INDEX} is missing or cannot be read."
        ) from error


def verify(folder: Path) -> int:
    """Read every file of a backup again; how many there are.

    Raises BackupFailed that names the first files that are missing or not what they were.
    """
    files = index_of(folder)
    wrong = [name for name, kept in files.items() if _kept(folder / name) != kept]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise BackupFailed(
            f"{folder} is damaged: {', '.join(wrong[:3])}{more} are missing or not what they were"
            " when the backup was made. Take another backup."
        )
    return len(files)


def check(*, folder: Path, as_json: bool = False) -> int:
    """Verify a backup and say so; the exit status. Raises as ``verify``."""
    count = verify(folder.resolve())
    Voice(as_json=as_json).say(f"{folder}: all {count} files are what they were.")
    return 0


def run_program(server: Server, name: str, *arguments: str) -> None:
    """One of PostgreSQL's client programs, as whoever asked; raises BackupFailed."""
    line = ["--host", str(server.sockets), "--port", str(PORT), "--username", SUPERUSER]
    done = subprocess.run(
        [server.binaries.program(name), *line, *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, umask=0o077,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"},
    )  # fmt: skip
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise BackupFailed(f"{name} failed: {said.rstrip('.')}.")


def _dump(server: Server, *, file: Path) -> None:
    arguments = ("--format", "custom", "--file", str(file), "--dbname", DATABASE)
    run_program(server, "pg_dump", *arguments)


def _copy(home: Path, *, into: Path) -> None:
    into.mkdir(mode=0o700)
    for path in sorted(_files(home)):
        place = into / path.relative_to(home)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            shutil.copy2(path, place)
        except FileNotFoundError:
            place.unlink(missing_ok=True)  # erased, or a temporary file, since it was listed


def _files(home: Path) -> Iterator[Path]:
    for top in home.iterdir():
        if top.name in LEFT_OUT or top.is_symlink():
            continue
        yield from (
            path for path in (top, *top.rglob("*")) if path.is_file() and not path.is_symlink()
        )


def _index(folder: Path, *, home: Path) -> dict[str, Kept]:
    found = {
        str(path.relative_to(folder)): _kept(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    files = {name: kept for name, kept in found.items() if kept}
    said = {
        "product": version(DISTRIBUTION),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "home": str(home),
        "files": {name: vars(kept) for name, kept in files.items()},
    }
    staging = folder / f"{INDEX}.new"
    staging.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    staging.replace(folder / INDEX)
    return files


def _kept(path: Path) -> Kept | None:
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as handle:
            while block := handle.read(BLOCK):
                digest.update(block)
                size += len(block)
    except OSError:
        return None
    return Kept(bytes=size, sha256=digest.hexdigest())


def _not_inside(environ: Mapping[str, str]) -> Iterator[str]:
    given = [name for name in KEYS if environ.get(name, "").strip()]
    if given:
        yield f"Not inside, since you keep them yourself: {', '.join(given)}."
    places = [name for name in ELSEWHERE if environ.get(name, "").strip()]
    if places:
        yield f"Not inside, since they lie elsewhere: what {', '.join(places)} name."
