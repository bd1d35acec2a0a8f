"""What a network is to whoever runs it, whichever library does the arithmetic."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.stacks import Tensor

Outputs = NDArray[np.float32]


class OutOfMemory(Exception):
    """The device has not enough memory for so many items at once."""


class DeviceLost(Exception):
    """The device answers no more; nothing can be run in this process again."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way of running a network.

    ``runtime`` is "onnxruntime" or "torch"; ``way`` an execution provider of the former, or
    "eager", "compile" or "graphs"; ``device`` "cpu" or "cuda:N".
    """

    runtime: str
    way: str
    device: str
    precision: str = "float32"

    @property
    def words(self) -> str:
        """For people and for findings."""
        return f"{self.runtime} ({self.way}, {self.precision}) on {self.device}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)


REFERENCE = Choice(runtime="onnxruntime", way="CPUExecutionProvider", device="cpu")
"""What every other way is compared with."""


class Network(Protocol):
    """A network that is ready to run."""

    @property
    def choice(self) -> Choice:
        """How it runs."""

    @property
    def version(self) -> str:
        """Of the library, with what it runs on."""

    @property
    def bytes(self) -> int:
        """Memory that it holds while it is idle, as far as that can be known."""

    def run(self, stack: Tensor, /, *, batch: int) -> Outputs:
        """Outputs for every item, at most ``batch`` at once.

        Raises :class:`OutOfMemory`, :class:`DeviceLost`, or whatever the library raises.
        """

    def close(self) -> None:
        """Give its memory back."""


def chunks(count: int, batch: int) -> list[tuple[int, int]]:
    """(start, end) of each chunk of at most ``batch``."""
    return [(at, min(at + batch, count)) for at in range(0, count, batch)]
