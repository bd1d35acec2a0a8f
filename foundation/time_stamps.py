"""Time-stamps of outside authorities (RFC 3161): asked for over HTTP, checked offline.

The operator names the authority; nothing an uploaded file says ever leads to a request.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import ClassVar
from urllib.parse import urlsplit

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from foundation.errors import Refusal

LARGEST = 256 * 1024
SECONDS = 20


class TimeStampFailed(Refusal):
    """The authority could not be reached, refused, or answered with something else."""

    code: ClassVar[str] = "time-stamp-failed"
    status: ClassVar[int] = 502


class TimeStampInvalid(Refusal):
    """The token is not a time-stamp on these bytes by a trusted authority."""

    code: ClassVar[str] = "time-stamp-invalid"


@dataclass(frozen=True, kw_only=True)
class TimeStamp:
    """A token that was read: the authority's time, and whether its signature chains to a root.

    ``trusted`` is None where no root was given, so that only the bytes were compared.
    """

    at: datetime
    trusted: bool | None
    why: str = ""


def time_stamp_fetch(data: bytes, *, url: str, seconds: float = SECONDS) -> bytes:
    """Have ``data`` (hashed with SHA-256) stamped; the DER response. Raises TimeStampFailed."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise TimeStampFailed(f"A time-stamp authority needs an http or https address, not {url}.")
    request = TimestampRequestBuilder(hash_algorithm=HashAlgorithm.SHA256).data(data).build()
    call = urllib.request.Request(  # noqa: S310 - the scheme was checked
        url,
        data=request.as_bytes(),
        headers={"Content-Type": "application/timestamp-query"},
    )
    try:
        with urllib.request.urlopen(call, timeout=seconds) as answer:  # noqa: S310
            token = answer.read(LARGEST + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise TimeStampFailed(f"The time-stamp authority {url} gave no answer: {error}.") from None
    found = time_stamp_read(token, data=data)
    if found.trusted is False:
        raise TimeStampFailed(f"The time-stamp authority {url} answered wrongly: {found.why}")
    return bytes(token)


def time_stamp_read(token: bytes, *, data: bytes, roots: Sequence[Certificate] = ()) -> TimeStamp:
    """Read a DER response and compare it with ``data``; check its signature where roots are given.

    Raises TimeStampInvalid when it is unreadable, was refused, or is on other bytes.
    """
    try:
        response = decode_timestamp_response(token)
        granted = PKIStatus(response.status) in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}
        if not granted:
            raise TimeStampInvalid("The time-stamp authority refused to stamp.")
        info = response.tst_info
    except ValueError:
        raise TimeStampInvalid("This is no RFC 3161 time-stamp response.") from None
    if info.message_imprint.message != sha256(data).digest():
        raise TimeStampInvalid("The time-stamp is on other bytes than these.")
    if not roots:
        return TimeStamp(at=info.gen_time, trusted=None, why="No authority's root was given.")
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify_message(response, data)
    except VerificationError as error:
        return TimeStamp(at=info.gen_time, trusted=False, why=f"{error}.")
    return TimeStamp(at=info.gen_time, trusted=True)


def roots_read(pem: bytes) -> list[Certificate]:
    """The certificates in a PEM file; raises TimeStampInvalid."""
    try:
        return load_pem_x509_certificates(pem)
    except ValueError:
        raise TimeStampInvalid("The authority's roots must be PEM certificates.") from None
