"""torch: eager, compiled, or as captured CUDA graphs; on the processor or on a card.

Copies to the card and arithmetic overlap: while one chunk is computed, the next one is already on
its way from page-locked memory, on a stream of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from detectors.models.known import Model
from detectors.runtimes.network import Choice, DeviceLost, OutOfMemory, Outputs, chunks
from detectors.stacks import Tensor as Stack

TYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16}
LOST = (
    "unspecified launch failure", "illegal memory access", "device-side assert", "ecc error",
    "device is busy or unavailable", "gpu is lost", "cuda driver error", "misaligned address",
)  # fmt: skip


def settle() -> None:
    """Products of float32 numbers in full: without TF32, as parity was measured."""
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False


class TorchNetwork:
    """A network run by torch; see :class:`detectors.runtimes.network.Network`."""

    def __init__(self, module: nn.Module, *, contract: Model, choice: Choice) -> None:
        settle()
        self.choice = choice
        self._contract = contract
        self._device = torch.device(choice.device)
        self._module: nn.Module | None = module.eval().to(self._device)
        self._forward: Callable[[Tensor], Tensor] = self._compiled(self._module)
        self._graphs: dict[tuple[int, torch.dtype], _Graph] = {}
        parts = [*module.parameters(), *module.buffers()]
        self.bytes = sum(part.numel() * part.element_size() for part in parts)

    @property
    def version(self) -> str:
        return f"{torch.__version__} {self.choice.way}"

    def run(self, stack: Stack, /, *, batch: int) -> Outputs:
        """See the protocol."""
        if self._module is None:
            raise RuntimeError("the network was closed")
        with told_errors(), torch.inference_mode():
            if self._device.type == "cpu":
                made = [
                    self._outputs(torch.from_numpy(self._padded(stack[start:end], batch)))[
                        : end - start
                    ].numpy()
                    for start, end in chunks(len(stack), batch)
                ]
                return np.concatenate(made).astype(np.float32, copy=False)
            return self._run_on_card(stack, batch=batch)

    def close(self) -> None:
        """See the protocol."""
        self._module = None
        self._forward = _closed
        self._graphs.clear()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _compiled(self, module: nn.Module) -> Callable[[Tensor], Tensor]:
        if self.choice.way != "compile":
            return module
        compiled: Callable[[Tensor], Tensor] = torch.compile(module, dynamic=False)
        return compiled

    @property
    def _fixed(self) -> bool:
        """Whether every chunk must have the same size."""
        return self.choice.way != "eager"

    def _padded(self, part: Stack, batch: int) -> Stack:
        """A copy that may be written to; a short chunk is filled up with its last item."""
        if self._fixed and len(part) < batch:
            return np.concatenate([part, np.repeat(part[-1:], batch - len(part), axis=0)])
        return np.array(part)

    def _outputs(self, given: Tensor) -> Tensor:
        taken = given.float()
        if given.dtype == torch.uint8:
            taken = taken / self._contract.over
        with self._narrow():
            return self._forward(taken).float()

    def _narrow(self) -> AbstractContextManager[Any]:
        kind = TYPES.get(self.choice.precision)
        return torch.autocast(self._device.type, dtype=kind) if kind else nullcontext()

    def _run_on_card(self, stack: Stack, *, batch: int) -> Outputs:
        with torch.cuda.device(self._device):
            compute = torch.cuda.current_stream()
            copying = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            results: list[Tensor] = []
            arriving = _arrivals(stack, batch=batch, copying=copying, network=self)
            for given, arrived, count in arriving:
                compute.wait_event(arrived)
                # the memory must not be given to others while this stream still reads it
                given.record_stream(compute)
                made = self._graphed(given) if self.choice.way == "graphs" else self._outputs(given)
                kept = torch.empty(made.shape, dtype=made.dtype, pin_memory=True)
                kept.copy_(made, non_blocking=True)
                results.append(kept[:count])
            compute.synchronize()
            return np.concatenate([one.numpy() for one in results]).astype(np.float32, copy=False)

    def _graphed(self, given: Tensor) -> Tensor:
        key = (len(given), given.dtype)
        if key not in self._graphs:
            self._graphs[key] = _Graph(self._outputs, given)
        return self._graphs[key](given)


def _arrivals(
    stack: Stack, *, batch: int, copying: torch.cuda.Stream, network: TorchNetwork
) -> Iterator[tuple[Tensor, torch.cuda.Event, int]]:
    """Each chunk on the card, the event after which it is whole, and how many of its items count.

    One chunk is sent ahead of the one that is being computed.
    """

    def send(start: int, end: int) -> tuple[Tensor, torch.cuda.Event, int, Tensor]:
        pinned = torch.from_numpy(network._padded(stack[start:end], batch)).pin_memory()
        with torch.cuda.stream(copying):
            given = pinned.to(network._device, non_blocking=True)
            arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]
            arrived.record(copying)
        return given, arrived, end - start, pinned

    ahead = None
    for start, end in chunks(len(stack), batch):
        following = send(start, end)
        if ahead is not None:
            yield ahead[:3]
        ahead = following
    if ahead is not None:
        yield ahead[:3]


class _Graph:
    """One captured run for one size of batch."""

    def __init__(self, forward: Callable[[Tensor], Tensor], example: Tensor) -> None:
        self._given = example.clone()
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                forward(self._given)
        torch.cuda.current_stream().wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._made = forward(self._given)

    def __call__(self, given: Tensor) -> Tensor:
        self._given.copy_(given)
        self._graph.replay()
        # the next replay writes to the same memory
        return self._made.clone()


def _closed(_given: Tensor) -> Tensor:
    raise RuntimeError("the network was closed")


@contextmanager
def told_errors() -> Iterator[None]:
    """The library's errors in our own words, where they mean memory or a lost card."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise OutOfMemory(str(error)) from error
    except MemoryError as error:
        raise OutOfMemory(str(error)) from error
    except RuntimeError as error:
        words = str(error).lower()
        if "out of memory" in words or "can't allocate memory" in words:
            raise OutOfMemory(str(error)) from error
        if any(word in words for word in LOST):
            raise DeviceLost(str(error)) from error
        raise
