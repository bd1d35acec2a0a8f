"""From a file to its :class:`Faces`. Child only: this decodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath

import numpy as np
from numpy.typing import NDArray

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
from foundation.media.decode import Pace, Shown

MAX_SIDE = 1280
"""Frames are decoded at most this long; a face that fills them is still over 500 pixels."""

MAX_CROP_BYTES = 96 * 1024**2
LEAST_FRAMES = 3
"""Tracks of fewer frames are chance finds."""

Progress = Callable[[str | None], None]


@dataclass(frozen=True, kw_only=True)
class Models:
    """Verified weights that are installed; without any, boxes come from Haar cascades."""

    yunet: FilePath | None = None
    landmarker: FilePath | None = None


class Perception:
    """Looks at the frames of one file, given in the order shown, and says whose faces they hold.

    ``windows`` are the stretches that it wants; frames outside are passed over. Raises what a
    damaged bundle of weights raises.
    """

    def __init__(
        self, *, probe: Probe, models: Models, seen: Callable[[float], None] = lambda _time: None
    ) -> None:
        self._planned = plan(seconds=probe.duration, fps=probe.fps)
        self.windows = self._planned.windows
        self._probe, self._seen = probe, seen
        self._budget = max(8, MAX_CROP_BYTES // CROP_BYTES // len(self.windows))
        frames = round((self._planned.rate or probe.fps or NATIVE) * _longest(self._planned))
        self._gap = burst_gap(frames=frames, budget=self._budget)
        self._model, self._mesh = _measuring(models.landmarker)
        self._finder = finder(models.yunet)
        self._number = -1
        self._follower: Follower | None = None
        self._pace: Pace | None = None
        self._paths: list[Path] = []
        self._cuts: list[float] = []
        self._times: list[float] = []
        self._shape = (0, 0)

    def wants(self, time: float) -> bool:
        """Whether a moment lies inside a window."""
        return any(window.start <= time < window.end for window in self.windows)

    def offer(self, time: float, shown: Shown) -> None:
        """Look at the frame if a window asks for it; one whose stamp goes back is damage."""
        if self._times and time < self._times[-1]:
            return
        number = self._window(time)
        if number is None:
            return
        if number != self._number:
            self._close()
            self._number, self._pace = number, Pace(self._planned.rate, self.windows[number].start)
            self._follower = Follower(
                finder=self._finder, mesh=self._mesh, budget=self._budget, burst_gap=self._gap
            )
        if self._follower is None or self._pace is None or not self._pace.take(time):
            return
        rgb = shown.rgb(MAX_SIDE)
        self._shape = (rgb.shape[0], rgb.shape[1])
        self._times.append(time)
        self._follower.feed(time, rgb)
        self._seen(time)

    def _window(self, time: float) -> int | None:
        """Which window a moment lies in; nearly always the one of the moment before."""
        now = self._number
        if now >= 0 and self.windows[now].start <= time < self.windows[now].end:
            return now
        return next((n for n, w in enumerate(self.windows) if w.start <= time < w.end), None)

    def _close(self) -> None:
        if self._follower is not None:
            self._follower.finish()
            self._paths += self._follower.done
            self._cuts += self._follower.cuts
            self._follower = None

    def faces(self) -> Faces:
        """Everything that was seen. Raises :class:`DecodingFailed` without a single frame."""
        self._close()
        if not self._times:
            raise DecodingFailed("Not a single frame of the video could be decoded.")
        shape, probe = self._shape, self._probe
        scale = max(probe.width or shape[1], probe.height or shape[0]) / max(shape)
        width, height = round(shape[1] * scale), round(shape[0] * scale)
        return Faces(
            tracks=_tracks(self._paths, scale=scale, width=width, height=height),
            windows=self.windows,
            cuts=tuple(self._cuts),
            rate=_rate(self._times),
            landmarks=self._mesh is not None,
            whole=self._planned.whole,
            width=width,
            height=height,
            finder=self._finder.name,
            model=self._model,
        )


def perceive(
    path: FilePath,
    *,
    probe: Probe,
    models: Models,
    progress: Progress = lambda _what: None,
    seen: Callable[[float], None] = lambda _time: None,
) -> Faces:
    """Every face of a video or animation.

    ``progress`` hears the part that is being looked at, and None between parts; ``seen`` the moment
    of each frame. Raises :class:`DecodingFailed` when not a single frame decodes, and what the
    decoder refuses.
    """
    looking = Perception(probe=probe, models=models, seen=seen)
    for number, window in enumerate(looking.windows, start=1):
        if number > 1:
            progress(None)
            progress(f"the faces (part {number} of {len(looking.windows)})")
        for time, shown in decode.video_shown(path, start=window.start, end=window.end):
            looking.offer(time, shown)
    return looking.faces()


def _measuring(bundled: FilePath | None) -> tuple[NDArray[np.float64], Mesh | None]:
    """The average face and what measures faces; neither without a bundle."""
    if bundled is None:
        return np.zeros((0, 3)), None
    found = bundled.stat()
    return _prepared(bundled, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1)
def _prepared(
    bundled: FilePath, _changed: int, _size: int
) -> tuple[NDArray[np.float64], Mesh | None]:
    """Made once in the life of the process while the file stays as it is."""
    parts = bundle.read(bundled)
    return parts.model, Mesh(parts)


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
