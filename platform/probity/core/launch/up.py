"""`python -m probity up`: the whole of Probity on one computer, from one terminal."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import Refusal
from foundation.home import home as default_home
from foundation.installed import command
from foundation.resources import gather

from . import postgres, programs, state, web
from .databases import DatabaseUrls, resolve
from .errors import REFUSED_STATUS, LaunchRefused, StartFailed, StepRefused
from .logs import rotate
from .server import Answer
from .signals import Signals
from .supervisor import Supervisor
from .voice import Voice

HEALTH_SECONDS = 120.0
MOST_DEATHS = 4
MISSING_SHOWN = 3


@dataclass(frozen=True)
class Launch:
    """What one start knows."""

    home: Path
    port: int
    voice: Voice
    signals: Signals
    environment: Mapping[str, str]
    urls: DatabaseUrls


class Stopped(Exception):
    """Somebody asked for a stop while Probity was still starting."""


def up(*, port: int | None = None, as_json: bool = False) -> int:
    """Run until somebody asks for a stop; the exit status.

    0 after an orderly stop and when another process already runs this home. Raises Refusal
    subclasses with a sentence when the start fails.
    """
    voice = Voice(as_json=as_json)
    home = postgres.real_home(default_home())
    lock = state.claim(home)
    if lock is None:
        return _elsewhere(home, voice=voice)
    try:
        with Signals() as signals:
            _run(home, port=port, voice=voice, signals=signals)
        return 0
    except Stopped:
        return 130
    finally:
        state.state_file(home).unlink(missing_ok=True)
        os.close(lock)


def _elsewhere(home: Path, *, voice: Voice) -> int:
    other = state.running(home)
    if other is None or not other.ready:
        number = f" (process {other.pid})" if other and other.pid else ""
        voice.say(f"Probity is just starting or stopping in another terminal{number}: {home}")
        return 1
    voice.elsewhere(
        f"Probity already runs (process {other.pid}): {other.url}", url=other.url, pid=other.pid
    )
    return 0


def _run(home: Path, *, port: int | None, voice: Voice, signals: Signals) -> None:
    (home / "logs").mkdir(mode=0o700, exist_ok=True)
    before = state.recorded(home)
    with web.listen(port, earlier=before.port if before else None) as door:
        number = door.getsockname()[1]
        state.record(home, port=number, ready=False)
        with _database(home, voice=voice) as (urls, watch):
            env = programs.environment(
                home=home, app_url=urls.app, public_url=web.address(number).rstrip("/")
            )
            launch = Launch(
                home=home, port=number, voice=voice, signals=signals, environment=env, urls=urls
            )
            _prepare(launch)
            supervisor = Supervisor(
                stages=programs.stages(home=home, env=env, door=door.fileno()),
                signals=signals, say=voice.say, watch=watch,
            )  # fmt: skip
            try:
                _serve(launch, supervisor)
            finally:
                voice.say("Stopping: the web server, the clock, the workers, the database.")
                supervisor.stop()


@contextmanager
def _database(home: Path, *, voice: Voice) -> Iterator[tuple[DatabaseUrls, Callable[[], None]]]:
    given = resolve()
    if not given.embedded:
        voice.say("The database is the one that DATABASE_URL names.")
        yield given, _nothing
        return
    begun = time.monotonic()
    with postgres.borrowed(home, own=True) as cluster:
        version = cluster.server.binaries.version
        voice.say(f"PostgreSQL {version} answers after {time.monotonic() - begun:.1f} s.")
        urls = resolve({"PROBITY_HOME": str(home)})
        yield urls, lambda: _revive(cluster, voice=voice)


def _nothing() -> None:
    """An operator's own database is watched by the operator."""


def _revive(cluster: postgres.Cluster, *, voice: Voice) -> None:
    if cluster.server.ask() is Answer.YES:
        return
    voice.say("The database does not answer; starting it again.")
    try:
        postgres.ensure(cluster.home)
    except LaunchRefused as refusal:
        voice.say(refusal.sentence)
    else:
        voice.say("The database answers again.")


def _prepare(launch: Launch) -> None:
    _leave_if_asked(launch.signals)
    log = launch.home / "logs" / "setup.log"
    rotate(log)
    launch.voice.say("Bringing the tables up to date.")
    _step(launch, "setup_instance", "--migrate", log=log)


def _step(launch: Launch, *arguments: str, log: Path) -> None:
    """Run one management command as the owner; its errors go to the log, the rest to the person."""
    env = {**launch.environment, "DATABASE_OWNER_URL": launch.urls.owner}
    with log.open("a", encoding="utf-8") as handle:
        log.chmod(0o600)
        with subprocess.Popen(
            programs.manage(*arguments), env=env, cwd=launch.home / "run", text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=handle, umask=0o077,
        ) as process:  # fmt: skip
            launch.signals.foreground = process
            for line in process.stdout or ():
                launch.voice.relay(line.rstrip("\n"))
            code = process.wait()
        launch.signals.foreground = None
    _leave_if_asked(launch.signals)
    if code == REFUSED_STATUS:
        raise StepRefused(_last_line(log))
    if code != 0:
        raise StartFailed(
            f"The step {arguments[0]} failed: {_last_line(log)} All of it is in {log}."
        )


def _serve(launch: Launch, supervisor: Supervisor) -> None:
    launch.voice.say("Starting the web server, the clock and the workers.")
    supervisor.start()
    missing = _missing_resources()
    _await_health(launch, supervisor)
    for sentence in missing:
        launch.voice.say(sentence)
    running = state.record(launch.home, port=launch.port, ready=True)
    launch.voice.ready(url=running.url, pid=running.pid)
    supervisor.run()


def _await_health(launch: Launch, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + HEALTH_SECONDS
    door = supervisor.stages[0][0]
    while not web.healthy(launch.port):
        _leave_if_asked(launch.signals)
        supervisor.tick()
        if door.deaths >= MOST_DEATHS or time.monotonic() > deadline:
            log = door.program.log
            raise StartFailed(
                f"The web server does not come up: {_last_line(log)} All of it is in {log}."
            )
        launch.signals.wait(0.2)


def _missing_resources() -> list[str]:
    """What is off until it is pulled, in a few lines; a broken list never stops the start."""
    try:
        found = gather()
        missing = found.missing()
    except Refusal as refusal:
        return [refusal.sentence]
    sentences = list(found.broken)
    if missing:
        total = max(1, round(sum(row.resource.bytes for row in missing) / 1e6))
        sentences.append(
            f"{len(missing)} resources are not here yet (about {total} MB); what needs them"
            f" abstains. Fetch them with `{command()} pull`:"
        )
        sentences += [
            f"  {row.resource.id}: {row.resource.what}" for row in missing[:MISSING_SHOWN]
        ]
        if len(missing) > MISSING_SHOWN:
            sentences.append(f"  and others: `{command()} pull --list` shows all.")
    return sentences


def _leave_if_asked(signals: Signals) -> None:
    if signals.asked:
        raise Stopped


def _last_line(path: Path) -> str:
    with contextlib.suppress(OSError):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        if kept := [line.strip() for line in lines if line.strip()]:
            return kept[-1].rstrip(".") + "."
    return "it said nothing."
