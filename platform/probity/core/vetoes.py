"""Who may forbid that something is destroyed: upper rooms say so here, lower rooms ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Veto = Callable[[Any], None]
_vetoes: dict[str, list[Veto]] = {}


def veto_register(kind: str, check: Veto) -> None:
    """Have a check asked before anything of a kind is destroyed; it raises a Refusal to forbid."""
    checks = _vetoes.setdefault(kind, [])
    if check not in checks:
        checks.append(check)


def vetoes_ask(kind: str, subject: object) -> None:
    """Raise the Refusal of whoever forbids that this is destroyed."""
    for check in _vetoes.get(kind, []):
        check(subject)
