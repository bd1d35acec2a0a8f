from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from policy.api import Fact, Pack
from policy.engine import evaluate
from policy.result import Evaluation

AT = datetime(2026, 11, 20, tzinfo=UTC)
Build = Callable[..., Pack]
Make = Callable[..., dict[str, Any]]


def leaf(fact: str, **changes: Any) -> dict[str, Any]:
    return {"fact": fact, "is": True, "cite": "c", **changes}


def ask(pack: Pack, facts: dict[str, Fact] | None = None, *, place: str = "US") -> Evaluation:
    return evaluate((pack,), facts=facts or {}, at=AT, places=(place,), received_at=None)


def test_first_what_settles_most_rules_then_what_most_need_then_the_cheapest(
    rule: Make, build: Build
) -> None:
    pack = build(
        rule(id="one", when={"all": [leaf("intent_to_harm"), leaf("parody"), leaf("intimate")]}),
        rule(id="two", when={"all": [leaf("intent_to_harm"), leaf("synthetic")]}),
        rule(id="three", when={"at_least": {"count": 2, "of": [leaf(n) for n in (
            "disclosed", "deceptive", "news_reporting")]}}),
    )  # fmt: skip
    evaluation = ask(pack)
    assert [question.fact for question in evaluation.questions] == [
        "intent_to_harm",
        "intimate",
        "parody",
        "synthetic",
        "disclosed",
        "deceptive",
        "news_reporting",
    ]
    first = evaluation.questions[0].to_dict()
    assert first["rules"] == ["one", "two"]
    assert first["settles"] == ["one", "two"]
    assert evaluation.questions[-1].settles == ()
    assert [a.fact for a in evaluation.rule("one").ask] == ["intent_to_harm", "intimate", "parody"]


def test_words_of_the_leaf_before_those_of_the_pack_before_those_of_the_vocabulary(
    rule: Make, build: Build
) -> None:
    pack = build(
        rule(
            id="one",
            when={"all": [leaf("parody", ask="Leaf?"), leaf("synthetic"), leaf("intimate")]},
        ),
        rule(id="two", when=leaf("parody")),
        questions={"parody": "Pack?", "synthetic": "Pack too?"},
    )
    words = {a.fact: a.question for a in ask(pack).rule("one").ask}
    assert words["parody"] == "Leaf?"
    assert words["synthetic"] == "Pack too?"
    assert words["intimate"].startswith("Does the media show")
    merged = ask(pack).questions[0].to_dict()
    assert merged["fact"] == "parody"
    assert [said["question"] for said in merged["asked_by"]] == ["Leaf?", "Pack?"]
    assert merged["why"] == "A law, section 1: It says so."


def test_facts_that_can_no_longer_matter_are_not_asked(
    rule: Make, build: Build, facts: Callable[..., dict[str, Fact]]
) -> None:
    pack = build(
        rule(
            when={
                "all": [
                    leaf("synthetic"),
                    {"any": [leaf("deceptive"), leaf("parody")]},
                    {"any": [leaf("intimate"), leaf("disclosed")]},
                ]
            }
        )
    )
    result = ask(pack, facts(deceptive=True, intimate=False)).rules[0]
    assert {a.fact for a in result.ask} == {"synthetic", "disclosed"}
    assert ask(pack, facts(synthetic=False)).rules[0].ask == ()


def test_a_fact_named_twice_is_split_into_cases(
    rule: Make, build: Build, facts: Callable[..., dict[str, Fact]]
) -> None:
    either = {
        "any": [
            {"all": [leaf("depicted_is_minor"), leaf("synthetic")]},
            {"all": [leaf("depicted_is_minor", **{"is": False}), leaf("synthetic")]},
        ]
    }
    pack = build(rule(when=either))
    assert ask(pack, facts(synthetic=True)).rules[0].outcome == "applies"
    assert [a.fact for a in ask(pack).rules[0].ask] == ["synthetic"]


def test_an_unknown_place_is_one_question_for_all_rules(packs: tuple[Pack, ...]) -> None:
    evaluation = evaluate(packs, facts={}, at=AT, places=(), received_at=None)
    place = next(question for question in evaluation.questions if question.fact == "place")
    assert evaluation.questions[0] is place
    data = place.to_dict()
    assert data["type"] == "place"
    live = [result.rule for result in evaluation.rules if result.live]
    assert set(data["rules"]) == {rule.id for rule in live if rule.jurisdiction != "*"}
    assert {"eu-dsa-16", "us-ca-ab730", "us-tida-notice-removal"} <= set(data["rules"])
    assert "house-synthetic-label" not in data["rules"]
    coarse = evaluate(packs, facts={}, at=AT, places=("US",), received_at=None)
    asked = next(question for question in coarse.questions if question.fact == "place")
    assert {rule for rule, _ in asked.asked_by} == {
        rule.id for rule in live if rule.jurisdiction.startswith("US-")
    }
