"""The board: what breaches next, kept fresh."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.access import queues_visible
from probity.cases.board import MOST, clocks_about_to_breach, pressing
from probity.cases.models import Clock, Queue
from probity.core.clock import now
from probity.web.guard import actor_of, needs
from probity.web.language.later import later

from .clock import Clock as ClockWords
from .clock import due_clock

HOURS = (1, 4, 24, 72)
STATE_WORDS = {
    "late": later("Late"),
    "warned": later("Three quarters of the time are gone"),
    "running": later("Running"),
}


@dataclass(frozen=True)
class Line:
    """One clock on the board."""

    clock: Clock
    words: ClockWords
    state: str
    holder: str

    @property
    def state_words(self) -> str:
        """How it stands."""
        return STATE_WORDS[self.state]


@dataclass(frozen=True)
class Board:
    """What is shown; ``more`` when there is more than fits."""

    lines: list[Line]
    late: int
    hours: int
    queue: Queue | None
    queues: list[Queue]
    more: bool
    choices: tuple[int, ...] = HOURS


@require_GET
@needs(Ability.CASES_READ)
def board(request: HttpRequest) -> HttpResponse:
    """Clocks by how little time is left; asked again every fifteen seconds by the page."""
    person = actor_of(request).require_person(Ability.CASES_READ)
    page = _board(person, hours=request.GET.get("hours", ""), key=request.GET.get("queue", ""))
    part = getattr(request, "htmx", False)
    name = "web/triage/board_lines.html" if part else "web/triage/board.html"
    return render(request, name, {"page": page})


def _board(person: Person, *, hours: str, key: str) -> Board:
    ahead = int(hours) if hours in {str(choice) for choice in HOURS} else HOURS[2]
    queues = list(queues_visible(person))
    queue = next((one for one in queues if one.key == key), None)
    rows = clocks_about_to_breach(
        person=person, queue=queue.pk if queue else None, ahead=timedelta(hours=ahead)
    )
    clocks = list(rows[: MOST + 1])
    lines = [_line(clock) for clock in clocks[:MOST]]
    late = sum(line.state == "late" for line in lines)
    return Board(lines, late, ahead, queue, queues, len(clocks) > MOST)


def _line(clock: Clock) -> Line:
    claims = getattr(clock.case, "live_claims", [])
    kept = clock.case.kept_for
    holder = claims[0].person.username if claims else kept.username if kept else ""
    words = due_clock(clock.due_at, since=clock.started_at)
    return Line(clock, words, pressing(clock, at=now()), holder)
