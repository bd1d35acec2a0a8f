"""The policy engine against the same predicates as plain Python, and a million cases at once."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import policy_rivals as rivals
from benchmarks.figures import Figure, keep

if TYPE_CHECKING:
    from policy.api import Fact, Pack
    from policy.backtest import Columns

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
CASES = 300
MANY = 1_000_000


def main() -> list[Figure]:
    """Measure both on the installed packs."""
    from policy.loader import load_packs

    packs = load_packs()
    rules = sum(len(pack.rules) for pack in packs)
    seconds = _evaluations(packs)
    spent, peak = _backtest(packs)
    plain = seconds["plain"] * 1e6
    against = "the same predicates as plain Python"
    figures = [
        Figure(
            f"{what} of {rules} rules, per case", seconds[name] * 1e6, plain, "us", against, "lower"
        )
        for name, what in (
            ("outcomes", "outcome, every place reached"),
            ("somewhere", "outcome, one place"),
            ("traced", "outcome and whole trace, every place reached"),
            ("traced somewhere", "outcome and whole trace, one place"),
        )
    ]
    if "cel" in seconds:
        figures.append(
            Figure(f"conditions of {rules} rules in cel-expr-python", seconds["cel"] * 1e6,
                   plain, "us", against, "lower")
        )  # fmt: skip
    figures.append(
        Figure(f"backtest of {MANY:,} cases, per rule and case", spent / (MANY * rules) * 1e9,
               plain * 1e3 / rules, "ns", against, "lower")
    )  # fmt: skip
    print(f"{MANY:,} cases under {rules} rules took {spent:.1f} s and {peak:.2f} GiB at most")
    keep("policy", figures)
    return figures


def _evaluations(packs: tuple[Pack, ...]) -> dict[str, float]:
    """Seconds a case: the engine, with and without its traces, and the bare predicates."""
    from policy.engine import evaluate

    cases = [_facts(packs, seed) for seed in range(CASES)]
    conditions = [rule.when for pack in packs for rule in pack.rules]
    bare = [{name: fact.value for name, fact in facts.items()} for facts in cases]
    everywhere = sorted({rule.jurisdiction for pack in packs for rule in pack.rules})
    predicates = [rivals.plain(condition) for condition in conditions]

    def engine(places: list[str], *, traced: bool) -> Callable[[], None]:
        def work() -> None:
            for facts in cases:
                found = evaluate(packs, facts=facts, at=AT, places=places, received_at=AT)
                if traced:
                    for result in found.rules:
                        _ = result.trace

        return work

    def python() -> None:
        for values in bare:
            for predicate in predicates:
                predicate(values)

    work = {
        "plain": python,
        "outcomes": engine(everywhere, traced=False),
        "somewhere": engine(["US-CA"], traced=False),
        "traced": engine(everywhere, traced=True),
        "traced somewhere": engine(["US-CA"], traced=True),
    }
    cel = rivals.cel(conditions, bare)
    if cel is not None:
        work["cel"] = cel
    return {name: _best(run) / CASES for name, run in work.items()}


def _facts(packs: tuple[Pack, ...], seed: int) -> dict[str, Fact]:
    from policy.api import Fact, Source
    from policy.vocabulary import vocabulary

    generator = random.Random(seed)
    names = sorted({name for pack in packs for rule in pack.rules for name in rule.logic.facts})
    found = {}
    for name in names:
        number = vocabulary()[name].type == "integer"
        value: Any = generator.randint(-30, 120) if number else generator.random() < 0.5
        found[name] = Fact(name=name, value=value, source=Source.REVIEWER)
    return found


def _backtest(packs: tuple[Pack, ...]) -> tuple[float, float]:
    from policy.backtest import tally

    columns = _columns(packs)
    begun = time.perf_counter()
    tally(packs, columns)
    seconds = time.perf_counter() - begun
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def _columns(packs: tuple[Pack, ...]) -> Columns:
    from policy.api import Source
    from policy.backtest import MISSING, Columns
    from policy.vocabulary import vocabulary

    generator = np.random.default_rng(1)
    names = sorted({name for pack in packs for rule in pack.rules for name in rule.logic.facts})
    reviewer = list(Source).index(Source.REVIEWER)
    values = {}
    for name in names:
        high = 120 if vocabulary()[name].type == "integer" else 2
        column = generator.integers(0, high, MANY).astype(np.int32)
        column[generator.random(MANY) < 0.3] = MISSING
        values[name] = column
    contexts = [
        (date(2024 + year, 6, 1), places)
        for year in range(3)
        for places in ((), ("US",), ("US-CA",), ("DE",), ("KR",), ("EU",))
    ]
    return Columns(
        values=values,
        sources={name: np.full(MANY, reviewer, np.int8) for name in names},
        context=generator.integers(0, len(contexts), MANY).astype(np.int32),
        contexts=contexts,
    )


def _best(work: Callable[[], None], *, times: int = 5) -> float:
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best
