"""Faces of the reference clips, looked at once in a run for all tests of detectors."""

from __future__ import annotations

import fcntl
import functools
import os
import pickle
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
    """The faces of one reference clip by its file name.

    Whichever process of the run asks first measures them; the others read what it found.
    """
    folder = Path(os.environ["TESTS_SHARED"]) / "faces"

    @functools.cache
    def looked(name: str) -> Faces:
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / f"{name}.pickle"
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if kept.exists():
                known: Faces = pickle.loads(kept.read_bytes())
                return known
            path = shared / "media/faces" / name
            found = perceive(path, probe=inspect(path), models=face_models)
            arriving = kept.with_suffix(".arriving")
            arriving.write_bytes(pickle.dumps(found, protocol=5))
            arriving.replace(kept)
            return found

    return looked
