"""Sound as mono samples, in pieces. Child only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer

from foundation.media import stream
from foundation.media.probe import container_of

Samples = npt.NDArray[np.float32]


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
    """Blocks of mono samples with the time of their first sample.

    Channels are averaged: the library's own mixing adds them up and would clip.
    """
    zero = stream.zero(media)
    if start > 0:
        stream.seek(media, start + zero)
    at: float | None = None
    for block, time in _blocks(stream.decoded(media, found), rate):
        if at is None:
            at = time - zero
        samples = block.to_ndarray().mean(axis=0, dtype=np.float32)
        yield at, samples
        at += samples.size / rate


def _blocks(frames: Iterator[Any], rate: int) -> Iterator[tuple[Any, float]]:
    """Frames at ``rate``, each with the time of the frame that began the walk or a new layout."""
    resampler = None
    for frame in frames:
        resampler = resampler or av.AudioResampler(format="fltp", rate=rate)
        try:
            blocks = resampler.resample(frame)
        except ValueError:
            # the channels change in the middle of the file
            resampler = av.AudioResampler(format="fltp", rate=rate)
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
            yield held_at, np.clip(whole[:wanted], -1, 1)
            held, held_size = [whole[wanted:]], held_size - wanted
            held_at += wanted / rate
        if end is not None and at + samples.size / rate >= end:
            break
    if held_size:
        yield held_at, np.clip(np.concatenate(held), -1, 1)


def audio_mono(
    path: Path, rate: int | None = None, *, start: float = 0.0, end: float | None = None
) -> Samples:
    """The sound between ``start`` and ``end`` (seconds) in one array; empty when there is none.

    Memory grows with the length: use ``audio_chunks`` where hours are possible.
    """
    pieces = [samples for _, samples in audio_chunks(path, rate, start=start, end=end)]
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
