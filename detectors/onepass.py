"""One pass over a video's pictures for everybody who looks at them.

Decoding is the dearest step that detectors share. Frames in small (each need at its own rate and
size) and the faces are taken from the same pass; only the windows of a long file that lie beyond
what the frame needs reach are sought out one by one. Nobody gets other pictures for it than alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from detectors.api import DecodingFailed
from detectors.card import FrameNeed
from detectors.faces import Faces
from detectors.faces.perceive import Perception
from detectors.growing import Growing
from detectors.media import Frames
from foundation.media import decode
from foundation.media.decode import Shown

MAX_FRAME_BYTES = 512 * 1024**2
PART_SECONDS = 30.0
"""Seconds of video after which the patience with decoding begins anew."""

Progress = Callable[[str | None], None]


@dataclass(frozen=True, kw_only=True)
class Looked:
    """``frames`` for each need; ``faces``, None where nobody asked, or why there are none."""

    frames: Mapping[FrameNeed, Frames | DecodingFailed]
    faces: Faces | Exception | None


@dataclass
class Gathering:
    """Frames collected for one need during the pass."""

    need: FrameNeed
    share: int
    times: list[float] = field(default_factory=list)
    images: Growing = field(default_factory=Growing)
    due: float = 0.0
    full: bool = False

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


class OnePass:
    """The pass over one file. ``faces`` makes what looks for them, or None."""

    def __init__(
        self,
        path: Path,
        *,
        needs: Sequence[FrameNeed],
        faces: Callable[[], Perception] | None,
        progress: Progress,
    ) -> None:
        self._path, self._progress = path, progress
        share = MAX_FRAME_BYTES // max(1, len(needs))
        self._gathering = [Gathering(need=need, share=share) for need in needs]
        self._looking: Perception | None = None
        self._trouble: Exception | None = None
        if faces is not None:
            self._attempt(lambda: self._begin(faces))
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
            wanted = self._looking is not None and self._looking.wants(time)
            for one in self._gathering:
                one.offer(time, shown)
            if not wanted and all(one.full for one in self._gathering):
                return time
            self._rearm(time)
            self._see(time, shown)
        return float("inf")

    def _see(self, time: float, shown: Shown) -> None:
        looking = self._looking
        if looking is not None:
            self._attempt(lambda: looking.offer(time, shown))

    def _begin(self, faces: Callable[[], Perception]) -> None:
        self._looking = faces()

    def _attempt(self, step: Callable[[], None]) -> None:
        """What goes wrong with the faces is kept for those who ask for faces."""
        try:
            step()
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
