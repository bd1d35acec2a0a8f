"""The picture of a video's timing: bytes of each frame above, change of the picture below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.api import Curve, Picture, Track
from detectors.captions import joined, marks
from detectors.curves import curve
from detectors.draw import (
    LINE,
    QUIET,
    RULE,
    Sheet,
    TimeAxis,
    mark_tracks,
)  # fmt: skip
from detectors.media import PacketList

HEIGHT = 490
TOP, MIDDLE, BOTTOM = 72, 254, 424
KEY = (196, 148, 60)
MEANING = (
    "A: the bytes of each frame (logarithm), key frames in yellow. B: how much the picture changes."
)


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
    sheet = Sheet(height=HEIGHT)
    axis = TimeAxis(seconds=end)
    axis.draw(sheet, top=TOP, bottom=BOTTOM)
    sheet.draw.line((axis.left, MIDDLE, axis.right, MIDDLE), fill=RULE)
    sheet.text(axis.left - 10, (TOP + MIDDLE) / 2, "A", size=17, colour=QUIET, anchor="rm")
    sheet.text(axis.left - 10, (MIDDLE + BOTTOM) / 2, "B", size=17, colour=QUIET, anchor="rm")
    _bytes(sheet, packets, axis=axis)
    _change(sheet, times, change, axis=axis)
    mark_tracks(sheet, axis=axis, tracks=tracks, top=TOP, bottom=BOTTOM)
    said = joined(caption, MEANING, marks(tracks))
    return sheet.picture(name="frame-timing", caption=said, curves=_told(packets, times, change))


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
    places = axis.across(np.array([packet.time for packet in packets]))
    tops = MIDDLE - (MIDDLE - TOP) * (size - low) / max(high - low, 0.2)
    colours = np.array([KEY if packet.keyframe else LINE for packet in packets], dtype=np.uint8)
    sheet.sticks(places, tops, bottom=MIDDLE, colours=colours)


def _change(
    sheet: Sheet, times: NDArray[np.float64], change: NDArray[np.float64], *, axis: TimeAxis
) -> None:
    """One stick a frame: how much the picture differs from the one before; none for a repeat."""
    if not change.size:
        return
    highest = max(float(np.percentile(change, 98)), 1e-6)
    tops = BOTTOM - (BOTTOM - MIDDLE - 8) * np.minimum(1.0, change / highest)
    colours = np.full((change.size, 3), QUIET, dtype=np.uint8)
    sheet.sticks(axis.across(times[1:]), tops, bottom=BOTTOM, colours=colours)
