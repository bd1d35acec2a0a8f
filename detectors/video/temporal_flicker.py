"""Temporal flicker: how much of the skin's fine detail does not last from frame to frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Picture, Sample, Track, Value
from detectors.video.lanes import Lane, chart
from detectors.video.pairs import Look, laid_over, looks
from detectors.video.people import main_person
from detectors.video.regions import detail, grey, inside, regions, spread


@dataclass(frozen=True, kw_only=True)
class Flicker:
    """``times`` (M,) s; ``lost`` (M,) share of the detail that its neighbours do not show;
    ``around`` (M,) the same for hair, clothing and background near the face."""

    times: NDArray[np.float64]
    lost: NDArray[np.float64]
    around: NDArray[np.float64]


class TemporalFlicker:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the share and its spikes; abstains without runs of usable crops."""
        p = {name: float(value) for name, value in parameters.items()}
        faces = sample.faces()
        chosen = looks(main_person(faces), most=int(p["most_frames"]), neighbours=True)
        if len(chosen) < p["least_frames"]:
            raise Abstain(
                f"Only {len(chosen)} pictures of a frontal face have usable neighbours before and "
                f"after; at least {p['least_frames']:.0f} are needed to see flicker."
            )
        found = measured(chosen, least_detail=p["least_detail"])
        if len(found.times) < p["least_frames"]:
            raise Abstain(
                "The skin shows no fine detail (blurred, smoothed or strongly compressed), so "
                "there is nothing that could flicker."
            )
        score = float(np.median(found.lost))
        spikes = _spikes(found, p=p)
        return Outcome(
            sentence=(
                f"{100 * score:.0f} % of the skin's fine detail changes from one frame to the next "
                f"(around the face {100 * np.median(found.around):.0f} %). Video noise, strong "
                "compression, fast motion and moving light raise it as generated faces do."
            ),
            score=round(min(score, 4.0), 5),
            tracks=spikes,
            details={
                "lost_share": round(score, 4),
                "around_share": round(float(np.median(found.around)), 4),
                "pictures": len(found.times),
                "spikes": len(spikes),
            },
            pictures=(_picture(found, end=faces.windows[-1].end, tracks=spikes),),
        )


def measured(chosen: Sequence[Look], *, least_detail: float) -> Flicker:
    """Detail of each crop against the mean of its two neighbours, laid over it."""
    rows = []
    for look in chosen:
        parts = regions(look.track, look.track.crops, look.number)
        own = detail(grey(look.image))
        if spread(inside(own, parts.skin)) < least_detail or parts.skin.sum() < 200:
            continue
        before, after = (detail(laid_over(look, look.number + step)) for step in (-1, 1))
        change = np.abs(own - (before + after) / 2)
        shares = [
            float(inside(change, mask).mean() / (np.abs(inside(own, mask)).mean() + 0.1))
            if mask.any()
            else np.nan
            for mask in (parts.skin, parts.surround)
        ]
        rows.append((look.time, *shares))
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Flicker(times=table[:, 0], lost=table[:, 1], around=table[:, 2])


def _spikes(found: Flicker, *, p: Mapping[str, float]) -> tuple[Track, ...]:
    """Frames that lose far more than is usual in this video."""
    usual = float(np.median(found.lost))
    limit = usual + p["spike_times"] * max(spread(found.lost), 0.02)
    at = np.flatnonzero(found.lost > limit)
    strongest = at[np.argsort(-found.lost[at])][: int(p["most_tracks"])]
    return tuple(
        Track(
            start=round(float(found.times[place]), 3),
            end=round(float(found.times[place]), 3),
            label="the face's detail jumps",
            strength=round(min(1.0, float(found.lost[place])), 4),
        )
        for place in sorted(strongest)
    )


def _picture(found: Flicker, *, end: float, tracks: tuple[Track, ...]) -> Picture:
    return chart(
        [
            Lane(label="share of the skin's detail that changes", times=found.times,
                 values=found.lost, low=0.0, high=1.2),
            Lane(label="the same around the face", times=found.times, values=found.around,
                 low=0.0, high=1.2),
        ],
        end=end,
        tracks=tracks,
        note="0: every frame shows the same skin. 1: each frame shows another.",
        name="flicker",
        caption=f"Share of detail that changes between frames; {len(tracks)} spikes marked.",
    )  # fmt: skip
