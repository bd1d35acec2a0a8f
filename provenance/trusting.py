"""Whether the reading library would trust a chain under a list: yes, no, or open.

The rules are those of c2pa-rs 0.91 (``certificate_trust/rust_native.rs``): the certificates stand
in order, each signed by the next; none had expired when the claim was signed, if that is known; and
the name of an anchor is that of the issuer of one of them, which the anchor has signed. "No" is
said only where no anchor has such a name, "yes" only where stricter rules hold than the library's;
what lies between is open, and the library is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import SignatureAlgorithmOID as Algorithm

from provenance import certificates, purposes
from provenance.anchoring import ListAnchors

_RSA = frozenset({Algorithm.RSA_WITH_SHA256, Algorithm.RSA_WITH_SHA384, Algorithm.RSA_WITH_SHA512})
_CURVES = {Algorithm.ECDSA_WITH_SHA256: "secp256r1", Algorithm.ECDSA_WITH_SHA384: "secp384r1"}


def trusts(
    entry: ListAnchors,
    chain: Sequence[x509.Certificate],
    issuers: frozenset[bytes] | None,
    *,
    moment: datetime | None,
) -> bool | None:
    """``chain`` leaf first, with the names of all ``issuers`` in it (None: not all known);
    ``moment`` is when the claim was signed, None when no time-stamp tells."""
    if issuers is None or not chain:
        return None
    if not entry.every.names(issuers):
        return False
    made_for = certificates.usages(chain[0]) or ()
    in_time = moment is None or all(certificates.valid_at(found, moment) for found in chain)
    in_order = all(_signed(below, above) for below, above in pairwise(chain))
    if not in_time or not in_order or not set(purposes.ACCEPTED).intersection(made_for):
        return None
    anchored = any(
        _signed(found, anchor)
        for found in chain
        for anchor in entry.every.named(certificates.issuer_name(found))
    )
    return True if anchored else None


@lru_cache(maxsize=1024)
def _signed(below: x509.Certificate, above: x509.Certificate) -> bool:
    """Whether one certificate bears the other's signature, of a kind that every reader knows."""
    return _plain(below.signature_algorithm_oid, above) and certificates.signed(below, above)


def _plain(algorithm: x509.ObjectIdentifier, issuer: x509.Certificate) -> bool:
    try:
        key = issuer.public_key()
    except Exception:  # an unsupported curve or key: several libraries' errors, one meaning
        return False
    match key:
        case rsa.RSAPublicKey():
            return algorithm in _RSA
        case ec.EllipticCurvePublicKey():
            return _CURVES.get(algorithm) == key.curve.name
        case ed25519.Ed25519PublicKey():
            return algorithm == Algorithm.ED25519
        case _:
            return False
