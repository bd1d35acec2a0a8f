"""Sounds made on the spot, and networks prepared once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from detectors.api import Finding
from detectors.ground_truth.sounds import RATE, write_wav
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
def networks_kept(
    tmp_path_factory: pytest.TempPathFactory, prepared: Callable[[Sequence[str], Path], None]
) -> Path:
    """A folder that holds the speech networks, prepared from the reference weights."""
    folder = tmp_path_factory.mktemp("home")
    prepared(("aasist-l", "aasist", "rawgat-st"), folder)
    return folder


@pytest.fixture(scope="module")
def networks(networks_kept: Path, shared: Path) -> Iterator[Path]:
    """The state folder is the one with the speech networks, for the tests of a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROBITY_HOME", str(networks_kept))
        patch.setenv("PROBITY_RESOURCES_MIRROR", str(shared))
        yield networks_kept


@pytest.fixture
def real_speech(shared: Path) -> list[Path]:
    """A few recordings of people."""
    folder = shared / "media" / "detection" / "audio" / "real"
    return sorted(folder.rglob("*.wav"))[::9]
