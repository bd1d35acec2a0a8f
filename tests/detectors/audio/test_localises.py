"""Each measure finds its own kind of alteration, where it was made, and is quiet on the twin."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.api import Finding, Status
from detectors.ground_truth import sounds
from detectors.registry import find
from detectors.testing import finding

TIME_ERROR = {
    "audio.background": 0.6,
    "audio.clipping": 0.3,
    "audio.hum": 0.4,
    "audio.reencoding": 0.15,
    "audio.silence": 0.02,
}
"""Seconds by which a mark may miss the alteration."""


def both(detector_id: str, folder: Path, *, seed: int) -> tuple[sounds.Truth, Finding, Finding]:
    truth = sounds.MADE_FOR[detector_id](seed=seed)  # type: ignore[call-arg]
    paths = truth.write(folder, name="truth")
    altered, twin = (finding(find(detector_id), path) for path in paths)
    return truth, altered, twin


@pytest.mark.parametrize("seed", [21, 22])
@pytest.mark.parametrize("detector_id", sorted(TIME_ERROR))
def test_the_moment_is_found_and_the_twin_is_quiet(
    detector_id: str, seed: int, tmp_path: Path
) -> None:
    truth, altered, twin = both(detector_id, tmp_path, seed=seed)
    [track] = altered.tracks
    error = TIME_ERROR[detector_id]
    assert track.start - error <= truth.start <= track.end + error
    assert track.start - error <= truth.end <= track.end + error
    assert track.end - track.start <= truth.end - truth.start + 2 * error
    assert twin.status is Status.OK
    assert twin.tracks == ()
    assert altered.pictures
    assert twin.pictures


@pytest.mark.parametrize("seed", [31, 32])
def test_a_missing_background_is_marked_in_the_pauses(seed: int, tmp_path: Path) -> None:
    _, altered, twin = both("audio.noise_floor", tmp_path, seed=seed)
    assert len(altered.tracks) >= 3
    assert twin.tracks == ()
    assert altered.score is not None
    assert twin.score is not None
    assert altered.score - twin.score > 15


@pytest.mark.parametrize("hertz", [4_000.0, 8_000.0, 16_000.0])
def test_the_edge_of_the_band_is_found(hertz: float, tmp_path: Path) -> None:
    truth = sounds.band_limited(seed=41, hertz=hertz)
    altered, twin = (finding(find("audio.cutoff"), p) for p in truth.write(tmp_path, name="edge"))
    assert altered.details["edge_hz"] == pytest.approx(hertz, abs=120)
    assert altered.score == pytest.approx(1 - hertz / 22_050, abs=0.01)
    assert (twin.score, twin.details["edge_hz"]) == (0.0, None)


def test_a_change_of_the_band_is_located(tmp_path: Path) -> None:
    truth = sounds.narrowed(seed=42)
    altered, twin = (finding(find("audio.cutoff"), p) for p in truth.write(tmp_path, name="cut"))
    [track] = altered.tracks
    assert track.start - 0.3 <= truth.start <= track.end + 0.3
    assert track.label.startswith("nothing above")
    assert twin.tracks == ()


@pytest.mark.parametrize("seed", [51, 52])
def test_even_pauses_are_marked_and_uneven_ones_are_not(seed: int, tmp_path: Path) -> None:
    _, altered, twin = both("audio.pauses", tmp_path, seed=seed)
    assert len(altered.tracks) >= 6
    assert {track.label for track in altered.tracks} <= {"pause of 0.40 s", "pause of 0.41 s"}
    assert twin.tracks == ()


@pytest.mark.parametrize("hertz", [50.0, 60.0])
@pytest.mark.parametrize("cut", [0.505, 2.33])
def test_the_size_of_a_phase_jump_is_measured(hertz: float, cut: float, tmp_path: Path) -> None:
    truth = sounds.hum_broken(seed=61, cut=cut, hertz=hertz)
    altered, twin = (finding(find("audio.hum"), p) for p in truth.write(tmp_path, name="hum"))
    turn = (cut * hertz) % 1
    assert altered.score == pytest.approx(360 * min(turn, 1 - turn), abs=12)
    assert altered.details["hertz"] == hertz
    assert twin.score == 0.0


@pytest.mark.parametrize(("codec", "kilobits"), [("aac", 64), ("aac", 128), ("mp3", 48)])
def test_an_earlier_compression_is_told(codec: str, kilobits: int, tmp_path: Path) -> None:
    seconds = 9.0 if codec == "aac" else 33.0
    truth = sounds.re_encoded(codec=codec, kilobits=kilobits, seed=71, seconds=seconds)
    altered, twin = (finding(find("audio.reencoding"), p) for p in truth.write(tmp_path, name="re"))
    assert altered.details["codec"] == codec.upper()
    assert altered.tracks == ()
    assert twin.details["codec"] is None
    assert twin.score is not None
    assert twin.score < 6
