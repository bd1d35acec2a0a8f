"""Rules over columns of cases: equal to the engine on every case."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.api import Fact, FactType, Pack, Source
from policy.backtest import OUTCOMES, backtest, columns_of, tally
from policy.cli import command
from policy.diff import PastCase
from policy.engine import evaluate
from policy.loader import load_packs
from policy.vocabulary import vocabulary

PACKS = load_packs()
PLACES = ("US", "US-CA", "US-TX", "DE", "EU", "KR", "*")
START = datetime(2019, 1, 1, tzinfo=UTC)


@st.composite
def cases(draw: st.DrawFn) -> PastCase:
    facts = {}
    used = sorted({name for pack in PACKS for rule in pack.rules for name in rule.logic.facts})
    for name in draw(st.sets(st.sampled_from(used))):
        spec = vocabulary()[name]
        number = st.integers(-100, 200) if spec.type is FactType.INTEGER else st.booleans()
        source = draw(st.sampled_from(sorted(spec.supply)))
        facts[name] = Fact(name=name, value=draw(st.none() | number), source=Source(source))
    return PastCase(
        name="case",
        facts=facts,
        at=START + timedelta(days=draw(st.integers(0, 3_600))),
        places=tuple(draw(st.lists(st.sampled_from(PLACES), max_size=3))),
        received_at=None,
    )


@settings(max_examples=150)
@given(st.lists(cases(), min_size=1, max_size=6))
def test_it_says_what_the_engine_says(rows: list[PastCase]) -> None:
    columns = columns_of(rows)
    for part, found in backtest(PACKS, columns, block=4):
        for number, row in enumerate(rows[part]):
            evaluation = evaluate(
                PACKS, facts=row.facts, at=row.at, places=row.places, received_at=None
            )
            said = {name: OUTCOMES[outcomes[number]] for name, outcomes in found.items()}
            assert said == {r.rule.id: r.outcome.value for r in evaluation.rules}


def test_a_fact_that_stands_twice_is_settled_as_the_engine_settles_it(
    build: Callable[..., Pack], rule: Callable[..., dict[str, Any]]
) -> None:
    leaf = {"fact": "synthetic", "cite": "c"}
    pack = build(rule(when={"any": [{**leaf, "is": True}, {**leaf, "is": False}]}))
    row = PastCase(name="x", facts={}, at=START + timedelta(days=3_000), places=(),
                   received_at=None)  # fmt: skip
    counts = tally([pack], columns_of([row]))
    outcome = evaluate([pack], facts={}, at=row.at, places=(), received_at=None).rules[0].outcome
    assert counts["example"][outcome.value] == 1


def test_blocks_add_up() -> None:
    rows = [
        PastCase(
            name=str(number),
            facts={"synthetic": Fact(name="synthetic", value=number % 2 == 0,
                                     source=Source.REVIEWER)},
            at=START + timedelta(days=number),
            places=("US-CA",),
            received_at=None,
        )
        for number in range(50)
    ]  # fmt: skip
    columns = columns_of(rows)
    whole = tally(PACKS, columns)
    assert all(sum(row.values()) == 50 for row in whole.values())
    parts = [found for _, found in backtest(PACKS, columns, block=7)]
    for name, row in whole.items():
        joined = np.concatenate([found[name] for found in parts])
        assert row == {w: int((joined == i).sum()) for i, w in enumerate(OUTCOMES)}


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    lines = [
        {"facts": {"intimate": True}, "at": "2026-11-20", "places": ["US"]},
        {"facts": {"intimate": False}, "at": "2026-11-20", "places": ["US"]},
        {"facts": {}, "at": "2025-01-01", "places": ["US"]},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = CliRunner().invoke(command, ["backtest", str(path), "--json"])
    assert done.exit_code == 0
    body = json.loads(done.stdout)
    assert body["cases"] == 3
    assert body["rules"]["us-tida-notice-removal"] == {
        "does_not_apply": 1, "unknown": 1, "applies": 0, "not_in_force": 1,
    }  # fmt: skip
    path.write_text('{"facts": {"nonsense": true}, "at": "2026-11-20"}\n')
    assert CliRunner().invoke(command, ["backtest", str(path)]).exit_code == 2
