from __future__ import annotations

from itertools import permutations, product

import pytest

from policy.logic import (
    COMPARISONS,
    Truth,
    conjunction,
    disjunction,
    negation,
    threshold,
)

T, F, U = True, False, None
VALUES: tuple[Truth, ...] = (T, F, U)


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (T, T, T, T),
        (T, F, F, T),
        (T, U, U, T),
        (F, T, F, T),
        (F, F, F, F),
        (F, U, F, U),
        (U, T, U, T),
        (U, F, F, U),
        (U, U, U, U),
    ],
)
def test_and_or_table(left: Truth, right: Truth, both: Truth, either: Truth) -> None:
    assert conjunction((left, right)) is both
    assert disjunction((left, right)) is either


@pytest.mark.parametrize(("value", "opposite"), [(T, F), (F, T), (U, U)])
def test_not_table(value: Truth, opposite: Truth) -> None:
    assert negation(value) is opposite


def test_empty_all_is_true_and_empty_any_is_false() -> None:
    assert conjunction(()) is True
    assert disjunction(()) is False


@pytest.mark.parametrize("values", list(product(VALUES, repeat=3)))
def test_de_morgan_and_order(values: tuple[Truth, ...]) -> None:
    assert negation(conjunction(values)) is disjunction(negation(v) for v in values)
    assert negation(disjunction(values)) is conjunction(negation(v) for v in values)
    for order in permutations(values):
        assert conjunction(order) is conjunction(values)
        assert disjunction(order) is disjunction(values)


@pytest.mark.parametrize("values", list(product(VALUES, repeat=3)))
@pytest.mark.parametrize("count", [1, 2, 3])
def test_at_least_is_what_all_completions_say(count: int, values: tuple[Truth, ...]) -> None:
    completions = product(*((T, F) if v is None else (v,) for v in values))
    outcomes = {sum(map(bool, c)) >= count for c in completions}
    expected = outcomes.pop() if len(outcomes) == 1 else None
    assert threshold(count, values) is expected


def test_at_least_covers_all_and_any() -> None:
    for values in product(VALUES, repeat=3):
        assert threshold(1, values) is disjunction(values)
        assert threshold(3, values) is conjunction(values)


@pytest.mark.parametrize(
    ("operator", "operand", "yes", "no"),
    [
        ("is", 5, (5,), (4, 6)),
        ("in", (1, 3), (1, 3), (0, 2, 4)),
        ("lt", 5, (4, -1), (5, 6)),
        ("lte", 5, (4, 5), (6,)),
        ("gte", 5, (5, 6), (4,)),
        ("between", (0, 60), (0, 30, 60), (-1, 61)),
    ],
)
def test_comparisons(
    operator: str, operand: int | tuple[int, ...], yes: tuple[int, ...], no: tuple[int, ...]
) -> None:
    test = COMPARISONS[operator](operand)
    assert all(test(value) is True for value in yes)
    assert all(test(value) is False for value in no)
    assert test(None) is None


def test_is_on_truth_values() -> None:
    assert COMPARISONS["is"](False)(False) is True
    assert COMPARISONS["is"](False)(True) is False
    assert COMPARISONS["is"](False)(None) is None
