"""The kinds of webhook that can be subscribed to; each room registers its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TEST = "endpoint.test"


@dataclass(frozen=True)
class WebhookKind:
    """A kind: its name, what it says in plain words, and an example of its ``data``."""

    name: str
    says: str
    example: Mapping[str, Any]


_KINDS: dict[str, WebhookKind] = {}


def register(name: str, says: str, example: Mapping[str, Any]) -> None:
    """Register a kind once; each room does so in its ``events.py``."""
    kind = WebhookKind(name, says, dict(example))
    if _KINDS.get(name, kind) != kind:
        raise ValueError(f"Webhook kind {name!r} is registered twice with different meanings.")
    _KINDS[name] = kind


def kind(name: str) -> WebhookKind:
    """The registered kind; raises KeyError for an unregistered name."""
    return _KINDS[name]


def subscribable() -> list[WebhookKind]:
    """What an endpoint may ask for, by name; a test reaches every endpoint anyway."""
    return [_KINDS[name] for name in sorted(_KINDS) if name != TEST]
