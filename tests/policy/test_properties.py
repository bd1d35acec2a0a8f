"""Properties that hold for every rule one can write, checked on generated rules."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policy.api import Fact, Outcome, Pack, Source
from policy.engine import evaluate
from policy.result import Evaluation
from policy.vocabulary import vocabulary

NAMES = ("synthetic", "deceptive", "parody", "disclosed", "intimate")
AT = datetime(2026, 11, 20, tzinfo=UTC)
NUMBERS = (-1, 0, 1, 59, 60, 61, 62)
SETTLED = (Outcome.APPLIES, Outcome.DOES_NOT_APPLY)

LEAF = st.one_of(
    st.builds(
        lambda name, value: {"fact": name, "is": value, "cite": "c"},
        st.sampled_from(NAMES),
        st.booleans(),
    ),
    st.sampled_from(
        [
            {"fact": "days_to_election", "between": [0, 60], "cite": "c"},
            {"fact": "days_to_election", "lt": 1, "cite": "c"},
            {"fact": "days_to_election", "gte": 61, "cite": "c"},
            {"fact": "days_to_election", "in": [0, 60], "cite": "c"},
        ]
    ),
)


def groups(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(children, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda items: {"all": items}),
        several.map(lambda items: {"any": items}),
        children.map(lambda item: {"not": item}),
        several.flatmap(
            lambda items: st.integers(1, len(items)).map(
                lambda count: {"at_least": {"count": count, "of": items}}
            )
        ),
    )


CONDITION = st.recursive(LEAF, groups, max_leaves=6)
EXCEPTIONS = st.lists(CONDITION, max_size=2)
ANSWERS = st.fixed_dictionaries(
    {name: st.sampled_from([True, False, None]) for name in NAMES}
    | {"days_to_election": st.sampled_from([*NUMBERS, None])}
)


def make(
    rule: Callable[..., dict[str, Any]],
    build: Callable[..., Pack],
    when: dict[str, Any],
    exceptions: list[dict[str, Any]],
    **changes: Any,
) -> Pack:
    changed = rule(when=when, **changes)
    if exceptions:
        changed["exceptions"] = [
            {"id": f"e{number}", "title": "but", "when": condition, "cite": "c"}
            for number, condition in enumerate(exceptions)
        ]
    return build(changed)


def ask(pack: Pack, answers: dict[str, Any], **changes: Any) -> Evaluation:
    facts = {name: Fact(name, value, Source.REVIEWER) for name, value in answers.items()}
    given_: dict[str, Any] = {"at": AT, "places": (), "received_at": None, **changes}
    return evaluate((pack,), facts=facts, **given_)


def domain(name: str) -> tuple[Any, ...]:
    return NUMBERS if name == "days_to_election" else (True, False)


def completions(answers: dict[str, Any]) -> list[dict[str, Any]]:
    choices = [domain(name) if value is None else (value,) for name, value in answers.items()]
    return [dict(zip(answers, values, strict=True)) for values in product(*choices)]


@settings(max_examples=150)
@given(when=CONDITION, exceptions=EXCEPTIONS, answers=ANSWERS, data=st.data())
def test_refining_an_unknown_never_flips_a_settled_outcome(
    when: dict[str, Any],
    exceptions: list[dict[str, Any]],
    answers: dict[str, Any],
    data: st.DataObject,
    rule: Callable[..., dict[str, Any]],
    build: Callable[..., Pack],
) -> None:
    pack = make(rule, build, when, exceptions)
    before = ask(pack, answers).rules[0].outcome
    finer = data.draw(st.sampled_from(completions(answers)))
    after = ask(pack, finer).rules[0].outcome
    assert after in SETTLED
    if before in SETTLED:
        assert after is before


@settings(max_examples=80)
@given(when=CONDITION, exceptions=EXCEPTIONS, answers=ANSWERS)
def test_unknown_means_that_it_depends_and_asks_exactly_what_it_depends_on(
    when: dict[str, Any],
    exceptions: list[dict[str, Any]],
    answers: dict[str, Any],
    rule: Callable[..., dict[str, Any]],
    build: Callable[..., Pack],
) -> None:
    pack = make(rule, build, when, exceptions)
    used = pack.rules[0].logic.facts
    answers = {name: value for name, value in answers.items() if name in used}
    result = ask(pack, answers).rules[0]
    table = {
        tuple(complete.items()): ask(pack, complete).rules[0].outcome
        for complete in completions(answers)
    }
    assert (result.outcome is Outcome.UNKNOWN) == (len(set(table.values())) == 2)
    matters = {
        name
        for name, value in answers.items()
        if value is None
        for complete, outcome in table.items()
        for other in domain(name)
        if table[tuple({**dict(complete), name: other}.items())] is not outcome
    }
    assert {question.fact for question in result.ask} == (
        matters if result.outcome is Outcome.UNKNOWN else set()
    )


def shuffled(condition: dict[str, Any], by: random.Random) -> dict[str, Any]:
    kind = next(iter(condition))
    if kind == "fact":
        keys = list(condition)
        by.shuffle(keys)
        return {key: condition[key] for key in keys}
    if kind == "not":
        return {kind: shuffled(condition[kind], by)}
    inside = condition[kind]["of"] if kind == "at_least" else condition[kind]
    children = [shuffled(child, by) for child in inside]
    by.shuffle(children)
    return {
        kind: {"of": children, "count": condition[kind]["count"]}
        if kind == "at_least"
        else children
    }


@settings(max_examples=100)
@given(when=CONDITION, exceptions=EXCEPTIONS, answers=ANSWERS, seed=st.integers(0, 2**32))
def test_order_of_conditions_exceptions_and_facts_never_matters(
    when: dict[str, Any],
    exceptions: list[dict[str, Any]],
    answers: dict[str, Any],
    seed: int,
    rule: Callable[..., dict[str, Any]],
    build: Callable[..., Pack],
) -> None:
    by = random.Random(seed)
    mixed = [shuffled(condition, by) for condition in exceptions]
    by.shuffle(mixed)
    names = list(answers)
    by.shuffle(names)
    one = ask(make(rule, build, when, exceptions), answers)
    other = ask(
        make(rule, build, shuffled(when, by), mixed), {name: answers[name] for name in names}
    )
    assert one.rules[0].outcome is other.rules[0].outcome
    assert [a.fact for a in one.rules[0].ask] == [a.fact for a in other.rules[0].ask]
    assert [q.fact for q in one.questions] == [q.fact for q in other.questions]


@settings(max_examples=60)
@given(answers=ANSWERS, seed=st.integers(0, 2**32))
def test_order_of_packs_and_places_never_matters(
    answers: dict[str, Any], seed: int, packs: tuple[Pack, ...]
) -> None:
    by = random.Random(seed)
    facts = {name: Fact(name, value, Source.REVIEWER) for name, value in answers.items()}
    places = ["US", "DE", "US-TX"]
    mixed, elsewhere = list(packs), list(places)
    by.shuffle(mixed)
    by.shuffle(elsewhere)
    one = evaluate(packs, facts=facts, at=AT, places=places, received_at=AT)
    other = evaluate(mixed, facts=facts, at=AT, places=elsewhere, received_at=AT)
    assert one.to_dict() == other.to_dict()


@settings(max_examples=100)
@given(
    when=CONDITION,
    exceptions=EXCEPTIONS,
    answers=ANSWERS,
    name=st.sampled_from(NAMES),
    source=st.sampled_from([Source.DETECTOR, Source.PROVENANCE, Source.REQUESTER]),
)
def test_a_source_below_its_minimum_is_the_same_as_no_answer(
    when: dict[str, Any],
    exceptions: list[dict[str, Any]],
    answers: dict[str, Any],
    name: str,
    source: Source,
    rule: Callable[..., dict[str, Any]],
    build: Callable[..., Pack],
) -> None:
    assert vocabulary()[name].minimum is Source.REVIEWER
    pack = make(rule, build, when, exceptions)
    known = {n: Fact(n, v, Source.REVIEWER) for n, v in answers.items() if n != name}
    weak = {**known, name: Fact(name, True, source)}
    one = evaluate((pack,), facts=known, at=AT, places=(), received_at=None).rules[0]
    other = evaluate((pack,), facts=weak, at=AT, places=(), received_at=None).rules[0]
    assert one.outcome is other.outcome
    assert one.sentence == other.sentence
    assert [a.fact for a in one.ask] == [a.fact for a in other.ask]
    assert [line.result for line in one.trace] == [line.result for line in other.trace]
