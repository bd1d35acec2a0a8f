"""The public marks of well-known image generators. Child only.

Payloads as the generators' own published code has them. FLUX's code writes a number of 48 binary
digits and drops its two leading zeros on the way, so that 46 bits are hidden; pictures marked with
all 48 are looked for as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from foundation.media.pictures import Pixels
from provenance.watermark import dwtdct
from provenance.watermark.api import Detection, Marked, Sample, Status
from provenance.watermark.chance import over_tries, shuffled_tail, uneven_tails
from provenance.watermark.errors import SchemeUnusable

ID = "generators"
MOST_FALSE_ALARMS = 1e-6
"""Over all tries on one picture."""

LEAST_SIDE = 256
"""The library refuses to mark smaller pictures."""

NOTHING = (
    "No public mark of a known image generator was read. That says nothing about how the picture "
    "was made: most generators put none in, and a copy easily loses it."
)

SIZES = (
    (512, 512), (512, 768), (640, 512), (768, 768), (1024, 1024), (1152, 896), (1216, 832),
    (1344, 768), (1536, 640), (1360, 768), (1024, 768),
)  # fmt: skip
"""Usual sizes of generated pictures, either way up."""

_MOST_PIXELS = 4_200_000
_MOST_READ = 16_000_000
_SHAPE = 0.01


@dataclass(frozen=True)
class Payload:
    """What one generator hides."""

    generator: str
    bits: str
    text: str

    @property
    def value(self) -> bytes:
        """The bits as bytes, filled up with zeros at the end."""
        return np.packbits(np.array([*map(int, self.bits)], dtype=np.uint8)).tobytes()


def _spelt(text: str) -> str:
    return "".join(f"{byte:08b}" for byte in text.encode("ascii"))


_FLUX = "001010101111111010000111100111001111010100101110"
PAYLOADS = (
    Payload("Stable Diffusion 1", _spelt("StableDiffusionV1"), "StableDiffusionV1"),
    Payload(
        "Stable Diffusion 1 inpainting",
        _spelt("StableDiffusionV1-Inpainting"),
        "StableDiffusionV1-Inpainting",
    ),
    Payload("Stable Diffusion 2", _spelt("SDV2"), "SDV2"),
    Payload(
        "Stable Diffusion XL",
        "101100111110110010010000011110111011000110011110",
        "48 bits of Stable Diffusion XL",
    ),
    Payload("FLUX", _FLUX.lstrip("0"), "46 bits of FLUX"),
    Payload("FLUX", _FLUX, "48 bits of FLUX"),
)


@dataclass(frozen=True)
class Reading:
    """How well one payload was read from one plane at one size (width, height)."""

    payload: Payload
    hits: int
    size: tuple[int, int]
    plane: str
    false_alarm: float


class Generators:
    """The scheme: read only, no key."""

    def detect(self, sample: Sample, *, key: bytes | None) -> Detection:  # noqa: ARG002
        """Look for every payload at every likely original size."""
        pixels = sample.pixels()
        best = min(readings(pixels), key=lambda one: one.false_alarm, default=None)
        if best is None:
            return Detection(
                scheme=ID,
                status=Status.UNSUPPORTED,
                sentence=f"Pictures of less than {LEAST_SIDE} pixels a side carry no such mark.",
            )
        bits = len(best.payload.bits)
        found = best.false_alarm <= MOST_FALSE_ALARMS
        return Detection(
            scheme=ID,
            status=Status.FOUND if found else Status.ABSENT,
            sentence=_sentence(best) if found else NOTHING,
            payload=best.payload.value if found else None,
            text=best.payload.text if found else None,
            agreement=best.hits / bits,
            bits=bits,
            false_alarm=best.false_alarm,
            details=_details(best) if found else {},
        )

    def embed(
        self,
        sample: Sample,  # noqa: ARG002
        *,
        payload: bytes,  # noqa: ARG002
        key: bytes | None,  # noqa: ARG002
    ) -> Marked:
        """Never: these marks say which generator made a picture. Raises SchemeUnusable."""
        raise SchemeUnusable("The marks of generators are only read here, never put in.")


def readings(pixels: Pixels) -> Iterator[Reading]:
    """Every try on a picture; ``false_alarm`` already counts all of them."""
    sizes = candidates(width=pixels.shape[1], height=pixels.shape[0])
    tries = len(sizes) * dwtdct.PLANES * len(PAYLOADS)
    for size in sizes:
        for plane, found in dwtdct.planes(_scaled(pixels, size)):
            for payload in PAYLOADS:
                hits, chance = agreeing(found, payload.bits)
                yield Reading(payload, hits, size, plane, over_tries(chance, tries))


def agreeing(found: dwtdct.Bits, bits: str) -> tuple[int, float]:
    """How many of the bits the blocks agree with, and the chance of it in one try.

    The chance is the greater of two: the binomial tail at the least favourable share of ones, and,
    because what counts as a one is judged by the picture itself, that of a blind draw.
    """
    seen = dwtdct.read(found, bits=len(bits))
    wanted = np.array([bit == "1" for bit in bits])
    hits, ones = int(np.count_nonzero(seen == wanted)), int(wanted.sum())
    met, read = int(np.count_nonzero(seen & wanted)), int(seen.sum())
    blind = shuffled_tail(met, ones=ones, read=read, bits=len(bits))
    return hits, max(blind, uneven_tails(ones=ones, zeros=len(bits) - ones)[hits])


def candidates(*, width: int, height: int) -> list[tuple[int, int]]:
    """Sizes (width, height) at which the mark may have been put in: the picture's own, its double
    and its half, and the usual ones of the same shape."""
    usual = [size for pair in SIZES for size in (pair, pair[::-1])]
    alike = [
        (wide, high)
        for wide, high in usual
        if abs(wide * height - high * width) <= _SHAPE * wide * height
    ]
    sizes = [(width, height), (2 * width, 2 * height), (width // 2, height // 2), *alike]
    return [
        size
        for size in dict.fromkeys(sizes)
        if min(size) >= LEAST_SIDE and (size[0] * size[1] <= _MOST_PIXELS or size == sizes[0])
    ]


def _scaled(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    width, height = size
    if pixels.shape[:2] == (height, width):
        # the bits repeat row by row, so the upper part of a very large picture tells as much
        return pixels[: max(LEAST_SIDE, _MOST_READ // width)]
    way = cv2.INTER_AREA if width < pixels.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=way), dtype=np.uint8)


def _sentence(best: Reading) -> str:
    bits = len(best.payload.bits)
    return (
        f"The public mark of {best.payload.generator} was read from the picture: {best.hits} of "
        f"{bits} bits. Anybody can put it in, but it does not come about by chance."
    )


def _details(best: Reading) -> dict[str, object]:
    return {
        "generator": best.payload.generator,
        "size": list(best.size),
        "plane": best.plane,
        "hits": best.hits,
    }
