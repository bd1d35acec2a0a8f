"""C2PA and CAWG validation codes: which of them say that something is wrong.

Source: C2PA Technical Specification 2.2, section 15.2 (standard status codes); CAWG Identity
Assertion 1.1, sections 7 and 8.
"""

from __future__ import annotations

UNTRUSTED = "signingCredential.untrusted"
TRUSTED = "signingCredential.trusted"
EXPIRED = "signingCredential.expired"
INSIDE_VALIDITY = "claimSignature.insideValidity"
OUTSIDE_VALIDITY = "claimSignature.outsideValidity"
REVOKED = "signingCredential.ocsp.revoked"
NOT_REVOKED = "signingCredential.ocsp.notRevoked"
OCSP_SKIPPED = "signingCredential.ocsp.skipped"
OCSP_UNREACHED = "signingCredential.ocsp.inaccessible"
MANIFEST_MISSING = "ingredient.manifest.missing"

IDENTITY = "cawg."
IDENTITY_VERIFIED = frozenset({"cawg.x509.credential.trusted", "cawg.ica.credential_valid"})
IDENTITY_UNCHECKED = frozenset(
    {
        "cawg.ica.did_unavailable",
        "cawg.ica.untrusted_issuer",
        "cawg.ica.revocation_unavailable",
        "cawg.identity.sig_type.unknown",
        "cawg.x509.credential.untrusted",
    }
)

_INFORMATION = frozenset(
    {
        OCSP_SKIPPED,
        OCSP_UNREACHED,
        "algorithm.deprecated",
        "assertion.bmffHash.additionalExclusionsPresent",
        "assertion.dataHash.additionalExclusionsPresent",
        "assertion.boxesHash.additionalExclusionsPresent",
        "claim.malformed.informational",
        "ingredient.unknownProvenance",
        "manifest.unreferenced",
    }
)
_GOOD_ENDINGS = (
    ".validated",
    ".trusted",
    ".match",
    ".insideValidity",
    ".notRevoked",
    ".accessible",
    ".well-formed",
    ".success",
)


def is_failure(code: str) -> bool:
    """Whether a code, standing alone in an old list of mixed codes, reports a failure."""
    return not (
        code in _INFORMATION or code.startswith("timeStamp.") or code.endswith(_GOOD_ENDINGS)
    )


def breaks(code: str) -> bool:
    """Whether a failure breaks a manifest: not when it is about who is trusted, or identity."""
    return is_failure(code) and code != UNTRUSTED and not code.startswith(IDENTITY)
