"""A second removed from picture and sound at once: how many are found by the picture alone and with
the sound, and whether the untouched twins stay quiet.

Of every real clip with sound of at least six seconds, four copies each lack another second; the
sound of two of them ends and goes on at once, that of the others within 10 ms. All are coded as
H.264 and AAC, the untouched twin too. A clip is judged with weights and a threshold that were
fitted without it and the other clips of its group. A removed second counts as found where a change
within a frame of it is told.
"""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import reference
from benchmarks.figures import Figure, keep
from benchmarks.image_cues import upper_bound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.video_edits_cut_fit import Clip, Copy
    from detectors.api import Sample
    from detectors.audio.stream import Sound
    from detectors.video.shallowfake_cut import Break

CUE = "video.shallowfake"
HEIGHT, SECONDS = 480, 12.0
SEVERAL = 4
CALM_SECONDS = 0.1
EDGE_SECONDS = 0.2
FRAME = 0.04
FOUND = "a second removed, found"
WAYS = ("by its picture alone", "with the sound")


def main() -> list[Figure]:
    """Print a line a clip and the sums; keep them."""
    from benchmarks.video_edits_cut_fit import by_chance, fitted, heard_evidence, sound_weights

    if not reference.clips("real"):
        print(f"video_edits_cut: {reference.ABSENT}")
        return []
    p = _card()
    with tempfile.TemporaryDirectory() as folder:
        clips = list(_clips(Path(folder), p=p))
    sums: dict[tuple[str, str], list[bool]] = {}
    chance = []
    for clip in clips:
        learnt = {**p, **fitted([one for one in clips if one.group != clip.group], p=p)}
        chance.append(by_chance(clip, p=learnt))
        for way, hears in zip(WAYS, (False, True), strict=True):
            said = _said(clip, p=learnt, hears=hears)
            for what, good in said.items():
                sums.setdefault((what, way), []).extend(good)
            print(
                f"{clip.name}, {way}: "
                + ", ".join(f"{what} {sum(good)} of {len(good)}" for what, good in said.items()),
                flush=True,
            )
    figures = []
    for (what, way), good in sums.items():
        least = 1 - upper_bound(len(good) - sum(good), len(good))
        print(f"{what}, {way}: {sum(good)} of {len(good)} (at least {least:.2f})")
        figures.append(Figure(f"{what}, {way}", sum(good), len(good), "copies", "all copies",
                              "higher"))  # fmt: skip
    print(f"untouched clips told by chance, were their sound another moment's: "
          f"{sum(chance) / len(chance):.3f}, at most {max(chance):.2f} of one clip")  # fmt: skip
    at_card = [sum(sum(_said(clip, p=p, hears=hears)[FOUND]) for clip in clips)
               for hears in (False, True)]  # fmt: skip
    print(f"with the card's values: {at_card[0]} {WAYS[0]}, {at_card[1]} {WAYS[1]}")
    known = sound_weights(clips)
    known["heard_evidence"] = heard_evidence(clips, p={**p, **known})
    for name, value in known.items():
        print(f"fitted to all clips: {name} {value:.3g} (the card has {p[name]:g})")
    keep("video_edits_cut", figures)
    return figures


def _card() -> dict[str, float]:
    from detectors.registry import find

    card = find(CUE).card
    assert card is not None
    return {name: float(value) for name, value in card.parameters.items()}


def _said(clip: Clip, *, p: Mapping[str, float], hears: bool) -> dict[str, list[bool]]:
    from benchmarks.video_edits_cut_fit import tells

    found = [(one.faded, tells(one, p, at_join=True, hears=hears)) for one in clip.cut]
    return {
        FOUND: [good for _, good in found],
        "of those with sound that ends at once": [good for faded, good in found if not faded],
        "of those with sound that fades": [good for faded, good in found if faded],
        "removed second, nothing told elsewhere": [
            not tells(one, p, at_join=False, hears=hears) for one in clip.cut
        ],
        "untouched twin quiet": [not tells(clip.untouched, p, at_join=False, hears=hears)],
    }


