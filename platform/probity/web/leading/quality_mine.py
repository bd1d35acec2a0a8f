"""One's own page: what the copies one decided unawares say, for nobody else's eyes but a lead's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.cases.models import Case
from probity.quality.models import Right, Trial, TrialKind
from probity.quality.people import LEAST, Standing, standing_of
from probity.quality.selectors import ruled_about, told_of, trials_of

from .quality_page import accepted_words, decision_words, facts_words, kind_words

MOST = 100


@dataclass(frozen=True)
class Line:
    """One copy that was decided: which, what one decided, what was accepted, and why."""

    case: Case
    at: datetime | None
    kind: str
    good: bool
    result: str
    decided: str
    expected: str
    why: str


@dataclass(frozen=True)
class MinePage:
    """One's own copies, one's own decisions that a lead ruled on, and the shares."""

    standing: Standing
    lines: list[Line]
    ruled: list[Line]
    least: int = LEAST


def mine_page(person: Person) -> MinePage:
    """Gather it."""
    return MinePage(
        standing_of(person),
        [line_of(trial) for trial in trials_of(person)[:MOST]],
        [_ruled(trial) for trial in ruled_about(person)[:MOST]],
    )


def line_of(trial: Trial) -> Line:
    """What whoever decided a copy learns. Of a second review never whose the first decision was."""
    golden = trial.golden
    expected = accepted_words(golden.actions) if golden else decision_words(trial.source_decision)
    if golden and golden.facts:
        expected = f"{expected}. {' '.join(facts_words(golden.facts))}"
    ruling = getattr(trial, "ruling", None)
    why = golden.why if golden else (ruling.note if ruling else "")
    return Line(
        trial.case, trial.answered_at, kind_words()[trial.kind],
        bool(trial.agrees) or (ruling is not None and ruling.right != Right.FIRST),
        _result(trial, ruling.right if ruling else ""),
        decision_words(trial.decision) if trial.decision else "", expected, why,
    )  # fmt: skip


def case_told(case: Case, person: Person) -> Line | None:
    """The same for the case page; None where there is nothing to tell this person."""
    trial = told_of(case, person)
    return line_of(trial) if trial else None


def _result(trial: Trial, right: str) -> str:
    if trial.kind == TrialKind.GOLDEN:
        return gettext("As accepted") if trial.agrees else gettext("Not as accepted")
    if trial.agrees:
        return gettext("The same as the first decision")
    if not right:
        return gettext("Different from the first decision; a lead looks at both")
    return _own(right == Right.BOTH, right == Right.SECOND)


def _own(both: bool, mine: bool) -> str:  # noqa: FBT001
    if both:
        return gettext("A lead ruled that both can be defended")
    if mine:
        return gettext("A lead ruled that yours was right")
    return gettext("A lead ruled that the other one was right")


def _ruled(trial: Trial) -> Line:
    return Line(
        trial.source, trial.ruling.at, gettext("Your decision, looked at again"),
        trial.ruling.right != Right.SECOND,
        _own(trial.ruling.right == Right.BOTH, trial.ruling.right == Right.FIRST),
        decision_words(trial.source_decision),
        decision_words(trial.decision) if trial.decision else "", trial.ruling.note,
    )  # fmt: skip
