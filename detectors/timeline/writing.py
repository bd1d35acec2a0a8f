"""Everything about one video or recording as files in a folder: a page and contact sheets."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detectors.api import Finding, Report
from detectors.registry import entries
from detectors.timeline.describe import describe
from detectors.timeline.page import Media, Page, Still, page_html
from foundation import child
from foundation.errors import Refusal
from foundation.media import Kind, Preview, Probe, inspect, previews

SHEETS = "detectors.timeline.sheets:in_child"
SHEET_LIMITS = child.Limits(cpu_seconds=180, wall_seconds=240)
INLINE_BYTES = 48 * 1024**2
"""A larger copy is left out of the page; the page says so."""


def row(finding: Finding, *, title: str) -> dict[str, Any]:
    """A finding as :func:`detectors.timeline.describe` wants it."""
    body = finding.to_json()
    return {
        "detector": finding.detector,
        "title": title or finding.detector,
        "status": finding.status.value,
        "sentence": finding.sentence,
        "tracks": body["tracks"],
        "details": finding.details,
        "curves": [curve for picture in body["pictures"] for curve in picture["curves"]],
    }


def sheets(
    path: Path,
    *,
    timeline: Mapping[str, Any],
    faces: Mapping[str, Any] | None,
    width: int | None,
    joined: bool = False,
) -> list[dict[str, Any]]:
    """Contact sheets of a video, made in the child (see :mod:`detectors.timeline.sheets`);
    ``joined`` puts all on one. Raises what ``child.call`` raises."""
    payload = {
        "path": os.fsencode(path.absolute()), "timeline": dict(timeline),
        "faces": dict(faces) if faces else None, "width": width, "joined": joined,
    }  # fmt: skip
    made: list[dict[str, Any]] = child.call(SHEETS, payload, limits=SHEET_LIMITS)
    return made


def write(report: Report, *, path: Path, out: Path) -> list[str]:
    """Write ``<name>.<hash>.timeline.html`` and its contact sheets; nothing for still pictures.

    Returns the files' names. A copy or a sheet that cannot be made is left out.
    """
    probe = inspect(path)
    if not (probe.decodable and (probe.kind in (Kind.VIDEO, Kind.AUDIO) or probe.animated)):
        return []
    names = {entry.id: entry.card.name for entry in entries() if entry.card}
    rows = [row(each, title=names.get(each.detector, "")) for each in report.findings]
    timeline = describe(rows, seconds=probe.duration, fps=probe.fps, faces=report.faces)
    moving = probe.kind is not Kind.AUDIO
    stills = _sheets(path, timeline=timeline, report=report, probe=probe) if moving else []
    base = f"{path.name}.{report.input_sha256[:8]}"
    written = []
    for name, still in stills:
        written.append(f"{base}.{name}.png")
        (out / written[-1]).write_bytes(still.data)
    copies = _copies(path, probe)
    page = Page(
        name=path.name, sha256=report.input_sha256, sentence=report.assessment.sentence,
        findings=rows, timeline=timeline,
        about={"faces": report.faces, "frames": _frames(copies)},
        media=_media(copies), wave=_wave(copies), stills=[still for _, still in stills],
    )  # fmt: skip
    written.append(f"{base}.timeline.html")
    (out / written[-1]).write_text(page_html(page), encoding="utf-8")
    return written


def _sheets(
    path: Path, *, timeline: Mapping[str, Any], report: Report, probe: Probe
) -> list[tuple[str, Still]]:
    try:
        made = sheets(path, timeline=timeline, faces=report.faces, width=probe.width)
    except Refusal:
        return []
    return [
        (one["name"], Still(title=one["title"], caption=one["caption"], media_type="image/png",
                            data=one["data"], width=one["width"], height=one["height"]))
        for one in made
    ]  # fmt: skip


def _copies(path: Path, probe: Probe) -> dict[str, Preview]:
    try:
        return {preview.name: preview for preview in previews(path, probe=probe)}
    except Refusal:
        return {}


def _media(copies: Mapping[str, Preview]) -> Media | None:
    copy = copies.get("proxy")
    if copy is None or len(copy.data) > INLINE_BYTES:
        return None
    return Media(media_type=copy.media_type, data=copy.data, width=copy.width, height=copy.height)


def _wave(copies: Mapping[str, Preview]) -> Still | None:
    wave = copies.get("waveform")
    if wave is None:
        return None
    return Still(
        title="Loudness over time", caption="the whole file from left to right",
        media_type=wave.media_type, data=wave.data, width=wave.width or 0, height=wave.height or 0,
    )  # fmt: skip


def _frames(copies: Mapping[str, Preview]) -> Any:
    return json.loads(copies["frames"].data) if "frames" in copies else None
