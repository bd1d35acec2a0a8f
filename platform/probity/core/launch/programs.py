"""What `probity up` runs: the web server, the workers and the clock."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from foundation.home import checkout

from .children import Program

WEB_WORKERS = 2
WEB_THREADS = 4
MOST_CPU_TASKS = 4
TASK_STOP_SECONDS = 30.0


def environment(*, home: Path, app_url: str, public_url: str) -> dict[str, str]:
    """The environment of every child: the application's role, never the owner's."""
    source = Path(__file__).resolve().parents[3]
    root = checkout()
    places = [str(source), *([str(root)] if root else [])]
    inherited = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    child = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
    child.update(
        DATABASE_URL=app_url,
        PROBITY_HOME=str(home),
        DJANGO_SETTINGS_MODULE="probity.settings",
        PYTHONPATH=os.pathsep.join(dict.fromkeys([*places, *inherited])),
        PYTHONUNBUFFERED="1",
        PYTHONSAFEPATH="1",
        # Celery asks before it runs as root; the operator who typed `make up` has answered.
        C_FORCE_ROOT="1",
    )
    child.setdefault("PROBITY_PUBLIC_URL", public_url)
    if not child.get("REDIS_URL", "").strip():
        folder = Path(child.get("PROBITY_BROKER_DIR", "").strip() or home / "broker")
        for path in (folder, folder / "control"):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        child["PROBITY_BROKER_DIR"] = str(folder)
    return child


def manage(*arguments: str) -> list[str]:
    """The command line of a management command; needs no checkout."""
    return [sys.executable, "-m", "probity.core.launch.commands", *arguments]


def stages(*, home: Path, env: Mapping[str, str], door: int) -> list[list[Program]]:
    """What brings work, web and clock, is stopped before the workers that do it."""
    return [
        [_web(home=home, env=env, door=door), _beat(home=home, env=env)],
        _workers(home=home, env=env),
    ]


def has_gpu() -> bool:
    """Whether NVIDIA's own tool lists a device."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return False
    try:
        done = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "GPU " in done.stdout


def _web(*, home: Path, env: Mapping[str, str], door: int) -> Program:
    memory = ["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []  # noqa: S108
    argv = [
        sys.executable, "-m", "gunicorn", "probity.wsgi:application", "--bind", f"fd://{door}",
        "--worker-class", "gthread", "--workers", str(WEB_WORKERS),
        "--threads", str(WEB_THREADS), "--timeout", "120", "--graceful-timeout", "8",
        "--preload", "--no-control-socket", *memory,
    ]  # fmt: skip
    return _program(
        "web server", "web", argv, home=home, env=env, pass_fds=(door,), orphaned=signal.SIGQUIT
    )


def _beat(*, home: Path, env: Mapping[str, str]) -> Program:
    schedule = home / "run" / "beat-schedule"
    argv = [
        *_celery("beat", app="probity.celery:clock"), "--schedule", str(schedule), "--pidfile=",
        "--loglevel", "WARNING",
    ]  # fmt: skip
    return _program("clock", "beat", argv, home=home, env=env)


def _workers(*, home: Path, env: Mapping[str, str]) -> list[Program]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    tasks = max(1, min(MOST_CPU_TASKS, cores or 1))
    gpu = has_gpu()
    found = [_worker("cpu", "cpu,gpu", tasks, home=home, env=env)]
    if gpu:
        found.append(_worker("gpu", "gpu", 1, home=home, env=env))
    return found


def _worker(name: str, queues: str, tasks: int, *, home: Path, env: Mapping[str, str]) -> Program:
    # a card must not be opened before a fork: its worker does not fork at all
    pool = "solo" if name == "gpu" else "prefork"
    argv = [
        *_celery("worker"), "--queues", queues, "--concurrency", str(tasks), "--pool", pool,
        "--hostname", f"{name}@%h", "--without-gossip", "--without-mingle", "--loglevel", "INFO",
    ]  # fmt: skip
    return _program(
        f"{name.upper()} worker", f"worker-{name}", argv, home=home, env=env,
        stop_seconds=TASK_STOP_SECONDS, orphaned=signal.SIGQUIT,
    )  # fmt: skip


def _celery(command: str, *, app: str = "probity") -> list[str]:
    return [sys.executable, "-m", "celery", "--app", app, "--quiet", command]


def _program(
    name: str,
    log: str,
    argv: list[str],
    *,
    home: Path,
    env: Mapping[str, str],
    stop_seconds: float = 10.0,
    orphaned: signal.Signals = signal.SIGTERM,
    pass_fds: tuple[int, ...] = (),
) -> Program:
    return Program(
        name=name,
        argv=argv,
        log=home / "logs" / f"{log}.log",
        environment=env,
        folder=home / "run",
        stop_seconds=stop_seconds,
        orphaned=orphaned,
        pass_fds=pass_fds,
    )
