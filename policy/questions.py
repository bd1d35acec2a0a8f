"""The open facts as questions, in the order that settles most rules at least cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from policy import sentences
from policy.api import Fact, Leaf, Rule
from policy.logic import Truth, Value
from policy.parts import Ask, Question
from policy.relevance import PLACE_FACT, settles
from policy.vocabulary import vocabulary

if TYPE_CHECKING:
    from policy.result import RuleResult

_PLACE_COST = 1


def asks(
    rule: Rule,
    names: Sequence[str],
    *,
    values: Mapping[str, Value],
    truths: Sequence[Truth],
    given: Mapping[str, Fact],
) -> tuple[tuple[Ask, ...], frozenset[str]]:
    """What this rule still asks, and which single facts could settle it."""
    first: dict[str, Leaf] = {}
    for leaf in rule.logic.leaves:
        first.setdefault(leaf.fact, leaf)
    found = tuple(
        _place(rule) if name == PLACE_FACT else _ask(first[name], given.get(name)) for name in names
    )
    return found, frozenset(name for name in names if settles(rule, values, truths, name))


def _place(rule: Rule) -> Ask:
    return Ask(
        fact=PLACE_FACT,
        question=sentences.PLACE_QUESTION,
        type=PLACE_FACT,
        why=f"The rule reaches only {rule.jurisdiction}.",
        help=sentences.PLACE_HELP,
        citation=rule.citation,
        proposed=None,
    )


def _ask(leaf: Leaf, fact: Fact | None) -> Ask:
    citation = leaf.citation
    words = f"“{citation.quote}”" if citation.quote else citation.paraphrase
    return Ask(
        fact=leaf.fact,
        question=leaf.ask,
        type=leaf.type.value,
        why=f"{citation.text}: {words}",
        help=vocabulary()[leaf.fact].help,
        citation=citation,
        proposed=fact if fact is not None and fact.value is not None else None,
    )


def questions(
    results: Sequence[RuleResult], settling: Mapping[str, frozenset[str]]
) -> tuple[Question, ...]:
    """One question per fact over all rules.

    First the facts of which one answer settles most rules, then those that most rules still need,
    then the cheapest to find out, then by name.
    """
    by_fact: dict[str, list[tuple[str, Ask]]] = {}
    for result in results:
        for ask in result.asked[0]:
            by_fact.setdefault(ask.fact, []).append((result.rule.id, ask))
    found = [
        Question(
            fact=fact,
            type=asked[0][1].type,
            settles=tuple(rule for rule, _ in asked if fact in settling[rule]),
            asked_by=tuple(asked),
        )
        for fact, asked in by_fact.items()
    ]
    return tuple(sorted(found, key=_order))


def _order(question: Question) -> tuple[int, int, int, str]:
    known = vocabulary().get(question.fact)
    cost = known.cost if known else _PLACE_COST
    return -len(question.settles), -len(question.asked_by), cost, question.fact
