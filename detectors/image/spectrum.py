"""Spectral slope and peaks: what up-sampling inside a generator or an enlarger leaves.

Up-sampling by whole factors puts copies of the spectrum at regular places; imperfect filters leave
them as peaks (Zhang et al. 2019), and what is left between falls off otherwise than a lens and a
sensor let it (Durall et al. 2020). The measure is the mean power spectrum of the noise residual
over many tiles, so that the picture's content averages out.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from PIL import Image

from detectors.api import Abstain, Outcome, Picture, Sample, Value
from detectors.draw import MARGIN, MARK, WIDTH, Sheet, colours
from detectors.image.parts import Floats, brightness, refuse_small

TILE = 128
"""Pixels per side of a tile."""

MOST_TILES = 600
AROUND = 9
"""Bins per side that a peak is compared with."""

DECIBELS_SHOWN = 24.0


class Spectrum:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the spectrum as a picture; abstains on small and flat pictures."""
        pixels = sample.pixels()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(pixels, least=p["minimum_side"])
        power, used = mean_power(brightness(pixels), least=p["least_deviation"])
        if used < p["least_tiles"]:
            raise Abstain("The picture is too flat, or drawn, for its spectrum to be measured.")
        over = _over(power)
        peaks = _peaks(over, least=p["peak_decibels"])
        slope = slope_of(power)
        strongest = max((height for _, _, height in peaks), default=0.0)
        return Outcome(
            sentence=_sentence(len(peaks), strongest=strongest),
            score=round(min(1.0, strongest / p["full_decibels"]), 6),
            details={
                "tiles": used,
                "slope_of_the_upper_octave": round(slope, 4),
                "peaks": [
                    {"across": x / TILE, "down": y / TILE, "decibels": round(height, 2)}
                    for x, y, height in peaks
                ],
            },
            pictures=(_picture(power, peaks=peaks, slope=slope),),
        )


def mean_power(luma: Floats, *, least: float) -> tuple[Floats, int]:
    """Geometric mean of the residual's power over tiles (TILE x TILE, zero in the middle).

    Also how many tiles had a residual of at least ``least`` grey levels, and were used.
    """
    residual = luma - cv2.medianBlur(np.rint(luma).astype(np.uint8), 3).astype(np.float32)
    view = np.lib.stride_tricks.sliding_window_view(residual, (TILE, TILE))
    hop = TILE // 2
    while (view.shape[0] // hop + 1) * (view.shape[1] // hop + 1) > MOST_TILES:
        hop += 8
    tiles = view[::hop, ::hop].reshape(-1, TILE, TILE)
    window = np.outer(np.hanning(TILE), np.hanning(TILE)).astype(np.float32)
    total = np.zeros((TILE, TILE), dtype=np.float64)
    used = 0
    for tile in tiles:
        if tile.std() < least:
            continue
        found = np.abs(np.fft.fft2(tile * window)) ** 2
        total += np.log(found + 1e-3)
        used += 1
    mean = np.exp(total / max(used, 1))
    return np.asarray(np.fft.fftshift(mean), dtype=np.float32), used


def slope_of(power: Floats) -> float:
    """Exponent of the fall of power between a quarter and half a cycle per pixel."""
    bins = np.arange(TILE) - TILE // 2
    radius = np.hypot(bins[:, None], bins[None, :]) / TILE
    rings = [(radius >= low) & (radius < low + 0.02) for low in np.arange(0.25, 0.48, 0.02)]
    levels = [float(np.median(np.log(power[ring]))) for ring in rings]
    at = np.log(np.arange(0.26, 0.49, 0.02))
    return float(np.polyfit(at, levels, 1)[0])


def _over(power: Floats) -> Floats:
    """Decibels over the median of the bins around; the spectrum wraps around."""
    half = AROUND // 2
    logs = 10 * np.log10(power)
    wide = np.pad(logs, half, mode="wrap")
    view = np.lib.stride_tricks.sliding_window_view(wide, (AROUND, AROUND))
    return np.asarray(logs - np.median(view, axis=(2, 3)), dtype=np.float32)


def _peaks(over: Floats, *, least: float) -> list[tuple[int, int, float]]:
    """(across, down, decibels) of peaks that neither JPEG blocks nor slow changes explain.

    One of each pair that mirrors another, the strongest first.
    """
    bins = np.arange(TILE) - TILE // 2
    down, across = np.meshgrid(bins, bins, indexing="ij")
    # edges of JPEG blocks and of objects lie on the axes, colour sampling on the highest lines
    slow = np.minimum(np.abs(down), np.abs(across)) <= 2
    fast = np.maximum(np.abs(down), np.abs(across)) >= TILE // 2 - 2
    free = ~slow & ~fast
    tops = over == cv2.dilate(over, np.ones((5, 5), dtype=np.uint8))
    kept = free & tops & (over >= least) & ((down > 0) | ((down == 0) & (across > 0)))
    found = [
        (int(across[row, column]), int(down[row, column]), round(float(over[row, column]), 3))
        for row, column in np.argwhere(kept)
    ]
    return sorted(found, key=lambda one: (-one[2], one[0], one[1]))[:12]


def _sentence(count: int, *, strongest: float) -> str:
    if not count:
        return (
            "The spectrum shows no peaks beyond those of JPEG blocks and colour sampling. Many "
            "generators leave none, and scaling or compression removes them."
        )
    peaks = "a peak" if count == 1 else f"{count} peaks"
    return (
        f"The spectrum shows {peaks} of up to {strongest:.0f} dB that neither JPEG blocks nor "
        "colour sampling explain. Up-sampling inside a generator or an enlarger looks like "
        "this; so do screens, print, fabric, and some cameras' own processing."
    )


def _picture(power: Floats, *, peaks: list[tuple[int, int, float]], slope: float) -> Picture:
    side = 640
    sheet = Sheet(height=side + 2 * MARGIN)
    logs = 10 * np.log10(power)
    top = float(np.quantile(logs, 0.999))
    shade = np.clip((logs - top) / DECIBELS_SHOWN + 1, 0, 1)
    drawn = cv2.resize(colours(shade), (side, side), interpolation=cv2.INTER_NEAREST)
    left, upper = (WIDTH - side) // 2, MARGIN
    sheet.image.paste(Image.fromarray(drawn), (left, upper))
    for number, (across, down, _) in enumerate(peaks, start=1):
        for sign in (1, -1):
            x = left + (sign * across + TILE / 2 + 0.5) * side / TILE
            y = upper + (sign * down + TILE / 2 + 0.5) * side / TILE
            sheet.draw.ellipse((x - 11, y - 11, x + 11, y + 11), outline=MARK, width=3)
        x = left + (across + TILE / 2 + 0.5) * side / TILE + 14
        sheet.text(x, upper + (down + TILE / 2 + 0.5) * side / TILE, str(number), size=16)
    return sheet.picture(
        name="spectrum",
        caption=f"How strong each frequency is in fine detail. {len(peaks)} unexplained peaks. "
        "Middle: slow changes. Edges: half a cycle per pixel. Darker: stronger. Circles: peaks. "
        f"Slope of the upper octave: {slope:.1f}.",
    )
