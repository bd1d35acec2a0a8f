"""Figures against values that can be worked out by hand or by brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.calibration import intervals, measures

LABELLED = st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2, max_size=40).filter(
    lambda pairs: len({fake for _, fake in pairs}) == 2
)


def arrays(pairs: list[tuple[int, bool]]) -> tuple[measures.Floats, measures.Flags]:
    return (
        np.array([value for value, _ in pairs], dtype=np.float64),
        np.array([fake for _, fake in pairs], dtype=np.bool_),
    )


@given(LABELLED)
def test_auc_is_the_share_of_pairs_in_order(pairs: list[tuple[int, bool]]) -> None:
    values, fake = arrays(pairs)
    order = np.sign(values[fake][:, None] - values[~fake][None, :])
    assert measures.auc(values, fake) == pytest.approx(float(np.mean((order + 1) / 2)))


@given(LABELLED)
def test_turning_the_score_round_mirrors_auc_and_eer(pairs: list[tuple[int, bool]]) -> None:
    values, fake = arrays(pairs)
    assert measures.auc(-values, fake) == pytest.approx(1 - measures.auc(values, fake))
    assert measures.eer(-values, fake) == pytest.approx(1 - measures.eer(values, fake))


@given(LABELLED, st.integers(2, 4))
def test_a_weight_is_the_same_as_repeating_a_file(
    pairs: list[tuple[int, bool]], times: int
) -> None:
    values, fake = arrays(pairs)
    weights = np.ones(values.size)
    weights[0] = times
    repeated = np.repeat(np.arange(values.size), weights.astype(int))
    for measure in (measures.auc, measures.eer, measures.cllr, measures.ece):
        assert measure(values, fake, weights) == pytest.approx(
            measure(values[repeated], fake[repeated])
        )


def test_the_equal_error_rate_of_a_known_set() -> None:
    values = np.array([1.0, 2, 3, 4, 3.5, 5, 6, 7])
    fake = np.array([False] * 4 + [True] * 4)
    assert measures.eer(values, fake) == pytest.approx(0.25)
    assert measures.eer(values * 0, fake) == pytest.approx(0.5)


def test_saying_nothing_costs_one_bit_and_misleading_costs_more() -> None:
    fake = np.array([False, True, True])
    assert measures.cllr(np.zeros(3), fake) == pytest.approx(1.0)
    right = np.array([-9.0, 9.0, 9.0])
    assert measures.cllr(right, fake) < 0.001
    assert measures.cllr(-right, fake) > 10
    # one false case at likelihood ratio 2 against it, by the formula
    assert measures.cllr(np.array([0.0, -math.log(2), -math.log(2)]), fake) == pytest.approx(
        (1 + math.log2(3)) / 2
    )


def test_calibration_error_is_the_gap_between_said_and_so() -> None:
    fake = np.array([True] * 30 + [False] * 10)
    said_three_to_one = np.full(40, math.log(3))
    # the classes weigh the same, so half is fake in this bin where three quarters were said
    assert measures.ece(said_three_to_one, fake) == pytest.approx(0.25)
    [only] = measures.bins_of(said_three_to_one, fake)
    assert (only.said, only.was, only.n) == (pytest.approx(0.75), pytest.approx(0.5), 40)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (3, 20, 0.0321, 0.3789), (0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0),
        (5, 100, 0.0164, 0.1128),
    ],
)  # fmt: skip
def test_exact_intervals_match_published_tables(
    count: int, n: int, low: float, high: float
) -> None:
    assert intervals.exact(count, n) == pytest.approx((low, high), abs=1e-4)


def test_one_in_fifty_needs_149_cases_without_error() -> None:
    assert intervals.upper(0, 149) <= 0.02 < intervals.upper(0, 148)
    assert intervals.upper(1, 149) > 0.02
    assert intervals.upper(0, 0) == 1.0


def test_the_bootstrap_repeats_itself_and_covers_the_figure() -> None:
    random = np.random.default_rng(4)
    fake = np.arange(120) % 3 == 0
    values = random.normal(size=120) + fake
    low, high = intervals.bootstrap(measures.auc, values, fake)
    assert (low, high) == intervals.bootstrap(measures.auc, values, fake)
    assert low < measures.auc(values, fake) < high
    # Hanley and McNeil's standard error is about 0.046 here
    assert 0.1 < high - low < 0.26
