"""What the work page shows, in words and one drawing."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from probity.analysis.models import Station
from probity.analysis.rates import Depth, Expected, Lately, Minute, work_now
from probity.web.language.later import later

WIDTH, HEIGHT = 720, 150
QUEUES = {"cpu": later("Analyses (cpu)"), "gpu": later("Networks (gpu)")}


@dataclass(frozen=True)
class Bar:
    """One minute of the drawing."""

    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True)
class QueueLine:
    """One queue: what waits in it, and how long that takes."""

    title: str
    row: Expected

    @property
    def expected(self) -> str:
        """All of it with the workers there are, or that nothing was measured."""
        if self.row.waiting + self.row.leased == 0:
            return gettext("nothing waits")
        return span(self.row.seconds_each, unknown=gettext("not measured yet"))


@dataclass(frozen=True)
class StationLine:
    """A worker that runs networks."""

    row: Station

    @property
    def memory(self) -> str:
        """Used of all, in gigabytes."""
        figures = self.row.figures
        used, total = figures.get("memory_used", 0), figures.get("memory_total", 0)
        return gettext("{value:.1f} of {value_2:.1f} GiB").format(
            value=used / 2**30, value_2=total / 2**30
        )

    @property
    def warm(self) -> str:
        """Networks that are ready."""
        return ", ".join(name.partition("@")[0] for name in self.row.models_warm) or gettext(
            "no network"
        )

    @property
    def hits(self) -> str:
        """How often a network was ready."""
        figures = self.row.figures
        asked = figures.get("hits", 0) + figures.get("misses", 0)
        return f"{figures.get('hits', 0)} of {asked}"


@dataclass(frozen=True)
class DepthLine:
    """Open jobs of one model."""

    row: Depth

    @property
    def title(self) -> str:
        """The network, or whole analyses."""
        return self.row.model.partition("@")[0] or gettext("whole files")

    @property
    def oldest(self) -> str:
        """How long the first has waited."""
        return span(self.row.oldest_s)

    @property
    def expected(self) -> str:
        """What one worker needs for all of them."""
        return span(self.row.expected_s, unknown=gettext("not measured yet"))


@dataclass(frozen=True)
class LatelyLine:
    """What a network did within the last hour."""

    row: Lately

    @property
    def title(self) -> str:
        """The network."""
        return self.row.model.partition("@")[0]

    @property
    def fill(self) -> str:
        """How full its batches were."""
        return f"{self.row.fill:.0%}"

    @property
    def waited(self) -> str:
        """Mean and longest."""
        return gettext("{waited_s}, at most {waited_most_s}").format(
            waited_s=span(self.row.waited_s), waited_most_s=span(self.row.waited_most_s)
        )

    @property
    def ran(self) -> str:
        """Mean of a batch, in milliseconds."""
        return f"{1000 * self.row.ran_s:.0f} ms"


@dataclass(frozen=True)
class WorkPage:
    """Everything on it."""

    queues: list[QueueLine]
    depths: list[DepthLine]
    stations: list[StationLine]
    lately: list[LatelyLine]
    minutes: list[Minute]
    bars: list[Bar]
    top: int
    width: int = WIDTH
    height: int = HEIGHT + 1
    ground: int = HEIGHT

    @property
    def busy(self) -> bool:
        """Whether anything was run within the half hour that is drawn."""
        return self.top > 0


def work_page() -> WorkPage:
    """As it is now."""
    found = work_now()
    top = max((one.items for one in found.minutes), default=0)
    return WorkPage(
        queues=[QueueLine(QUEUES.get(one.queue, one.queue), one) for one in found.expected],
        depths=[DepthLine(one) for one in found.depths],
        stations=[StationLine(one) for one in found.stations],
        lately=[LatelyLine(one) for one in found.lately],
        minutes=found.minutes,
        bars=bars(found.minutes, top=top),
        top=top,
    )


def bars(minutes: list[Minute], *, top: int) -> list[Bar]:
    """One bar a minute, the present at the right."""
    step = WIDTH / max(1, len(minutes))
    drawn = []
    for place, one in enumerate(minutes):
        height = round((HEIGHT - 8) * one.items / top, 1) if top else 0.0
        words = gettext("{minutes_ago} min ago: {items} items").format(
            minutes_ago=one.minutes_ago, items=one.items
        )
        drawn.append(
            Bar(round(place * step + 1, 1), HEIGHT - height, round(step - 2, 1), height, words)
        )
    return drawn


def span(seconds: float | None, *, unknown: str = "–") -> str:
    """A length of time in words."""
    if seconds is None:
        return unknown
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
