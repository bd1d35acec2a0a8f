"""The law's side of a case: what it still asks, what is known, which rules apply and until when."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from probity.cases.models import Case
from probity.decisions.deadlines import concerns, counts_down
from probity.decisions.law import fact_words, places_meet
from probity.decisions.models import FactAnswer, PolicyEvaluation
from probity.decisions.selectors import answers_of
from probity.web.words import joined

from .clock import Clock, due_clock

SHOWN_QUESTIONS = 2
SHOWN_TITLES = 2
PLACE = "place"
#: After every dated question, before those that no suggested rule asks.
LAST = 1e12
SOURCE_WORDS = {
    "platform": "set for this service",
    "requester": "said by the reporter",
    "reviewer": "answered by a reviewer",
    "detector": "proposed by a measurement",
    "provenance": "proposed by the credentials",
}
SOURCE_ICONS = {"requester": "person", "provenance": "signed", "detector": "ok"}
OUTCOME_WORDS = {
    "applies": "Applies",
    "unknown": "May apply",
    "does_not_apply": "Does not apply",
    "not_in_force": "Not in force",
}


@dataclass(frozen=True)
class Question:
    """One open question, in the law's own words."""

    fact: str
    question: str
    type: str
    help: str
    citation: Mapping[str, Any]
    settles: str
    proposed: str
    proposed_icon: str
    concerns: bool

    @property
    def numeric(self) -> bool:
        """Whether it asks for a whole number."""
        return self.type == "integer"

    @property
    def of_place(self) -> bool:
        """Whether it asks where the matter belongs."""
        return self.type == PLACE


@dataclass(frozen=True)
class Known:
    """One fact that somebody said."""

    fact: str
    question: str
    value: str
    numeric: bool
    source: str
    who: str = ""
    at: datetime | None = None

    @property
    def own_word(self) -> bool:
        """Whether a reviewer said it, so that it can be taken back."""
        return bool(self.who)


@dataclass(frozen=True)
class Duty:
    """Something to be done, and until when."""

    what: str
    due_at: datetime | None
    clock: Clock | None
    note: str
    provisional: bool


@dataclass(frozen=True)
class Condition:
    """One condition of a rule: what it asks for, what was found, who said so."""

    test: str
    icon: str
    found: str
    citation: str


@dataclass(frozen=True)
class Rule:
    """One rule and what it says of this case."""

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

    @property
    def applies(self) -> bool:
        """Whether it applies for sure."""
        return self.outcome == "applies"

    @property
    def nearest(self) -> Duty | None:
        """The duty that is due first."""
        return _nearest(self.duties)


@dataclass(frozen=True)
class LawPage:
    """Everything the right column shows above the decision."""

    evaluation: PolicyEvaluation | None
    questions: list[Question] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    conflicts: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def asked(self) -> list[Question]:
        """What the rules ask that apply or that something suggests."""
        return [question for question in self.questions if question.concerns]

    @property
    def first(self) -> list[Question]:
        """The questions that settle most."""
        return self.asked[:SHOWN_QUESTIONS]

    @property
    def later(self) -> list[Question]:
        """The others, folded."""
        return self.asked[SHOWN_QUESTIONS:]

    @property
    def remote(self) -> list[Question]:
        """What only rules ask that nothing in the case points to."""
        return [question for question in self.questions if not question.concerns]

    @property
    def clashes(self) -> list[Mapping[str, Any]]:
        """Conflicts of rules that apply; these stand on top."""
        return [conflict for conflict in self.conflicts if not conflict["provisional"]]

    @property
    def possible_clashes(self) -> list[Mapping[str, Any]]:
        """Conflicts that arise only if open rules apply."""
        return [conflict for conflict in self.conflicts if conflict["provisional"]]

    @property
    def live(self) -> list[Rule]:
        """Rules that apply, then what may: first what counts down, law before our own terms."""
        live = [rule for rule in self.rules if rule.concerns]
        return sorted(live, key=lambda rule: (not rule.applies, not rule.counts, rule.own))

    @property
    def waiting(self) -> list[Rule]:
        """Rules that cannot be ruled out, though nothing in the case points to them."""
        return [rule for rule in self.rules if rule.outcome == "unknown" and not rule.concerns]

    @property
    def out(self) -> list[Rule]:
        """Rules of these places that do not apply or are not in force."""
        return [rule for rule in self._settled_against if rule.here]

    @property
    def elsewhere(self) -> list[Rule]:
        """Rules of other places."""
        return [rule for rule in self._settled_against if not rule.here]

    @property
    def _settled_against(self) -> list[Rule]:
        return [rule for rule in self.rules if rule.outcome not in {"applies", "unknown"}]

    @property
    def dated(self) -> list[Rule]:
        """Live rules whose clock runs, the nearest first."""
        pairs = [
            (rule.nearest.due_at, place)
            for place, rule in enumerate(self.live)
            if rule.counts and rule.nearest and rule.nearest.due_at
        ]
        return [self.live[place] for _, place in sorted(pairs)]

    @property
    def urgent(self) -> tuple[Rule, Duty] | None:
        """The rule and the duty behind the case's clock."""
        first = self.dated[0] if self.dated else None
        return (first, first.nearest) if first and first.nearest else None


def law_page(case: Case, evaluation: PolicyEvaluation | None) -> LawPage:
    """Gather it from the current evaluation."""
    if evaluation is None:
        return LawPage(None)
    result = evaluation.result
    titles = {rule["id"]: rule["title"] for rule in result["rules"]}
    rules = [_rule(entry, case) for entry in result["rules"]]
    near = frozenset(rule.id for rule in rules if rule.concerns)
    return LawPage(
        evaluation=evaluation,
        questions=[
            _question(entry, titles, near) for entry in _ordered(result["questions"], rules)
        ],
        known=_known(evaluation, answers_of(case)),
        rules=rules,
        conflicts=_conflicts(result, rules),
    )


