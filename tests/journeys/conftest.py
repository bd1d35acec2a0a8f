"""The whole product in processes of its own, and a real browser in front of it."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

#: What Chromium says of a request that ended because the page was left, or became a download.
LEFT = "net::ERR_ABORTED"
OWN_PASSWORD = "a calm river in autumn"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip


@dataclass
class Product:
    """A running product: its address and the administrator's one-time password."""

    process: subprocess.Popen[str]
    url: str = ""
    password: str = ""
    said: list[str] = field(default_factory=list)

    def wait(self) -> None:
        """Read what it says until it gives its address."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            found = re.search(r"one-time password ([\w-]+)", line)
            self.password = found[1] if found else self.password
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("url"):
                self.url = event["url"].rstrip("/")
                return
        raise AssertionError("It did not start: " + "".join(self.said))


@pytest.fixture(scope="module")
def product(root: Path) -> Iterator[Product]:
    """Start it in a home of its own; stop it as Ctrl-C does; take everything away."""
    home = Path(tempfile.mkdtemp(prefix="probity-web-"))
    dropped = {"DATABASE_URL", "DATABASE_OWNER_URL", "PROBITY_APPLICATION_ROLE", "REDIS_URL"}
    env = {key: value for key, value in os.environ.items() if key not in dropped}
    env |= {
        "PROBITY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "probity.settings",
        "PROBITY_SERVICE_FACTS": "covered_platform=true", "PROBITY_REPORT_RATE": "0/hour",
        "PROBITY_UNDO_SECONDS": "0",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "probity", "up", "--json"], cwd=root, env=env,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    running = Product(process)
    try:
        running.wait()
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium; the test is skipped where it is not installed."""
    path = shutil.which("chromium")
    if path is None:
        sentence = "Chromium is not installed: apt-get install chromium."
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Any, product: Product) -> Iterator[Callable[..., Any]]:
    """Open a window; at the end of the test no window may have complained.

    ``accept`` names complaints that the test provokes, such as a form refused with 422.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_window(*, accept: str = "", **options: Any) -> Any:
        options = {"viewport": {"width": 1440, "height": 900}} | options
        context = chromium.new_context(base_url=product.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)

        def console(message: Any) -> None:
            if message.type in {"error", "warning"} and not (accept and accept in message.text):
                complaints.append(f"{message.type}: {message.text}")

        page.on("console", console)
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))

        def failed(request: Any) -> None:
            if request.failure != LEFT:
                complaints.append(f"failed: {request.url}, {request.failure}")

        page.on("requestfailed", failed)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def admin(chromium: Any, product: Product) -> dict[str, Any]:
    """The administrator's cookies, after the first sign-in with the one-time password."""
    context = chromium.new_context(base_url=product.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#username", "admin")
    page.fill("#current-password", product.password)
    page.click("form.sheet button")
    page.wait_for_url("**/password")
    page.fill("#current", product.password)
    page.fill("#new", OWN_PASSWORD)
    page.fill("#again", OWN_PASSWORD)
    page.click("form.sheet button")
    page.wait_for_url("**/triage")
    state: dict[str, Any] = context.storage_state()
    context.close()
    return state


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A drawn picture that nobody else has."""
    seed = int.from_bytes(os.urandom(4), "big")
    noise = np.random.default_rng(seed).normal(150, 14, (600, 900, 3))
    picture = Image.fromarray(np.clip(noise, 0, 255).astype("uint8"))
    ImageDraw.Draw(picture).ellipse((300, 120, 600, 420), fill=(200, 120, 60))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    path = tmp_path / "drawn.jpg"
    path.write_bytes(out.getvalue())
    return path


@pytest.fixture
def report(window: Callable[..., Any]) -> Callable[..., str]:
    """Report through the public form as a stranger; return the private address."""

    def send(**fields: Any) -> str:
        page = window()
        page.goto("/report")
        page.check(f"#category-{fields.pop('category', 'election')}")
        file = fields.pop("file", None)
        for name, value in fields.items():
            page.check(f"#{name}") if value is True else page.fill(f"#{name}", value)
        if file:
            page.set_input_files("#file", str(file))
        page.click("#send")
        page.wait_for_url("**/status/**")
        address: str = page.url
        return address

    return send


@pytest.fixture
def take_newest() -> Callable[[Any], str]:
    """Open the case that was reported last, wherever its clock puts it; return its address."""

    def take(page: Any) -> str:
        page.goto("/triage?show=open")
        links = page.locator("[data-row-link]")
        numbers = [int(re.sub(r"\D", "", text) or 0) for text in links.all_inner_texts()]
        links.nth(numbers.index(max(numbers))).click()
        page.wait_for_url(re.compile(r"/triage/[0-9a-f-]{36}$"))
        address: str = page.url
        return address

    return take
