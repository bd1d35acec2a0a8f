"""How the suite says that a rule is broken."""

from __future__ import annotations


class NotConforming(AssertionError):
    """A detector breaks a rule of the interface."""


def require(holds: bool, sentence: str) -> None:  # noqa: FBT001
    """Raise :class:`NotConforming` with ``sentence`` unless it ``holds``."""
    if not holds:
        raise NotConforming(sentence)
