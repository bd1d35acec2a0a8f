"""PostgreSQL's own programs, run as the right account: initdb, start, stop, ask."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psycopg

from .accounts import Account
from .binaries import Binaries
from .databases import PORT, SUPERUSER
from .errors import DatabaseWouldNotStart

START_SECONDS = 120
CONNECT_SECONDS = 5
STOP_SECONDS = 60
BUSY = ("starting up", "not yet accepting", "recovery", "shutting down")


class Answer(StrEnum):
    """What a server said when it was asked; BUSY is recovering or stopping."""

    YES = "yes"
    BUSY = "busy"
    NO = "no"


@dataclass(frozen=True)
class Server:
    """One data folder with the programs, the account and the socket folder that serve it."""

    binaries: Binaries
    account: Account | None
    data: Path
    log: Path
    sockets: Path

    def initialise(self) -> None:
        """Make the data folder; an interrupted attempt leaves only a folder that is swept."""
        staging = self.data.with_name("data.new")
        shutil.rmtree(staging, ignore_errors=True)
        new = self.binaries.major >= 17
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if new else []
        done = self._run(
            "initdb", "--pgdata", str(staging), "--username", SUPERUSER, "--encoding=UTF8",
            "--auth-local=trust", "--auth-host=reject", "--data-checksums", "--locale=C", *locale,
        )  # fmt: skip
        if done.returncode != 0:
            raise DatabaseWouldNotStart(
                f"The database's folder could not be made in {self.data.parent}:"
                f" {_last_line(done.stderr)}"
            )
        staging.rename(self.data)

    def start(self) -> str:
        """Try once to start; return what went wrong, or an empty string."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "fsync": "on",
            "log_line_prefix": "%m [%p] ",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "cluster_name": "probity",
        }
        words = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        done = self._run(
            "pg_ctl", "start", "--silent", "--wait", f"--timeout={START_SECONDS}",
            "--pgdata", str(self.data), "--log", str(self.log), "--options", shlex.join(words),
        )  # fmt: skip
        return "" if done.returncode == 0 else _last_line(done.stderr) or "no reason was given"

    def stop(self, *, mode: str = "fast", seconds: int = STOP_SECONDS) -> bool:
        """Stop and wait; True when nothing runs afterwards."""
        done = self._run(
            "pg_ctl", "stop", "--silent", "--wait", f"--timeout={seconds}", "--mode", mode,
            "--pgdata", str(self.data),
        )  # fmt: skip
        return done.returncode == 0 or not self.processes()

    def connect(self, *, database: str = SUPERUSER) -> psycopg.Connection[tuple[object, ...]]:
        """A superuser connection in autocommit; raises psycopg.OperationalError."""
        return psycopg.connect(
            host=str(self.sockets), port=PORT, user=SUPERUSER, dbname=database,
            connect_timeout=CONNECT_SECONDS, autocommit=True,
        )  # fmt: skip

    def ask(self) -> Answer:
        """Run a query: the only proof of a live server that is believed."""
        try:
            with self.connect() as connection:
                connection.execute("SELECT 1")
                return Answer.YES
        except psycopg.Error as error:
            # Connection failures carry no SQLSTATE; the server speaks English (locale C).
            return Answer.BUSY if any(word in str(error) for word in BUSY) else Answer.NO

    def processes(self) -> list[int]:
        """Ids of the processes that work in the data folder (each of PostgreSQL's does)."""
        try:
            folder = self.data.stat()
        except FileNotFoundError:
            return []
        found = []
        for entry in Path("/proc").iterdir() if Path("/proc/self/cwd").exists() else ():
            if entry.name.isdigit():
                try:
                    where = (entry / "cwd").stat()
                    name = (entry / "comm").read_text(encoding="utf-8", errors="replace")
                except OSError:
                    continue
                here = (where.st_dev, where.st_ino) == (folder.st_dev, folder.st_ino)
                if here and name.strip() == "postgres":
                    found.append(int(entry.name))
        return found

    def recorded_pid(self) -> int | None:
        """The process that postmaster.pid names, alive or not."""
        try:
            return int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def forget_dead(self) -> None:
        """Remove a postmaster.pid whose number now belongs to an unrelated process.

        PostgreSQL refuses to start while any process of the same account has that number. The
        file goes only when no process works in the data folder; PostgreSQL's own check of the
        shared memory stands behind that.
        """
        if self.recorded_pid() is not None and not self.processes():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}
        return subprocess.run(
            [self.binaries.program(program), *arguments],
            cwd=self.data.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            umask=0o077,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )

    def last_words(self) -> str:
        """The end of the server's log, one line."""
        try:
            with self.log.open("rb") as handle:
                handle.seek(max(0, os.fstat(handle.fileno()).st_size - 4096))
                return _last_line(handle.read().decode("utf-8", "replace"))
        except FileNotFoundError:
            return ""


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
