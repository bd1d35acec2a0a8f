"""A plain border around a picture does not hide it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageOps

from foundation import fingerprint
from foundation.fingerprint.borders import without_border

Pixels = npt.NDArray[np.uint8]


@pytest.fixture
def picture() -> Pixels:
    """A busy picture, 240 x 320."""
    rough = np.random.default_rng(4).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(rough).resize((320, 240), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (40, 90, 160)])
@pytest.mark.parametrize("share", [0.03, 0.12])
def test_a_copy_with_a_border_is_found(
    tmp_path: Path, picture: Pixels, colour: tuple[int, int, int], share: float
) -> None:
    framed = ImageOps.expand(Image.fromarray(picture), round(240 * share), colour)
    framed.save(tmp_path / "framed.jpg", quality=60)
    Image.fromarray(picture).save(tmp_path / "known.png")
    known = fingerprint.of_image(tmp_path / "known.png")
    looks = fingerprint.of_image(tmp_path / "framed.jpg")
    assert (len(known), len(looks)) == (8, 16)
    assert fingerprint.distance(looks[8].hash, known[0].hash) <= fingerprint.RADIUS
    assert fingerprint.distance(looks[0].hash, known[0].hash) > fingerprint.RADIUS


def test_a_letterbox_is_cut_on_two_sides(picture: Pixels) -> None:
    boxed = np.zeros((320, 320, 3), dtype=np.uint8)
    boxed[40:280] = picture
    inner = without_border(boxed)
    assert inner is not None
    assert inner.shape == picture.shape
    grey = without_border(boxed[..., 1])
    assert grey is not None
    assert grey.shape == picture.shape[:2]


def test_nothing_is_cut_where_there_is_no_border(picture: Pixels) -> None:
    assert without_border(picture) is None
    assert without_border(np.full((90, 90, 3), 200, dtype=np.uint8)) is None
    small = np.full((400, 400, 3), 255, dtype=np.uint8)
    small[150:250, 150:250] = picture[:100, :100]
    assert without_border(small) is None
    assert without_border(picture[:1]) is None
