"""A decision in words: what it does, where it stands, what came of it at the host platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from probity.decisions.models import Action, Decision, DecisionState, Measure
from probity.decisions.outcomes import Delivered, deliveries_of
from probity.decisions.selectors import rules_by_id
from probity.web.language.later import later
from probity.web.language.said import said
from probity.web.language.tables import MEASURE_NAMES as NAMES
from probity.web.language.tables import MEASURE_SENTENCES as MEASURES

from .actions_words import headline, scope_words

STATE_WORDS = {
    DecisionState.HELD: later("Waits for a second person"),
    DecisionState.WAITING: later("Takes effect soon"),
    DecisionState.EFFECTIVE: later("In effect"),
    DecisionState.SUPERSEDED: later("Replaced"),
    DecisionState.UNDONE: later("Undone"),
    DecisionState.REFUSED: later("Refused by a second person"),
}
DELIVERY_WORDS = {
    "nobody": later("no endpoint is told"),
    "waiting": later("not delivered yet"),
    "dead": later("could not be delivered"),
    "delivered": "delivered",
    "done": later("the platform says it is done"),
    "refused": later("the platform refuses"),
    "failed": later("the platform says it failed"),
}
DELIVERY_ICONS = {
    "nobody": "unknown", "waiting": "clock-soon", "dead": "failed", "delivered": "ok",
    "done": "ok", "refused": "failed", "failed": "failed",
}  # fmt: skip
OVER_WORDS = {
    "lifted": later("Lifted"),
    "expired": later("Time over"),
    "continued": later("Kept on"),
}
AUTOMATION_WORDS = {
    "not_automated": later("Not automated"),
    "partially_automated": later("Partially automated"),
    "fully_automated": later("Fully automated"),
}


@dataclass(frozen=True)
class MeasureLine:
    """One measure as pages show it."""

    name: str
    scope: str
    ends_at: datetime | None
    over: str
    over_at: datetime | None
    delivery: str
    delivery_icon: str
    trouble: str


@dataclass(frozen=True)
class Decided:
    """One decision as pages show it."""

    id: UUID
    action: str
    measure: str
    reason: str
    rules: list[str]
    who: str
    at: datetime
    state: str
    state_words: str
    effective_after: datetime | None
    automation: str
    because: str
    measures: list[MeasureLine] = field(default_factory=list)
    second_person: list[str] = field(default_factory=list)
    second: str = ""
    second_at: datetime | None = None
    refusal: str = ""

    @property
    def held(self) -> bool:
        """Whether it waits for a second person."""
        return self.state == DecisionState.HELD

    @property
    def waiting(self) -> bool:
        """Whether it can still be undone."""
        return self.state == DecisionState.WAITING


def decided(row: Decision, *, deliveries: Mapping[UUID, Delivered] | None = None) -> Decided:
    """Gather it; rules go by the titles they had when the person decided."""
    titles = rules_by_id(row.evaluation)
    measures = list(row.measures.all())
    found = deliveries_of(measures) if deliveries is None else deliveries
    answer = getattr(row, "approval", None)
    return Decided(
        id=row.pk,
        action=headline(measures),
        measure=" ".join(MEASURES[Action(each.action)] for each in measures),
        reason=row.reason,
        rules=[titles[rule]["title"] if rule in titles else rule for rule in row.rules],
        who=row.person.username,
        at=row.at,
        state=row.standing.state,
        state_words=STATE_WORDS[row.state],
        effective_after=row.standing.effective_after,
        automation=AUTOMATION_WORDS[row.automation["decision"]],
        because=said(row.automation["because"]),
        measures=[_line(each, found.get(each.pk)) for each in measures],
        second_person=[said(why["because"]) for why in row.second_person],
        second=answer.person.username if answer else "",
        second_at=answer.at if answer else None,
        refusal=answer.reason if answer and not answer.given else "",
    )


def _line(row: Measure, delivered: Delivered | None) -> MeasureLine:
    scope = scope_words(
        action=row.action, about=row.scope["about"], places=row.scope["places"], days=row.days
    )
    trouble = (
        next((line for line in delivered.lines if line.error or line.note), None)
        if (delivered)
        else None
    )
    return MeasureLine(
        name=NAMES[Action(row.action)],
        scope=" · ".join(scope),
        ends_at=row.ends_at,
        over=OVER_WORDS.get(row.over_why, ""),
        over_at=row.over_at,
        delivery=DELIVERY_WORDS[delivered.state] if delivered else "",
        delivery_icon=DELIVERY_ICONS[delivered.state] if delivered else "",
        trouble=(trouble.note or trouble.error) if trouble else "",
    )
