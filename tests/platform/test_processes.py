"""What the processes of an installation have loaded before they do anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from probity.celery import app, clock

CLOCK = """
import sys
from probity.celery import clock
clock.loader.init_worker()
clock.finalize()
ours = [name for name in sys.modules if name.startswith("probity.")]
print([name for name in ours if name.endswith((".models", ".services", ".tasks"))])
"""
WEB = """
import sys, threading
import probity.wsgi
from django.db import connections
print(threading.active_count(), any(one.connection for one in connections.all()))
print("probity.web.urls" in sys.modules)
"""


def said(program: str, *, root: Path) -> list[str]:
    """What a fresh process prints, in lines."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "probity.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_task_that_the_clock_calls_is_known_to_workers() -> None:
    import probity.workflow.tasks  # noqa: F401

    called = {entry["task"] for entry in clock.conf.beat_schedule.values()}
    assert called
    assert called <= set(app.tasks)


def test_the_clock_loads_nothing_of_what_tasks_do(root: Path) -> None:
    assert said(CLOCK, root=root) == ["[]"]


def test_the_web_server_may_fork_once_every_page_is_loaded(root: Path) -> None:
    """Neither a thread nor a connection is there that two processes would come to share."""
    assert said(WEB, root=root) == ["1 False", "True"]
