"""How far one way of running a network strays from the reference."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from detectors import registry
from detectors.runtimes.network import REFERENCE, Network, Outputs
from detectors.runtimes.sources import Source

PROBES = 3
"""Inputs that are compared, together and one by one."""


@functools.cache
def rules_of(model_id: str, plain: float) -> tuple[float, tuple[str, ...]]:
    """The smallest tolerance of the cards that name this network, and the precisions that all of
    them allow; ``plain`` and float32 where no card does."""
    said = [
        entry.card.inference
        for entry in registry.usable()
        if entry.card and entry.card.inference and model_id in entry.card.needs.models
    ]
    if not said:
        return plain, ("float32",)
    shared = [name for name in said[0].precisions if all(name in one.precisions for one in said)]
    return min(one.tolerance for one in said), tuple(shared) or ("float32",)


def rules(source: Source) -> tuple[float, tuple[str, ...]]:
    """Tolerance and precisions for a network."""
    return rules_of(source.contract.id, source.contract.tolerance)


def probes(source: Source, *, count: int = PROBES) -> NDArray[np.float32]:
    """Always the same inputs, of the size of real ones: in [0, 1] for pictures, small waves."""
    random = np.random.default_rng(1)
    shape = (count, *source.contract.shape)
    if len(source.contract.shape) == 1:
        return random.normal(0, 0.1, shape).astype(np.float32)
    top = np.float32(1 if source.contract.over > 1 else 255)
    return random.random(shape, dtype=np.float32) * top


def difference(source: Source, network: Network) -> float:
    """The largest absolute difference of an output; 0 for the reference itself."""
    if network.choice == REFERENCE:
        return 0.0
    given = probes(source)
    expected = reference(source)
    together = network.run(given, batch=PROBES)
    alone = network.run(given, batch=1)
    found = max(np.abs(together - expected).max(), np.abs(alone - expected).max())
    return float(found) if np.isfinite(found) else float("inf")


def reference(source: Source) -> Outputs:
    """What the reference says of the probes."""
    network = source.open(REFERENCE)
    try:
        return network.run(probes(source), batch=1)
    finally:
        network.close()
