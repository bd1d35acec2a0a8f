"""Progress and partial results on their way from the child to its parent, and what the child asks.

A question goes to the parent when only the parent may do something: it holds a key, or may use the
network. The child gets the answer and never the means.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_sink: Callable[[dict[str, Any]], None] | None = None
_asker: Callable[[dict[str, Any]], Any] | None = None


def emit(event: dict[str, Any]) -> None:
    """Hand one event (msgpack-able) to the parent's ``on_event``.

    Outside a child, where nobody listens, it does nothing: the same function can be called
    directly.
    """
    if _sink is not None:
        _sink(event)


def ask(question: dict[str, Any]) -> Any:
    """Put one question (msgpack-able) to the parent's ``answer`` and wait for what it returns.

    Raises RuntimeError outside a child. Where the parent raises, or answers no questions, this
    never returns: the child is ended.
    """
    if _asker is None:
        raise RuntimeError("only a child can ask its parent")
    return _asker(question)


def connect(
    sink: Callable[[dict[str, Any]], None] | None,
    asker: Callable[[dict[str, Any]], Any] | None = None,
) -> None:
    """Say where events and questions go; the child does this once at its start."""
    global _sink, _asker
    _sink, _asker = sink, asker
