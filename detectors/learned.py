"""Detectors around networks: what is measured from the file, what networks say, what it means.

Such a detector has two halves. ``gather`` decodes and cuts, in the child, and returns the tensors
for each network; ``conclude`` turns the networks' outputs into an outcome. Between the halves the
networks run: here and now on the processor, or later, elsewhere, together with those of other
files. Both ways give ``conclude`` the same numbers within the card's tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from detectors.api import Detector, Outcome, Sample, Value
from detectors.stacks import Tensor

CHUNK = 1
"""Items that are run at once where nothing else is known. Several at once were no faster on a
processor, those of the small networks half as fast, and each more takes its own memory."""

Outputs = Mapping[str, NDArray[np.float32]]
"""By model id: one row for each item of its stack."""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """``stacks`` by model id, items along the first axis; models may share one array. ``kept`` is
    what ``conclude`` needs besides: numbers, texts, lists, mappings and arrays."""

    stacks: Mapping[str, Tensor]
    kept: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class Learned(Detector, Protocol):
    """A detector in two halves."""

    def gather(self, sample: Sample, parameters: Mapping[str, Value], /) -> Gathered:
        """Everything that needs the file. Raises :class:`detectors.api.Abstain`."""

    def conclude(
        self, kept: Mapping[str, Any], outputs: Outputs, parameters: Mapping[str, Value], /
    ) -> Outcome:
        """Everything that needs the networks' outputs; never sees the file."""


class TwoHalves:
    """Gives a detector of two halves its ``detect``."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Both halves, with the networks run on the processor in between."""
        halves: Any = self
        gathered: Gathered = halves.gather(sample, parameters)
        outputs = {
            model: run_here(model, sample, stack) for model, stack in gathered.stacks.items()
        }
        outcome: Outcome = halves.conclude(gathered.kept, outputs, parameters)
        return outcome


def run_here(model: str, sample: Sample, stack: Tensor) -> NDArray[np.float32]:
    """A network's outputs on the processor, one thread, in chunks."""
    from detectors.models.known import contract
    from detectors.runtimes import onnx

    session = onnx.session(sample.model(model))
    told = contract(model)
    return np.concatenate(
        [
            onnx.outputs(session, told.prepared(stack[at : at + CHUNK]))
            for at in range(0, len(stack), CHUNK)
        ]
    )
