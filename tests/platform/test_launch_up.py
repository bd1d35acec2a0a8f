"""The whole of it: one command up, parts killed one by one, everything gone at the end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from probity.core.launch import places, postgres

pytestmark = pytest.mark.timeout(600)


def until(condition: Callable[[], object], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def processes(mark: str) -> dict[int, str]:
    """Command lines of the processes that have the mark in their environment."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if mark in (entry / "environ").read_bytes().decode("utf-8", "replace"):
                words = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                found[int(entry.name)] = " ".join(words).strip()
        except (OSError, ValueError):
            continue
    return {pid: words for pid, words in found.items() if words}


class Instance:
    """A supervisor in a process of its own, and what it said."""

    def __init__(self, home: Path, root: Path) -> None:
        self.home = home
        self.mark = f"PROBITY_HOME={home}"
        self.said: list[dict[str, Any]] = []
        names = ("DATABASE_", "PROBITY_", "DJANGO_", "REDIS_", "PYTEST_")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(names)}
        environment |= {
            "PROBITY_HOME": str(home),
            "PYTHONPATH": os.pathsep.join([str(root / "platform"), str(root)]),
        }
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "probity", "up", "--json"],
            stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True,
        )  # fmt: skip

    def hear(self, event: str, containing: str = "") -> dict[str, Any]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(json.loads(line))
            if self.said[-1]["event"] == event and containing in self.said[-1]["sentence"]:
                return self.said[-1]
        raise AssertionError(f"no {event} {containing!r} after {self.said}")

    def find(self, part: str) -> int:
        """The first process of a part: the oldest one, hence the parent."""
        return min(pid for pid, words in processes(self.mark).items() if part in words)


@pytest.fixture
def instance(root: Path) -> Iterator[Instance]:
    home = Path(tempfile.mkdtemp(prefix="probity-up-", dir="/tmp"))
    instance = Instance(home, root)
    yield instance
    if instance.process.poll() is None:
        instance.process.send_signal(signal.SIGTERM)
        instance.process.wait(180)
    if instance.process.stdout is not None:
        instance.process.stdout.close()
    postgres.stop(home)
    shutil.rmtree(places.socket_folder(home), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_up_survives_what_is_killed_and_leaves_nothing_behind(
    instance: Instance, root: Path
) -> None:
    ready = instance.hear("ready")
    assert ready["url"].startswith("http://127.0.0.1:")
    assert answers(ready["url"])
    assert sum("one-time password" in one["sentence"] for one in instance.said) == 1
    assert sum("://" in one["sentence"] for one in instance.said) == 1

    web = instance.find("gunicorn")
    environment = Path(f"/proc/{web}/environ").read_text(encoding="utf-8")
    assert "DATABASE_URL=postgresql://probity_app@" in environment
    assert "DATABASE_OWNER_URL" not in environment

    again = subprocess.run(
        [sys.executable, "-m", "probity", "up"],
        env=instance.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert again.returncode == 0
    assert again.stdout == f"Probity already runs (process {ready['pid']}): {ready['url']}\n"

    os.kill(web, signal.SIGKILL)
    instance.hear("notice", "The web server was ended by SIGKILL")
    until(lambda: answers(ready["url"]), seconds=90)

    database = postgres.status(instance.home)
    assert database is not None
    assert database.pid is not None
    os.kill(database.pid, signal.SIGKILL)
    instance.hear("notice", "The database answers again")
    until(lambda: answers(ready["url"]), seconds=90)

    instance.process.kill()
    instance.process.wait()
    second = Instance(instance.home, root)
    try:
        assert second.hear("ready")["url"] == ready["url"], "the address stays"
        assert answers(ready["url"])
        assert not any("password" in one["sentence"] for one in second.said)
    finally:
        second.process.send_signal(signal.SIGINT)
        assert second.process.wait(180) == 0
        assert second.process.stdout is not None
        second.process.stdout.close()
    assert processes(instance.mark) == {}
    after = postgres.status(instance.home)
    assert after is not None
    assert not after.running
