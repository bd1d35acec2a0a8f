"""Playable copies that any browser opens: H.264 and AAC in MP4, bounded in size and in work.

Every picture of the original is in the copy, at its own time, so that it can be stepped through
frame by frame; the preview ``frames`` lists those times. Child only.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import OutputContainer

from foundation.child import emit
from foundation.media.decode import Pixels, Samples, audio_chunks, video_frames
from foundation.media.kinds import Preview, Probe

SIDES = (1280, 960, 640)
VIDEO_SECONDS = 600.0
MOST_FPS = 30.0
AUDIO_SECONDS = 1800.0
SOUND_RATE = 44_100

# pictures are as large as a copy of this many pixels in all allows
_MOST_PIXELS = 400_000_000
# what one file may cost; a longer or larger one gets a shorter copy
_WORK_SECONDS = 60.0
_KEY_EVERY = 48
_TOLD_EVERY = 0.5
_CLOCK = 90_000
_ENCODERS = ("libx264", "libopenh264")
_PIECE_SECONDS = 1.0


def video(path: Path, probe: Probe) -> list[Preview]:
    """The copy and its ``frames``: ten minutes at most, as large as that length allows; nothing
    when no encoder is built in."""
    encoder = next((name for name in _ENCODERS if name in av.codecs_available), None)
    rate = MOST_FPS if (probe.fps or 0.0) > MOST_FPS + 0.5 else None
    frames = video_frames(path, rate, end=VIDEO_SECONDS, max_side=_side(probe))
    first = next(frames, None)
    if encoder is None or first is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "proxy.mp4"
        with _new(target, "mp4") as out:
            size = _even(first[1])
            pictures = _video_stream(out, encoder, size)
            sounds = _sound_stream(out) if probe.sample_rate else None
            times, whole = _write_pictures(
                out, pictures, first, frames, seconds=min(probe.duration or 0.0, VIDEO_SECONDS)
            )
            end = times[-1] + 1 / (probe.fps or MOST_FPS)
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
        ),
        _frames(times, end=end, whole=whole and (probe.duration or 0.0) <= VIDEO_SECONDS),
    ]


def _frames(times: list[float], *, end: float, whole: bool) -> Preview:
    """``{"version": 1, "times_ms": [...], "end": s, "whole": bool}`` of the copy's pictures."""
    told = {"version": 1, "times_ms": [round(1000 * at) for at in times],
            "end": round(end, 3), "whole": whole}  # fmt: skip
    return Preview(
        name="frames",
        media_type="application/json",
        data=json.dumps(told, separators=(",", ":")).encode(),
        width=None,
        height=None,
        concealed=False,
    )


def _side(probe: Probe) -> int:
    """The longest side for which the whole copy stays within ``_MOST_PIXELS``."""
    longest = max(probe.width or 1, probe.height or 1)
    shape = (probe.width or 1) * (probe.height or 1) / longest**2
    count = min(probe.duration or 0.0, VIDEO_SECONDS) * min(probe.fps or MOST_FPS, MOST_FPS)
    fitting = (side for side in SIDES if shape * min(side, longest) ** 2 * count <= _MOST_PIXELS)
    return next(fitting, SIDES[-1])


def audio(path: Path) -> list[Preview]:
    """The first half hour at most, one channel."""
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
    # key frames close together: stepping backwards decodes from the last one
    options = {"preset": "veryfast", "crf": "24", "g": str(_KEY_EVERY)}
    found: Any = out.add_stream(
        encoder, rate=int(MOST_FPS), options=options if encoder == "libx264" else {}
    )
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
    *,
    seconds: float,
) -> tuple[list[float], bool]:
    """Encode until the end or until the work has cost too much; times, and whether all is in."""
    stop = time.process_time() + _WORK_SECONDS
    last, told = -1, time.monotonic()
    at, pixels = first
    times: list[float] = []
    while True:
        stamp = max(last + 1, round(at * _CLOCK))
        frame: Any = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        frame = frame.reformat(width=found.width, height=found.height, format="yuv420p")
        frame.pts, frame.time_base, last = stamp, Fraction(1, _CLOCK), stamp
        out.mux(found.encode(frame))
        times.append(last / _CLOCK)
        if time.monotonic() - told > _TOLD_EVERY:
            told = time.monotonic()
            share = min(1.0, at / seconds) if seconds > 0 else 0.0
            emit({"event": "progress", "what": "the copy to play", "share": round(share, 3)})
        following = next(rest, None)
        if following is None or time.process_time() > stop:
            break
        at, pixels = following
    out.mux(found.encode(None))
    return times, following is None


def _write_sound(out: OutputContainer, found: Any, pieces: Iterator[tuple[float, Samples]]) -> None:
    for at, samples in pieces:
        frame: Any = av.AudioFrame.from_ndarray(samples[None, :], format="fltp", layout="mono")
        frame.sample_rate = SOUND_RATE
        frame.pts, frame.time_base = round(at * SOUND_RATE), Fraction(1, SOUND_RATE)
        out.mux(found.encode(frame))
    out.mux(found.encode(None))
