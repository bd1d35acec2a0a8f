"""What the process with the key refuses to a child that was taken over, and where stamps go."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from provenance import cbor, der, jumbf
from provenance.signing import Signer, sign
from provenance.signing.answering import Answers
from provenance.signing.embedding import replace
from provenance.signing.errors import SigningRefused
from provenance.signing.stamping import Changed, countersigned, stamped


@pytest.fixture
def asked(jpeg: Path, trial: Signer, tmp_path: Path) -> list[bytes]:
    """What a child really asked to have signed for the title "picture"."""
    heard: list[bytes] = []

    class Listening:
        algorithm = "ES256"

        def sign(self, data: bytes) -> bytes:
            heard.append(data)
            return trial.key.sign(data)

    from dataclasses import replace as with_other

    sign(jpeg, tmp_path / "picture", signer=with_other(trial, key=Listening()))
    return heard


def answers(trial: Signer, *, title: str = "picture", url: str | None = None) -> Answers:
    return Answers(trial.key, trial.chain[0], title=title, time_stamp_url=url)


def test_one_claim_is_signed_once(asked: list[bytes], trial: Signer) -> None:
    assert len(asked) == 1
    answering = answers(trial)
    assert len(answering({"sign": asked[0]})) == 64
    with pytest.raises(SigningRefused, match="something else"):
        answering({"sign": asked[0]})


def test_nothing_else_is_signed(
    asked: list[bytes], trial: Signer, identity: Callable[..., Any]
) -> None:
    claim = asked[0]
    stranger = identity().leaf.public_bytes(Encoding.DER)
    ours = trial.chain[0].public_bytes(Encoding.DER)
    other_leaf = claim.replace(ours[:300], stranger[:300])
    assert other_leaf != claim
    for question in (
        {"sign": b"Transfer everything"},
        {"sign": claim.replace(b"Signature1", b"Signature2")},
        {"sign": claim[:-20]},
        {"sign": other_leaf},
        {"sign": "text"},
        {"sign": bytes(2**20 + 1)},
        {"stamp": b"x"},
        {"key": b""},
        {},
        {"sign": claim, "stamp": b"x"},
    ):
        with pytest.raises(SigningRefused, match="something else"):
            answers(trial)(question)
    with pytest.raises(SigningRefused, match="something else"):
        answers(trial, title="another")({"sign": claim})


def test_a_stamp_goes_where_padding_was(
    jpeg: Path, trial: Signer, tmp_path: Path, time_stamp_authority: tuple[str, Path]
) -> None:
    """Same length, same signed parts, only the signature box differs, whatever the token's size."""
    store = sign(jpeg, tmp_path / "out", signer=trial).manifest
    old = cbor.loads(next(reversed(jumbf.signatures(store).values())))
    for size in (1, 20, 250, 251, 252, 253, 254, 255, 256, 4000, 65, 9000):
        token = _der(bytes(size))
        messages: list[bytes] = []

        def ask(message: bytes, token: bytes = token, heard: list[bytes] = messages) -> bytes:
            heard.append(message)
            return _der(_der(b"") + token)

        new, where = stamped(store, ask=ask)
        assert messages == [countersigned(old[0], old[3])]
        assert len(new) == len(store)
        assert (new[: where.begin], new[where.end :]) == (store[: where.begin], store[where.end :])
        box = cbor.loads(next(reversed(jumbf.signatures(new).values())))
        assert (box[0], box[3]) == (old[0], old[3])
        assert box[1]["sigTst2"] == {"tstTokens": [{"val": token}]}
    with pytest.raises(SigningRefused, match="larger than the room"):
        stamped(store, ask=lambda _: _der(_der(b"") + _der(bytes(20_000))))
    with pytest.raises(SigningRefused, match="holds no time-stamp"):
        stamped(store, ask=lambda _: _der(_der(b"")))
    with pytest.raises(SigningRefused, match="no signature"):
        stamped(b"", ask=lambda _: b"")


def _der(content: bytes) -> bytes:
    """A SEQUENCE."""
    size = len(content)
    if size < 0x80:
        return bytes([der.SEQUENCE, size]) + content
    width = (size.bit_length() + 7) // 8
    return bytes([der.SEQUENCE, 0x80 | width]) + size.to_bytes(width, "big") + content


@pytest.mark.parametrize(
    "kind", ["image/jpeg", "image/png", "image/gif", "image/svg+xml", "video/mp4"]
)
def test_a_store_that_is_not_there_is_not_replaced(kind: str) -> None:
    data = b"\xff\xd8\xff\xda" + bytes(40)
    signed = io.BytesIO(data)
    with pytest.raises(SigningRefused, match="sidecar"):
        replace(signed, kind, old=b"old store", new=b"new store", where=Changed(0, 3))
    assert signed.getvalue() == data
