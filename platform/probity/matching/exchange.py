"""Banks in and out as files, and the door to network exchanges that an operator may open."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from foundation.fingerprint import exchange
from foundation.fingerprint.bits import turns_of
from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.errors import InvalidInput, Refusal

from .banks import entries_add
from .models import Bank, BankEntry, Signal, SignalKind

form_of = exchange.form_of
FILE_MOST = 256 * 1024 * 1024


class ExchangesClosed(Refusal):
    """Network exchanges are not configured here, or their package is not installed."""

    code = "exchanges-closed"
    status = 501


@transaction.atomic
def bank_import(*, bank: Bank, data: bytes, form: str, why: str, actor: Actor) -> list[BankEntry]:
    """Add everything that a file holds: all or nothing. Hashes that the bank has are left out.

    Raises NotAnExchange with the first wrong line, InvalidInput, Conflict, NotAllowed.
    """
    actor.require(Ability.BANKS_MANAGE)
    if len(data) > FILE_MOST:
        raise InvalidInput(f"A bank's file has at most {FILE_MOST // 2**20} MB. Divide it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("The file is not text in UTF-8. Export it again.")
    known = exchange.read(text, form=form)
    fresh = _not_in(bank, known)
    if not fresh:
        return []
    return entries_add(
        bank=bank, groups=[_rows(each) for each in fresh], labels=[each.source for each in fresh],
        tags=[" ".join(each.tags) for each in fresh], why=why, actor=actor,
    )  # fmt: skip


@transaction.atomic
def bank_export(*, bank: Bank, form: str, actor: Actor) -> bytes:
    """What a bank has in use, as a file, with an event that names its SHA-256. Sound is left out:
    no form of the field has it. Raises NotAnExchange, NotAllowed."""
    actor.require(Ability.BANKS_MANAGE)
    entries = bank.entries.filter(removed_at=None, parked_at=None).order_by("added_at", "pk")
    known = [each for entry in entries.prefetch_related("signals") for each in _known(entry)]
    data = exchange.write(known, form=form, collab=bank.name).encode()
    digest = hashlib.sha256(data).hexdigest()
    event_append(
        chain=SYSTEM_CHAIN,
        name="bank.exported",
        actor=actor.name,
        payload={"bank": str(bank.pk), "entries": len(known), "sha256": digest},
    )
    return data


def exchanges_require() -> str:
    """The operator's configuration of network exchanges; raises ExchangesClosed with what to do."""
    if not settings.EXCHANGES:
        raise ExchangesClosed(
            "No network exchange is configured here. An operator sets PROBITY_EXCHANGES; until "
            "then banks come and go as files."
        )
    if importlib.util.find_spec("threatexchange") is None:
        raise ExchangesClosed(
            "Network exchanges need the package threatexchange, which this installation lacks. "
            "An operator installs the extra “exchange” (it needs a C++ compiler)."
        )
    return str(settings.EXCHANGES)


def _not_in(bank: Bank, known: Sequence[exchange.Known]) -> list[exchange.Known]:
    values = [each.parts[0].value for each in known]
    rows = Signal.objects.filter(entry__bank=bank, entry__removed_at=None)
    held: set[tuple[str, bytes]] = set()
    for top in range(0, len(values), 10_000):
        found = rows.filter(value__in=values[top : top + 10_000]).values_list("kind", "value")
        held |= {(kind, bytes(value)) for kind, value in found}
    fresh = []
    for each in known:
        key = (each.kind, each.parts[0].value)
        if key not in held:
            held.add(key)
            fresh.append(each)
    return fresh


def _rows(known: exchange.Known) -> list[Signal]:
    kind = SignalKind(known.kind)
    return [
        Signal(
            kind=kind, value=part.value, quality=part.quality, at=part.at,
            turns=b"".join(turns_of(part.value)) if kind == SignalKind.PDQ else b"",
        )
        for part in known.parts
    ]  # fmt: skip


def _known(entry: BankEntry) -> list[exchange.Known]:
    tags = tuple(entry.tags.split())
    signals = list(entry.signals.all())
    found = [
        exchange.Known(kind=row.kind, parts=(exchange.Part(value=bytes(row.value)),), tags=tags)
        for row in signals
        if row.kind not in (SignalKind.VIDEO, SignalKind.SOUND)
    ]
    frames = [
        exchange.Part(value=bytes(row.value), quality=row.quality, at=row.at)
        for row in signals
        if row.kind == SignalKind.VIDEO
    ]
    if frames:
        found.append(exchange.Known(kind="video", parts=tuple(frames), tags=tags))
    return found
