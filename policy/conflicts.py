"""Duties that collide, always shown; what the order of norms says stands beside them.

Order or prohibition before legal duty before platform policy; for one action the earliest time
holds; a duty that ends at a border against a ban elsewhere becomes a geo-block; removal goes with
sealed preservation. Whatever remains goes to a lawyer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING

from policy.api import Action, Force, Level, Scope
from policy.parts import Conflict, Duty

if TYPE_CHECKING:
    from policy.result import RuleResult

_PRECEDENCE = {Level.ORDER: 0, Level.LAW: 1, Level.POLICY: 2}
_MOST_NAMED = 3
_Pair = tuple["RuleResult", Duty]
#: What the functions below say, for translators and for `languages`, which reads it back.
FRAMES = (
    (
        "{count} duties ask for the same action ({action}) by different times: the earliest is "
        "{rule} by {moment}, the latest {last_rule} by {last_moment}."
    ),
    "The earlier time holds: {moment}.",
    "{those} want it removed, {others} want it kept.",
    "{rules}",
    "{rules} and {count} more",
    "Take it out of view and keep a sealed copy.",
    "{rule} and {other_rule} say opposite things about one action ({action}).",
    "{rule} goes first: {level} before the other.",
    "Block it in {place} only.",
    "A lawyer must decide.",
    *(action.replace("_", " ") for action in Action),
    *(level.value for level in Level),
)


def conflicts(results: Sequence[RuleResult]) -> tuple[Conflict, ...]:
    """Over the duties of all rules that apply or still may; each kind of clash is said once."""
    pairs = [
        (result, duty)
        for result in results
        if result.open
        for duty in result.duties
        if duty.displaced_by is None
    ]
    wanted = [pair for pair in pairs if pair[1].obligation.force is Force.MUST]
    return (*_opposed_pairs(pairs), *_deadlines(wanted), *_kept_and_removed(wanted))


def _opposed_pairs(pairs: Sequence[_Pair]) -> Iterator[Conflict]:
    """One must, another must not."""
    for one, other in combinations(pairs, 2):
        first, second = one[1].obligation, other[1].obligation
        forces = {first.force, second.force}
        apart = one[0].rule.id != other[0].rule.id
        if apart and first.do is second.do and forces == {Force.MUST, Force.MUST_NOT}:
            yield _opposed(one, other)


def _deadlines(pairs: Sequence[_Pair]) -> Iterator[Conflict]:
    """Rules that ask for the same action by different times, the earliest first."""
    by_action: dict[Action, list[tuple[datetime, _Pair]]] = {}
    for pair in pairs:
        if pair[1].due is not None:
            by_action.setdefault(pair[1].obligation.do, []).append((pair[1].due, pair))
    for action, dated in by_action.items():
        dated.sort(key=lambda item: (item[0], item[1][0].rule.id))
        times = {when for when, _ in dated}
        ordered = [pair for _, pair in dated]
        if len(times) < 2 or len({result.rule.id for result, _ in ordered}) < 2:
            continue
        early, late = dated[0], dated[-1]
        yield _conflict(
            "deadlines",
            ordered,
            f"{len(dated)} duties ask for the same action ({_words(action)}) by different times: "
            f"the earliest is {early[1][0].rule.id} by {_moment(early[0])}, the latest "
            f"{late[1][0].rule.id} by {_moment(late[0])}.",
            f"The earlier time holds: {_moment(early[0])}.",
        )


def _kept_and_removed(pairs: Sequence[_Pair]) -> Iterator[Conflict]:
    """Some want it gone, others want it kept."""
    gone = [pair for pair in pairs if pair[1].obligation.do is Action.REMOVE]
    kept = [pair for pair in pairs if pair[1].obligation.do is Action.PRESERVE]
    if not gone or not kept or len({pair[0].rule.id for pair in (*gone, *kept)}) < 2:
        return
    yield _conflict(
        "removal and preservation",
        [*gone, *kept],
        f"{_named(gone)} want it removed, {_named(kept)} want it kept.",
        "Take it out of view and keep a sealed copy.",
    )


def _named(pairs: Sequence[_Pair]) -> str:
    names = list(dict.fromkeys(result.rule.id for result, _ in pairs))
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _moment(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M %Z}"


def _words(action: Action) -> str:
    return action.replace("_", " ")


def _opposed(one: _Pair, other: _Pair) -> Conflict:
    action = _words(one[1].obligation.do)
    ranks = [_PRECEDENCE[result.rule.level] for result, _ in (one, other)]
    sentence = (
        f"{one[0].rule.id} and {other[0].rule.id} say opposite things about one action ({action})."
    )
    if ranks[0] != ranks[1]:
        stronger = one if ranks[0] < ranks[1] else other
        resolution = f"{stronger[0].rule.id} goes first: {stronger[0].rule.level} before the other."
        return _conflict("precedence", [one, other], sentence, resolution)
    demand = one if one[1].obligation.force is Force.MUST else other
    apart = one[0].rule.jurisdiction != other[0].rule.jurisdiction
    if apart and demand[1].obligation.scope is Scope.TERRITORY:
        resolution = f"Block it in {demand[0].rule.jurisdiction} only."
        return _conflict("territorial", [one, other], sentence, resolution)
    return _conflict("opposed", [one, other], sentence, "A lawyer must decide.")


def _conflict(kind: str, pairs: Sequence[_Pair], sentence: str, resolution: str) -> Conflict:
    return Conflict(
        kind=kind,
        rules=tuple(dict.fromkeys(result.rule.id for result, _ in pairs)),
        sentence=sentence,
        resolution=resolution,
        citations=tuple(dict.fromkeys(duty.obligation.citation for _, duty in pairs)),
        provisional=any(duty.provisional for _, duty in pairs),
    )
