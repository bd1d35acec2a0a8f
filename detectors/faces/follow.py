"""Following faces from frame to frame: find, measure, lose, find again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.faces.boxes import Box, Finder, Picture, overlap
from detectors.faces.crops import Keeper
from detectors.faces.mesh import Face, Mesh
from detectors.faces.shots import Shots, look

SEARCH_EVERY = 1.0
"""Seconds between searches while all faces are held."""

SEARCH_LOST = 0.2
"""Seconds between searches while a face is lost or boxes are all there is."""

PATIENCE = 1.0
"""Seconds for which a hidden face is waited for before its track ends."""

SAME = 0.3
"""Overlap from which on a box and a track are one face."""

TWICE = 0.6
MOST_FACES = 4


@dataclass
class Path:
    """A track under way."""

    box: Box
    look: NDArray[np.float32]
    keeper: Keeper
    times: list[float] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    faces: list[Face] = field(default_factory=list)
    seen: float = 0.0

    @property
    def lost(self) -> bool:
        return bool(self.times) and self.seen > self.times[-1]


class Follower:
    """Follows up to four faces through one window; ``done`` gathers the finished tracks."""

    def __init__(self, *, finder: Finder, mesh: Mesh | None, budget: int, burst_gap: int) -> None:
        self._finder = finder
        self._mesh = mesh
        self._budget, self._burst_gap = budget, burst_gap
        self._shots = Shots()
        self._live: list[Path] = []
        self._searched = -np.inf
        self.done: list[Path] = []
        self.cuts: list[float] = []

    def feed(self, time: float, rgb: Picture) -> None:
        """Look at the next frame."""
        if self._shots.cut(rgb):
            self.cuts.append(time)
            self.finish()
        held = [path for path in self._live if self._held(path, time, rgb)]
        self._drop_doubles()
        if self._due(time, lost=len(held) < len(self._live)):
            self._search(time, rgb)
        for path in self._live:
            path.seen = time
        self._end(path for path in list(self._live) if time - path.times[-1] > PATIENCE)

    def finish(self) -> None:
        """The shot is over: all tracks end."""
        self._end(iter(list(self._live)))
        self._searched = -np.inf

    def _due(self, time: float, *, lost: bool) -> bool:
        often = lost or self._mesh is None or not self._live
        return time - self._searched >= (SEARCH_LOST if often else SEARCH_EVERY) - 1e-6

    def _held(self, path: Path, time: float, rgb: Picture) -> bool:
        """Measure where the face was last; a box alone is not followed without a search."""
        if self._mesh is None or path.lost:
            return False
        face = self._mesh.at(rgb, path.box)
        if face is None or overlap(face.box, path.box) < SAME:
            return False
        self._add(path, time, rgb, face.box, face)
        return True

    def _search(self, time: float, rgb: Picture) -> None:
        self._searched = time
        for box in self._finder(rgb):
            near = max(self._live, key=lambda path: overlap(path.box, box), default=None)
            known = near is not None and overlap(near.box, box) >= SAME
            if near is not None and known and near.times[-1] == time:
                continue
            face = self._mesh.at(rgb, box, again=True) if self._mesh else None
            if self._mesh is not None and face is None:
                continue
            found = face.box if face else box
            if near is not None and known:
                self._add(near, time, rgb, found, face)
            elif len(self._live) < MOST_FACES:
                self._begin(time, rgb, found, face)

    def _begin(self, time: float, rgb: Picture, box: Box, face: Face | None) -> None:
        keeper = Keeper(budget=self._budget, gap=self._burst_gap)
        path = Path(box=box, look=look(rgb, box), keeper=keeper)
        self._live.append(path)
        self._add(path, time, rgb, box, face)

    def _add(self, path: Path, time: float, rgb: Picture, box: Box, face: Face | None) -> None:
        path.times.append(time)
        path.boxes.append(box)
        path.box, path.seen = box, time
        if face is not None:
            path.faces.append(face)
            path.keeper.offer(len(path.times) - 1, rgb, box)

    def _drop_doubles(self) -> None:
        """Two tracks that have slid onto one face: the younger ends."""
        for number, path in reversed(list(enumerate(self._live))):
            if any(overlap(path.box, older.box) > TWICE for older in self._live[:number]):
                self._end(iter([path]))

    def _end(self, paths: Iterator[Path]) -> None:
        for path in paths:
            self._live.remove(path)
            self.done.append(path)
