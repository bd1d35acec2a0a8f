"""A small network of our own that looks at fine detail alone; see the card and ``training/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Picture, Sample, Value
from detectors.draw import heat_map
from detectors.image.parts import Floats, brightness, refuse_small
from detectors.learned import Gathered, Outputs, TwoHalves
from detectors.models.own import origin

NETWORK = "own-picture"
TILE = 128
"""Pixels a side of what the network looks at."""

LOW, HIGH = -20.0, 20.0
FULL = 4.0
"""A tile this far to one side is drawn at full strength."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Score of every tile of the grid (rows, columns); NaN where it was too flat."""

    scores: Floats

    @property
    def known(self) -> NDArray[np.float64]:
        """The scores that there are."""
        return self.scores[~np.isnan(self.scores)].astype(np.float64)


class Generated(TwoHalves):
    """See the module."""

    def gather(self, sample: Sample, parameters: Mapping[str, Value], /) -> Gathered:
        """The tiles with detail; abstains on small and flat pictures."""
        p = {name: float(value) for name, value in parameters.items()}
        pixels = sample.pixels()
        refuse_small(pixels, least=p["minimum_side"])
        rows, columns = (_starts(size, most=int(p["most_across"])) for size in pixels.shape[:2])
        places, tiles = [], []
        for i, top in enumerate(rows):
            for j, left in enumerate(columns):
                tile = pixels[top : top + TILE, left : left + TILE]
                if brightness(tile).std() >= p["least_spread"]:
                    places.append([i, j])
                    tiles.append(tile)
        if len(tiles) < max(1.0, p["least_tiles"]):
            raise Abstain("The picture is too flat, or drawn, for its fine detail to be judged.")
        return Gathered(
            stacks={NETWORK: np.stack(tiles).transpose(0, 3, 1, 2)},
            kept={
                "grid": [len(rows), len(columns)],
                "places": places,
                "size": [int(pixels.shape[1]), int(pixels.shape[0])],
                "about": origin(sample.model(NETWORK)),
            },
        )

    def conclude(
        self, kept: Mapping[str, Any], outputs: Outputs, _parameters: Mapping[str, Value], /
    ) -> Outcome:
        """Outcome with a score per tile."""
        scores = np.full(tuple(kept["grid"]), np.nan, dtype=np.float32)
        for (i, j), (made, taken) in zip(kept["places"], outputs[NETWORK], strict=True):
            scores[i, j] = made - taken
        judged, about = Judged(scores=scores), kept["about"]
        score = float(np.clip(judged.known.mean(), LOW, HIGH))
        width, height = kept["size"]
        return Outcome(
            sentence=_sentence(judged, score=score, about=about),
            score=round(score, 4),
            details={
                "tiles": int(judged.known.size),
                "highest": round(float(judged.known.max()), 4),
                "lowest": round(float(judged.known.min()), 4),
                "network": about,
            },
            pictures=(_picture(judged, size=(width, height), score=score),),
        )


def _starts(size: int, *, most: int) -> list[int]:
    """Where tiles begin: side by side, or spread evenly where there would be too many."""
    count = min(most, -(-size // TILE))
    return [round(at) for at in np.linspace(0, size - TILE, count)]


def _sentence(judged: Judged, *, score: float, about: Mapping[str, Any]) -> str:
    side = "generated pictures" if score > 0 else "photographs"
    share = float((judged.known > 0).mean())
    return (
        f"A network trained {about['trained']} ({about['date']}) judged the fine detail of "
        f"{judged.known.size} tiles and on average leans towards {side} (score {score:+.1f}); "
        f"{share:.0%} of the tiles lean towards generated ones. Scaling, strong compression, "
        "filters and cameras' own processing move the score; newer generators may pass."
    )


def _picture(judged: Judged, *, size: tuple[int, int], score: float) -> Picture:
    strength = np.clip(judged.scores / (2 * FULL) + 0.5, 0, 1)
    return heat_map(
        strength,
        size=size,
        regions=(),
        low="as in photographs",
        high="as in generated pictures",
        unknown="too flat to judge",
        name="generated",
        caption=f"Score of each tile; {score:+.1f} on average, 0 is the middle of the scale.",
    )
