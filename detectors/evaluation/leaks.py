"""Dumb scores beside the detectors: what a set gives away without anybody looking at the media.

Where file size alone tells real from fake, a detector that does no better may be measuring just
that. Each probe is taken in whichever direction works better, and the container as the share of
fakes it has in this very set: probes are flattered, detectors are not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from detectors.calibration import measures
from detectors.calibration.intervals import bootstrap
from detectors.evaluation.scoring import Scored

Read = Callable[[Scored], float | None]


@dataclass(frozen=True, kw_only=True)
class Leak:
    """``auc`` is at least 0.5, ``auc_ci`` its 95 % bootstrap interval, ``n`` the files that have
    the property."""

    name: str
    auc: float
    auc_ci: tuple[float, float]
    n: int


def leaks(scored: Sequence[Scored]) -> list[Leak]:
    """All probes that vary in this set, strongest first. The files should be of one modality."""
    found = []
    for name, read in {**PROBES, "container": _container(scored)}.items():
        pairs = [
            (value, one.row.fake)
            for one in scored
            if one.probe is not None and (value := read(one)) is not None
        ]
        if leak := _leak(name, pairs):
            found.append(leak)
    return sorted(found, key=lambda leak: (-leak.auc, leak.name))


def _leak(name: str, pairs: Sequence[tuple[float, bool]]) -> Leak | None:
    values = np.array([value for value, _ in pairs], dtype=np.float64)
    fake = np.array([is_fake for _, is_fake in pairs], dtype=np.bool_)
    if not fake.any() or fake.all() or np.ptp(values) == 0:
        return None
    if measures.auc(values, fake) < 0.5:
        values = -values
    low, high = bootstrap(measures.auc, values, fake)
    return Leak(name=name, auc=float(measures.auc(values, fake)), auc_ci=(low, high), n=values.size)


def _pixels(one: Scored) -> float | None:
    probe = one.probe
    return float(probe.width * probe.height) if probe and probe.width and probe.height else None


PROBES: dict[str, Read] = {
    "file size": lambda one: float(one.probe.bytes) if one.probe else None,
    "pixel count": _pixels,
    "sample rate": lambda one: _float(one.probe.sample_rate if one.probe else None),
    "duration": lambda one: _float(one.probe.duration if one.probe else None),
    "bandwidth": lambda one: _coarse(one.traits.get("bandwidth"), step=50.0),
    "loudness": lambda one: _coarse(one.traits.get("loudness"), step=0.1),
}


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _coarse(value: float | None, *, step: float) -> float | None:
    """In steps of 50 Hz and 0.1 dB: finer differences are rounding, not a property of a file."""
    return None if value is None else round(value / step) * step


def _container(scored: Sequence[Scored]) -> Read:
    kinds: dict[str, list[bool]] = {}
    for one in scored:
        if one.probe is not None:
            kinds.setdefault(_kind(one), []).append(one.row.fake)
    shares = {kind: sum(labels) / len(labels) for kind, labels in kinds.items()}
    return lambda one: shares[_kind(one)] if one.probe else None


def _kind(one: Scored) -> str:
    probe = one.probe
    return f"{probe.format} {' '.join(probe.codecs)} {probe.channels}" if probe else ""
