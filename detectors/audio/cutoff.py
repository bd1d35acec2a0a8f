"""How high the sound reaches, against how high its sample rate would let it.

Sound that stops at a sharp edge below half the sample rate was once sampled, or coded, more
narrowly: D. Luo, W. Luo, R. Yang and J. Huang, Identifying Compression History of Wave Audio and
Its Applications, ACM TOMM 10(3), 2014. Parts that reach to different heights come from different
recordings, or from a call that changed its quality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectors.api import Outcome, Sample, Track, Value
from detectors.audio import cue
from detectors.audio.bands import BandTaker
from detectors.audio.bandwidth import Cut, find_cuts
from detectors.audio.spectrogram import spectrogram_chart
from detectors.audio.stream import Floats, Framer, decibels
from detectors.media import AudioBlock

FRAME_SECONDS = 0.046
NEAR_HZ, FAR_HZ = 150.0, 700.0
"""An edge is judged by the means of the stretches this far below and above it."""

LOWEST_EDGE_HZ = 1500.0
EMPTY_RISE_DB = 8.0
"""Above an edge nothing may rise this far over what lies just above it."""

CAUSES = (
    (3000, 4100, "the band of a telephone"),
    (5200, 5800, "the band of sound sampled at 11.025 kHz"),
    (6500, 8100, "the band of sound sampled at 16 kHz, common in calls and speech generators"),
    (10500, 12100, "the band of sound sampled at 22.05 or 24 kHz, common in speech generators"),
    (14500, 20500, "where MP3 and AAC encoders stop"),
)
"""Edges in hertz and what is known to leave them."""


class _Loudest:
    """Of every second, how strong each frequency was at its strongest (dB of full scale)."""

    def __init__(self) -> None:
        self.rate = 0
        self.length = 0
        self._framer: Framer | None = None
        self._second = -1
        self._peak: Floats = np.zeros(0)
        self._rows: list[np.ndarray] = []

    def add(self, block: AudioBlock, /) -> None:
        if self._framer is None:
            self.rate = block.rate
            self.length = 2 ** round(np.log2(FRAME_SECONDS * block.rate))
            self._framer = Framer(length=self.length, hop=self.length)
        window = np.hanning(self.length)
        part = self._framer.add(block)
        power = np.square(np.abs(np.fft.rfft(part.frames * window, axis=1)))
        for at, row in zip(part.times, power * (2.0 / window.sum() ** 2), strict=True):
            if int(at) != self._second:
                self._close()
                self._second, self._peak = int(at), row
            self._peak = np.maximum(self._peak, row)

    def _close(self) -> None:
        if self._peak.size:
            self._rows.append(decibels(self._peak, least=-140.0).astype(np.float32))

    def ended(self) -> tuple[Floats, Floats]:
        """Frequencies, and the level that each reaches in one second of ten."""
        self._close()
        level = np.percentile(np.stack(self._rows), 90, axis=0).astype(np.float64)
        return np.asarray(np.fft.rfftfreq(self.length, 1 / self.rate), np.float64), level


@dataclass(frozen=True, kw_only=True)
class Edge:
    """Where the sound stops: ``hertz``, and by how many decibels it falls there."""

    hertz: float
    fall: float


class Cutoff:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the edge and the changes of bandwidth; abstains on short sound."""
        p = cue.numbers(parameters)
        loudest, bands = _Loudest(), BandTaker()
        heard = cue.listen(sample, loudest, bands)
        cue.refuse_unfit(heard, least_seconds=p["least_seconds"])
        edge = find_edge(*loudest.ended(), least=p["least_fall_db"])
        reach = edge.hertz if edge else heard.rate / 2
        empty = 1 - reach / (heard.rate / 2)
        told = edge if edge and empty >= p["least_empty_share"] else None
        cuts = find_cuts(bands.ended(), window=p["window_seconds"], least=p["bandwidth_step_db"])
        tracks = cue.strongest(_track(cut, start=heard.start) for cut in cuts)
        details: dict[str, Any] = {
            "seconds": round(heard.seconds, 3),
            "rate": heard.rate,
            "edge_hz": round(edge.hertz) if edge else None,
            "fall_db": round(edge.fall, 2) if edge else None,
            "changes": [_details(cut, start=heard.start) for cut in cuts],
        }
        return Outcome(
            sentence=_sentence(told, cuts, rate=heard.rate, start=heard.start),
            score=round(empty if told else 0.0, 4),
            tracks=tracks,
            details=details,
            pictures=(
                spectrogram_chart(
                    heard.spectrogram,
                    tracks=tracks,
                    name="cut-off",
                    caption=(
                        "Spectrogram up to half the sample rate"
                        + (", with a line where the sound stops; " if told else "; ")
                        + f"{cue.marked(tracks)}."
                    ),
                    line_hz=told.hertz if told else None,
                ),
            ),
        )


def find_edge(hertz: Floats, level: Floats, *, least: float) -> Edge | None:
    """The sharpest fall of at least ``least`` dB above which nothing rises again."""
    step = float(hertz[1])
    near, far = max(1, round(NEAR_HZ / step)), round(FAR_HZ / step)
    first, last = round(LOWEST_EDGE_HZ / step), len(level) - far
    total = np.cumsum(np.concatenate(([0.0], level)))
    places = np.arange(max(first, far), last)
    if not places.size:
        return None
    width = far - near
    below = (total[places - near] - total[places - far]) / width
    above = (total[places + far] - total[places + near]) / width
    highest = np.maximum.accumulate(level[::-1])[::-1]
    stays = highest[np.minimum(places + far, len(level) - 1)] <= above + EMPTY_RISE_DB
    fall = np.where(stays, below - above, -np.inf)
    best = int(np.argmax(fall))
    if fall[best] < least:
        return None
    around = np.arange(places[best] - far, places[best] + far)
    loud = around[level[around] > (below[best] + above[best]) / 2]
    return Edge(hertz=float(hertz[loud[-1] if loud.size else places[best]]), fall=float(fall[best]))


def _track(cut: Cut, *, start: float) -> Track:
    height = f"{cut.above_hz / 1000:.1f} kHz"
    label = (
        f"nothing above {height} from here" if cut.narrows else f"sound above {height} from here"
    )
    return cue.track(cut.start + start, cut.end + start, label=label, strength=cut.size / 60)


def _details(cut: Cut, *, start: float) -> dict[str, Any]:
    return {
        "start": round(cut.start + start, 4),
        "end": round(cut.end + start, 4),
        "size_db": round(cut.size, 3),
        "above_hz": round(cut.above_hz),
        "narrows": cut.narrows,
    }


def _sentence(edge: Edge | None, cuts: list[Cut], *, rate: int, start: float) -> str:
    parts = []
    if edge:
        cause = next((text for low, high, text in CAUSES if low <= edge.hertz <= high), "")
        parts.append(
            f"The sound stops at {edge.hertz / 1000:.1f} kHz although the file could carry "
            f"{rate / 2000:.1f} kHz{': ' + cause if cause else ''}. It was sampled or compressed "
            "more narrowly before; this does not say why."
        )
    if cuts:
        biggest = max(cuts, key=lambda cut: cut.size)
        verb = "stops" if biggest.narrows else "starts"
        parts.append(
            f"Sound above {biggest.above_hz / 1000:.1f} kHz {verb} at "
            f"{cue.moment(biggest.start + start)}. A join with a recording of another quality does "
            "this; so does a call that changes its quality."
        )
    if not parts:
        return "The sound reaches as high as the file can carry, or fades out without an edge."
    return " ".join(parts)
