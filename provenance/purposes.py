"""What a certificate may be used for: extended key usages, by object identifier.

A certificate that signs Content Credentials must carry one of ``SIGNING``. The six identifiers of
``ACCEPTED`` are given to the reading library in every call, because it knows only three of them by
itself and reads a leaf with any other as broken.

Sources: C2PA Technical Specification 2.2, section 14.5 (X.509 certificates, key usages);
RFC 5280 section 4.2.1.12 (emailProtection, timeStamping, OCSPSigning); RFC 9336
(documentSigning); Content Credentials Verify's published store.cfg (Microsoft's identifier).
"""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType

EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4"
DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36"
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"
MICROSOFT_C2PA_SIGNING = "1.3.6.1.4.1.311.76.59.1.9"
C2PA_CLAIM_SIGNING = "1.3.6.1.4.1.62558.2.1"

SIGNING = frozenset(
    {EMAIL_PROTECTION, DOCUMENT_SIGNING, MICROSOFT_C2PA_SIGNING, C2PA_CLAIM_SIGNING}
)
ACCEPTED = (
    EMAIL_PROTECTION,
    DOCUMENT_SIGNING,
    TIME_STAMPING,
    OCSP_SIGNING,
    MICROSOFT_C2PA_SIGNING,
    C2PA_CLAIM_SIGNING,
)

NAMES = MappingProxyType(
    {
        EMAIL_PROTECTION: "e-mail protection",
        DOCUMENT_SIGNING: "document signing",
        TIME_STAMPING: "time-stamping",
        OCSP_SIGNING: "OCSP signing",
        MICROSOFT_C2PA_SIGNING: "C2PA signing (Microsoft)",
        C2PA_CLAIM_SIGNING: "C2PA claim signing",
        "1.3.6.1.5.5.7.3.1": "TLS server",
        "1.3.6.1.5.5.7.3.2": "TLS client",
        "1.3.6.1.5.5.7.3.3": "code signing",
        "1.2.840.113583.1.1.5": "document signing (Adobe)",
        "1.3.6.1.4.1.311.10.3.12": "document signing (Microsoft)",
        "2.5.29.37.0": "any purpose",
    }
)


def name(oid: str) -> str:
    """The purpose in words, with the identifier where there is no word for it."""
    return NAMES.get(oid, oid)


def may_sign(oids: Collection[str]) -> bool:
    """Whether a leaf with these purposes may sign a claim."""
    return bool(SIGNING.intersection(oids))
