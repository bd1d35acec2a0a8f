"""Agreement beyond chance, against worked examples that were published."""

from __future__ import annotations

import numpy as np
import pytest

from probity.quality.agreement import (
    alphas,
    bootstrap_interval,
    cohen_kappa,
    kappas,
    krippendorff_alpha,
)


def _pairs(table: list[list[int]]) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]


def test_kappa_of_cohens_own_example() -> None:
    """Cohen (1960), table 2, in hundredths: p_o .70, p_c .41, kappa .492."""
    table = [[44, 5, 1], [7, 20, 3], [9, 5, 6]]
    kappa = cohen_kappa(_pairs(table))
    assert kappa == pytest.approx((0.70 - 0.41) / (1 - 0.41))
    assert round(kappa or 0, 3) == 0.492


def test_kappa_of_two_values() -> None:
    """50 grants judged by two people, 20 and 15 alike: .40."""
    assert cohen_kappa(_pairs([[20, 5], [10, 15]])) == pytest.approx(0.40)


def test_kappa_at_its_ends() -> None:
    assert cohen_kappa([]) is None
    assert cohen_kappa([("a", "a"), ("a", "a")]) is None
    assert cohen_kappa([("a", "a"), ("b", "b")]) == 1.0
    assert cohen_kappa([("a", "b"), ("b", "a")]) == -1.0


def _units(*raters: str) -> list[list[str]]:
    return [[value for value in column if value != "."] for column in zip(*raters, strict=True)]


def test_alpha_of_two_observers_and_two_values() -> None:
    """Krippendorff (2011), example A: .095."""
    alpha = krippendorff_alpha(_units("0100000010", "1110010000"))
    assert round(alpha or 0, 3) == 0.095


def test_alpha_of_two_observers_and_five_values() -> None:
    """Krippendorff (2011), example B: .692."""
    alpha = krippendorff_alpha(_units("aabbdcccedda", "babbbcccedd" + "d"))
    assert round(alpha or 0, 3) == 0.692


def test_alpha_of_four_observers_with_missing_values() -> None:
    """Krippendorff (2011), example C: .743 for nominal values."""
    alpha = krippendorff_alpha(
        _units("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    )
    assert round(alpha or 0, 3) == 0.743


def test_alpha_at_its_ends() -> None:
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([["a"], ["b"]]) is None
    assert krippendorff_alpha([["a", "a"], ["a", "a", "a"]]) is None
    assert krippendorff_alpha([["a", "a"], ["b", "b"]]) == 1.0


def test_the_interval_holds_the_value_and_narrows() -> None:
    few, many = _pairs([[20, 5], [10, 15]]), _pairs([[200, 50], [100, 150]])
    low, high = bootstrap_interval(few, kappas) or (9, 9)
    assert -1 <= low < 0.40 < high <= 1
    assert (low, high) == bootstrap_interval(few, kappas)
    narrow = bootstrap_interval(many, kappas) or (0, 9)
    assert narrow[1] - narrow[0] < high - low
    assert bootstrap_interval([], kappas) is None
    assert bootstrap_interval([("a", "a")], kappas) is None


def test_many_draws_at_once_are_as_good_as_one_by_one() -> None:
    kinds = [("a", "a"), ("a", "b", "b"), ("c",), ("b", "b")]
    times = np.array([[3, 2, 4, 1], [0, 0, 5, 0], [2, 0, 0, 0], [1, 1, 1, 9]])
    units = [
        [kind for kind, many in zip(kinds, row, strict=True) for _ in range(many)] for row in times
    ]
    found = [None if np.isnan(value) else value for value in alphas(kinds, times)]
    assert found == pytest.approx([krippendorff_alpha(one) for one in units])
    assert found[1] is found[2] is None


def test_thousands_of_pairs_take_no_time() -> None:
    pairs = _pairs([[2_000, 500], [1_000, 1_500]])
    low, high = bootstrap_interval(pairs, kappas) or (9, 9)
    # the large-sample standard error of this kappa is 0.013 (Fleiss, Cohen, Everitt 1969)
    assert (low, high) == pytest.approx((0.4 - 1.96 * 0.0128, 0.4 + 1.96 * 0.0128), abs=0.006)
