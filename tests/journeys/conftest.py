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
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

#: What Chromium says of a request that ended because the page was left, or became a download.
LEFT = "net::ERR_ABORTED"
#: What htmx says of a request that was under way when its page was left; what went wrong has
#: other names.
LEAVING = ("htmx:sendAbort", "htmx:afterRequest")
OWN_PASSWORD = "a calm river in autumn"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
#: How long a page may take over anything: a busy machine is slow, not wrong.
PATIENCE = 120_000


@dataclass
class Product:
    """A running product: its address and the administrator's one-time password."""

    process: subprocess.Popen[str]
    root: Path = field(default_factory=Path)
    env: dict[str, str] = field(default_factory=dict)
    url: str = ""
    password: str = ""
    said: list[str] = field(default_factory=list)
    signed_in: dict[str, Any] = field(default_factory=dict)

    def manage(self, *arguments: str) -> str:
        """Run a management command against this product; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=self.root, env=self.env,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

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


def started(root: Path, furnish: Callable[[Path], None], **settings: str) -> Generator[Product]:
    """Start it in a home of its own; stop it as Ctrl-C does; take everything away."""
    home = Path(tempfile.mkdtemp(prefix="probity-web-"))
    dropped = {"DATABASE_URL", "DATABASE_OWNER_URL", "PROBITY_APPLICATION_ROLE", "REDIS_URL"}
    env = {key: value for key, value in os.environ.items() if key not in dropped}
    env |= {
        "PROBITY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "probity.settings",
        "PROBITY_SERVICE_FACTS": "covered_platform=true", "PROBITY_REPORT_RATE": "0/hour",
        "PROBITY_UNDO_SECONDS": "0", "PROBITY_MAIL_FOLDER": str(home / "mails"),
        # all journeys use the administrator's first sign-in, and a busy machine takes long
        "PROBITY_CONFIRM_MINUTES": "240", **settings,
    }  # fmt: skip
    furnish(home)
    process = subprocess.Popen(
        [sys.executable, "-m", "probity", "up", "--json"], cwd=root, env=env,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    running = Product(process, root, env)
    try:
        running.wait()
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(180)
        assert process.stdout is not None
        process.stdout.close()
        shutil.rmtree(home, ignore_errors=True)


#: What the modules of a folder share while this process runs them, and what ends it, by name.
KEPT: dict[str, tuple[Any, Generator[Any]]] = {}


def kept(name: str, start: Callable[[], Generator[Any]], *, session: pytest.Session) -> Any:
    """What is shared under this name, started for the first that asks.

    At the latest it ends before what lives as long as the session and was there before it.
    """
    if name not in KEPT:
        session.addfinalizer(all_stopped)
        generator = start()
        KEPT[name] = (next(generator), generator)
    return KEPT[name][0]


def all_stopped() -> None:
    """Stop what is shared, the newest first."""
    while KEPT:
        KEPT.popitem()[1][1].close()


@pytest.fixture(scope="module")
def own_product(
    root: Path, furnish: Callable[[Path], None], request: pytest.FixtureRequest
) -> Iterator[Product]:
    """A product for this module alone, with its ``SETTINGS`` in the environment."""
    yield from started(root, furnish, **request.module.SETTINGS)


@pytest.fixture(scope="module")
def product(root: Path, furnish: Callable[[Path], None], request: pytest.FixtureRequest) -> Product:
    """A running product: a module's own where it has ``SETTINGS``, even empty ones.

    The other modules share one, and must not mind what those before them leave in its queues.
    """
    if hasattr(request.module, "SETTINGS"):
        own: Product = request.getfixturevalue("own_product")
        return own
    shared: Product = kept("product", lambda: started(root, furnish), session=request.session)
    return shared


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Stop what is shared when what comes next is of another folder: it costs memory."""
    if nextitem is None or nextitem.path.parent != item.path.parent:
        all_stopped()


def pytest_sessionfinish() -> None:
    """However the session ends, nothing is left running."""
    all_stopped()


@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Debian's Chromium; the test is skipped where it is not installed.

    One serves all modules that share the product. The others have their own: a browser's driver
    keeps a loop in this thread, in which Django would not ask its database.
    """
    if request.path.parent == Path(__file__).parent:
        yield kept("chromium", browser, session=request.session)
    else:
        yield from browser()


def browser() -> Generator[Any]:
    """Start Chromium; close it afterwards."""
    path = shutil.which("chromium")
    if path is None:
        sentence = "Chromium is not installed: apt-get install chromium."
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=PATIENCE)
        yield opened
        opened.close()


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
        page.set_default_timeout(PATIENCE)

        def console(message: Any) -> None:
            passed = (*LEAVING, accept) if accept else LEAVING
            if message.type in {"error", "warning"} and not any(
                said in message.text for said in passed
            ):
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
    if product.signed_in:
        return product.signed_in
    context = chromium.new_context(base_url=product.url)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
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
    product.signed_in = context.storage_state()
    context.close()
    return product.signed_in


@pytest.fixture
def newcomer(window: Callable[..., Any], admin: dict[str, Any]) -> Callable[..., Any]:
    """Have the administrator make a person; their window, once they have chosen a password."""

    def come(name: str, *roles: str, password: str) -> Any:
        desk = window(storage_state=admin)
        desk.goto("/administration/people")
        desk.fill("#username", name)
        for role in roles:
            desk.check(f"input[name=roles][value={role}]")
        desk.click("#make-person")
        secret = desk.inner_text("#once").strip()
        page = window()
        page.goto("/sign-in")
        page.fill("#username", name)
        page.fill("#current-password", secret)
        page.click("form.sheet button")
        page.wait_for_url("**/password")
        page.fill("#current", secret)
        page.fill("#new", password)
        page.fill("#again", password)
        page.click("form.sheet button")
        page.wait_for_url("**/triage")
        return page

    return come


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
