"""The media of one asset: concealed until somebody asks, then a safe copy, never the original."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from probity.evidence.models import Asset, Derivative
from probity.evidence.selectors import derivatives_of
from probity.web.words import duration, size

from .revealed import in_colour

KINDS = {"image": "Picture", "video": "Video", "audio": "Recording"}
REVEALS = {
    ("image", "view"): ("Reveal the picture", "Picture"),
    ("image", "proxy"): ("Reveal the animation", "Animation"),
    ("image", "moments"): ("Reveal stills of the marked moments", "Moments"),
    ("video", "sheet"): ("Reveal stills", "Stills"),
    ("video", "proxy"): ("Reveal the clip, silent", "Clip"),
    ("video", "moments"): ("Reveal stills of the marked moments", "Moments"),
    ("audio", "proxy"): ("Allow listening", "Sound"),
}
FREE = {("audio", "waveform"), ("video", "waveform")}


@dataclass(frozen=True)
class Reveal:
    """A copy that may be asked for."""

    derivative: Derivative
    words: str
    name: str
    key: str
    shown: bool
    grey: bool = False


@dataclass(frozen=True)
class MediaPage:
    """What the evidence column shows of an asset."""

    asset: Asset
    kind: str
    facts: str
    note: str
    concealed: Derivative | None = None
    waveform: Derivative | None = None
    reveals: list[Reveal] = field(default_factory=list)

    @property
    def shown(self) -> list[Reveal]:
        """The copies that this person revealed."""
        return [reveal for reveal in self.reveals if reveal.shown]

    @property
    def hidden(self) -> list[Reveal]:
        """The copies that are still concealed."""
        return [reveal for reveal in self.reveals if not reveal.shown]

    @property
    def grey(self) -> Reveal | None:
        """The first copy that is shown in grey and could be shown in colour."""
        return next((reveal for reveal in self.shown if reveal.grey), None)

    @property
    def fingerprint(self) -> str:
        """Changes when there is more, or less, to see."""
        sealed = "s" if self.asset.sealed else "o"
        return f"{sealed}{len(self.reveals)}{bool(self.concealed):d}{bool(self.waveform):d}"

    @property
    def picture(self) -> Derivative | None:
        """What stands in the stage while nothing is revealed."""
        return self.concealed or self.waveform

    @property
    def playing(self) -> bool:
        """Whether this person revealed a copy that can be played."""
        return any(reveal.derivative.name == "proxy" for reveal in self.shown)


def media_page(asset: Asset, *, revealed: set[str], grey_first: bool = False) -> MediaPage:
    """Gather it; a sealed asset shows nothing at all. ``grey_first``: this person wants grey
    pictures until they ask for colour."""
    rows = [] if asset.sealed else derivatives_of(asset)
    by_name = {row.name: row for row in rows}
    concealed = next((row for row in rows if row.concealed), None)
    found = [
        (by_name[name], words)
        for (kind, name), words in REVEALS.items()
        if kind == asset.kind and name in by_name
    ]
    return MediaPage(
        asset=asset,
        kind=KINDS.get(asset.kind, "File"),
        facts=_facts(asset),
        note=str(asset.probe.get("note", "")),
        concealed=concealed,
        waveform=by_name.get("waveform"),
        reveals=[
            Reveal(
                row,
                words,
                name,
                "bv"[place] if place < 2 else "",
                shown=str(row.pk) in revealed,
                grey=grey_first and asset.kind != "audio" and not in_colour(revealed, row),
            )
            for place, (row, (words, name)) in enumerate(found)
        ],
    )


def needs_reveal(derivative: Derivative, *, of_finding: bool) -> bool:
    """Whether a derivative shows the media: all do but the blurred, the waveform and diagrams."""
    if derivative.concealed or of_finding:
        return False
    return (derivative.asset.kind, derivative.name) not in FREE


def _facts(asset: Asset) -> str:
    """``JPEG, 1200 × 800, 340 kB`` - what the probe measured."""
    probe: Mapping[str, Any] = asset.probe
    parts = [str(probe.get("format", "")).upper()]
    if probe.get("width") and probe.get("height"):
        parts.append(f"{probe['width']} × {probe['height']}")
    if probe.get("duration"):
        parts.append(duration(float(probe["duration"])))
    if probe.get("fps") and asset.kind == "video":
        parts.append(f"{float(probe['fps']):.4g} frames a second")
    if probe.get("sample_rate") and asset.kind == "audio":
        parts.append(f"{float(probe['sample_rate']) / 1000:g} kHz")
    parts.append(size(asset.bytes))
    return ", ".join(part for part in parts if part)
