"""onnxruntime: one thread, so that the same input gives the same output bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Batch = NDArray[np.float32]


def session(model: Path | bytes) -> onnxruntime.InferenceSession:
    """A session on the processor; memory is handed back after each run."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def outputs(running: onnxruntime.InferenceSession, batch: Batch) -> Batch:
    """The first output for a batch given to the only input."""
    [name] = [given.name for given in running.get_inputs()]
    return np.asarray(running.run(None, {name: batch})[0], dtype=np.float32)
