"""Faces of the reference clips, looked at once for all tests of this folder."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from detectors.faces import Faces
from detectors.faces.perceive import Models, perceive
from foundation.media import inspect


@pytest.fixture(scope="session")
def face_models(shared: Path) -> Models:
    """The weights as they lie in the reference folder; skips without the library that runs them."""
    pytest.importorskip("ai_edge_litert", reason="Landmarks need ai-edge-litert.")
    folder = shared / "models"
    return Models(
        yunet=folder / "yunet/yunet_n_640_640.onnx",
        landmarker=folder / "face-landmarker/face_landmarker.task",
    )


@pytest.fixture(scope="session")
def seen(shared: Path, face_models: Models) -> Callable[[str], Faces]:
    """The faces of one reference clip by its file name."""

    @functools.cache
    def looked(name: str) -> Faces:
        path = shared / "media/faces" / name
        return perceive(path, probe=inspect(path), models=face_models)

    return looked
