"""What every test may use. Django's fixtures live beside the platform's tests."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Shared machines stall now and then; how long one example took says nothing about the code.
settings.register_profile("probity", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("probity")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference media, beside the checkout or where PROBITY_SHARED says.

    Without it the test is skipped; in continuous integration (CI=true) that is a failure.
    """
    folder = Path(os.environ.get("PROBITY_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        sentence = "The reference media are not here: set PROBITY_SHARED to their folder."
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return folder


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database, made whatever is run: a run of nothing but tests with transactions of
    their own would otherwise find none, for they bear no mark."""
    from django.test.utils import setup_databases, teardown_databases

    with django_db_blocker.unblock(), _tables_copied():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@contextmanager
def _tables_copied() -> Iterator[None]:
    """The tables that one process of a run has made are what the others' databases begin with.

    Each still migrates, and finds that there is nothing to do. Only where the server is the run's
    own: the copy goes when the server goes.
    """
    from django.db import connection

    if not {"PYTEST_XDIST_WORKER", "TESTS_OWN_SERVER"} <= set(os.environ):
        yield
        return
    shared = Path(os.environ["TESTS_SHARED"])
    shared.mkdir(parents=True, exist_ok=True)
    made = shared / "tables.done"
    with (shared / "tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            connection.settings_dict["TEST"]["TEMPLATE"] = made.read_text(encoding="utf-8")
            yield
            return
        yield
        connection.creation.clone_test_db(suffix="template", verbosity=0)
        kept = connection.creation.get_test_db_clone_settings("template")["NAME"]
        made.write_text(kept, encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def settings_put_back() -> Iterator[None]:
    """What a file of tests sets in the environment has gone when it ends: another file, whose
    processes inherit it, would pass or fail with the order in which files happen to run."""
    before = _set_in_environment()
    yield
    assert _set_in_environment() == before, "this file leaves settings behind in the environment"


def _set_in_environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if name.startswith(("PROBITY_", "DJANGO"))
    }


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout that the tests belong to."""
    return ROOT


#: What takes long begins first: nobody waits at the end for one worker's last long file. Of the
#: journeys that share a product, those that look at whole queues come first.
LONG = (
    "tests/journeys/test_browser_line.py", "tests/journeys/test_browser_console.py",
    "tests/journeys/test_browser", "tests/journeys/access", "tests/journeys/day",
    "tests/faults", "tests/platform/bundles", "tests/detectors",
    "tests/platform/api", "tests/platform/test_launch_up.py", "tests/provenance",
)  # fmt: skip


#: The files of these folders share what they start: one process runs all of them.
TOGETHER = ("tests/journeys", "tests/faults")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files go to processes whole, and folders that share something do too."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            folder = file.rpartition("/")[0]
            return folder if folder in TOGETHER else file

    return Together(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Almost nothing that is made while modules are loaded is garbage: nobody looks for it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order in which workers take files; within a file nothing changes."""
    items.sort(key=lambda item: _place(item.nodeid))


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: no search for garbage need walk through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _place(nodeid: str) -> int:
    return next((at for at, start in enumerate(LONG) if nodeid.startswith(start)), len(LONG))


@pytest.fixture(scope="session")
def furnish(root: Path) -> Callable[[Path], None]:
    """Give an empty home the tables of a new installation, so that a product starts sooner.

    The product's own command makes them once in a run; from then on they are copied. A start from
    nothing has a test of its own.
    """
    shared = Path(os.environ["TESTS_SHARED"])
    made, done = shared / "furnished", shared / "furnished.done"
    dropped = {"DATABASE_URL", "DATABASE_OWNER_URL", "PROBITY_APPLICATION_ROLE"}
    env = {key: value for key, value in os.environ.items() if key not in dropped}
    env |= {"PROBITY_HOME": str(made), "DJANGO_SETTINGS_MODULE": "probity.settings"}

    def give(home: Path) -> None:
        made.mkdir(parents=True, exist_ok=True)
        with (shared / "furnished.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
                run = subprocess.run(
                    command, cwd=root, env=env, capture_output=True, text=True, check=False
                )
                assert run.returncode == 0, run.stdout + run.stderr
                done.touch()
        # it lies elsewhere where the database's account cannot enter the folder
        if (made / "postgres").is_dir():
            subprocess.run(["cp", "-a", str(made / "postgres"), str(home)], check=True)

    return give


@pytest.fixture(scope="session")
def prepared(shared: Path) -> Callable[[Sequence[str], Path], None]:
    """Give a state folder networks that were prepared from the reference weights.

    Loading torch and exporting take longer than what is tested with them: one child does it in a
    run, and from then on they are copied. Raises what preparing raises; those before it are given.
    """
    pytest.importorskip("torch", reason="Preparing networks needs torch.")
    pytest.importorskip("onnx", reason="Preparing networks needs onnx.")
    from detectors.models.prepared import prepare_all, ready

    made = Path(os.environ["TESTS_SHARED"]) / "networks"

    def give(names: Sequence[str], home: Path) -> None:
        made.mkdir(parents=True, exist_ok=True)
        with pytest.MonkeyPatch.context() as patch, (made / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            patch.setenv("PROBITY_HOME", str(made))
            patch.setenv("PROBITY_RESOURCES_MIRROR", str(shared))
            try:
                prepare_all([name for name in names if ready(name) is None])
            finally:
                found = [one.path for name in names if (one := ready(name))]
                (home / "models").mkdir(mode=0o700, parents=True, exist_ok=True)
                for path in found:
                    for each in (path, path.with_suffix(".json")):
                        shutil.copy(each, home / "models" / each.name)

    return give


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With PROBITY_NO_SKIPS=1 a skipped test has failed, unless it is marked `gpu`."""
    report = yield
    strict = os.environ.get("PROBITY_NO_SKIPS") == "1"
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if strict and skipped and item.get_closest_marker("gpu") is None:
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def listen() -> Callable[..., AbstractContextManager[str]]:
    """Listen for POSTs on a loopback port while a block runs; the block gets the address.

    What is given is called in a thread, with headers and body. It returns the status to answer;
    None breaks the line without a word.
    """

    @contextmanager
    def listening(take: Callable[[Any, bytes], int | None]) -> Iterator[str]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                status = take(self.headers, self.rfile.read(int(self.headers["Content-Length"])))
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        server.server_close()
        thread.join()

    return listening


TSA_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@pytest.fixture(scope="session")
def openssl() -> Callable[..., bytes]:
    """Run OpenSSL's program in a folder; the test is skipped where it is not installed."""
    if shutil.which("openssl") is None:
        pytest.skip("OpenSSL's program is not installed: apt-get install openssl.")

    def run(*arguments: str, folder: Path) -> bytes:
        done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=True)
        return done.stdout

    return run


@pytest.fixture(scope="session")
def time_stamp_authority(
    tmp_path_factory: pytest.TempPathFactory, openssl: Callable[..., bytes]
) -> Iterator[tuple[str, Path]]:
    """An authority on a loopback port, and the folder that holds its certificates."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(TSA_CONFIG.format(folder=folder))
    (folder / "ext.cnf").write_text(
        "extendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n"
    )
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
        "-subj", "/O=Test/CN=Test Root", "-days", "30", folder=folder,
    )  # fmt: skip
    openssl(
        "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr",
        "-subj", "/O=Test/CN=Test TSA", folder=folder,
    )  # fmt: skip
    openssl(
        "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-out", "tsa.pem", "-days", "20", "-extfile", "ext.cnf", folder=folder,
    )  # fmt: skip

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/other":
                query = openssl(
                    "ts", "-query", "-sha256", "-cert", "-data", "ext.cnf", folder=folder
                )
            (folder / "query.tsq").write_bytes(query)
            answer = openssl(
                "ts", "-reply", "-config", "tsa.cnf", "-section", "here", "-queryfile",
                "query.tsq", folder=folder,
            )  # fmt: skip
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer if self.path != "/junk" else b"<html>")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()
    thread.join()
