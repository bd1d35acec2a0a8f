"""Appending to a chain: in the caller's transaction, under the chain head's row lock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from foundation import chain as links
from probity.core.clock import now
from probity.core.prepared import prepared

from . import registry
from .models import AuditEvent

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
    seq, prev = _head(chain)
    event = AuditEvent(
        chain_id=chain, seq=seq + 1, name=name, at=now(), actor=actor, payload=body, prev=prev
    )
    event.hash = links.event_hash(as_link(event))
    _write(event)
    return event


LOCK = "SELECT events, head FROM audit_chain WHERE name = %s FOR UPDATE"
BEGIN = "INSERT INTO audit_chain (name, events, head) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING"
WRITE = """
WITH moved AS (UPDATE audit_chain SET events = %s, head = %s WHERE name = %s)
INSERT INTO audit_event (chain_id, seq, name, at, actor, payload, prev, hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
RETURNING id
"""


def _head(chain: str) -> tuple[int, str]:
    """Where the chain ends, its row locked; begun if this is its first event."""
    found = prepared(LOCK, [chain])
    if not found:
        prepared(BEGIN, [chain, links.genesis(chain)])
        found = prepared(LOCK, [chain])
    events, head = found[0]
    return int(events), str(head)


def _write(event: AuditEvent) -> None:
    """The event and the moved head in one statement: appends set the pace of everything else."""
    written = prepared(
        WRITE,
        [
            event.seq, event.hash, event.chain_id, event.chain_id, event.seq, event.name, event.at,
            event.actor, json.dumps(event.payload), event.prev, event.hash,
        ],
    )  # fmt: skip
    event.pk = written[0][0]
    event._state.adding = False


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
