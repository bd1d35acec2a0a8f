"""Sound slowed in the two ways that editors offer, and back in a file beside its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
CHUNK = 4096
KILOBITS = 128
OPTIONS = {"crf": "20", "preset": "veryfast", "threads": "1"}


class Way(StrEnum):
    """How the sound was slowed."""

    NONE = "untouched"
    RESAMPLED = "played slower, pitch and all"
    STRETCHED = "stretched, the pitch kept"


def slowed(sound: Sound, *, rate: int, factor: float, way: Way) -> Sound:
    """Mono sound at ``rate`` that runs at ``factor`` (0.5 to 2) of its speed."""
    if way is Way.RESAMPLED:
        return _through(sound, rate=rate, steps=[("asetrate", f"{round(rate * factor)}"),
                                                 ("aresample", f"{rate}")])  # fmt: skip
    if way is Way.STRETCHED:
        return _through(sound, rate=rate, steps=[("atempo", f"{factor}")])
    return sound


def resampled(sound: Sound, *, rate: int, to: int) -> Sound:
    """The same sound at another sample rate."""
    return _through(sound, rate=rate, steps=[("aresample", f"{to}")])


def read(path: Path, *, seconds: float) -> tuple[Sound, int]:
    """The first seconds of a trusted file's sound, mono at its own rate, and that rate."""
    parts: list[Sound] = []
    with av.open(str(path)) as media:
        stream = media.streams.audio[0]
        mixer = av.AudioResampler(format="flt", layout="mono", rate=stream.rate)
        for frame in media.decode(stream):
            parts += [one.to_ndarray().ravel().astype(np.float32)
                      for one in mixer.resample(frame)]  # fmt: skip
            if sum(part.size for part in parts) >= seconds * stream.rate:
                break
        rate = int(stream.rate)
    return np.concatenate(parts)[: round(seconds * rate)], rate


def write(
    path: Path, *, sound: Sound, rate: int,
    pictures: Sequence[NDArray[np.uint8]] = (), fps: Fraction = Fraction(25),
) -> Path:  # fmt: skip
    """AAC, with H.264 where there are pictures, in the container that the suffix asks for."""
    with av.open(str(path), "w") as out:
        moving: Any = None
        if len(pictures):
            moving = out.add_stream("libx264", rate=fps, options=dict(OPTIONS))
            moving.height, moving.width = pictures[0].shape[:2]
            moving.pix_fmt = "yuv420p"
        heard: Any = out.add_stream("aac", rate=rate)
        heard.bit_rate, heard.layout, heard.format = KILOBITS * 1000, "mono", "fltp"
        for number, picture in enumerate(pictures):
            frame: Any = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, 1 / fps
            out.mux(moving.encode(frame))
        if moving is not None:
            out.mux(moving.encode(None))
        for first in range(0, sound.size, 1024):
            piece: Any = _frame(sound[first : first + 1024], rate=rate, first=first)
            out.mux(heard.encode(piece))
        out.mux(heard.encode(None))
    return path


def _through(sound: Sound, *, rate: int, steps: Sequence[tuple[str, str]]) -> Sound:
    graph = av.filter.Graph()
    nodes = [graph.add_abuffer(sample_rate=rate, format="fltp", layout="mono",
                               time_base=Fraction(1, rate))]  # fmt: skip
    nodes += [graph.add(name, options) for name, options in steps]
    nodes += [graph.add("aformat", "sample_fmts=fltp:channel_layouts=mono"),
              graph.add("abuffersink")]  # fmt: skip
    for one, other in pairwise(nodes):
        one.link_to(other)
    graph.configure()
    parts: list[Sound] = []
    for first in range(0, sound.size, CHUNK):
        graph.push(_frame(sound[first : first + CHUNK], rate=rate, first=first))
        parts += _ready(graph)
    graph.push(None)
    return np.concatenate(parts + _ready(graph))


def _ready(graph: av.filter.Graph) -> list[Sound]:
    found: list[Sound] = []
    while True:
        try:
            frame: Any = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return found
        found.append(frame.to_ndarray()[0].astype(np.float32))


def _frame(sound: Sound, *, rate: int, first: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(sound[None], dtype=np.float32), format="fltp", layout="mono"
    )
    frame.sample_rate, frame.pts = rate, first
    frame.time_base = Fraction(1, rate)
    return frame
