"""Traces of an earlier AAC or MP3 compression in sound that is saved without loss.

See :mod:`detectors.audio.grid` for the method. Where the grid shifts, something was cut out or in
after the first compression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from detectors.api import Abstain, Outcome, Sample, Track, Value
from detectors.audio import cue
from detectors.audio.grid import (
    CLEAR,
    FAINT,
    Codec,
    Trace,
    agreement,
    boundary,
    trace,
)
from detectors.audio.spectrogram import Curve, spectrogram_chart
from detectors.audio.stream import Sound
from detectors.media import AudioBlock

LOSSLESS = ("pcm_", "flac", "alac", "wavpack", "tta", "ape")
MOST_SCORE = 500.0


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A few seconds of the file; ``first`` is the number of the first sample."""

    sound: Sound
    first: int
    start: float
    end: float


class _Pieces:
    """Pieces of ``seconds``, every ``every`` seconds."""

    def __init__(self, *, seconds: float, every: float) -> None:
        self._seconds, self._every = seconds, every
        self._held = np.zeros(0, dtype=np.float32)
        self._first = 0
        self._start: float | None = None
        self.found: list[Piece] = []

    def add(self, block: AudioBlock, /) -> None:
        self._start = block.start if self._start is None else self._start
        self._held = np.concatenate([self._held, block.samples])
        length = round(self._seconds * block.rate)
        while True:
            due = round(len(self.found) * self._every * block.rate)
            skip = min(max(0, due - self._first), self._held.size)
            self._held, self._first = self._held[skip:], self._first + skip
            if self._first < due or self._held.size < length:
                return
            at = self._start + self._first / block.rate
            sound = self._held[:length].copy()
            self.found.append(
                Piece(sound=sound, first=self._first, start=at, end=at + self._seconds)
            )


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one codec's grid looks like over the recording: a trace for each piece that could be
    measured, and all of them together."""

    codec: Codec
    pieces: list[Piece]
    traces: list[Trace]

    @property
    def whole(self) -> Trace:
        return replace(self.traces[0], zeros=np.mean([one.zeros for one in self.traces], axis=0))

    @property
    def height(self) -> float:
        """How clear the grid is. Where it shows in every piece: the strongest of the whole and,
        since a shifted grid blurs it, the median piece; else how surely the pieces agree."""
        if self.codec.blur:
            return agreement(self.traces)
        return max(self.whole.height, float(np.median([one.height for one in self.traces])))


class ReEncoding:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the codec and where its grid shifts; abstains on compressed files."""
        p = cue.numbers(parameters)
        _refuse_compressed(sample)
        every = max(p["piece_seconds"], (sample.probe.duration or 0.0) / p["most_pieces"])
        pieces = _Pieces(seconds=p["piece_seconds"], every=every)
        heard = cue.listen(sample, pieces)
        cue.refuse_unfit(heard, least_seconds=p["piece_seconds"])
        told = _told(pieces.found[: int(p["most_pieces"])], rate=heard.rate, p=p)
        if told is None:
            raise Abstain("The sound is too quiet or too narrow to look for traces of compression.")
        sure = told.height >= p["least_height"]
        tracks = _shifts(told, rate=heard.rate, p=p) if sure else ()
        heights = np.array([one.height for one in told.traces])
        return Outcome(
            sentence=_sentence(told, tracks=tracks, sure=sure),
            score=round(min(told.height, MOST_SCORE), 4),
            tracks=tracks,
            details={
                "seconds": round(heard.seconds, 3),
                "codec": told.codec.name if sure else None,
                "offset": told.whole.offset if sure else None,
                "zero_share": round(float(told.whole.zeros.max()), 4),
                "pieces": [
                    [round(piece.start, 3), one.offset, round(one.height, 2)]
                    for piece, one in zip(told.pieces, told.traces, strict=True)
                ],
            },
            pictures=(
                spectrogram_chart(
                    heard.spectrogram,
                    tracks=tracks,
                    name="re-encoding",
                    caption=(
                        f"Spectrogram and how clearly the grid of {told.codec.name} shows; "
                        f"{cue.marked(tracks)}."
                    ),
                    curve=Curve(
                        times=np.array([(one.start + one.end) / 2 for one in told.pieces]),
                        values=heights,
                        label=f"how clearly the grid of {told.codec.name} stands out",
                        low=0.0,
                        high=float(max(10.0, np.ceil(heights.max() / 10) * 10)),
                        line=p["least_height"],
                    ),
                ),
            ),
        )


