"""The forms a labelled file is measured in: as received, equalised, degraded on purpose."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from detectors.api import DetectorError
from detectors.calibration.model import AS_RECEIVED, EQUALISED
from detectors.card import Modality
from foundation import child

INSIDE = "detectors.evaluation.inside"
LIMITS = child.Limits(cpu_seconds=180, wall_seconds=300)
SIZES = (512, 384, 256)
QUALITY = 80
SHARE_THAT_FITS = 0.95
LEAST_BANDWIDTH = 3_000.0
MOST_BANDWIDTH = 7_800.0
"""Just below half of the 16 kHz that everything is brought to."""


class VariantUnknown(DetectorError):
    """There is no degradation of this name."""

    code: ClassVar[str] = "variant-unknown"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One function of :mod:`.inside` and what it is called with; ``suffix`` names the copy."""

    function: str
    suffix: str
    options: dict[str, Any] = field(default_factory=dict)

    def copy(self, path: Path, *, folder: Path) -> Path:
        """Make the copy in the child and keep it in ``folder``. Raises what the child raises."""
        payload = {"path": os.fsencode(path.absolute()), **self.options}
        data = child.call(f"{INSIDE}:{self.function}", payload, limits=LIMITS)
        made = folder / f"copy.{self.suffix}"
        made.write_bytes(data)
        return made


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A form of the set: what is done to each modality. A modality without a step has no copy in
    this form; ``as received`` has none at all and measures the files themselves."""

    name: str
    steps: dict[Modality, Step]

    @property
    def received(self) -> bool:
        """Whether the files themselves are meant."""
        return self.name == AS_RECEIVED

    def fits(self, modality: Modality) -> bool:
        """Whether files of this modality have such a form."""
        return self.received or modality in self.steps

    def recipe(self, modality: Modality) -> str:
        """What was done, exactly; part of the key under which results are kept."""
        step = self.steps.get(modality)
        return f"{step.function} {sorted(step.options.items())}" if step else self.name


RECEIVED = Variant(name=AS_RECEIVED, steps={})


@dataclass(frozen=True, kw_only=True)
class Common:
    """What a whole set can be brought to: the pictures' ``size`` in pixels (None without
    pictures), the sounds' ``bandwidth`` in Hz (None without sound)."""

    size: int | None
    bandwidth: float | None


def common(*, short_sides: Sequence[int], bandwidths: Sequence[float]) -> Common:
    """The largest of three sizes that 95 % of the pictures reach, and the lowest bandwidth."""
    size = None
    if short_sides:
        reached = {
            size: sum(side >= size for side in short_sides) / len(short_sides) for size in SIZES
        }
        size = next((size for size in SIZES if reached[size] >= SHARE_THAT_FITS), SIZES[-1])
    lowest = min(bandwidths, default=None)
    bandwidth = None
    if lowest is not None:
        bandwidth = round(min(max(lowest, LEAST_BANDWIDTH), MOST_BANDWIDTH), 1)
    return Common(size=size, bandwidth=bandwidth)


def equalised(shared: Common) -> Variant:
    """Everything that tells the classes apart by accident, taken away. Video has no such form."""
    steps: dict[Modality, Step] = {}
    if shared.size is not None:
        steps |= _picture("equal_picture", "jpg", size=shared.size, quality=QUALITY)
    if shared.bandwidth is not None:
        steps |= _sound("equal_sound", "wav", bandwidth=shared.bandwidth)
    return Variant(name=EQUALISED, steps=steps)


def degraded(names: str) -> list[Variant]:
    """Read ``jpeg75,resize0.5,crop,mp3-64k,phone-band``. Raises :class:`VariantUnknown`."""
    found = []
    for name in dict.fromkeys(part.strip() for part in names.split(",") if part.strip()):
        made = (make(match[1]) for pattern, make in _PATTERNS.items()
                if (match := pattern.fullmatch(name)))  # fmt: skip
        steps = next(made, None)
        if steps is None:
            raise VariantUnknown(
                f"There is no degradation {name!r}. Known are jpeg1 to jpeg99, resize0.1 to "
                "resize3, crop, mp3-32k (or another rate) and phone-band."
            )
        found.append(Variant(name=name, steps=steps))
    return found


def _picture(function: str, suffix: str, **options: Any) -> dict[Modality, Step]:
    return {Modality.IMAGE: Step(function=function, suffix=suffix, options=options)}


def _sound(function: str, suffix: str, **options: Any) -> dict[Modality, Step]:
    return {Modality.AUDIO: Step(function=function, suffix=suffix, options=options)}


_PATTERNS: dict[re.Pattern[str], Callable[[str], dict[Modality, Step]]] = {
    re.compile(r"jpeg([1-9]\d?)"): lambda n: _picture("jpeg", "jpg", quality=int(n)),
    re.compile(r"resize([0-3]?\.\d{1,3}|[1-3])"): lambda n: _picture(
        "resized", "png", factor=float(n)
    ),
    re.compile(r"(crop)"): lambda _: _picture("cropped", "png"),
    re.compile(r"mp3-(\d{1,3})k"): lambda n: _sound("mp3", "mp3", kilobits=int(n)),
    re.compile(r"(phone-band)"): lambda _: _sound("phone", "wav"),
}
