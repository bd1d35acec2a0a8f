"""Faces of a still picture, each with the network's value."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from detectors import registry
from detectors.api import Finding, Status
from detectors.models.prepared import resources_of
from foundation.errors import Refusal

Look = Callable[..., Finding]


@pytest.fixture
def face(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Image.Image:
    """A picture of one person; the network is prepared."""
    monkeypatch.setenv("PROBITY_RESOURCES_MIRROR", str(shared))
    entry = registry.find("image.face_forgery")
    assert entry.card is not None
    try:
        resources_of(entry, entry.card)
    except Refusal as refusal:
        pytest.skip(refusal.sentence)
    clip = min((shared / "media/faces").rglob("*.mp4"), key=lambda path: path.stat().st_size)
    with av.open(str(clip)) as media:
        return next(media.decode(video=0)).to_image()


def stored(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_a_face_gets_a_value(face: Image.Image, look: Look) -> None:
    found = look("image.face_forgery", stored(face), ".png")
    assert found.status == Status.OK
    assert found.score is not None
    assert -15 <= found.score <= 15
    assert "2018" in found.sentence


def test_each_of_two_faces_is_judged_and_the_worse_counts(face: Image.Image, look: Look) -> None:
    one = look("image.face_forgery", stored(face), ".png")
    softer = face.resize((face.width // 2, face.height // 2)).resize(face.size)
    both = Image.fromarray(np.hstack([np.asarray(face), np.asarray(softer)]))
    two = look("image.face_forgery", stored(both), ".png")
    assert len(one.details["faces"]) == 1
    assert len(two.details["faces"]) == 2
    assert two.score is not None
    worst = max(two.details["faces"])
    assert 1 / (1 + np.exp(-two.score)) == pytest.approx(worst, abs=1e-3)


def test_without_a_face_it_abstains(face: Image.Image, look: Look) -> None:
    plain = Image.new("RGB", face.size, (120, 140, 160))
    found = look("image.face_forgery", stored(plain), ".png")
    assert found.status == Status.ABSTAINED
    assert "No face" in found.sentence
