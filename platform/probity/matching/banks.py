"""Banks: opening, changing, adding, removing, parking; each by a person with a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from foundation.fingerprint.bits import turns_of
from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.canonical import digest_of
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.evidence.models import Asset

from .lookup import value_read
from .models import Bank, BankEntry, BankKind, Signal, SignalKind
from .signals import Asked, rows_of

NAME = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$")
TEXTS = {"label": 120, "source": 200, "licence": 200}


@transaction.atomic
def bank_open(
    *,
    name: str,
    label: str,
    kind: str,
    source: str,
    licence: str,
    actor: Actor,
    share: int = 100,
    expires_at: datetime | None = None,
) -> Bank:
    """Open a bank. Raises InvalidInput, Conflict for a name that is taken, NotAllowed."""
    actor.require(Ability.BANKS_MANAGE)
    wrong = _texts({"label": label, "source": source, "licence": licence})
    if not NAME.match(name):
        wrong["name"] = "A name has small letters, digits and hyphens, such as partner-2026."
    if kind not in set(BankKind):
        wrong["kind"] = f"A bank is one of {', '.join(BankKind)}."
    wrong |= _limits(share, expires_at)
    if wrong:
        raise InvalidInput.of(wrong)
    try:
        with transaction.atomic():
            bank = Bank.objects.create(
                name=name, label=label.strip(), kind=kind, source=source.strip(),
                licence=licence.strip(), share=share, expires_at=expires_at, opened_at=now(),
                opened_by=actor.name,
            )  # fmt: skip
    except IntegrityError:
        raise Conflict("There is a bank with this name already. Choose another name.")
    _said("bank.opened", actor, {"bank": str(bank.pk), "kind": bank.kind, "share": share})
    return bank


@transaction.atomic
def bank_change(
    *, bank: Bank, actor: Actor, share: int, expires_at: datetime | None, closed: bool = False
) -> Bank:
    """Set how much content a bank answers to and until when, or close it for good."""
    actor.require(Ability.BANKS_MANAGE)
    wrong = _limits(share, None)
    if wrong:
        raise InvalidInput.of(wrong)
    locked = Bank.objects.select_for_update().get(pk=bank.pk)
    _open_require(locked)
    locked.share, locked.expires_at = share, expires_at
    locked.closed_at = now() if closed else None
    locked.save(update_fields=["share", "expires_at", "closed_at"])
    changed = {
        "share": share,
        "expires_at": expires_at.isoformat() if expires_at else None,
        "closed": closed,
    }
    _said("bank.changed", actor, {"bank": str(bank.pk), "changed": changed})
    return locked


@transaction.atomic
def entry_add(
    *,
    bank: Bank,
    kind: str,
    value: str,
    why: str,
    actor: Actor,
    label: str = "",
    source: str = "",
    quality: int | None = None,
    expires_at: datetime | None = None,
) -> BankEntry:
    """Add one hash in hexadecimal. What is here already is held against it soon, by a worker.

    Raises InvalidInput, Conflict for a closed bank, NotAllowed.
    """
    wanted, found = value_read(kind, value)
    row = Signal(kind=wanted, value=found, quality=quality)
    if wanted in {SignalKind.PDQ, SignalKind.VIDEO}:
        row.turns = b"".join(turns_of(found))
    return entries_add(
        bank=bank, groups=[[row]], labels=[label], why=why, actor=actor, source=source,
        expires_at=expires_at,
    )[0]  # fmt: skip


@transaction.atomic
def content_add(
    *, bank: Bank, asked: Asked, why: str, actor: Actor, asset: Asset | None = None, label: str = ""
) -> BankEntry:
    """Add everything that a file is like. Raises InvalidInput for a file with nothing to go by."""
    rows = rows_of(asked)
    if not rows:
        raise InvalidInput("This file has nothing that a copy could be found by.")
    return entries_add(bank=bank, groups=[rows], labels=[label], why=why, actor=actor, asset=asset)[
        0
    ]


@transaction.atomic
def entries_add(
    *,
    bank: Bank,
    groups: Sequence[Sequence[Signal]],
    labels: Sequence[str],
    why: str,
    actor: Actor,
    source: str = "",
    tags: Sequence[str] = (),
    expires_at: datetime | None = None,
    asset: Asset | None = None,
) -> list[BankEntry]:
    """Add an entry for each group of signals, with one reason for all and one event."""
    actor.require(Ability.BANKS_MANAGE)
    locked = Bank.objects.select_for_update().get(pk=bank.pk)
    _open_require(locked)
    reason = why.strip()
    if not reason or len(reason) > 500:
        raise InvalidInput.of({"why": "Say in at most 500 characters why this belongs here."})
    wrong = _limits(100, expires_at)
    if wrong:
        raise InvalidInput.of(wrong)
    moment = now()
    entries = [
        BankEntry(
            bank=locked, label=label[:200], why=reason, source=source[:200],
            tags=(tags[place] if tags else "")[:200], asset=asset, added_at=moment,
            added_by=actor.name, expires_at=expires_at,
            matched_at=moment if locked.kind == BankKind.NEGATIVE else None,
        )
        for place, label in enumerate(labels)
    ]  # fmt: skip
    BankEntry.objects.bulk_create(entries, batch_size=1000)
    rows = []
    for entry, group in zip(entries, groups, strict=True):
        for row in group:
            row.entry = entry
            rows.append(row)
    Signal.objects.bulk_create(rows, batch_size=2000)
    digest = digest_of([[row.kind, bytes(row.value).hex()] for row in rows])
    payload = {"bank": str(bank.pk), "entries": len(entries), "digest": digest}
    _said("bank.entry_added", actor, payload)
    return entries


@transaction.atomic
def entry_remove(*, entry: BankEntry, why: str, actor: Actor) -> BankEntry:
    """Take an entry out of use for good; what it matched stays on the record."""
    actor.require(Ability.BANKS_MANAGE)
    if not why.strip() or len(why) > 500:
        raise InvalidInput.of({"why": "Say in at most 500 characters why this is taken out."})
    locked = BankEntry.objects.select_for_update().get(pk=entry.pk)
    if locked.removed_at:
        raise Conflict("This entry was taken out already.")
    locked.removed_at, locked.removed_why = now(), why.strip()
    locked.save(update_fields=["removed_at", "removed_why"])
    Signal.objects.filter(entry=locked).delete()
    _said("bank.entry_removed", actor, {"bank": str(locked.bank_id), "entry": str(locked.pk)})
    return locked


@transaction.atomic
def entry_clear(*, entry: BankEntry, actor: Actor) -> BankEntry:
    """Let a parked entry in again: a person looked, and its many matches are right."""
    actor.require_person(Ability.BANKS_MANAGE)
    locked = BankEntry.objects.select_for_update().get(pk=entry.pk)
    if locked.parked_at is None or locked.removed_at:
        raise Conflict("This entry is not parked any more.")
    locked.parked_at, locked.cleared_at = None, now()
    locked.save(update_fields=["parked_at", "cleared_at"])
    _said("bank.entry_cleared", actor, {"bank": str(locked.bank_id), "entry": str(locked.pk)})
    return locked


def _open_require(bank: Bank) -> None:
    if bank.closed_at:
        raise Conflict("This bank is closed. Open another one.")


def _texts(given: dict[str, str]) -> dict[str, str]:
    return {
        name: f"Give the {name} in at most {TEXTS[name]} characters."
        for name, text in given.items()
        if not text.strip() or len(text) > TEXTS[name]
    }


def _limits(share: int, expires_at: datetime | None) -> dict[str, str]:
    wrong = {}
    if not 0 <= share <= 100:
        wrong["share"] = "The share is a percentage from 0 to 100."
    if expires_at is not None and expires_at <= now():
        wrong["expires_at"] = "The expiry lies in the past. Choose a later day, or none."
    return wrong


def _said(name: str, actor: Actor, payload: dict[str, object]) -> None:
    event_append(chain=SYSTEM_CHAIN, name=name, actor=actor.name, payload=payload)
