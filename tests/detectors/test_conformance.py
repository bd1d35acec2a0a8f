"""Every built-in passes the suite that third parties use."""

from __future__ import annotations

import contextlib
import csv
import shutil
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from detectors import registry
from detectors.api import Status
from detectors.card import Card
from detectors.faces import YUNET
from detectors.ground_truth import images, sounds
from detectors.models.known import MODELS
from detectors.models.own import OWN as OWN_NETWORKS
from detectors.models.own import keep
from detectors.models.prepared import resources_of
from detectors.testing import Confined, NotConforming, check
from foundation.errors import Refusal
from foundation.home import home

Files = tuple[list[Path], list[Path]]
Make = Callable[[Path], Files]


def pictures(folder: Path) -> tuple[list[Path], list[Path]]:
    generator = np.random.default_rng(5)
    coarse = Image.fromarray(generator.integers(40, 215, (48, 64, 3), dtype=np.uint8))
    scene = coarse.resize((512, 384), Image.Resampling.BICUBIC)
    grain = np.asarray(scene, dtype=np.float64) + generator.normal(0, 6, (384, 512, 3))
    scene = Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))
    scene.save(folder / "good.jpg", quality=93)
    scene.save(folder / "never.png")
    scene.save(folder / "strong.jpg", quality=20)
    scene.crop((0, 0, 100, 100)).save(folder / "small.jpg", quality=93)
    Image.new("RGB", (512, 384), (90, 120, 60)).save(folder / "flat.jpg", quality=93)
    lit = images.make(images.Kind.LIGHT, seed=121, size=(640, 480))
    (folder / "lit.jpg").write_bytes(lit.untouched)
    bad = ["small.jpg", "flat.jpg"]
    return [folder / "good.jpg"], [folder / name for name in bad]


def videos(folder: Path) -> tuple[list[Path], list[Path]]:
    for name, count in (("good.mp4", 60), ("short.mp4", 6)):
        with av.open(str(folder / name), "w") as out:
            stream = out.add_stream("libx264", rate=25)
            stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
            for number in range(count):
                rows, columns = np.mgrid[0:120, 0:160]
                wave_ = 128 + 90 * np.sin(columns / 9 + number / 3) * np.cos(rows / 14)
                picture = np.repeat(wave_[..., None], 3, axis=2).astype(np.uint8)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                out.mux(stream.encode(frame))
            out.mux(stream.encode())
    return [folder / "good.mp4"], [folder / "short.mp4"]


MAKERS: dict[str, Make] = {"image": pictures, "video": videos}


JPEG_ONLY = (["good.jpg"], ["never.png", "strong.jpg", "small.jpg", "flat.jpg"])
OWN: dict[str, tuple[list[str], list[str]]] = {
    "image.jpeg_ghost": JPEG_ONLY,
    "image.lighting": (["lit.jpg"], ["small.jpg", "flat.jpg", "good.jpg"]),
    "image.double_quantisation": (["good.jpg"], ["never.png", "small.jpg", "flat.jpg"]),
}
"""The files of detectors that look at one coding only, or at shaded things only."""


def builtins() -> list[str]:
    return [e.id for e in registry.entries() if e.distribution.startswith(registry.DISTRIBUTION)]


def test_there_is_a_built_in_for_every_kind_and_each_is_in_order() -> None:
    ours = [entry for entry in registry.entries() if entry.id in builtins()]
    assert {entry.id.partition(".")[0] for entry in ours} == {"image", "audio", "video"}
    assert [entry.error for entry in ours if entry.error] == []


def in_group(detector_id: str) -> str:
    """Which built-ins are checked on one and the same file; "" for those that have their own."""
    card = registry.find(detector_id).card
    own_files = {"video.blink", "image.face_forgery"} | set(sounds.MADE_FOR)
    if card is None or detector_id in own_files:
        return ""
    if any(name in OWN_NETWORKS for name in card.needs.models):
        return ""
    faces = card.needs.faces or card.needs.landmarks
    return f"{card.modality}{' of faces' if faces else ''}"


GROUPS = {
    group: [each for each in builtins() if in_group(each) == group]
    for group in {in_group(each) for each in builtins()} - {""}
}


def untrained(names: list[str], request: pytest.FixtureRequest) -> Path:
    """A state folder with networks of our own whose weights were drawn, not learnt."""
    torch = pytest.importorskip("torch", reason="Building a network needs torch.")
    from detectors.training.keeping import as_onnx
    from detectors.training.networks import build
    from detectors.training.recipe import shipped

    home: Path = request.getfixturevalue("tmp_path") / "home"
    for name in names:
        torch.manual_seed(1)
        data, _ = as_onnx(
            build(shipped(OWN_NETWORKS[name].recipe).network).eval(), OWN_NETWORKS[name]
        )
        note = {"date": "2026-01-01", "recipe": OWN_NETWORKS[name].recipe, "sources": {}}
        keep(name, data, note, folder=home / "models")
    return home


@pytest.fixture(scope="module")
def published(prepared: Callable[[Sequence[str], Path], None]) -> None:
    """The networks of all built-ins, prepared by one child: each would load torch anew."""
    named = {name for each in builtins() for name in card_of(each).needs.models} & set(MODELS)
    with contextlib.suppress(Refusal):
        prepared(sorted(named), home())


