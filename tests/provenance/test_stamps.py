"""Whose a time-stamp is: the signer that it names, whatever else lies in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from foundation.time_stamps import time_stamp_fetch
from provenance import certificates, der, stamps, verify
from provenance.der import SEQUENCE, SET, DerError

CERTIFICATES = 0xA0
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"


def packed(tag: int, *contents: bytes) -> bytes:
    """One DER element."""
    content = b"".join(contents)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def rebuilt(response: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """The response with its list of certificates changed; the signature does not cover it."""
    status, token = [bytes(part.whole) for part in der.first(response, SEQUENCE).children()]
    kind, explicit = list(der.first(token, SEQUENCE).children())
    parts = list(der.first(explicit.content, SEQUENCE).children())
    made = [
        packed(CERTIFICATES, *change([bytes(item.whole) for item in part.children()]))
        if part.tag == CERTIFICATES
        else bytes(part.whole)
        for part in parts
    ]
    data = packed(CERTIFICATES, packed(SEQUENCE, *made))
    return packed(SEQUENCE, status, packed(SEQUENCE, bytes(kind.whole), data))


@pytest.fixture(scope="module")
def response(time_stamp_authority: tuple[str, Path]) -> bytes:
    """What an authority answers, with its certificates."""
    url, _ = time_stamp_authority
    return time_stamp_fetch(hashlib.sha256(b"x").digest(), url=url)


def name(chain: tuple[x509.Certificate, ...]) -> str | None:
    return certificates.name_of(chain[0])["name"] if chain else None


def with_certificate(response: bytes, folder: Path) -> bytes:
    """The test's authority sends none unless asked; add its own."""
    own = x509.load_pem_x509_certificate((folder / "tsa.pem").read_bytes())
    der_form = own.public_bytes(Encoding.DER)
    status, token = [bytes(part.whole) for part in der.first(response, SEQUENCE).children()]
    kind, explicit = list(der.first(token, SEQUENCE).children())
    parts = [bytes(p.whole) for p in der.first(explicit.content, SEQUENCE).children()]
    if any(part[0] == CERTIFICATES for part in parts):
        return response
    parts.insert(3, packed(CERTIFICATES, der_form))
    data = packed(CERTIFICATES, packed(SEQUENCE, *parts))
    return packed(SEQUENCE, status, packed(SEQUENCE, bytes(kind.whole), data))


def test_the_signer_comes_first_and_strangers_are_no_signers(
    response: bytes, time_stamp_authority: tuple[str, Path], identity: Callable[..., Any]
) -> None:
    whole = with_certificate(response, time_stamp_authority[1])
    assert name(stamps.chain(whole)) == "Test TSA"
    famous = identity(common="Famous Authority", ekus=[TIME_STAMPING]).leaf
    stranger = famous.public_bytes(Encoding.DER)
    for change in (lambda held: [stranger, *held], lambda held: [*held, stranger]):
        assert name(stamps.chain(rebuilt(whole, change))) == "Test TSA"
    assert stamps.chain(rebuilt(whole, lambda _held: [stranger])) == ()
    assert stamps.chain(rebuilt(whole, lambda _held: [])) == ()
    assert stamps.chain(rebuilt(whole, lambda held: held * 13)) == ()


def test_a_bare_token_is_read_too(response: bytes, time_stamp_authority: tuple[str, Path]) -> None:
    whole = with_certificate(response, time_stamp_authority[1])
    _, token = [bytes(part.whole) for part in der.first(whole, SEQUENCE).children()]
    assert name(stamps.chain(token)) == "Test TSA"


def test_two_signers_are_nobody_s(response: bytes, time_stamp_authority: tuple[str, Path]) -> None:
    whole = with_certificate(response, time_stamp_authority[1])
    status, token = [bytes(part.whole) for part in der.first(whole, SEQUENCE).children()]
    kind, explicit = list(der.first(token, SEQUENCE).children())
    parts = [
        packed(SET, bytes(part.content) * 2) if part.tag == SET and place > 2 else bytes(part.whole)
        for place, part in enumerate(der.first(explicit.content, SEQUENCE).children())
    ]
    data = packed(CERTIFICATES, packed(SEQUENCE, *parts))
    twice = packed(SEQUENCE, status, packed(SEQUENCE, bytes(kind.whole), data))
    assert stamps.chain(twice) == ()


def test_a_time_stamp_by_nobody_who_is_known(
    newsroom: Any, sign: Callable[..., tuple[bytes, bytes]], put: Callable[[str, bytes], Path],
    own_list: Callable[..., Path], picture: Callable[..., bytes],
    time_stamp_authority: tuple[str, Path], identity: Callable[..., Any],
) -> None:  # fmt: skip
    """Anchors of signers vouch for no time-stamp, and a list's own clocks vouch for theirs."""
    url, folder = time_stamp_authority
    path = put("a.jpg", sign(picture(), newsroom, stamp_url=url)[0])
    root = (folder / "ca.pem").read_bytes()
    own_list("desk", newsroom.root_pem + root)
    record = verify.read(path)
    assert record.verdict == "trusted"
    assert record.time_stamp is not None
    assert record.time_stamp["trusted"] is False
    own_list("desk", newsroom.root_pem, tsa=root)
    record = verify.read(path)
    assert record.time_stamp is not None
    assert (record.time_stamp["trusted"], record.summary["date_proven"]) == (True, True)
    assert record.time_stamp["certificates"][0]["subject"]["name"] == "Test TSA"
    assert record.time_stamp["sentence"].startswith("Signed no later than")


@given(st.binary(max_size=200))
def test_junk_is_nobody_s(data: bytes) -> None:
    assert stamps.chain(data) == ()


@pytest.mark.parametrize("data", [b"\x30", b"\x30\x80", b"\x30\x05\x00", b"\x30\x85\0\0\0\0\1"])
def test_der_that_is_cut_or_endless(data: bytes) -> None:
    with pytest.raises(DerError):
        list(der.elements(data))
