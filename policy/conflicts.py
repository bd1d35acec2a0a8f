"""Duties that collide, always shown; what the order of norms says stands beside them.

Order or prohibition before legal duty before platform policy; for one action the earliest time
holds; a duty that ends at a border against a ban elsewhere becomes a geo-block; removal goes with
sealed preservation. Whatever remains goes to a lawyer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from policy.api import Action, Force, Level, Scope
from policy.parts import Conflict, Duty

if TYPE_CHECKING:
    from policy.result import RuleResult

_PRECEDENCE = {Level.ORDER: 0, Level.LAW: 1, Level.POLICY: 2}
_Pair = tuple["RuleResult", Duty]


def conflicts(results: Sequence[RuleResult]) -> tuple[Conflict, ...]:
    """Over every pair of duties of rules that apply or still may."""
    pairs = [(result, duty) for result in results if result.open for duty in result.duties]
    return tuple(
        conflict
        for one, other in combinations(pairs, 2)
        if one[0].rule.id != other[0].rule.id
        for conflict in _between(one, other)
    )


def _between(one: _Pair, other: _Pair) -> Iterator[Conflict]:
    first, second = one[1].obligation, other[1].obligation
    forces = {first.force, second.force}
    if one[0].rule.id == other[1].displaced_by or other[0].rule.id == one[1].displaced_by:
        return
    if first.do is second.do and forces == {Force.MUST, Force.MUST_NOT}:
        yield _opposed(one, other)
    elif forces == {Force.MUST} and first.do is second.do:
        if one[1].due and other[1].due and one[1].due != other[1].due:
            yield _deadlines(one, other)
    elif forces == {Force.MUST} and {first.do, second.do} == {Action.REMOVE, Action.PRESERVE}:
        yield _conflict(
            "removal and preservation",
            one,
            other,
            "One rule wants it removed, another wants it kept.",
            "Take it out of view and keep a sealed copy.",
        )


def _deadlines(one: _Pair, other: _Pair) -> Conflict:
    early, late = sorted(
        (one, other), key=lambda pair: str(pair[1].due and pair[1].due.timestamp())
    )
    assert early[1].due is not None and late[1].due is not None  # noqa: S101, PT018
    action = early[1].obligation.do.replace("_", " ")
    return _conflict(
        "deadlines",
        early,
        late,
        f"Two rules ask for the same action ({action}): {early[0].rule.id} by "
        f"{early[1].due.isoformat()}, {late[0].rule.id} by {late[1].due.isoformat()}.",
        f"The earlier time holds: {early[1].due.isoformat()}.",
    )


def _opposed(one: _Pair, other: _Pair) -> Conflict:
    action = one[1].obligation.do.replace("_", " ")
    ranks = [_PRECEDENCE[result.rule.level] for result, _ in (one, other)]
    sentence = (
        f"{one[0].rule.id} and {other[0].rule.id} say opposite things about one action ({action})."
    )
    if ranks[0] != ranks[1]:
        stronger = one if ranks[0] < ranks[1] else other
        resolution = f"{stronger[0].rule.id} goes first: {stronger[0].rule.level} before the other."
        return _conflict("precedence", one, other, sentence, resolution)
    demand = one if one[1].obligation.force is Force.MUST else other
    apart = one[0].rule.jurisdiction != other[0].rule.jurisdiction
    if apart and demand[1].obligation.scope is Scope.TERRITORY:
        resolution = f"Block it in {demand[0].rule.jurisdiction} only."
        return _conflict("territorial", one, other, sentence, resolution)
    return _conflict("opposed", one, other, sentence, "A lawyer must decide.")


def _conflict(kind: str, one: _Pair, other: _Pair, sentence: str, resolution: str) -> Conflict:
    return Conflict(
        kind=kind,
        rules=(one[0].rule.id, other[0].rule.id),
        sentence=sentence,
        resolution=resolution,
        citations=(one[1].obligation.citation, other[1].obligation.citation),
        provisional=one[1].provisional or other[1].provisional,
    )
