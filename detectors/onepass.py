"""One pass over a video's pictures for everybody who looks at them.

Decoding is the dearest step that detectors share. Frames in small (each need at its own rate and
size) and the faces are taken from the same pass; only the windows of a long file that lie beyond
what the frame needs reach are sought out one by one. Nobody gets other pictures for it than alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from detectors.api import DecodingFailed
from detectors.aside import Aside, laid
from detectors.card import FrameNeed
from detectors.faces import Faces
from detectors.faces.perceive import Perception
from detectors.growing import FIRST, Growing
from detectors.media import Frames
from foundation.media import Probe, decode
from foundation.media.decode import Shown

MAX_FRAME_BYTES = 512 * 1024**2
SPARE = 16
"""More frames than rate and length let expect."""

PART_SECONDS = 30.0
"""Seconds of video after which the patience with decoding begins anew."""

Progress = Callable[[str | None], None]


@dataclass(frozen=True, kw_only=True)
class Looked:
    """``frames`` for each need; ``faces``, None where nobody asked, or why there are none."""

    frames: Mapping[FrameNeed, Frames | Aside | DecodingFailed]
    faces: Faces | Exception | None

    def left(self, needs: Collection[FrameNeed], *, aside: bool) -> Looked:
        """With the frames of these needs alone, laid ``aside`` or as they are."""
        frames = {need: found for need, found in self.frames.items() if need in needs}
        if aside:
            frames = {need: laid(found) if isinstance(found, Frames) else found
                      for need, found in frames.items()}  # fmt: skip
        return replace(self, frames=frames)


@dataclass
class Gathering:
    """Frames collected for one need during the pass."""

    need: FrameNeed
    share: int
    times: list[float] = field(default_factory=list)
    images: Growing = field(default_factory=Growing)
    due: float = 0.0
    full: bool = False
    expected: int = FIRST

    def offer(self, time: float, shown: Shown) -> None:
        """Keep the frame if its turn has come and there is room."""
        if self.full or time + 1e-6 < self.due:
            return
        if time > self.need.max_seconds:
            self.full = True
            return
        small = shown.lines(self.need.height)
        if (len(self.times) + 1) * small.nbytes > self.share:
            self.full = True
            return
        if not self.times:
            self.images = Growing(first=max(1, min(self.expected, self.share // small.nbytes)))
        self.times.append(time)
        self.images.append(small)
        if self.need.fps:
            self.due = max(self.due + 1 / self.need.fps, time)

    def frames(self) -> Frames | DecodingFailed:
        """What was gathered, as one array."""
        if not self.times:
            return DecodingFailed("Not a single frame of the video could be decoded.")
        return Frames(
            times=np.asarray(self.times, dtype=np.float64),
            images=self.images.whole(),
            truncated=self.full,
        )


def expected(need: FrameNeed, probe: Probe | None) -> int:
    """How many frames to make room for at once; growing bit by bit touches memory twice."""
    if probe is None or not probe.duration or not probe.fps:
        return FIRST
    rate = min(need.fps or probe.fps, probe.fps)
    return int(rate * min(probe.duration, need.max_seconds)) + SPARE


class OnePass:
    """The pass over one file. ``faces`` makes what looks for them, or None."""

    def __init__(
        self,
        path: Path,
        *,
        needs: Sequence[FrameNeed],
        faces: Callable[[], Perception] | None,
        progress: Progress,
        probe: Probe | None = None,
    ) -> None:
        """``probe`` says how many frames to make room for at once."""
        self._path, self._progress = path, progress
        share = MAX_FRAME_BYTES // max(1, len(needs))
        self._gathering = [
            Gathering(need=need, share=share, expected=expected(need, probe)) for need in needs
        ]
        self._looking: Perception | None = None
        self._trouble: Exception | None = None
        if faces is not None:
            try:
                self._looking = faces()
            except Exception as error:
                self._trouble = error
        self._armed = 0.0

    def look(self) -> Looked:
        """Decode, and hand every frame to whoever wants it. Raises what decoding raises."""
        reached = self._from_the_start() if self._gathering else 0.0
        for window in self._looking.windows if self._looking else ():
            if self._looking is not None and window.end > reached:
                self._rearm(window.start)
                for time, shown in decode.video_shown(
                    self._path, start=max(window.start, reached), end=window.end
                ):
                    self._rearm(time)
                    self._see(time, shown)
        return Looked(frames={one.need: one.frames() for one in self._gathering},
                      faces=self._found())  # fmt: skip

    def _from_the_start(self) -> float:
        """Until all frame needs are filled and no window is under way; the moment up to which
        everything was seen."""
        for time, shown in decode.video_shown(self._path):
            for one in self._gathering:
                one.offer(time, shown)
            if all(one.full for one in self._gathering) and not self._wanted(time):
                return time
            self._rearm(time)
            self._see(time, shown)
        return float("inf")

    def _wanted(self, time: float) -> bool:
        return self._looking is not None and self._looking.wants(time)

    def _see(self, time: float, shown: Shown) -> None:
        if self._looking is None:
            return
        try:
            self._looking.offer(time, shown)
        except Exception as error:
            self._looking, self._trouble = None, error

    def _found(self) -> Faces | Exception | None:
        if self._looking is None:
            return self._trouble
        try:
            return self._looking.faces()
        except Exception as error:
            return error

    def _rearm(self, time: float) -> None:
        if time >= self._armed + PART_SECONDS:
            self._armed = time
            minutes, seconds = divmod(int(time), 60)
            self._progress(None)
            self._progress(f"the pictures from {minutes}:{seconds:02d}")
