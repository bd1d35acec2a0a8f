"""Sound as mono samples, in pieces. Child only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer

from foundation.media import stream
from foundation.media.probe import container_of

Samples = npt.NDArray[np.float32]

# interleaved: of planes the library counts one too many at eight channels, and reads wild memory
_FORM = "flt"

_JOINED = 8192
"""Samples of frames that are joined before anything is done with them: a coded frame often has a
thousand, and each step costs as much for a few as for many."""


def audio_chunks(
    path: Path,
    rate: int | None = None,
    *,
    seconds: float = 30.0,
    start: float = 0.0,
    end: float | None = None,
) -> Iterator[tuple[float, Samples]]:
    """Yield ``(seconds of the first sample, samples)``: mono float32 in [-1, 1] at ``rate`` Hz
    (None keeps the file's rate), in pieces of ``seconds``; memory stays flat for hours of sound."""
    container = container_of(path)
    if container.demuxer is None:
        return
    with stream.opened(path, container) as media:
        found = stream.chosen(media).audio
        if not stream.known(found):
            return
        rate = rate or int(found.codec_context.sample_rate)
        yield from _pieces(
            _resampled(media, found, rate, start), rate=rate, seconds=seconds, start=start, end=end
        )


def _resampled(
    media: InputContainer, found: Any, rate: int, start: float
) -> Iterator[tuple[float, Samples]]:
    """Blocks of mono samples with the time of their first sample."""
    zero = stream.zero(media)
    if start > 0:
        stream.seek(media, start + zero)
    at: float | None = None
    for block, time in _blocks(stream.decoded(media, found), rate):
        if at is None:
            at = time - zero
        samples = _mono(block)
        yield at, samples
        at += samples.size / rate


def _blocks(frames: Iterator[Any], rate: int) -> Iterator[tuple[Any, float]]:
    """Frames at ``rate``, each with the time of the frame that began the walk or a new layout."""
    resampler = None
    for frame in frames:
        resampler = resampler or av.AudioResampler(format=_FORM, rate=rate)
        try:
            blocks = resampler.resample(frame)
        except ValueError:
            # the channels change in the middle of the file
            resampler = av.AudioResampler(format=_FORM, rate=rate)
            blocks = resampler.resample(frame)
        for block in blocks:
            yield block, float(frame.time or 0.0)
    for block in resampler.resample(None) if resampler else ():
        yield block, 0.0


def _pieces(
    blocks: Iterator[tuple[float, Samples]],
    *,
    rate: int,
    seconds: float,
    start: float,
    end: float | None,
) -> Iterator[tuple[float, Samples]]:
    """Cut blocks to [start, end) and gather them into pieces."""
    wanted = max(1, int(seconds * rate))
    held: list[Samples] = []
    held_at, held_size = 0.0, 0
    for at, samples in blocks:
        first = max(0, round((start - at) * rate))
        last = samples.size if end is None else min(samples.size, max(0, round((end - at) * rate)))
        if last > first:
            if not held:
                held_at = at + first / rate
            held.append(samples[first:last])
            held_size += last - first
        while held_size >= wanted:
            whole = np.concatenate(held)
            yield held_at, whole[:wanted]
            held, held_size = [whole[wanted:]], held_size - wanted
            held_at += wanted / rate
        if end is not None and at + samples.size / rate >= end:
            break
    if held_size:
        yield held_at, np.concatenate(held)


def audio_at_rates(
    path: Path, rates: Collection[int], *, seconds: float = 10.0
) -> Iterator[tuple[int, float, Samples]]:
    """Yield ``(rate, seconds of the first sample, samples)`` at several rates from one pass.

    Mono float32 in [-1, 1]; the rate 0 stands for the file's own. The pieces of each rate follow
    one another and last ``seconds``, the last one less.
    """
    container = container_of(path)
    if container.demuxer is None:
        return
    with stream.opened(path, container) as media:
        found = stream.chosen(media).audio
        if not stream.known(found):
            return
        own = int(found.codec_context.sample_rate)
        cutters = [_Cutter(rate, own=own, seconds=seconds) for rate in rates if rate or own]
        zero = stream.zero(media)
        for at, frame in _joined(stream.decoded(media, found)):
            for cutter in cutters:
                cutter.take(frame, at=at - zero)
                yield from cutter.whole()
        for cutter in cutters:
            yield from cutter.rest()


def _joined(frames: Iterator[Any]) -> Iterator[tuple[float, Any]]:
    """The same samples in fewer frames, each with the time of its first one in seconds."""
    held: Any = None
    form: object = None
    at = 0.0
    for frame in frames:
        if held is not None and (_form_of(frame) != form or held.samples >= _JOINED):
            yield at, held.read()
            held = None
        if held is None:
            held, form, at = av.AudioFifo(), _form_of(frame), float(frame.time or 0.0)
        frame.pts = None
        held.write(frame)
    if held is not None and held.samples:
        yield at, held.read()


def _form_of(frame: Any) -> object:
    layout = frame.layout
    return frame.format.name, layout.name, layout.nb_channels, frame.sample_rate, frame.time_base


class _Cutter:
    """Frames in, pieces of one rate out."""

    def __init__(self, rate: int, *, own: int, seconds: float) -> None:
        self._name = rate
        self._rate = rate or own
        self._wanted = max(1, int(seconds * self._rate))
        self._resampler: Any = None
        self._held: list[Samples] = []
        self._size = 0
        self._at: float | None = None

    def take(self, frame: Any, *, at: float) -> None:
        """Add one decoded frame; ``at`` (s) counts for the first one."""
        if self._at is None:
            self._at = at
        if self._resampler is None:
            self._resampler = av.AudioResampler(format=_FORM, rate=self._rate)
        try:
            blocks = self._resampler.resample(frame)
        except ValueError:
            # the channels or the rate change in the middle of the file
            self._hold(self._resampler.resample(None))
            self._resampler = av.AudioResampler(format=_FORM, rate=self._rate)
            blocks = self._resampler.resample(frame)
        self._hold(blocks)

    def _hold(self, blocks: list[Any]) -> None:
        for block in blocks:
            self._held.append(_mono(block))
            self._size += self._held[-1].size

    def whole(self) -> Iterator[tuple[int, float, Samples]]:
        """The pieces that are complete."""
        while self._size >= self._wanted:
            joined = np.concatenate(self._held)
            self._held = [joined[self._wanted :].copy()]
            yield self._piece(joined[: self._wanted].copy())

    def rest(self) -> Iterator[tuple[int, float, Samples]]:
        """What is left at the end."""
        if self._resampler is not None:
            self._hold(self._resampler.resample(None))
            yield from self.whole()
        if self._size:
            yield self._piece(np.concatenate(self._held))

    def _piece(self, samples: Samples) -> tuple[int, float, Samples]:
        at = self._at or 0.0
        self._size -= samples.size
        self._at = at + samples.size / self._rate
        return self._name, at, samples


def _mono(block: Any) -> Samples:
    """The mean of the channels, in [-1, 1]; the library's own mixing adds them up and would clip.

    Float formats can hold what is no number: it is silence here.
    """
    channels = _channels(block)
    # column by column: a mean over rows of two costs ten times as much
    mixed: Samples = channels[:, 0].copy()
    for other in range(1, channels.shape[1]):
        mixed += channels[:, other]
    mixed /= np.float32(channels.shape[1])
    unknown = np.isnan(mixed)
    if unknown.any():
        mixed[unknown] = 0.0
    return np.clip(mixed, -1, 1, out=mixed)


def _channels(block: Any) -> Samples:
    """Samples x channels of one interleaved block."""
    samples: Samples = block.to_ndarray().reshape(-1, block.layout.nb_channels)
    return samples


def audio_channels(path: Path, *, seconds: float = 10.0) -> Iterator[tuple[int, Samples]]:
    """Yield ``(rate in Hz, channels x samples)`` in pieces of about ``seconds``: float32 in [-1, 1]
    at the file's own rate and with its own channels; nothing when there is no sound.

    The rate and the channels of the first frame hold for all: later frames are brought to them.
    """
    container = container_of(path)
    if container.demuxer is None:
        return
    with stream.opened(path, container) as media:
        found = stream.chosen(media).audio
        if not stream.known(found):
            return
        held: list[Samples] = []
        rate = 0
        for block in _same_form(stream.decoded(media, found)):
            rate = int(block.sample_rate)
            held.append(np.clip(_channels(block).T, -1, 1))
            if sum(part.shape[1] for part in held) >= seconds * rate:
                yield rate, np.concatenate(held, axis=1)
                held = []
        if held:
            yield rate, np.concatenate(held, axis=1)


def _same_form(frames: Iterator[Any]) -> Iterator[Any]:
    resampler: Any = None
    for frame in frames:
        if resampler is None:
            form = {"layout": frame.layout, "rate": frame.sample_rate}
            resampler = av.AudioResampler(format=_FORM, **form)
        try:
            yield from resampler.resample(frame)
        except ValueError:
            # the channels change in the middle of the file
            resampler = av.AudioResampler(format=_FORM, **form)
            yield from resampler.resample(frame)
    yield from resampler.resample(None) if resampler else ()


def audio_mono(
    path: Path, rate: int | None = None, *, start: float = 0.0, end: float | None = None
) -> Samples:
    """The sound between ``start`` and ``end`` (seconds) in one array; empty when there is none.

    Memory grows with the length: use ``audio_chunks`` where hours are possible.
    """
    pieces = [samples for _, samples in audio_chunks(path, rate, start=start, end=end)]
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