def _refuse_compressed(sample: Sample) -> None:
    lossy = [name for name in sample.probe.codecs if not name.startswith(LOSSLESS)]
    if lossy:
        raise Abstain(
            f"The file itself is compressed with {lossy[-1]}; traces of an earlier compression "
            "cannot be told from its own."
        )


def _told(pieces: list[Piece], *, rate: int, p: Mapping[str, float]) -> Told | None:
    """The codec whose grid shows best on a few pieces, followed through all of them.

    MP3's grid shows so faintly that it takes the whole recording to see it; it is followed when no
    other is clear.
    """
    tried = pieces[:: max(1, len(pieces) // int(p["tried_pieces"]))][: int(p["tried_pieces"])]
    first = [_follow(codec, tried, rate=rate, p=p, known=None) for codec in CLEAR]
    best = max((told for told in first if told), key=lambda told: told.height, default=None)
    if best is None or best.height < p["least_height"]:
        return _follow(FAINT, pieces, rate=rate, p=p, known=None)
    return _follow(best.codec, pieces, rate=rate, p=p, known=best)


def _follow(
    codec: Codec,
    pieces: list[Piece],
    *,
    rate: int,
    p: Mapping[str, float],
    known: Told | None,
) -> Told | None:
    """Traces of one codec in every piece that can be measured; ``known`` saves doing it twice."""
    before: dict[int, Trace] = {}
    if known is not None:
        before = {a.first: b for a, b in zip(known.pieces, known.traces, strict=True)}
    found: list[tuple[Piece, Trace]] = []
    for piece in pieces:
        one = before.get(piece.first) or _trace(piece, rate=rate, codec=codec, p=p)
        if one is not None:
            found.append((piece, one))
    if not found:
        return None
    return Told(codec=codec, pieces=[a for a, _ in found], traces=[b for _, b in found])


def _trace(piece: Piece, *, rate: int, codec: Codec, p: Mapping[str, float]) -> Trace | None:
    return trace(
        piece.sound,
        first=piece.first,
        rate=rate,
        codec=codec,
        blocks=int(p["blocks"]) * (3 if codec.blur else 1),
    )


def _shifts(told: Told, *, rate: int, p: Mapping[str, float]) -> tuple[Track, ...]:
    """Where neighbouring pieces show clear grids at different places, or one shows none."""
    found = []
    rows = list(zip(told.pieces, told.traces, strict=True))
    for (left, before), (right, after) in pairwise(rows):
        clear = before.height >= p["clear_height"], after.height >= p["clear_height"]
        apart = (after.offset - before.offset) % told.codec.block
        if all(clear) and min(apart, told.codec.block - apart) > p["same_samples"]:
            found.append(_shift(left, right, offsets=(before.offset, after.offset), told=told,
                                rate=rate))  # fmt: skip
    return cue.strongest(found)


def _shift(left: Piece, right: Piece, *, offsets: tuple[int, int], told: Told, rate: int) -> Track:
    label = f"the grid of {told.codec.name} shifts"
    if right.first - left.first > left.sound.size:
        return cue.track(left.end, right.start, label=label, strength=0.8)
    sound = np.concatenate([left.sound, right.sound])
    turn = boundary(sound, first=left.first, rate=rate, codec=told.codec, offsets=offsets)
    at = left.start + turn / rate
    wide = 2 * told.codec.block / rate
    return cue.track(at - wide, at + wide, label=label, strength=0.9)


def _sentence(told: Told, *, tracks: tuple[Track, ...], sure: bool) -> str:
    if not sure:
        return (
            "No traces of an earlier AAC or MP3 compression stand out. Loud noise, another sample "
            "rate or a change of speed wipe them out."
        )
    first = (
        f"The sound went through {told.codec.name} before it was saved without loss: the "
        "encoder's block grid is still in it. Sound taken from phones, videos and messengers "
        "shows this."
    )
    if not tracks:
        return first
    return (
        f"{first} The grid shifts {cue.times(len(tracks))}, first near "
        f"{cue.moment((tracks[0].start + tracks[0].end) / 2)}: something was cut out or in after "
        "that compression."
    )
