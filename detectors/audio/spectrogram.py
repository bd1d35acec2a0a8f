"""The picture that every audio detector shares: what sounded when, how high, and where it marked.

Gathered while the sound streams by; columns are merged in pairs when there are too many, so that
an hour takes no more memory than a minute. Fine structure is averaged away: the picture shows that
somebody speaks, and not what is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detectors.api import Picture, Track
from detectors.audio.stream import Floats, Framer, decibels
from detectors.captions import curves, joined, marks
from detectors.curves import curve as told
from detectors.draw import (
    LINE,
    MARGIN,
    QUIET,
    RULE,
    Sheet,
    TimeAxis,
    colours,
    mark_tracks,
)
from detectors.media import AudioBlock

ROWS = 128
MOST_COLUMNS = 4096
FRAME_SECONDS = 0.032
RANGE_DB = 70.0
TOP, BOTTOM = 72, 424
CURVE_HEIGHT = 150


class Spectrogram:
    """Mean power in ROWS bands of equal width, from 0 to half the sample rate."""

    def __init__(self) -> None:
        self.rate = 0
        self.start = 0.0
        self.seconds = 0.0
        self._framer: Framer | None = None
        self._columns: list[NDArray[np.float32]] = []
        self._pending: list[NDArray[np.float32]] = []
        self._merge = 1

    def add(self, block: AudioBlock) -> None:
        """Take in the next block."""
        length = 2 ** round(np.log2(FRAME_SECONDS * block.rate))
        if self._framer is None:
            self.rate, self.start = block.rate, block.start
            self._framer = Framer(length=length, hop=length)
        self.seconds += block.samples.size / block.rate
        rows = min(ROWS, length // 2)
        edges = np.linspace(0, length // 2, rows + 1).astype(np.int64)[:-1]
        window = np.hanning(length)
        frames = self._framer.add(block).frames
        energy = np.square(np.abs(np.fft.rfft(frames * window, axis=1)))[:, :-1]
        bands = np.add.reduceat(energy, edges, axis=1) * (2.0 / window.sum() ** 2)
        for column in bands.astype(np.float32):
            self._take(column)

    def _take(self, column: NDArray[np.float32]) -> None:
        self._pending.append(column)
        if len(self._pending) < self._merge:
            return
        self._columns.append(np.mean(self._pending, axis=0))
        self._pending.clear()
        if len(self._columns) >= MOST_COLUMNS:
            pairs = zip(self._columns[::2], self._columns[1::2], strict=True)
            self._columns = [np.asarray((one + other) / 2, np.float32) for one, other in pairs]
            self._merge *= 2

    def kept(self) -> dict[str, Any]:
        """What :meth:`from_kept` draws the same picture from."""
        columns = self._columns or self._pending or [np.zeros(ROWS, dtype=np.float32)]
        return {"rate": self.rate, "start": self.start, "seconds": self.seconds,
                "columns": np.stack(columns)}  # fmt: skip

    @classmethod
    def from_kept(cls, kept: Mapping[str, Any]) -> Spectrogram:
        """A spectrogram that is complete; nothing can be added."""
        made = cls()
        made.rate, made.start = int(kept["rate"]), float(kept["start"])
        made.seconds = float(kept["seconds"])
        made._columns = list(np.asarray(kept["columns"], dtype=np.float32))
        return made

    def image(self, *, width: int, height: int) -> NDArray[np.uint8]:
        """The spectrogram as RGB, low frequencies at the foot; the loudest moment is darkest."""
        columns = self._columns or self._pending or [np.zeros(ROWS, dtype=np.float32)]
        power = np.stack(columns, axis=1)
        level = decibels(power.astype(np.float64))
        strength = 1 + (level - level.max()) / RANGE_DB
        across = np.minimum(np.arange(width) * level.shape[1] // width, level.shape[1] - 1)
        down = np.minimum(np.arange(height) * level.shape[0] // height, level.shape[0] - 1)
        return colours(np.clip(strength, 0, 1)[down[::-1]][:, across])


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A measure over time, drawn below the spectrogram: ``values`` at ``times`` (seconds of the
    file), NaN where nothing was measured. ``line`` is a level drawn across, if any."""

    times: Floats
    values: Floats
    label: str
    low: float
    high: float
    line: float | None = None


