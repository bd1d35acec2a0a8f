"""What one measure of the sound's speed says."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Measure:
    """``value`` in ``unit``; ``ranges`` hold what sound at its own speed shows, from ``source``.

    ``factor``: the speed that would explain the value, 1 for untouched sound; set only where
    ``remark`` says so to the reviewer. ``not_judged`` is the reason why nothing was measured.
    """

    name: str
    unit: str
    ranges: tuple[tuple[float, float], ...]
    source: str
    value: float | None = None
    factor: float | None = None
    remark: str | None = None
    not_judged: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def to_details(self) -> dict[str, Any]:
        """JSON-able."""
        told: dict[str, Any] = asdict(self)
        more: dict[str, Any] = told.pop("more")
        told.pop("name")
        told["ranges"] = [list(one) for one in self.ranges]
        return told | more
