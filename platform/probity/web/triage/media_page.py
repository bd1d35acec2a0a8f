"""The media of one asset: concealed until somebody asks, then a safe copy, never the original."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from probity.evidence.models import Asset, Derivative
from probity.evidence.selectors import derivatives_of
from probity.web.language.later import later
from probity.web.words import duration, size

from .revealed import in_colour
from .seal_page import SealNote

KINDS = {"image": later("Picture"), "video": later("Video"), "audio": later("Recording")}
REVEALS = {
    ("image", "view"): (later("Reveal the picture"), later("Picture")),
    ("image", "proxy"): (later("Reveal the animation"), later("Animation")),
    ("image", "moments"): (later("Reveal stills of the marked moments"), later("Moments")),
    ("video", "sheet"): (later("Reveal stills"), later("Stills")),
    ("video", "proxy"): (later("Reveal the clip, silent"), later("Clip")),
    ("video", "moments"): (later("Reveal stills of the marked moments"), later("Moments")),
    ("audio", "proxy"): (later("Allow listening"), later("Sound")),
}
#: What a key can reveal: the first copy of a file, and the next one.
ACTS = ("reveal", "reveal-more")


@dataclass(frozen=True)
class Reveal:
    """A copy that may be asked for."""

    derivative: Derivative
    words: str
    name: str
    act: str
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
    seal: SealNote | None = None

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


def media_page(
    asset: Asset, *, revealed: set[str], grey_first: bool = False, seal: SealNote | None = None
) -> MediaPage:
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
        seal=seal,
        reveals=[
            Reveal(
                row,
                words,
                name,
                ACTS[place] if place < len(ACTS) else "",
                shown=str(row.pk) in revealed,
                grey=grey_first and asset.kind != "audio" and not in_colour(revealed, row),
            )
            for place, (row, (words, name)) in enumerate(found)
        ],
    )


def _facts(asset: Asset) -> str:
    """``JPEG, 1200 × 800, 340 kB`` - what the probe measured."""
    probe: Mapping[str, Any] = asset.probe
    parts = [str(probe.get("format", "")).upper()]
    if probe.get("width") and probe.get("height"):
        parts.append(f"{probe['width']} × {probe['height']}")
    if probe.get("duration"):
        parts.append(duration(float(probe["duration"])))
    if probe.get("fps") and asset.kind == "video":
        parts.append(gettext("{fps:.4g} frames a second").format(fps=float(probe["fps"])))
    if probe.get("sample_rate") and asset.kind == "audio":
        parts.append(f"{float(probe['sample_rate']) / 1000:g} kHz")
    parts.append(size(asset.bytes))
    return ", ".join(part for part in parts if part)