def spectrogram_chart(
    spectrogram: Spectrogram,
    *,
    tracks: Sequence[Track],
    name: str,
    caption: str,
    curve: Curve | None = None,
    line_hz: float | None = None,
) -> Picture:
    """The finished picture; ``line_hz`` draws a frequency across it."""
    foot = BOTTOM + (CURVE_HEIGHT + 34 if curve else 0)
    sheet = Sheet(height=foot + MARGIN + 24)
    axis = TimeAxis(seconds=spectrogram.start + spectrogram.seconds)
    left, right = round(axis.x(spectrogram.start)), axis.right
    body = spectrogram.image(width=max(1, right - left), height=BOTTOM - TOP)
    sheet.image.paste(Image.fromarray(body), (left, TOP))
    _frequencies(sheet, axis=axis, top_hz=spectrogram.rate / 2, line_hz=line_hz)
    if curve:
        _curve(sheet, curve, axis=axis, top=BOTTOM + 34, bottom=foot)
    axis.draw(sheet, top=foot - 6, bottom=foot)
    mark_tracks(sheet, axis=axis, tracks=tracks, top=TOP, bottom=foot)
    drawn = [told(label=curve.label, times=curve.times, values=curve.values, low=curve.low,
                  high=curve.high, level=curve.line)] if curve else []  # fmt: skip
    said = joined(caption, curves(drawn) if drawn else "", marks(tracks))
    return sheet.picture(name=name, caption=said, curves=drawn)


def _frequencies(sheet: Sheet, *, axis: TimeAxis, top_hz: float, line_hz: float | None) -> None:
    step = next(s for s in (500, 1000, 2000, 5000, 10_000, 50_000) if top_hz / s <= 8)
    for hertz in range(0, int(top_hz) + 1, step):
        y = _height(hertz, top_hz=top_hz)
        sheet.draw.line((axis.left - 6, y, axis.left, y), fill=QUIET)
        sheet.text(axis.left - 10, y, f"{hertz / 1000:g} kHz", size=17, colour=QUIET, anchor="rm")
    sheet.draw.rectangle((axis.left - 1, TOP - 1, axis.right, BOTTOM), outline=RULE)
    if line_hz is not None:
        y = _height(line_hz, top_hz=top_hz)
        sheet.draw.line((axis.left, y, axis.right, y), fill=LINE, width=3)


def _height(hertz: float, *, top_hz: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * min(1.0, hertz / max(top_hz, 1.0))


def _curve(sheet: Sheet, curve: Curve, *, axis: TimeAxis, top: int, bottom: int) -> None:
    span = max(curve.high - curve.low, 1e-9)

    def y(value: float) -> float:
        return bottom - (bottom - top) * min(max((value - curve.low) / span, 0.0), 1.0)

    sheet.draw.rectangle((axis.left - 1, top, axis.right, bottom), outline=RULE)
    for value in (curve.low, curve.high):
        sheet.text(axis.left - 10, y(value), f"{value:g}", size=17, colour=QUIET, anchor="rm")
    if curve.line is not None:
        sheet.draw.line((axis.left, y(curve.line), axis.right, y(curve.line)), fill=QUIET)
    points: list[tuple[float, float]] = []
    for time, value in zip(curve.times, curve.values, strict=True):
        if np.isnan(value):
            _stroke(sheet, points)
            points = []
        else:
            points.append((axis.x(float(time)), y(float(value))))
    _stroke(sheet, points)


def _stroke(sheet: Sheet, points: list[tuple[float, float]]) -> None:
    if len(points) > 1:
        sheet.draw.line(points, fill=LINE, width=3, joint="curve")
    for x, y in points if len(points) <= 64 else ():
        sheet.draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=LINE)
