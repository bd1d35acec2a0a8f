"""Scripts find the promised keys even where there is nothing to measure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from detectors.api import Abstain, DecodingFailed, Finding, Status
from detectors.card import load
from detectors.faces import Crops, Faces, Track
from detectors.faces.tracks import BLENDSHAPES, CROP, POINTS, Window
from detectors.inside import measure
from detectors.media import AudioBlock
from detectors.registry import find, instantiate
from detectors.runner import analyse
from detectors.video.lip_sync import _pairs
from detectors.video.speech import Speech, loudness_curves
from foundation.media import Kind, Probe


def abstained(name: str, sample: Any) -> dict[str, Any]:
    entry = find(name)
    assert entry.card_path is not None
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


BOTH = ["video.blink", "video.lip_sync"]
SEEN = Probe(kind=Kind.VIDEO, media_type="video/mp4", format="mp4", bytes=9, sample_rate=16000)


def keeps_the_promise(finding: Finding, *, looked: bool = False) -> None:
    """``looked``: eyes and lips were laid out, so numbers may stand there."""
    details = finding.details
    assert finding.llr is None
    if finding.detector == "video.blink":
        assert all(set(blink) == {"start", "end"} for blink in details["blinks"])
        assert (details["usable_seconds"] > 0) is looked
    else:
        assert details["judged"] is False
        assert isinstance(details["offset_ms"], int) if looked else details["offset_ms"] is None


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    "probe",
    [
        pytest.param(Probe(kind=Kind.VIDEO, media_type="video/mp4", format="mp4", bytes=9,
                           decodable=False), id="cannot be decoded"),
        pytest.param(Probe(kind=Kind.IMAGE, media_type="image/png", format="png", bytes=9),
                     id="a picture"),
        pytest.param(Probe(kind=Kind.AUDIO, media_type="audio/mp4", format="mp4", bytes=9,
                           sample_rate=8000), id="sound alone"),
    ],
)  # fmt: skip
def test_what_no_detector_is_run_for(tmp_path: Path, name: str, probe: Probe) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"something")
    [finding] = analyse(path, probe=probe, only=[name]).findings
    assert finding.status is Status.ABSTAINED
    keeps_the_promise(finding)


@pytest.mark.parametrize("name", BOTH)
def test_without_the_landmark_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PROBITY_RESOURCES_MIRROR", raising=False)
    path = tmp_path / "file"
    path.write_bytes(b"something")
    [finding] = analyse(path, probe=SEEN, only=[name]).findings
    assert finding.status is Status.ABSTAINED
    assert "probity pull" in finding.sentence
    keeps_the_promise(finding)


def shown(*, seconds: float, rate: float = 25.0, good: bool = True, lips: float = 0.0) -> Faces:
    """One face looking at the camera; its mouth opens at random, ``lips`` pixels at most."""
    count = round(seconds * rate)
    random = np.random.default_rng(4)
    points = np.tile(random.uniform(100, 300, (POINTS, 3)), (count, 1, 1)).astype(np.float32)
    opened = random.uniform(0, lips, count) if lips else np.zeros(count)
    for lower in (14, 87, 317, 17, 152):
        points[:, lower, 1] += opened
    track = Track(
        person=0, times=np.arange(count) / rate, score=np.ones(count, dtype=np.float32),
        boxes=np.full((count, 4), 100, dtype=np.float32), points=points,
        blendshapes=np.full((count, BLENDSHAPES), 0.1, dtype=np.float32),
        pose=np.zeros((count, 3), dtype=np.float32), usable=np.full(count, good),
        crops=Crops(images=np.empty((0, CROP, CROP, 3), dtype=np.uint8),
                    index=np.empty(0, dtype=np.int64),
                    transform=np.empty((0, 2, 3), dtype=np.float32)),
    )  # fmt: skip
    return Faces(
        tracks=(track,), windows=(Window(start=0.0, end=seconds),), cuts=(), rate=rate,
        landmarks=True, whole=True, width=640, height=480, finder="yunet",
        model=np.zeros((0, 3)),
    )  # fmt: skip


class Given:
    """A sample as a detector sees it; what is None cannot be decoded."""

    def __init__(self, faces: Faces | None, sound: float | None = 0.1) -> None:
        self.probe = SEEN
        self._faces, self._loud = faces, sound

    def faces(self) -> Faces:
        if self._faces is None:
            raise DecodingFailed("Not a single frame of the video could be decoded.")
        return self._faces

    def audio_blocks(self) -> Iterator[AudioBlock]:
        if self._loud is None:
            raise DecodingFailed("Not a single sample of the sound could be decoded.")
        noise = np.random.default_rng(5).normal(0, 1, 16000 * 30).astype(np.float32)
        yield AudioBlock(samples=noise * np.float32(self._loud), rate=16000, start=0.0)


def found_by(name: str, sample: Given) -> Finding:
    entry = find(name)
    assert entry.card_path is not None
    shared: Any = SimpleNamespace(view=lambda **_: sample)
    return measure(
        card=load(entry.card_path), make=lambda: instantiate(entry.target), shared=shared,
        resources={}, sha256="0" * 64,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sample", "status", "looked"),
    [
        pytest.param(Given(None), Status.FAILED, False, id="no picture decodes"),
        pytest.param(Given(shown(seconds=20, good=False)), Status.ABSTAINED, False,
                     id="turned away"),
        pytest.param(Given(shown(seconds=20)), Status.ABSTAINED, True, id="too short"),
        pytest.param(Given(shown(seconds=40, rate=6)), Status.ABSTAINED, True, id="too coarse"),
    ],
)  # fmt: skip
def test_every_way_in_which_blinking_is_not_judged(
    sample: Given, status: Status, *, looked: bool
) -> None:
    finding = found_by("video.blink", sample)
    assert finding.status is status
    keeps_the_promise(finding, looked=looked)


@pytest.mark.parametrize(
    ("sample", "status", "looked", "why"),
    [
        pytest.param(Given(None), Status.FAILED, False, "frame", id="no picture decodes"),
        pytest.param(Given(shown(seconds=12), sound=None), Status.FAILED, False, "sound",
                     id="no sound decodes"),
        pytest.param(Given(shown(seconds=12), sound=0.0), Status.ABSTAINED, False, "silent",
                     id="silence"),
        pytest.param(Given(shown(seconds=12, good=False)), Status.ABSTAINED, False, "No face",
                     id="turned away"),
        pytest.param(Given(shown(seconds=5, lips=30)), Status.ABSTAINED, True, "needed to tell",
                     id="too short"),
        pytest.param(Given(shown(seconds=12)), Status.ABSTAINED, True, "hardly moves",
                     id="a closed mouth"),
        pytest.param(Given(shown(seconds=12, lips=60)), Status.ABSTAINED, True, "No mouth follows",
                     id="somebody else speaks"),
    ],
)  # fmt: skip
def test_every_way_in_which_lip_sync_is_not_judged(
    sample: Given, status: Status, *, looked: bool, why: str
) -> None:
    finding = found_by("video.lip_sync", sample)
    assert finding.status is status
    assert why in finding.sentence
    keeps_the_promise(finding, looked=looked)
