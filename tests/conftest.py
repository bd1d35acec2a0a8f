"""What every test may use. Django's fixtures live beside the platform's tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

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
def root() -> Path:
    """The checkout that the tests belong to."""
    return ROOT


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
