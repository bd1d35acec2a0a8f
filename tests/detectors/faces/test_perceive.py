"""What is seen of real clips, of pictures without faces, and without models."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from detectors.faces import Faces, bundle
from detectors.faces.boxes import Haar, finder
from detectors.faces.perceive import Models, Perception, perceive
from foundation.media import Kind, Probe, decode, inspect

CLIP = "Syncnet_FCN__data_example.avi"
THREE = "LivePortrait__assets_docs_inference.gif"


def encode(path: Path, pictures: list[np.ndarray], *, fps: int = 25) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=fps, options={"crf": "20"})
        stream.height, stream.width = (side // 2 * 2 for side in pictures[0].shape[:2])
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            even = np.ascontiguousarray(picture[: stream.height, : stream.width])
            frame = av.VideoFrame.from_ndarray(even, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def frames_of(path: Path, count: int) -> list[np.ndarray]:
    kept = []
    for _, picture in decode.video_frames(path):
        kept.append(picture)
        if len(kept) == count:
            break
    return kept


class Grey:
    """A frame without a face."""

    def rgb(self, max_side: int | None = None) -> np.ndarray:
        return np.full((64, 64, 3), 90, dtype=np.uint8)

    def lines(self, height: int) -> np.ndarray:
        return self.rgb()


def test_a_frame_whose_stamp_goes_back_is_passed_over() -> None:
    heard: list[float] = []
    probe = Probe(kind=Kind.VIDEO, media_type="video/webm", format="webm", bytes=1, duration=1.0,
                  width=64, height=64, frames=4, fps=25.0)  # fmt: skip
    looking = Perception(probe=probe, models=Models(), seen=heard.append)
    for time in (0.0, 0.04, 0.02, 0.04, 0.08):
        looking.offer(time, Grey())
    assert heard == [0.0, 0.04, 0.04, 0.08]
    assert looking.faces().tracks == ()


def test_one_speaker_is_one_track_with_everything(seen: Callable[[str], Faces]) -> None:
    faces = seen(CLIP)
    [track] = faces.tracks
    assert (faces.width, faces.height, faces.rate, faces.cuts) == (224, 224, 25.0, ())
    assert len(track.times) == 317
    assert track.points.shape == (317, 478, 3)
    assert track.blendshapes.shape == (317, 52)
    assert track.usable.mean() > 0.95
    assert np.abs(track.pose).max() < 30
    eyes = track.points[:, [468, 473], :2]
    box = track.boxes[:, None]
    assert (eyes > box[..., :2]).all()
    assert (eyes < box[..., :2] + box[..., 2:]).all()


def test_crops_show_the_points_where_they_say(seen: Callable[[str], Faces]) -> None:
    [track] = seen(CLIP).tracks
    assert np.diff(track.crops.index).max() == 1
    middle = track.crops.place(40, track.points[track.crops.index[40]]).mean(axis=0)
    assert np.abs(middle - 160).max() < 30
    eyes = track.crops.place(40, track.points[track.crops.index[40]])[[33, 263]]
    assert abs(float(eyes[0, 1] - eyes[1, 1])) < 1.0


def test_several_people_are_kept_apart(seen: Callable[[str], Faces]) -> None:
    faces = seen(THREE)
    assert len(faces.people()) == 3
    centres = sorted(float(t.boxes[:, 0].mean()) for t in faces.tracks)
    assert np.diff(centres).min() > 60


def test_a_mirror_halves_nothing_and_rotation_is_followed(
    shared: Path, tmp_path: Path, face_models: Models
) -> None:
    upright = frames_of(shared / "media/faces" / CLIP, 20)
    tilted = [np.ascontiguousarray(np.rot90(picture)) for picture in upright]
    path = encode(tmp_path / "tilted.mp4", tilted)
    faces = perceive(path, probe=inspect(path), models=face_models)
    assert all(abs(abs(float(t.pose[:, 2].mean())) - 90) < 12 for t in faces.tracks)


def test_a_person_is_found_again_after_a_cut(
    shared: Path, tmp_path: Path, face_models: Models
) -> None:
    one = frames_of(shared / "media/faces" / CLIP, 25)
    field = [np.full((224, 224, 3), 30, np.uint8) for _ in range(10)]
    path = encode(tmp_path / "cut.mp4", one + field + one)
    faces = perceive(path, probe=inspect(path), models=face_models)
    assert len(faces.cuts) == 2
    assert len(faces.tracks) == 2
    assert len(faces.people()) == 1


def test_without_models_there_are_boxes_only(shared: Path, tmp_path: Path) -> None:
    path = encode(tmp_path / "short.mp4", frames_of(shared / "media/faces" / CLIP, 25))
    faces = perceive(path, probe=inspect(path), models=Models())
    assert (faces.landmarks, faces.finder) == (False, "haar")
    assert faces.tracks
    assert faces.tracks[0].points.shape[1] == 0
    assert not faces.tracks[0].usable.any()


def test_no_face_is_no_track(tmp_path: Path) -> None:
    path = encode(tmp_path / "plain.mp4", [np.full((120, 160, 3), 90, np.uint8)] * 10)
    faces = perceive(path, probe=inspect(path), models=Models())
    assert (faces.tracks, faces.people()) == ((), ())


def test_the_same_file_gives_the_same_points(
    shared: Path, tmp_path: Path, face_models: Models
) -> None:
    path = encode(tmp_path / "short.mp4", frames_of(shared / "media/faces" / CLIP, 12))
    first, second = (perceive(path, probe=inspect(path), models=face_models) for _ in range(2))
    assert np.array_equal(first.tracks[0].points, second.tracks[0].points)
    assert np.array_equal(first.tracks[0].blendshapes, second.tracks[0].blendshapes)


def test_haar_is_the_finder_without_weights() -> None:
    assert isinstance(finder(None), Haar)


def test_a_bundle_with_other_bytes_is_refused(shared: Path, tmp_path: Path) -> None:
    data = bytearray((shared / "models/face-landmarker/face_landmarker.task").read_bytes())
    data[len(data) // 2] ^= 1
    changed = tmp_path / "face_landmarker.task"
    changed.write_bytes(bytes(data))
    with pytest.raises(bundle.BundleWrong, match="probity pull face-landmarker"):
        bundle.read(changed)
    (tmp_path / "text.task").write_text("not a bundle")
    with pytest.raises(bundle.BundleWrong, match="not the pinned file"):
        bundle.read(tmp_path / "text.task")


def test_the_metric_face_is_a_face(shared: Path) -> None:
    model = bundle.read(shared / "models/face-landmarker/face_landmarker.task").model
    assert model.shape == (468, 3)
    assert 14 < np.ptp(model[:, 0]) < 18
    assert model[1, 2] > model[234, 2]
