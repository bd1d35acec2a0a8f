"""Damaged and odd video through every video detector: answers, and nothing else. The long run of
the same is a benchmark (`python -m benchmarks video_mutants`)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import video_mutants, video_seeds
from foundation.errors import Refusal
from foundation.media import inspect

PER_CONTAINER = 2
SLOWEST_SECONDS = 20.0


@pytest.fixture(scope="module")
def given() -> video_seeds.Pictures:
    return video_seeds.pictures()


@pytest.fixture(scope="module")
def odd(given: video_seeds.Pictures, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("odd")
    return {path.stem: path for path in video_seeds.odd(given, folder=folder)}


def test_mutants_of_every_container_are_answered(given: video_seeds.Pictures) -> None:
    seeds = video_seeds.seeds(given)
    assert set(seeds) == {"mp4", "mov", "mkv", "webm", "avi", "gif"}
    report = video_mutants.Report()
    video_mutants.run(seeds, count=PER_CONTAINER, chance=random.Random(11), report=report)
    assert report.read == 6 * PER_CONTAINER
    assert report.troubles == []
    assert report.slowest < SLOWEST_SECONDS
    assert report.outcomes["looked at"] >= 4


def test_odd_videos_are_answered(odd: dict[str, Path]) -> None:
    report = video_mutants.Report()
    for name, path in odd.items():
        video_mutants.look(path, report, name=name)
    assert report.troubles == []
    assert report.slowest < SLOWEST_SECONDS
    assert report.outcomes["looked at"] >= 9


def test_the_odd_ones_are_what_their_names_say(odd: dict[str, Path]) -> None:
    assert inspect(odd["ten thousand pictures a second"]).fps == pytest.approx(10_000, rel=0.05)
    side, upright = inspect(odd["on its side"]), inspect(odd["uneven pace"])
    assert side.rotation in (90, 270)
    assert (side.width, side.height) == (upright.height, upright.width)
    assert (inspect(odd["all at once"]).duration or 0) < 0.1
    with pytest.raises(Refusal):
        inspect(odd["sixty thousand pixels wide"])
