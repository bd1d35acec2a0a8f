"""Playable copies that any browser opens: H.264 and AAC in MP4, small and short. Child only."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import OutputContainer

from foundation.media.decode import Pixels, Samples, audio_chunks, video_frames
from foundation.media.kinds import Preview, Probe

VIDEO_SIDE = 640
VIDEO_SECONDS = 120.0
VIDEO_FPS = 25.0
AUDIO_SECONDS = 300.0
SOUND_RATE = 44_100

# what one file may cost; a longer or larger one gets a shorter copy
_WORK_SECONDS = 30.0
_CLOCK = 90_000
_ENCODERS = ("libx264", "libopenh264")
_PIECE_SECONDS = 1.0


def video(path: Path, probe: Probe) -> list[Preview]:
    """The first two minutes at most, 640 pixels at most; nothing when no encoder is built in."""
    encoder = next((name for name in _ENCODERS if name in av.codecs_available), None)
    frames = video_frames(path, VIDEO_FPS, end=VIDEO_SECONDS, max_side=VIDEO_SIDE)
    first = next(frames, None)
    if encoder is None or first is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "proxy.mp4"
        with _new(target, "mp4") as out:
            size = _even(first[1])
            pictures = _video_stream(out, encoder, size)
            sounds = _sound_stream(out) if probe.sample_rate else None
            end = _write_pictures(out, pictures, first, frames)
            if sounds is not None:
                _write_sound(
                    out, sounds, audio_chunks(path, SOUND_RATE, seconds=_PIECE_SECONDS, end=end)
                )
        data = target.read_bytes()
    return [
        Preview(
            name="proxy",
            media_type="video/mp4",
            data=data,
            width=size[0],
            height=size[1],
            concealed=False,
        )
    ]


def audio(path: Path) -> list[Preview]:
    """The first five minutes at most, one channel."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "proxy.m4a"
        with _new(target, "ipod") as out:
            sounds = _sound_stream(out)
            pieces = audio_chunks(path, SOUND_RATE, seconds=_PIECE_SECONDS, end=AUDIO_SECONDS)
            _write_sound(out, sounds, pieces)
        data = target.read_bytes()
    return [
        Preview(
            name="proxy",
            media_type="audio/mp4",
            data=data,
            width=None,
            height=None,
            concealed=False,
        )
    ]


def _new(target: Path, kind: str) -> OutputContainer:
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    return av.open(str(target), "w", format=kind, options=options)


def _even(pixels: Pixels) -> tuple[int, int]:
    """Width and height for 4:2:0, at least two."""
    return max(2, pixels.shape[1] // 2 * 2), max(2, pixels.shape[0] // 2 * 2)


def _video_stream(out: OutputContainer, encoder: str, size: tuple[int, int]) -> Any:
    options = {"preset": "veryfast", "crf": "27"} if encoder == "libx264" else {}
    found: Any = out.add_stream(encoder, rate=int(VIDEO_FPS), options=options)
    found.width, found.height = size
    found.pix_fmt = "yuv420p"
    found.codec_context.time_base = Fraction(1, _CLOCK)
    return found


def _sound_stream(out: OutputContainer) -> Any:
    found: Any = out.add_stream("aac", rate=SOUND_RATE, layout="mono")
    found.bit_rate = 64_000
    return found


def _write_pictures(
    out: OutputContainer,
    found: Any,
    first: tuple[float, Pixels],
    rest: Iterator[tuple[float, Pixels]],
) -> float:
    """Encode until the end or until the work has cost too much; the end in seconds."""
    stop = time.process_time() + _WORK_SECONDS
    last = -1
    at, pixels = first
    while True:
        stamp = max(last + 1, round(at * _CLOCK))
        frame: Any = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        frame = frame.reformat(width=found.width, height=found.height, format="yuv420p")
        frame.pts, frame.time_base, last = stamp, Fraction(1, _CLOCK), stamp
        out.mux(found.encode(frame))
        following = next(rest, None)
        if following is None or time.process_time() > stop:
            break
        at, pixels = following
    out.mux(found.encode(None))
    return last / _CLOCK + 1 / VIDEO_FPS


def _write_sound(out: OutputContainer, found: Any, pieces: Iterator[tuple[float, Samples]]) -> None:
    for at, samples in pieces:
        frame: Any = av.AudioFrame.from_ndarray(samples[None, :], format="fltp", layout="mono")
        frame.sample_rate = SOUND_RATE
        frame.pts, frame.time_base = round(at * SOUND_RATE), Fraction(1, SOUND_RATE)
        out.mux(found.encode(frame))
    out.mux(found.encode(None))
