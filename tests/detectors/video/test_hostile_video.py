"""Damaged and odd video through every video detector: answers, and nothing else. The long run of
the same is a benchmark (`python -m benchmarks video_mutants`)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import video_mutants, video_seeds
from benchmarks.video_journal import ODD, Journal, Look, table
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
    again = video_seeds.seeds(given)
    assert [name for name in seeds if again[name] != seeds[name]] == [], "not the same files again"
    journal = Journal(None)
    kept = video_mutants.run(seeds, count=PER_CONTAINER, journal=journal)
    assert len(journal.looks) == 6 * PER_CONTAINER
    assert [trouble for look in journal.looks for trouble in look.troubles] == []
    assert max(look.seconds for look in journal.looks) < SLOWEST_SECONDS
    assert sum(look.outcome == "looked at" for look in journal.looks) >= 4
    assert kept["files open"][1] <= kept["files open"][0]


def test_a_run_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    one = Look(container="mp4", name="0", kind="bits", outcome="looked at", troubles=[],
               seconds=0.5, own=1, children={"7": (1, 2)})  # fmt: skip
    Journal(path, identity="a").add(one)
    Journal(path, identity="a").add(replace(one, name="1", troubles=["died"]))
    again = Journal(path, identity="a")
    assert again.knows("mp4", "0")
    assert not again.knows("mp4", "1")
    assert list(table(again.looks))[1].startswith("mp4 | 1 | 1 | 0")
    again.close()
    assert not Journal(path, identity="a").looks, "a finished run is begun anew"
    assert not Journal(path, identity="b").looks, "so is one of other files"


def test_odd_videos_are_answered(odd: dict[str, Path]) -> None:
    looks = [video_mutants.look(path, container=ODD, name=name) for name, path in odd.items()]
    assert [trouble for look in looks for trouble in look.troubles] == []
    assert max(look.seconds for look in looks) < SLOWEST_SECONDS
    assert sum(look.outcome == "looked at" for look in looks) >= 9


def test_the_odd_ones_are_what_their_names_say(odd: dict[str, Path]) -> None:
    assert inspect(odd["ten thousand pictures a second"]).fps == pytest.approx(10_000, rel=0.05)
    side, upright = inspect(odd["on its side"]), inspect(odd["uneven pace"])
    assert side.rotation in (90, 270)
    assert (side.width, side.height) == (upright.height, upright.width)
    assert (inspect(odd["all at once"]).duration or 0) < 0.1
    with pytest.raises(Refusal):
        inspect(odd["sixty thousand pixels wide"])
