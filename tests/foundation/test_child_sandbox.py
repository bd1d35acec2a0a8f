"""What the child gave up: the network, other processes, writing."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from foundation import child
from foundation.child import pool

WORK = """
import ctypes, os, socket
def attempt(make):
    try: return make()
    except OSError as error: return error.errno
def connect(payload):
    def go():
        with socket.create_connection(("127.0.0.1", payload["port"]), timeout=2): return 0
    return attempt(go)
def families(payload):
    def one(family):
        socket.socket(family, socket.SOCK_STREAM).close(); return 0
    kinds = (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK)
    return [attempt(lambda: one(kind)) for kind in kinds]
def interfaces(payload):
    return [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]]
def write(payload):
    def go():
        open(payload["path"], "w").close(); return 0
    return attempt(go)
def status(payload): return open("/proc/self/status").read()
def signal_parent(payload):
    def go():
        os.kill(os.getppid(), 0); return 0
    return attempt(go)
def io_uring(payload):
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(425, 1, ctypes.create_string_buffer(120)), ctypes.get_errno()]
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement is for Linux")


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "sandboxwork.py").write_text(WORK)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    child.shutdown()


def ask(name: str, **payload: Any) -> Any:
    return child.call(f"sandboxwork:{name}", payload)


def _held(name: str) -> None:
    worker = pool._current().take(memory_bytes=pool.DEFAULT_LIMITS.memory_bytes)
    held = worker.hello[name]
    pool._current().give_back(worker)
    if not held:
        pytest.skip(f"this kernel does not grant {name}")


def test_a_listener_sees_nothing_of_the_child() -> None:
    if not child.isolation().network:
        pytest.skip("neither namespaces nor seccomp are granted here")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert ask("connect", port=listener.getsockname()[1]) != 0
        listener.settimeout(0.3)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_isolation_is_told_in_plain_words() -> None:
    told = child.isolation()
    assert told.network is (told.how != "none")
    assert told.sentence.endswith(".")


def test_isolation_says_so_when_nothing_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = pool._current().take(memory_bytes=pool.DEFAULT_LIMITS.memory_bytes)
    monkeypatch.setattr(worker, "hello", {"namespace": False, "seccomp": False})
    pool._current().give_back(worker)
    told = child.isolation()
    assert not told.network
    assert "could reach the network" in told.sentence


def test_sockets_of_every_family_are_refused() -> None:
    _held("seccomp")
    assert ask("families") == [1, 1, 1, 1]


def test_io_uring_is_refused() -> None:
    _held("seccomp")
    assert ask("io_uring") == [-1, 1]


def test_the_namespace_has_no_way_out() -> None:
    _held("namespace")
    assert set(ask("interfaces")) <= {"lo"}


def test_no_capability_and_no_new_privilege_is_left() -> None:
    status = dict(line.split(":\t", 1) for line in ask("status").splitlines() if ":\t" in line)
    assert status["NoNewPrivs"] == "1"
    assert int(status["CapEff"], 16) == 0
    assert int(status["CapPrm"], 16) == 0


def test_nothing_can_be_written_outside_the_scratch_folder(tmp_path: Path) -> None:
    _held("landlock")
    assert ask("write", path=str(tmp_path / "new")) == 13
    assert not (tmp_path / "new").exists()


def test_seccomp_alone_keeps_the_network_away() -> None:
    """Where namespaces are not granted the filter stands by itself."""
    _held("seccomp")
    script = (
        "from foundation.child import sandbox\nimport socket\n"
        "assert sandbox.forbid_new_privileges() and sandbox.forbid_sockets()\n"
        "try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "except PermissionError: print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{script}"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout.strip(), done.stderr) == ("refused", "")
