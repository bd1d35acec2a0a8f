"""Blinks against a table counted by looking at every frame, and the rule for their rate."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detectors.api import Abstain, Outcome
from detectors.faces import Crops, Faces, Track
from detectors.registry import find
from detectors.video.blink import Blink
from detectors.video.eyelids import Closure, lids
from detectors.video.rates import CONVERSATION, READING

Span = tuple[float, float]
SLACK = 0.1


@pytest.fixture(scope="module")
def truth() -> dict[str, list[Span]]:
    table = defaultdict(list)
    with (Path(__file__).parent / "blinks.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            table[row["file"]].append((float(row["start"]), float(row["end"])))
    return table


def parameters() -> dict[str, float]:
    card = find("video.blink").card
    assert card is not None
    return {name: float(value) for name, value in card.parameters.items()}


def every(track: Track, step: int, *, first: int = 0) -> Track:
    """The track as a camera of fewer pictures a second would have given it."""
    at = np.arange(first, len(track.times), step)
    kept = {name: getattr(track, name)[at] for name in
            ("times", "boxes", "score", "points", "blendshapes", "pose", "usable")}  # fmt: skip
    empty = Crops(
        images=track.crops.images[:0], index=track.crops.index[:0],
        transform=track.crops.transform[:0],
    )  # fmt: skip
    return replace(track, crops=empty, **kept)


def counted(tracks: list[Track]) -> list[Closure]:
    p = parameters()
    return [b for track in tracks for part in lids(track, p=p) for b in part.blinks]


def hits(found: list[Closure], known: list[Span]) -> tuple[int, int]:
    """How many known blinks were found, and how many of the found ones are known."""

    def meet(one: Closure, span: Span) -> bool:
        return one.start - SLACK <= span[1] and span[0] - SLACK <= one.end

    recalled = sum(any(meet(one, span) for one in found) for span in known)
    right = sum(any(meet(one, span) for span in known) for one in found)
    return recalled, right


def test_blinks_are_found_where_they_were_seen(
    seen: Callable[[str], Faces], truth: dict[str, list[Span]]
) -> None:
    recalled = right = found = 0
    for name, known in truth.items():
        blinks = counted(list(seen(name).tracks))
        hit, good = hits(blinks, known)
        recalled, right, found = recalled + hit, right + good, found + len(blinks)
        print(f"{name}: {len(known)} by eye, {len(blinks)} found, {hit} of them")
    total = sum(len(known) for known in truth.values())
    print(f"every frame: {recalled} of {total}, {right} of {found} found are right")
    assert recalled / total >= 0.95
    assert right / found >= 0.95


@pytest.mark.parametrize("first", [0, 1])
def test_half_the_rate_still_finds_nine_in_ten(
    seen: Callable[[str], Faces], truth: dict[str, list[Span]], first: int
) -> None:
    """12.5 a second, both phases; the clips of 30 frames a second are then at 15."""
    recalled = 0
    for name, known in truth.items():
        blinks = counted([every(track, 2, first=first) for track in seen(name).tracks])
        recalled += hits(blinks, known)[0]
    total = sum(len(known) for known in truth.values())
    print(f"half the rate, phase {first}: {recalled} of {total}")
    assert recalled / total >= 0.9


class Given:
    """A sample whose faces are known."""

    def __init__(self, faces: Faces) -> None:
        self._faces = faces

    def faces(self) -> Faces:
        return self._faces


def judged(faces: Faces) -> Outcome:
    return Blink().detect(Given(faces), parameters())  # type: ignore[arg-type]


def joined(faces: Faces, times: int) -> Faces:
    """The same clip several times one after the other."""
    [track] = faces.tracks
    long = float(track.times[-1]) + 0.04
    again = [replace(track, times=track.times + long * n) for n in range(times)]
    window = replace(faces.windows[0], end=long * times)
    return replace(faces, tracks=tuple(again), windows=(window,))


def test_nothing_is_judged_below_thirty_seconds_but_everything_is_listed(
    seen: Callable[[str], Faces],
) -> None:
    with pytest.raises(Abstain, match="13 s") as reason:
        judged(seen("Syncnet_FCN__data_example.avi"))
    assert len(reason.value.details["blinks"]) == 11
    assert set(reason.value.details["blinks"][0]) == {"start", "end"}


def test_a_joined_clip_is_judged(seen: Callable[[str], Faces]) -> None:
    outcome = judged(joined(seen("Syncnet_FCN__data_example.avi"), 3))
    assert outcome.details["blinks_per_minute"] == pytest.approx(52, abs=1)
    assert outcome.score is not None
    assert outcome.score < 0.1
    assert len(outcome.tracks) == 33
    assert "33 blinks in 38 s" in outcome.sentence


def test_long_staring_is_surprising_but_only_so_much(seen: Callable[[str], Faces]) -> None:
    faces = seen("Syncnet_FCN__data_example.avi")
    [track] = faces.tracks
    open_ = np.flatnonzero((track.times > 7.2) & (track.times < 8.8))
    still = every(track, 1)
    kept = {name: np.concatenate([getattr(still, name)[open_]] * 30) for name in
            ("boxes", "score", "points", "blendshapes", "pose", "usable")}  # fmt: skip
    staring = replace(still, times=0.04 * np.arange(30 * len(open_)), **kept)
    outcome = judged(replace(faces, tracks=(staring,)))
    assert outcome.details["blinks"] == []
    assert outcome.score == pytest.approx(-np.log10(READING.at_most(0, seconds=46.8)), abs=0.1)


def test_too_few_pictures_a_second_are_not_judged(seen: Callable[[str], Faces]) -> None:
    faces = joined(seen("Syncnet_FCN__data_example.avi"), 3)
    slow = replace(faces, tracks=tuple(every(track, 4) for track in faces.tracks))
    with pytest.raises(Abstain, match="pictures a second"):
        judged(slow)


def test_rates_of_people_are_wide() -> None:
    assert CONVERSATION.at_most(0, seconds=30) < 0.01 < READING.at_most(0, seconds=30)
    assert CONVERSATION.at_least(0, seconds=30) == 1.0
    total = CONVERSATION.at_most(9, seconds=60) + CONVERSATION.at_least(10, seconds=60)
    assert total == pytest.approx(1.0)
    inside = READING.at_least(2, seconds=60) - READING.at_least(15, seconds=60)
    assert 0.75 < inside < 0.97
