"""The words of signing: identity, work, signed work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self


class Kind(StrEnum):
    """Where an identity's key lies and who vouches for it."""

    DEVELOPMENT = "development"
    """The key is here; the certificate comes from an authority that nobody trusts."""
    OWN = "own"
    """The key is here, encrypted; the certificate comes from an authority."""
    PKCS11 = "pkcs11"
    """The key is in a token (HSM, smart card) and never leaves it."""


class State(StrEnum):
    """Whether an identity can sign."""

    WAITING = "waiting"
    """There is a key and a request; the authority's certificate is still to be imported."""
    READY = "ready"
    EXPIRED = "expired"
    REVOKED = "revoked"


class AI(StrEnum):
    """What is declared of the use of AI."""

    GENERATED = "generated"
    EDITED = "edited"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A signing identity as it may be shown: no secret is in it.

    ``subject``: name and organisation. ``chain_pem`` is leaf first, empty while waiting;
    ``sha256`` the leaf's. Times are ISO 8601. ``key_opens_with``: passphrase, file (the keystore's
    own secret) or token.
    """

    name: str
    subject: dict[str, str | None]
    algorithm: str
    kind: Kind
    key_opens_with: str
    created_at: str
    chain_pem: str = ""
    sha256: str | None = None
    issuer: str | None = None
    not_before: str | None = None
    not_after: str | None = None
    revoked_at: str | None = None
    revoked_why: str | None = None
    token: dict[str, str] | None = None

    @property
    def development(self) -> bool:
        """Whether it serves trials only."""
        return self.kind is Kind.DEVELOPMENT

    @property
    def state(self) -> State:
        """Whether it can sign now."""
        if self.revoked_at:
            return State.REVOKED
        if not self.chain_pem or self.not_after is None:
            return State.WAITING
        passed = datetime.fromisoformat(self.not_after) < datetime.now(UTC)
        return State.EXPIRED if passed else State.READY

    def to_dict(self) -> dict[str, Any]:
        """JSON-plain, with ``state`` and ``development``."""
        told = {**asdict(self), "kind": str(self.kind)}
        return {**told, "state": str(self.state), "development": self.development}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of ``to_dict``. Raises KeyError, TypeError, ValueError."""
        known = {item.name for item in fields(cls)}
        told = {key: value for key, value in data.items() if key in known}
        return cls(**{**told, "kind": Kind(data["kind"])})


@dataclass(frozen=True, kw_only=True)
class Work:
    """What the signer declares of a work.

    - ``actions``: plain names (see ``declaring.ACTIONS``), in order.
    - ``ai``: what is declared of the use of AI; None declares nothing.
    - ``source``: how a new work was made (see ``declaring.SOURCES``); None leaves it to ``ai``.
    - ``do_not_train``: training and mining on the work are reserved.
    - ``parent``: the file it was made from. A file with credentials of its own is its own parent,
      whether this is said or not.
    - ``title``: the output's name when None. ``author``: who is named as its creator.
    """

    actions: tuple[str, ...] = ()
    ai: AI | None = None
    source: str | None = None
    do_not_train: bool = False
    parent: Path | None = None
    title: str | None = None
    author: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignedWork:
    """A signed work as it was left on disk, after our own verifier found it valid.

    - ``path``, ``sha256``, ``size`` (bytes), ``media_type``: the output; ``source_sha256``: the
      input's.
    - ``manifest``: the manifest store (JUMBF), to be kept for recovery; ``manifest_id`` the active
      manifest's label; ``sidecar``: the file that holds it when it is not embedded.
    - ``soft_bindings``: alg, and value in hexadecimal, of the watermark that was put in.
    - ``parent``: sha256, title and verdict (none, valid, trusted) of what it was made from.
    - ``ai``: what was declared. ``time_stamp``: ISO 8601, by the authority.
    - ``verdict``: ours on the output; ``record``: the whole credential record.
    - ``development``: signed for trial only.
    """

    path: Path
    sha256: str
    size: int
    media_type: str
    source_sha256: str
    manifest: bytes
    manifest_id: str
    manifest_sha256: str
    sidecar: Path | None
    identity: str
    certificate_sha256: str
    development: bool
    signed_at: str
    title: str
    actions: list[str]
    ai: str | None
    do_not_train: bool
    parent: dict[str, Any] | None
    time_stamp: str | None
    soft_bindings: list[dict[str, str]]
    verdict: str
    sentence: str
    notes: list[str] = field(default_factory=list)
    record: dict[str, Any] = field(default_factory=dict, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """JSON-plain, without the manifest's bytes and the record."""
        left_out = {"manifest", "record"}
        told = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in left_out}
        sidecar = str(self.sidecar) if self.sidecar else None
        return {**told, "path": str(self.path), "sidecar": sidecar}
