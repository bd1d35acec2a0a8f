"""Mains hum: its phase runs on through a recording, and jumps where something was cut out or in.

The hum of 50 or 60 Hz (or its second harmonic) is brought down to zero frequency; its phase is then
a smooth line, and at each moment the lines before and after are compared: D. Nicolalde Rodríguez,
J. Apolinário and L. Biscainho, Audio Authenticity: Detecting ENF Discontinuity With High Precision
Phase Analysis, IEEE Transactions on Information Forensics and Security 5(3), 2010.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Sample, Track, Value
from detectors.audio import cue
from detectors.audio.spectrogram import Curve, spectrogram_chart
from detectors.audio.stream import Floats, Framer
from detectors.media import AudioBlock

MAINS_HZ = (50.0, 60.0, 100.0, 120.0)
ASIDE_HZ = (-5.0, -3.5, 3.5, 5.0)
WINDOW_SECONDS = 1.0
STEP_SECONDS = 0.05
CURVE_POINTS = 600

Complex = NDArray[np.complex128]


class _Tones:
    """Amplitude and phase of each mains tone, and the power beside it, every 50 ms."""

    def __init__(self) -> None:
        self._framer: Framer | None = None
        self._times: list[Floats] = []
        self._tones: list[Complex] = []
        self._aside: list[Floats] = []

    def add(self, block: AudioBlock, /) -> None:
        length = round(WINDOW_SECONDS * block.rate)
        if self._framer is None:
            self._framer = Framer(length=length, hop=round(STEP_SECONDS * block.rate))
        part = self._framer.add(block)
        at = np.arange(length) / block.rate
        window = np.hanning(length) / np.hanning(length).sum()
        hertz = np.array(MAINS_HZ)
        beside = (hertz[:, None] + np.array(ASIDE_HZ)).ravel()
        kernels = np.exp(-2j * np.pi * np.outer(at, np.concatenate([hertz, beside])))
        seen = part.frames @ (window[:, None] * kernels)
        turn = np.exp(-2j * np.pi * np.outer(part.times, hertz))
        power = np.square(np.abs(seen[:, hertz.size :])).reshape(-1, hertz.size, len(ASIDE_HZ))
        self._times.append(part.times + WINDOW_SECONDS / 2)
        self._tones.append(seen[:, : hertz.size] * turn)
        self._aside.append(np.median(power, axis=2))

    def ended(self) -> tuple[Floats, Complex, Floats]:
        """Times of the windows' middles, tones and power beside them (both times x tones)."""
        return (
            np.concatenate(self._times),
            np.concatenate(self._tones),
            np.concatenate(self._aside),
        )


@dataclass(frozen=True, kw_only=True)
class Jumps:
    """At each time the difference in phase (degrees, -180 to 180) between the lines after and
    before, and how badly the two lines fit (degrees); NaN where the hum is too weak."""

    times: Floats
    degrees: Floats
    misfit: Floats