def with_models(entry: registry.Entry, request: pytest.FixtureRequest) -> None:
    """Give a learned detector its weights; skip where they, or torch, are not here."""
    assert entry.card is not None
    needs = entry.card.needs
    if own := [name for name in needs.models if name in OWN_NETWORKS]:
        request.getfixturevalue("monkeypatch").setenv("PROBITY_HOME", str(untrained(own, request)))
    elif needs.models or needs.resources or needs.faces or needs.landmarks:
        folder = request.getfixturevalue("shared")
        request.getfixturevalue("monkeypatch").setenv("PROBITY_RESOURCES_MIRROR", str(folder))
        if needs.models:
            request.getfixturevalue("published")
        try:
            resources_of(entry, entry.card)
        except Refusal as refusal:
            pytest.skip(refusal.sentence)


def card_of(detector_id: str) -> Card:
    card = registry.find(detector_id).card
    assert card is not None
    return card


def sees_faces(detector_id: str) -> bool:
    needs = card_of(detector_id).needs
    return needs.faces or needs.landmarks or YUNET in needs.resources


def talking(shared: Path, folder: Path) -> Path:
    """A small recording of a speaking face."""
    with (shared / "media/faces/manifest.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["label"] == "real" and row["audio"]]
    small = min(rows, key=lambda row: (int(row["width"]), int(row["bytes"])))
    found = shared / "media/faces" / small["file"]
    return Path(shutil.copy(found, folder / f"talking{found.suffix}"))


def portrait(shared: Path, folder: Path) -> Path:
    """A picture out of it."""
    with av.open(str(talking(shared, folder))) as media:
        picture = next(media.decode(video=0)).to_image()
    picture.save(folder / "portrait.jpg", quality=93)
    return folder / "portrait.jpg"


def long_talking(shared: Path, folder: Path) -> Path:
    """The same face for half a minute, every other frame of it: what counting blinks needs."""
    source = talking(shared, folder)
    with av.open(str(source)) as media:
        [stream] = media.streams.video
        pictures = [frame.to_ndarray(format="rgb24") for frame in media.decode(stream)][::2]
        rate = Fraction(stream.average_rate or 25) / 2
    target = folder / "long.mkv"
    with av.open(str(target), "w") as out:
        video = out.add_stream("mpeg4", rate=rate, options={"qscale": "2"})
        video.height, video.width = pictures[0].shape[:2]
        for number, picture in enumerate(pictures * 3):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, 1 / rate
            out.mux(video.encode(frame))
        out.mux(video.encode())
    return target


FACES = {"video.blink": long_talking, "image.face_forgery": portrait}
"""Detectors of faces that cannot use the recording as it is."""


@pytest.fixture(scope="module")
def made_here(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Make], Files]:
    """The files of one kind, made once."""
    made: dict[str, Files] = {}

    def files(kind: str, make: Make) -> Files:
        if kind not in made:
            made[kind] = make(tmp_path_factory.mktemp(kind.replace(".", "-")))
        return made[kind]

    return files


@pytest.fixture(scope="module")
def together() -> Callable[[str], Confined]:
    """One run in the confined process for all detectors that are checked on the same file."""
    runs = {group: Confined(ids) for group, ids in GROUPS.items()}
    return lambda detector_id: next(
        (runs[group] for group, ids in GROUPS.items() if detector_id in ids), Confined()
    )


@pytest.mark.parametrize("detector_id", builtins())
def test_a_built_in_conforms(
    detector_id: str,
    made_here: Callable[[str, Make], Files],
    together: Callable[[str], Confined],
    request: pytest.FixtureRequest,
) -> None:
    with_models(registry.find(detector_id), request)
    usable, unusable = files_for(detector_id, made_here, request)
    confined = together(detector_id)
    findings = check(detector_id, usable=usable, unusable=unusable, confined=confined)
    assert {finding.status for finding in findings} == {Status.OK}
    assert all(finding.pictures and finding.llr is None for finding in findings)


def files_for(
    detector_id: str, made_here: Callable[[str, Make], Files], request: pytest.FixtureRequest
) -> Files:
    """Usable and unusable files for one built-in."""
    kind = detector_id.partition(".")[0]
    if kind == "audio":
        what = detector_id if detector_id in sounds.MADE_FOR else "networks of voices"
        good, bad = made_here(what, lambda folder: sounds.files_for(detector_id, folder))
        return good[:1], bad
    usable, unusable = made_here(kind, MAKERS[kind])
    if detector_id in OWN:
        folder = usable[0].parent
        usable, unusable = ([folder / name for name in names] for names in OWN[detector_id])
    if sees_faces(detector_id):
        shared = request.getfixturevalue("shared")
        make = FACES.get(detector_id, talking)
        usable, _ = made_here(make.__name__, lambda folder: ([make(shared, folder)], []))
    return usable, unusable


def test_an_unusable_file_that_is_measured_all_the_same_fails(tmp_path: Path) -> None:
    usable, _ = pictures(tmp_path)
    with pytest.raises(NotConforming, match="abstained was expected"):
        check("image.jpeg_ghost", usable=usable, unusable=usable)
