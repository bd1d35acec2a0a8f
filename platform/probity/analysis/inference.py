"""The platform's door to running networks: a claimed batch in, results out. Never any media.

What comes in are our own stacks, checked before they are used; see :mod:`detectors.stacks`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detectors import stacks
from detectors.deferring import Ran
from detectors.runtimes import devices, records
from detectors.runtimes.batching import run_together
from detectors.runtimes.network import DeviceLost
from detectors.runtimes.sources import names_here, source_of
from detectors.runtimes.warm import Warm, WarmNetworks
from detectors.stacks import StackBroken, Tensor
from probity.core.errors import Refusal
from probity.evidence.selectors import derivative_find, derivative_read

from .batches import Manner, Result
from .models import Job, Run

__all__ = [
    "BatchRun",
    "DeviceLost",
    "Loaded",
    "Runner",
    "loaded",
    "names_here",
    "ran_of",
]  # fmt: skip

logger = logging.getLogger(__name__)
UNREADABLE = "The tensors of this job could not be read from the evidence store."


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A job's tensors, or the sentence that says why there are none."""

    job: Job
    tensor: Tensor | None = None
    failure: str = ""


def loaded(job: Job) -> Loaded:
    """Read and check the tensors of one job."""
    kept = job.stack.derivative
    shape = [int(size) for size in job.shape.rpartition(" ")[2].split("x")]
    try:
        data = derivative_read(derivative_find(kept.pk))
        tensor = stacks.unpack(data, sha256=kept.sha256, shape=shape, items=job.items)
        if str(tensor.dtype) != job.shape.partition(" ")[0]:
            raise StackBroken("The tensors of this job are of another type than it says.")
    except (StackBroken, Refusal) as refusal:
        return Loaded(job=job, failure=refusal.sentence)
    except (OSError, ValueError):
        logger.exception("The tensors of job %s could not be read.", job.pk)
        return Loaded(job=job, failure=UNREADABLE)
    return Loaded(job=job, tensor=tensor)


@dataclass(frozen=True, kw_only=True)
class BatchRun:
    """What came of a batch: results, how it was run, how long the network alone took."""

    results: list[Result]
    manner: Manner
    size: int
    seconds: float


class Runner:
    """Networks on one device. It touches the device when it is first used, never before."""

    def __init__(self, *, device: str, budget: int) -> None:
        self._wanted = device
        self._budget = budget
        self._warm: WarmNetworks | None = None
        self._sizes: dict[str, int] = {}
        self.device_name = ""

    @property
    def warm(self) -> WarmNetworks:
        """The networks that are ready; picks the device on first use."""
        if self._warm is None:
            device = devices.pick(self._wanted)
            self.device_name = devices.name_of(device)
            self._warm = WarmNetworks(device=device, budget=self._budget)
        return self._warm

    @property
    def device(self) -> str:
        """cpu or cuda:N."""
        return self.warm.device

    def memory(self) -> tuple[int, int]:
        """Bytes in use and in all, of the device."""
        return devices.memory_of(self.device)

    def size_of(self, model: str) -> int:
        """How many items of a network are best run at once; opens nothing."""
        if model not in self._sizes:
            try:
                self._sizes[model] = records.known(source_of(model), device=self.device).size
            except Refusal:
                return 1  # running it will say what is missing
        return self._sizes[model]

    def run(self, model: str, given: Sequence[Loaded]) -> BatchRun:
        """Run a batch; every job gets a result. Raises DeviceLost."""
        manner, size, seconds = self._nowhere(), 1, 0.0
        answers: dict[int, Tensor | str] = {
            place: one.failure for place, one in enumerate(given) if one.tensor is None
        }
        whole = [(place, one.tensor) for place, one in enumerate(given) if one.tensor is not None]
        if not whole:
            return self._told(given, answers, manner=manner)
        try:
            warm = self.warm.get(model)
        except DeviceLost:
            raise
        except Exception as error:
            logger.exception("The network %s could not be started.", model)
            why = error.sentence if isinstance(error, Refusal) else type(error).__name__
            answers |= {place: f"The network could not be started. {why}" for place, _ in whole}
        else:
            started = time.perf_counter()
            found = run_together(warm, [tensor for _, tensor in whole], keeping=self.warm)
            seconds = time.perf_counter() - started
            answers |= {place: one for (place, _), one in zip(whole, found, strict=True)}
            manner, size = self._manner(warm), warm.record.size
            self._sizes[model] = size
        return self._told(given, answers, manner=manner, size=size, seconds=seconds)

    def _told(
        self, given: Sequence[Loaded], answers: Mapping[int, Tensor | str], *, manner: Manner,
        size: int = 1, seconds: float = 0.0,
    ) -> BatchRun:  # fmt: skip
        results = [_result(one.job, answers[place]) for place, one in enumerate(given)]
        return BatchRun(results=results, manner=manner, size=size, seconds=seconds)

    def forget(self) -> None:
        """Give the device's memory back."""
        if self._warm is not None:
            self._warm.forget()

    def _manner(self, warm: Warm) -> Manner:
        choice = warm.network.choice
        return Manner(
            runtime=choice.runtime, version=warm.network.version, device=choice.device,
            device_name=self.device_name, precision=choice.precision,
            difference=warm.difference, sha256=warm.source.sha256,
        )  # fmt: skip

    def _nowhere(self) -> Manner:
        return Manner(
            runtime="", version="", device=self.device, device_name=self.device_name,
            precision="", difference=0.0, sha256="",
        )  # fmt: skip


def _result(job: Job, answer: Tensor | str) -> Result:
    if isinstance(answer, str):
        return Result(job=job, failure=answer)
    return Result(job=job, outputs=stacks.pack(answer))


def ran_of(run: Run) -> dict[tuple[str, str], Ran]:
    """What the networks said of a run's stacks, by detector and model."""
    return {
        (stack.detector, stack.model): Ran(
            outputs=stacks.unpack(bytes(stack.outputs)) if stack.outputs else None,
            runtime=stack.runtime,
            version=stack.version,
            device=stack.device,
            precision=stack.precision,
            difference=stack.difference,
            sha256=stack.network_sha256,
            failure=stack.failure or stack.job.error,
        )
        for stack in run.stacks.select_related("job")
    }
