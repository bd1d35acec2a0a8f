"""PostgreSQL or the web server is killed: nothing accepted is lost, nothing half-written stays."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

pytestmark = pytest.mark.timeout(600)


def test_no_accepted_report_is_lost_when_postgresql_is_killed(stack: Any, drawn: Any) -> None:
    accepted: list[str] = []
    over = threading.Event()

    def send() -> None:
        while not over.is_set():
            try:
                answer = stack.call(
                    "POST", "reports",
                    json={"category": "other", "explanation": "Many.", "sha256": "ab" * 32},
                )  # fmt: skip
            except requests.RequestException:
                continue
            if answer.status_code == 201:
                accepted.append(answer.json()["case"])

    stack.call("GET", "cases")
    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    enough = time.monotonic() + 120
    while len(accepted) <= 5 and time.monotonic() < enough:
        time.sleep(0.2)
    before = len(accepted)
    cluster = next(path for path in stack.home.rglob("postmaster.pid"))
    os.kill(int(cluster.read_text().split()[0]), signal.SIGKILL)
    deadline = time.monotonic() + 120
    while len(accepted) < before + 10 and time.monotonic() < deadline:
        time.sleep(0.2)
    over.set()
    for thread in threads:
        thread.join()
    assert before > 5
    assert len(accepted) >= before + 10
    lost = [case for case in accepted if stack.call("GET", f"cases/{case}").status_code != 200]
    assert lost == []


def test_a_killed_upload_leaves_nothing(stack: Any) -> None:
    stack.call("GET", "cases")
    cases = stack.manage("shell", "-v", "0", "-c", COUNT).split()[-1]
    host = urlsplit(stack.url)
    head = (
        f"POST /api/v1/reports HTTP/1.1\r\nHost: {host.netloc}\r\n"
        f"Authorization: Token {stack.token}\r\nContent-Length: 50000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    )
    with socket.create_connection((host.hostname, host.port)) as wire:
        wire.sendall(head.encode() + os.urandom(3_000_000))
        incoming = stack.home / "incoming"
        deadline = time.monotonic() + 120
        while not list(incoming.iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        for pid in stack.processes("gunicorn"):
            os.kill(pid, signal.SIGKILL)
    assert list(incoming.iterdir()) != []
    deadline = time.monotonic() + 120
    while True:
        try:
            if stack.call("GET", "cases").status_code == 200:
                break
        except requests.RequestException:
            assert time.monotonic() < deadline
            time.sleep(0.3)
    time.sleep(1.1)
    stack.manage("sweep", "--older-than", "1")
    assert list(incoming.iterdir()) == []
    assert stack.manage("shell", "-v", "0", "-c", COUNT).split()[-1] == cases


COUNT = "from probity.cases.models import Case; print(Case.objects.count())"
