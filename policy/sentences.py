"""Plain English for a tired person: why a rule applies, does not, or cannot be said yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from policy.api import Approval, Grade, Leaf, LegalState, Rule, StateChange
from policy.conditions import PLACE, truth_of
from policy.logic import Truth, Value
from policy.relevance import PLACE_FACT, reasons
from policy.vocabulary import vocabulary

PLACE_QUESTION = "Which country, and which state or province, is this about?"
PLACE_HELP = (
    "Where it was seen, where the person shown lives or where the uploader is; "
    "give the finest place you know."
)
_MOST_NAMED = 5
_STATE_WORDS = {
    LegalState.ENJOINED: "a court has stopped its enforcement",
    LegalState.STRUCK_DOWN: "a court has struck it down",
    LegalState.SUNSET: "it has expired",
    LegalState.SUPERSEDED: "another rule has replaced it",
    LegalState.PENDING: "it has not started",
}
#: What frames the clauses of the vocabulary, as the functions below write it; a recorded sentence
#: is read back from them (see `languages`).
FRAMES = (
    "Applies because {clauses}.",
    "Does not apply: {clauses}.",
    "Does not apply: none of the places is in {place}.",
    "Does not apply, whatever the open answers are.",
    "Does not apply: the exception “{exceptions}” is met.",
    "The text of this exception has not been read; check it.",
    "Cannot be said yet; it depends on {wishes}.",
    "Not yet in force.",
    "It takes effect on {day}.",
    "Not in force since {day}: {state}.",
    *_STATE_WORDS.values(),
    "The sources disagree on whether this rule is in force.",
    "Only recommends: its sources are graded {grade}, below P (text itself read).",
    "Only recommends: no named person has approved this version of the pack.",
    "Approved by {name} on {day}; a person still decides.",
    "whether {clause}",
    "this concerns {place}",
    "{count} more answers",
    "{clause} ({value}; the rule needs {test})",
    "{clause} ({test})",
    "between {low} and {high}",
    "at least {value}",
    "at most {value}",
    "below {value}",
    "{one}, {another}",
    "{one} and {another}",
)
DISPUTED = " The sources disagree on whether this rule is in force."


def leaf_words(leaf: Leaf, value: Value) -> str:
    """What the value says, as a clause: "the media is not intimate"."""
    known = vocabulary()[leaf.fact]
    if isinstance(value, bool):
        return known.when_true if value else known.when_false
    verdict = known.when_true if leaf.test(value) else known.when_false
    return f"{verdict} ({value}; the rule needs {leaf.words})"


def wish(leaf: Leaf) -> str:
    """What an open leaf asks, as a clause after "whether"."""
    known = vocabulary()[leaf.fact]
    if leaf.operand is False:
        return known.when_false
    return (
        known.when_true if isinstance(leaf.operand, bool) else (f"{known.when_true} ({leaf.words})")
    )


def joined(parts: Sequence[str], *, word: str = "and") -> str:
    """a; a and b; a, b and c — without repeats."""
    unique = list(dict.fromkeys(parts))
    if len(unique) < 2:
        return "".join(unique)
    return f"{', '.join(unique[:-1])} {word} {unique[-1]}"


def not_in_force(rule: Rule, change: StateChange | None) -> str:
    """The legal state on the day, with its date."""
    if change is None or change.state is LegalState.PENDING:
        starts = next((c.start for c in rule.timeline if c.state is LegalState.IN_FORCE), None)
        when = f" It takes effect on {_day(starts)}." if starts else ""
        return f"Not yet in force.{when}"
    return f"Not in force since {_day(change.start)}: {_STATE_WORDS[change.state]}."


def applies(rule: Rule, truths: Sequence[Truth], values: Sequence[Value]) -> str:
    leaves = reasons(rule.when, truths, wanted=True)
    because = joined([leaf_words(leaf, values[leaf.index]) for leaf in leaves])
    return f"Applies because {because}."


def does_not_apply(rule: Rule, truths: Sequence[Truth], values: Sequence[Value]) -> str:
    """The place, else the failed conditions, else the exceptions that are met."""
    if truths[PLACE] is False:
        return f"Does not apply: none of the places is in {rule.jurisdiction}."
    if truth_of(rule.when, truths) is False:
        leaves = reasons(rule.when, truths, wanted=False)
        return f"Does not apply: {joined([leaf_words(x, values[x.index]) for x in leaves])}."
    met = [e for e in rule.exceptions if truth_of(e.when, truths) is True]
    if not met:
        return "Does not apply, whatever the open answers are."
    titles = joined([exception.title for exception in met])
    unread = [e for e in met if e.citation.grade is not Grade.P]
    caution = " The text of this exception has not been read; check it." if unread else ""
    return f"Does not apply: the exception “{titles}” is met.{caution}"


def unknown(rule: Rule, names: Sequence[str]) -> str:
    """What it still depends on."""
    by_name: dict[str, str] = {PLACE_FACT: f"this concerns {rule.jurisdiction}"}
    for leaf in rule.logic.leaves:
        by_name.setdefault(leaf.fact, wish(leaf))
    wishes = [f"whether {by_name[name]}" for name in names]
    if len(wishes) > _MOST_NAMED:
        rest = len(wishes) - _MOST_NAMED + 1
        wishes = [*wishes[: _MOST_NAMED - 1], f"{rest} more answers"]
    return f"Cannot be said yet; it depends on {joined(wishes)}."


def disputed(sentence: str) -> str:
    return f"{sentence}{DISPUTED}"


def recommendation(rule: Rule, approval: Approval | None) -> str:
    """Why the rule only recommends; nothing in this system acts by itself."""
    if rule.grade is not Grade.P:
        return f"Only recommends: its sources are graded {rule.grade}, below P (text itself read)."
    if approval is None:
        return "Only recommends: no named person has approved this version of the pack."
    return f"Approved by {approval.by} on {_day(approval.on)}; a person still decides."


def _day(value: date) -> str:
    return value.isoformat()
