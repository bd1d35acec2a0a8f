"""Runs the worked examples inside packs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policy.api import Pack, PackTest
from policy.engine import evaluate
from policy.result import RuleResult


@dataclass(frozen=True, slots=True)
class Failure:
    """A worked example that came out otherwise, in one sentence."""

    rule: str
    test: str
    sentence: str


def run(packs: Iterable[Pack]) -> list[Failure]:
    """Every test of every pack on its own pack; empty when all hold."""
    return list(failures(packs))


def failures(packs: Iterable[Pack]) -> Iterator[Failure]:
    """The same one by one, for whoever only wants to know whether there is any."""
    for pack in packs:
        for test in pack.tests:
            yield from _run(pack, test)


def _run(pack: Pack, test: PackTest) -> list[Failure]:
    evaluation = evaluate(
        (pack,),
        facts=test.facts,
        at=test.at,
        places=test.places,
        received_at=test.received_at,
        events=test.events,
    )
    result = evaluation.rule(test.rule)
    return [Failure(test.rule, test.name, sentence) for sentence in _differences(test, result)]


def _differences(test: PackTest, result: RuleResult) -> list[str]:
    asked = tuple(ask.fact for ask in result.ask)
    done = tuple(duty.obligation.do.value for duty in result.duties)
    due = {duty.obligation.do.value: duty.due for duty in result.duties}
    latest = {duty.obligation.do.value: duty.latest for duty in result.duties}
    provisional = any(duty.provisional for duty in result.duties)
    pairs: list[tuple[str, object, object]] = [
        ("outcome", test.outcome.value, result.outcome.value),
        ("status", test.state and test.state.value, result.state.value),
        ("ask", test.ask, asked),
        ("do", test.do, done),
        ("due", test.due, due),
        ("latest", test.latest, latest),
        ("provisional", test.provisional, provisional),
    ]
    return [
        f"{what} should be {expected!r} and is {found!r}"
        for what, expected, found in pairs
        if expected is not None and expected != found
    ]
