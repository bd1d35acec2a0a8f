"""The names an event may have, and the keys its payload must carry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EventKind:
    """A registered event: its name, what it says in plain words, and its payload's exact keys."""

    name: str
    says: str
    keys: frozenset[str]


_KINDS: dict[str, EventKind] = {}


def register(name: str, says: str, *keys: str) -> None:
    """Register an event name once; each room does so in its ``events.py``."""
    kind = EventKind(name, says, frozenset(keys))
    if _KINDS.get(name, kind) != kind:
        raise ValueError(f"Event {name!r} is registered twice with different payloads.")
    _KINDS[name] = kind


def kind(name: str) -> EventKind:
    """The registered kind; raises KeyError for an unregistered name."""
    return _KINDS[name]


def kinds() -> list[EventKind]:
    """All registered kinds, by name."""
    return [_KINDS[name] for name in sorted(_KINDS)]
