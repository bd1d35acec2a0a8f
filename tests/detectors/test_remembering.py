"""Faces are looked for once: handed over by the child, kept by the caller, used by the next run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import detectors.remembering as remembering
from detectors import runner
from detectors.api import Status
from detectors.card import Needs
from detectors.faces import Faces, perceive
from detectors.faces.keeping import unpack
from detectors.sample import SharedSample
from foundation import child
from foundation.errors import Refusal
from foundation.media import Probe, inspect

Json = dict[str, Any]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a grey ramp: nobody is in it, which is worth remembering too."""
    path = tmp_path_factory.mktemp("film") / "ramp.mp4"
    with av.open(str(path), "w") as media:
        stream = media.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for place in range(50):
            pixels = np.tile(np.arange(160, dtype=np.uint8)[None, :, None] + place, (120, 1, 3))
            media.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        media.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def probe(film: Path) -> Probe:
    """What the film says of itself."""
    return inspect(film)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """What the child says."""
    events: list[Json] = []
    monkeypatch.setattr(remembering, "emit", events.append)
    return events


def payload(film: Path, **more: Any) -> Json:
    probe = inspect(film)
    return {"sha256": "ab" * 32, "jobs": [], "probe": probe.to_dict(), **more}


def looked(film: Path, told: Json) -> Faces:
    shared = SharedSample(
        path=film, probe=inspect(film), needs=[Needs(faces=True)],
        memory=remembering.Remembering(told),
    )  # fmt: skip
    return shared.view(needs=Needs(faces=True), resources={}).faces()


def test_the_child_hands_over_what_it_measured(film: Path, heard: list[Json]) -> None:
    found = looked(film, payload(film, keep=True))
    kinds = [event["event"] for event in heard]
    assert kinds.count("faces") == 1
    assert kinds[-1] == "kept"
    assert heard[-1]["piece"] == b""
    data = b"".join(event["piece"] for event in heard if event["event"] == "kept")
    kept = unpack(data, identity={"sha256": "ab" * 32, "models": {}})
    assert (kept.width, kept.cuts, kept.finder) == (found.width, found.cuts, found.finder)
    shares = [event["share"] for event in heard if event["event"] == "progress"]
    assert shares == sorted(shares)


def test_what_was_kept_is_not_looked_for_again(
    film: Path, heard: list[Json], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(film, payload(film, keep=True))
    stored = tmp_path / "faces.npz"
    stored.write_bytes(b"".join(e["piece"] for e in heard if e["event"] == "kept"))
    heard.clear()

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("the film was looked at again")

    monkeypatch.setattr(perceive.Perception, "__init__", never)
    known = looked(film, payload(film, keep=True, stored=str(stored).encode()))
    assert known.width == 160
    assert [event["event"] for event in heard] == ["faces"]


def test_what_does_not_fit_is_measured_anew(film: Path, heard: list[Json], tmp_path: Path) -> None:
    stored = tmp_path / "faces.npz"
    stored.write_bytes(b"PK\x05\x06 nonsense")
    assert looked(film, payload(film, stored=str(stored).encode())).width == 160
    assert any(event["event"] == "faces" for event in heard)
    assert not any(event["event"] == "kept" for event in heard)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """A child that is said to find faces and then to die after its first detector."""
    made: list[Json] = []

    def call(_: str, told: Json, *, on_event: Callable[[Json], None], **__: Any) -> None:
        made.append(told)
        job = told["jobs"][0]["id"]
        on_event({"event": "start", "detector": job})
        on_event({"event": "decoding", "what": "the faces"})
        on_event({"event": "progress", "what": "the faces", "share": 0.5})
        on_event({"event": "decoding", "what": None})
        on_event({"event": "faces", "faces": {"tracks": []}})
        for piece in (b"one", b"two", b"") if told["keep"] and not told["stored"] else ():
            on_event({"event": "kept", "piece": piece})
        raise Refusal("It died.")

    monkeypatch.setattr(child, "call", call)
    return made


def test_the_runner_keeps_tells_and_hands_on(
    film: Path, probe: Probe, calls: list[Json], tmp_path: Path
) -> None:
    told: list[tuple[str, float | None]] = []
    keep = tmp_path / "kept.npz"
    report = runner.analyse(
        film, probe=probe, only=["video.timing", "video.shallowfake"], keep=keep,
        on_progress=lambda what, share: told.append((what, share)),
    )  # fmt: skip
    assert keep.read_bytes() == b"onetwo"
    assert report.faces == {"tracks": []}
    assert told[:2] == [("the faces", None), ("the faces", 0.5)]
    assert {finding.status for finding in report.findings} == {Status.FAILED}
    assert [one["stored"] for one in calls] == [None, str(keep).encode()]
    assert list(tmp_path.iterdir()) == [keep]


def test_without_a_place_to_keep_nothing_is_written(
    film: Path, probe: Probe, calls: list[Json], tmp_path: Path
) -> None:
    stored = tmp_path / "old.npz"
    stored.write_bytes(b"old")
    runner.analyse(film, probe=probe, only=["video.timing"], stored=stored)
    assert [(one["stored"], one["keep"]) for one in calls] == [(str(stored).encode(), False)]
    assert list(tmp_path.iterdir()) == [stored]
