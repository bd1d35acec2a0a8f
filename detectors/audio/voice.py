"""What the learned speech detectors share: where to look, what to add up, what to show.

The networks were trained on the first 4.04 s of short clips (AASIST and RawGAT-ST on ASVspoof 2019
logical access). Longer sound is read in overlapping windows of that length, spread evenly over the
recording when there would be too many; only windows with speech are judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from detectors.api import Abstain, Outcome, Sample, Track, Value
from detectors.audio.spectrogram import Curve, Spectrogram, spectrogram_chart
from detectors.audio.speech import RATE, Kind, Look, look
from detectors.audio.stream import Floats, Sound
from detectors.draw import clock
from detectors.learned import Gathered, Outputs, TwoHalves
from detectors.media import AudioBlock
from detectors.models.known import WAVE_SAMPLES

MOST_TRACKS = 12
LOW, HIGH = -40.0, 40.0
"""Range of a score, in logits; networks leave it on broken sound only."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """One network input: ``sound`` of WAVE_SAMPLES, the seconds it stands for, how it sounds."""

    sound: Sound
    start: float
    end: float
    look: Look


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Start, end and score of every window that was judged; what the others were taken for."""

    times: Floats
    scores: Floats
    passed_over: Counter[Kind]
    seconds: float
    complete: bool


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The windows with speech, what the others were taken for, whether that was all of the file."""

    windows: list[Window]
    passed_over: Counter[Kind]
    complete: bool


class SpeechNetwork(TwoHalves):
    """A detector around one network; a subclass names the network."""

    network: ClassVar[str]
    title: ClassVar[str]

    def gather(self, sample: Sample, parameters: Mapping[str, Value], /) -> Gathered:
        """The windows with speech; abstains on short sound and without speech."""
        p = {name: float(value) for name, value in parameters.items()}
        shown = Spectrogram()
        found = _windows(_shown(sample.audio_blocks(), shown), hop=_hop(sample, p), p=p)
        heard = _speech(found, most=int(p["most_windows"]) + 2)
        _refuse_unfit(heard, seconds=shown.seconds, p=p)
        return Gathered(
            stacks={self.network: np.stack([window.sound for window in heard.windows])},
            kept={
                "times": [[window.start, window.end] for window in heard.windows],
                "passed_over": {str(kind): count for kind, count in heard.passed_over.items()},
                "complete": heard.complete,
                "shown": shown.kept(),
            },
        )

    def conclude(
        self, kept: Mapping[str, Any], outputs: Outputs, parameters: Mapping[str, Value], /
    ) -> Outcome:
        """Outcome with a score per window."""
        p = {name: float(value) for name, value in parameters.items()}
        shown = Spectrogram.from_kept(kept["shown"])
        logits = outputs[self.network]
        judged = Judged(
            times=np.array(kept["times"], dtype=np.float64).reshape(-1, 2),
            # index 1 is bona fide: the score rises with suspicion
            scores=(logits[:, 0] - logits[:, 1]).astype(np.float64),
            passed_over=Counter({Kind(kind): n for kind, n in kept["passed_over"].items()}),
            seconds=shown.seconds,
            complete=kept["complete"],
        )
        return self._outcome(judged, shown=shown, p=p)

    def _outcome(self, judged: Judged, *, shown: Spectrogram, p: Mapping[str, float]) -> Outcome:
        score = float(np.clip(judged.scores.mean(), LOW, HIGH))
        tracks = _tracks(judged, above=p["mark_above"])
        centres = judged.times.mean(axis=1)
        reach = max(5.0, float(np.ceil(np.abs(judged.scores).max())))
        picture = spectrogram_chart(
            shown,
            tracks=tracks,
            name=f"speech-{self.network}",
            caption=(
                f"Spectrogram with the score of {len(centres)} windows; above the line the "
                "network leans towards synthetic speech."
            ),
            curve=Curve(
                times=centres,
                values=judged.scores,
                label="score of each window",
                low=-reach,
                high=reach,
                line=p["mark_above"],
            ),
        )
        return Outcome(
            sentence=_sentence(judged, score=score, title=self.title),
            score=round(score, 4),
            tracks=tracks,
            pictures=(picture,),
            details=_details(judged),
        )


def _shown(blocks: Iterable[AudioBlock], shown: Spectrogram) -> Iterator[AudioBlock]:
    for block in blocks:
        shown.add(block)
        yield block


def _hop(sample: Sample, p: Mapping[str, float]) -> int:
    """Samples between windows: half a window, or more where there would be too many."""
    length = (sample.probe.duration or 0.0) * RATE
    return max(WAVE_SAMPLES // 2, int(np.ceil(length / p["most_windows"])))


def _windows(blocks: Iterable[AudioBlock], *, hop: int, p: Mapping[str, float]) -> Iterator[Window]:
    """Windows in order of time; the last one ends with the sound; short sound is repeated."""
    held = np.zeros(0, dtype=np.float32)
    held_at = total = due = 0
    start = 0.0
    for block in blocks:
        start = block.start if total == 0 else start
        total += block.samples.size
        held = np.concatenate([held, block.samples])
        while due + WAVE_SAMPLES <= total:
            yield _window(held[due - held_at :], at=start + due / RATE, p=p)
            due += hop
        spare = min(due, max(0, total - WAVE_SAMPLES)) - held_at
        held, held_at = held[spare:], held_at + spare
    seen = due - hop + WAVE_SAMPLES if due else 0
    if total - seen > p["least_rest_seconds"] * RATE and total >= p["least_seconds"] * RATE:
        last = held[-WAVE_SAMPLES:]
        yield _window(last, at=start + (total - last.size) / RATE, p=p)


def _window(sound: Sound, *, at: float, p: Mapping[str, float]) -> Window:
    sound = sound[:WAVE_SAMPLES]
    seen = look(
        sound,
        least_level_db=p["least_level_db"],
        least_swing_db=p["least_swing_db"],
        most_steady=p["most_steady"],
    )
    full = np.resize(sound, WAVE_SAMPLES) if sound.size < WAVE_SAMPLES else sound
    return Window(sound=full, start=at, end=at + sound.size / RATE, look=seen)


def _speech(windows: Iterator[Window], *, most: int) -> Heard:
    """At most so many windows that sound like speech."""
    found: list[Window] = []
    passed_over: Counter[Kind] = Counter()
    for window in windows:
        if window.look.kind is not Kind.SPEECH:
            passed_over[window.look.kind] += 1
        elif len(found) >= most:
            return Heard(windows=found, passed_over=passed_over, complete=False)
        else:
            found.append(window)
    return Heard(windows=found, passed_over=passed_over, complete=True)


def _refuse_unfit(heard: Heard, *, seconds: float, p: Mapping[str, float]) -> None:
    if heard.windows:
        return
    if seconds < p["least_seconds"]:
        raise Abstain(
            f"The sound lasts {seconds:.1f} s; at least {p['least_seconds']:g} s of speech "
            "are needed."
        )
    kind = heard.passed_over.most_common(1)[0][0] if heard.passed_over else Kind.SILENCE
    raise Abstain(
        f"No speech was found to judge: the sound is {kind.value}.",
        details={"passed_over": {str(name): count for name, count in heard.passed_over.items()}},
    )


def _tracks(judged: Judged, *, above: float) -> tuple[Track, ...]:
    """Neighbouring windows above the line, taken together; the strongest of them."""
    found: list[Track] = []
    for (start, end), score in zip(judged.times, judged.scores, strict=True):
        if score <= above:
            continue
        strength = float(1 / (1 + np.exp(-(score - above) / 4)))
        if found and start <= found[-1].end:
            start, strength = found[-1].start, max(strength, found[-1].strength)
            found.pop()
        found.append(
            Track(
                start=round(float(start), 4),
                end=round(float(end), 4),
                label="the network leans towards synthetic speech",
                strength=round(strength, 4),
            )
        )
    strongest = sorted(found, key=lambda track: (-track.strength, track.start))[:MOST_TRACKS]
    return tuple(sorted(strongest, key=lambda track: track.start))


def _details(judged: Judged) -> dict[str, Any]:
    return {
        "seconds": round(judged.seconds, 3),
        "windows": [
            [round(float(start), 3), round(float(end), 3), round(float(score), 4)]
            for (start, end), score in zip(judged.times, judged.scores, strict=True)
        ],
        "highest": round(float(judged.scores.max()), 4),
        "passed_over": {str(kind): count for kind, count in sorted(judged.passed_over.items())},
        "whole_recording": judged.complete,
    }


def _sentence(judged: Judged, *, score: float, title: str) -> str:
    count = len(judged.scores)
    side = "synthetic" if score > 0 else "recorded"
    where = "one window" if count == 1 else f"{count} windows"
    first = f"{title} judged {where} of 4 s and on average leans towards {side} speech"
    parts = [f"{first} (score {score:+.1f})."]
    peak = int(np.argmax(judged.scores))
    if count > 1 and judged.scores[peak] > 0:
        at = clock(round(float(judged.times[peak, 0]), 1))
        parts.append(f"The highest score, {judged.scores[peak]:+.1f}, is at {at}.")
    if judged.passed_over:
        parts.append("Stretches without speech were passed over.")
    parts.append(
        "Such networks often mistake the microphone, noise or compression of a real recording, and "
        "miss newer generators; the score alone is no ground for a decision."
    )
    return " ".join(parts)
