"""Lanes as SVG without styles of their own: whoever shows them brings the style sheet.

A drawing is as wide as its place; moments are per cent of the file's length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from detectors.clock import clock
from detectors.timeline.describe import TICK

Say = Callable[[str], str]
"""A sentence in the reader's language, or as it is where it has no words there."""

WIDE, TALL = 1000, 100
FLAT = 22
CURVED = 58
DELAY_WIDE, DELAY_TALL = 480, 120
LEAST_SHARE = 0.15
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)


def lane_svg(
    lane: Mapping[str, Any], *, seconds: float, cuts: Sequence[float] = (), say: Say = str
) -> str:
    """One lane: cuts as faint lines, curves, stretches as bars, moments as ticks."""
    height = CURVED if lane["curves"] else FLAT
    parts = [f'<line class="tl-cut" x1="{_at(c, seconds)}" x2="{_at(c, seconds)}" y1="0" '
             f'y2="{height}"/>' for c in cuts]  # fmt: skip
    if lane["curves"]:
        parts.append(
            f'<svg viewBox="0 0 {WIDE} {TALL}" preserveAspectRatio="none" y="4" '
            f'width="100%" height="{height - 8}">{_curves(lane["curves"], seconds)}</svg>'
        )
    parts += [_mark(mark, seconds=seconds, height=height, say=say) for mark in lane["marks"]]
    return (
        f'<svg class="tl-svg" width="100%" height="{height}" role="img" '
        f'aria-label="{escape(summary(lane, say=say))}">{"".join(parts)}</svg>'
    )


def summary(lane: Mapping[str, Any], *, say: Say = str) -> str:
    """A lane in words, for those who do not see it."""
    count = len(lane["marks"]) + lane["left_out"]
    words = "nothing marked" if not count else "1 mark" if count == 1 else f"{count} marks"
    curves = ", ".join(say(scale(curve)) for curve in lane["curves"])
    return f"{say(lane['title'])}: {say(words)}" + (f"; {curves}" if curves else "")


def scale(curve: Mapping[str, Any]) -> str:
    """A curve's name, unit and range."""
    label, low, high = curve["label"], f"{curve['low']:.3g}", f"{curve['high']:.3g}"
    if curve["unit"]:
        return f"{label}, {curve['unit']}, {low} to {high}"
    return f"{label}, {low} to {high}"


def ruler_svg(seconds: float) -> str:
    """The axis of time with round moments."""
    step = next((each for each in STEPS if seconds / each <= 10), STEPS[-1])
    parts = []
    for number in range(int(seconds / step + 1e-9) + 1):
        moment = number * step
        anchor = "start" if number == 0 else "end" if moment > 0.94 * seconds else "middle"
        parts.append(
            f'<line x1="{_at(moment, seconds)}" x2="{_at(moment, seconds)}" y1="0" y2="5"/>'
            f'<text x="{_at(moment, seconds)}" y="17" text-anchor="{anchor}">'
            f"{clock(round(moment, 2))}</text>"
        )
    return (
        '<svg class="tl-ruler" width="100%" height="20" aria-hidden="true">'
        + "".join(parts)
        + "</svg>"
    )


def delays_svg(
    curve: Mapping[str, Any], *, offset: Mapping[str, Any] | None, say: Say = str
) -> str:
    """How well lips and sound match at each delay, with the delay that was found."""
    first, last = float(curve["times"][0]), float(curve["times"][-1])
    span = max(last - first, 1e-9)

    def x(delay: float) -> float:
        return DELAY_WIDE * (delay - first) / span

    bottom = DELAY_TALL - 22
    parts = []
    for half in range(round(first * 2), round(last * 2) + 1):
        place = x(half / 2)
        anchor = "start" if place < 20 else "end" if place > DELAY_WIDE - 20 else "middle"
        words = f"{half / 2:+.1f} s" if half else "0"
        parts.append(
            f'<line class="tl-cut" x1="{place:.1f}" x2="{place:.1f}" y1="0" y2="{bottom}"/>'
            f'<text x="{place:.1f}" y="{DELAY_TALL - 4}" text-anchor="{anchor}">{words}</text>'
        )
    points = " ".join(
        f"{x(time):.1f},{bottom * (1 - _share(value, curve)):.1f}"
        for time, value in zip(curve["times"], curve["values"], strict=True)
        if value is not None
    )
    parts.append(f'<polyline class="tl-curve" points="{points}"/>')
    if offset is not None:
        place = min(max(x(offset["peak_ms"] / 1000), 0.0), DELAY_WIDE)
        parts.append(
            f'<line class="tl-found" x1="{place:.1f}" x2="{place:.1f}" y1="0" y2="{bottom}"/>'
        )
    label = f"{scale(curve)}, at delays from {first:+.1f} to {last:+.1f} seconds"
    return (
        f'<svg class="tl-delays" viewBox="0 0 {DELAY_WIDE} {DELAY_TALL}" role="img" '
        f'aria-label="{escape(say(label))}">{"".join(parts)}</svg>'
    )


def _mark(mark: Mapping[str, Any], *, seconds: float, height: int, say: Say) -> str:
    start, long = mark["start"], mark["end"] - mark["start"]
    words = f"{say(clock(round(start, 2)))}: {say(mark['label'])}"
    place = f'data-seek="{start:g}"'
    title = f"<title>{escape(words)}</title>"
    if long < TICK or mark["label"] in ("blink", "incomplete blink"):
        middle = _at(start + long / 2, seconds)
        half = " tl-faint" if mark["label"] == "incomplete blink" else ""
        return (
            f'<line class="tl-tick{half}" {place} x1="{middle}" x2="{middle}" y1="2" '
            f'y2="{height - 2}">{title}</line>'
        )
    strength = LEAST_SHARE + (1 - LEAST_SHARE) * mark["strength"]
    return (
        f'<rect class="tl-span" {place} x="{_at(start, seconds)}" '
        f'width="{100 * min(long / seconds, 1):.4f}%" y="2" height="{height - 4}" '
        f'fill-opacity="{0.25 + 0.45 * strength:.2f}">{title}</rect>'
    )


def _curves(curves: Sequence[Mapping[str, Any]], seconds: float) -> str:
    parts = []
    for number, curve in enumerate(curves):
        level = curve["level"]
        if level is not None and curve["low"] <= level <= curve["high"]:
            y = TALL * (1 - _share(level, curve))
            parts.append(f'<line class="tl-level" x1="0" x2="{WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>')
        for run in _runs(curve):
            points = " ".join(
                f"{WIDE * min(max(time / seconds, 0), 1):.1f},{TALL * (1 - _share(v, curve)):.1f}"
                for time, v in run
            )
            parts.append(f'<polyline class="tl-curve tl-curve-{number}" points="{points}"/>')
    return "".join(parts)


def _runs(curve: Mapping[str, Any]) -> list[list[tuple[float, float]]]:
    """The stretches between breaks; a single point becomes a short dash."""
    runs: list[list[tuple[float, float]]] = [[]]
    for time, value in zip(curve["times"], curve["values"], strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((time, value))
    return [run if len(run) > 1 else run * 2 for run in runs if run]


def _share(value: float, curve: Mapping[str, Any]) -> float:
    share: float = (value - curve["low"]) / (curve["high"] - curve["low"])
    return min(max(share, 0.0), 1.0)


def _at(moment: float, seconds: float) -> str:
    return f"{100 * min(max(moment / seconds, 0.0), 1.0):.4f}%"
