"""The key of an institution's marks: 32 random bytes in a file that only its owner can read."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from provenance.watermark.api import KEY_BYTES
from provenance.watermark.errors import KeyInvalid

_SHARED = stat.S_IRWXG | stat.S_IRWXO


def make(path: Path) -> str:
    """Write a new key to a new file of mode 0600; the key's name.

    Raises KeyInvalid when the file exists or cannot be written: a key that was overwritten would
    make every mark made with it unreadable.
    """
    key = secrets.token_bytes(KEY_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyInvalid(f"{path} exists; a key is never overwritten. Name a new file.") from None
    except OSError as error:
        raise KeyInvalid(f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
    return name(key)


def load(path: Path) -> bytes:
    """The key in a file. Raises KeyInvalid when it is no key or others may read it."""
    try:
        text = path.read_text(encoding="ascii").strip()
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise KeyInvalid(f"{path} cannot be read as a watermark key.") from error
    if os.name == "posix" and mode & _SHARED:
        raise KeyInvalid(f"{path} can be read by other people; run chmod 600 on it.")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    return checked(key, where=str(path))


def checked(key: bytes, *, where: str = "The watermark key") -> bytes:
    """The key itself. Raises KeyInvalid unless it has 32 bytes."""
    if len(key) != KEY_BYTES:
        raise KeyInvalid(
            f"{where} holds no watermark key: {2 * KEY_BYTES} hexadecimal digits are expected. "
            "Make one with `probity watermark key FILE`."
        )
    return key


def name(key: bytes) -> str:
    """A key's public name: 16 hexadecimal digits that say nothing about the key."""
    return derived(key, "name", length=8).hex()


def derived(key: bytes, purpose: str, *, length: int = 32) -> bytes:
    """``length`` bytes for one purpose only: SHAKE-256 over an HMAC-SHA256 of the purpose.

    The same for ever and on every machine, which random number libraries do not promise.
    """
    seed = hmac.new(key, b"probity watermark 1\0" + purpose.encode(), hashlib.sha256).digest()
    return hashlib.shake_256(seed).digest(length)