def _clips(folder: Path, *, p: Mapping[str, float]) -> Iterator[Clip]:
    """Every clip that is long enough and has sound that is not silent."""
    from benchmarks.video_edits_cut_fit import Clip
    from detectors.ground_truth import cuts, slowing
    from detectors.ground_truth.edits import LEAST_SECONDS, clip
    from detectors.video.shallowfake_speed import SILENT
    from foundation.media import inspect

    for seed, source in enumerate(reference.clips("real")):
        probe = inspect(source.path)
        if not probe.sample_rate or (probe.duration or 0) < LEAST_SECONDS + 0.1:
            continue
        fps = Fraction(probe.fps or 25).limit_denominator(1001)
        pictures = clip(source.path, height=HEIGHT, seconds=SECONDS)
        sound, rate = slowing.read(source.path, seconds=len(pictures) / float(fps))
        if float(sound.std()) < SILENT:
            continue
        path = folder / "copy.mp4"
        slowing.write(path, sound=sound, rate=rate, pictures=pictures, fps=fps)
        untouched, calm = _copy(path, p=p), _calm(path)
        lacking = []
        for number, at in enumerate(cuts.places(len(pictures), fps=fps, several=SEVERAL,
                                                seed=seed)):  # fmt: skip
            faded = number % 2 == 1
            join = cuts.without_a_second(path, pictures=pictures, sound=sound, rate=rate, fps=fps,
                                         at=at, faded=faded)  # fmt: skip
            lacking.append(_copy(path, p=p, join=join, faded=faded))
        yield Clip(name=source.name, group=source.group, untouched=untouched, cut=lacking,
                   cuts=_cuts(folder, sound, rate=rate, seed=seed), calm=calm)  # fmt: skip
        print(f"{source.name}: measured", flush=True)


def _sample(path: Path) -> Sample:
    """As the product decodes for this detector."""
    from detectors.registry import find
    from detectors.sample import SharedSample
    from foundation.media import inspect

    card = find(CUE).card
    assert card is not None
    shared = SharedSample(path=path, probe=inspect(path), needs=[card.needs])
    return shared.view(needs=card.needs, resources={})


def _copy(
    path: Path, *, p: Mapping[str, float], join: float | None = None, faded: bool = False
) -> Copy:
    """Everything that changes in the pictures, and how it sounds there."""
    import numpy as np

    from benchmarks.video_edits_cut_fit import Copy
    from detectors.video.edits import keys_of
    from detectors.video.jumps import changes
    from detectors.video.shallowfake_cut import breaks

    sample = _sample(path)
    packets, frames = sample.packets(), sample.frames()
    times = frames.times
    seen = changes(frames.images, frames.change, key=keys_of(packets, times), p=p)
    heard = breaks(sample, [float(times[one.at]) for one in seen],
                   frame=float(np.median(np.diff(times))))  # fmt: skip
    at = None if join is None else int(np.argmin(np.abs(times - join)))
    return Copy(changes=seen, heard=heard, join=at, faded=faded)


def _calm(path: Path) -> list[Break]:
    """How the sound of an untouched file sounds ten times a second."""
    import numpy as np

    from detectors.video.shallowfake_cut import breaks
    from foundation.media import inspect

    end = (inspect(path).duration or 0) - EDGE_SECONDS
    found = breaks(_sample(path), np.arange(EDGE_SECONDS, end, CALM_SECONDS).tolist(), frame=FRAME)
    return [one for one in found if one is not None]


def _cuts(folder: Path, sound: Sound, *, rate: int, seed: int) -> list[Break]:
    """How the sound sounds where pieces of it meet that did not before."""
    from detectors.ground_truth import cuts, slowing
    from detectors.video.shallowfake_cut import breaks

    made, moments = cuts.in_pieces(sound, rate=rate, seed=seed)
    path = slowing.write(folder / "pieces.mp4", sound=made, rate=rate)
    found = breaks(_sample(path), moments, frame=FRAME)
    return [one for one in found if one is not None]
