"""Appending to a chain: in the caller's transaction, under the chain head's row lock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from foundation import chain as links
from probity.core.clock import now

from . import registry
from .models import AuditChain, AuditEvent

SYSTEM_CHAIN = "system"


def case_chain(case_id: object) -> str:
    """The chain that belongs to one case."""
    return f"case:{case_id}"


def event_append(
    *, chain: str, name: str, actor: str, payload: Mapping[str, Any] | None = None
) -> AuditEvent:
    """Append one event to a chain.

    ``payload`` holds ids, digests and commitments only, with exactly the keys the event's name
    was registered with. Must run inside the transaction of the change it records.
    Raises KeyError for an unregistered name, ValueError for a payload with other keys.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit event belongs in the transaction of its change.")
    body = dict(payload or {})
    expected = registry.kind(name).keys
    if set(body) != expected:
        raise ValueError(f"Event {name!r} needs exactly {sorted(expected)}, got {sorted(body)}.")
    head = _head(chain)
    event = AuditEvent(
        chain=head, seq=head.events + 1, name=name, at=now(), actor=actor, payload=body,
        prev=head.head,
    )  # fmt: skip
    event.hash = links.event_hash(as_link(event))
    event.save(force_insert=True)
    head.events, head.head = event.seq, event.hash
    head.save(update_fields=["events", "head"])
    return event


def _head(chain: str) -> AuditChain:
    """The locked head of a chain, begun if this is its first event."""
    heads = AuditChain.objects.select_for_update().filter(name=chain)
    head = heads.first()
    if head is None:
        begin = AuditChain(name=chain, events=0, head=links.genesis(chain))
        AuditChain.objects.bulk_create([begin], ignore_conflicts=True)
        head = heads.get()
    return head


def as_link(event: AuditEvent) -> links.Event:
    """The event in the form that is hashed and that travels in a bundle."""
    return links.Event(
        chain=event.chain_id,
        seq=event.seq,
        name=event.name,
        at=links.timestamp(event.at),
        actor=event.actor,
        payload=event.payload,
        prev=event.prev,
        hash=event.hash,
    )
