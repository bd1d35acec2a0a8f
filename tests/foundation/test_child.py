"""The child does work, tells of it, survives what it can and is replaced where it cannot."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from foundation import child
from foundation.child import pool, scratch
from foundation.errors import Refusal

WORK = """
import ctypes, os, sys, time
from foundation import child
from foundation.media import EmptyFile

def echo(payload): return payload
def pid(payload): return os.getpid()
def environment(payload): return dict(os.environ)
def leave(payload): sys.exit(3)
def vanish(payload): os._exit(0)
def crash(payload): ctypes.string_at(0)
def spin(payload):
    while True: pass
def sleep(payload): time.sleep(payload["seconds"]); return os.getpid()
def swell(payload): return len([bytearray(1 << 28) for _ in range(40)])
def fail(payload): raise ValueError("see /secret/place")
def refuse(payload): raise EmptyFile("Nothing in it.")
def odd(payload): return object()
def steps(payload):
    for place in range(3): child.emit({"step": place})
    return "done"
def noise(payload):
    os.write(1, b"x" * 300_000); os.write(2, b"y" * 300_000)
    print("printed"); print("complained", file=sys.stderr)
    return "heard"
def keep(payload):
    import tempfile
    with open(os.path.join(tempfile.gettempdir(), "left"), "w") as file: file.write("x")
    return tempfile.gettempdir()
def listing(payload): return os.listdir(payload["folder"])
def write(payload):
    try: open(payload["path"], "w").close()
    except OSError as error: return error.errno
    return 0
def limits(payload):
    import resource
    return [resource.getrlimit(kind)[0] for kind in (
        resource.RLIMIT_AS, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE)]
def descriptors(payload): return sorted(int(name) for name in os.listdir("/proc/self/fd"))
def numbers(payload):
    import numpy
    return [numpy.float32(0.5), numpy.int64(3)]
