"""Condition trees: read from a pack, checked against the vocabulary, compiled to closures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from policy.api import Citation, Condition, Decider, FactType, Group, Leaf, Logic, RuleException
from policy.cursor import Cursor
from policy.errors import FactRefused
from policy.logic import (
    COMPARISONS,
    Operand,
    Truth,
    negation,
    threshold,
)
from policy.vocabulary import spec

_GROUPS = ("all", "any", "not", "at_least")
PLACE = 0  # index of the place's truth among the truths of a rule


@dataclass
class Reader:
    """Reads the conditions of one rule, numbering its leaves from 1 (0 is the place)."""

    citations: Mapping[str, Citation]
    questions: Mapping[str, str]
    leaves: list[Leaf] = field(default_factory=list)

    def condition(self, at: Cursor, *, path: str) -> Condition:
        """Raises PackInvalid."""
        keys = at.mapping()
        if "fact" in keys:
            return self._leaf(at, path=path)
        kind = next(iter(keys))
        at.record(required=(kind if kind in _GROUPS else "all",))
        if kind == "not":
            return _group(kind, (self.condition(keys[kind], path=f"{path}.not"),), 0)
        count, inside = 0, keys[kind]
        if kind == "at_least":
            parts = inside.record(required=("count", "of"))
            count, inside = parts["count"].positive(), parts["of"]
        children = tuple(
            self.condition(child, path=f"{path}.{kind}[{number}]")
            for number, child in enumerate(inside.items())
        )
        if count > len(children):
            raise inside.refusal(f"{count} of {len(children)} conditions can never be met.")
        return _group(kind, children, count)

    def citation(self, at: Cursor) -> Citation:
        key = at.text()
        if key not in self.citations:
            raise at.refusal(f"the citation {key!r} is not defined in this pack.")
        return self.citations[key]

    def _leaf(self, at: Cursor, *, path: str) -> Leaf:
        key = at.record(required=("fact", "cite"), optional=("ask", *COMPARISONS))
        operators = [name for name in key if name in COMPARISONS]
        if len(operators) != 1:
            raise at.refusal(f"exactly one of {', '.join(COMPARISONS)} is needed.")
        try:
            known = spec(key["fact"].text())
        except FactRefused as error:
            raise key["fact"].refusal(error.sentence) from None
        operator = operators[0]
        operand = _operand(key[operator], operator=operator, type_=known.type)
        default = self.questions.get(known.name, known.question)
        leaf = Leaf(
            fact=known.name,
            type=known.type,
            operator=operator,
            operand=operand,
            citation=self.citation(key["cite"]),
            ask=key["ask"].text() if "ask" in key else default,
            path=path,
            index=len(self.leaves) + 1,
            words=_words(operator, operand),
            test=COMPARISONS[operator](operand),
        )
        self.leaves.append(leaf)
        return leaf


def _operand(at: Cursor, *, operator: str, type_: FactType) -> Operand:
    if operator == "is":
        return at.boolean() if type_ is FactType.BOOL else at.integer()
    if type_ is FactType.BOOL:
        raise at.refusal(f"a yes-or-no fact can only be tested with 'is', not {operator!r}.")
    if operator == "in":
        return tuple(item.integer() for item in at.items())
    if operator == "between":
        bounds = tuple(item.integer() for item in at.items())
        if len(bounds) != 2 or bounds[0] > bounds[1]:
            raise at.refusal("two whole numbers, lower first, are needed here.")
        return bounds
    return at.integer()


def _words(operator: str, operand: Operand) -> str:
    if operator == "is" and isinstance(operand, bool):
        return f"is {'true' if operand else 'false'}"
    if isinstance(operand, tuple):
        listed = [str(part) for part in operand]
        if operator == "between":
            return f"between {listed[0]} and {listed[1]}"
        return f"one of {', '.join(listed)}"
    plain = {"is": "is", "lt": "below", "lte": "at most", "gte": "at least"}
    return f"{plain[operator]} {operand}"


def compile_rule(
    leaves: Sequence[Leaf], when: Condition, exceptions: Sequence[RuleException]
) -> Logic:
    """place and condition and not any exception, over the truths of the leaves."""
    parts: list[Decider] = [itemgetter(PLACE), decider(when)]
    parts += [_not(decider(exception.when)) for exception in exceptions]
    counted = Counter(leaf.fact for leaf in leaves)
    return Logic(
        leaves=tuple(leaves),
        decide=_settled(parts, by=False),
        facts=tuple(counted),
        repeated=frozenset(name for name, times in counted.items() if times > 1),
    )


def _group(kind: str, children: tuple[Condition, ...], count: int) -> Group:
    parts = tuple(decider(child) for child in children)
    compiled: Mapping[str, Callable[[], Decider]] = {
        "all": lambda: _settled(parts, by=False),
        "any": lambda: _settled(parts, by=True),
        "not": lambda: _not(parts[0]),
        "at_least": lambda: lambda truths: threshold(count, (part(truths) for part in parts)),
    }
    return Group(kind=kind, children=children, count=count, decide=compiled[kind]())


def decider(condition: Condition) -> Decider:
    """The condition as one function of the truths of all leaves of its rule."""
    return itemgetter(condition.index) if isinstance(condition, Leaf) else condition.decide


def _settled(children: Sequence[Decider], *, by: bool) -> Decider:
    """`conjunction` (by False) or `disjunction` (by True) of functions, lazily."""
    asked, otherwise = tuple(children), not by

    def decide(truths: Sequence[Truth]) -> Truth:
        open_ = False
        for child in asked:
            value = child(truths)
            if value is by:
                return by
            if value is None:
                open_ = True
        return None if open_ else otherwise

    return decide


def _not(child: Decider) -> Decider:
    return lambda truths: negation(child(truths))


def truth_of(condition: Condition, truths: Sequence[Truth]) -> Truth:
    """What the condition comes to."""
    if isinstance(condition, Leaf):
        return truths[condition.index]
    return condition.decide(truths)
