"""Faces replaced in a real clip: another person's face laid over frame by frame, or the own face
sent through a smaller picture, as the tools for face swaps do it.

The donor's face is moved onto the target's by a similarity of the points in the middle of the face
(Umeyama 1991, as common tools align faces), its colours are brought to the target's mean and spread
(Reinhard et al. 2001), and it is blended in over the middle of the face: with a soft border, or by
its gradients (Perez, Gangnet and Blake 2003). A warped face follows Li and Lyu (2019): shrunk,
blurred and brought back to its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.faces import Track
from detectors.faces.tracks import Floats
from detectors.video.bones import similarity
from detectors.video.head_pose import INNER

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]

WARPED_SIDE = 64
GROWN = 0.16
"""How far the replaced part reaches beyond eyes, nose and mouth, as a share of its size."""

SOFT = 0.12


class Swap(StrEnum):
    """What was done to the face."""

    NONE = "untouched"
    BLENDED = "another face, soft border"
    POISSON = "another face, Poisson"
    WARPED = "own face from 64 pixels"


def swapped(
    swap: Swap,
    pictures: Sequence[Picture],
    track: Track,
    *,
    at: Sequence[int],
    donor: Sequence[tuple[Picture, Floats]],
) -> list[Picture]:
    """The clip with the face of ``track`` replaced; ``at`` (N,) gives the picture of each of its
    frames. ``donor``: pictures of another person with the points (478, >=2) of the face in each,
    played to and fro. Pictures without the face stay as they are."""
    made = list(pictures)
    if swap is Swap.NONE:
        return made
    there_and_back = [*donor, *donor[-2:0:-1]]
    for number, place in enumerate(at):
        points = track.points[number, :, :2]
        if swap is Swap.WARPED:
            made[place] = _warped(made[place], points)
        else:
            given, theirs = there_and_back[number % len(there_and_back)]
            made[place] = _replaced(swap, made[place], points, given, theirs[:, :2])
    return made


def _replaced(
    swap: Swap, picture: Picture, points: Floats, donor: Picture, theirs: Floats
) -> Picture:
    inner = list(INNER)
    matrix = similarity(theirs[inner].astype(np.float64), points[inner].astype(np.float64))
    size = picture.shape[1::-1]
    moved = np.asarray(
        cv2.warpAffine(
            donor, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        ),
        dtype=np.uint8,
    )
    mask = _middle(points, picture.shape[:2])
    if not mask.any():
        return picture
    moved = _toned(moved, picture, mask)
    if swap is Swap.POISSON:
        return _by_gradients(moved, picture, mask)
    return _laid(moved, picture, mask)


def _warped(picture: Picture, points: Floats) -> Picture:
    mask = _middle(points, picture.shape[:2])
    x, y, width, height = cv2.boundingRect(mask)
    if width < 2 or height < 2:
        return picture
    part = picture[y : y + height, x : x + width]
    scale = WARPED_SIDE / max(width, height)
    if scale >= 1:
        return picture
    tiny = (max(2, round(width * scale)), max(2, round(height * scale)))
    small = cv2.GaussianBlur(cv2.resize(part, tiny, interpolation=cv2.INTER_AREA), (3, 3), 0)
    back = picture.copy()
    back[y : y + height, x : x + width] = cv2.resize(
        small, (width, height), interpolation=cv2.INTER_LINEAR
    )
    return _laid(back, picture, mask)


def _middle(points: Floats, shape: tuple[int, ...]) -> Picture:
    """255 over the middle of the face, a little grown."""
    hull = cv2.convexHull(np.round(points[list(INNER)]).astype(np.int32))
    centre = hull.mean(axis=0, keepdims=True)
    grown = np.round(centre + (hull - centre) * (1 + GROWN)).astype(np.int32)
    mask = np.zeros(shape[:2], dtype=np.uint8)
    cv2.fillConvexPoly(mask, grown, 255)
    return mask


def _toned(moved: Picture, picture: Picture, mask: Picture) -> Picture:
    """The donor's colours with the mean and spread of the target's, in Lab, inside the mask."""
    inside = mask > 0
    lab = np.asarray(cv2.cvtColor(moved, cv2.COLOR_RGB2LAB), dtype=np.float32)
    goal = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), dtype=np.float32)[inside]
    own = lab[inside]
    scale = goal.std(axis=0) / np.maximum(own.std(axis=0), 1e-3)
    lab = (lab - own.mean(axis=0)) * np.clip(scale, 0.5, 2.0) + goal.mean(axis=0)
    turned = np.clip(np.round(lab), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(turned, cv2.COLOR_LAB2RGB), dtype=np.uint8)


def _laid(moved: Picture, picture: Picture, mask: Picture) -> Picture:
    width = cv2.boundingRect(mask)[2]
    weight: Plane = np.asarray(
        cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), max(1.0, SOFT * width / 2)),
        dtype=np.float32,
    )[..., None]
    return np.round(moved * weight + picture * (1 - weight)).astype(np.uint8)


def _by_gradients(moved: Picture, picture: Picture, mask: Picture) -> Picture:
    x, y, width, height = cv2.boundingRect(mask)
    rows, columns = mask.shape
    if x <= 1 or y <= 1 or x + width >= columns - 1 or y + height >= rows - 1:
        return _laid(moved, picture, mask)  # the solver needs a border around the part
    centre = (x + width // 2, y + height // 2)
    return np.asarray(
        cv2.seamlessClone(moved, picture, mask, centre, cv2.NORMAL_CLONE), dtype=np.uint8
    )
