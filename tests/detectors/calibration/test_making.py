"""A calibration comes about only where it holds up on groups that it has not seen."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from detectors.api import Direction
from detectors.calibration.making import Made, Observation, Source, make
from detectors.calibration.model import AS_RECEIVED, EQUALISED


def made(
    *,
    apart: float,
    n: int = 120,
    leaks: Mapping[str, float] | None = None,
    groups: int = 20,
    copies: tuple[str, ...] = (AS_RECEIVED,),
    shrink: float = 1.0,
    seed: int = 5,
) -> Made:
    random = np.random.default_rng(seed)
    rows = []
    for place in range(n):
        fake = bool(place % 2)
        length = "length: under 4 s" if place < 20 else "length: other"
        value = float(random.normal() + apart * fake)
        for variant in copies:
            scale = shrink if variant == EQUALISED else 1.0
            rows.append(
                Observation(
                    sha256=f"{place:064x}", fake=fake, group=f"g{place % groups // 2}",
                    generator="", variant=variant, suspicion=value * scale,
                    conditions=("codec: pcm", length),
                )
            )  # fmt: skip
    source = Source(
        detector="test.one", version="1.0.0", direction=Direction.LOWER_IS_MORE_SUSPICIOUS,
        parameters={"window": 8}, name="a set", date="2026-01-02", leaks=leaks or {},
    )  # fmt: skip
    return make(rows, source=source)


def test_a_good_score_is_calibrated_with_its_record() -> None:
    calibration = made(apart=2.0).calibration
    assert calibration is not None
    assert (calibration.data.n_real, calibration.data.n_fake) == (60, 60)
    assert calibration.data.held_out == ("group", "generator")
    assert calibration.data.groups == 10
    assert calibration.cllr < 0.8
    assert calibration.auc[1] > 0.5
    assert len(calibration.data.files) == 120
    rates = {(rate.condition, rate.measure): rate for rate in calibration.rates}
    overall = rates[AS_RECEIVED, "false_alarm"]
    assert overall.n == 60
    assert overall.low < overall.value < overall.high
    assert rates["length: under 4 s", "miss"].n == 10


def test_low_scores_are_the_suspicious_ones_where_the_card_says_so() -> None:
    calibration = made(apart=2.0).calibration
    assert calibration is not None
    assert calibration.llr(-3.0) > 0 > calibration.llr(3.0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"apart": 0.0}, "does not exclude chance"),
        ({"apart": 2.0, "leaks": {"file size": 0.99}}, "file size alone gives 0.990"),
        ({"apart": 2.0, "n": 18}, "at least 10 of each"),
        ({"apart": 2.0, "groups": 2}, "cannot be divided"),
    ],
)
def test_it_is_refused_with_a_reason(settings: dict[str, object], words: str) -> None:
    result = made(**settings)  # type: ignore[arg-type]
    assert result.calibration is None
    assert words in result.why


def test_the_equalised_copies_decide() -> None:
    both = (AS_RECEIVED, EQUALISED)
    assert made(apart=2.0, copies=both).variant == EQUALISED
    levelled = made(apart=2.0, copies=both, shrink=0.0)
    assert levelled.calibration is None
    assert "does not exclude chance" in levelled.why


def test_two_copies_of_a_file_are_one_file() -> None:
    calibration = made(apart=2.0, copies=(AS_RECEIVED, EQUALISED)).calibration
    assert calibration is not None
    assert calibration.data.n_real == 60
    assert calibration.bounds[AS_RECEIVED] == pytest.approx((-math.log(61), math.log(61)))


def test_it_never_says_more_than_its_files_can_carry() -> None:
    calibration = made(apart=6.0).calibration
    assert calibration is not None
    assert calibration.llr(-1e6) <= math.log(61) + 1e-6
    assert calibration.llr(1e6) >= -math.log(61) - 1e-6
    # twenty files of this length, ten of each kind
    assert calibration.llr(-1e6, "length: under 4 s") == pytest.approx(math.log(11), abs=1e-6)
    # a kind of file that was never measured: weak support at most
    assert calibration.llr(-1e6, "codec: unheard of") == pytest.approx(math.log(10))


def test_strong_words_stay_out_of_reach_of_a_small_set() -> None:
    small, large = made(apart=8.0), made(apart=8.0, n=400)
    assert small.calibration is not None
    assert large.calibration is not None
    assert small.calibration.upper_95["altered"] > 0.02
    assert large.calibration.upper_95["altered"] <= 0.02


def test_the_same_files_make_the_same_calibration() -> None:
    assert made(apart=1.5) == made(apart=1.5)
