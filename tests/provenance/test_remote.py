"""Credentials that a file only points to: fetched from allowed, public hosts, and never else."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from provenance import remote, verify
from provenance.errors import NotFetched, RemoteHostsInvalid

Sign = Callable[..., tuple[bytes, bytes]]
Put = Callable[[str, bytes], Path]
HOST = "manifests.example.org"
PUBLIC = "93.184.215.14"
URL = f"https://{HOST}/m.c2pa"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the host, with its key, that nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


class Server(ThreadingHTTPServer):
    answer: Callable[[BaseHTTPRequestHandler], None]
    asked: list[str]

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no error here."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.answer(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A TLS server that the public address of the host leads to; every connection to any other
    address fails the test."""
    made = Server(("127.0.0.1", 0), Handler)
    made.asked = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    made.socket = context.wrap_socket(made.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    trusting = ssl.create_default_context

    def dial(address: tuple[str, int], timeout: float) -> socket.socket:
        assert address == (PUBLIC, 443)
        near = socket.socket()
        near.settimeout(timeout)
        near.connect(("127.0.0.1", made.server_address[1]))
        return near

    monkeypatch.setattr(socket, "create_connection", dial)
    monkeypatch.setattr(
        remote.ssl, "create_default_context", lambda: trusting(cafile=str(certificate))
    )
    resolve(monkeypatch, PUBLIC)
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: rows)


def body(data: bytes, *, status: int = 200, **headers: str) -> Callable[[Any], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


@pytest.fixture
def pointing(
    newsroom: Any, sign: Sign, put: Put, own_list: Callable[..., Path],
    picture: Callable[..., bytes],
) -> tuple[Path, bytes]:  # fmt: skip
    """A file that only points to its credentials, and those credentials."""
    own_list("newsroom", newsroom.root_pem)
    data, store = sign(picture(), newsroom, remote=URL)
    return put("remote.jpg", data), store


def test_fetched_from_an_allowed_host(
    pointing: tuple[Path, bytes], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, store = pointing
    server.answer = body(store)
    monkeypatch.setenv(remote.VARIABLE, f"other.example.net, {HOST}")
    record = verify.read(path)
    assert (record.credentials, record.verdict) == ("remote", "trusted")
    assert record.remote is not None
    assert (record.remote["host"], record.remote["address"]) == (HOST, PUBLIC)
    assert record.remote["bytes"] == len(store)
    assert record.remote_url == URL
    assert server.asked == ["/m.c2pa"]
    assert record.summary["icon"] == "trusted"


def test_nothing_is_fetched_without_the_operator_s_word(
    pointing: tuple[Path, bytes], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = pointing
    assert verify.read(path).credentials == "remote_not_fetched"
    monkeypatch.setenv(remote.VARIABLE, "example.org, *.manifests.example.org")
    record = verify.read(path)
    assert (record.credentials, record.verdict) == ("remote_not_fetched", "none")
    assert "not on this operator's list" in record.not_checked[0]["sentence"]
    assert record.summary["icon"] == "not_checked"
    assert server.asked == []


def test_credentials_of_another_file_are_invalid(
    pointing: tuple[Path, bytes], server: Server, newsroom: Any, sign: Sign,
    picture: Callable[..., bytes],
) -> None:  # fmt: skip
    _, other = sign(picture(colour=(0, 0, 0)), newsroom, remote=URL)
    server.answer = body(other)
    record = verify.read(pointing[0], remote=[HOST])
    assert (record.credentials, record.verdict) == ("remote", "invalid")


def test_junk_that_was_fetched_is_unreadable(pointing: tuple[Path, bytes], server: Server) -> None:
    server.answer = body(b"<html>")
    record = verify.read(pointing[0], remote=["*.example.org"])
    assert (record.credentials, record.verdict) == ("unreadable", "none")
    assert record.remote is not None


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fc00::1", "fe80::1",
     "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "ff02::1", "2001:db8::1"],
)  # fmt: skip
def test_private_addresses_are_never_connected_to(
    address: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for addresses in ([address], [PUBLIC, address]):
        resolve(monkeypatch, *addresses)
        with pytest.raises(NotFetched, match="private network"):
            remote.fetch(URL, frozenset({HOST}))
    assert server.asked == []


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700:4700::1111"])
def test_public_addresses_are(address: str) -> None:
    assert remote._is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [f"http://{HOST}/m", f"https://user@{HOST}/m", f"https://{HOST}:8443/m", f"ftp://{HOST}/m",
     "https:///m", f"https://{HOST}:x/m", f"https://{HOST}/a b", f"https://{HOST}/\u202e",
     "https://[::1/m"],
)  # fmt: skip
def test_other_addresses_are_not_followed(url: str, server: Server) -> None:
    with pytest.raises(NotFetched):
        remote.fetch(url, frozenset({HOST}))
    assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (body(b"", status=302, Location="http://127.0.0.1/"), "answered 302"),
        (body(b"", status=404), "answered 404"),
        (body(b"x", Content_Encoding="gzip"), "packed"),
        (body(b"x" * (remote.LARGEST + 2)), "more than 16 MB"),
        (lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"), "no usable answer"),
    ],
)
def test_answers_that_are_not_taken(
    answer: Callable[[Any], None], words: str, server: Server
) -> None:
    server.answer = answer
    with pytest.raises(NotFetched, match=words):
        remote.fetch(URL, frozenset({HOST}))
    assert server.asked == ["/m.c2pa"]


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(600):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        return


@pytest.mark.parametrize("answer", [drip, lambda _handler: time.sleep(60)])
def test_silent_and_dripping_servers_are_left(
    answer: Callable[[Any], None], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer = answer
    monkeypatch.setattr(remote, "SECONDS", 0.8)
    begun = time.monotonic()
    with pytest.raises(NotFetched, match=r"more than 0\.8 seconds"):
        remote.fetch(URL, frozenset({HOST}))
    assert time.monotonic() - begun < 20


def test_a_certificate_of_another_name_is_no_answer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer = body(b"x")
    with pytest.raises(NotFetched, match="no usable answer"):
        remote.fetch("https://other.example.org/m", frozenset({"*.example.org"}))
    assert server.asked == []


def test_a_name_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(NotFetched, match="cannot be found"):
        remote.fetch(URL, frozenset({HOST}))


@pytest.mark.parametrize(
    "names", ["https://a.example", "a.example:443", "127.0.0.1", "*", "a..b", "localhost", "a_b.c"]
)
def test_a_list_of_hosts_that_is_none(names: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(remote.VARIABLE, f"good.example.org {names}")
    with pytest.raises(RemoteHostsInvalid, match="is no host name"):
        remote.hosts()
