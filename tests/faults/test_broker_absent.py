"""The broker is away when a report comes in: it is accepted, and analysed all the same."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(600)


def test_the_file_broker_is_away(stack: Any, drawn: Any) -> None:
    stack.call("GET", "cases")
    folder = stack.home / "broker"
    shutil.rmtree(folder)
    folder.write_text("in the way")
    try:
        answer = stack.report(drawn())
        assert answer.status_code == 201
    finally:
        folder.unlink()
        (folder / "control").mkdir(parents=True)
    stack.analysed(answer.json()["case"], within=150)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Any]:
    """A Redis of our own, which can be stopped and started."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    class Redis:
        url = f"redis://127.0.0.1:{port}/0"
        process: subprocess.Popen[bytes]

        def start(self) -> None:
            self.process = subprocess.Popen(
                [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "",
                 "--dir", str(tmp_path)],
                stdout=subprocess.DEVNULL,
            )  # fmt: skip
            for _ in range(1200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        return
                time.sleep(0.05)
            raise AssertionError("Redis did not start.")

        def stop(self) -> None:
            self.process.kill()
            self.process.wait()

    server = Redis()
    server.start()
    yield server
    server.stop()


@pytest.mark.redis
def test_redis_is_away_at_submit(start: Any, redis: Any, drawn: Any) -> None:
    for stack in start(REDIS_URL=redis.url):
        stack.analysed(stack.report(drawn()).json()["case"], within=150)
        redis.stop()
        begun = time.monotonic()
        answer = stack.report(drawn())
        assert answer.status_code == 201
        assert time.monotonic() - begun < 90
        redis.start()
        stack.analysed(answer.json()["case"], within=150)
