"""Damaged media of every kind end no process and leave nothing behind; the long run of the same
is a benchmark (`python -m benchmarks media_mutants`)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import media_mutants, media_seeds
from foundation import child


@pytest.fixture(scope="module")
def drawn() -> dict[str, bytes]:
    return media_seeds.drawn()


def test_seeds_of_every_kind_are_whole(drawn: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "seed"
    outcomes = {}
    for name, data in drawn.items():
        path.write_bytes(data)
        outcomes[name] = media_mutants._read(path, media_mutants.Report())
    # a sample of another kind than JPEG is asked for a luma plane in vain
    assert set(outcomes.values()) <= {"decoded", "decoded in part"}
    whole = {name for name, outcome in outcomes.items() if outcome == "decoded"}
    assert {"plain.jpg", "a.mp4", "a.webm", "pcm.wav", "a.mp3"} <= whole
    assert len(drawn) >= 28


def test_mutants_of_drawn_media_harm_nothing(drawn: dict[str, bytes]) -> None:
    report = media_mutants.run(drawn, count=240, chance=random.Random(7))
    assert sum(report.outcomes.values()) == 240
    assert report.deaths == []
    assert report.leaks() == []
    assert report.slowest < media_mutants.SLOWEST_SECONDS
    assert report.outcomes["decoded"] > 40
    assert report.outcomes["unreadable-media"] > 20


def test_mutants_of_real_media_harm_nothing(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBITY_SHARED", str(shared))
    seeds = media_seeds.shared()
    assert len(seeds) > 10
    report = media_mutants.run(seeds, count=120, chance=random.Random(8))
    assert report.deaths == []
    assert report.leaks() == []


def test_the_count_of_deaths_can_rise(drawn: dict[str, bytes], tmp_path: Path,
                                      monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A reader that ends its process is counted and named."""
    (tmp_path / "ending_reader.py").write_text("import os\ndef decode(payload):\n    os._exit(3)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    original = child.call

    def ending(target: str, payload: dict[str, object], **options: object) -> object:
        other = "ending_reader:decode" if target.startswith("benchmarks") else target
        return original(other, payload, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(child, "call", ending)
    report = media_mutants.run({"plain.png": drawn["plain.png"]}, count=7, chance=random.Random(9))
    assert report.deaths
    assert all("child-died" in death for death in report.deaths)
