"""Which unknown facts can still change a rule's outcome, and which answer would settle it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from policy.api import Condition, Leaf, Logic, Rule
from policy.conditions import PLACE, truth_of
from policy.logic import Truth, Value

PLACE_FACT = "place"
_MOST_ASSIGNMENTS = 512


def truths_of(logic: Logic, values: Mapping[str, Value], place: Truth) -> list[Truth]:
    """The place's truth and then every leaf's, without short cuts."""
    return [place, *(leaf.test(values.get(leaf.fact)) for leaf in logic.leaves)]


def settle(rule: Rule, values: Mapping[str, Value], truths: Sequence[Truth]) -> Truth:
    """The rule's truth; a fact that stands twice is split into cases when that settles it."""
    logic = rule.logic
    outcome = logic.decide(truths)
    if outcome is not None or not logic.repeated:
        return outcome
    seen = {truth for _, truth in _cases(rule, values, truths, sorted(logic.repeated))}
    return seen.pop() if len(seen) == 1 else None


def open_facts(rule: Rule, values: Mapping[str, Value], truths: Sequence[Truth]) -> list[str]:
    """The unknown facts that can still change the outcome of an unknown rule, in leaf order."""
    names = [PLACE_FACT] if truths[PLACE] is None else []
    for condition in (rule.when, *(exception.when for exception in rule.exceptions)):
        for name in _open(condition, truths):
            if name not in names:
                names.append(name)
    if rule.logic.repeated.isdisjoint(names):
        return names
    return _changing(rule, values, truths, names)


def settles(rule: Rule, values: Mapping[str, Value], truths: Sequence[Truth], name: str) -> bool:
    """Would some answer to this one question settle the rule?"""
    if name == PLACE_FACT:
        return rule.logic.decide([False, *truths[1:]]) is not None
    return any(truth is not None for _, truth in _cases(rule, values, truths, [name]))


def _open(condition: Condition, truths: Sequence[Truth]) -> Iterator[str]:
    """Facts of unknown leaves below nodes that are unknown themselves.

    Exact where each fact stands once: a settled node hides everything under it, and a sibling
    that decides alone would have settled the node.
    """
    if truth_of(condition, truths) is not None:
        return
    if isinstance(condition, Leaf):
        yield condition.fact
        return
    for child in condition.children:
        yield from _open(child, truths)


def domain(rule: Rule, name: str) -> Sequence[Value]:
    """One value of each kind that the leaves of this rule can tell apart."""
    points: set[int] = set()
    for leaf in rule.logic.leaves:
        if leaf.fact != name:
            continue
        if leaf.operand is True or leaf.operand is False:
            return [True, False]
        operands = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
        for operand in operands:
            points |= {operand - 1, int(operand), operand + 1}
    return sorted(points)


def _cases(
    rule: Rule, values: Mapping[str, Value], truths: Sequence[Truth], names: Sequence[str]
) -> Iterator[tuple[tuple[Value, ...], Truth]]:
    """Every combination of answers to the unknown facts among `names`, with the rule's truth."""
    asked = [name for name in names if values.get(name) is None]
    for answers in product(*(domain(rule, name) for name in asked)):
        trial = {**values, **dict(zip(asked, answers, strict=True))}
        yield answers, rule.logic.decide(truths_of(rule.logic, trial, truths[PLACE]))


def _changing(
    rule: Rule, values: Mapping[str, Value], truths: Sequence[Truth], names: list[str]
) -> list[str]:
    """Where facts stand twice: keep a fact only if two assignments differ in it alone and count."""
    asked = [name for name in names if name != PLACE_FACT]
    size = 1
    for name in asked:
        size *= len(domain(rule, name))
    if size > _MOST_ASSIGNMENTS:
        return names
    settled = [True, *truths[1:]]
    table = dict(_cases(rule, values, settled, asked))
    matters = {
        name
        for position, name in enumerate(asked)
        for answers, truth in table.items()
        for other in domain(rule, name)
        if table[(*answers[:position], other, *answers[position + 1 :])] != truth
    }
    return [name for name in names if name == PLACE_FACT or name in matters]


def reasons(condition: Condition, truths: Sequence[Truth], *, wanted: bool) -> list[Leaf]:
    """The leaves that make the condition `wanted` (True or False), in order."""
    if isinstance(condition, Leaf):
        return [condition]
    if condition.kind == "not":
        return reasons(condition.children[0], truths, wanted=not wanted)
    deciding = [child for child in condition.children if truth_of(child, truths) is wanted]
    return [leaf for child in deciding for leaf in reasons(child, truths, wanted=wanted)]
