"""The face-landmarker bundle: graphs and the metric face model, taken from one pinned file."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundation.errors import Refusal

LANDMARKS = "face_landmarks_detector.tflite"
BLENDSHAPES = "face_blendshapes.tflite"
GEOMETRY = "geometry_pipeline_metadata_landmarks.binarypb"

MEMBERS = {
    LANDMARKS: "c7d54204ce0448474c7f3fa9af494787c0965cbdd6f20fc72867e43046bd43d5",
    BLENDSHAPES: "4f36dded049db18d76048567439b2a7f58f1daabc00d78bfe8f3ad396a2d2082",
}
"""SHA-256 of what is run. Copies with foreign bytes in front exist that a zip reader tolerates."""

MESH_POINTS = 468
VERTEX = 5
"""Numbers per vertex of the metric model: x, y, z in centimetres, and two of a texture."""


class BundleWrong(Refusal):
    """The bundle is not the file that the catalogue pins."""

    code = "face-bundle-wrong"


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Bytes of the graphs; ``model`` (468, 3) float64, centimetres, y up, z towards the camera."""

    landmarks: bytes
    blendshapes: bytes
    model: NDArray[np.float64]


def read(path: Path) -> Bundle:
    """Take the parts out of the bundle. Raises :class:`BundleWrong`."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in (*MEMBERS, GEOMETRY)}
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise _wrong(str(error)) from error
    for name, expected in MEMBERS.items():
        if hashlib.sha256(parts[name]).hexdigest() != expected:
            raise _wrong(f"{name} has other bytes")
    return Bundle(
        landmarks=parts[LANDMARKS],
        blendshapes=parts[BLENDSHAPES],
        model=_vertices(parts[GEOMETRY]),
    )


def _wrong(why: str) -> BundleWrong:
    return BundleWrong(
        f"The face landmark bundle is not the pinned file ({why}). "
        "Remove it and run `probity pull face-landmarker`."
    )


def _vertices(data: bytes) -> NDArray[np.float64]:
    """The canonical mesh in the metadata: field 1 (mesh), field 3 (one float after another)."""
    try:
        mesh = next(value for field, value in _fields(data) if field == 1)
        numbers = [struct.unpack("<f", value)[0] for field, value in _fields(mesh) if field == 3]
        return np.array(numbers).reshape(MESH_POINTS, VERTEX)[:, :3]
    except (StopIteration, ValueError, IndexError, struct.error) as error:
        raise _wrong("its face model cannot be read") from error


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each field of a protocol buffer that is not a plain integer."""
    at = 0
    while at < len(data):
        key, at = _integer(data, at)
        kind = key & 7
        if kind == 0:
            _, at = _integer(data, at)
            continue
        size, at = _integer(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
        yield key >> 3, data[at : at + size]
        at += size


def _integer(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
