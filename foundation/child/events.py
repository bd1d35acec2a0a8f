"""Progress and partial results on their way from the child to its parent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_sink: Callable[[dict[str, Any]], None] | None = None


def emit(event: dict[str, Any]) -> None:
    """Hand one event (msgpack-able) to the parent's ``on_event``.

    Outside a child, where nobody listens, it does nothing: the same function can be called
    directly.
    """
    if _sink is not None:
        _sink(event)


def connect(sink: Callable[[dict[str, Any]], None] | None) -> None:
    """Say where events go; the child does this once at its start."""
    global _sink
    _sink = sink
