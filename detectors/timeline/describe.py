"""From findings to a timeline: a lane per detector with its marks and curves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

VERSION = 1
ORDER = (
    "video.blink", "video.lip_sync", "video.lip_jitter", "video.temporal_flicker",
    "video.face_forgery", "video.head_pose", "video.motion", "video.colour", "video.blend_boundary",
    "video.shallowfake", "video.timing",
)  # fmt: skip
MOST_MARKS = 600
MOST_CURVES = 4
MOST_POINTS = 1700
MOST_WORDS = 600
MOST_LANES = 64
TICK = 0.06
"""Stretches shorter than this many seconds are drawn as ticks."""

CLOSURES = (
    ("blinks", "blink"),
    ("incomplete_blinks", "incomplete blink"),
    ("long_closures", "eyes closed for long"),
)
Json = dict[str, Any]


def describe(
    findings: Iterable[Mapping[str, Any]],
    *,
    seconds: float | None,
    fps: float | None = None,
    faces: Mapping[str, Any] | None = None,
) -> Json:
    """``{"version", "seconds", "fps", "windows", "cuts", "people", "lanes"}``.

    A finding needs ``detector``, ``title``, ``status``, ``sentence``, and may have ``tracks``,
    ``details`` and ``curves`` as :meth:`detectors.api.Finding.to_json` has them. ``seconds`` is the
    length of the file; None takes the last moment that is marked. ``faces`` comes from
    :func:`detectors.faces.where.where`. Nothing that is not finite comes out, nothing before the
    start, and never more than the limits of this module; what a lane leaves out it counts in
    ``left_out``.
    """
    found = [_lane(finding) for finding in findings]
    lanes = sorted((lane for lane in found if lane is not None), key=_place)[:MOST_LANES]
    length = _number(seconds)
    if length is None or length <= 0:
        length = max((_end(lane) for lane in lanes), default=0.0)
    seen = faces or {}
    return {
        "version": VERSION,
        "seconds": round(max(length, 0.001), 3),
        "fps": _number(fps),
        "windows": [[float(a), float(b)] for a, b in seen.get("windows", [])],
        "cuts": [float(cut) for cut in seen.get("cuts", [])][:MOST_MARKS],
        "people": len({track["person"] for track in seen.get("tracks", [])}),
        "lanes": lanes,
    }


def events(timeline: Mapping[str, Any]) -> list[Json]:
    """Every mark of every lane in order of time: ``{"start", "end", "lane", "title", "label"}``;
    cuts between scenes too."""
    found = [
        {
            "start": mark["start"], "end": mark["end"], "lane": lane["id"],
            "title": lane["title"], "label": mark["label"],
        }
        for lane in timeline["lanes"]
        for mark in lane["marks"]
    ]  # fmt: skip
    found += [
        {"start": cut, "end": cut, "lane": "", "title": "Cuts", "label": "a new scene begins"}
        for cut in timeline["cuts"]
    ]
    return sorted(found, key=lambda event: (event["start"], event["lane"]))


def _lane(finding: Mapping[str, Any]) -> Json | None:
    details = finding.get("details")
    details = details if isinstance(details, Mapping) else {}
    name = str(finding.get("detector", ""))
    marks = _closures(details) if name == "video.blink" else _marks(finding.get("tracks"))
    curves = [curve for curve in map(_curve, _items(finding.get("curves"))) if curve]
    over_time = [curve for curve in curves if curve["axis"] == "time"]
    delays = [curve for curve in curves if curve["axis"] == "delay"]
    status = str(finding.get("status", ""))
    if not name or (status != "ok" and not marks and not curves):
        return None
    return {
        "id": name,
        "title": _words(finding.get("title")) or name,
        "status": status,
        "sentence": _words(finding.get("sentence")),
        "who": _who(details),
        "marks": marks[:MOST_MARKS],
        "left_out": max(0, len(marks) - MOST_MARKS),
        "curves": over_time[:MOST_CURVES],
        "delays": delays[0] if delays else None,
        "offset": _offset(details) if name == "video.lip_sync" else None,
    }


def _closures(details: Mapping[str, Any]) -> list[Json]:
    found = [
        mark
        for key, label in CLOSURES
        for mark in _marks([{**one, "label": label} for one in _items(details.get(key))])
    ]
    return sorted(found, key=lambda mark: float(mark["start"]))


def _marks(tracks: object) -> list[Json]:
    found = []
    for track in _items(tracks):
        start, end = _number(track.get("start")), _number(track.get("end"))
        if start is None or start < 0:
            continue
        end = max(start, end if end is not None else start)
        found.append(
            {
                "start": round(start, 3),
                "end": round(end, 3),
                "label": _words(track.get("label")),
                "strength": min(1.0, max(0.0, _number(track.get("strength")) or 0.0)),
            }
        )
    return sorted(found, key=lambda mark: (float(mark["start"]), float(mark["end"])))


def _curve(curve: Mapping[str, Any]) -> Json | None:
    times, values = curve.get("times"), curve.get("values")
    low, high = _number(curve.get("low")), _number(curve.get("high"))
    if not isinstance(times, Sequence) or not isinstance(values, Sequence) or low is None:
        return None
    if high is None or high <= low or not times or len(times) != len(values):
        return None
    points = [(_number(time), _number(value)) for time, value in zip(times, values, strict=True)]
    kept = [(time, value) for time, value in points if time is not None][:MOST_POINTS]
    return {
        "label": _words(curve.get("label")),
        "unit": _words(curve.get("unit")),
        "low": low,
        "high": high,
        "level": _number(curve.get("level")),
        "level_label": _words(curve.get("level_label")),
        "axis": "delay" if curve.get("axis") == "delay" else "time",
        "times": [time for time, _ in kept],
        "values": [value for _, value in kept],
    }


def _offset(details: Mapping[str, Any]) -> Json | None:
    late = _number(details.get("offset_ms"))
    peak = _number(details.get("raw_offset_ms"))
    if late is None:
        return None
    return {
        "ms": round(late),
        "peak_ms": round(late if peak is None else peak),
        "uncertainty_ms": round(_number(details.get("uncertainty_ms")) or 0),
        "judged": details.get("judged") is True,
    }


def _who(details: Mapping[str, Any]) -> int | None:
    """The person that the lane is about, from 0; None where it is about nobody in particular."""
    for key in ("speaker", "person"):
        if isinstance(details.get(key), int):
            return int(details[key])
    return None


def _place(lane: Json) -> tuple[int, str]:
    known = lane["id"] in ORDER
    return (ORDER.index(lane["id"]) if known else len(ORDER), lane["id"])


def _end(lane: Json) -> float:
    ends = [float(mark["end"]) for mark in lane["marks"]]
    return max(ends + [curve["times"][-1] for curve in lane["curves"]], default=0.0)


def _items(value: object) -> list[Mapping[str, Any]]:
    if not isinstance(value, list | tuple):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _words(value: object) -> str:
    return str(value or "")[:MOST_WORDS]
