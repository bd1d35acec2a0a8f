"""The public marks of generators, put in as their published method does it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from foundation.errors import Refusal
from foundation.media.decode import image_rgb
from provenance import contradictions, watermark
from provenance.watermark import Status, dwtdct
from provenance.watermark.chance import (
    binomial_tail,
    least_hits,
    over_tries,
    shuffled_tail,
    uneven_tails,
)
from provenance.watermark.generators import (
    MOST_FALSE_ALARMS,
    PAYLOADS,
    Payload,
    candidates,
    readings,
)

Picture = Callable[..., npt.NDArray[np.uint8]]
XL = next(payload for payload in PAYLOADS if payload.generator == "Stable Diffusion XL")


def put_in(
    pixels: npt.NDArray[np.uint8], bits: str, *, whole: bool, swapped: bool = False
) -> npt.NDArray[np.uint8]:
    """The published method, block by block: ``whole`` numbers or floating point."""
    bgr = pixels if swapped else pixels[..., ::-1]
    yuv = cv2.cvtColor(np.ascontiguousarray(bgr if whole else bgr.astype(np.float32)),
                       cv2.COLOR_BGR2YUV)  # fmt: skip
    plane = yuv[..., 1].astype(np.float64)
    rows, columns = (length // 8 for length in plane.shape)
    turn = 0
    for row in range(rows):
        for column in range(columns):
            area = plane[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8]
            coarse = area.reshape(4, 2, 4, 2).sum(axis=(1, 3)) / 2
            place = int(np.argmax(np.abs(coarse).ravel()[1:])) + 1
            value = coarse.ravel()[place]
            moved = (abs(value) // 36 + 0.25 + 0.5 * int(bits[turn % len(bits)])) * 36
            new = moved if value >= 0 else -moved
            i, j = divmod(place, 4)
            # the Haar transform backwards: a coarse value is twice the mean of its four pixels
            area[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] += (new - value) / 2
            turn += 1
    yuv[..., 1] = plane
    marked = np.asarray(cv2.cvtColor(yuv, cv2.COLOR_YUV2BGR), dtype=np.float32)
    marked = np.clip(np.round(marked), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(marked if swapped else marked[..., ::-1])


def found_in(pixels: npt.NDArray[np.uint8], path: Path) -> watermark.Detection:
    Image.fromarray(pixels).save(path)
    [found] = watermark.detect(path, schemes=["generators"])
    return found


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.text)
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "floating"])
def test_every_public_mark_is_read(
    payload: Payload, whole: bool, scene: Picture, tmp_path: Path
) -> None:
    found = found_in(put_in(scene(), payload.bits, whole=whole), tmp_path / "marked.png")
    assert found.status is Status.FOUND
    assert found.details["generator"] == payload.generator
    assert found.payload == payload.value
    assert found.false_alarm <= MOST_FALSE_ALARMS
    assert found.agreement > 0.9
    assert payload.generator in found.sentence


def test_colours_handed_over_in_the_wrong_order(scene: Picture, tmp_path: Path) -> None:
    marked = put_in(scene(), XL.bits, whole=False, swapped=True)
    found = found_in(marked, tmp_path / "marked.png")
    assert found.details["generator"] == XL.generator
    assert found.details["plane"] == "floating point, colours swapped"


@pytest.mark.parametrize(("width", "height"), [(512, 384), (768, 768), (1000, 1000)])
def test_a_scaled_copy_is_brought_back_to_a_likely_size(
    scene: Picture, tmp_path: Path, width: int, height: int
) -> None:
    original = (1024, 768) if width != height else (1024, 1024)
    marked = put_in(scene(width=original[0], height=original[1]), XL.bits, whole=False)
    copy = cv2.resize(marked, (width, height), interpolation=cv2.INTER_AREA)
    found = found_in(np.asarray(copy, dtype=np.uint8), tmp_path / "copy.png")
    assert found.details["generator"] == XL.generator
    assert found.details["size"] == list(original)


def test_a_very_large_picture_is_read_from_its_upper_part(scene: Picture) -> None:
    marked = put_in(scene(width=1024, height=512), XL.bits, whole=False)
    tall = np.concatenate([marked, np.full((20_000, 1024, 3), 128, dtype=np.uint8)])
    whole = [one for one in readings(tall) if one.size == (1024, 20_512)]
    best = min(whole, key=lambda one: one.false_alarm)
    assert best.payload.generator == XL.generator


def test_unmarked_pictures_are_absent_and_nothing_follows(scene: Picture, tmp_path: Path) -> None:
    for seed in range(3):
        found = found_in(scene(seed=seed + 10), tmp_path / f"{seed}.png")
        assert found.status is Status.ABSENT
        assert found.payload is None
        assert "says nothing" in found.sentence
        assert "generator" not in found.details


def test_plain_pictures_raise_no_alarm() -> None:
    """Every block of a plain picture reads the same bit; so do stripes in step with the bits."""
    for value in (0, 7, 90, 126, 128, 200, 255):
        plain = np.full((512, 512, 3), value, dtype=np.uint8)
        assert min(one.false_alarm for one in readings(plain)) > 0.01
    columns = np.arange(768)
    for width in (8, 16, 32, 64):
        stripes = np.zeros((512, 768, 3), dtype=np.uint8)
        stripes[:, (columns // width) % 2 == 0] = (200, 40, 90)
        assert min(one.false_alarm for one in readings(stripes)) > 1e-4


def test_reference_pictures_are_unmarked(shared: Path) -> None:
    """No false alarm on every third of them (the benchmark reads all), nor anything near one."""
    kinds = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}
    paths = [p for p in sorted((shared / "media").rglob("*")) if p.suffix.lower() in kinds]
    seen: list[float] = []
    for path in paths[::3]:
        try:
            pixels = image_rgb(path, max_side=600)
        except Refusal:
            continue
        seen.append(min((one.false_alarm for one in readings(pixels)), default=1.0))
    assert len(seen) > 50
    assert min(seen) * len(seen) > 1e-3 > MOST_FALSE_ALARMS


def test_small_pictures_carry_none(tmp_path: Path, scene: Picture) -> None:
    found = found_in(scene(width=120, height=100), tmp_path / "small.png")
    assert found.status is Status.UNSUPPORTED
    assert "256" in found.sentence


def test_the_mark_contradicts_a_camera(scene: Picture, tmp_path: Path) -> None:
    found = found_in(put_in(scene(), XL.bits, whole=False), tmp_path / "marked.png")
    camera = {"camera": {"make": "Nikon", "model": "Z 9"}}
    [said] = contradictions.find(None, camera, [found.to_dict()])
    assert said.kind == "camera-against-watermark"
    assert XL.generator in said.sentence


def test_payloads_are_what_the_generators_publish() -> None:
    by_text = {payload.text: payload for payload in PAYLOADS}
    assert by_text["StableDiffusionV1"].value == b"StableDiffusionV1"
    assert by_text["SDV2"].value == b"SDV2"
    assert len(XL.bits) == 48
    assert int(XL.bits, 2) == 0xB3EC907BB19E
    assert by_text["46 bits of FLUX"].bits == f"{0x2AFE879CF52E:b}"


def test_likely_sizes_follow_the_shape() -> None:
    assert candidates(width=100, height=90) == []
    assert candidates(width=512, height=512)[:2] == [(512, 512), (1024, 1024)]
    assert (768, 1344) in candidates(width=384, height=672)
    assert (1024, 1024) not in candidates(width=512, height=768)
    assert all(wide * high < 4_300_000 for wide, high in candidates(width=1500, height=1500))


def test_chances_are_those_of_the_binomial_law() -> None:
    assert binomial_tail(32, 32) == pytest.approx(2.0**-32)
    assert binomial_tail(31, 32) == pytest.approx(33 * 2.0**-32)
    assert binomial_tail(0, 9) == 1
    assert binomial_tail(10, 9) == 0
    assert sum(binomial_tail(k, 20) - binomial_tail(k + 1, 20) for k in range(21)) == pytest.approx(
        1
    )
    assert over_tries(1e-3, 50) == pytest.approx(0.05)
    assert over_tries(0.5, 50) == 1
    assert least_hits(48, tries=100, most=1e-6) == 43
    assert least_hits(8, tries=1, most=1e-6) == 9
    even = uneven_tails(ones=16, zeros=16)
    assert even[32] == pytest.approx(2.0**-32)
    # a payload with more ones than zeros is more likely to be met by a plain picture
    odd = uneven_tails(ones=24, zeros=8)
    assert odd[32] == pytest.approx(0.75**24 * 0.25**8)
    assert odd[0] == pytest.approx(1)
    assert list(odd) == sorted(odd, reverse=True)


def test_a_blind_draw_meets_everything_as_seldom_as_counting_says() -> None:
    assert shuffled_tail(2, ones=2, read=2, bits=4) == pytest.approx(1 / 6)
    assert shuffled_tail(0, ones=2, read=2, bits=4) == 1
    assert shuffled_tail(27, ones=27, read=27, bits=48) == pytest.approx(1 / math.comb(48, 27))
    assert shuffled_tail(0, ones=5, read=0, bits=9) == 1


def test_bits_are_read_by_majority() -> None:
    plane = np.zeros((16, 24), dtype=np.float32)
    plane[:8, :8] = 27 / 2
    plane[8:, 16:] = -27 / 2
    found = dwtdct.blocks(plane)
    assert found.tolist() == [True, False, False, False, False, True]
    assert dwtdct.read(found, bits=3).tolist() == [True, False, True]
    assert dwtdct.blocks(np.zeros((7, 30), dtype=np.float32)).size == 0
