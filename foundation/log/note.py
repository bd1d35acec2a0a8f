"""Signed notes as C2SP signed-note has them: a text, a blank line, signature lines.

A signature line is ``— NAME BASE64(key hash, 4 bytes + Ed25519 signature, 64 bytes)``; the key
hash is the beginning of ``SHA-256(NAME + "\\n" + 0x01 + public key)``.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from foundation.errors import Refusal

ED25519 = b"\x01"
DASH = "\N{EM DASH} "
KEY_BYTES = 32
HASH_BYTES = 4


class NoteUnreadable(Refusal):
    """The text is no signed note, or no known key signed it."""

    code: ClassVar[str] = "note-unreadable"


@dataclass(frozen=True)
class VerifyKey:
    """A public key under its name; written ``NAME+HASH+BASE64`` as vkeys are."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """Four bytes that pick the key out of several signatures."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:HASH_BYTES]

    @property
    def text(self) -> str:
        """The key on one line."""
        key = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{key}"

    @classmethod
    def read(cls, text: str) -> VerifyKey:
        """Read ``NAME+HASH+BASE64``; raises NoteUnreadable."""
        name, _, rest = text.strip().partition("+")
        digest, _, key = rest.partition("+")
        try:
            raw = base64.b64decode(key, validate=True)
        except binascii.Error:
            raw = b""
        if raw[:1] != ED25519 or len(raw) != 1 + KEY_BYTES:
            raise NoteUnreadable("This is no Ed25519 verification key (NAME+HASH+KEY).")
        found = cls(name, raw[1:])
        if found.key_hash.hex() != digest:
            raise NoteUnreadable("The verification key does not match the hash written in it.")
        return found

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether this key signed the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey:
    """A private key under its name. The name holds neither white space nor ``+``."""

    def __init__(self, name: str, seed: bytes) -> None:
        if not name or "+" in name or any(character.isspace() for character in name):
            raise ValueError("A key's name has neither white space nor a plus sign.")
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def verify_key(self) -> VerifyKey:
        """The public half."""
        return VerifyKey(self.name, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> bytes:
        """64 bytes over the UTF-8 text."""
        return self._key.sign(text.encode())


def note_sign(text: str, key: SigningKey) -> str:
    """The note: the text, which must end with a newline, a blank line, one signature line."""
    if not text.endswith("\n"):
        raise ValueError("A note's text ends with a newline.")
    body = base64.b64encode(key.verify_key.key_hash + key.sign(text)).decode()
    return f"{text}\n{DASH}{key.name} {body}\n"


def note_open(note: str, key: VerifyKey) -> str:
    """The text, once the key's signature on it holds; raises NoteUnreadable."""
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise NoteUnreadable("This is no signed note: it has no signatures after a blank line.")
    text += "\n"
    for line in signatures.splitlines():
        signature = _signature(line, key)
        if signature is not None and key.verifies(text, signature):
            return text
    raise NoteUnreadable(f"No signature on this note is a valid one of {key.name}.")


def _signature(line: str, key: VerifyKey) -> bytes | None:
    name, _, body = line.removeprefix(DASH).rpartition(" ")
    if not line.startswith(DASH) or name != key.name:
        return None
    try:
        raw = base64.b64decode(body, validate=True)
    except binascii.Error:
        return None
    return raw[HASH_BYTES:] if raw[:HASH_BYTES] == key.key_hash else None
