"""What provenance hands out: the record of a file's Content Credentials."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class CredentialRecord:
    """What one reading found. All strings from the file are neutralised (see ``text.shown``) but
    not escaped for HTML.

    - ``credentials``: absent, embedded, sidecar, remote (fetched because the operator allows its
      host), remote_not_fetched or unreadable.
    - ``summary``: the short answer (see ``summary``); ``checks``: one row a check (see ``checks``).
    - ``verdict``: none, invalid, valid or trusted: ours, the best under any list;
      ``verdict_by_list`` the same under each; ``trusted_by`` the lists that make it trusted;
      ``reasons`` why it differs from the library's state (rule, list or None, sentence).
    - ``by_list``: the library's own state (Invalid, Valid, Trusted; None when there was nothing to
      judge or the list is missing) under each list; ``state_without_lists`` when none was here.
    - ``lists``: what each list says: name, title, date, sha256, own, state, verdict, anchor (name,
      organisation, sha256; or None) and a sentence.
    - ``ingredients_intact``: None when no ingredient has credentials of its own.
    - ``signer``: name, organisation, issuer (of the certificate), shown_as_identity, shown (the
      name as it may be shown), signed_at; None without a manifest.
    - ``certificates``: the signer's chain, leaf first: subject, issuer, serial, not_before,
      not_after, purposes, key, authority, sha256, role (signer, intermediate or root), valid_now,
      valid_when_signed (None without a time-stamp), purpose_fits (of the leaf).
    - ``time_stamp``: time, authority, trusted, trusted_by, certificates, sentence; None without a
      valid one.
    - ``ai_use``: generated, edited, none_declared or unknown; ``ai_evidence`` the manifests.
    - ``identity``: none, verified, failed or not_checked, with ``identity_codes``.
    - ``do_not_train``: purpose -> notAllowed, constrained or allowed; None when silent.
    - ``codes``: failures, those below the active manifest with ``ingredient:`` before them.
    - ``not_checked``: what (a stable word) and a sentence each.
    - ``tree``: root (see ``tree``), cut, nodes; None without a manifest.
    - ``versions``: library, native, lists {name: {sha256, date, title}}.
    - ``remote_url``: where credentials are that are not in the file; ``remote``: url, host,
      address, fetched_at, sha256 and bytes of what was fetched.
    - ``error``: kind and message of the library when unreadable.
    - ``as_of``: the day judged by (ISO), None for now; ``checked_at`` ISO time;
      ``duration_ms`` of the whole reading.
    """

    sha256: str
    bytes: int
    media_type: str | None
    credentials: str
    summary: dict[str, Any]
    verdict: str
    verdict_by_list: dict[str, str]
    trusted_by: list[str]
    reasons: list[dict[str, Any]]
    by_list: dict[str, str | None]
    state_without_lists: str | None
    lists: list[dict[str, Any]]
    checks: list[dict[str, str]]
    ingredients_intact: bool | None
    signer: dict[str, Any] | None
    certificates: list[dict[str, Any]]
    time_stamp: dict[str, Any] | None
    generator: str | None
    ai_use: str
    ai_evidence: list[dict[str, Any]]
    ai_sentence: str | None
    identity: str
    identity_sentence: str | None
    identity_codes: list[str]
    do_not_train: dict[str, str] | None
    training_sentence: str | None
    codes: list[str]
    notes: list[str]
    not_checked: list[dict[str, str]]
    tree: dict[str, Any] | None
    remote_url: str | None
    remote: dict[str, Any] | None
    error: dict[str, str] | None
    versions: dict[str, Any]
    sentence: str
    details: list[str]
    as_of: str | None
    checked_at: str
    duration_ms: float

    def to_dict(self) -> dict[str, Any]:
        """All members, ready for JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> CredentialRecord:
        """The record from ``to_dict``."""
        return cls(**{field.name: data[field.name] for field in fields(cls)})
