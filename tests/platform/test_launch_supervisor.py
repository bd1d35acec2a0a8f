"""The supervisor: what dies is started again, what must end ends in order, nothing is orphaned."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from probity.core.launch import state, web
from probity.core.launch.children import Program
from probity.core.launch.errors import PortTaken
from probity.core.launch.signals import Signals
from probity.core.launch.supervisor import Supervisor
from probity.core.launch.voice import Voice

POLITE = """
import signal, sys, time
def leave(number, frame):
    with open({out!r}, "a") as handle: handle.write({name!r} + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("up", flush=True)
while True: time.sleep(0.05)
"""

STUBBORN = """
import signal, subprocess, sys, time
for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(grandchild.pid, flush=True)
while True: time.sleep(0.05)
"""


def alive(pid: int) -> bool:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except FileNotFoundError:
        return False
    return fields[0] != "Z"


def until(condition: Callable[[], object], *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def signals() -> Iterator[Signals]:
    with Signals() as signals:
        yield signals


def program(folder: Path, name: str, code: str, *, stop_seconds: float = 5.0) -> Program:
    return Program(
        name=name, argv=[sys.executable, "-c", code], log=folder / f"{name}.log",
        environment=dict(os.environ), folder=folder, stop_seconds=stop_seconds,
    )  # fmt: skip


def nothing(sentence: str = "") -> None:
    """Neither watches nor says."""


def test_what_dies_is_started_again_and_said(tmp_path: Path, signals: Signals) -> None:
    said: list[str] = []
    looked: list[float] = []
    code = POLITE.format(out=str(tmp_path / "order"), name="web")
    supervisor = Supervisor(
        stages=[[program(tmp_path, "web", code)]], signals=signals, say=said.append,
        watch=lambda: looked.append(time.monotonic()),
    )  # fmt: skip
    supervisor.start()
    try:
        (child,) = supervisor.children
        assert child.process is not None
        first = child.process.pid
        os.kill(first, signal.SIGKILL)

        def reborn() -> bool:
            supervisor.tick()
            return child.process is not None and child.process.pid != first

        until(reborn)
        assert len(said) == 1
        assert said[0].startswith("The web was ended by SIGKILL; it starts again in 0.5 s.")
        assert looked, "the ground is looked at as soon as something died"
    finally:
        supervisor.stop()


def test_quick_deaths_make_longer_pauses(tmp_path: Path, signals: Signals) -> None:
    said: list[str] = []
    supervisor = Supervisor(
        stages=[[program(tmp_path, "web", "raise SystemExit(3)")]], signals=signals,
        say=said.append, watch=nothing,
    )  # fmt: skip
    supervisor.start()

    def twice() -> bool:
        supervisor.tick()
        return len(said) >= 2

    until(twice)
    assert "ended with code 3; it starts again in 0.5 s" in said[0]
    assert "ended with code 3; it starts again in 1 s" in said[1]
    supervisor.stop()


def test_stages_end_in_order(tmp_path: Path, signals: Signals) -> None:
    order = tmp_path / "order"
    names = ("web", "clock", "worker")
    programs = [
        [program(tmp_path, name, POLITE.format(out=str(order), name=name))] for name in names
    ]
    supervisor = Supervisor(stages=programs, signals=signals, say=nothing, watch=nothing)
    supervisor.start()
    until(lambda: all((tmp_path / f"{name}.log").read_text() for name in names))
    supervisor.stop()
    assert order.read_text(encoding="utf-8").split() == list(names)
    assert not any(child.running for child in supervisor.children)


def test_who_does_not_listen_is_killed_with_its_children(
    tmp_path: Path, signals: Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("probity.core.launch.supervisor.COLD_SECONDS", 0.3)
    supervisor = Supervisor(
        stages=[[program(tmp_path, "worker", STUBBORN, stop_seconds=0.3)]], signals=signals,
        say=nothing, watch=nothing,
    )  # fmt: skip
    supervisor.start()
    log = tmp_path / "worker.log"
    until(lambda: log.exists() and log.read_text(encoding="utf-8").endswith("\n"))
    grandchild = int(log.read_text(encoding="utf-8"))
    assert alive(grandchild)
    supervisor.stop()
    until(lambda: not alive(grandchild))


def test_a_request_to_stop_ends_the_run(tmp_path: Path, signals: Signals) -> None:
    supervisor = Supervisor(stages=[], signals=signals, say=nothing, watch=nothing)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
    supervisor.run()
    assert signals.asked == 1


RUNNER = """
import os, sys
from pathlib import Path
from probity.core.launch.children import Program
from probity.core.launch.signals import Signals
from probity.core.launch.supervisor import Supervisor
folder = Path(sys.argv[1])
program = Program(name="web", argv=[sys.executable, "-c", "import time; time.sleep(600)"],
                  log=folder / "web.log", environment=dict(os.environ), folder=folder)
with Signals() as signals:
    supervisor = Supervisor(stages=[[program]], signals=signals, say=print, watch=lambda: None)
    supervisor.start()
    print(supervisor.children[0].process.pid, flush=True)
    supervisor.run()
"""


def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(tmp_path)],
        stdout=subprocess.PIPE, text=True, env=environment,
    ) as runner:  # fmt: skip
        assert runner.stdout is not None
        child = int(runner.stdout.readline())
        assert alive(child)
        runner.kill()
    until(lambda: not alive(child))


def test_only_one_supervisor_may_claim_a_home(tmp_path: Path) -> None:
    assert state.running(tmp_path) is None
    first = state.claim(tmp_path)
    assert first is not None
    state.record(tmp_path, port=8123, ready=True)
    assert state.claim(tmp_path) is None
    found = state.running(tmp_path)
    assert found is not None
    assert (found.pid, found.url) == (os.getpid(), "http://127.0.0.1:8123/")
    os.close(first)
    assert state.running(tmp_path) is None, "an old state file proves nothing"


def test_a_busy_port_is_stepped_over_unless_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with web.listen(None) as first:
        taken = first.getsockname()[1]
        monkeypatch.setattr(web, "DEFAULT_PORT", taken)
        with web.listen(None) as second:
            assert second.getsockname()[1] > taken
            assert second.getsockname()[0] == "127.0.0.1"
        with pytest.raises(PortTaken, match=f"Port {taken} is in use"):
            web.listen(taken)


def test_the_earlier_port_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    first = web.listen(None)
    port = first.getsockname()[1]
    threading.Timer(0.4, first.close).start()
    with web.listen(None, earlier=port) as again:
        assert again.getsockname()[1] == port


def test_no_address_but_the_products_own_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    voice = Voice()
    voice.say("The mirror https://mirror.example/files does not answer.")
    voice.ready(url="http://127.0.0.1:8000/", pid=1)
    assert capsys.readouterr().out.splitlines() == [
        "The mirror (address) does not answer.",
        "Probity is ready: http://127.0.0.1:8000/",
    ]
