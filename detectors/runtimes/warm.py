"""Networks kept ready within a budget of memory; the one unused for longest makes room."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from detectors.runtimes import parity, records
from detectors.runtimes.network import REFERENCE, DeviceLost, Network
from detectors.runtimes.records import Record
from detectors.runtimes.sources import Source, source_of

logger = logging.getLogger(__name__)

ROOM = 1.5
"""A network takes more while it runs than when idle; its budget is counted so much larger."""


@dataclass
class Warm:
    """A network that is ready, how it is run, and how far it strays from the reference."""

    source: Source
    network: Network
    record: Record
    difference: float
    seconds: float

    def shrink(self, most: int, *, device: str) -> None:
        """Memory ran out: never again more items at once than this."""
        kept = records.remember_most(self.source, most, device=device)
        self.record = Record(**{**vars(self.record), "most": min(most, kept.most or most)})


@dataclass
class WarmNetworks:
    """Opens networks when they are first asked for. One thread uses it."""

    device: str
    budget: int
    find: Callable[[str], Source] = source_of
    hits: int = 0
    misses: int = 0
    evictions: int = 0
    _ready: OrderedDict[str, Warm] = field(default_factory=OrderedDict)

    @property
    def names(self) -> list[str]:
        """What is ready, the least recently used first."""
        return list(self._ready)

    @property
    def bytes(self) -> int:
        """What the ready ones count for."""
        return sum(int(ROOM * one.network.bytes) for one in self._ready.values())

    def get(self, name: str) -> Warm:
        """The network of that name. Raises NetworkMissing, DeviceLost, OutOfMemory."""
        if name in self._ready:
            self.hits += 1
            self._ready.move_to_end(name)
            return self._ready[name]
        self.misses += 1
        warm = self._open(self.find(name))
        self._ready[name] = warm
        while self.bytes > self.budget and len(self._ready) > 1:
            self._drop(next(iter(self._ready)))
        return warm

    def forget(self) -> None:
        """Give back the memory of every network."""
        for name in self.names:
            self._ready.pop(name).network.close()

    def spare(self, name: str) -> bool:
        """Drop every other network, to make room for one; False when there was no other."""
        others = [one for one in self._ready if one != name]
        for one in others:
            self._drop(one)
        return bool(others)

    def _drop(self, name: str) -> None:
        self.evictions += 1
        self._ready.pop(name).network.close()

    def _open(self, source: Source) -> Warm:
        started = time.perf_counter()
        record = records.known(source, device=self.device)
        tolerance, _ = parity.rules(source)
        try:
            network = source.open(record.choice)
            strays = parity.difference(source, network)
            if strays > tolerance:
                network.close()
                raise ArithmeticError(f"it strays by {strays:.2g}, more than {tolerance:g}")
        except DeviceLost:
            raise
        except Exception as error:
            if record.choice == REFERENCE or source.opener is not None:
                raise
            logger.warning(
                "%s cannot be run by %s (%s); the processor runs it instead.",
                source.name, record.choice.words, error,
            )  # fmt: skip
            network, strays = source.open(REFERENCE), 0.0
        return Warm(
            source=source, network=network, record=record, difference=strays,
            seconds=time.perf_counter() - started,
        )  # fmt: skip
