"""Which frames a contact sheet shows. Pure: from a timeline and boxes to rows of wanted cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detectors.clock import moment_words
from detectors.timeline.frames import Wanted, box_at

FRAMES, COLUMNS = 24, 6
WHOLE = (186, 140)
EYES = (123, 62)
MOUTH = (90, 90)
MOST_BLINKS = 12
MOST_MARKS = 5
BLINK_CELLS = 9
MOUTH_ROWS, MOUTH_CELLS, MOUTH_STEP = 3, 12, 0.08
MARK_CELLS = 6
BEFORE = 0.12
"""Seconds shown before and after a blink."""

AROUND = 0.3
"""Seconds shown before and after a marked place."""

Json = dict[str, Any]


def overview_rows(timeline: Mapping[str, Any]) -> list[Json]:
    """Frames spread evenly over the file."""
    step = timeline["seconds"] / FRAMES
    cells = [Wanted(time=round(step * (n + 0.5), 3), size=WHOLE) for n in range(FRAMES)]
    return [
        {"sign": "", "cells": tuple(cells[at : at + COLUMNS])} for at in range(0, FRAMES, COLUMNS)
    ]


def blink_rows(timeline: Mapping[str, Any], faces: Mapping[str, Any]) -> list[Json]:
    """The eyes around each blink; of many blinks, some spread evenly."""
    lane = _lane(timeline, "video.blink")
    blinks = [mark for mark in lane["marks"] if mark["label"] == "blink"] if lane else []
    rows = []
    for mark in _spread(blinks, most=MOST_BLINKS):
        middle = (mark["start"] + mark["end"]) / 2
        box = box_at(faces, time=middle, part="eyes", person=lane["who"] if lane else None)
        if box is None:
            continue
        first, last = mark["start"] - BEFORE, mark["end"] + BEFORE
        times = [round(float(t), 3) for t in np.linspace(max(0.0, first), last, BLINK_CELLS)]
        rows.append(
            {
                "sign": moment_words(middle),
                "cells": tuple(Wanted(time=time, size=EYES, box=box) for time in times),
                "marked": tuple(
                    mark["start"] - 0.02 <= time <= mark["end"] + 0.02 for time in times
                ),
            }
        )
    return rows


def mouth_rows(timeline: Mapping[str, Any], faces: Mapping[str, Any]) -> list[Json]:
    """The mouth around the moments at which it opens widest, with the loudness below."""
    lane = _lane(timeline, "video.lip_sync")
    if lane is None or len(lane["curves"]) < 2:
        return []
    opening, loud = lane["curves"][:2]
    offset = (lane["offset"] or {"ms": 0})["ms"] / 1000
    half = MOUTH_STEP * (MOUTH_CELLS - 1) / 2
    rows = []
    for middle in _widest(opening, apart=2 * half, most=MOUTH_ROWS):
        first = max(0.0, middle - half)
        times = [round(first + MOUTH_STEP * n, 3) for n in range(MOUTH_CELLS)]
        boxes = [box_at(faces, time=t, part="mouth", person=lane["who"]) for t in times]
        if not any(boxes):
            continue
        cells = tuple(Wanted(time=time, size=MOUTH, box=box or _near(boxes))
                      for time, box in zip(times, boxes, strict=True))  # fmt: skip
        rows.append(
            {
                "sign": moment_words(middle),
                "cells": cells,
                "sound": _stretch(loud, first=first, last=times[-1], by=0.0),
                "moved": _stretch(loud, first=first, last=times[-1], by=-offset),
            }
        )
    return rows


def mark_rows(lane: Mapping[str, Any], timeline: Mapping[str, Any]) -> list[Json]:
    """Frames before, in and after the strongest marks of a lane, in order of time."""
    strongest = sorted(lane["marks"], key=lambda mark: -mark["strength"])[:MOST_MARKS]
    rows = []
    for mark in sorted(strongest, key=lambda one: float(one["start"])):
        first = max(0.0, mark["start"] - AROUND)
        last = min(timeline["seconds"], mark["end"] + AROUND)
        times = [round(float(t), 3) for t in np.linspace(first, max(first, last), MARK_CELLS)]
        rows.append(
            {
                "sign": moment_words(mark["start"]),
                "cells": tuple(Wanted(time=time, size=WHOLE) for time in times),
                "marked": tuple(mark["start"] - 1e-3 <= t <= mark["end"] + 0.02 for t in times),
            }
        )
    return rows


def _lane(timeline: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    return next((lane for lane in timeline["lanes"] if lane["id"] == name), None)


def _spread(marks: Sequence[Mapping[str, Any]], *, most: int) -> list[Mapping[str, Any]]:
    if len(marks) <= most:
        return list(marks)
    return [marks[round(at)] for at in np.linspace(0, len(marks) - 1, most)]


def _near(boxes: Sequence[tuple[int, int, int, int] | None]) -> tuple[int, int, int, int] | None:
    return next((box for box in boxes if box is not None), None)


def _widest(curve: Mapping[str, Any], *, apart: float, most: int) -> list[float]:
    """Moments of the highest values that are at least ``apart`` seconds from one another."""
    points = [(value, time) for time, value in zip(curve["times"], curve["values"], strict=True)
              if value is not None]  # fmt: skip
    chosen: list[float] = []
    for _, time in sorted(points, reverse=True):
        if len(chosen) == most:
            break
        if all(abs(time - other) >= apart for other in chosen):
            chosen.append(time)
    return sorted(chosen)


def _stretch(
    curve: Mapping[str, Any], *, first: float, last: float, by: float
) -> tuple[tuple[float, float], ...]:
    """The part of a curve between two moments, moved by some seconds, as shares (0-1)."""
    span, tall = max(last - first, 1e-6), curve["high"] - curve["low"]
    return tuple(
        ((time + by - first) / span, min(max((value - curve["low"]) / tall, 0.0), 1.0))
        for time, value in zip(curve["times"], curve["values"], strict=True)
        if value is not None and first <= time + by <= last
    )
