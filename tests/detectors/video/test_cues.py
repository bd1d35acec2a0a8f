"""Cues of a face on real clips, and on faces pasted, frozen and made to flicker on the spot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from detectors.faces import Faces, Track
from detectors.video import blend_boundary, colour, head_pose, lip_jitter, temporal_flicker
from detectors.video.edits import beat_of, slowed, unusual_rate
from detectors.video.pairs import looks
from detectors.video.regions import regions

CLIPS = (
    "Syncnet_FCN__data_example.avi",
    "SadTalker__examples_ref_video_WDA_AlexandriaOcasioCortez_000.mp4",
    "HyperLips__test_video1_video1.mp4",
)
Change = Callable[[np.ndarray, np.ndarray, int], np.ndarray]


def altered(track: Track, change: Change) -> Track:
    """The track with its crops changed inside the face: ``change(image, skin, number)``."""
    images = track.crops.images.copy()
    for number in range(len(images)):
        skin = regions(track, track.crops, number).skin
        images[number] = change(images[number], skin, number)
    return replace(track, crops=replace(track.crops, images=images))


def few(track: Track) -> Track:
    crops = track.crops
    kept = replace(
        crops, images=crops.images[:40], index=crops.index[:40], transform=crops.transform[:40]
    )
    return replace(track, crops=kept)


def blurred(image: np.ndarray, skin: np.ndarray, _: int) -> np.ndarray:
    """The face as if pasted from a picture half as large."""
    small = cv2.resize(image, (100, 100), interpolation=cv2.INTER_AREA)
    back = cv2.resize(small, (320, 320), interpolation=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(skin.astype(np.float32), (0, 0), 4)[..., None]
    return (image * (1 - soft) + back * soft).astype(np.uint8)


def boiling(image: np.ndarray, skin: np.ndarray, number: int) -> np.ndarray:
    """Skin whose texture is made anew for every frame."""
    noise = np.random.default_rng(number).normal(0, 5, image.shape)
    return np.where(skin[..., None], np.clip(image + noise, 0, 255), image).astype(np.uint8)


@pytest.mark.parametrize("name", CLIPS)
def test_a_pasted_face_shows_less_detail_than_its_surroundings(
    name: str, seen: Callable[[str], Faces]
) -> None:
    track = few(seen(name).tracks[0])
    real = blend_boundary.measured(looks([track], most=16))
    pasted = blend_boundary.measured(looks([altered(track, blurred)], most=16))
    assert np.median(pasted.missing) > np.median(real.missing) + 0.5


@pytest.mark.parametrize("name", CLIPS)
def test_boiling_skin_flickers(name: str, seen: Callable[[str], Faces]) -> None:
    track = few(seen(name).tracks[0])
    chosen = looks([track], most=12, neighbours=True)
    real = temporal_flicker.measured(chosen, least_detail=0.1)
    other = looks([altered(track, boiling)], most=12, neighbours=True)
    made = temporal_flicker.measured(other, least_detail=0.1)
    assert np.median(made.lost) > np.median(real.lost) + 0.1


def test_trembling_lips_are_measured_and_a_moving_head_is_not(
    seen: Callable[[str], Faces],
) -> None:
    [track] = seen(CLIPS[0]).tracks
    _, lips, head = lip_jitter.measured([track])
    shaken = track.points + np.random.default_rng(1).normal(0, 20, (len(track.times), 1, 3))
    _, same, _ = lip_jitter.measured([replace(track, points=shaken.astype(np.float32))])
    assert np.median(same) == pytest.approx(np.median(lips), rel=1e-2)
    trembling = track.points.copy()
    noise = np.random.default_rng(2).normal(0, 1.0, (len(track.times), 40, 2))
    trembling[:, list(lip_jitter.LIPS), :2] += noise
    _, more, still = lip_jitter.measured([replace(track, points=trembling)])
    assert np.median(more) > np.median(lips) + 1
    assert np.median(still) == pytest.approx(np.median(head), rel=1e-2)


def test_a_middle_that_looks_elsewhere_is_measured(seen: Callable[[str], Faces]) -> None:
    faces = seen(CLIPS[0])
    [track] = faces.tracks
    real = head_pose.measured([track], faces, most=60)
    squeezed = track.points.copy()
    inner = list(head_pose.INNER)
    middle = squeezed[:, inner, :1].mean(axis=1, keepdims=True)
    depth = faces.model[inner, 2] - faces.model[inner, 2].mean()
    squeezed[:, inner, :1] += (1.2 * depth)[None, :, None].astype(np.float32) + 0 * middle
    turned = head_pose.measured([replace(track, points=squeezed)], faces, most=60)
    assert np.median(turned.apart) > np.median(real.apart) + 3


def test_another_colour_of_one_iris_is_measured(seen: Callable[[str], Faces]) -> None:
    track = few(seen(CLIPS[1]).tracks[0])

    def tinted(image: np.ndarray, _: np.ndarray, number: int) -> np.ndarray:
        centre = track.crops.place(number, track.points[track.crops.index[number]])[468]
        shade = image.copy()
        spot = (round(float(centre[0])), round(float(centre[1])))
        cv2.circle(shade, spot, 12, (60, 110, 190), -1)
        return shade

    real = colour.summary(colour.measured(looks([track], most=12)))
    painted = colour.summary(colour.measured(looks([altered(track, tinted)], most=12)))
    assert painted["iris_difference"] > real["iris_difference"] + 15


def test_rates_that_cameras_make_are_usual() -> None:
    assert unusual_rate(1 / 25) is None
    assert unusual_rate(1001 / 30000) is None
    assert unusual_rate(1 / 18.75) == pytest.approx(18.75)
    assert slowed(5, 1 / 30) is None
    assert slowed(4, 1 / 25) == pytest.approx(18.75)
    assert slowed(None, 1 / 25) is None


def test_a_beat_is_seen_through_noise_and_not_in_noise_alone() -> None:
    p = {"most_beat": 8, "least_beats": 10, "beat_share": 0.6, "beat_errors": 4.5}
    generator = np.random.default_rng(5)
    change = generator.uniform(1, 3, 200)
    assert beat_of(change, p=p) is None
    change[3::4] *= 0.1
    assert beat_of(change, p=p) == 4
