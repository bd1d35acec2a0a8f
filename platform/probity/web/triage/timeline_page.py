"""The lanes under a player: what each detector marked over the length of a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from probity.analysis.timeline import lanes_of
from probity.evidence.models import Asset, Derivative
from probity.web.language import measured
from probity.web.words import plural

from .media_page import MediaPage


@dataclass(frozen=True)
class TimelinePage:
    """One file's lanes; ``open`` once there is something to play above them."""

    asset: Asset
    words: str
    lanes: SafeString
    waveform: Derivative | None
    open: bool


def timeline_page(media: MediaPage) -> TimelinePage | None:
    """Gather it; None for stills, sealed files, and while no detector has measured anything."""
    asset = media.asset
    if asset.sealed or (asset.kind not in {"video", "audio"} and not asset.probe.get("animated")):
        return None
    found = lanes_of(asset, tell=measured.translated if measured.foreign() else None)
    if found is None:
        return None
    html, timeline = found
    marks = sum(len(lane["marks"]) + lane["left_out"] for lane in timeline["lanes"])
    return TimelinePage(
        asset=asset,
        words=gettext("Over time: {lanes}, {marks}").format(
            lanes=plural(len(timeline["lanes"]), "lane", "lanes"),
            marks=plural(marks, "mark", "marks"),
        ),
        lanes=mark_safe(html),  # noqa: S308 - the engine escapes every word of a finding
        waveform=media.waveform,
        open=media.playing,
    )
