"""Where one film lies in another: frames that look alike, in one order and at one pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

PACES: Final = (1.0, 0.99, 1.01, 0.98, 1.02, 0.97, 1.03)
"""How much slower or faster the copy may run, the plain pace first."""
SLACK: Final = 0.75
"""Seconds: frames of both films are taken at their own moments, so they never meet exactly."""
LEAST_FRAMES: Final = 3
"""Fewer frames in step prove nothing, unless the copy has no more (``LEAST_SHARE`` of them)."""
LEAST_SHARE: Final = 0.6

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One frame of the film that is asked about near one frame of a known film."""

    at: float
    known_at: float
    distance: int


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A stretch in common: seconds into both films, its length in seconds, how many frames met,
    and the median of their distances (bits)."""

    at: float
    known_at: float
    seconds: float
    frames: int
    distance: int


def common(hits: Sequence[Hit], *, frames: int) -> Segment | None:
    """The stretch with most frames in step; ``frames`` is how many the film that is asked about
    has to offer. None where too few agree on one pace."""
    if not hits:
        return None
    at = np.array([hit.at for hit in hits])
    known = np.array([hit.known_at for hit in hits])
    best, most = np.zeros(0, dtype=np.intp), 0
    for pace in PACES:
        held = _in_step(known - pace * at)
        met = len(np.unique(at[held]))
        if met > most:
            best, most = held, met
    if most < min(LEAST_FRAMES, max(1, round(LEAST_SHARE * frames))):
        return None
    distances = [hits[int(place)].distance for place in best]
    first = best[np.argmin(at[best])]
    return Segment(
        at=float(at[first]),
        known_at=float(known[first]),
        seconds=float(at[best].max() - at[best].min()),
        frames=most,
        distance=int(np.median(distances)),
    )


def _in_step(shift: Numbers) -> npt.NDArray[np.intp]:
    """The places of the largest group of shifts within ``SLACK`` of its middle."""
    order = np.argsort(shift)
    ranked = shift[order]
    ends = np.searchsorted(ranked, ranked + 2 * SLACK, side="right")
    first = int(np.argmax(ends - np.arange(ranked.size)))
    return order[first : ends[first]]
