"""A creator's signing keys: made and kept sealed by the keystore, which this room only names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.services import event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotFound, Refusal
from provenance.signing import (
    ALGORITHMS,
    Identity,
    Keystore,
    Kind,
    Signer,
    State,
    Subject,
    signer,
)

from .chains import creator_chain
from .models import SigningIdentity

PEM_MOST = 256 * 1024
MOST_IDENTITIES = 50


@dataclass(frozen=True)
class Held:
    """An identity with what its keystore says of it; ``told`` holds no secret."""

    row: SigningIdentity
    told: Identity


def keystore_of(person: Person) -> Keystore:
    """The folder that holds this creator's keys, each sealed with the folder's own secret."""
    return Keystore(Path(settings.SIGNING_DIR) / person.pk.hex)


def algorithms() -> list[str]:
    """What a key can be made for, the usual one first."""
    return list(ALGORITHMS)


def kinds_and_states() -> tuple[list[str], list[str]]:
    """What an identity can be, and whether it can sign."""
    return [str(kind) for kind in Kind], [str(state) for state in State]


@transaction.atomic
def identity_create(
    *, actor: Actor, name: str, subject: str, organisation: str, country: str, algorithm: str,
    trial: bool,
) -> SigningIdentity:  # fmt: skip
    """Make a key with its request; for trials also a certificate that nobody trusts.

    Raises NotAllowed, InvalidInput, Conflict and the refusals of the keystore.
    """
    person = actor.require_person(Ability.WORKS_SIGN)
    if algorithm not in ALGORITHMS:
        raise InvalidInput.of({"algorithm": f"Choose one of {', '.join(ALGORITHMS)}."})
    if not subject.strip():
        raise InvalidInput.of({"subject": "Say whose name the certificate shall carry."})
    Person.objects.select_for_update().get(pk=person.pk)
    held = SigningIdentity.objects.filter(person=person)
    if held.filter(name=name).exists():
        raise Conflict(f"You already have an identity called {name!r}. Choose another name.")
    if held.filter(revoked_at=None).count() >= MOST_IDENTITIES:
        raise Conflict(f"You have {MOST_IDENTITIES} identities; revoke one that you do not use.")
    store = keystore_of(person)
    told = store.create(
        name,
        Subject(
            name=subject.strip(),
            organisation=organisation.strip() or None,
            country=country.strip().upper() or None,
        ),
        algorithm=algorithm,
        for_development=trial,
    )
    with _undone(store.folder / name):
        row = SigningIdentity.objects.create(person=person, name=name, made_at=now())
        event_append(
            chain=creator_chain(person),
            name="identity.created",
            actor=actor.name,
            payload={"identity": str(row.pk), "algorithm": algorithm, "kind": str(told.kind)},
        )
    return row


@contextmanager
def _undone(folder: Path) -> Iterator[None]:
    """A key whose row could not be written is nobody's: it goes too."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@transaction.atomic
def identity_import(*, actor: Actor, identity: SigningIdentity, pem: bytes) -> Identity:
    """Take the authority's certificate with the chain above it, leaf first.

    Raises NotAllowed, InvalidInput, and CertificateUnfit with the rule that it breaks.
    """
    person = _owner(actor, identity)
    if not pem.strip() or len(pem) > PEM_MOST:
        raise InvalidInput.of({"chain": "Choose the PEM file with your certificate and its chain."})
    told = keystore_of(person).import_chain(identity.name, pem)
    event_append(
        chain=creator_chain(person),
        name="identity.imported",
        actor=actor.name,
        payload={"identity": str(identity.pk), "certificate": told.sha256},
    )
    return told


@transaction.atomic
def identity_revoke(*, actor: Actor, identity: SigningIdentity, why: str) -> SigningIdentity:
    """Erase the key for good: nothing is signed with it any more. What was signed stays.

    The key goes before the row commits: a crash in between leaves a key that is gone, never one
    that still signs.
    Raises NotAllowed.
    """
    person = _owner(actor, identity)
    row = SigningIdentity.objects.select_for_update().get(pk=identity.pk)
    if row.revoked_at is None:
        row.revoked_at = now()
        row.save(update_fields=["revoked_at"])
        event_append(
            chain=creator_chain(person),
            name="identity.revoked",
            actor=actor.name,
            payload={"identity": str(row.pk)},
        )
    keystore_of(person).revoke(row.name, why=why.strip()[:200] or "revoked by its owner")
    return row


def _owner(actor: Actor, identity: SigningIdentity) -> Person:
    person = actor.require_person(Ability.WORKS_SIGN)
    if identity.person_id != person.pk:
        raise NotFound("You have no such signing identity.")
    return person


def identity_find(*, actor: Actor, identity_id: UUID) -> SigningIdentity:
    """One of the actor's own identities; raises NotFound."""
    person = actor.require_person(Ability.WORKS_SIGN)
    row = SigningIdentity.objects.filter(person=person, pk=identity_id).first()
    if row is None:
        raise NotFound("You have no such signing identity.")
    return row


def identities_of(person: Person) -> list[Held]:
    """All of a creator's identities, the newest first."""
    store = keystore_of(person)
    rows = SigningIdentity.objects.filter(person=person).order_by("-made_at")
    return [Held(row, store.get(row.name)) for row in rows]


def identity_told(identity: SigningIdentity) -> Identity:
    """What the keystore says of an identity."""
    return keystore_of(identity.person).get(identity.name)


def identity_request(identity: SigningIdentity) -> bytes:
    """The request (PKCS#10, PEM) to send to an authority."""
    return keystore_of(identity.person).csr(identity.name)


def identity_chain(identity: SigningIdentity) -> bytes:
    """The certificate with its chain (PEM, leaf first); empty while it waits for one."""
    try:
        return keystore_of(identity.person).export_chain(identity.name)
    except Refusal:
        return b""


def identity_signer(identity: SigningIdentity) -> Signer:
    """Whoever can sign for an identity now; raises IdentityNotReady and its like."""
    return signer(keystore_of(identity.person), identity.name)
