"""A part from another save is located; a picture saved once, or as a whole, is quiet."""

from __future__ import annotations

import functools
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detectors.api import Finding, Status
from detectors.runner import analyse
from foundation.media import inspect

SIZE = (1024, 768)
PATCH = (560, 280, 816, 536)


def scene(seed: int) -> Image.Image:
    """Texture at several scales, as photographs have it."""
    return drawn(seed).copy()


@functools.cache
def drawn(seed: int) -> Image.Image:
    generator = np.random.default_rng(seed)
    total = np.zeros((SIZE[1], SIZE[0], 3))
    for scale, weight in ((4, 9), (16, 18), (64, 40)):
        small = generator.normal(0, weight, (SIZE[1] // scale, SIZE[0] // scale, 3))
        layer = [
            Image.fromarray(small[..., channel].astype("float32")).resize(
                SIZE, Image.Resampling.BICUBIC
            )
            for channel in range(3)
        ]
        total += np.stack([np.asarray(one) for one in layer], axis=2)
    total += generator.normal(0, 3, total.shape)
    return Image.fromarray(np.clip(total + 128, 0, 255).astype("uint8"))


def resaved(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=0)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def ghost(image: Image.Image, path: Path, *, quality: int = 92) -> Finding:
    image.save(path, "JPEG", quality=quality, subsampling=0)
    [finding] = analyse(path, probe=inspect(path), only=["image.jpeg_ghost"]).findings
    return finding


def overlap(finding: Finding, box: tuple[int, int, int, int]) -> float:
    """Intersection over union of the strongest region with the pasted box."""
    region = max(finding.regions, key=lambda one: one.strength)
    left, top = max(region.x, box[0]), max(region.y, box[1])
    right = min(region.x + region.width, box[2])
    bottom = min(region.y + region.height, box[3])
    shared = max(0, right - left) * max(0, bottom - top)
    areas = region.width * region.height + (box[2] - box[0]) * (box[3] - box[1])
    return shared / (areas - shared)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_part_saved_otherwise_is_located(tmp_path: Path, seed: int) -> None:
    picture = scene(seed)
    part = resaved(scene(seed + 50), 60).crop(PATCH)
    picture.paste(part, PATCH[:2])
    finding = ghost(picture, tmp_path / "spliced.jpg")
    assert finding.status is Status.OK
    assert finding.regions
    assert overlap(finding, PATCH) > 0.5
    assert [picture.media_type for picture in finding.pictures] == ["image/png"]
    assert finding.llr is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_untouched_twin_is_quiet(tmp_path: Path, seed: int) -> None:
    assert ghost(scene(seed), tmp_path / "once.jpg").regions == ()
    assert ghost(resaved(scene(seed), 60), tmp_path / "twice.jpg").regions == ()


def test_a_picture_that_was_never_a_jpeg_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "drawn.png"
    scene(1).save(path)
    [finding] = analyse(path, probe=inspect(path), only=["image.jpeg_ghost"]).findings
    assert finding.status is Status.ABSTAINED
    assert len(finding.sentence) > 20


@pytest.mark.parametrize(("first", "last"), [(60, 90), (75, 92), (85, 95)])
def test_a_part_that_lacks_the_earlier_save_is_located(
    tmp_path: Path, first: int, last: int
) -> None:
    picture = resaved(scene(4), first)
    picture.paste(scene(54).crop(PATCH), PATCH[:2])
    finding = ghost(picture, tmp_path / "spliced.jpg", quality=last)
    [region] = finding.regions
    assert overlap(finding, PATCH) > 0.6
    assert region.strength > 0.5
    assert "lacks the earlier JPEG save" in finding.sentence
    assert abs(finding.details["earlier_quality"] - first) <= 2


def test_a_part_pasted_off_the_grid_is_located_too(tmp_path: Path) -> None:
    picture = resaved(scene(5), 70)
    picture.paste(resaved(scene(55), 70).crop((3, 5, 259, 261)), PATCH[:2])
    finding = ghost(picture, tmp_path / "spliced.jpg")
    assert overlap(finding, PATCH) > 0.6


def turned_box(box: tuple[int, int, int, int], orientation: int) -> tuple[int, int, int, int]:
    """Where a box of the coded picture lies in the upright one."""
    mask = np.zeros((SIZE[1] + 5, SIZE[0] + 3), dtype=np.uint8)
    mask[box[1] : box[3], box[0] : box[2]] = 255
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }  # fmt: skip
    image = Image.fromarray(mask)
    found = (image.transpose(turns[orientation]) if orientation in turns else image).getbbox()
    assert found is not None
    return found


@pytest.mark.parametrize("orientation", range(1, 9))
def test_regions_are_told_in_the_upright_picture(tmp_path: Path, orientation: int) -> None:
    grown = Image.new("RGB", (SIZE[0] + 3, SIZE[1] + 5), (120, 120, 120))
    grown.paste(scene(6))
    picture = resaved(grown, 60)
    picture.paste(scene(56).crop(PATCH), PATCH[:2])
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "turned.jpg"
    picture.save(path, "JPEG", quality=92, subsampling=0, exif=exif)
    probe = inspect(path)
    [finding] = analyse(path, probe=probe, only=["image.jpeg_ghost"]).findings
    assert overlap(finding, turned_box(PATCH, orientation)) > 0.6
    for region in finding.regions:
        assert region.x + region.width <= (probe.width or 0)
        assert region.y + region.height <= (probe.height or 0)
