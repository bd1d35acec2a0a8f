"""Putting an RFC 3161 time-stamp into a claim signature that was just made. Runs in the child.

The library would ask the authority itself, from the process that parses the media; here only the
parent has a network, so the token is put in afterwards. The signature box is a COSE_Sign1 (RFC
9052) whose unprotected header is padded with zeros. Replacing padding by ``sigTst2`` (C2PA
Technical Specification 2.2, section 10.3.2.5) changes nothing that is signed and no length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provenance import cbor, der, jumbf
from provenance.signing.errors import SigningRefused

_TAG, _ARRAY4, _NULL = b"\xd2", b"\x84", b"\xf6"
_MOST_TRIES = 16


@dataclass(frozen=True)
class Changed:
    """The bytes of the manifest store that differ: from ``begin`` up to and without ``end``."""

    begin: int
    end: int


def stamped(store: bytes, *, ask: Callable[[bytes], bytes]) -> tuple[bytes, Changed]:
    """The store with a time-stamp on its active manifest's signature.

    ``ask`` gets the bytes to be stamped and answers with a DER TimeStampResp. Raises
    SigningRefused when the token does not fit.
    """
    boxes = list(jumbf.signatures(store).values())
    if not boxes:
        raise SigningRefused("The new credentials have no signature that could be stamped.")
    old = boxes[-1]
    message = cbor.loads(old)
    protected, signature = message[0], message[3]
    token = _token(ask(countersigned(protected, signature)))
    new = _padded(protected, signature, token, size=len(old))
    at = store.rindex(old)
    return store[:at] + new + store[at + len(old) :], Changed(at, at + len(old))


def countersigned(protected: bytes, signature: bytes) -> bytes:
    """What is stamped: the Sig_structure of a counter-signature on the signature (RFC 9052,
    section 4.4, with the signature as a CBOR byte string for its payload)."""
    parts = (_text("CounterSignature"), _bytes(protected), _bytes(b""), _bytes(_bytes(signature)))
    return _ARRAY4 + b"".join(parts)


def _token(response: bytes) -> bytes:
    """The TimeStampToken inside a TimeStampResp."""
    parts = list(der.first(response, der.SEQUENCE).children())
    if len(parts) != 2:
        raise SigningRefused("The time-stamp authority's answer holds no time-stamp.")
    return bytes(parts[1].whole)


def _padded(protected: bytes, signature: bytes, token: bytes, *, size: int) -> bytes:
    """A COSE_Sign1 of exactly ``size`` bytes; a length's own size may take a second padding."""
    stamp = _text("tstTokens") + b"\x81" + b"\xa1" + _text("val") + _bytes(token)
    header = _text("sigTst2") + b"\xa1" + stamp

    def made(*pads: int) -> bytes:
        padding = b"".join(
            _text("pad" if not place else f"pad{place + 1}") + _bytes(bytes(pad))
            for place, pad in enumerate(pads)
        )
        head = bytes([0xA0 | (1 + len(pads))]) + header + padding
        return _TAG + _ARRAY4 + _bytes(protected) + head + _NULL + _bytes(signature)

    room = size - len(made(0))
    for second in range(-1, _MOST_TRIES):
        for first in range(room, max(-1, room - _MOST_TRIES), -1):
            built = made(first) if second < 0 else made(max(0, first - second - 6), second)
            if len(built) == size:
                return built
    raise SigningRefused(
        "The authority's time-stamp is larger than the room that is kept for it. Ask the authority "
        "for shorter chains of certificates, or sign without a time-stamp."
    )


def _head(major: int, size: int) -> bytes:
    if size < 24:
        return bytes([major << 5 | size])
    for low, width in ((24, 1), (25, 2), (26, 4)):
        if size < 1 << 8 * width:
            return bytes([major << 5 | low]) + size.to_bytes(width, "big")
    raise SigningRefused("A time-stamp of this size is none.")


def _bytes(data: bytes) -> bytes:
    return _head(2, len(data)) + data


def _text(text: str) -> bytes:
    data = text.encode()
    return _head(3, len(data)) + data
