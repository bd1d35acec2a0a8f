"""Measuring every way of running a network here, and keeping the best that is near enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime

import numpy as np

from detectors.runtimes import parity, records
from detectors.runtimes.devices import name_of
from detectors.runtimes.network import Choice, DeviceLost, Network, OutOfMemory
from detectors.runtimes.records import Record, Row
from detectors.runtimes.sources import NetworkMissing, Source

BATCHES = {"cpu": (1, 4, 8, 16), "cuda": (1, 8, 16, 32, 64, 128, 256)}
SECONDS = 1.0
"""How long each size of batch is measured at least, after a run that does not count."""

GAIN = 1.03
"""A larger batch must be so much faster to be chosen: small ones wait less."""

Tell = Callable[[Row], None]


def tune(
    source: Source,
    *,
    device: str,
    seconds: float = SECONDS,
    batches: tuple[int, ...] | None = None,
    ways: Collection[str] | None = None,
    tell: Tell = lambda _row: None,
) -> Record:
    """Measure all ways and sizes, keep the fastest whose outputs are near the reference's.

    ``ways`` are those to try, all by default; ``tell`` hears every measurement.

    Raises :class:`NetworkMissing` where no way works, which says why.
    """
    tolerance, precisions = parity.rules(source)
    sizes = batches or BATCHES[device.partition(":")[0]]
    rows: list[Row] = []
    choices = source.choices(device, precisions=precisions)
    for choice in [one for one in choices if ways is None or one.way in ways]:
        for row in _measured(source, choice, sizes=sizes, seconds=seconds):
            rows.append(row)
            tell(row)
    usable = [row for row in rows if row.items_per_second and row.difference <= tolerance]
    if not usable:
        why = rows[0].note if rows else "There is nothing to run it with."
        raise NetworkMissing(f"The network {source.contract.id} runs in no way here. {why}")
    best = usable[0]
    for row in sorted(usable, key=lambda one: (one.batch, -one.items_per_second)):
        if row.items_per_second > GAIN * best.items_per_second:
            best = row
    record = Record(
        name=source.name,
        device_name=name_of(device),
        choice=best.choice,
        batch=best.batch,
        items_per_second=best.items_per_second,
        difference=best.difference,
        measured=datetime.now(UTC).isoformat(timespec="seconds"),
        rows=tuple(rows),
    )
    records.keep(record, device=device)
    return record


def _measured(
    source: Source, choice: Choice, *, sizes: tuple[int, ...], seconds: float
) -> list[Row]:
    started = time.perf_counter()
    try:
        network = source.open(choice)
        strays = parity.difference(source, network)
    except DeviceLost:
        raise
    except Exception as error:  # a library that lacks a compiler or a driver raises anything
        words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return [_unusable(choice, note=f"It cannot be used here ({words}).")]
    warm = time.perf_counter() - started
    rows = []
    try:
        for batch in sizes:
            rows.append(
                _timed(source, network, batch=batch, seconds=seconds, strays=strays, warm=warm)
            )
            if rows[-1].note:
                break
    finally:
        with suppress(Exception):
            network.close()
    return rows


def _timed(
    source: Source, network: Network, *, batch: int, seconds: float, strays: float, warm: float
) -> Row:
    given = parity.probes(source, count=batch)
    if source.contract.over > 1:
        given = np.round(given * source.contract.over).astype(np.uint8)
    try:
        network.run(given, batch=batch)
        runs, started = 0, time.perf_counter()
        while runs < 2 or time.perf_counter() - started < seconds:
            network.run(given, batch=batch)
            runs += 1
        lasted = time.perf_counter() - started
    except OutOfMemory:
        return _unusable(network.choice, batch=batch, note="The memory does not suffice.")
    return Row(
        choice=network.choice,
        batch=batch,
        items_per_second=round(runs * batch / lasted, 3),
        difference=strays,
        warm_seconds=round(warm, 3),
    )


def _unusable(choice: Choice, *, note: str, batch: int = 0) -> Row:
    return Row(
        choice=choice, batch=batch, items_per_second=0.0, difference=0.0, warm_seconds=0.0,
        note=note,
    )  # fmt: skip
