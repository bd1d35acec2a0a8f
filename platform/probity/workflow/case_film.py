"""What an analysis leaves behind for those who look at a film: faces, their places, moments.

Faces are measured once; a later run of any detector starts from what was kept. All of it belongs to
the asset and is destroyed with everything else that was made from it. There are no embeddings.
"""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from probity.analysis.engines import FaceMemory
from probity.analysis.models import Job, Run
from probity.analysis.services import run_tell
from probity.analysis.timeline import (
    FACES,
    KEEPER,
    MOMENTS,
    PERCEPTION,
    faces_of,
    moments_make,
)
from probity.core.errors import Refusal
from probity.evidence.models import Asset
from probity.evidence.probes import Probe
from probity.evidence.selectors import asset_bytes, derivative_latest, derivative_path
from probity.evidence.services import AssetSealed, derivative_keep

logger = logging.getLogger(__name__)
TELL_EVERY = 1.0
"""Seconds between two lines about what is going on."""


class Telling:
    """Writes down what is going on for those who wait, at most once a second."""

    def __init__(self, *, run: Run, job: Job) -> None:
        self._run, self._job = run, job
        self._last = 0.0

    def __call__(self, what: str, share: float | None) -> None:
        """``what`` is being looked at or made; raises LeaseLost when the job is no longer ours."""
        moment = time.monotonic()
        if moment - self._last < TELL_EVERY:
            return
        self._last = moment
        far = f": {100 * share:.0f} % done" if share is not None else ""
        run_tell(run=self._run, job=self._job, doing=f"Now {what}{far}.")


@contextmanager
def face_memory(asset: Asset, *, probe: Probe) -> Iterator[FaceMemory | None]:
    """What is known of an asset's faces, and a place for what will be known; None for stills and
    recordings, which have none to follow."""
    if probe.kind != "video" and not probe.animated:
        yield None
        return
    kept = derivative_latest(asset, name=PERCEPTION, producer=KEEPER)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="probity-faces-"))
        stored = stack.enter_context(derivative_path(kept)) if kept else None
        yield FaceMemory(stored=stored, keep=Path(folder) / "faces.npz")


def film_keep(
    *, asset: Asset, run: Run, path: Path, probe: Probe, memory: FaceMemory | None
) -> None:
    """Keep the faces, where they were seen, and the sheet of moments; raises AssetSealed.

    A sheet that cannot be made is left out: the findings stand without it.
    """
    if memory is None:
        return
    if memory.keep.exists():
        derivative_keep(
            asset=asset, name=PERCEPTION, media_type="application/x-npz",
            data=memory.keep.read_bytes(), producer=KEEPER,
        )  # fmt: skip
    if memory.seen is not None:
        _replace(asset, FACES, json.dumps(memory.seen, separators=(",", ":")).encode())
    try:
        made = moments_make(run, path=path, probe=probe, faces=memory.seen)
    except AssetSealed:
        raise
    except Refusal as refusal:
        logger.warning("No sheet of moments for run %s: %s", run.pk, refusal.sentence)
        return
    if made is not None:
        _moments_keep(asset, made)


def moments_renew(*, asset: Asset, run: Run) -> None:
    """The sheet of moments once more, when networks marked some after the first was made.

    Raises AssetSealed; a sheet that cannot be made leaves the first one.
    """
    probe = Probe.from_dict(asset.probe)
    marked = any(
        row.details.get("tracks")
        for row in run.findings.filter(producer__in=run.stacks.values("detector"))
    )
    if not marked or (probe.kind != "video" and not probe.animated):
        return
    try:
        with asset_bytes(asset) as path:
            made = moments_make(run, path=path, probe=probe, faces=faces_of(asset))
    except AssetSealed:
        raise
    except Refusal as refusal:
        logger.warning("No second sheet of moments for run %s: %s", run.pk, refusal.sentence)
        return
    if made is not None:
        _moments_keep(asset, made)


def _replace(asset: Asset, name: str, data: bytes) -> None:
    """Keep it, unless exactly this is there already."""
    known = derivative_latest(asset, name=name, producer=KEEPER)
    if known is None or known.bytes != len(data):
        derivative_keep(
            asset=asset, name=name, media_type="application/json", data=data, producer=KEEPER
        )


def _moments_keep(asset: Asset, made: dict[str, Any]) -> None:
    derivative_keep(
        asset=asset, name=MOMENTS, media_type="image/jpeg", data=made["data"],
        size=(made["width"], made["height"]), producer="detectors.timeline.sheets 1",
    )  # fmt: skip
