"""Frames laid on the disk while something else needs the memory, and memory handed back."""

from __future__ import annotations

import contextlib
import ctypes
import shutil
import tempfile
import weakref
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from detectors.media import Frames


class Aside:
    """Frames whose pictures lie in a scratch file, which goes with this object."""

    def __init__(self, frames: Frames) -> None:
        """Raises :class:`OSError` where there is no room for them."""
        self._times, self._truncated = frames.times, frames.truncated
        folder = Path(tempfile.mkdtemp(prefix="probity-frames-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._place = folder / "images.npy"
        np.save(self._place, frames.images)

    def back(self) -> Frames:
        """The same frames. Raises :class:`OSError` where the file cannot be read."""
        images = np.load(self._place)
        images.flags.writeable = False
        return Frames(times=self._times, images=images, truncated=self._truncated)


def hand_back() -> None:
    """Give memory that was freed in small pieces to the system, where the C library knows how
    (glibc); by itself it keeps what lies below anything still in use."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], object] | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return None


def laid(frames: Frames) -> Frames | Aside:
    """The frames laid aside, or as they are where that does not work."""
    with contextlib.suppress(OSError):
        return Aside(frames)
    return frames
