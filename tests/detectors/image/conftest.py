"""Truth made on the spot, and one detector's word on it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from detectors import registry
from detectors.api import Finding
from detectors.ground_truth.images import Box, Kind, Truth, make, overlap
from detectors.testing import finding

_made = functools.lru_cache(maxsize=8)(lambda kind, seed: make(kind, seed=seed))


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., Finding]:
    """What a detector says of a file given as bytes: ``look(detector_id, data, suffix)``."""

    def said(detector_id: str, data: bytes, suffix: str) -> Finding:
        path = tmp_path / f"picture{suffix}"
        path.write_bytes(data)
        return finding(registry.find(detector_id), path)

    return said


@pytest.fixture
def truth() -> Callable[[Kind, int], Truth]:
    """An altered picture and its untouched twin."""
    return _made


@pytest.fixture
def best_overlap() -> Callable[[Finding, Truth], float]:
    """The strongest region's intersection over union with the nearest altered part."""

    def measured(found: Finding, made: Truth) -> float:
        if not found.regions:
            return 0.0
        strongest = max(found.regions, key=lambda one: one.strength)
        box = Box(x=strongest.x, y=strongest.y, width=strongest.width, height=strongest.height)
        return max(overlap(box, known) for known in made.boxes)

    return measured
