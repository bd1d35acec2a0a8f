"""Saying that a value was there without saying the value."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import asdict, dataclass

from foundation.chain.canonical import digest

COMMITMENT_DOMAIN = b"probity.chain.commitment.v1\n"
SALT_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """``digest`` goes into the chain; ``salt`` stays with the value and is destroyed with it.

    Both are hexadecimal, 64 digits. Without the salt the digest cannot be tested against guesses.
    """

    salt: str
    digest: str

    def to_dict(self) -> dict[str, str]:
        """The form in which the commitment is opened to somebody."""
        return asdict(self)


def commit(value: str) -> Commitment:
    """Commit to a value with fresh salt: the same value gives another digest each time."""
    salt = secrets.token_bytes(SALT_BYTES)
    return Commitment(salt=salt.hex(), digest=_digest(salt, value))


def opens(value: str, commitment: Commitment) -> bool:
    """Whether this is the value that was committed to; malformed commitments open to nothing."""
    try:
        salt = bytes.fromhex(commitment.salt)
    except ValueError:
        return False
    if len(salt) != SALT_BYTES or not commitment.digest.isascii():
        return False
    return hmac.compare_digest(_digest(salt, value), commitment.digest)


def _digest(salt: bytes, value: str) -> str:
    return digest(COMMITMENT_DOMAIN + salt + value.encode("utf-8", "surrogatepass"))
