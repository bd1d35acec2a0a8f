"""A rule's legal states over the years, as a strip with today marked on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from probity.web.language.later import later

WIDTH = 1000
MARGIN = timedelta(days=240)

STATE_WORDS = {
    "in_force": later("In force"),
    "enjoined": later("Stopped by a court"),
    "struck_down": later("Struck down"),
    "sunset": later("Expired"),
    "pending": later("Not started"),
    "disputed": later("Disputed"),
    "superseded": later("Replaced"),
}


@dataclass(frozen=True)
class Stretch:
    """One state from a day on. ``x`` and ``width`` are on a scale of 0 to 1000."""

    state: str
    words: str
    since: date | None
    note: str
    x: int
    width: int


@dataclass(frozen=True)
class Strip:
    """The stretches in order; the first one has no known beginning."""

    stretches: Sequence[Stretch]
    today: int
    now: Stretch

    @property
    def later(self) -> list[Stretch]:
        """What is still to come."""
        return [stretch for stretch in self.stretches if stretch.x > self.today]


def strip(timeline: Sequence[Mapping[str, Any]], *, today: date) -> Strip:
    """Lay a timeline out between some time before its first and after its last change."""
    starts = [_day(change["from"]) for change in timeline]
    begin = min([*starts, today]) - MARGIN
    end = max([*starts, today]) + MARGIN

    def place(day: date) -> int:
        return round(WIDTH * (day - begin) / (end - begin))

    edges = [place(day) for day in starts]
    stretches = [Stretch("pending", STATE_WORDS["pending"], None, "", 0, edges[0])]
    for change, start, x, until in zip(timeline, starts, edges, [*edges[1:], WIDTH], strict=True):
        stretches.append(
            Stretch(
                state=change["state"],
                words=STATE_WORDS[change["state"]],
                since=start,
                note=change["note"] or "",
                x=x,
                width=until - x,
            )
        )
    current = [row for row in stretches if row.since is None or row.since <= today][-1]
    return Strip(stretches, place(today), current)


def _day(text: str) -> date:
    return date.fromisoformat(text if len(text) > len("2026-05") else f"{text}-01")
