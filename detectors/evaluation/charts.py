"""ROC, DET, reliability and score charts as SVG, drawn here: no library, no script, no font."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from detectors.calibration import measures
from detectors.calibration.measures import Flags, Floats

WIDTH, HEIGHT = 320, 300
LEFT, TOP, INNER = 44, 26, 230
INK, GRID, REAL, FAKE, LINE = "#22252a", "#d7dbe0", "#2f6f9f", "#b5532a", "#22252a"
RARE = 0.01
"""The DET chart runs from 1 % to 99 % on both axes."""

Point = tuple[float, float]


def roc(values: Floats, fake: Flags) -> str:
    """Hits over false alarms."""
    found = measures.curve(values, fake)
    points = list(zip(found.false_alarm.tolist(), found.hit.tolist(), strict=True))
    area = measures.auc(values, fake)
    return _chart(
        f"ROC, area {area:.3f}",
        [_line([(0, 0), (1, 1)], GRID, dashed=True), _line(points, LINE)],
        across="false alarms",
        up="hits",
    )


def det(values: Floats, fake: Flags) -> str:
    """Misses over false alarms, both on the scale of the normal distribution (Martin et al.
    1997): two normal distributions give a straight line."""
    found = measures.curve(values, fake)
    points = [
        (_probit(x), _probit(1 - y))
        for x, y in zip(found.false_alarm.tolist(), found.hit.tolist(), strict=True)
    ]
    marks = [(_probit(share), f"{share:.0%}") for share in (0.01, 0.05, 0.2, 0.5, 0.8, 0.95)]
    equal = _line([(0, 0), (1, 1)], GRID, dashed=True)
    return _chart(
        f"DET, equal error rate {measures.eer(values, fake):.3f}",
        [equal, _line(points, LINE)],
        across="false alarms",
        up="misses",
        marks=marks,
    )


def reliability(llrs: Floats, fake: Flags) -> str:
    """What was said against what was so, at even prior odds; the larger the dot, the more files."""
    dots = [
        _dot((one.said, one.was), radius=3 + 9 * math.sqrt(one.share), title=f"{one.n} files")
        for one in measures.bins_of(llrs, fake)
    ]
    return _chart(
        f"Reliability, error {measures.ece(llrs, fake):.3f}",
        [_line([(0, 0), (1, 1)], GRID, dashed=True), *dots],
        across="stated probability",
        up="share altered",
    )


def scores(values: Floats, fake: Flags, *, bins: int = 24) -> str:
    """How the two classes lie along the score, each class at the same total height."""
    low, high = float(values.min()), float(values.max())
    edges = np.linspace(low, high if high > low else low + 1, bins + 1)
    bars: list[str] = []
    shares = [
        np.histogram(values[which], edges)[0] / max(1, int(which.sum())) for which in (~fake, fake)
    ]
    top = max(float(share.max()) for share in shares) or 1.0
    for share, colour in zip(shares, (REAL, FAKE), strict=True):
        bars += [
            _bar(index / bins, 1 / bins, float(height) / top, colour)
            for index, height in enumerate(share)
            if height
        ]
    marks = [(0.0, f"{low:.3g}"), (1.0, f"{high:.3g}")]
    key = (
        f'<text x="{LEFT + 6}" y="{TOP + 14}" fill="{REAL}">genuine</text>'
        f'<text x="{LEFT + 66}" y="{TOP + 14}" fill="{FAKE}">altered</text>'
    )
    return _chart("Scores", [*bars, key], across="score", up="share", marks=marks, up_marks=[])


def _probit(share: float) -> float:
    """Share to [0, 1] of the axis, cut at both ends."""
    normal = NormalDist()
    ends = normal.inv_cdf(RARE), normal.inv_cdf(1 - RARE)
    value = normal.inv_cdf(min(max(share, RARE), 1 - RARE))
    return (value - ends[0]) / (ends[1] - ends[0])


def _chart(
    title: str,
    parts: Sequence[str],
    *,
    across: str,
    up: str,
    marks: Sequence[tuple[float, str]] | None = None,
    up_marks: Sequence[tuple[float, str]] | None = None,
) -> str:
    below = [(0.0, "0"), (0.5, "0.5"), (1.0, "1")] if marks is None else list(marks)
    beside = below if up_marks is None else list(up_marks)
    axes = [
        f'<text x="{_x(at):.1f}" y="{TOP + INNER + 15}" text-anchor="middle">{_text(words)}</text>'
        for at, words in below
    ] + [
        f'<text x="{LEFT - 5}" y="{_y(at) + 4:.1f}" text-anchor="end">{_text(words)}</text>'
        for at, words in beside
    ]
    name = _text(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-label="{name}" font-family="sans-serif" '
        f'font-size="10" fill="{INK}"><text x="{LEFT}" y="16" font-size="12" '
        f'font-weight="600">{name}</text><rect x="{LEFT}" y="{TOP}" width="{INNER}" '
        f'height="{INNER}" fill="none" stroke="{GRID}"/>{"".join(parts)}{"".join(axes)}'
        f'<text x="{LEFT + INNER / 2}" y="{TOP + INNER + 30}" text-anchor="middle">{across}</text>'
        f'<text transform="translate(12 {TOP + INNER / 2}) rotate(-90)" text-anchor="middle">{up}'
        "</text></svg>"
    )


def _line(points: Sequence[Point], colour: str, *, dashed: bool = False) -> str:
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{dash}/>'


def _dot(point: Point, *, radius: float, title: str) -> str:
    return (
        f'<circle cx="{_x(point[0]):.1f}" cy="{_y(point[1]):.1f}" r="{radius:.1f}" fill="{FAKE}" '
        f'fill-opacity="0.6"><title>{_text(title)}</title></circle>'
    )


def _bar(left: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{_x(left):.1f}" y="{_y(height):.1f}" width="{width * INNER:.1f}" '
        f'height="{height * INNER:.1f}" fill="{colour}" fill-opacity="0.5"/>'
    )


def _x(share: float) -> float:
    return LEFT + share * INNER


def _y(share: float) -> float:
    return TOP + (1 - share) * INNER


def _text(words: str) -> str:
    return html.escape(words, quote=True)
