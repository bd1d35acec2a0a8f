"""Stored calibrations: read strictly, found by detector and version, applied to findings."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detectors import calibration as calibrations
from detectors import registry
from detectors.api import Direction, Finding, Status
from detectors.calibration.apply import calibrated, conditions
from detectors.calibration.model import Calibration, Data, Rate
from detectors.calibration.store import SHIPPED, CalibrationInvalid, load, path_in, save
from foundation.media import Kind, Probe

RATE = Rate(
    condition="as received", measure="miss", count=1, n=30, value=0.033333, low=0.0008, high=0.172
)
GOOD = Calibration(
    detector="test.one", version="1.2.0", method="logistic",
    direction=Direction.HIGHER_IS_MORE_SUSPICIOUS, coefficients=(-1.0, 2.0), points=(),
    bounds=dict.fromkeys(("as received", "codec: pcm", "length: over 15 s"), (-3.0, 3.4)),
    data=Data(digest="d" * 64, name="a set", n_real=29, n_fake=30, groups=5, held_out=("group",),
              files=("0123456789ab",)),
    date="2026-01-02", cllr=0.7, auc=(0.8, 0.7, 0.9), rates=(RATE,),
    upper_95={"altered": 0.1, "unaltered": 0.12}, limits=("Few files.",), parameters={"window": 8},
)  # fmt: skip
BENT = replace(GOOD, method="isotonic", coefficients=None, points=((0.0, -2.0), (1.0, 0.5)))
PROBE = Probe(
    kind=Kind.AUDIO, media_type="audio/wav", format="wav", bytes=99, duration=20.0,
    codecs=("pcm_s16le",),
)  # fmt: skip
FINDING = Finding(
    detector="test.one", version="1.2.0", status=Status.OK, sentence="Seen.", score=1.5,
    parameters={"window": 8},
)  # fmt: skip


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test's own, with the good calibration in it."""
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path))
    save(GOOD, folder=tmp_path / "calibration")
    return tmp_path / "calibration"


@pytest.mark.parametrize("one", [GOOD, BENT])
def test_it_comes_back_as_it_was(one: Calibration, tmp_path: Path) -> None:
    assert load(save(one, folder=tmp_path)) == one


def test_it_is_found_by_detector_and_version(own: Path) -> None:
    assert calibrations.of("test.one", "1.2.0") == GOOD
    assert calibrations.of("test.one", "1.3.0") is None
    assert calibrations.of("test.two", "1.2.0") is None


def test_a_changed_file_is_read_again(own: Path) -> None:
    assert calibrations.of("test.one", "1.2.0") == GOOD
    save(BENT, folder=own)
    assert calibrations.of("test.one", "1.2.0") == BENT


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data.update(colour="red"), "unknown key colour"),
        (lambda data: data.pop("bounds"), "bounds is missing"),
        (lambda data: data.update(schema="other/1"), "does not follow"),
        (lambda data: data.update(coefficients=[0.0, -1.0]), "slope"),
        (lambda data: data.update(coefficients=None), "coefficients cannot be right"),
        (lambda data: data.update(method="oracle"), "method"),
        (lambda data: data.update(points=[[1.0, 0.0], [0.0, 1.0]]), "points"),
        (lambda data: data.update(bounds={}), "bounds"),
        (lambda data: data.update(upper_95={"altered": 0.1}), "upper_95"),
        (lambda data: data["rates"][0].update(value=0.9), "rates"),
        (lambda data: data["rates"][0].pop("n"), "rates: the key n is missing"),
        (lambda data: data.update(direction="sideways"), "wrong kind"),
    ],
)
def test_what_is_wrong_is_named(change: Change, words: str, tmp_path: Path) -> None:
    path = save(GOOD, folder=tmp_path)
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    with pytest.raises(CalibrationInvalid, match=words) as caught:
        load(path)
    assert str(path) in caught.value.sentence


def test_a_finding_gets_its_ratio_and_the_record(own: Path) -> None:
    weighed = calibrated(FINDING, probe=PROBE)
    assert weighed.llr == pytest.approx(2.0)
    assert weighed.error_rates is not None
    assert weighed.error_rates["upper_95"] == {"altered": 0.1, "unaltered": 0.12}
    assert weighed.error_rates["conditions"] == ["codec: pcm", "length: over 15 s"]
    json.dumps(weighed.to_json())
    assert Finding.from_dict(weighed.to_dict()) == weighed


def test_an_unknown_kind_of_file_gets_weak_support_at_most(own: Path) -> None:
    odd = replace(PROBE, codecs=("gsm",))
    weighed = calibrated(replace(FINDING, score=9.0), probe=odd)
    assert weighed.llr == pytest.approx(math.log(10), abs=1e-5)


@pytest.mark.parametrize(
    "finding",
    [
        replace(FINDING, version="1.3.0"),
        replace(FINDING, parameters={"window": 9}),
        replace(FINDING, status=Status.ABSTAINED, score=None),
        replace(FINDING, score=None),
        replace(FINDING, llr=1.0),
    ],
)
def test_what_it_was_not_made_for_stays_as_it_is(finding: Finding, own: Path) -> None:
    assert calibrated(finding, probe=PROBE) == finding


def test_a_damaged_calibration_carries_no_weight_and_says_so(own: Path) -> None:
    path_in(own, "test.one").write_text("{")
    weighed = calibrated(FINDING, probe=PROBE)
    assert weighed.llr is None
    assert "no readable calibration" in weighed.details["calibration"]


@pytest.mark.parametrize(
    ("seconds", "name"), [(3.9, "under 4 s"), (4.0, "4 to 15 s"), (15.0, "over 15 s")]
)
def test_lengths_have_names(seconds: float, name: str) -> None:
    assert (
        conditions(replace(PROBE, duration=seconds), detector="audio.any")[1] == f"length: {name}"
    )


def test_a_voice_in_a_video_is_known_by_the_codec_of_the_sound() -> None:
    clip = replace(PROBE, kind=Kind.VIDEO, codecs=("h264", "aac"))
    assert conditions(clip, detector="audio.any")[0] == "codec: aac"
    assert conditions(clip, detector="video.any")[0] == "codec: h264"


def test_what_is_shipped_fits_the_installed_detectors() -> None:
    """A calibration of another version or other parameters would never be used."""
    for path in SHIPPED.glob("*.json"):
        shipped = load(path)
        card = registry.find(shipped.detector).card
        assert path.name == f"{shipped.detector}.json"
        assert card is not None
        assert (shipped.version, shipped.parameters) == (card.version, dict(card.parameters))
        assert shipped.direction is card.score.direction
        assert shipped.auc[1] > 0.5
        assert shipped.cllr < 1
        assert card.calibrated
