"""Reading and validating the files of a trust list.

The reading library takes junk, empty files and certificates of any purpose in silence; nothing
enters a list here that was not read and found fit with ``cryptography``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provenance import certificates, purposes
from provenance.errors import TrustListInvalid

LARGEST = 8 * 2**20


def read(name: str, path: Path) -> bytes:
    """The bytes of one file of the list; raises TrustListInvalid."""
    try:
        if path.stat().st_size > LARGEST:
            raise TrustListInvalid(f"Trust list {name}: {path} is larger than {LARGEST} bytes.")
        return path.read_bytes()
    except OSError as error:
        raise TrustListInvalid(f"Trust list {name}: {path}: {error.strerror}.") from error


def digest(texts: Mapping[str, bytes]) -> str:
    """One file: its SHA-256; several: the SHA-256 over their hexadecimal SHA-256s, one a line."""
    digests = [hashlib.sha256(text).hexdigest() for text in texts.values()]
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(digests).encode("ascii")).hexdigest()


def signer_anchors(name: str, pem: bytes, *, mixed: bool) -> tuple[list[str], list[str]]:
    """The anchors of a signers' file as PEM: for signers, and for time-stamps.

    Only a ``mixed`` list, made before there were separate ones, has any for time-stamps: those that
    are made for nothing else, and those that are not limited. Raises TrustListInvalid.
    """
    signers: list[str] = []
    stamps: list[str] = []
    for where, certificate in _authorities(name, pem, among="signer anchors"):
        usages = certificates.usages(certificate)
        for_signing = usages is None or purposes.may_sign(usages)
        for_stamps = mixed and (usages is None or purposes.TIME_STAMPING in usages)
        if not for_signing and not for_stamps:
            made_for = ", ".join(map(purposes.name, usages or ()))
            raise TrustListInvalid(f"{where} is made for {made_for}, not for signing content.")
        if for_signing:
            signers.append(_pem(certificate))
        if for_stamps:
            stamps.append(_pem(certificate))
    return signers, stamps


def time_stamp_anchors(name: str, pem: bytes) -> list[str]:
    """The anchors of a time-stamp file as PEM; raises TrustListInvalid."""
    found = []
    for where, certificate in _authorities(name, pem, among="time-stamp anchors"):
        usages = certificates.usages(certificate)
        if usages is not None and purposes.TIME_STAMPING not in usages:
            raise TrustListInvalid(f"{where} is not made for time-stamps.")
        found.append(_pem(certificate))
    return found


def allowed_leaves(name: str, pem: bytes) -> frozenset[str]:
    """SHA-256 digests of the leaves in a file; raises TrustListInvalid."""
    found = set()
    for position, certificate in enumerate(_parsed(name, pem), 1):
        where = f"Trust list {name}: allowed certificate {position}"
        if certificates.is_authority(certificate):
            raise TrustListInvalid(
                f"{where} is an authority's; its place is among the anchors ({name}.pem)."
            )
        if not purposes.may_sign(certificates.usages(certificate) or ()):
            raise TrustListInvalid(f"{where} is not made for signing content.")
        found.add(certificates.digest(certificate))
    return frozenset(found)


def cleaned(name: str, pem: bytes, *, purpose: str) -> bytes:
    """The certificates of a file as PEM and nothing else, each once; validated for ``purpose``
    (anchors, time_stamps or allowed). Raises TrustListInvalid."""
    match purpose:
        case "anchors":
            signer_anchors(name, pem, mixed=False)
        case "time_stamps":
            time_stamp_anchors(name, pem)
        case _:
            allowed_leaves(name, pem)
    return "".join(dict.fromkeys(map(_pem, _parsed(name, pem)))).encode("ascii")


def _authorities(name: str, pem: bytes, *, among: str) -> Iterator[tuple[str, x509.Certificate]]:
    for position, certificate in enumerate(_parsed(name, pem), 1):
        where = f"Trust list {name}: certificate {position} among its {among}"
        if not certificates.is_authority(certificate):
            raise TrustListInvalid(
                f"{where} is not an authority's; single signers belong into {name}.allowed.pem."
            )
        yield where, certificate


def _parsed(name: str, pem: bytes) -> list[x509.Certificate]:
    """All of them: a block that the parser would skip counts as broken."""
    try:
        found = certificates.parse_pem(pem)
    except ValueError as error:
        raise TrustListInvalid(
            f"Trust list {name} is broken: it must hold PEM certificates, all of them readable "
            f"({error})."
        ) from error
    damaged = [
        place for place, found_one in enumerate(found, 1) if not certificates.whole(found_one)
    ]
    if damaged:
        raise TrustListInvalid(
            f"Trust list {name} is broken: its certificate {damaged[0]} cannot be read to the end."
        )
    if len(found) != pem.count(b"-----BEGIN "):
        raise TrustListInvalid(
            f"Trust list {name} is broken: only {len(found)} of its {pem.count(b'-----BEGIN ')} "
            "PEM blocks are whole certificates."
        )
    return found


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")
