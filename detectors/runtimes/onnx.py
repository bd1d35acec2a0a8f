"""onnxruntime: one thread on the processor, so that the same input gives the same output."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from detectors.models.known import Model
from detectors.runtimes.network import Choice, DeviceLost, OutOfMemory, Outputs, chunks
from detectors.stacks import Tensor

Batch = NDArray[np.float32]
CPU = "CPUExecutionProvider"
LACKING = ("out of memory", "failed to allocate", "cudaerrormemoryallocation", "bad_alloc")
LOST = (
    "cuda failure 4", "cuda failure 46", "cuda failure 700", "cuda failure 719", "device is lost",
    "uncorrectable ecc",
)  # fmt: skip


def session(
    model: Path | bytes, *, provider: str = CPU, device: str = "cpu"
) -> onnxruntime.InferenceSession:
    """A session; on the processor, memory is handed back after each run."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=_providers(provider, device))


def outputs(running: onnxruntime.InferenceSession, batch: Batch) -> Batch:
    """The first output for a batch given to the only input."""
    [name] = [given.name for given in running.get_inputs()]
    return np.asarray(running.run(None, {name: batch})[0], dtype=np.float32)


def providers() -> list[str]:
    """The execution providers that this build has, best first."""
    return [str(name) for name in onnxruntime.get_available_providers()]


class OnnxNetwork:
    """A network run by onnxruntime; see :class:`detectors.runtimes.network.Network`."""

    def __init__(self, path: Path, *, contract: Model, choice: Choice) -> None:
        self._contract = contract
        self._session: onnxruntime.InferenceSession | None = session(
            path, provider=choice.way, device=choice.device
        )
        if choice.way != CPU and choice.way not in self._session.get_providers():
            raise RuntimeError(f"onnxruntime did not start {choice.way} and fell back")
        self.choice = choice
        self.bytes = path.stat().st_size

    @property
    def version(self) -> str:
        return f"{onnxruntime.__version__} {self.choice.way.removesuffix('ExecutionProvider')}"

    def run(self, stack: Tensor, /, *, batch: int) -> Outputs:
        """See the protocol."""
        if self._session is None:
            raise RuntimeError("the network was closed")
        found = []
        for start, end in chunks(len(stack), batch):
            try:
                found.append(outputs(self._session, self._contract.prepared(stack[start:end])))
            except Exception as error:  # the library's own classes say no more than their words
                raise _told(error) from error
        return np.concatenate(found)

    def close(self) -> None:
        """See the protocol."""
        self._session = None


def _told(error: Exception) -> Exception:
    words = str(error).lower()
    if isinstance(error, MemoryError) or any(word in words for word in LACKING):
        return OutOfMemory(str(error))
    if any(word in words for word in LOST):
        return DeviceLost(str(error))
    return error


def _providers(provider: str, device: str) -> list[str | tuple[str, dict[str, str]]]:
    if provider == CPU:
        return [CPU]
    number = device.partition(":")[2] or "0"
    options = {"device_id": number}
    if provider == "CUDAExecutionProvider":
        # TF32 rounds what goes into a product to ten bits; parity was measured without it
        options |= {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}
    return [(provider, options), CPU]
