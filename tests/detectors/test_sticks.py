"""Many upright lines at once are those drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.draw import Sheet


@pytest.mark.parametrize("count", [0, 1, 300])
def test_sticks_are_lines(count: int) -> None:
    random = np.random.default_rng(1)
    places, tops = random.uniform(112, 1164, count), random.uniform(119, 300, count)
    colours = random.integers(0, 256, (count, 3), dtype=np.uint8)
    together, alone = (Sheet(height=400) for _ in range(2))
    together.sticks(places, tops, bottom=300, colours=colours)
    for x, y, (red, green, blue) in zip(
        places.tolist(), tops.tolist(), colours.tolist(), strict=True
    ):
        alone.draw.line((x, 300, x, y), fill=(red, green, blue))
    assert np.array_equal(np.asarray(together.image), np.asarray(alone.image))
    together.text(40, 350, "drawn on")
    assert not np.array_equal(np.asarray(together.image), np.asarray(alone.image))
