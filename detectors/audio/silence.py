"""Digital silence: stretches in which not even the last bit moves.

A microphone always hears something; samples that stand still were written by software (a mute
button, a noise gate, an editor). An old cue of audio examiners, see the limits on the card.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from detectors.api import Abstain, Outcome, Sample, Value
from detectors.audio import cue
from detectors.audio.spectrogram import spectrogram_chart
from detectors.audio.stream import runs
from detectors.media import AudioBlock

MOST_SCORE = 3600.0
MOST_LISTED = 200


class Still:
    """Stretches (seconds of the file) whose samples differ by no more than ``amplitude``."""

    def __init__(self, *, amplitude: float, least_seconds: float) -> None:
        self._amplitude = amplitude
        self._least = least_seconds
        self._open: float | None = None
        self._last = 0.0
        self._end = 0.0
        self.found: list[tuple[float, float]] = []

    def add(self, block: AudioBlock, /) -> None:
        """Take in the next block; stretches run on over its edges."""
        before = (
            block.samples[:1] if self._open is None else np.array([self._last], dtype=np.float32)
        )
        still = np.abs(np.diff(np.concatenate([before, block.samples]))) <= self._amplitude
        end = block.start + block.samples.size / block.rate
        spans = [
            (block.start + first / block.rate, block.start + last / block.rate)
            for first, last in runs(still).tolist()
        ]
        if self._open is not None and spans and still[0]:
            spans[0] = (self._open, spans[0][1])
        elif self._open is not None:
            self._close((self._open, block.start))
        self._open = spans.pop()[0] if spans and still[-1] else end
        self._last = float(block.samples[-1])
        for span in spans:
            self._close(span)
        self._end = end

    def ended(self) -> list[tuple[float, float]]:
        """Every stretch, in order; the sound has ended."""
        if self._open is not None:
            self._close((self._open, self._end))
            self._open = None
        return self.found

    def _close(self, span: tuple[float, float]) -> None:
        if span[1] - span[0] >= self._least:
            self.found.append(span)


class DigitalSilence:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a track per silence; abstains on short or altogether silent sound."""
        p = cue.numbers(parameters)
        still = Still(amplitude=p["amplitude"], least_seconds=p["least_silence_seconds"])
        heard = cue.listen(sample, still)
        cue.refuse_unfit(heard, least_seconds=p["least_seconds"])
        silences = still.ended()
        total = sum(end - start for start, end in silences)
        if total > p["most_share"] * heard.seconds:
            raise Abstain("Nearly all of the sound track is perfect digital silence.")
        inner = [span for span in silences if heard.inside(*span)]
        per_minute = len(inner) / max(heard.seconds / 60, 0.25)
        gated = len(inner) > 3 and per_minute >= p["many_per_minute"]
        tracks = cue.strongest(
            cue.track(start, end, label="digital silence", strength=(end - start) / 2)
            for start, end in ([] if gated else inner)
        )
        inner_seconds = sum((end - start for start, end in inner), 0.0)
        return Outcome(
            sentence=_sentence(inner, seconds=inner_seconds, gated=gated),
            score=0.0 if gated else round(min(inner_seconds, MOST_SCORE), 4),
            tracks=tracks,
            details={
                "seconds": round(heard.seconds, 3),
                "silences": [[round(a, 4), round(b, 4)] for a, b in silences[:MOST_LISTED]],
                "count": len(silences),
                "inner_seconds": round(inner_seconds, 4),
            },
            pictures=(
                spectrogram_chart(
                    heard.spectrogram,
                    tracks=tracks,
                    name="digital-silence",
                    caption=f"Spectrogram with stretches of digital silence; {cue.marked(tracks)}.",
                ),
            ),
        )


def _sentence(inner: list[tuple[float, float]], *, seconds: float, gated: bool) -> str:
    if gated:
        return (
            f"The sound stops completely {len(inner)} times. Something that opens and closes with "
            "the voice does this, such as a noise gate or call software, so nothing is marked."
        )
    if not inner:
        return "Away from both ends the recording never falls into perfect digital silence."
    return (
        f"There is perfect digital silence {cue.times(len(inner))}, {seconds:.2f} s in all, first "
        f"at {cue.moment(inner[0][0])}. Editing and speech synthesis leave this; so do a mute "
        "button, a noise gate and some call software."
    )
