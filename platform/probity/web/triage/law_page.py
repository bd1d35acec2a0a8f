"""The law's side of a case: what it still asks, what is known, which rules apply and until when."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from probity.cases.models import Case
from probity.contests.updates import duties_met
from probity.decisions.law import fact_words
from probity.decisions.models import FactAnswer, PolicyEvaluation
from probity.decisions.selectors import answers_of
from probity.web.language import law
from probity.web.words import joined

from .law_rules import SOURCE_WORDS, Duty, Rule, rule_read, value_words

SHOWN_QUESTIONS = 2
SHOWN_TITLES = 2
PLACE = "place"
#: After every dated question, before those that no suggested rule asks.
LAST = 1e12
SOURCE_ICONS = {"requester": "person", "provenance": "signed", "detector": "ok"}


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
    met = duties_met(case)
    rules = [rule_read(entry, case, met) for entry in result["rules"]]
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


def _question(
    entry: Mapping[str, Any], titles: Mapping[str, str], near: frozenset[str]
) -> Question:
    concerns = entry["type"] == PLACE or not near.isdisjoint(entry["rules"])
    counted = near if concerns and entry["type"] != PLACE else titles.keys()
    settles = [law.told(titles[rule]) for rule in entry.get("settles", []) if rule in counted]
    needed = [law.told(titles[rule]) for rule in entry.get("rules", []) if rule in counted]
    words = (
        gettext("Can settle {few}").format(few=_few(settles))
        if settles
        else gettext("Needed for {few}").format(few=_few(needed))
    )
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
    return gettext("{shown_titles} and {value} more").format(
        shown_titles=", ".join(titles[:SHOWN_TITLES]), value=len(titles) - SHOWN_TITLES
    )


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
