"""Making watch-lists, what stands on them, pausing them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotFound
from probity.matching.banks import bank_open, entry_add, entry_remove
from probity.matching.models import BankEntry, BankKind, SignalKind

from .models import BY_BANK, BY_TERM, WatchKind, WatchList, WatchTerm
from .names import folded

SHA256 = re.compile(r"[0-9a-f]{64}")
TERM_MIN, TERM_MAX = 4, 120


def watch_chain(watch_list_id: UUID) -> str:
    """The log of one watch-list: what stands on it, what it found, whom it told."""
    return f"watch:{watch_list_id}"


@transaction.atomic
def watch_list_make(*, actor: Actor, name: str, kind: str, why: str) -> WatchList:
    """Make a list; one of hashes gets a bank of its own.

    Raises NotAllowed, InvalidInput, Conflict for a taken name.
    """
    actor.require_person(Ability.ALERTS_MANAGE)
    wrong: dict[str, str] = {}
    name, why = name.strip(), why.strip()
    if not name or len(name) > 80 or not name.isprintable():
        wrong["name"] = "Give the list a name of at most 80 letters."
    if kind not in set(WatchKind):
        wrong["kind"] = f"Choose what to watch for: {', '.join(WatchKind)}."
    if not why or len(why) > 500:
        wrong["why"] = "Say in at most 500 letters why this is watched for."
    if wrong:
        raise InvalidInput.of(wrong)
    if WatchList.objects.filter(name=name).exists():
        raise Conflict(f"There is already a watch-list called {name!r}.")
    row_id = uuid4()
    bank = None
    if WatchKind(kind) in BY_BANK:
        bank = bank_open(
            name=f"watch-{row_id.hex[:12]}", label=name, kind=BankKind.WATCH,
            source="this installation", licence="for this installation's own use",
            actor=_banker(actor),
        )  # fmt: skip
    row = WatchList.objects.create(
        id=row_id, name=name, kind=kind, why=why, bank=bank, made_at=now()
    )
    _tell(row, "watch_list.made", actor.name, kind=row.kind)
    return row


@transaction.atomic
def watch_list_pause(*, actor: Actor, watch_list: WatchList, paused: bool) -> WatchList:
    """Pause a list, or take it up again; what happens meanwhile raises no alert later."""
    actor.require_person(Ability.ALERTS_MANAGE)
    locked = WatchList.objects.select_for_update().get(pk=watch_list.pk)
    if bool(locked.paused_at) == paused:
        return locked
    locked.paused_at = now() if paused else None
    locked.save(update_fields=["paused_at"])
    _tell(locked, "watch_list.paused" if paused else "watch_list.resumed", actor.name)
    return locked


@transaction.atomic
def term_add(
    *, actor: Actor, watch_list: WatchList, text: str, own: Sequence[str] = ()
) -> WatchTerm:
    """Put a name on a list; ``own`` are the SHA-256 of certificates that may carry it.

    Raises NotAllowed, InvalidInput, Conflict when it is on the list.
    """
    actor.require_person(Ability.ALERTS_MANAGE)
    text, compared = text.strip(), folded(text)
    own = [digest.strip().lower().replace(":", "") for digest in own if digest.strip()]
    wrong: dict[str, str] = {}
    if WatchKind(watch_list.kind) not in BY_TERM:
        wrong["text"] = "This list watches for no names."
    elif not TERM_MIN <= len(compared) <= TERM_MAX or len(text) > TERM_MAX:
        wrong["text"] = (
            f"A name has {TERM_MIN} to {TERM_MAX} letters; shorter ones would be found everywhere."
        )
    if any(not SHA256.fullmatch(digest) for digest in own):
        wrong["own"] = "A certificate is named by its SHA-256: 64 characters, each 0–9 or a–f."
    if wrong:
        raise InvalidInput.of(wrong)
    if watch_list.terms.filter(folded=compared, removed_at=None).exists():
        raise Conflict("This name is on the list already.")
    term = WatchTerm.objects.create(
        watch_list=watch_list, text=text, folded=compared, own=own, added_at=now()
    )
    _tell(watch_list, "watch_list.term_added", actor.name, term=str(term.pk))
    return term


@transaction.atomic
def term_remove(*, actor: Actor, watch_list: WatchList, term_id: UUID) -> None:
    """Take a name off a list and erase its words."""
    actor.require_person(Ability.ALERTS_MANAGE)
    term = watch_list.terms.select_for_update().filter(pk=term_id, removed_at=None).first()
    if term is None:
        raise NotFound("This name is not on the list.")
    term.text, term.folded, term.own, term.removed_at = "", "", [], now()
    term.save(update_fields=["text", "folded", "own", "removed_at"])
    _tell(watch_list, "watch_list.term_removed", actor.name, term=str(term.pk))


@transaction.atomic
def hash_add(
    *, actor: Actor, watch_list: WatchList, kind: str, value: str, label: str, why: str
) -> BankEntry:
    """Put a hash on a list of hashes; what is here already is held against it soon.

    Raises NotAllowed, and InvalidInput for a list without hashes and as the bank does.
    """
    actor.require_person(Ability.ALERTS_MANAGE)
    if watch_list.bank is None:
        raise InvalidInput.of({"value": "This list watches for no hashes."})
    if kind not in set(SignalKind):
        raise InvalidInput.of({"kind": f"Choose the kind of hash: {', '.join(SignalKind)}."})
    entry = entry_add(
        bank=watch_list.bank, kind=SignalKind(kind), value=value.strip().lower(), label=label,
        why=why, actor=_banker(actor),
    )  # fmt: skip
    _tell(watch_list, "watch_list.term_added", actor.name, term=str(entry.pk))
    return entry


@transaction.atomic
def hash_remove(*, actor: Actor, watch_list: WatchList, entry_id: UUID, why: str) -> None:
    """Take a hash off a list. Raises NotAllowed, NotFound."""
    actor.require_person(Ability.ALERTS_MANAGE)
    entry = BankEntry.objects.filter(pk=entry_id, bank=watch_list.bank_id, removed_at=None).first()
    if entry is None or watch_list.bank_id is None:
        raise NotFound("This hash is not on the list.")
    entry_remove(entry=entry, why=why.strip() or "taken off the list", actor=_banker(actor))
    _tell(watch_list, "watch_list.term_removed", actor.name, term=str(entry.pk))


def _banker(actor: Actor) -> Actor:
    """The same person with the right to a list's own bank, which is a part of the list."""
    return replace(actor, abilities=actor.abilities | {Ability.BANKS_MANAGE})


def _tell(watch_list: WatchList, name: str, actor: str, **payload: str) -> None:
    event_append(
        chain=watch_chain(watch_list.pk), name=name, actor=actor,
        payload={"watch_list": str(watch_list.pk), **payload},
    )  # fmt: skip
