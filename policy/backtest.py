"""Rules over many recorded cases at once, column by column, equal to the engine on each case.

Truth is an int8: 0 false, 1 unknown, 2 true, so that Kleene's conjunction is the minimum,
disjunction the maximum and negation 2 - x (S. C. Kleene, Introduction to Metamathematics, 1952,
section 64). A million cases stream through in blocks; memory is that of the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policy.api import Condition, Fact, Leaf, LegalState, Pack, Rule, Source
from policy.diff import PastCase
from policy.logic import Value
from policy.places import normalise, within
from policy.relevance import domain
from policy.vocabulary import refusal_of, vocabulary

Ints = NDArray[np.int32]
Truths = NDArray[np.int8]

FALSE, UNKNOWN, TRUE = np.int8(0), np.int8(1), np.int8(2)
#: What an outcome is called; the first three are truths.
OUTCOMES = ("does_not_apply", "unknown", "applies", "not_in_force")
NOT_IN_FORCE = np.int8(3)
MISSING = np.int32(np.iinfo(np.int32).min)
BLOCK = 65_536
_LIVE = (LegalState.IN_FORCE, LegalState.DISPUTED)
_SOURCES = tuple(Source)


@dataclass
class Columns:
    """Cases as columns. ``values[name]`` is int32, booleans 0 or 1, MISSING for unknown;
    ``sources[name]`` is int8, the place of its source in `Source`; ``context`` is int32, the place
    of each case's day and places in ``contexts``.
    """

    values: dict[str, Ints]
    sources: dict[str, NDArray[np.int8]]
    context: Ints
    contexts: Sequence[tuple[date, tuple[str, ...]]] = ()

    def __len__(self) -> int:
        return int(self.context.size)

    def part(self, rows: slice) -> Columns:
        """The same for some rows."""
        return Columns(
            values={name: column[rows] for name, column in self.values.items()},
            sources={name: column[rows] for name, column in self.sources.items()},
            context=self.context[rows],
            contexts=self.contexts,
        )


def columns_of(cases: Iterable[PastCase]) -> Columns:
    """Recorded cases as columns; places are normalised. Raises PlaceRefused."""
    rows = list(cases)
    contexts: dict[tuple[date, tuple[str, ...]], int] = {}
    index = np.empty(len(rows), np.int32)
    names = {name for row in rows for name in row.facts}
    values = {name: np.full(len(rows), MISSING) for name in names}
    sources = {name: np.zeros(len(rows), np.int8) for name in names}
    for number, row in enumerate(rows):
        places = tuple(sorted({normalise(place) for place in row.places}))
        index[number] = contexts.setdefault((row.at.date(), places), len(contexts))
        for name, fact in row.facts.items():
            if fact.value is not None:
                values[name][number] = int(fact.value)
                sources[name][number] = _SOURCES.index(fact.source)
    return Columns(values=values, sources=sources, context=index, contexts=list(contexts))


def backtest(
    packs: Sequence[Pack], columns: Columns, *, block: int = BLOCK
) -> Iterator[tuple[slice, dict[str, NDArray[np.int8]]]]:
    """For each block of rows, each rule's outcomes as places in `OUTCOMES`."""
    for start in range(0, len(columns), block):
        rows = slice(start, min(start + block, len(columns)))
        part = columns.part(rows)
        found: dict[str, NDArray[np.int8]] = {}
        for pack in packs:
            admitted: dict[str, Ints] = {}
            for rule in pack.rules:
                for name in rule.logic.facts:
                    if name not in admitted:
                        admitted[name] = _admitted(part, name, pack.minimums.get(name))
                found[rule.id] = _outcomes(rule, part, admitted)
        yield rows, found


def tally(packs: Sequence[Pack], columns: Columns) -> dict[str, dict[str, int]]:
    """How often each rule came out how."""
    counts = {rule.id: np.zeros(4, np.int64) for pack in packs for rule in pack.rules}
    for _, found in backtest(packs, columns):
        for name, outcomes in found.items():
            counts[name] += np.bincount(outcomes, minlength=4)
    return {
        name: {word: int(count) for word, count in zip(OUTCOMES, row, strict=True)}
        for name, row in counts.items()
    }


