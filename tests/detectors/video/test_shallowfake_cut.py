"""Sound that breaks off raises a change of the picture at the same moment, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.video_edits_cut_fit import Clip, Copy, by_chance, fitted, tells
from detectors import registry
from detectors.api import DecodingFailed
from detectors.ground_truth.cuts import in_pieces, places, spliced, without_a_second
from detectors.ground_truth.edits import clip as clip_of
from detectors.ground_truth.edits import encode
from detectors.ground_truth.slowing import read
from detectors.ground_truth.voice import speech
from detectors.media import AudioBlock
from detectors.testing import finding
from detectors.video.jumps import Change
from detectors.video.shallowfake_cut import Break, breaks, jumps, told
from foundation.media import decode, inspect

RATE = 16_000
FPS = 25
SEEDS = range(6)


@pytest.fixture(scope="module")
def card() -> dict[str, float]:
    found = registry.find("video.shallowfake").card
    assert found is not None
    return {name: float(value) for name, value in found.parameters.items()}


class Heard:
    """As much of a sample as is listened to."""

    def __init__(self, sound: np.ndarray, *, start: float = 0.0) -> None:
        self.sound, self.start = sound, start

    def audio_blocks(self) -> Iterator[AudioBlock]:
        for first in range(0, self.sound.size, 10_000):
            yield AudioBlock(samples=self.sound[first : first + 10_000], rate=RATE,
                             start=self.start + first / RATE)  # fmt: skip


class Unreadable:
    def audio_blocks(self) -> Iterator[AudioBlock]:
        raise DecodingFailed("The sound could not be decoded.")
        yield


def talk(seed: int, *, seconds: float = 12.0) -> np.ndarray:
    return speech(seconds, rate=RATE, seed=seed).astype(np.float32)


def chance_to_tell(joined: list[float], calm: list[float]) -> float:
    """The share of pairs in which the cut has the more evidence."""
    return float((np.array(joined)[:, None] > np.array(calm)).mean())


def test_a_cut_has_more_evidence_than_speech_that_goes_on(card: dict[str, float]) -> None:
    joined, calm = [], []
    for seed in SEEDS:
        sound = talk(seed)
        made, moments = in_pieces(sound, rate=RATE, seed=seed)
        every = np.arange(0.3, 11.7, 0.1).tolist()
        for where, heard, at in ((joined, made, moments), (calm, sound, every)):
            found = breaks(Heard(heard), at, frame=1 / FPS)  # type: ignore[arg-type]
            where += [one.evidence(card) for one in found if one is not None]
    assert len(joined) > 100
    assert chance_to_tell(joined, calm) > 0.8


def faint(at: int) -> Change:
    """A change of the picture with a little less evidence than a jump needs."""
    return Change(at=at, times=3.0, above=0.3, lasting=1.0, key=False)


def lowered(card: dict[str, float], *, by: float) -> dict[str, float]:
    """Such that the faint change misses a jump by this much."""
    least = faint(1).evidence(card) + by
    return card | {"jump_evidence": least, "heard_evidence": least, "cut_most": 3.0}


def times(count: int) -> np.ndarray:
    return np.arange(count) / FPS


def test_a_faint_change_is_told_where_the_sound_breaks_too(card: dict[str, float]) -> None:
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(8 * RATE) / RATE)
    other = 0.1 * np.random.default_rng(1).standard_normal(8 * RATE)
    cut = np.concatenate((tone[: 4 * RATE], other[4 * RATE :])).astype(np.float32)
    p = lowered(card, by=1.0)
    seen = [faint(50), faint(100), faint(150)]
    both, heard = jumps(Heard(cut), seen, times(200), p=p)  # type: ignore[arg-type]
    assert [one.at for one in both] == [one.at for one in heard] == [100]
    late = Heard(cut, start=1.0)
    assert [one.at for one in jumps(late, [faint(125)], times(200), p=p)[0]] == [125]  # type: ignore[arg-type]


def test_sound_that_goes_on_takes_nothing_away(card: dict[str, float]) -> None:
    tone = (0.3 * np.sin(2 * np.pi * 220 * np.arange(8 * RATE) / RATE)).astype(np.float32)
    seen = [faint(100)]
    alone, heard = jumps(Heard(tone), seen, times(200), p=lowered(card, by=-0.01))  # type: ignore[arg-type]
    assert ([one.at for one in alone], heard) == ([100], [])


@pytest.mark.parametrize("sample", [Unreadable(), Heard(np.zeros(0, np.float32)),
                                    Heard(np.zeros(8 * RATE, np.float32))])  # fmt: skip
def test_no_sound_raises_nothing(card: dict[str, float], sample: Any) -> None:
    assert jumps(sample, [faint(100)], times(200), p=lowered(card, by=0.1)) == ([], [])


def test_loud_noise_alone_is_not_enough(card: dict[str, float]) -> None:
    """However it sounds, a change that is far from a jump stays one that is not told."""
    knock = np.zeros(8 * RATE, np.float32)
    knock[4 * RATE : 4 * RATE + 400] = 0.9
    p = lowered(card, by=3.1)
    assert jumps(Heard(knock), [faint(100)], times(200), p=p) == ([], [])  # type: ignore[arg-type]


def test_a_second_is_taken_out_of_both(tmp_path: Path) -> None:
    pictures = [np.full((48, 64, 3), number, dtype=np.uint8) for number in range(200)]
    rising = np.linspace(-0.5, 0.5, 8 * 44_100).astype(np.float32)
    for faded in (False, True):
        path = tmp_path / f"{faded}.mp4"
        at = without_a_second(path, pictures=pictures, sound=rising, rate=44_100,
                              fps=Fraction(FPS), at=60, faded=faded)  # fmt: skip
        assert at == pytest.approx(2.4)
        shades = [float(picture.mean()) for _, picture in decode.video_frames(path)]
        assert (len(shades), shades[60]) == (175, pytest.approx(85, abs=2))
        assert inspect(path).duration == pytest.approx(7.0, abs=0.1)


def test_pieces_keep_their_length_and_fade_where_asked() -> None:
    sound = np.ones(4000, np.float32)
    sound[2000:] = -1
    hard = spliced(sound, [(100, 1100), (2500, 3500)], fades=[False], rate=RATE)
    soft = spliced(sound, [(100, 1100), (2500, 3500)], fades=[True], rate=RATE)
    assert hard.size == soft.size == 2000
    assert set(np.unique(hard)) == {-1.0, 1.0}
    assert np.all(np.diff(soft) <= 0)
    assert np.abs(np.diff(soft)).max() < 0.05


def test_places_leave_a_second_on_both_sides() -> None:
    for seed in range(5):
        found = places(135, fps=Fraction(25), several=4, seed=seed)
        assert found == sorted(found) == places(135, fps=Fraction(25), several=4, seed=seed)
        assert 25 <= found[0] <= found[-1] <= 135 - 50


def clip(number: int) -> Clip:
    """A clip whose joins the picture tells half the time, and the sound nearly always."""
    chance = np.random.default_rng(number)

    def sounding(*, cut: bool) -> Break:
        middle = 1.0 if cut else 0.0
        return Break(step=float(chance.normal(middle, 0.3)), lost=float(chance.normal(middle, 0.3)),
                     above=float(chance.normal(middle, 0.3)))  # fmt: skip

    def change(at: int, *, join: bool) -> Change:
        above = float(chance.normal(0.8 if join else 0.0, 0.4))
        return Change(at=at, times=3.0, above=above, lasting=1.0, key=False)

    def copy(join: int | None) -> Copy:
        at = [20, 40, 80, *([join] if join else [])]
        return Copy(
            changes=[change(one, join=one == join) for one in at],
            heard=[sounding(cut=one == join) for one in at], join=join,
        )  # fmt: skip

    return Clip(
        name=str(number), group=str(number), untouched=copy(None), cut=[copy(60), copy(61)],
        cuts=[sounding(cut=True) for _ in range(20)],
        calm=[sounding(cut=False) for _ in range(60)],
    )  # fmt: skip


def test_what_was_learnt_finds_more_with_the_sound(card: dict[str, float]) -> None:
    clips = [clip(number) for number in range(12)]
    found = {False: 0, True: 0}
    loud = 0
    for left_out in clips:
        p = card | fitted([one for one in clips if one is not left_out], p=card)
        for hears in found:
            found[hears] += sum(tells(one, p, at_join=True, hears=hears) for one in left_out.cut)
        loud += tells(left_out.untouched, p, at_join=False, hears=True)
    assert found[True] >= found[False] + 4
    assert loud <= 1


def test_chance_counts_every_moment_of_the_clip(card: dict[str, float]) -> None:
    """Of four moments one breaks off, and both changes of the clip need it: 7 of 16."""
    clear, none = (Break(step=one, above=one, lost=one) for one in (1.0, 0.0))
    p = lowered(card, by=1.0) | {"cut_least": 0.5 * clear.evidence(card)}
    untouched = Copy(changes=[faint(20), faint(40)], heard=[None, None])
    one = Clip(name="", group="", untouched=untouched, cut=[], cuts=[],
               calm=[clear, none, none, none])  # fmt: skip
    assert told(faint(20), clear, p=p)
    assert not told(faint(20), none, p=p)
    assert by_chance(one, p=p) == pytest.approx(7 / 16)


def test_a_second_missing_from_both_is_located_by_both(shared: Path, tmp_path: Path) -> None:
    """Of somebody who sits still: the picture alone shows too little."""
    source = shared / "media/faces/HyperLips__test_video1_video1.mp4"
    pictures = clip_of(source, height=480, seconds=7.0)
    sound, rate = read(source, seconds=len(pictures) / FPS)
    path = tmp_path / "cut.mp4"
    at = without_a_second(path, pictures=pictures, sound=sound, rate=rate, fps=Fraction(FPS),
                          at=70, faded=False)  # fmt: skip
    both = finding(registry.find("video.shallowfake"), path)
    [track] = [track for track in both.tracks if "jump" in track.label]
    assert "sound" in track.label
    assert track.start < at <= track.end
    assert both.details["jumps_heard"] == 1
    silent = encode(path, [*pictures[:70], *pictures[95:]], fps=Fraction(FPS))
    alone = finding(registry.find("video.shallowfake"), silent)
    assert [track for track in alone.tracks if "jump" in track.label] == []
