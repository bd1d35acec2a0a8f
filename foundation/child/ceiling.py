"""A lower limit on everything that is asked of children for a while, in one thread or task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_held: ContextVar[tuple[int, float] | None] = ContextVar("child_ceiling", default=None)


@contextmanager
def within(*, cpu_seconds: int, wall_seconds: float) -> Iterator[None]:
    """Calls made inside get at most so many seconds of processor time and on the wall clock each,
    whatever they ask for. Ceilings inside ceilings: the lower one counts."""
    token = _held.set(lowered(cpu_seconds, wall_seconds))
    try:
        yield
    finally:
        _held.reset(token)


def lowered(cpu_seconds: int, wall_seconds: float) -> tuple[int, float]:
    """What is left of such limits under the ceiling that holds here."""
    held = _held.get()
    if held is None:
        return cpu_seconds, wall_seconds
    return min(cpu_seconds, held[0]), min(wall_seconds, held[1])
