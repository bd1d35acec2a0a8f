"""What was found over time, for players and pages; the door to `detectors.timeline`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from detectors.faces.keeping import PRODUCER
from detectors.timeline import describe, lanes_html
from detectors.timeline.words import Tell, Words
from detectors.timeline.writing import sheets
from probity.evidence.models import Asset
from probity.evidence.probes import Probe
from probity.evidence.selectors import derivative_latest, derivative_read

from .models import Finding, FindingKind, Run
from .selectors import findings_of

KEEPER = PRODUCER
PERCEPTION, FACES, FRAMES, MOMENTS = "perception", "faces", "frames", "moments"
"""Names of derivatives: faces as measured, where they were seen, the copy's frames, the sheet."""

Json = dict[str, Any]


def timeline_of(asset: Asset) -> Json | None:
    """The timeline of the run that counts; None while no detector has spoken."""
    rows = [row for row in findings_of(asset) if row.kind == FindingKind.DETECTOR]
    if not rows:
        return None
    return _described(rows, probe=Probe.from_dict(asset.probe), faces=faces_of(asset))


def lanes_of(asset: Asset, *, tell: Tell | None = None) -> tuple[str, Json] | None:
    """The lanes as HTML in which everything is escaped, and the timeline they show; ``tell`` puts
    what is said into the reader's language, or gives None."""
    timeline = timeline_of(asset)
    if timeline is None or not timeline["lanes"]:
        return None
    return lanes_html(timeline, key=asset.pk[:12], words=Words(tell)), timeline


def player_facts(asset: Asset) -> Json:
    """What the player of an asset's copy must know: ``{"frames", "faces"}``, None where unknown."""
    return {"frames": _json(asset, FRAMES), "faces": faces_of(asset)}


def faces_of(asset: Asset) -> Json | None:
    """Where faces were seen over time (see :mod:`detectors.faces.where`)."""
    return _json(asset, FACES)


def moments_make(run: Run, *, path: Path, probe: Probe, faces: Json | None) -> Json | None:
    """One sheet of stills of the moments that a run marked, made in the child; None for nothing.

    Raises what the child raises. The sheet shows the media.
    """
    rows = list(run.findings.filter(kind=FindingKind.DETECTOR))
    timeline = _described(rows, probe=probe, faces=faces)
    made = sheets(path, timeline=timeline, faces=faces, width=probe.width, joined=True)
    return made[0] if made else None


def _described(rows: list[Finding], *, probe: Probe, faces: Json | None) -> Json:
    findings = [
        {
            "detector": row.producer, "title": row.title, "status": row.status,
            "sentence": row.sentence, "tracks": row.details.get("tracks"),
            "details": row.details.get("details"), "curves": row.details.get("curves"),
        }
        for row in rows
    ]  # fmt: skip
    return describe(findings, seconds=probe.duration, fps=probe.fps, faces=faces)


def _json(asset: Asset, name: str) -> Json | None:
    found = derivative_latest(asset, name=name)
    if found is None:
        return None
    told: Json = json.loads(derivative_read(found))
    return told
