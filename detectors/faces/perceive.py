"""From a file to its :class:`Faces`. Child only: this decodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath

import numpy as np

from detectors.api import DecodingFailed
from detectors.faces import bundle
from detectors.faces.boxes import finder
from detectors.faces.crops import CROP_BYTES, burst_gap
from detectors.faces.follow import Follower, Path
from detectors.faces.mesh import Mesh
from detectors.faces.pose import angles, usable
from detectors.faces.shots import ALIKE, alike
from detectors.faces.tracks import BLENDSHAPES, POINTS, Faces, Floats, Track
from detectors.faces.windows import NATIVE, Plan, plan
from foundation.media import Probe, decode

MAX_SIDE = 1280
"""Frames are decoded at most this long; a face that fills them is still over 500 pixels."""

MAX_CROP_BYTES = 192 * 1024**2
LEAST_FRAMES = 3
"""Tracks of fewer frames are chance finds."""

Progress = Callable[[str | None], None]


@dataclass(frozen=True, kw_only=True)
class Models:
    """Verified weights that are installed; without any, boxes come from Haar cascades."""

    yunet: FilePath | None = None
    landmarker: FilePath | None = None


def perceive(
    path: FilePath, *, probe: Probe, models: Models, progress: Progress = lambda _what: None
) -> Faces:
    """Every face of a video or animation.

    ``progress`` hears the part that is being looked at, and None between parts. Raises
    :class:`DecodingFailed` when not a single frame decodes, and what the decoder refuses.
    """
    planned = plan(seconds=probe.duration, fps=probe.fps)
    per_window = max(8, MAX_CROP_BYTES // CROP_BYTES // len(planned.windows))
    frames = round((planned.rate or probe.fps or NATIVE) * _longest(planned))
    parts = bundle.read(models.landmarker) if models.landmarker else None
    mesh = Mesh(parts) if parts else None
    search = finder(models.yunet)
    paths: list[Path] = []
    cuts: list[float] = []
    times: list[float] = []
    shape = (0, 0)
    for number, window in enumerate(planned.windows, start=1):
        if number > 1:
            progress(None)
            progress(f"the faces (part {number} of {len(planned.windows)})")
        follower = Follower(
            finder=search, mesh=mesh, budget=per_window,
            burst_gap=burst_gap(frames=frames, budget=per_window),
        )  # fmt: skip
        for time, rgb in decode.video_frames(
            path, planned.rate, start=window.start, end=window.end, max_side=MAX_SIDE
        ):
            shape = (rgb.shape[0], rgb.shape[1])
            times.append(time)
            follower.feed(time, rgb)
        follower.finish()
        paths += follower.done
        cuts += follower.cuts
    if not times:
        raise DecodingFailed("Not a single frame of the video could be decoded.")
    scale = max(probe.width or shape[1], probe.height or shape[0]) / max(shape)
    width, height = round(shape[1] * scale), round(shape[0] * scale)
    return Faces(
        tracks=_tracks(paths, scale=scale, width=width, height=height),
        windows=planned.windows,
        cuts=tuple(cuts),
        rate=_rate(times),
        landmarks=mesh is not None,
        whole=planned.whole,
        width=width,
        height=height,
        finder=search.name,
        model=parts.model if parts else np.zeros((0, 3)),
    )


def _longest(planned: Plan) -> float:
    return max(window.end - window.start for window in planned.windows)


def _rate(times: list[float]) -> float:
    apart = np.diff(times)
    usual = float(np.median(apart)) if apart.size else 0.0
    return round(1 / usual, 3) if usual > 0 else 0.0


def _tracks(paths: Iterable[Path], *, scale: float, width: int, height: int) -> tuple[Track, ...]:
    kept = sorted(
        (path for path in paths if len(path.times) >= LEAST_FRAMES), key=lambda p: p.times[0]
    )
    people = _people(kept)
    return tuple(
        _track(path, person=person, scale=scale, width=width, height=height)
        for path, person in zip(kept, people, strict=True)
    )


def _track(path: Path, *, person: int, scale: float, width: int, height: int) -> Track:
    count = len(path.times)
    boxes = [[box.x, box.y, box.width, box.height] for box in path.boxes]
    known = len(path.faces) == count
    points = _stacked([face.points for face in path.faces], (POINTS, 3), count=count) * scale
    shapes = _stacked([face.shapes for face in path.faces], (BLENDSHAPES,), count=count)
    pose = angles(points) if known else np.zeros((count, 3), dtype=np.float32)
    good = (
        usable(points, pose, width=width, height=height)
        if known
        else np.zeros(count, dtype=np.bool_)
    )
    return Track(
        person=person,
        times=np.array(path.times),
        boxes=np.array(boxes, dtype=np.float32) * scale,
        score=np.array([box.score for box in path.boxes], dtype=np.float32),
        points=points.astype(np.float32),
        blendshapes=shapes,
        pose=pose,
        usable=good,
        crops=path.keeper.crops(scale=1 / scale),
    )


def _stacked(parts: list[Floats], shape: tuple[int, ...], *, count: int) -> Floats:
    """(count, *shape); nothing along the second axis where only boxes are known."""
    if len(parts) != count:
        return np.zeros((count, 0, *shape[1:]), dtype=np.float32)
    return np.stack(parts).astype(np.float32)


def _people(paths: list[Path]) -> list[int]:
    """A number per track: the person of an earlier track that looks alike and is not there at the
    same time, or a new one."""
    numbers: list[int] = []
    for place, path in enumerate(paths):
        fitting = [
            (alike(path.look, paths[earlier].look), numbers[earlier])
            for earlier in range(place)
            if not _together(path, [p for p, n in zip(paths, numbers, strict=False)
                                    if n == numbers[earlier]])
        ]  # fmt: skip
        best = max(fitting, default=(0.0, 0))
        numbers.append(best[1] if best[0] >= ALIKE else max(numbers, default=-1) + 1)
    return numbers


def _together(path: Path, others: list[Path]) -> bool:
    return any(
        path.times[0] <= other.times[-1] and other.times[0] <= path.times[-1] for other in others
    )
