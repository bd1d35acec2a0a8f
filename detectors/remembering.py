"""The child's half of remembering faces: use what an earlier run kept, or measure and hand over.

Events: ``progress`` (what, share 0-1), ``faces`` (boxes over time), ``kept`` (pieces of an archive,
the last one empty).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from detectors.faces import LANDMARKER, YUNET, Faces
from detectors.faces.windows import Plan, plan
from foundation.child import emit
from foundation.media import Probe

EVERY = 0.5
"""Seconds between two events of progress."""

PIECE = 4 * 1024**2


class Remembering:
    """A :class:`detectors.sample.Memory` for one call of the child."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        stored = payload.get("stored")
        self._stored = Path(os.fsdecode(stored)) if stored else None
        self._keep = bool(payload.get("keep"))
        self._identity = identity(payload)
        self._kept: Faces | None = None
        self._looked = False
        probe = Probe.from_dict(payload["probe"])
        self._plan = plan(seconds=probe.duration, fps=probe.fps)
        self._told = 0.0

    def known(self) -> Faces | None:
        """What an earlier run kept, if it fits this file and these models; its boxes are told."""
        if not self._looked:
            self._looked = True
            self._kept = self._read()
            if self._kept is not None:
                _tell(self._kept)
        return self._kept

    def measured(self, found: Faces) -> None:
        """Tell the boxes of faces that were measured now, and hand them over to be kept."""
        _tell(found)
        if self._keep:
            self._hand_over(found)

    def seen(self, time: float) -> None:
        """A frame at ``time`` (s) was looked at; how far that is, is told now and then."""
        moment = monotonic()
        if moment - self._told >= EVERY:
            self._told = moment
            share = round(share_done(self._plan, time), 3)
            emit({"event": "progress", "what": "the faces", "share": share})

    def _read(self) -> Faces | None:
        from detectors.faces.keeping import NotKept, unpack

        if self._stored is None:
            return None
        try:
            return unpack(self._stored.read_bytes(), identity=self._identity)
        except (NotKept, OSError):
            return None

    def _hand_over(self, found: Faces) -> None:
        from detectors.faces.keeping import pack

        data = memoryview(pack(found, identity=self._identity))
        for start in range(0, len(data), PIECE):
            emit({"event": "kept", "piece": bytes(data[start : start + PIECE])})
        emit({"event": "kept", "piece": b""})


def _tell(found: Faces) -> None:
    from detectors.faces.where import where

    emit({"event": "faces", "faces": where(found)})


def share_done(planned: Plan, time: float) -> float:
    """How much of the planned windows lies before a moment, 0-1."""
    total = sum(window.end - window.start for window in planned.windows)
    done = sum(min(max(time - w.start, 0.0), w.end - w.start) for w in planned.windows)
    return min(1.0, done / total) if total > 0 else 1.0


def identity(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What the faces depend on: the file and the models that looked."""
    models = {
        name: digest
        for job in payload["jobs"]
        for name, (_, digest) in job["resources"].items()
        if name in (YUNET, LANDMARKER)
    }
    return {"sha256": payload["sha256"], "models": models}
