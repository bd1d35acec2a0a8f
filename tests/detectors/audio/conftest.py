"""Sounds made on the spot, and networks prepared once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from detectors.api import Finding
from detectors.ground_truth.sounds import RATE, write_wav
from detectors.models.prepared import prepare
from detectors.registry import find
from detectors.testing import finding

Hear = Callable[..., Finding]


@pytest.fixture
def hear(tmp_path: Path) -> Hear:
    """Write samples as 16-bit PCM and run one detector on them, in this process."""

    def run(detector_id: str, sound: np.ndarray, *, rate: int = RATE) -> Finding:
        path = write_wav(tmp_path / "heard.wav", sound, rate=rate)
        return finding(find(detector_id), path)

    return run


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Path]:
    """A state folder in which the speech networks have been prepared from the reference weights."""
    pytest.importorskip("torch", reason="Preparing networks needs torch.")
    pytest.importorskip("onnx", reason="Preparing networks needs onnx.")
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROBITY_HOME", str(folder))
        patch.setenv("PROBITY_RESOURCES_MIRROR", str(shared))
        for model_id in ("aasist-l", "aasist", "rawgat-st"):
            prepare(model_id)
        yield folder


@pytest.fixture
def real_speech(shared: Path) -> list[Path]:
    """A few recordings of people."""
    folder = shared / "media" / "detection" / "audio" / "real"
    return sorted(folder.rglob("*.wav"))[::9]
