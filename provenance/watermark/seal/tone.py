"""How the brightness and sharpness of a whole picture were changed since it was sealed.

Contrast, gamma and resampling multiply what a block holds by a factor that depends on its
brightness L and on the frequency f alone: a (L / 128)^b exp(-c f^2). The pattern itself says which:
the one under which most blocks fit. A few hundred blocks are enough to find it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from provenance.watermark.seal import pattern, tampering
from provenance.watermark.seal.identifier import Floats

_BLOCKS = 400
_NOISE = 1.5
_MIDDLE = 128.0
_DARKEST = 8.0
_GAINS = np.linspace(-0.37, 0.37, 19)
_SLOPES = np.linspace(-0.5, 0.5, 11)
_BLURS = np.linspace(-0.3, 0.45, 6)
_FINER = (-1.0, -0.5, 0.0, 0.5, 1.0)
_ROUNDS = 2
_SLIGHT = 0.03


@dataclass(frozen=True)
class Tone:
    """``gain``, logarithm of the contrast at middle brightness; ``slope``, gamma minus one;
    ``blur``, loss of the highest carrying frequency as a logarithm (negative when sharpened)."""

    gain: float
    slope: float
    blur: float

    @property
    def changed(self) -> bool:
        """Whether contrast or gamma differ by more than the estimate's own error."""
        return abs(self.gain) > _SLIGHT or abs(self.slope) > _SLIGHT

    def to_dict(self) -> dict[str, float]:
        """For people: contrast and gamma as factors, blur as it is."""
        return {
            "contrast": round(float(np.exp(self.gain)), 3),
            "gamma": round(1 + self.slope, 3),
            "blur": round(self.blur, 3),
        }

    def factors(self, light: Floats) -> Floats:
        """The factors, … x carriers, for blocks of mean brightness ``light`` (grey levels)."""
        darkness = np.log(np.maximum(light, _DARKEST) / np.float32(_MIDDLE))
        by_light = np.exp(np.float32(self.gain) + np.float32(self.slope) * darkness)
        by_frequency = np.exp(np.float32(-self.blur) * pattern.FREQUENCIES)
        return np.asarray(by_light[..., None] * by_frequency, dtype=np.float32)


def find(held: pattern.Held, lattice: pattern.Lattice) -> Tone:
    """The change under which most blocks fit best."""
    places = np.linspace(0, held.light.size - 1, min(_BLOCKS, held.light.size)).astype(np.intp)
    values = held.values.reshape(-1, pattern.CARRIERS)[places]
    wanted = lattice.at(places)
    light = held.light.ravel()[places]

    def fitness(tone: Tone) -> float:
        return tampering.support(wanted.fit(values / tone.factors(light)), noise=_NOISE)

    best = max((Tone(gain, 0.0, blur) for gain, blur in product(_GAINS, _BLURS)), key=fitness)
    best = max((Tone(best.gain, slope, best.blur) for slope in _SLOPES), key=fitness)
    spans = [float(grid[1] - grid[0]) / 2 for grid in (_GAINS, _SLOPES, _BLURS)]
    for _ in range(_ROUNDS):
        near = [
            Tone(best.gain + a * spans[0], best.slope + b * spans[1], best.blur + c * spans[2])
            for a, b, c in product(_FINER, repeat=3)
        ]
        best = max(near, key=fitness)
        spans = [span / 3 for span in spans]
    return Tone(gain=float(best.gain), slope=float(best.slope), blur=float(best.blur))
