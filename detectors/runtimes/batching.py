"""Several stacks through one network at once; one that cannot be run fails alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from detectors.runtimes.network import DeviceLost, OutOfMemory, Outputs
from detectors.runtimes.warm import Warm, WarmNetworks
from detectors.stacks import Tensor

TOO_LARGE = "The memory of the device does not suffice for a single item."

Result = Outputs | str
"""Outputs, or the sentence that says why there are none."""


def run_together(warm: Warm, stacks: Sequence[Tensor], *, keeping: WarmNetworks) -> list[Result]:
    """One result for each stack, in their order. All stacks have items of one type and shape.

    When memory runs out the batch is halved, and that is remembered; when anything else breaks,
    the stacks are halved until the guilty one stands alone. Raises DeviceLost.
    """
    try:
        return _split(_run(warm, stacks, keeping=keeping), stacks)
    except DeviceLost:
        raise
    except Exception as error:  # a library may raise anything; only the guilty stack fails
        if len(stacks) > 1:
            middle = len(stacks) // 2
            return [
                *run_together(warm, stacks[:middle], keeping=keeping),
                *run_together(warm, stacks[middle:], keeping=keeping),
            ]
        if isinstance(error, OutOfMemory):
            return [TOO_LARGE]
        return [f"The network broke off on these tensors ({type(error).__name__})."]


def _run(warm: Warm, stacks: Sequence[Tensor], *, keeping: WarmNetworks) -> Outputs:
    together = stacks[0] if len(stacks) == 1 else np.concatenate(stacks)
    while True:
        batch = min(warm.record.size, len(together))
        try:
            found = warm.network.run(together, batch=batch)
        except OutOfMemory:
            if keeping.spare(warm.source.name):
                continue
            if batch == 1:
                raise
            warm.shrink(max(1, batch // 2), device=keeping.device)
            continue
        if len(found) != len(together):
            raise ValueError("the network returned another number of rows")
        return found


def _split(found: Outputs, stacks: Sequence[Tensor]) -> list[Result]:
    edges = np.cumsum([0, *(len(stack) for stack in stacks)]).tolist()
    parts = [found[start:end] for start, end in pairwise(edges)]
    return [
        part if np.isfinite(part).all() else "The network returned numbers that are not finite."
        for part in parts
    ]
