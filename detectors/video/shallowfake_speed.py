"""Whether the sound runs at the speed at which it was recorded: three measures of its beginning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from detectors.api import DecodingFailed, Sample
from detectors.audio.stream import Sound
from detectors.video.shallowfake_hum import hummed
from detectors.video.shallowfake_measure import Measure
from detectors.video.shallowfake_stretch import stretched
from detectors.video.shallowfake_voice import voiced

SILENT = 1e-4
"""Root mean square below which nothing is measured (-80 dB of full scale)."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """``sound``: the first seconds at 16 kHz; ``end``: when all sound ends, in seconds from the
    start of the file, None where that was not asked."""

    sound: Sound
    end: float | None


def listen(sample: Sample, *, seconds: float, to_the_end: bool) -> Heard | None:
    """What the measures need; None where there is no sound, or none that can be read."""
    pieces: list[Sound] = []
    held, end = 0.0, 0.0
    try:
        for block in sample.audio_blocks():
            if held < seconds:
                pieces.append(block.samples[: round((seconds - held) * block.rate)])
            held += len(block.samples) / block.rate
            end = block.start + len(block.samples) / block.rate
            if held >= seconds and not to_the_end:
                break
    except DecodingFailed:
        return None
    if not pieces:
        return None
    return Heard(sound=np.concatenate(pieces), end=end if to_the_end else None)


def measures(sound: Sound | None, *, p: Mapping[str, float]) -> list[Measure]:
    """Stretching, voice and hum of sound at 16 kHz; None where there is none."""
    known = (stretched, voiced, hummed)
    reason = None
    if sound is None or not sound.size:
        reason = "There is no sound."
    elif float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) < SILENT:
        reason = "The sound is silent."
    if sound is not None and reason is None:
        return [measure(sound, p=p) for measure in known]
    nothing = np.zeros(0, dtype=np.float32)
    return [replace(measure(nothing, p=p), not_judged=reason) for measure in known]
