"""Pictures of results, in one look: PNG, own light ground, readable on any page and in print.

No words are drawn (see :mod:`detectors.captions`), only numbers, units and letters.

Strength is shown by one colour map whose lightness falls steadily, so that it survives grey-scale
printing and colour blindness. No picture shows the media itself: a reviewer decides when to see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from detectors import captions
from detectors.api import Curve, Picture, Region, Track
from detectors.clock import clock as clock

WIDTH = 1200
MARGIN = 36
GROUND = (252, 252, 250)
INK = (28, 32, 38)
QUIET = (104, 110, 120)
RULE = (206, 210, 214)
LINE = (38, 84, 124)
MARK = (176, 58, 28)
UNKNOWN = (226, 228, 230)
HATCH = (198, 202, 206)

STOPS = (
    (0.00, (237, 242, 244)),
    (0.30, (244, 214, 142)),
    (0.55, (232, 140, 58)),
    (0.78, (178, 54, 66)),
    (1.00, (70, 18, 72)),
)
"""Colour map: strength 0-1 and its colour, from pale to dark."""

Plane = NDArray[np.floating]


def colours(strength: Plane) -> NDArray[np.uint8]:
    """Colour of each strength (0-1, any shape) as uint8 RGB; NaN is the grey of "unknown"."""
    at = [stop for stop, _ in STOPS]
    filled = np.nan_to_num(np.clip(strength, 0, 1))
    channels = [np.interp(filled, at, [colour[i] for _, colour in STOPS]) for i in range(3)]
    rgb = np.stack(channels, axis=-1).round().astype(np.uint8)
    rgb[np.isnan(strength)] = UNKNOWN
    return rgb


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The typeface of every picture."""
    return ImageFont.load_default(size)


class Sheet:
    """A picture under construction."""

    def __init__(self, *, height: int) -> None:
        self.image = Image.new("RGB", (WIDTH, height), GROUND)
        self.draw = ImageDraw.Draw(self.image)
        self.draw.rectangle((0, 0, WIDTH - 1, height - 1), outline=RULE)

    def text(
        self,
        x: float,
        y: float,
        sign: str,
        *,
        size: int = 20,
        colour: tuple[int, int, int] = INK,
        anchor: str = "la",
    ) -> None:
        """Write a number, with its unit, or a letter; ``anchor`` as in Pillow (la = left top,
        ra = right top, ma = middle)."""
        self.draw.text((x, y), sign, fill=colour, font=font(size), anchor=anchor)

    def sticks(
        self, places: Plane, tops: Plane, *, bottom: int, colours: NDArray[np.uint8]
    ) -> None:
        """Upright lines from ``bottom`` up to each of ``tops`` (N,), in ``colours`` (N, 3); later
        ones over earlier ones, as if each were drawn by itself."""
        pixels = np.array(self.image)
        columns, highest = places.astype(int).tolist(), tops.astype(int).tolist()
        for x, y, colour in zip(columns, highest, colours, strict=True):
            pixels[y : bottom + 1, x] = colour
        self.image.paste(Image.fromarray(pixels))

    def picture(self, *, name: str, caption: str, curves: Sequence[Curve] = ()) -> Picture:
        """The finished sheet as PNG, with the curves on it as numbers."""
        return Picture(
            name=name,
            media_type="image/png",
            data=_png(self.image),
            caption=caption,
            curves=tuple(curves),
        )


def _png(image: Image.Image) -> bytes:
    """Sheets are mostly flat: each line told by the one above takes a third of the time of looking
    for every line's best filter, and a little more room."""
    how = (cv2.IMWRITE_PNG_COMPRESSION, 2, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP)
    _, data = cv2.imencode(".png", cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR), how)
    return data.tobytes()


def heat_map(
    strength: Plane,
    *,
    size: tuple[int, int],
    regions: Sequence[Region],
    low: str,
    high: str,
    unknown: str,
    name: str,
    caption: str,
) -> Picture:
    """A map (rows x columns, 0-1, NaN = unknown) over a picture of ``size`` (width, height).

    ``low``, ``high`` and ``unknown`` say what the shades mean, for the caption; regions are boxed
    and numbered.
    """
    width, height = size
    scale = min((WIDTH - 2 * MARGIN) / width, 760 / height)
    shown = (max(1, round(width * scale)), max(1, round(height * scale)))
    sheet = Sheet(height=shown[1] + 2 * MARGIN + 60)
    left, top = (WIDTH - shown[0]) // 2, MARGIN
    sheet.image.paste(Image.fromarray(_stretched(strength, shown)), (left, top))
    box = (left - 1, top - 1, left + shown[0], top + shown[1])
    sheet.draw.rectangle(box, outline=QUIET)
    for number, region in enumerate(regions, start=1):
        _box(sheet, region=region, number=number, scale=scale, at=(left, top))
    _scale(sheet, top=top + shown[1] + 28)
    meaning = captions.shades(low=low, high=high, unknown=unknown)
    return sheet.picture(name=name, caption=captions.joined(caption, meaning))


