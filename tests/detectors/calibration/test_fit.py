"""Maps from score to likelihood ratio: right where the truth is known, silent elsewhere."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.calibration import measures
from detectors.calibration.fit import CAREFUL, ISOTONIC, KINDS, LOGISTIC, Kind, choose, fit, learn
from detectors.calibration.folds import split

Set = tuple[measures.Floats, measures.Flags]


def normal(*, n: int, apart: float, seed: int = 1) -> Set:
    """Two normal distributions of spread 1: the true log-likelihood ratio is a straight line."""
    fake = np.arange(n) % 2 == 0
    return np.random.default_rng(seed).normal(size=n) + apart * fake, fake


def test_a_logistic_map_finds_the_true_ratio() -> None:
    values, fake = normal(n=20_000, apart=1.0)
    map_ = learn(values, fake, kind=LOGISTIC[0], weights=np.ones(values.size))
    assert map_.coefficients == pytest.approx((-0.5, 1.0), abs=0.05)


def test_four_fakes_a_recording_shift_nothing() -> None:
    values, fake = normal(n=20_000, apart=1.0)
    kept = fake | (np.arange(values.size) % 8 == 1)
    map_ = learn(values[kept], fake[kept], kind=LOGISTIC[0], weights=np.ones(int(kept.sum())))
    assert map_.coefficients == pytest.approx((-0.5, 1.0), abs=0.08)


@pytest.mark.parametrize("apart", [0.0, -1.0])
def test_a_score_that_says_nothing_or_the_reverse_stays_silent(apart: float) -> None:
    values, fake = normal(n=400, apart=apart, seed=3)
    if apart == 0:
        values = np.zeros(400)
    map_ = learn(values, fake, kind=LOGISTIC[0], weights=np.ones(400))
    assert map_.coefficients == (0.0, 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_even_a_perfect_separation_stays_finite(kind: Kind) -> None:
    values = np.arange(40.0)
    llrs = learn(values, values >= 20, kind=kind, weights=np.ones(40))(values)
    assert np.isfinite(llrs).all()
    assert np.abs(llrs).max() < 40
    assert llrs[0] < 0 < llrs[-1]


@given(st.lists(st.tuples(st.integers(-9, 9), st.booleans()), min_size=4, max_size=60))
def test_isotonic_maps_never_fall(pairs: list[tuple[int, bool]]) -> None:
    fake = np.array([flag for _, flag in pairs], dtype=np.bool_)
    if not fake.any() or fake.all():
        return
    values = np.array([float(value) for value, _ in pairs])
    map_ = learn(values, fake, kind=ISOTONIC, weights=np.ones(fake.size))
    assert all(a[0] < b[0] and a[1] <= b[1] for a, b in itertools.pairwise(map_.points))


def test_the_bent_map_is_taken_only_where_the_straight_one_fails() -> None:
    values, fake = normal(n=600, apart=1.5)
    names = [f"g{place % 12}" for place in range(values.size)]
    folds = split(groups=names, generators=[""] * values.size, fake=fake)
    assert folds is not None
    assert fit(values, fake, folds=folds).method == "logistic"
    # saturated at both ends, steep between: a straight line costs more
    bent = np.sign(values - 0.75) * np.abs(values - 0.75) ** 9
    assert fit(bent, fake, folds=folds).method == "isotonic"


def test_held_out_groups_are_really_held_out() -> None:
    """Each group has its own offset that tells its label: on new groups it is worth nothing."""
    random = np.random.default_rng(7)
    groups = np.repeat(np.arange(16), 10)
    fake = groups % 2 == 0
    values = random.normal(size=16)[groups] * 3 + random.normal(size=160) * 0.01
    folds = split(groups=[str(g) for g in groups], generators=[""] * 160, fake=fake)
    loose = split(groups=[str(i) for i in range(160)], generators=[""] * 160, fake=fake)
    assert folds is not None
    assert loose is not None
    assert fit(values, fake, folds=folds).cllr > fit(values, fake, folds=loose).cllr


def test_groups_that_differ_make_a_careful_map() -> None:
    """A slope that is right within each group, over offsets that are not: the slope shrinks."""
    random = np.random.default_rng(9)
    groups = np.repeat(np.arange(10), 36)
    fake = np.arange(360) % 2 == 0
    alike = random.normal(size=360) + 1.5 * fake
    apart = alike + random.normal(size=10)[groups] * 6
    folds = split(groups=[str(g) for g in groups], generators=[""] * 360, fake=fake)
    assert folds is not None
    sure, careful = fit(alike, fake, folds=folds), fit(apart, fake, folds=folds)
    assert sure.cllr < 0.8
    assert 0.8 < careful.cllr < 1.1
    spread = float(np.ptp(apart))
    assert careful.coefficients is None or careful.coefficients[1] * spread < 6


def test_few_groups_do_not_choose() -> None:
    values, fake = normal(n=120, apart=2.0)
    few = split(groups=[f"g{i % 5}" for i in range(120)], generators=[""] * 120, fake=fake)
    many = split(groups=[f"g{i % 12}" for i in range(120)], generators=[""] * 120, fake=fake)
    assert few is not None
    assert many is not None
    weights = np.ones(120)
    assert choose(values, fake, folds=few.of, weights=weights) == CAREFUL
    assert choose(values, fake, folds=many.of, weights=weights).penalty < CAREFUL.penalty


TRAITS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 5), st.booleans()), min_size=4, max_size=60
)


@given(TRAITS)
def test_neither_group_nor_generator_stands_on_both_sides(
    traits: list[tuple[int, int, bool]],
) -> None:
    fake = np.array([flag for *_, flag in traits], dtype=np.bool_)
    groups = [f"g{group}" for group, *_ in traits]
    generators = [f"x{generator}" for _, generator, _ in traits]
    folds = split(groups=groups, generators=generators, fake=fake)
    if folds is None:
        return
    kept = [groups] + ([generators] if "generator" in folds.held_out else [])
    for names in kept:
        counts = fake if names is generators else np.ones(fake.size, dtype=np.bool_)
        for name in set(names):
            inside = np.array([other == name for other in names]) & counts
            assert len(set(folds.of[inside].tolist())) <= 1
    for fold in range(folds.count):
        rest = fake[folds.of != fold]
        assert rest.any()
        assert not rest.all()


def test_one_generator_everywhere_falls_back_to_groups_and_says_so() -> None:
    fake = np.array([True, False] * 8)
    groups = [f"speaker {place // 4}" for place in range(16)]
    folds = split(groups=groups, generators=["one tool"] * 16, fake=fake)
    assert folds is not None
    assert folds.held_out == ("group",)


def test_a_set_of_one_group_cannot_be_divided() -> None:
    fake = np.array([True, False] * 8)
    assert split(groups=["all"] * 16, generators=[""] * 16, fake=fake) is None
