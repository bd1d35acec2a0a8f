"""The picture of a video's timing: bytes of each frame above, change of the picture below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.api import Curve, Picture, Track
from detectors.curves import curve
from detectors.draw import (
    INK,
    LINE,
    MARGIN,
    QUIET,
    RULE,
    Sheet,
    TimeAxis,
    mark_tracks,
)  # fmt: skip
from detectors.media import PacketList

HEIGHT = 600
TOP, MIDDLE, BOTTOM = 118, 300, 470
KEY = (196, 148, 60)


def timeline(
    packets: PacketList,
    *,
    times: NDArray[np.float64],
    change: NDArray[np.float64],
    tracks: Sequence[Track],
    end: float,
    caption: str,
) -> Picture:
    """Two bands over one axis, from the file's start to ``end`` (s); marks run through both."""
    sheet = Sheet(heading="Frames over time", height=HEIGHT)
    axis = TimeAxis(seconds=end)
    axis.draw(sheet, top=TOP, bottom=BOTTOM)
    sheet.draw.line((axis.left, MIDDLE, axis.right, MIDDLE), fill=RULE)
    sheet.text(axis.left - 10, (TOP + MIDDLE) / 2, "bytes", size=17, colour=QUIET, anchor="rm")
    sheet.text(axis.left - 10, (MIDDLE + BOTTOM) / 2, "change", size=17, colour=QUIET, anchor="rm")
    _bytes(sheet, packets, axis=axis)
    _change(sheet, times, change, axis=axis)
    mark_tracks(sheet, axis=axis, tracks=tracks, top=TOP, bottom=BOTTOM)
    _legend(sheet, tracks)
    return sheet.picture(name="frame-timing", caption=caption, curves=_told(packets, times, change))


def _told(
    packets: PacketList, times: NDArray[np.float64], change: NDArray[np.float64]
) -> list[Curve]:
    """What the bands draw, as numbers."""
    told = []
    if change.size:
        told.append(
            curve(
                label="change of the picture (grey levels)", times=times[1:], values=change,
                low=0.0, high=float(np.percentile(change, 98)),
            )
        )  # fmt: skip
    if packets:
        size = np.log10(np.maximum([packet.size for packet in packets], 1))
        told.append(
            curve(
                label="bytes of a frame (decimal logarithm)",
                times=np.array([packet.time for packet in packets]), values=size,
                low=float(size.min()), high=float(size.max()),
            )
        )  # fmt: skip
    return told


def _bytes(sheet: Sheet, packets: PacketList, *, axis: TimeAxis) -> None:
    """One stick a frame, the logarithm of its bytes; key frames in their own colour."""
    if not packets:  # an animation has pictures and no packets
        return
    size = np.log10(np.maximum([packet.size for packet in packets], 1))
    low, high = float(size.min()) - 0.1, float(size.max())
    for packet, value in zip(packets, size, strict=True):
        x = axis.x(packet.time)
        y = MIDDLE - (MIDDLE - TOP) * (float(value) - low) / max(high - low, 0.2)
        sheet.draw.line((x, MIDDLE, x, y), fill=KEY if packet.keyframe else LINE)


def _change(
    sheet: Sheet, times: NDArray[np.float64], change: NDArray[np.float64], *, axis: TimeAxis
) -> None:
    """One stick a frame: how much the picture differs from the one before; none for a repeat."""
    if not change.size:
        return
    highest = max(float(np.percentile(change, 98)), 1e-6)
    for time, value in zip(times[1:], change, strict=True):
        x = axis.x(float(time))
        y = BOTTOM - (BOTTOM - MIDDLE - 8) * min(1.0, float(value) / highest)
        sheet.draw.line((x, BOTTOM, x, y), fill=QUIET)


def _legend(sheet: Sheet, tracks: Sequence[Track]) -> None:
    y = BOTTOM + 50
    sheet.draw.line((MARGIN, y + 9, MARGIN + 36, y + 9), fill=LINE, width=4)
    sheet.text(MARGIN + 46, y - 2, "bytes of a frame (logarithm)", size=18)
    sheet.draw.line((MARGIN + 330, y + 9, MARGIN + 366, y + 9), fill=KEY, width=4)
    sheet.text(MARGIN + 376, y - 2, "key frame", size=18)
    sheet.draw.line((MARGIN + 510, y + 9, MARGIN + 546, y + 9), fill=QUIET, width=4)
    sheet.text(MARGIN + 556, y - 2, "change of the picture", size=18)
    words = [f"{number}: {track.label}" for number, track in enumerate(tracks[:5], start=1)]
    if len(tracks) > 5:
        words.append(f"and {len(tracks) - 5} more")
    line = "   ".join(words) if words else "Nothing is marked."
    sheet.text(MARGIN, y + 34, line, size=18, colour=INK)