def _admitted(columns: Columns, name: str, raised: Source | None) -> Ints:
    """The column with MISSING where the source is not good enough for this pack."""
    column = columns.values.get(name)
    if column is None:
        return np.full(len(columns), MISSING)
    spec = vocabulary()[name]
    sample: Value = True if spec.type == "bool" else 0
    good = np.array(
        [
            refusal_of(Fact(name=name, value=sample, source=s), minimum=raised or spec.minimum)
            is None
            for s in _SOURCES
        ]
    )
    return np.where(good[columns.sources[name]], column, MISSING)


def _outcomes(rule: Rule, columns: Columns, values: Mapping[str, Ints]) -> NDArray[np.int8]:
    place, live = _contexts(rule, columns)
    truth = _decide(rule, place, values)
    if rule.logic.repeated:
        truth = _settled(rule, place, values, truth)
    return np.where(live, truth, NOT_IN_FORCE)


def _contexts(rule: Rule, columns: Columns) -> tuple[Truths, NDArray[np.bool_]]:
    """The place's truth and whether the rule is live, once per day and places, spread to rows."""
    words = {False: FALSE, None: UNKNOWN, True: TRUE}
    places = np.array(
        [words[within(rule.jurisdiction, places)] for _, places in columns.contexts], np.int8
    )
    live = np.array(
        [(s := rule.state_at(day)) is not None and s.state in _LIVE for day, _ in columns.contexts]
    )
    return places[columns.context], live[columns.context]


def _decide(rule: Rule, place: Truths, values: Mapping[str, Ints]) -> Truths:
    truth = np.minimum(place, _condition(rule.when, values))
    for exception in rule.exceptions:
        truth = np.minimum(truth, TRUE - _condition(exception.when, values))
    return truth


def _condition(condition: Condition, values: Mapping[str, Ints]) -> Truths:
    if isinstance(condition, Leaf):
        return _leaf(condition, values[condition.fact])
    parts = [_condition(child, values) for child in condition.children]
    if condition.kind == "not":
        return TRUE - parts[0]
    if condition.kind == "at_least":
        true = np.sum([part == TRUE for part in parts], axis=0)
        possible = np.sum([part != FALSE for part in parts], axis=0)
        reached = np.where(possible >= condition.count, UNKNOWN, FALSE)
        return np.where(true >= condition.count, TRUE, reached)
    join = np.minimum if condition.kind == "all" else np.maximum
    result = parts[0]
    for part in parts[1:]:
        result = join(result, part)
    return result


def _leaf(leaf: Leaf, column: Ints) -> Truths:
    operand: Any = leaf.operand
    tests: dict[str, Callable[[], NDArray[np.bool_]]] = {
        "is": lambda: column == int(operand),
        "in": lambda: np.isin(column, operand),
        "lt": lambda: column < operand,
        "lte": lambda: column <= operand,
        "gte": lambda: column >= operand,
        "between": lambda: (column >= operand[0]) & (column <= operand[1]),
    }
    met = np.where(tests[leaf.operator](), TRUE, FALSE)
    return np.where(column == MISSING, UNKNOWN, met)


def _settled(rule: Rule, place: Truths, values: Mapping[str, Ints], truth: Truths) -> Truths:
    """Facts that stand twice, split into cases where that settles what Kleene leaves open."""
    names = sorted(rule.logic.repeated)
    open_ = np.flatnonzero(truth == UNKNOWN)
    if not open_.size:
        return truth
    here = {name: values[name][open_] for name in rule.logic.facts}
    seen = np.zeros((3, open_.size), bool)
    for answers in product(*(domain(rule, name) for name in names)):
        trial = dict(here)
        for name, answer in zip(names, answers, strict=True):
            assert answer is not None  # noqa: S101  a domain holds values only
            trial[name] = np.where(here[name] == MISSING, np.int32(answer), here[name])
        outcome = _decide(rule, place[open_], trial)
        for word in (FALSE, UNKNOWN, TRUE):
            seen[word] |= outcome == word
    sure = seen.sum(axis=0) == 1
    settled = truth.copy()
    settled[open_[sure]] = seen.argmax(axis=0)[sure].astype(np.int8)
    return settled
