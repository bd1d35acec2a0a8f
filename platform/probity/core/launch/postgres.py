"""The embedded PostgreSQL of one PROBITY_HOME: start it, use it, stop it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from foundation.home import home as default_home

from .accounts import database_account
from .binaries import find, reachable
from .databases import APP_ROLE, DATABASE, OWNER_ROLE, embedded_url
from .errors import DatabaseWouldNotStart
from .locks import locked, open_lock, try_lock
from .logs import rotate
from .places import cluster_folder, prepare_cluster_folder, private_folder, socket_folder
from .server import Answer, Server

ROLES = {"app": APP_ROLE, "owner": OWNER_ROLE}
RETRY_SECONDS = 30.0
LOCK_SECONDS = 300.0
RECOVERY_SECONDS = 600.0


@dataclass(frozen=True)
class Status:
    """What is known about a home's cluster; ``running`` means that a query was answered."""

    running: bool
    pid: int | None
    version: str
    data: Path
    sockets: Path


@dataclass(frozen=True)
class Cluster:
    """A cluster that answered a query; ``started`` tells whether this call started it."""

    home: Path
    server: Server
    started: bool

    def url(self, *, role: str = "app", database: str = DATABASE) -> str:
        """The URL for role ``app`` or ``owner``."""
        return embedded_url(self.home, role=ROLES[role], database=database)

    def stop(self) -> None:
        """Stop the cluster, whoever started it."""
        stop(self.home)

    def status(self) -> Status:
        """Ask the cluster now."""
        return _status(self.server)


def ensure(home: Path | None = None) -> Cluster:
    """Start the cluster of ``home`` unless it answers already, with its roles and its database.

    The first call makes the data folder. Safe from several processes at once. Raises a
    LaunchRefused subclass with a sentence when it cannot be done.
    """
    home = real_home(home)
    with locked(home / "run" / "postgres.lock", wait_seconds=LOCK_SECONDS):
        server = _prepare(home)
        started = _bring_up(server)
        _furnish(server)
    return Cluster(home=home, server=server, started=started)


def stop(home: Path | None = None) -> bool:
    """Stop the cluster of ``home``; True when nothing runs afterwards."""
    home = real_home(home)
    if not (cluster_folder(home) / "data" / "PG_VERSION").exists():
        return True
    with locked(home / "run" / "postgres.lock", wait_seconds=LOCK_SECONDS):
        (home / "run" / "postgres.borrowed").unlink(missing_ok=True)
        stopped = _stop(_prepare(home))
        with contextlib.suppress(OSError):
            socket_folder(home).rmdir()
        return stopped


def status(home: Path | None = None) -> Status | None:
    """What runs for ``home``; None when it has no cluster yet. Starts and makes nothing."""
    home = real_home(home)
    server = _existing(home)
    return _status(server) if server else None


@contextmanager
def borrowed(home: Path | None = None, *, own: bool = False) -> Iterator[Cluster]:
    """Use the cluster, starting it if needed; the last borrower of one that was started stops it.

    With ``own`` the borrower answers for the cluster even if it ran already.
    """
    home = real_home(home)
    users = open_lock(home / "run" / "postgres.users")
    mark = home / "run" / "postgres.borrowed"
    try:
        while not try_lock(users, shared=True):
            time.sleep(0.05)
        cluster = ensure(home)
        if cluster.started or own:
            mark.touch(mode=0o600)
        try:
            yield cluster
        finally:
            if try_lock(users) and mark.exists():
                stop(home)
    finally:
        os.close(users)


def real_home(home: Path | None = None) -> Path:
    """The home with every link resolved: one cluster has one name."""
    return Path(os.path.realpath(home or default_home()))


def _prepare(home: Path) -> Server:
    account = database_account(existing_data=cluster_folder(home) / "data")
    folder = prepare_cluster_folder(home, account=account)
    data = folder / "data"
    binaries = reachable(find(major=_major(data), data=data), account=account, home=home)
    sockets = private_folder(socket_folder(home), account=account)
    server = Server(
        binaries=binaries, account=account, data=data, log=folder / "server.log", sockets=sockets
    )
    if not data.exists():
        server.initialise()
    return server


def _existing(home: Path) -> Server | None:
    folder = cluster_folder(home)
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        return None
    return Server(
        binaries=find(major=_major(data), data=data),
        account=database_account(existing_data=data),
        data=data,
        log=folder / "server.log",
        sockets=socket_folder(home),
    )


def _major(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        if data.exists():
            raise DatabaseWouldNotStart(
                f"{data} exists but is not a database: its file PG_VERSION is missing. Move that"
                " folder away to begin with an empty database."
            ) from None
        return None


def _bring_up(server: Server) -> bool:
    """Start until a query is answered; False when it was answered at once."""
    if server.ask() is Answer.YES:
        return False
    rotate(server.log)
    begun = time.monotonic()
    while True:
        reason = server.start()
        answer = server.ask()
        waited = time.monotonic() - begun
        if answer is Answer.YES:
            return True
        if waited > (RECOVERY_SECONDS if answer is Answer.BUSY else RETRY_SECONDS):
            raise DatabaseWouldNotStart(
                f"PostgreSQL does not start: {server.last_words() or reason}. Its log is"
                f" {server.log}."
            )
        if answer is Answer.NO:
            _clear_the_way(server)
        time.sleep(0.3)


def _clear_the_way(server: Server) -> None:
    """After a failed start: deal with what an earlier life of this cluster left behind."""
    if server.recorded_pid() in server.processes():
        # It lives but cannot be reached: its socket was swept away, its home was moved, it hangs.
        if not server.stop(seconds=10):
            server.stop(mode="immediate", seconds=10)
    else:
        server.forget_dead()


def _stop(server: Server) -> bool:
    return not server.processes() or server.stop() or server.stop(mode="immediate")


def _status(server: Server) -> Status:
    running = server.ask() is Answer.YES
    return Status(
        running=running,
        pid=server.recorded_pid() if running else None,
        version=server.binaries.version,
        data=server.data,
        sockets=server.sockets,
    )


def _furnish(server: Server) -> None:
    with server.connect() as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role, rights in ((OWNER_ROLE, "CREATEDB"), (APP_ROLE, "NOCREATEDB")):
            if role not in known:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {}").format(
                        sql.Identifier(role), sql.SQL(rights)
                    )
                )
        names = (sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE), sql.Identifier(APP_ROLE))
        database, owner, app = names
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if found.fetchone() is None:
            for statement in (
                # The owner may look at the world as the application sees it (SET ROLE).
                sql.SQL("GRANT {} TO {}").format(app, owner),
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(database, owner),
                sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, app),
            ):
                connection.execute(statement)
