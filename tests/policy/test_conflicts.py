from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from policy.api import Fact, Pack
from policy.engine import evaluate
from policy.result import Conflict

AT = datetime(2026, 11, 20, tzinfo=UTC)
Build = Callable[..., Pack]
Make = Callable[..., dict[str, Any]]
FACTS = {"synthetic": True}


def duty(do: str = "remove", **changes: Any) -> dict[str, Any]:
    base = {
        "do": do,
        "what": "Do it.",
        "scope": "worldwide",
        "clock": "elapsed",
        "within": "PT48H",
        "from_event": "report_received",
        "cite": "c",
    }
    return {**base, **changes}


@pytest.fixture
def collide(rule: Make, build: Build, facts: Callable[..., dict[str, Fact]]) -> Callable[..., Any]:
    def make(
        first: dict[str, Any], second: dict[str, Any], *, known: bool = True, **rules: Any
    ) -> tuple[Conflict, ...]:
        pack = build(
            rule(id="one", obligations=[first], **rules.get("one", {})),
            rule(id="two", obligations=[second], **rules.get("two", {})),
        )
        return evaluate(
            (pack,),
            facts=facts(synthetic=True if known else None),
            at=AT,
            places=("DE",),
            received_at=AT,
        ).conflicts

    return make


def test_the_earlier_deadline_holds_and_both_are_shown(collide: Callable[..., Any]) -> None:
    (found,) = collide(duty(within="P7D"), duty(within="PT24H"))
    assert found.kind == "deadlines"
    assert found.rules == ("two", "one")
    assert found.resolution == "The earlier time holds: 2026-11-21 00:00 UTC."
    assert "the latest one by 2026-11-27 00:00 UTC" in found.sentence
    assert not found.provisional
    assert set(found.to_dict()) == {
        "kind", "rules", "sentence", "resolution", "citations", "provisional",
    }  # fmt: skip


def test_equal_deadlines_and_other_actions_are_no_conflict(collide: Callable[..., Any]) -> None:
    assert collide(duty(), duty()) == ()
    assert collide(duty(), duty("label")) == ()
    assert collide(duty(), duty(force="may", within="P1D")) == ()


def test_a_clash_of_many_is_said_once(
    rule: Make, build: Build, facts: Callable[..., dict[str, Fact]]
) -> None:
    days = {"a": 1, "b": 2, "c": 2, "d": 9}
    pack = build(
        *(
            rule(id=name, obligations=[duty(within=f"P{number}D"), duty("preserve")])
            for name, number in days.items()
        )
    )
    found = evaluate(
        (pack,), facts=facts(synthetic=True), at=AT, places=(), received_at=AT
    ).conflicts
    assert [conflict.kind for conflict in found] == ["deadlines", "removal and preservation"]
    assert found[0].rules == ("a", "b", "c", "d")
    assert "4 duties" in found[0].sentence
    assert "a, b, c and 1 more want it removed" in found[1].sentence


def test_an_override_moves_duties_aside_and_says_so(
    rule: Make, build: Build, facts: Callable[..., dict[str, Fact]]
) -> None:
    aside = {"overrides": [{"rule": "two", "why": "The special law goes first.", "cite": "c"}]}
    pack = build(
        rule(id="one", obligations=[duty(within="PT24H")], **aside),
        rule(id="two", obligations=[duty(within="P7D")]),
    )
    found = evaluate((pack,), facts=facts(synthetic=True), at=AT, places=(), received_at=AT)
    assert found.rule("two").duties[0].displaced_by == "one"
    assert found.rule("two").outcome == "applies"
    assert found.conflicts == ()
    open_ = evaluate((pack,), facts={}, at=AT, places=(), received_at=AT)
    assert open_.rule("two").duties[0].displaced_by is None


def test_open_rules_conflict_provisionally(collide: Callable[..., Any]) -> None:
    (found,) = collide(duty(), duty(within="PT24H"), known=False)
    assert found.provisional


def test_removal_goes_with_sealed_preservation(collide: Callable[..., Any]) -> None:
    (found,) = collide(duty(), duty("preserve"))
    assert found.kind == "removal and preservation"
    assert "sealed" in found.resolution


def test_an_order_goes_before_law_and_law_before_policy(collide: Callable[..., Any]) -> None:
    (found,) = collide(duty(), duty(force="must_not"), two={"level": "order"})
    assert (found.kind, found.resolution) == (
        "precedence",
        "two goes first: order before the other.",
    )
    (found,) = collide(duty(), duty(force="must_not"), two={"level": "policy"})
    assert found.resolution.startswith("one goes first: law")


def test_a_duty_of_one_territory_becomes_a_block_there(collide: Callable[..., Any]) -> None:
    (found,) = collide(duty(scope="territory"), duty(force="must_not"), one={"jurisdiction": "DE"})
    assert (found.kind, found.resolution) == ("territorial", "Block it in DE only.")


def test_what_remains_goes_to_a_lawyer(collide: Callable[..., Any]) -> None:
    (found,) = collide(duty(), duty(force="must_not"))
    assert (found.kind, found.resolution) == ("opposed", "A lawyer must decide.")


def test_rules_that_do_not_apply_do_not_collide(collide: Callable[..., Any]) -> None:
    assert collide(duty(), duty(force="must_not"), two={"jurisdiction": "US"}) == ()
