"""Long files are looked at in windows; rates stay fast enough for blinks."""

from __future__ import annotations

import pytest

from detectors.faces.windows import plan


def test_a_short_clip_is_looked_at_whole_at_its_own_rate() -> None:
    planned = plan(seconds=22.0, fps=25.0)
    assert (planned.rate, planned.whole) == (None, True)
    assert [(w.start, w.end) for w in planned.windows] == [(0.0, 22.0)]


def test_a_fast_clip_is_thinned_to_thirty() -> None:
    assert plan(seconds=10.0, fps=120.0).rate == 30.0


@pytest.mark.parametrize("fps", [24.0, 25.0, 29.97, 30.0, 50.0, 60.0])
def test_a_long_file_keeps_a_whole_share_of_its_rate(fps: float) -> None:
    planned = plan(seconds=300.0, fps=fps)
    rate = planned.rate or fps
    assert 12.5 <= rate < 25.0
    assert (fps / rate) == pytest.approx(round(fps / rate))
    assert planned.whole
    assert planned.windows[-1].end == 300.0


def test_a_film_is_looked_at_in_six_minutes_spread_over_it() -> None:
    planned = plan(seconds=7200.0, fps=25.0)
    assert not planned.whole
    assert sum(w.end - w.start for w in planned.windows) == pytest.approx(360.0)
    assert (planned.windows[0].start, planned.windows[-1].end) == (0.0, 7200.0)
