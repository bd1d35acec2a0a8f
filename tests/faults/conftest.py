"""The whole product in processes of its own, to be broken on purpose."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from PIL import Image

Furnish = Callable[[Path], None]
SLOW_DETECTOR = """
import time
from detectors.api import Outcome

class Slow:
    def detect(self, sample, parameters, /):
        time.sleep(parameters["seconds"])
        return Outcome(sentence="It waited.", score=0.0)
"""


def drawn_picture(seed: int) -> bytes:
    """A JPEG that nobody else has."""
    noise = np.random.default_rng(seed).normal(128, 30, (360, 480, 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(noise, 0, 255).astype("uint8")).save(out, "JPEG", quality=85)
    return out.getvalue()


@dataclass
class Stack:
    """A running product: its home, its address, a token."""

    home: Path
    env: dict[str, str]
    root: Path
    process: subprocess.Popen[str] | None = None
    url: str = ""
    token: str = ""
    said: list[str] = field(default_factory=list)

    def up(self) -> None:
        """Start, and wait for the address."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "probity", "up", "--json"], cwd=self.root, env=self.env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("url"):
                self.url = event["url"].rstrip("/")
                return
        raise AssertionError("It did not start: " + "".join(self.said))

    def down(self) -> None:
        """Stop as Ctrl-C does."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(180)
            assert self.process.stdout is not None
            self.process.stdout.close()

    def manage(self, *arguments: str) -> str:
        """Run a management command against this home."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=self.root, env=self.env,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One API call with the administrator's token."""
        if not self.token:
            self.token = self.manage("token_create", "admin", "--scope", "all").split()[-1]
        headers = {"Authorization": f"Token {self.token}"}
        return requests.request(
            method, f"{self.url}/api/v1/{path}", headers=headers, timeout=120, **options
        )

    def report(self, data: bytes) -> requests.Response:
        """Report a file."""
        return self.call(
            "POST", "reports",
            data={"category": "other", "explanation": "A test of faults."},
            files={"file": ("drawn.jpg", data, "image/jpeg")},
        )  # fmt: skip

    def analysed(self, case: str, *, within: float) -> dict[str, Any]:
        """The case once its analysis is done."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            body: dict[str, Any] = self.call("GET", f"cases/{case}").json()
            if body["analysis"]["state"] == "done":
                return body
            time.sleep(1)  # asking costs the machine what the analysis needs
        raise AssertionError(f"Not analysed within {within} s: {body['analysis']}")

    def processes(self, *words: str) -> list[int]:
        """Processes of this home whose command line holds all the words."""
        mark = f"PROBITY_HOME={os.path.realpath(self.home)}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    line = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                    mine = mark in (entry / "environ").read_bytes()
                except OSError:
                    continue
                if mine and all(word.encode() in line for word in words):
                    found.append(int(entry.name))
        return found


@pytest.fixture(scope="session")
def slow_plugin(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A third party's detector that takes four seconds, installed on a path of its own."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "slow_probe.py").write_text(SLOW_DETECTOR)
    card = (root / "detectors/image/jpeg_ghost.yaml").read_text()
    (folder / "slow_probe.yaml").write_text(slow_card(card))
    info = folder / "slow_probe-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-probe\nVersion: 1.0\n")
    (info / "RECORD").write_text("slow_probe.py,,\nslow_probe.yaml,,\n")
    (info / "entry_points.txt").write_text("[probity.detectors]\ntest.slow = slow_probe:Slow\n")
    return folder


def slow_card(text: str) -> str:
    """The slow detector's card, in the form of a built-in one."""
    import yaml

    card = yaml.safe_load(text)
    card.update(id="test.slow", name="Slow", parameters={"seconds": 4})
    card["needs"] = {}
    return yaml.safe_dump(card, sort_keys=False)


#: The product that the files of this folder share while this process runs them.
SHARED: list[tuple[Stack, Generator[Stack]]] = []


@pytest.fixture(scope="module")
def stack(root: Path, furnish: Furnish, slow_plugin: Path) -> Stack:
    """The product, started once: whatever was done to it, it recovers for the next test."""
    if not SHARED:
        generator = started(root, furnish, PYTHONPATH=str(slow_plugin))
        SHARED.append((next(generator), generator))
    return SHARED[0][0]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Stop the shared product when what comes next does not belong here: it costs memory."""
    if nextitem is None or nextitem.path.parent != Path(__file__).parent:
        pytest_sessionfinish()


def pytest_sessionfinish() -> None:
    """Stop the shared product, however the session ends."""
    while SHARED:
        SHARED.pop()[1].close()


def started(root: Path, furnish: Furnish, **extra: str) -> Generator[Stack]:
    """Start a product in a home of its own and take everything away afterwards."""
    home = Path(tempfile.mkdtemp(prefix="probity-fault-"))
    dropped = {"DATABASE_URL", "DATABASE_OWNER_URL", "PROBITY_APPLICATION_ROLE", "REDIS_URL"}
    env = {key: value for key, value in os.environ.items() if key not in dropped}
    env |= {
        "PROBITY_HOME": str(home), "PROBITY_JOB_LEASE_SECONDS": "6",
        "PROBITY_API_RATE": "0/hour", "DJANGO_SETTINGS_MODULE": "probity.settings", **extra,
    }  # fmt: skip
    running = Stack(home=home, env=env, root=root)
    try:
        furnish(home)
        running.up()
        yield running
    finally:
        running.down()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def start(root: Path, furnish: Furnish) -> Callable[..., Iterator[Stack]]:
    """Start a product with further environment variables."""
    return partial(started, root, furnish)


@pytest.fixture
def drawn() -> Callable[[], bytes]:
    """Another picture at each call."""
    return lambda: drawn_picture(int.from_bytes(os.urandom(4), "big"))