def _conflicts(result: Mapping[str, Any], rules: Sequence[Rule]) -> list[Mapping[str, Any]]:
    """Clashes between rules that apply, or that are law and may apply to a case like this."""
    near = {rule.id for rule in rules if rule.concerns and (rule.applies or not rule.own)}
    found = result.get("conflicts", [])
    return [conflict for conflict in found if len(near.intersection(conflict["rules"])) > 1]


def _ordered(
    questions: Sequence[Mapping[str, Any]], rules: Sequence[Rule]
) -> list[Mapping[str, Any]]:
    """Where the matter belongs, then what decides the nearest clock, then the engine's order."""
    due = {
        rule.id: rule.nearest.due_at.timestamp()
        if rule.counts and rule.nearest and rule.nearest.due_at
        else LAST
        for rule in rules
        if rule.concerns
    }

    def urgency(entry: Mapping[str, Any]) -> tuple[bool, float]:
        nearest = min((due[rule] for rule in entry["rules"] if rule in due), default=math.inf)
        return entry["type"] != PLACE, nearest

    return sorted(questions, key=urgency)


def value_words(value: object) -> str:
    """True, False, Unknown or the number."""
    return "Unknown" if value is None else str(value)


def _question(
    entry: Mapping[str, Any], titles: Mapping[str, str], near: frozenset[str]
) -> Question:
    concerns = entry["type"] == PLACE or not near.isdisjoint(entry["rules"])
    counted = near if concerns and entry["type"] != PLACE else titles.keys()
    settles = [titles[rule] for rule in entry.get("settles", []) if rule in counted]
    needed = [titles[rule] for rule in entry.get("rules", []) if rule in counted]
    words = f"Can settle {_few(settles)}" if settles else f"Needed for {_few(needed)}"
    proposed = entry.get("proposed") or {}
    return Question(
        fact=entry["fact"],
        question=entry["question"],
        type=entry["type"],
        help=entry.get("help", ""),
        citation=entry["citation"],
        settles=words if settles or needed else "",
        proposed=f"{value_words(proposed['value'])}, {SOURCE_WORDS[proposed['source']]}"
        if proposed
        else "",
        proposed_icon=SOURCE_ICONS.get(proposed.get("source", ""), "person"),
        concerns=concerns,
    )


def _few(titles: Sequence[str]) -> str:
    """Two titles at most, and how many more there are."""
    if len(titles) <= SHOWN_TITLES + 1:
        return joined(list(titles))
    return f"{', '.join(titles[:SHOWN_TITLES])} and {len(titles) - SHOWN_TITLES} more"


def _known(evaluation: PolicyEvaluation, answers: Mapping[str, FactAnswer]) -> list[Known]:
    words = fact_words()
    known = []
    for name, fact in evaluation.facts.items():
        answer = answers.get(name) if fact["source"] == "reviewer" else None
        spec = words.get(name)
        known.append(
            Known(
                fact=name,
                question=spec.question if spec else name,
                value=value_words(fact["value"]),
                numeric=bool(spec and spec.type == "integer"),
                source=SOURCE_WORDS.get(fact["source"], fact["source"]),
                who=answer.person.username if answer else "",
                at=answer.at if answer else None,
            )
        )
    return known


def _rule(entry: Mapping[str, Any], case: Case) -> Rule:
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
        duties=[_duty(duty, case) for duty in entry["obligations"]],
        notes=list(entry.get("open_notes", [])),
        conditions=[_condition(line) for line in entry["trace"]],
        counts=counts_down(entry, case=case),
        concerns=concerns(entry, case=case),
        here=_here(entry, case),
        own=entry["level"] == "policy",
    )


def _here(entry: Mapping[str, Any], case: Case) -> bool:
    """Whether the rule reaches, or may reach, a place of the case."""
    return not case.places or places_meet(entry["jurisdiction"], case.places)


def _condition(line: Mapping[str, Any]) -> Condition:
    result = line["result"]
    source = SOURCE_WORDS.get(line["source"] or "", "")
    said = f"{value_words(line['given'])}, {source}" if source else ""
    return Condition(
        test=line["test"],
        icon="unknown" if result is None else "applies" if result else "out",
        found=" ".join(filter(None, (said and f"{said}.", line["note"]))) or "Nobody said yet.",
        citation=line["citation"]["text"],
    )


def _duty(entry: Mapping[str, Any], case: Case) -> Duty:
    due = datetime.fromisoformat(entry["due"]) if entry.get("due") else None
    return Duty(
        what=entry.get("what") or entry["do"],
        due_at=due,
        clock=due_clock(due, since=case.opened_at) if due else None,
        note=_note(entry),
        provisional=bool(entry.get("provisional")),
    )


def _note(entry: Mapping[str, Any]) -> str:
    parts = [entry.get("due_note") or ""]
    if entry.get("latest"):
        latest = datetime.fromisoformat(entry["latest"])
        parts.append(f"With the longest extension: {latest:%Y-%m-%d %H:%M} UTC.")
    if entry.get("displaced_by"):
        parts.append(f"Steps back for {entry['displaced_by']}.")
    return " ".join(filter(None, parts))


def _nearest(duties: list[Duty]) -> Duty | None:
    dated = [(duty.due_at, place) for place, duty in enumerate(duties) if duty.due_at]
    return duties[min(dated)[1]] if dated else None
