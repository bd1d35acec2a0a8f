"""One rule beside a case: its outcome, what it rests on, and its duties with their clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from probity.cases.models import Case
from probity.decisions.deadlines import concerns, counts_down
from probity.decisions.law import fact_words, places_meet
from probity.web.language import law
from probity.web.language.later import later

from .clock import Clock, due_clock

SOURCE_WORDS = {
    "platform": later("set for this service"),
    "requester": later("said by the reporter"),
    "reviewer": later("answered by a reviewer"),
    "detector": later("proposed by a measurement"),
    "provenance": later("proposed by the credentials"),
}
OUTCOME_WORDS = {
    "applies": later("Applies"),
    "unknown": later("May apply"),
    "does_not_apply": later("Does not apply"),
    "not_in_force": later("Not in force"),
}


@dataclass(frozen=True)
class Duty:
    """Something to be done, and until when."""

    what: str
    due_at: datetime | None
    clock: Clock | None
    notes: list[str]
    provisional: bool
    met_at: datetime | None = None


@dataclass(frozen=True)
class Condition:
    """One condition of a rule: what it asks for, what was found, who said so."""

    test: str
    icon: str
    found: str
    citation: str


@dataclass(frozen=True)
class Rule:
    """One rule and what it says of this case.

    ``ground``: a statement of reasons may rest on it (DSA art. 17(3)(d), (e)); rules of procedure
    are none.
    """

    id: str
    title: str
    outcome: str
    outcome_words: str
    sentence: str
    summary: str
    citation: Mapping[str, Any]
    risk: str
    recommendation: str
    duties: list[Duty]
    notes: list[str]
    conditions: list[Condition]
    counts: bool
    concerns: bool
    here: bool
    own: bool
    ground: bool

    @property
    def applies(self) -> bool:
        """Whether it applies for sure."""
        return self.outcome == "applies"

    @property
    def nearest(self) -> Duty | None:
        """The duty that is due first."""
        return duty_nearest(self.duties)


def value_words(value: object) -> str:
    """True, False, Unknown or the number."""
    if isinstance(value, bool):
        return gettext("True") if value else gettext("False")
    return gettext("Unknown") if value is None else str(value)


def rule_read(entry: Mapping[str, Any], case: Case, met: Mapping[str, datetime]) -> Rule:
    """A rule of an evaluation; ``met``: the duties that are done, and since when."""
    return Rule(
        id=entry["id"],
        title=entry["title"],
        outcome=entry["outcome"],
        outcome_words=OUTCOME_WORDS[entry["outcome"]],
        sentence=entry["sentence"],
        summary=entry.get("summary", ""),
        citation=entry["citation"],
        risk=entry.get("risk") or "",
        recommendation=entry.get("recommendation", ""),
        duties=[_duty(duty, case, met) for duty in entry["obligations"]],
        notes=list(entry.get("open_notes", [])),
        conditions=[_condition(line) for line in entry["trace"]],
        counts=counts_down(entry, case=case),
        concerns=concerns(entry, case=case),
        here=_here(entry, case),
        own=entry["level"] == "policy",
        ground=bool(entry.get("ground")),
    )


def _here(entry: Mapping[str, Any], case: Case) -> bool:
    """Whether the rule reaches, or may reach, a place of the case."""
    return not case.places or places_meet(entry["jurisdiction"], case.places)


def _condition(line: Mapping[str, Any]) -> Condition:
    result = line["result"]
    source = SOURCE_WORDS.get(line["source"] or "", "")
    said = f"{value_words(line['given'])}, {source}" if source else ""
    return Condition(
        test=_test(line),
        icon="unknown" if result is None else "applies" if result else "out",
        found=" ".join(filter(None, (said and f"{said}.", law.told(line["note"] or ""))))
        or gettext("Nobody said yet."),
        citation=line["citation"]["text"],
    )


def _test(line: Mapping[str, Any]) -> str:
    """What is asked of a fact, as a clause; of the place, where the rule holds."""
    known = fact_words().get(line["fact"])
    if known is None:
        return str(line["test"])
    if line["test"] == "is false":
        return known.when_false
    return known.when_true if line["test"] == "is true" else f"{known.when_true} ({line['test']})"


def _duty(entry: Mapping[str, Any], case: Case, met: Mapping[str, datetime]) -> Duty:
    due = datetime.fromisoformat(entry["due"]) if entry.get("due") else None
    return Duty(
        what=entry.get("what") or entry["do"],
        due_at=due,
        clock=due_clock(due, since=case.opened_at) if due else None,
        notes=_notes(entry),
        provisional=bool(entry.get("provisional")),
        met_at=met.get(entry["do"]),
    )


def _notes(entry: Mapping[str, Any]) -> list[str]:
    parts = [entry.get("due_note") or ""]
    if entry.get("latest"):
        latest = datetime.fromisoformat(entry["latest"])
        parts.append(
            gettext("With the longest extension: {latest:%Y-%m-%d %H:%M} UTC.").format(
                latest=latest
            )
        )
    if entry.get("displaced_by"):
        parts.append(
            gettext("Steps back for {displaced_by}.").format(displaced_by=entry["displaced_by"])
        )
    return [part for part in parts if part]


def duty_nearest(duties: list[Duty]) -> Duty | None:
    """The duty that is due first and not done; None where none is dated."""
    dated = [
        (duty.due_at, place) for place, duty in enumerate(duties) if duty.due_at and not duty.met_at
    ]
    return duties[min(dated)[1]] if dated else None