def _stretched(strength: Plane, shown: tuple[int, int]) -> NDArray[np.uint8]:
    known = ~np.isnan(strength)
    flat = np.where(known, strength, 0).astype(np.float32)
    weight = cv2.resize(known.astype(np.float32), shown, interpolation=cv2.INTER_LINEAR)
    value = cv2.resize(flat, shown, interpolation=cv2.INTER_LINEAR)
    smooth = np.where(weight >= 0.5, value / np.maximum(weight, 1e-6), np.nan)
    rgb = colours(smooth)
    rows, columns = np.indices(weight.shape)
    rgb[np.isnan(smooth) & ((rows + columns) % 14 < 2)] = HATCH
    return rgb


def _box(sheet: Sheet, *, region: Region, number: int, scale: float, at: tuple[int, int]) -> None:
    x, y = at[0] + region.x * scale, at[1] + region.y * scale
    corner = (x + region.width * scale, y + region.height * scale)
    sheet.draw.rectangle((x - 2, y - 2, corner[0] + 2, corner[1] + 2), outline=GROUND, width=6)
    sheet.draw.rectangle((x, y, *corner), outline=INK, width=3)
    sheet.draw.rectangle((x, y, x + 30, y + 30), fill=INK)
    sheet.text(x + 15, y + 15, str(number), size=20, colour=GROUND, anchor="mm")


def _scale(sheet: Sheet, *, top: int) -> None:
    """The shades from 0 to 1, and the hatching of what is not known."""
    wide, high, apart = 320, 22, 60
    left = (WIDTH - wide - 2 * apart - 44) // 2
    bar = colours(np.tile(np.linspace(0, 1, wide), (high, 1)))
    sheet.image.paste(Image.fromarray(bar), (left, top))
    sheet.draw.rectangle((left - 1, top - 1, left + wide, top + high), outline=QUIET)
    sheet.text(left - 12, top + high / 2, "0", anchor="rm")
    sheet.text(left + wide + 12, top + high / 2, "1", anchor="lm")
    swatch = np.full((high, 44, 3), UNKNOWN, dtype=np.uint8)
    rows, columns = np.indices((high, 44))
    swatch[(rows + columns) % 14 < 2] = HATCH
    at = left + wide + apart
    sheet.image.paste(Image.fromarray(swatch), (at, top))
    sheet.draw.rectangle((at - 1, top - 1, at + 44, top + high), outline=QUIET)
    sheet.text(at + 56, top + high / 2, "?", anchor="lm")


class TimeAxis:
    """A horizontal scale of seconds over the width of a sheet."""

    def __init__(self, *, seconds: float, left: int = 112, right: int = WIDTH - MARGIN) -> None:
        self.seconds = max(seconds, 1e-3)
        self.left, self.right = left, right

    def x(self, time: float) -> float:
        """Where a moment lies, in pixels."""
        inside = min(max(time / self.seconds, 0.0), 1.0)
        return self.left + (self.right - self.left) * inside

    def across(self, times: Plane) -> Plane:
        """Where many moments lie, in pixels."""
        inside = np.clip(times / self.seconds, 0, 1)
        return np.asarray(self.left + (self.right - self.left) * inside)

    def ticks(self) -> list[float]:
        """Round moments, at most twelve."""
        steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
        step = next((s for s in steps if self.seconds / s <= 11), 7200)
        return [step * index for index in range(int(self.seconds / step) + 1)]

    def draw(self, sheet: Sheet, *, top: int, bottom: int) -> None:
        """Tick lines between ``top`` and ``bottom``, labels below."""
        sheet.draw.line((self.left, bottom, self.right, bottom), fill=QUIET)
        for tick in self.ticks():
            x = self.x(tick)
            sheet.draw.line((x, top, x, bottom), fill=RULE)
            sheet.text(x, bottom + 8, clock(tick), size=17, colour=QUIET, anchor="ma")


def mark_tracks(
    sheet: Sheet, *, axis: TimeAxis, tracks: Sequence[Track], top: int, bottom: int
) -> None:
    """Number each track and shade its time between ``top`` and ``bottom``."""
    if not tracks:
        return
    shade = Image.new("RGBA", sheet.image.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(shade)
    for track in tracks:
        start, end = axis.x(track.start), axis.x(track.end)
        pen.rectangle((start - 2, top, max(end, start + 1) + 2, bottom), fill=(*MARK, 56))
        pen.line((start, top, start, bottom), fill=(*MARK, 255), width=2)
    sheet.image.paste(shade, (0, 0), shade)
    last = -1e9
    for number, track in enumerate(tracks, start=1):
        x = axis.x(track.start)
        if x - last < 30:
            continue
        last = x
        sheet.draw.rectangle((x - 14, top - 30, x + 14, top - 2), fill=MARK)
        sheet.text(x, top - 16, str(number), size=18, colour=GROUND, anchor="mm")
