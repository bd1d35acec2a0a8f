"""Seal, handle honestly, edit: the picture tells which of them happened."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from provenance.watermark.seal import image, label, places, quality
from provenance.watermark.seal.image import Read

Pixels = npt.NDArray[np.uint8]
Scene = Callable[..., Pixels]
Saved = Callable[..., Pixels]


def opened(picture: Pixels, key: bytes) -> Read:
    found = image.read(picture, key=key)
    assert found is not None, "the seal is lost"
    return found


def altered(found: Read, picture: Pixels) -> list[tuple[int, int, int, int]]:
    assert found.judgement is not None
    height, width = picture.shape[:2]
    return places.boxes(found.judgement, width=width, height=height)


def judged(found: Read) -> float:
    assert found.judgement is not None
    return float(found.judgement.judged.mean())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_seal_is_hard_to_see(scene: Scene, key: bytes, work: bytes, seed: int) -> None:
    picture = scene(seed)
    sealed = image.seal(picture, work=work, key=key)
    assert quality.psnr(picture, sealed) >= 38
    assert quality.ssim(picture, sealed) >= 0.96


def test_the_same_picture_work_and_key_give_the_same_seal(
    scene: Scene, key: bytes, work: bytes
) -> None:
    picture = scene(3)
    once, again = (image.seal(picture, work=work, key=key) for _ in range(2))
    other = image.seal(picture, work=bytes(8), key=key)
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


@pytest.mark.parametrize("quality_kept", [95, 75, 60])
def test_jpeg_leaves_the_seal_intact(
    scene: Scene, saved: Saved, key: bytes, work: bytes, quality_kept: int
) -> None:
    handled = saved(image.seal(scene(4), work=work, key=key), "JPEG", quality=quality_kept)
    found = opened(handled, key)
    assert found.label.work == work
    assert judged(found) > 0.95
    assert altered(found, handled) == []


@pytest.mark.parametrize("factor", [0.5, 0.75, 1.5, 2.0])
def test_another_size_leaves_the_seal_intact(
    scene: Scene, scaled: Callable[[Pixels, float], Pixels], key: bytes, work: bytes, factor: float
) -> None:
    handled = scaled(image.seal(scene(5), work=work, key=key), factor)
    found = opened(handled, key)
    assert found.label.work == work
    assert altered(found, handled) == []


def test_brighter_and_softer_is_no_alteration(scene: Scene, key: bytes, work: bytes) -> None:
    sealed = image.seal(scene(6), work=work, key=key).astype(np.float32)
    brighter = np.clip(255 * (sealed / 255) ** 0.9, 0, 255).astype(np.uint8)
    found = opened(cv2.GaussianBlur(brighter, (0, 0), 0.7), key)
    assert found.tone is not None
    assert found.tone.to_dict()["gamma"] == pytest.approx(0.9, abs=0.04)
    assert altered(found, brighter) == []


def test_a_small_share_of_webp_is_lost_and_the_rest_is_said_to_be_intact(
    scene: Scene, saved: Saved, key: bytes, work: bytes
) -> None:
    handled = saved(image.seal(scene(7), work=work, key=key), "WEBP", quality=85)
    found = opened(handled, key)
    assert judged(found) > 0.5
    assert altered(found, handled) == []


def edits(sealed: Pixels, other: Pixels) -> dict[str, Pixels]:
    """The same 160 x 128 place (see ``mask``), edited in several ways."""
    top, left, high, wide = 150, 301, 128, 160
    made = {name: sealed.copy() for name in ("pasted", "erased", "blurred", "moved")}
    inside = (slice(top, top + high), slice(left, left + wide))
    made["pasted"][inside] = other[inside]
    made["erased"][inside] = sealed[inside].mean(axis=(0, 1)).astype(np.uint8)
    made["blurred"][inside] = cv2.GaussianBlur(sealed[inside], (0, 0), 6)
    made["moved"][inside] = sealed[20 : 20 + high, 40 : 40 + wide]
    made["inpainted"] = cv2.inpaint(sealed, mask(sealed), 3, cv2.INPAINT_TELEA)
    return made


def mask(picture: Pixels) -> Pixels:
    place = np.zeros(picture.shape[:2], dtype=np.uint8)
    place[150:278, 301:461] = 255
    return place


@pytest.mark.parametrize("how", ["pasted", "erased", "blurred", "moved", "inpainted"])
@pytest.mark.parametrize("compressed", [False, True])
def test_an_edit_shows_where_it_is(
    scene: Scene,
    saved: Saved,
    overlap: Callable[..., float],
    key: bytes,
    work: bytes,
    how: str,
    *,
    compressed: bool,
) -> None:
    sealed = image.seal(scene(8), work=work, key=key)
    edited = edits(sealed, scene(9))[how]
    if compressed:
        edited = saved(edited, "JPEG", quality=75)
    found = opened(edited, key)
    assert found.label.work == work
    boxes = altered(found, edited)
    assert len(boxes) == 1
    assert overlap(boxes, mask(sealed)) >= 0.75


def test_a_place_from_another_sealed_picture_does_not_fit(
    scene: Scene, overlap: Callable[..., float], key: bytes, work: bytes
) -> None:
    sealed = image.seal(scene(10), work=work, key=key)
    other = image.seal(scene(11), work=b"otherone", key=key)
    inside = mask(sealed).astype(bool)
    sealed[inside] = other[inside]
    boxes = altered(opened(sealed, key), sealed)
    assert overlap(boxes, mask(sealed)) >= 0.75


def test_what_noise_drowns_is_not_judged(
    scene: Scene, saved: Saved, key: bytes, work: bytes
) -> None:
    handled = saved(image.seal(scene(12), work=work, key=key), "JPEG", quality=20)
    found = image.read(handled, key=key)
    if found is not None:
        assert judged(found) < 0.5
        assert altered(found, handled) == []


@pytest.mark.parametrize("seed", range(4))
def test_an_unsealed_picture_has_no_seal(scene: Scene, key: bytes, seed: int) -> None:
    assert image.read(scene(seed), key=key) is None


def test_another_key_sees_nothing(scene: Scene, key: bytes, other_key: bytes, work: bytes) -> None:
    assert image.read(image.seal(scene(13), work=work, key=key), key=other_key) is None


def test_a_white_page_can_be_sealed_and_judged(key: bytes, work: bytes) -> None:
    page = np.full((600, 400, 3), 255, dtype=np.uint8)
    page[100:104, 40:360] = 0
    sealed = image.seal(page, work=work, key=key)
    assert opened(sealed, key).label.work == work
    sealed[300:400, 100:200] = 255
    boxes = altered(opened(sealed, key), sealed)
    assert len(boxes) == 1
    left, top, wide, high = boxes[0]
    assert max(left - 110, top - 310, 190 - left - wide, 390 - top - high) <= 0


@pytest.mark.parametrize("size", [(192, 192), (333, 517), (1920, 200), (5000, 300)])
def test_all_sizes_and_shapes(scene: Scene, key: bytes, work: bytes, size: tuple[int, int]) -> None:
    found = opened(image.seal(scene(14, size=size), work=work, key=key), key)
    assert found.label.work == work
    assert max(found.label.rows, found.label.columns) <= label.MOST_BLOCKS
    assert judged(found) > 0.9
