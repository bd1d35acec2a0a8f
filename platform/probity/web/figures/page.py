"""The page of figures: which days, and each figure with its chart and table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from probity.accounts.models import Person
from probity.core.clock import now
from probity.insight.figures import Figure, Span
from probity.insight.selectors import figures
from probity.web.language.later import later

from .drawing import draw

PRESETS = (
    (7, later("7 days")),
    (28, later("4 weeks")),
    (91, later("13 weeks")),
    (365, later("a year")),
)


@dataclass(frozen=True)
class Preset:
    """One of the usual spans."""

    words: str
    address: str
    here: bool


@dataclass(frozen=True)
class Shown:
    """One figure as the page shows it."""

    figure: Figure
    drawing: SafeString
    table: str

    @property
    def series(self) -> list[tuple[int, str]]:
        """What each colour stands for; empty when there is but one."""
        chart = self.figure.chart
        if chart is None or len(chart.series) < 2:
            return []
        return [(place % 4, series.name) for place, series in enumerate(chart.series)]


@dataclass(frozen=True)
class FiguresPage:
    """The whole page."""

    span: Span
    presets: list[Preset]
    shown: list[Shown]


def figures_page(*, person: Person, span: Span) -> FiguresPage:
    """Gather all figures for some days, over what this person may see."""
    shown = [shown_of(figure, span) for figure in figures(person=person, span=span)]
    return FiguresPage(span, presets(span, name="figures"), shown)


def shown_of(figure: Figure, span: Span) -> Shown:
    """One figure of some days with its drawing and the address of its table."""
    asked = {"from": span.first.isoformat(), "to": span.last.isoformat()}
    return Shown(
        figure,
        draw(figure.chart, title=figure.title) if figure.chart else SafeString(""),
        f"{reverse('figure-table', args=[figure.key])}?{urlencode(asked)}",
    )


def presets(span: Span, *, name: str) -> list[Preset]:
    """The usual spans of the page of this name."""
    today = now().date()
    found = []
    for count, words in PRESETS:
        begin = today - timedelta(days=count - 1)
        address = urlencode({"from": begin.isoformat(), "to": today.isoformat()})
        here = (span.first, span.last) == (begin, today)
        found.append(Preset(words, f"{reverse(name)}?{address}", here))
    return found
