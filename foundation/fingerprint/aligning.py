"""A copy laid over what it is a copy of, so that an eye can compare them. Child only (pixels).

The copy is turned as its fingerprint says, then fitted by corners that both have in common (ORB,
Rublee et al., ICCV 2011, with RANSAC); without enough of them it is stretched to the same size.
"""

from __future__ import annotations

import io
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from foundation.media.pictures import Pixels

SIDE: Final = 1000
"""The longer side of both pictures at most."""
LEAST_CORNERS: Final = 12
_KEYPOINTS = 1500
_RATIO = 0.8
_GROUND = (128, 128, 128)


def aligned(copy: Pixels, known: Pixels, *, turn: int) -> dict[str, Any]:
    """Two pictures as JPEG of one size: the known one as it is, the copy turned and fitted."""
    base = _smaller(known)
    turned = _smaller(turned_as(copy, turn))
    height, width = base.shape[:2]
    fit = _fit(turned, base)
    if fit is None:
        laid = cv2.resize(turned, (width, height), interpolation=cv2.INTER_AREA)
    else:
        laid = cv2.warpAffine(turned, fit, (width, height), borderValue=_GROUND)
    return {
        "copy": _jpeg(np.asarray(laid, dtype=np.uint8)),
        "known": _jpeg(base),
        "width": width,
        "height": height,
        "fitted": fit is not None,
    }


def turned_as(pixels: Pixels, turn: int) -> Pixels:
    """The picture in one of the eight positions, in the order of ``pdq.pdq_variants``: 0 to 3
    quarter turns clockwise, and 4 to 7 the same mirrored left to right."""
    quarter = np.rot90(pixels, k=-(turn % 4))
    return np.ascontiguousarray(quarter[:, ::-1] if turn >= 4 else quarter)


def _smaller(pixels: Pixels) -> Pixels:
    picture = Image.fromarray(pixels)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)


def _fit(copy: Pixels, known: Pixels) -> npt.NDArray[np.float64] | None:
    """The turn, scale and shift (2 x 3) that brings the copy's corners onto the known ones."""
    finder: Any = cv2.ORB.create(nfeatures=_KEYPOINTS)
    points, marks = finder.detectAndCompute(cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY), None)
    others, other_marks = finder.detectAndCompute(cv2.cvtColor(known, cv2.COLOR_RGB2GRAY), None)
    if marks is None or other_marks is None or min(len(points), len(others)) < LEAST_CORNERS:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(marks, other_marks, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and _clear(pair)]
    if len(good) < LEAST_CORNERS:
        return None
    here = np.array([points[match.queryIdx].pt for match in good], dtype=np.float32)
    there = np.array([others[match.trainIdx].pt for match in good], dtype=np.float32)
    return _sensible(*cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=4.0))


def _clear(pair: Any) -> bool:
    return bool(pair[0].distance < _RATIO * pair[1].distance)


def _sensible(fit: Any, inside: Any) -> npt.NDArray[np.float64] | None:
    """The fit, unless there is none, or too few corners bear it, or it shrinks out of sight."""
    if fit is None or int(inside.sum()) < LEAST_CORNERS:
        return None
    scale = float(np.hypot(fit[0, 0], fit[1, 0]))
    return np.asarray(fit, dtype=np.float64) if 0.2 < scale < 5.0 else None


def _jpeg(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=88)
    return out.getvalue()
