"""Which way a face looks, and whether it can be measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.faces.tracks import Floats

LEFT_SIDE, RIGHT_SIDE, TOP, CHIN = 454, 234, 10, 152
RIGHT_EYE, LEFT_EYE = 33, 263

MOST_YAW = 32.0
MOST_PITCH = 28.0
LEAST_EYES = 22.0
"""Pixels between the outer corners of the eyes; an open eye is then about two pixels high."""

LEAST_INSIDE = 0.98


def angles(points: Floats) -> Floats:
    """Yaw, pitch and roll in degrees (N, 3) of points (N, 478, 3); 0 looks at the camera.

    Yaw is positive towards the picture's right, pitch upwards, roll clockwise.
    """
    across = points[:, LEFT_SIDE] - points[:, RIGHT_SIDE]
    down = points[:, CHIN] - points[:, TOP]
    x = across / np.linalg.norm(across, axis=1, keepdims=True)
    out = np.cross(x, down)
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    yaw = np.degrees(np.arcsin(np.clip(-x[:, 2], -1, 1)))
    pitch = np.degrees(np.arctan2(-out[:, 1], np.abs(out[:, 2])))
    roll = np.degrees(np.arctan2(x[:, 1], x[:, 0]))
    turned: Floats = np.stack([yaw, pitch, roll], axis=1).astype(np.float32)
    return turned


def usable(points: Floats, pose: Floats, *, width: int, height: int) -> NDArray[np.bool_]:
    """Whether eyes and mouth can be measured: frontal, large enough, inside the picture (N,)."""
    eyes = np.linalg.norm(points[:, RIGHT_EYE, :2] - points[:, LEFT_EYE, :2], axis=1)
    inside = (points[..., :2] >= 0) & (points[..., :2] < np.array([width, height]))
    good: NDArray[np.bool_] = (
        (np.abs(pose[:, 0]) <= MOST_YAW)
        & (np.abs(pose[:, 1]) <= MOST_PITCH)
        & (eyes >= LEAST_EYES)
        & (inside.all(axis=2).mean(axis=1) >= LEAST_INSIDE)
    )
    return good
