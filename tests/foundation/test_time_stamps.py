"""Time-stamps of an authority that the test itself runs, with OpenSSL's own implementation."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from foundation.time_stamps import (
    TimeStampFailed,
    TimeStampInvalid,
    roots_read,
    time_stamp_fetch,
    time_stamp_read,
)

CONFIG = """
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
MESSAGE = b"a checkpoint\n"


def openssl(*arguments: str, folder: Path, data: bytes = b"") -> bytes:
    done = subprocess.run(
        ["openssl", *arguments], cwd=folder, input=data, capture_output=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def authority(
    tmp_path_factory: pytest.TempPathFactory, needs_program: None
) -> Iterator[tuple[str, Path]]:
    """An authority on a loopback port, and the folder that holds its certificates."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
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


@pytest.fixture(scope="module")
def needs_program() -> None:
    if shutil.which("openssl") is None:
        pytest.skip("OpenSSL's program is not installed: apt-get install openssl.")


def test_a_stamp_is_fetched_and_checked_against_the_root(authority: tuple[str, Path]) -> None:
    url, folder = authority
    token = time_stamp_fetch(MESSAGE, url=f"{url}/stamp")
    roots = roots_read((folder / "ca.pem").read_bytes())
    stamp = time_stamp_read(token, data=MESSAGE, roots=roots)
    assert stamp.trusted is True
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=2)
    unknown = time_stamp_read(token, data=MESSAGE)
    assert unknown.trusted is None


def test_another_authority_s_root_does_not_vouch(
    authority: tuple[str, Path], tmp_path: Path
) -> None:
    url, _ = authority
    token = time_stamp_fetch(MESSAGE, url=url)
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem",
        "-subj", "/CN=Stranger", "-days", "3", folder=tmp_path,
    )  # fmt: skip
    roots = roots_read((tmp_path / "c.pem").read_bytes())
    stamp = time_stamp_read(token, data=MESSAGE, roots=roots)
    assert stamp.trusted is False
    assert stamp.why


def test_a_stamp_on_other_bytes_is_refused(authority: tuple[str, Path]) -> None:
    url, _ = authority
    token = time_stamp_fetch(MESSAGE, url=url)
    with pytest.raises(TimeStampInvalid, match="other bytes"):
        time_stamp_read(token, data=MESSAGE + b"!")
    with pytest.raises(TimeStampInvalid, match="other bytes"):
        time_stamp_fetch(MESSAGE, url=f"{url}/other")


def test_answers_that_are_no_stamp_are_refused(authority: tuple[str, Path]) -> None:
    url, _ = authority
    with pytest.raises(TimeStampInvalid, match="no RFC 3161"):
        time_stamp_fetch(MESSAGE, url=f"{url}/junk")
    with pytest.raises(TimeStampFailed, match="no answer"):
        time_stamp_fetch(MESSAGE, url="http://127.0.0.1:9/")
    with pytest.raises(TimeStampFailed, match="http or https"):
        time_stamp_fetch(MESSAGE, url="file:///etc/passwd")
    with pytest.raises(TimeStampInvalid, match="PEM"):
        roots_read(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