"""


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "childwork.py").write_text(WORK)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    child.shutdown()


def ask(name: str, *, limits: child.Limits = pool.DEFAULT_LIMITS, **payload: Any) -> Any:
    return child.call(f"childwork:{name}", payload, limits=limits)


def test_values_cross_and_the_child_is_kept() -> None:
    sent = {"a": [1, 2.5, None, True], "b": b"\x00\xff", "c": {"d": "é"}}
    assert ask("echo", **sent) == sent
    assert ask("pid") == ask("pid") != os.getpid()


def test_large_payloads_cross() -> None:
    data = bytes(20_000_000)
    assert ask("echo", data=data)["data"] == data


def test_numpy_numbers_cross_as_plain_ones() -> None:
    assert ask("numbers") == [0.5, 3]


def test_events_arrive_in_order() -> None:
    heard: list[dict[str, Any]] = []
    assert child.call("childwork:steps", {}, on_event=heard.append) == "done"
    assert heard == [{"step": 0}, {"step": 1}, {"step": 2}]


def test_events_go_nowhere_outside_a_child() -> None:
    child.emit({"step": 1})


def test_an_error_in_the_listener_is_the_callers_and_ends_the_child() -> None:
    first = ask("pid")

    def listener(event: dict[str, Any]) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError):
        child.call("childwork:steps", {}, on_event=listener)
    assert ask("pid") != first


def test_a_refusal_comes_back_as_itself_and_the_child_lives() -> None:
    from foundation.media import EmptyFile

    first = ask("pid")
    with pytest.raises(EmptyFile, match="Nothing in it"):
        ask("refuse")
    assert ask("pid") == first


def test_an_unexpected_error_names_its_kind_and_no_path() -> None:
    first = ask("pid")
    with pytest.raises(child.ChildFailed) as caught:
        ask("fail")
    assert "ValueError" in caught.value.sentence
    assert "/" not in caught.value.sentence
    assert "/secret/place" in caught.value.trace
    assert ask("pid") != first


@pytest.mark.parametrize("name", ["leave", "odd"])
def test_leaving_or_answering_nonsense_is_a_failure(name: str) -> None:
    with pytest.raises(child.ChildFailed):
        ask(name)
    assert ask("echo", a=1) == {"a": 1}


@pytest.mark.parametrize(("name", "cause"), [("vanish", "exit"), ("crash", "signal")])
def test_a_sudden_end_is_told_and_the_next_call_works(name: str, cause: str) -> None:
    with pytest.raises(child.ChildDied) as caught:
        ask(name)
    assert caught.value.cause == cause
    assert ask("echo", a=1) == {"a": 1}


def test_a_crash_leaves_a_trace_for_the_operator() -> None:
    with pytest.raises(child.ChildDied) as caught:
        ask("crash")
    assert "Segmentation fault" in caught.value.log
    assert "Segmentation" not in caught.value.sentence


def test_too_much_memory_ends_the_child() -> None:
    with pytest.raises(child.ChildDied) as caught:
        ask("swell", limits=child.Limits(memory_bytes=pool.MEMORY_FLOOR))
    assert caught.value.cause == "memory"
    assert "memory" in caught.value.sentence


def test_too_much_processor_time_ends_the_child() -> None:
    with pytest.raises(child.ChildDied) as caught:
        ask("spin", limits=child.Limits(cpu_seconds=1))
    assert caught.value.cause == "cpu"


def test_processor_time_is_counted_per_call() -> None:
    limits = child.Limits(cpu_seconds=2)
    ask("sleep", seconds=0, limits=limits)
    first = ask("pid", limits=limits)
    child.call("childwork:echo", {}, limits=limits)
    assert ask("pid", limits=limits) == first


def test_the_wall_clock_ends_the_child() -> None:
    began = time.monotonic()
    with pytest.raises(child.ChildTimedOut, match=r"0\.3 seconds"):
        ask("sleep", seconds=30, limits=child.Limits(wall_seconds=0.3))
    assert time.monotonic() - began < 20
    assert ask("echo", a=1) == {"a": 1}


def test_chatter_does_not_reach_the_protocol() -> None:
    assert ask("noise") == "heard"
    assert ask("noise") == "heard"


def test_the_environment_is_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://user:password@place/base")
    monkeypatch.setenv("PROBITY_SECRET_KEY", "secret")
    monkeypatch.setenv("PROBITY_RESOURCES_MIRROR", "https://user:password@place/")
    monkeypatch.setenv("PROBITY_HOME", "/tmp/somewhere")
    pool.shutdown()
    seen = ask("environment")
    assert "DATABASE_URL" not in seen
    assert "PROBITY_SECRET_KEY" not in seen
    assert "PROBITY_RESOURCES_MIRROR" not in seen
    assert seen["PROBITY_HOME"] == "/tmp/somewhere"


def test_changed_folders_are_seen_by_the_next_call_of_the_same_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = "PROBITY_RESOURCES_MIRROR"
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "one"))
    monkeypatch.setenv(mirror, str(tmp_path))
    pid, seen = ask("pid"), ask("environment")
    assert (seen["PROBITY_HOME"], seen[mirror]) == (str(tmp_path / "one"), str(tmp_path))
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "two"))
    monkeypatch.delenv(mirror)
    seen = ask("environment")
    assert seen["PROBITY_HOME"] == str(tmp_path / "two")
    assert mirror not in seen
    assert ask("pid") == pid


def test_limits_are_in_force() -> None:
    memory, core, size, files = ask("limits", limits=child.Limits(memory_bytes=1))
    assert memory == pool.MEMORY_FLOOR
    assert core == 0
    assert size == 256 * 1024 * 1024
    assert files <= 512


def test_no_descriptor_of_the_parent_is_inherited(tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        held = ask("descriptors")
    # 0, 1, 2, the two pipes and the one that lists the folder
    assert len(held) == 6


def test_two_threads_get_a_child_each() -> None:
    with ThreadPoolExecutor(2) as threads:
        pids = list(threads.map(lambda _: ask("sleep", seconds=0.5), range(2)))
    assert len(set(pids)) == 2


def test_the_child_outlives_the_thread_that_first_asked() -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(ask("pid")))
    thread.start()
    thread.join()
    time.sleep(0.1)
    assert ask("pid") == found[0]


def test_the_child_is_replaced_after_its_share_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CALLS_PER_CHILD", 2)
    pids = [ask("pid") for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_child_killed_while_idle_is_replaced() -> None:
    first = ask("pid")
    os.kill(first, signal.SIGKILL)
    time.sleep(0.1)
    assert ask("pid") != first


def test_scratch_files_do_not_outlive_the_call() -> None:
    folder = ask("keep")
    assert ask("listing", folder=folder) == []
    child.shutdown()
    assert not Path(folder).exists()


def test_a_child_without_its_scratch_folder_is_replaced() -> None:
    first, folder = ask("pid"), ask("keep")
    shutil.rmtree(folder)
    assert ask("pid") != first
    assert ask("keep") != folder


def test_unknown_targets_are_failures() -> None:
    with pytest.raises(child.ChildFailed):
        child.call("childwork:missing", {})


def test_child_errors_are_refusals_with_codes() -> None:
    codes = {kind.code for kind in (child.ChildDied, child.ChildFailed, child.ChildTimedOut)}
    assert codes == {"child-died", "child-failed", "child-timed-out"}
    assert issubclass(child.ChildDied, Refusal)


def test_a_forked_process_leaves_its_parents_child_alone(tmp_path: Path) -> None:
    """In a process of its own: forking the test runner, which has threads, is not to be tried."""
    script = textwrap.dedent("""
        import os, sys
        from foundation import child
        first = child.call("childwork:pid", {})
        fork = os.fork()
        if fork == 0:
            other = child.call("childwork:pid", {})
            child.shutdown()
            os._exit(0 if other != first else 1)
        _, status = os.waitpid(fork, 0)
        assert status == 0, status
        assert child.call("childwork:pid", {}) == first
        fork = os.fork()
        if fork == 0:
            sys.exit(0)
        os.waitpid(fork, 0)
        assert child.call("childwork:pid", {}) == first
        # a daemonic worker, as task queues fork them, may start no multiprocessing child
        import multiprocessing
        forks = multiprocessing.get_context("fork")
        answers = forks.SimpleQueue()
        work = lambda: answers.put(child.call("childwork:pid", {}))
        daemon = forks.Process(target=work, daemon=True)
        daemon.start()
        assert answers.get() != first
        daemon.join()
        assert child.call("childwork:pid", {}) == first
        print("fine")
    """)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "fine", "")


def test_the_child_dies_with_its_parent() -> None:
    script = (
        "import os, signal\nfrom foundation import child\n"
        "print(os.getpid(), child.call('childwork:pid', {}), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
    )
    parent, orphan = map(int, done.stdout.split())
    for _ in range(50):
        if not _runs(orphan):
            break
        time.sleep(0.1)
    assert not _runs(orphan)
    left = list(Path(tempfile.gettempdir()).glob(f"probity-child-*-{parent}-*"))
    assert len(left) == 1
    mine = scratch.make()
    scratch.sweep()
    assert not left[0].exists()
    assert mine.exists()
    mine.rmdir()


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
