"""Pictures gathered one by one are the array that they would have been together."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.growing import FIRST, Growing


@pytest.mark.parametrize("count", [1, FIRST, FIRST + 1, 3 * FIRST])
def test_pictures_come_out_as_they_went_in(count: int) -> None:
    given = np.random.default_rng(2).integers(0, 256, (count, 4, 6, 3), dtype=np.uint8)
    growing = Growing()
    for picture in given:
        growing.append(picture)
    assert len(growing) == count
    whole = growing.whole()
    assert np.array_equal(whole, given)
    assert not whole.flags.writeable


def test_another_size_is_fitted_to_the_first() -> None:
    growing = Growing()
    growing.append(np.full((4, 6, 3), 10, dtype=np.uint8))
    growing.append(np.full((8, 12, 3), 200, dtype=np.uint8))
    whole = growing.whole()
    assert whole.shape == (2, 4, 6, 3)
    assert whole[1].mean() == 200
