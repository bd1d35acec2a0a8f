"""Where signing identities lie: one folder each, keys sealed, everything else readable.

``<folder>/<name>/identity.json`` what may be shown, ``key.json`` the sealed key, ``request.pem``
the request. The folder is 0700 and its files 0600.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from foundation.home import home
from provenance import certificates
from provenance.signing import development, keys, profile, requests, sealed
from provenance.signing.api import Identity, Kind, State
from provenance.signing.errors import (
    IdentityDamaged,
    IdentityExists,
    IdentityNameInvalid,
    IdentityNotReady,
    IdentityUnknown,
    PassphraseWrong,
)
from provenance.signing.requests import Subject
from provenance.text import shown

PASSPHRASE = "PROBITY_IDENTITY_PASSPHRASE"  # noqa: S105 - the name of a variable
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FILE, _PASSPHRASE, _TOKEN = "file", "passphrase", "token"


class Keystore:
    """The identities in a folder (``PROBITY_HOME/identities`` when None).

    ``passphrase`` seals new keys and opens those that were sealed with one. Without it, new keys
    are sealed with the keystore's own secret (``secret``, a file of mode 0600 beside them), so that
    a server can sign unattended.
    """

    def __init__(self, folder: Path | None = None, *, passphrase: str | None = None) -> None:
        self.folder = folder or home() / "identities"
        self._passphrase = passphrase.encode() if passphrase else None

    def list(self) -> list[Identity]:
        """All identities by name. Raises IdentityDamaged."""
        if not self.folder.is_dir():
            return []
        names = sorted(path.parent.name for path in self.folder.glob("*/identity.json"))
        return [self.get(name) for name in names]

    def get(self, name: str) -> Identity:
        """One identity. Raises IdentityUnknown, IdentityNameInvalid, IdentityDamaged."""
        place = self._place(name) / "identity.json"
        try:
            return Identity.from_dict(json.loads(place.read_bytes()))
        except FileNotFoundError:
            raise IdentityUnknown(
                f"There is no signing identity {name!r} here. Make one with "
                f"probity identity create {name}."
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IdentityDamaged(f"What is kept of the identity {name} is damaged.") from error

    def create(
        self,
        name: str,
        subject: Subject,
        *,
        algorithm: str = "ES256",
        for_development: bool = False,
    ) -> Identity:
        """A new key with its request, or, for development, with a certificate that nobody trusts.

        Raises IdentityExists, IdentityNameInvalid, SettingInvalid, PassphraseWrong.
        """
        key = keys.generate(algorithm)
        if for_development:
            subject = replace(subject, organisation=development.ORGANISATION, country=None)
        request = requests.build(subject, key=key, algorithm=algorithm)
        secret, opens_with = self._secret_for_new()
        place = self._new_place(name)
        try:
            box = sealed.seal(keys.to_pkcs8(key), secret, about=self._about(name))
            sealed.write_json(place / "key.json", box)
            sealed.write_private(place / "request.pem", request)
            made = Identity(
                name=name,
                subject=subject.to_dict(),
                algorithm=algorithm,
                kind=Kind.DEVELOPMENT if for_development else Kind.OWN,
                key_opens_with=opens_with,
                created_at=_now(),
            )
            if for_development:
                chain = development.issue(
                    self.folder / ".development",
                    common=subject.name,
                    public=key.public_key(),
                    secret=self._own_secret(),
                )
                made = _with_chain(made, profile.read_chain(chain))
            self._write(made)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return made

    def must_be_free(self, name: str) -> None:
        """Raise IdentityExists or IdentityNameInvalid unless a new identity can have that name."""
        if self._place(name).exists():
            raise _exists(name)

    def enrol(
        self,
        name: str,
        subject: Subject,
        *,
        key: Any,
        algorithm: str,
        token: Mapping[str, str],
    ) -> Identity:
        """An identity whose key lies in a token: ``key`` can sign the request (see ``token``),
        ``token`` says where the key is. Raises IdentityExists, IdentityNameInvalid."""
        request = requests.build(subject, key=key, algorithm=algorithm)
        place = self._new_place(name)
        made = Identity(
            name=name,
            subject=subject.to_dict(),
            algorithm=algorithm,
            kind=Kind.PKCS11,
            key_opens_with=_TOKEN,
            created_at=_now(),
            token=dict(token),
        )
        try:
            sealed.write_private(place / "request.pem", request)
            self._write(made)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return made

    def csr(self, name: str) -> bytes:
        """The request (PKCS#10, PEM) to send to an authority."""
        self.get(name)
        try:
            return (self._place(name) / "request.pem").read_bytes()
        except OSError as error:
            raise IdentityDamaged(f"The request of the identity {name} is not here.") from error

    def import_chain(self, name: str, pem: bytes) -> Identity:
        """Take the authority's chain, if it fits the key and may sign.

        Raises CertificateUnfit with the rule that it breaks; IdentityNotReady when revoked.
        """
        found = self.get(name)
        _must_not_be_revoked(found)
        chain = profile.read_chain(pem)
        request = x509.load_pem_x509_csr(self.csr(name))
        profile.must_fit(chain, public=request.public_key())
        kind = found.kind
        if kind is not Kind.PKCS11:
            kind = Kind.DEVELOPMENT if development.marked(chain[0]) else Kind.OWN
        made = replace(_with_chain(found, chain), kind=kind)
        self._write(made)
        return made

    def export_chain(self, name: str) -> bytes:
        """The chain (PEM, leaf first), for readers and trust lists."""
        found = self.get(name)
        if not found.chain_pem:
            raise IdentityNotReady(_waiting(name))
        return found.chain_pem.encode()

    def revoke(self, name: str, *, why: str) -> Identity:
        """Never sign with it again: the sealed key is erased, what may be shown stays.

        Other readers learn of it only from the authority that issued the certificate.
        """
        found = self.get(name)
        if found.state is State.REVOKED:
            return found
        made = replace(found, revoked_at=_now(), revoked_why=shown(why) or "no reason given")
        self._write(made)
        (self._place(name) / "key.json").unlink(missing_ok=True)
        return made

    def ready(self, name: str) -> tuple[Identity, tuple[x509.Certificate, ...]]:
        """The identity and its chain, if it may sign today.

        Raises IdentityNotReady (waiting, revoked) or CertificateUnfit (expired, unfit).
        """
        found = self.get(name)
        _must_not_be_revoked(found)
        if not found.chain_pem:
            raise IdentityNotReady(_waiting(name))
        chain = profile.read_chain(found.chain_pem.encode())
        profile.must_fit(chain, public=chain[0].public_key())
        return found, tuple(chain)

    def open_key(self, name: str) -> keys.KeyHolder:
        """The key of an identity that is kept here. Raises PassphraseWrong, IdentityNotReady."""
        found = self.get(name)
        _must_not_be_revoked(found)
        secret = self._secret_of(found)
        try:
            box = json.loads((self._place(name) / "key.json").read_bytes())
        except (OSError, ValueError) as error:
            raise IdentityDamaged(f"The key of the identity {name} is not here.") from error
        return keys.SoftKey(
            keys.from_pkcs8(sealed.open_sealed(box, secret, about=self._about(name)))
        )

    def _secret_for_new(self) -> tuple[bytes, str]:
        if self._passphrase is None:
            return self._own_secret(), _FILE
        if len(self._passphrase.decode()) < sealed.LEAST_CHARACTERS:
            raise PassphraseWrong(
                f"A passphrase for a signing key has at least {sealed.LEAST_CHARACTERS} characters."
            )
        return self._passphrase, _PASSPHRASE

    def _secret_of(self, found: Identity) -> bytes:
        if found.key_opens_with == _FILE:
            return self._own_secret()
        if self._passphrase is None:
            raise PassphraseWrong(
                f"The key of the identity {found.name} opens with a passphrase. Set {PASSPHRASE} "
                "or type it when asked."
            )
        return self._passphrase

    def _own_secret(self) -> bytes:
        return sealed.secret_file(self.folder / "secret")

    @staticmethod
    def _about(name: str) -> str:
        return f"signing identity {name}"

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise IdentityNameInvalid(
                "An identity's name has small letters, digits and hyphens, 40 at most."
            )
        return self.folder / name

    def _new_place(self, name: str) -> Path:
        place = self._place(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            place.mkdir(mode=0o700)
        except FileExistsError:
            raise _exists(name) from None
        return place

    def _write(self, made: Identity) -> None:
        sealed.write_json(self._place(made.name) / "identity.json", made.to_dict())


def passphrase_from_environment() -> str | None:
    """What ``PROBITY_IDENTITY_PASSPHRASE`` holds; None when it is empty or not set."""
    return os.environ.get(PASSPHRASE) or None


def _with_chain(made: Identity, chain: Sequence[x509.Certificate]) -> Identity:
    leaf = chain[0]
    pem = b"".join(one.public_bytes(Encoding.PEM) for one in chain)
    return replace(
        made,
        chain_pem=pem.decode("ascii"),
        sha256=certificates.digest(leaf),
        issuer=certificates.name_of(leaf, issuer=True)["name"],
        subject={**made.subject, **certificates.name_of(leaf)},
        not_before=leaf.not_valid_before_utc.isoformat(),
        not_after=leaf.not_valid_after_utc.isoformat(),
    )


def _must_not_be_revoked(found: Identity) -> None:
    if found.state is State.REVOKED:
        raise IdentityNotReady(
            f"The identity {found.name} was revoked ({found.revoked_why}) and signs nothing any "
            "more. Make a new one."
        )


def _exists(name: str) -> IdentityExists:
    return IdentityExists(f"A signing identity {name!r} is here already. Choose another name.")


def _waiting(name: str) -> str:
    return (
        f"The identity {name} has no certificate yet. Send its request to an authority (probity "
        f"identity csr {name}) and import the answer (probity identity import {name} FILE)."
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
