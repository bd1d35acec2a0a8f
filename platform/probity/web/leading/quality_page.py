"""The page of quality: what differs, what is sampled, golden cases, people, figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.cases.models import Case, Category, Queue
from probity.decisions.law import fact_words
from probity.decisions.models import Action, Decision
from probity.decisions.selectors import answers_of, decision_current
from probity.insight.figures import Span
from probity.insight.selectors import figure
from probity.quality.models import Golden, Right, SamplingRate, Trial, TrialKind
from probity.quality.people import LEAST, Share, Standing, standings
from probity.quality.selectors import differences_open, goldens, rates_now, trials_open
from probity.web.figures.page import Preset, Shown, presets, shown_of
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.language.tables import MEASURE_NAMES as NAMES

FIGURES = (
    "agreement", "answers", "actions-twice", "rules-twice", "golden", "reversals", "obligations",
    "precision",
)  # fmt: skip
MOST = 50


@dataclass(frozen=True)
class Difference:
    """Two decisions of one case that differ, as a lead sees them: without whose they are."""

    trial: Trial
    first: str
    second: str
    mine: bool


@dataclass(frozen=True)
class GoldenLine:
    """A golden case in use."""

    row: Golden
    accepted: str
    asked: list[str]
    share: Share
    waits: bool


@dataclass(frozen=True)
class QualityPage:
    """Everything; ``errors`` and ``draft`` belong to the form that was sent, named ``form``."""

    span: Span
    presets: list[Preset]
    differences: list[Difference]
    rates: list[SamplingRate]
    goldens: list[GoldenLine]
    waiting: list[Trial]
    people: list[Standing]
    shown: list[Shown]
    queues: list[Queue]
    categories: Mapping[str, str]
    rights: Mapping[str, str]
    form: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    draft: Mapping[str, str] = field(default_factory=dict)
    least: int = LEAST


def quality_page(
    *,
    person: Person,
    span: Span,
    form: str = "",
    errors: Mapping[str, str] | None = None,
    draft: Mapping[str, str] | None = None,
) -> QualityPage:
    """Gather it, over what this person may see."""
    return QualityPage(
        span=span,
        presets=presets(span, name="leading-quality"),
        differences=[_difference(trial, person) for trial in differences_open(person)[:MOST]],
        rates=rates_now(),
        goldens=[_golden(row) for row in goldens(person)],
        waiting=list(trials_open(person)[:MOST]),
        people=standings(person),
        shown=[shown_of(figure(key=key, person=person, span=span), span) for key in FIGURES],
        queues=list(Queue.objects.all()),
        categories={str(key): words for key, words in CATEGORY_WORDS.items()},
        rights=right_words(),
        form=form,
        errors=errors or {},
        draft=draft or {},
    )


def right_words() -> dict[str, str]:
    """What a lead may say of two decisions."""
    return {
        Right.FIRST: gettext("The first was right"),
        Right.SECOND: gettext("The second was right"),
        Right.BOTH: gettext("Both can be defended"),
    }


def kind_words() -> dict[str, str]:
    """Why a copy was decided."""
    return {
        TrialKind.GOLDEN: gettext("Golden case"),
        TrialKind.SECOND: gettext("Second review"),
    }


def _difference(trial: Trial, person: Person) -> Difference:
    return Difference(
        trial,
        decision_words(trial.source_decision),
        decision_words(trial.decision) if trial.decision else "",
        mine=person.pk in {trial.decider_id, trial.person_id},
    )


def decision_words(decision: Decision) -> str:
    """The actions of a decision, the gravest first, and the rules that it names."""
    taken = {row.action for row in decision.measures.all()}
    actions = [words for action, words in NAMES.items() if action in taken]
    rules = f" ({', '.join(decision.rules)})" if decision.rules else ""
    return f"{', '.join(actions)}{rules}"


def _golden(row: Golden) -> GoldenLine:
    trials = list(row.trials.all())
    answered = [trial for trial in trials if trial.answered_at]
    return GoldenLine(
        row,
        accepted_words(row.actions),
        facts_words(row.facts),
        Share(sum(bool(trial.agrees) for trial in answered), len(answered)),
        waits=any(not trial.answered_at and not trial.withdrawn_at for trial in trials),
    )


def accepted_words(actions: Sequence[str]) -> str:
    """The accepted actions in words."""
    return ", ".join(NAMES[Action(action)] for action in actions)


def facts_words(facts: Mapping[str, Any]) -> list[str]:
    """Accepted answers as people read them."""
    words = fact_words()
    return [
        (words[name].when_true if value else words[name].when_false) if name in words else name
        for name, value in facts.items()
    ]


@dataclass(frozen=True)
class Question:
    """An answer of the case that may be accepted as the only right one."""

    name: str
    words: str
    value: bool
    ticked: bool


@dataclass(frozen=True)
class GoldenNew:
    """The form that marks one case; ``case`` None asks which."""

    label: str
    case: Case | None = None
    decided: str = ""
    category: str = ""
    actions: Sequence[tuple[str, str, bool]] = ()
    questions: Sequence[Question] = ()
    why: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def golden_new(
    case: Case,
    *,
    actions: Sequence[str] | None = None,
    facts: Sequence[str] | None = None,
    why: str = "",
    errors: Mapping[str, str] | None = None,
) -> GoldenNew:
    """The form for a case: what was decided is ticked until somebody says otherwise."""
    decision = decision_current(case)
    preset = [decision.action] if decision else []
    chosen = set(preset if actions is None else actions)
    words = fact_words()
    said = {name: row.value for name, row in answers_of(case).items()}
    return GoldenNew(
        label=case.label,
        case=case,
        decided=decision_words(decision) if decision else "",
        category=CATEGORY_WORDS[Category(case.category)],
        actions=[(str(key), name, key in chosen) for key, name in NAMES.items()],
        questions=[
            Question(name, facts_words({name: value})[0], value, name in set(facts or ()))
            for name, value in said.items()
            if isinstance(value, bool) and name in words
        ],
        why=why,
        errors=errors or {},
    )
