"""The two ways from a file to examples: of pictures and of sound.

A *native* is what the child took out of a file, untreated: a patch of pixels or a stretch of sound.
An example is a native after the treatment that both classes get.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.card import Modality
from detectors.training import equal_pictures, equal_sound
from detectors.training.errors import DataUnusable
from detectors.training.index import Item
from detectors.training.made import pictures as made_pictures
from detectors.training.made import sounds as made_sounds
from detectors.training.recipe import Source
from foundation import child

INSIDE = "detectors.training.inside"
LIMITS = child.Limits(memory_bytes=4 * 2**30, cpu_seconds=120, wall_seconds=600)
PATCH = 544
"""Native pixels a side: what the largest shrink needs."""
PATCHES = 4
SPEECH_SECONDS = 8.0
LEAST_SECONDS = 1.0

Array = NDArray[Any]
Random = np.random.Generator
Rebuild = Callable[[Array], Array]
"""A trained autoencoder: a native to its reconstruction."""


class Way(Protocol):
    """How one modality is handled; see the module."""

    def natives(self, item: Item, *, rule: Source, seed: int) -> list[Array]:
        """What a file holds; raises a refusal for a file that cannot be used."""

    def example(self, native: Array, *, random: Random) -> tuple[Array, int] | None:
        """One treated example and its bin; None where the native is too small."""

    def made(self, kind: str, native: Array, *, random: Random) -> Array:
        """A fake of a genuine native, before the treatment."""


@dataclass(frozen=True, kw_only=True)
class PictureWay:
    """Natives are patches (rows, columns, 3) uint8, examples SIDE x SIDE x 3 uint8."""

    rules: equal_pictures.Rules

    def natives(self, item: Item, *, rule: Source, seed: int) -> list[Array]:
        payload = {
            "path": os.fsencode(_place(item)),
            "side": PATCH,
            "least": equal_pictures.SIDE + equal_pictures.MARGIN,
            "most": PATCHES,
            "sheet": rule.sheet,
            "cut_bottom": dict(rule.cut_bottom).get(item.generator, 0),
            "seed": seed,
        }
        found = child.call(f"{INSIDE}:patches", payload, limits=LIMITS)
        return [np.frombuffer(one["data"], dtype=np.uint8).reshape(*one["shape"]) for one in found]

    def example(self, native: Array, *, random: Random) -> tuple[Array, int] | None:
        done = equal_pictures.equal(native, rules=self.rules, random=random)
        return (done.pixels, done.bin) if done else None

    def made(self, kind: str, native: Array, *, random: Random) -> Array:
        if kind != "up-sampled":
            raise DataUnusable(f"There is no kind of self-made picture {kind!r}.")
        return made_pictures.up_sampled(native, random=random)


@dataclass(frozen=True, kw_only=True)
class SoundWay:
    """Natives are int16 samples at 16 kHz, examples int16 of one network input."""

    rules: equal_sound.Rules

    def natives(self, item: Item, *, rule: Source, seed: int) -> list[Array]:
        del rule, seed
        payload = {
            "path": os.fsencode(_place(item)),
            "seconds": SPEECH_SECONDS,
            "least": LEAST_SECONDS,
        }
        data = child.call(f"{INSIDE}:speech", payload, limits=LIMITS)
        return [np.frombuffer(data, dtype=np.int16)]

    def example(self, native: Array, *, random: Random) -> tuple[Array, int] | None:
        done = equal_sound.equal(native, rules=self.rules, random=random)
        return (done.samples, done.bin) if done else None

    def made(self, kind: str, native: Array, *, random: Random) -> Array:
        if kind not in made_sounds.KINDS:
            raise DataUnusable(f"There is no kind of self-made speech {kind!r}.")
        return made_sounds.KINDS[kind](native, random)


def way_of(modality: Modality, equal: Mapping[str, float]) -> Way:
    """The way of a modality with a recipe's numbers. Raises :class:`DataUnusable`."""
    try:
        if modality is Modality.IMAGE:
            quality = (int(equal["quality_low"]), int(equal["quality_high"]))
            return PictureWay(rules=equal_pictures.Rules(shrink=equal["shrink"], quality=quality))
        low_pass = (equal["low_pass_low"], equal["low_pass_high"])
        return SoundWay(
            rules=equal_sound.Rules(
                low_pass=low_pass,
                noise_share=equal["noise_share"],
                room_share=equal["room_share"],
            )
        )
    except KeyError as missing:
        raise DataUnusable(f"The recipe's 'equal' lacks {missing}.") from missing


def _place(item: Item) -> Any:
    if item.at is None:
        raise DataUnusable(f"{item.path} of {item.source} has not been extracted.")
    return item.at.absolute()