class Hum:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the phase jumps; abstains where there is no steady hum."""
        p = cue.numbers(parameters)
        tones = _Tones()
        heard = cue.listen(sample, tones)
        cue.refuse_unfit(heard, least_seconds=p["least_seconds"])
        times, tone, aside = tones.ended()
        above = np.square(np.abs(tone)) / np.maximum(aside, 1e-20)
        ratio = 10 * np.log10(np.percentile(above, p["steady_percentile"], axis=0) + 1e-12)
        best = int(np.argmax(ratio))
        if ratio[best] < p["least_ratio_db"]:
            raise Abstain(
                "There is no steady mains hum in the sound, so its phase cannot be followed.",
                details={"ratio_db": round(float(ratio[best]), 2)},
            )
        clear = above[:, best] >= 10 ** (p["clear_db"] / 10)
        jumps = _jumps(times, tone[:, best], clear=clear, p=p)
        found = _peaks(jumps, p)
        tracks = cue.strongest(_track(jumps, place) for place in found)
        sizes = np.abs(jumps.degrees[found]) if found else np.zeros(1)
        score = float(sizes.max())
        return Outcome(
            sentence=_sentence(tracks, hertz=MAINS_HZ[best], score=score),
            score=round(score, 4),
            tracks=tracks,
            details={
                "seconds": round(heard.seconds, 3),
                "hertz": MAINS_HZ[best],
                "ratio_db": round(float(ratio[best]), 2),
                "followed_share": round(float((~np.isnan(jumps.degrees)).mean()), 4),
                "jumps": [
                    [round(float(jumps.times[place]), 3), round(float(jumps.degrees[place]), 2)]
                    for place in found
                ],
            },
            pictures=(
                spectrogram_chart(
                    heard.spectrogram,
                    tracks=tracks,
                    name="mains-hum",
                    caption=f"Low frequencies and the hum's phase jumps; {cue.marked(tracks)}.",
                    curve=_curve(jumps),
                ),
            ),
        )


def _jumps(times: Floats, tone: Complex, *, clear: np.ndarray, p: Mapping[str, float]) -> Jumps:
    """Lines are fitted to ``side_seconds`` before and after a gap as wide as one window."""
    count = max(4, round(p["side_seconds"] / STEP_SECONDS))
    gap = round(WINDOW_SECONDS / 2 / STEP_SECONDS)
    degrees = np.full(len(times), np.nan)
    misfit = np.full(len(times), np.nan)
    known = np.concatenate(([0], np.cumsum(clear)))
    for place in range(gap + count, len(times) - gap - count):
        before = slice(place - gap - count, place - gap)
        after = slice(place + gap, place + gap + count)
        sure = known[before.stop] - known[before.start] + known[after.stop] - known[after.start]
        if sure < 2 * count * p["least_clear_share"]:
            continue
        first, first_misfit = _line(times[before] - times[place], tone[before])
        second, second_misfit = _line(times[after] - times[place], tone[after])
        degrees[place] = np.degrees(np.angle(np.exp(1j * (second - first))))
        misfit[place] = np.degrees(max(first_misfit, second_misfit))
    return Jumps(times=times, degrees=degrees, misfit=misfit)


def _line(at: Floats, tone: Complex) -> tuple[float, float]:
    """The phase at time 0 of a straight line through the phases, and the misfit (radians)."""
    phase = np.unwrap(np.angle(tone))
    slope, height = np.polyfit(at, phase, 1)
    return float(height), float(np.sqrt(np.mean((phase - slope * at - height) ** 2)))


def _peaks(jumps: Jumps, p: Mapping[str, float]) -> list[int]:
    """Places of jumps that stand out from the recording's own movement, in order of time."""
    size = np.abs(jumps.degrees)
    known = ~np.isnan(size)
    if not known.any():
        raise Abstain("The mains hum is too often covered to follow its phase.")
    usual = float(np.median(size[known]))
    threshold = max(p["least_jump_degrees"], p["times_usual"] * usual)
    left = np.where(known & (jumps.misfit <= p["most_misfit_degrees"]), size, -1.0)
    near = round((WINDOW_SECONDS + p["side_seconds"]) / STEP_SECONDS)
    found: list[int] = []
    while left.size and left.max() >= threshold:
        peak = int(np.argmax(left))
        around = np.arange(max(0, peak - near), min(len(left), peak + near))
        high = around[left[around] >= 0.85 * left[peak]]
        found.append(int(high[np.argmin(jumps.misfit[high])]))
        left[around] = -1.0
    return sorted(found)


def _track(jumps: Jumps, place: int) -> Track:
    at, size = float(jumps.times[place]), float(abs(jumps.degrees[place]))
    return cue.track(
        at - WINDOW_SECONDS / 4,
        at + WINDOW_SECONDS / 4,
        label=f"the hum's phase jumps by {size:.0f} degrees",
        strength=0.3 + size / 200,
    )


def _curve(jumps: Jumps) -> Curve:
    every = max(1, len(jumps.times) // CURVE_POINTS)
    return Curve(
        times=jumps.times[::every],
        values=jumps.degrees[::every],
        label="difference in phase between after and before, degrees",
        low=-180.0,
        high=180.0,
        line=0.0,
    )


def _sentence(tracks: tuple[Track, ...], *, hertz: float, score: float) -> str:
    if not tracks:
        return (
            f"The hum of {hertz:g} Hz runs on without a jump. A cut of a whole number of its "
            "periods would not show."
        )
    return (
        f"The hum of {hertz:g} Hz jumps in phase {cue.times(len(tracks))}, by up to "
        f"{score:.0f} degrees, first near {cue.moment(tracks[0].start + WINDOW_SECONDS / 4)}. "
        "Something taken out or put in does this; so do a recorder that pauses, lost packets of a "
        "call, and devices switched on nearby."
    )
