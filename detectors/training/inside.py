"""The child's half of training: decoding foreign files. Everything here runs in the child only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from detectors.api import DetectorError
from detectors.evaluation import sound
from foundation.media import decode

RATE = 16_000
SHEET_SIDE = 1000
"""A square picture at least this large is taken for a sheet of four where the recipe says so."""


class NothingUsable(DetectorError):
    """The file holds nothing that training could use; it is left out and counted."""

    code: ClassVar[str] = "training-nothing-usable"


def patches(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """At most ``most`` native patches of at most ``side`` pixels a side, from places drawn with
    ``seed``: {"shape": [rows, columns, 3], "data": bytes}.

    ``sheet`` cuts large squares into four pictures first, ``cut_bottom`` drops rows that carry a
    mark. Pictures smaller than ``least`` are refused.
    """
    rgb = decode.image_rgb(_path(payload))
    if payload["cut_bottom"]:
        rgb = rgb[: -int(payload["cut_bottom"])]
    random = np.random.default_rng(payload["seed"])
    parts = _quarters(rgb) if payload["sheet"] else [rgb]
    parts = [part for part in parts if min(part.shape[:2]) >= payload["least"]]
    if not parts:
        raise NothingUsable(f"The picture is smaller than {payload['least']} pixels.")
    side, most = int(payload["side"]), int(payload["most"])
    found = []
    for number in range(most):
        part = parts[number % len(parts)]
        rows, columns = (min(side, size) for size in part.shape[:2])
        top = int(random.integers(part.shape[0] - rows + 1))
        left = int(random.integers(part.shape[1] - columns + 1))
        found.append(np.ascontiguousarray(part[top : top + rows, left : left + columns]))
        whole = rows == part.shape[0] and columns == part.shape[1]
        if whole and number + 1 >= len(parts):
            break  # further patches would be the same again
    return [{"shape": list(patch.shape), "data": patch.tobytes()} for patch in found]


def speech(payload: dict[str, Any]) -> bytes:
    """Mono at 16 kHz, silence trimmed at both ends, at most ``seconds``, as 16-bit samples."""
    seconds = float(payload["seconds"])
    samples = decode.audio_mono(_path(payload), RATE, end=seconds + 5).astype(np.float64)
    if not samples.size or not np.isfinite(samples).all():
        raise NothingUsable("The file holds no sound that can be decoded.")
    kept = sound.trimmed(samples - samples.mean(), rate=RATE)[: int(seconds * RATE)]
    if kept.size < float(payload["least"]) * RATE:
        raise NothingUsable(f"Without its silence the sound is shorter than {payload['least']} s.")
    peak = float(np.abs(kept).max())
    return sound.sixteen_bit(kept * (0.9 / max(peak, 1e-4))).tobytes()


def _quarters(rgb: Any) -> list[Any]:
    rows, columns = rgb.shape[:2]
    if min(rows, columns) < SHEET_SIDE or rows != columns:
        return [rgb]
    down, across = rows // 2, columns // 2
    return [rgb[y : y + down, x : x + across] for y in (0, down) for x in (0, across)]


def _path(payload: dict[str, Any]) -> Path:
    return Path(os.fsdecode(payload["path"]))
