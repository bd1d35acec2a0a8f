"""What was checked on the active manifest, one row a check, in plain words.

A row's status is ``passed``, ``failed``, ``unproven`` (nothing speaks against it, and nobody who is
trusted speaks for it), ``not_checked`` or ``none`` (there was nothing to check).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from provenance import codes
from provenance.history import Findings

PASSED, FAILED, UNPROVEN, NOT_CHECKED, NONE = (
    "passed", "failed", "unproven", "not_checked", "none",
)  # fmt: skip
_BINDINGS = ("assertion.dataHash.", "assertion.bmffHash.", "assertion.boxesHash.",
             "assertion.collectionHash.", "assertion.multiAssetHash.")  # fmt: skip
_IDENTITY = {
    "none": (NONE, "The credentials name no identity of a person or organisation apart."),
    "verified": (PASSED, "The identity named inside the credentials was verified."),
    "failed": (FAILED, "The identity named inside the credentials did not pass its own check."),
    "not_checked": (
        NOT_CHECKED,
        "The identity named inside the credentials needs the network or a list of issuers.",
    ),
}

Row = dict[str, str]


def rows(
    findings: Findings,
    *,
    may_sign: bool | None,
    purpose: str,
    trusted: bool,
    stamp: Mapping[str, Any] | None,
    identity: str,
    ingredients_intact: bool | None,
) -> list[Row]:
    """All rows, in the order in which a person asks."""
    return [
        _row("signature", "Signature", *_signature(findings)),
        _row("content", "Content", *_content(findings)),
        _row("statements", "Statements", *_statements(findings)),
        _row("certificate_time", "Certificate's dates", *_dates(findings)),
        _row("certificate_purpose", "Certificate's purpose", *_purpose(purpose, may_sign=may_sign)),
        _row("trust", "Signer", *_trust(trusted=trusted)),
        _row("time_stamp", "Time-stamp", *_stamp(stamp)),
        _row("revocation", "Revocation", *_revocation(findings)),
        _row("identity", "Identity", *_IDENTITY[identity]),
        _row("ingredients", "History", *_history(intact=ingredients_intact)),
    ]


def _row(what: str, title: str, status: str, sentence: str) -> Row:
    return {"what": what, "title": title, "status": status, "sentence": sentence}


def _signature(findings: Findings) -> tuple[str, str]:
    if _any(findings.failures, ("claimSignature.mismatch", "claimSignature.missing")):
        return FAILED, "The signature does not hold: the credentials were changed after signing."
    if "claimSignature.validated" in findings.good:
        return PASSED, "The signature over the credentials holds."
    return NOT_CHECKED, "The signature could not be checked."


def _content(findings: Findings) -> tuple[str, str]:
    if _any(findings.failures, _BINDINGS):
        return FAILED, "The content is not what was signed, or the credentials are of another file."
    if any(code.startswith(_BINDINGS) and code.endswith(".match") for code in findings.good):
        return (
            PASSED,
            "What the signature covers of the content is what was signed.",
        )
    return NOT_CHECKED, "Nothing in the credentials binds them to the content."


def _statements(findings: Findings) -> tuple[str, str]:
    broken = [
        code
        for code in findings.failures
        if code.startswith(("assertion.", "claim.", "manifest.")) and not code.startswith(_BINDINGS)
    ]
    if broken:
        return FAILED, "A statement inside the credentials is missing, malformed or was changed."
    return PASSED, "The statements inside the credentials are those that were signed."


def _dates(findings: Findings) -> tuple[str, str]:
    if _any(findings.failures, (codes.EXPIRED, codes.OUTSIDE_VALIDITY)):
        return (
            FAILED,
            "The certificate was not valid at the time that counts.",
        )
    if codes.INSIDE_VALIDITY in findings.good:
        return PASSED, "The certificate was valid when the credentials were signed."
    return NOT_CHECKED, "The certificate's dates could not be held against the time of signing."


def _purpose(purpose: str, *, may_sign: bool | None) -> tuple[str, str]:
    if may_sign is None:
        return NOT_CHECKED, "The certificate could not be read a second time."
    if may_sign:
        return PASSED, f"The certificate is made for {purpose}, which may sign content."
    return FAILED, f"The certificate is made for {purpose or 'another purpose'}, not for content."


def _trust(*, trusted: bool) -> tuple[str, str]:
    if trusted:
        return PASSED, "The signer stands on a trust list that was asked."
    return UNPROVEN, "The signer stands on no trust list that was asked, so the name is a claim."


def _stamp(stamp: Mapping[str, Any] | None) -> tuple[str, str]:
    if stamp is None:
        return NONE, "No valid time-stamp shows when the credentials were signed."
    if stamp["trusted"]:
        return PASSED, f"An authority that is trusted for time-stamps says {stamp['time']}."
    if stamp["trusted"] is None:
        return NOT_CHECKED, f"A time-stamp says {stamp['time']}; who made it is not known."
    return (
        UNPROVEN,
        f"A time-stamp says {stamp['time']}; its authority is on no list asked.",
    )


def _revocation(findings: Findings) -> tuple[str, str]:
    told = {*findings.failures, *findings.notes, *findings.good}
    if codes.REVOKED in told:
        return FAILED, "The signer's certificate has been revoked."
    if codes.NOT_REVOKED in told:
        return PASSED, "An answer kept with the signature says the certificate was not revoked."
    return NOT_CHECKED, "Asking whether the certificate has been revoked would need the network."


def _history(*, intact: bool | None) -> tuple[str, str]:
    if intact is None:
        return NONE, "Nothing that this was made from has credentials of its own."
    if intact:
        return PASSED, "Everything that this was made from matches its own credentials."
    return FAILED, "Something that this was made from does not match its own credentials."


def _any(found: Iterable[str], starts: tuple[str, ...]) -> bool:
    return any(code.startswith(starts) for code in found)
