"""LiteRT: runs ``.tflite`` graphs on one thread, so that the same input gives the same output."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

Tensor = NDArray[np.float32]


class Graph:
    """One graph with a single float32 input."""

    def __init__(self, data: bytes) -> None:
        # the interpreter reads from these bytes for as long as it lives
        self._data = data
        self._running = Interpreter(model_content=data, num_threads=1)
        self._running.allocate_tensors()
        [given] = self._running.get_input_details()
        self._given = int(given["index"])
        self.shape = tuple(int(size) for size in given["shape"])
        self._outputs = {
            str(out["name"]): int(out["index"]) for out in self._running.get_output_details()
        }

    def given(self) -> Tensor:
        """The graph's own input, to be written to and let go of before :meth:`run`."""
        held: Tensor = self._running.tensor(self._given)()
        return held

    def __call__(self, tensor: Tensor) -> Mapping[str, Tensor]:
        """Every output by its name, as new arrays; raises ValueError for another shape."""
        self._running.set_tensor(self._given, np.ascontiguousarray(tensor, dtype=np.float32))
        return self.run()

    def run(self) -> Mapping[str, Tensor]:
        """The same for what was written to :meth:`given`."""
        self._running.invoke()
        return {
            name: np.asarray(self._running.get_tensor(at), dtype=np.float32)
            for name, at in self._outputs.items()
        }
