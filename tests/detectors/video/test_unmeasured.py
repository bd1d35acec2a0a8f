"""Scripts find the promised keys even where there is nothing to measure."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from detectors.api import Abstain
from detectors.card import load
from detectors.faces import Faces
from detectors.faces.tracks import Window
from detectors.registry import find, instantiate
from detectors.video.lip_sync import _pairs
from detectors.video.speech import Speech, loudness_curves


def abstained(name: str, sample: Any) -> dict[str, Any]:
    entry = find(name)
    card = load(entry.card_path)
    with pytest.raises(Abstain) as reason:
        instantiate(entry.target).detect(sample, dict(card.parameters))
    return reason.value.details


@pytest.fixture
def empty() -> SimpleNamespace:
    """A silent film in which nobody is."""
    faces = Faces(
        tracks=(), windows=(Window(start=0.0, end=4.0),), cuts=(), rate=25.0, landmarks=True,
        whole=True, width=64, height=48, finder="yunet", model=np.zeros((0, 3)),
    )  # fmt: skip
    return SimpleNamespace(faces=lambda: faces, probe=SimpleNamespace(sample_rate=None))


def test_no_face_is_no_blinks_in_no_seconds(empty: SimpleNamespace) -> None:
    details = abstained("video.blink", empty)
    assert (details["blinks"], details["usable_seconds"]) == ([], 0.0)


def test_a_scrap_of_sound_is_laid_beside_no_lips() -> None:
    speech = Speech(start=0.0, energy=np.ones((1, 3)), loudness=-20.0)
    curves = loudness_curves(speech)
    track = SimpleNamespace(usable=np.ones(200, dtype=np.bool_), times=np.arange(200) / 25)
    given: Any = (track,)
    assert [*_pairs(given, speech, curves, slope=True, drift=1.0, reach=10)] == []


def test_no_sound_is_an_unknown_offset(empty: SimpleNamespace) -> None:
    details = abstained("video.lip_sync", empty)
    assert details["offset_ms"] is None
    assert details["judged"] is False
