"""What the case page says of urgency and of passing the case on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from probity.accounts.models import Person
from probity.accounts.roles import ABILITIES, Ability
from probity.cases.access import queues_visible
from probity.cases.clocks import clocks_running
from probity.cases.models import Case, CaseState, Clock, Handover, Queue, WorkNote
from probity.cases.priority import why_line
from probity.cases.selectors import work_notes
from probity.cases.targets import UNDECIDED
from probity.core.clock import now
from probity.web.language.later import later
from probity.web.language.said import said_in_line

from .clock import Clock as ClockWords
from .clock import due_clock

PEOPLE_MOST = 200
NOTE_WORDS = {
    "returned": later("returned it"),
    "sent": later("handed it over"),
    "moved": later("moved it to another queue"),
    "snoozed": later("put it off"),
    "escalated": later("escalated it"),
    "answered": later("answered the escalation"),
    "merged": later("merged it"),
    "asked_again": later("wrote down that erasure was asked for once more"),
    "unsealed": later("lifted a seal"),
    "lift_proposed": later("proposed to lift a seal"),
    "lift_agreed": later("agreed to lift a seal"),
    "lift_refused": later("refused to lift a seal"),
    "lift_withdrawn": later("took back the proposal to lift a seal"),
    "split": later("split a report off"),
}
WAITING_WORDS = {
    "reporter": later("the reporter"),
    "uploader": later("the uploader"),
    "authority": later("an authority"),
}
SPAN_WORDS = {
    "1h": later("an hour"), "4h": later("4 hours"), "1d": later("a day"),
    "3d": later("3 days"), "1w": later("a week"),
}  # fmt: skip


@dataclass(frozen=True)
class Own:
    """One clock that is a target of our own."""

    clock: Clock
    words: ClockWords


@dataclass(frozen=True)
class Note:
    """Why somebody passed the case on."""

    row: WorkNote

    @property
    def did(self) -> str:
        """What they did."""
        return NOTE_WORDS.get(self.row.kind, "wrote")


class Passing:
    """Urgency in words, and where the case can go; read when a template first asks."""

    def __init__(self, case: Case, *, person: Person) -> None:
        self.case = case
        self.person = person
        self.waiting_words = WAITING_WORDS
        self.spans = SPAN_WORDS

    @cached_property
    def running(self) -> list[Clock]:
        """Every open clock, the nearest first."""
        return list(clocks_running(self.case))

    @property
    def own(self) -> list[Own]:
        """Targets of our own that still run."""
        return [Own(row, due_clock(row.due_at)) for row in self.running if row.service]

    @property
    def why(self) -> str:
        """Why the case stands where it does in the queue, in one line."""
        nearest = next((row for row in self.running if row.paused_at is None), None)
        since = nearest.started_at if nearest else None
        return said_in_line(why_line(self.case.priority_why, since=since, at=now()))

    @property
    def undecided(self) -> bool:
        """Whether there is still something to pass on."""
        return self.case.state in UNDECIDED

    @property
    def may_pass(self) -> bool:
        """Whether this person may pass it on."""
        return self.undecided and Ability.CASES_WORK in self.person.abilities

    @property
    def may_lead(self) -> bool:
        """Whether this person leads."""
        return Ability.QUEUES_MANAGE in self.person.abilities

    @cached_property
    def sent(self) -> Handover | None:
        """Whom the case waits for."""
        rows = self.case.handovers.filter(ended_at=None).select_related("person", "sender")
        return rows.first()

    @cached_property
    def queues(self) -> list[Queue]:
        """The other queues."""
        return [one for one in queues_visible(self.person) if one.pk != self.case.queue_id]

    @cached_property
    def people(self) -> list[str]:
        """The names of those who work on cases."""
        able = [role for role, may in ABILITIES.items() if Ability.CASES_WORK in may]
        roles = Q()
        for role in able:
            roles |= Q(roles__contains=[role])
        rows = Person.objects.filter(roles, is_active=True).exclude(pk=self.person.pk)
        return list(rows.order_by("username").values_list("username", flat=True)[:PEOPLE_MOST])

    @cached_property
    def warning(self) -> datetime | None:
        """When the nearest legal deadline warns."""
        return min((row.warn_at for row in self.running if not row.service), default=None)

    @cached_property
    def notes(self) -> list[Note]:
        """Why it was passed on so far, the latest first."""
        return [Note(row) for row in work_notes(self.case)[:20]]

    @property
    def waiting_for(self) -> str:
        """Whom it waits for while it is put off."""
        return WAITING_WORDS.get(self.case.waiting_for, "")

    @property
    def merged(self) -> bool:
        """Whether it is part of another case now."""
        return self.case.state == CaseState.MERGED
