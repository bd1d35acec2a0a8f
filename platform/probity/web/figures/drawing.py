"""Bar charts as SVG: real values only, the unit and n on the axis, a scale from zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from probity.insight.figures import Chart

WIDTH, LABELS, RIGHT, TOP = 720.0, 190.0, 56.0, 26.0
BAR, GAP, GROUP = 14.0, 2.0, 12.0
COLUMN_HEIGHT, FOOT, LEFT = 190.0, 44.0, 52.0
#: With more groups than this, groups stand side by side as columns.
ROWS_MAX = 24
TICKS = 5
LEAST_DRAWN = 1e-6
"""Below it a chart has nothing to show."""


@dataclass(frozen=True)
class Scale:
    """From values to lengths, with round ticks."""

    top: float
    length: float
    ticks: Sequence[float]

    def at(self, value: float) -> float:
        """How far from zero a value lies."""
        return value / self.top * self.length


def scale_for(chart: Chart, *, length: float) -> Scale:
    """A scale from zero to a round number at or above the largest value."""
    top = chart.top or _round_up(_largest(chart), least=_least(chart))
    step = top / 4 if chart.top else max(_least(chart), _step(top))
    count = floor(top / step + 1e-9)
    return Scale(top, length, [round(step * place, 10) for place in range(count + 1)])


def draw(chart: Chart, *, title: str) -> SafeString:
    """The chart as an SVG element; empty when there is nothing to draw."""
    if not chart.labels:
        return SafeString("")
    body, height = _columns(chart) if len(chart.labels) > ROWS_MAX else _rows(chart)
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}" '
        'preserveAspectRatio="xMinYMin meet">{}</svg>',
        _n(WIDTH),
        _n(height),
        gettext("{title}, in {unit}. The table below has the numbers.").format(
            title=title, unit=chart.unit
        ),
        body,
    )


def _rows(chart: Chart) -> tuple[SafeString, float]:
    """One group of lying bars per label."""
    scale = scale_for(chart, length=WIDTH - LABELS - RIGHT)
    deep = 1 if chart.stacked else len(chart.series)
    group = deep * (BAR + GAP) + GROUP
    height = TOP + group * len(chart.labels) + FOOT
    bottom = height - FOOT
    pieces = [_grid_lines(scale, bottom)]
    for place, label in enumerate(chart.labels):
        top = TOP + place * group
        count = f" (n={chart.counts[place]})" if chart.counts else ""
        pieces.append(
            format_html(
                '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>',
                _n(LABELS - 8),
                _n(top + group / 2),
                _short(label) + count,
            )
        )
        pieces.append(_group(chart, place, top + GROUP / 2, scale))
    pieces.append(
        format_html(
            '<text class="chart-unit" x="{}" y="{}">{}</text>',
            _n(LABELS),
            _n(height - 8),
            chart.unit,
        )
    )
    return _joined(pieces), height


def _group(chart: Chart, place: int, top: float, scale: Scale) -> SafeString:
    pieces, reached = [], 0.0
    for row, series in enumerate(chart.series):
        value = series.values[place]
        y = top if chart.stacked else top + row * (BAR + GAP)
        if value is None:
            pieces.append(_word(LABELS + 4, y + BAR - 3, gettext("no value")))
            continue
        begins = LABELS + (scale.at(reached) if chart.stacked else 0)
        width = scale.at(value)
        pieces.append(_bar(begins, y, width, BAR, row, f"{series.name}: {_value(value)}"))
        if series.low and series.low[place] is not None and series.high[place] is not None:
            low, high = float(series.low[place] or 0), float(series.high[place] or 0)
            pieces.append(_whisker(LABELS + scale.at(low), LABELS + scale.at(high), y + BAR / 2))
            width = max(width, scale.at(high))
        if not chart.stacked:
            pieces.append(_word(begins + width + 4, y + BAR - 3, _value(value)))
        reached += value
    if chart.stacked:
        pieces.append(_word(LABELS + scale.at(reached) + 4, top + BAR - 3, _value(reached)))
    return _joined(pieces)


def _columns(chart: Chart) -> tuple[SafeString, float]:
    """One group of standing bars per label, for many labels such as days."""
    scale = scale_for(chart, length=COLUMN_HEIGHT)
    bottom = TOP + COLUMN_HEIGHT
    room = (WIDTH - LEFT - 8) / len(chart.labels)
    thick = max(1.0, room * 0.8 / len(chart.series))
    pieces = [
        format_html(
            '<line class="chart-grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text class="chart-tick" x="{}" y="{}" text-anchor="end">{}</text>',
            _n(LEFT), _n(WIDTH - 8), _n(bottom - scale.at(tick)), _n(bottom - scale.at(tick)),
            _n(LEFT - 6), _n(bottom - scale.at(tick) + 4), _value(tick),
        )
        for tick in scale.ticks
    ]  # fmt: skip
    for place, label in enumerate(chart.labels):
        for row, series in enumerate(chart.series):
            value = series.values[place] or 0.0
            height = scale.at(value)
            x = LEFT + place * room + row * thick
            said = f"{label}, {series.name}: {_value(value)}"
            pieces.append(_bar(x, bottom - height, thick, height, row, said))
    every = max(1, ceil(len(chart.labels) / 8))
    pieces.extend(
        _word(LEFT + place * room, bottom + 16, chart.labels[place])
        for place in range(0, len(chart.labels), every)
    )
    pieces.append(
        format_html(
            '<text class="chart-unit" x="{}" y="{}">{}</text>',
            _n(LEFT),
            _n(bottom + 36),
            chart.unit,
        )
    )
    return _joined(pieces), bottom + FOOT


def _grid_lines(scale: Scale, bottom: float) -> SafeString:
    return format_html_join(
        "",
        '<line class="chart-grid" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
        '<text class="chart-tick" x="{0}" y="{3}" text-anchor="middle">{4}</text>',
        (
            (_n(LABELS + scale.at(tick)), _n(TOP), _n(bottom), _n(bottom + 14), _value(tick))
            for tick in scale.ticks
        ),
    )


def _bar(x: float, y: float, width: float, height: float, row: int, said: str) -> SafeString:
    return format_html(
        '<rect class="chart-bar chart-bar-{}" x="{}" y="{}" width="{}" height="{}">'
        "<title>{}</title></rect>",
        row % 4,
        _n(x),
        _n(y),
        _n(max(0.0, width)),
        _n(max(0.0, height)),
        said,
    )


def _whisker(low: float, high: float, y: float) -> SafeString:
    return format_html(
        '<path class="chart-whisker" d="M{0} {2}V{3}M{0} {4}H{1}M{1} {2}V{3}"/>',
        _n(low),
        _n(high),
        _n(y - 4),
        _n(y + 4),
        _n(y),
    )


def _word(x: float, y: float, text: str) -> SafeString:
    return format_html('<text class="chart-value" x="{}" y="{}">{}</text>', _n(x), _n(y), text)


def _largest(chart: Chart) -> float:
    known = [[value or 0.0 for value in series.values] for series in chart.series]
    if chart.stacked:
        return max((sum(group) for group in zip(*known, strict=True)), default=0.0)
    return max((value for values in known for value in values), default=0.0)


def _step(top: float) -> float:
    """A round distance of ticks: 1, 2 or 5 times a power of ten, whole where values are counts."""
    rough = top / TICKS
    power = 10.0 ** floor(log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough - 1e-9)


def _least(chart: Chart) -> float:
    """The smallest step: one, where everything is counted in whole numbers."""
    values = [value for series in chart.series for value in series.values if value is not None]
    return 1.0 if all(float(value).is_integer() for value in values) else 0.0


def _round_up(value: float, *, least: float) -> float:
    if value < LEAST_DRAWN:
        return 1.0
    step = max(least, _step(value))
    return ceil(value / step - 1e-9) * step


def _joined(pieces: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _short(label: str) -> str:
    return label if len(label) <= 24 else label[:23] + "…"


def _value(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")


def _n(value: float) -> str:
    return f"{value:.1f}"
