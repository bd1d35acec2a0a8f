"""One HTML page that shows everything and needs nothing: no network, no other file, no script.

Where scripts run, the same modules as on the case page make it a player; a policy inside the page
allows exactly these scripts and styles, by their digests, and nothing from anywhere else. The
modules are joined here, since a page opened from a disk may not import any.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib import resources
from typing import Any

from detectors.timeline.lanes import lanes_html

MODULES = ("clock.js", "boxes.js", "lanes.js", "player.js")
STYLES = ("page.css", "player.css")
IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)
STATUS_WORDS = {"ok": "measured", "abstained": "no answer", "failed": "did not finish"}
ABOUT = "about"
WEAK = (
    "On test files the score of this detector did not rank altered ones above genuine ones "
    "reliably: look at what is marked; the score says nothing by itself."
)
NOTE = (
    "Measurements are evidence, not a verdict. Frames and sound on this page are a copy encoded "
    "anew, without metadata of the original."
)


@dataclass(frozen=True, kw_only=True)
class Media:
    """A copy to play: ``media_type`` video/mp4 or audio/mp4; sizes in pixels for a video."""

    media_type: str
    data: bytes
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, kw_only=True)
class Still:
    """A picture on the page."""

    title: str
    caption: str
    media_type: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page shows. ``findings`` as for :func:`detectors.timeline.describe`; ``about`` is
    what the player is told: ``frames`` of the copy and ``faces``."""

    name: str
    sha256: str
    sentence: str
    findings: Sequence[Mapping[str, Any]]
    timeline: Mapping[str, Any]
    about: Mapping[str, Any]
    media: Media | None = None
    wave: Still | None = None
    stills: Sequence[Still] = field(default=())


def page_html(page: Page) -> str:
    """The whole document."""
    styles = "\n".join(asset(name) for name in STYLES)
    script = joined(*MODULES)
    policy = (
        "default-src 'none'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src {_digest(styles)}; script-src {_digest(script)}"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(page.name)}: what the detectors say</title>\n"
        f"<style>{styles}</style>\n</head>\n<body data-own-keys>\n{_body(page)}\n"
        f'<p id="announce" class="unseen" role="status"></p>\n'
        f'<script type="application/json" id="{ABOUT}">{_data(page.about)}</script>\n'
        f'<script type="module">{script}</script>\n</body>\n</html>\n'
    )


def asset(name: str) -> str:
    """The text of a file beside this module."""
    return (resources.files("detectors.timeline") / "assets" / name).read_text("utf-8")


def joined(*names: str) -> str:
    """Modules as one: later ones use what earlier ones declare."""
    parts = [IMPORT.sub("", asset(name)).replace("export const ", "const ") for name in names]
    return "\n".join(part.replace("export class ", "class ") for part in parts)


def _body(page: Page) -> str:
    return "\n".join(
        (
            f"<header><h1>{escape(page.name)}</h1>",
            f"<p>{escape(page.sentence)}</p>",
            f'<p class="quiet mono">SHA-256 {escape(page.sha256)}</p></header>',
            '<main><section aria-label="Player and lanes">',
            _player(page),
            _still(page.wave, kind="tl-wave") if page.wave else "",
            lanes_html(page.timeline),
            "</section>",
            _sheets(page.stills),
            "<section><h2>What each detector says</h2>" + _findings(page.findings) + "</section>",
            f'<p class="quiet">{NOTE}</p></main>',
        )
    )


def _player(page: Page) -> str:
    media = page.media
    if media is None:
        return '<p class="quiet">There is no copy to play.</p>'
    source = _inline(media.media_type, media.data)
    about = f'data-player="clip" data-about="{ABOUT}"'
    if media.media_type.startswith("audio/"):
        return (
            f'<div class="player" {about}><audio src="{source}" controls preload="metadata" '
            'aria-label="The recording"></audio></div>'
        )
    return (
        f'<div class="player" {about}><div class="player-stage"><div class="player-frame" '
        f'data-frame><video src="{source}" width="{media.width}" height="{media.height}" controls '
        'muted playsinline preload="metadata" aria-label="The video, silent until you switch the '
        'sound on"></video></div></div></div>'
    )


def _sheets(stills: Sequence[Still]) -> str:
    if not stills:
        return ""
    shown = "".join(
        f'<figure class="sheet"><figcaption class="quiet">{escape(still.title)}. '
        f"{escape(still.caption)}</figcaption>{_still(still)}</figure>"
        for still in stills
    )
    return f"<section><h2>Contact sheets</h2>{shown}</section>"


def _still(still: Still, *, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return (
        f'<img{named} src="{_inline(still.media_type, still.data)}" width="{still.width}" '
        f'height="{still.height}" alt="{escape(still.title)}: {escape(still.caption)}">'
    )


def _findings(findings: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(
        f'<li><b>{escape(str(row["title"]))}</b> <span class="quiet">'
        f"{escape(str(row['detector']))}, {STATUS_WORDS.get(str(row['status']), '')}</span>"
        f"<p>{escape(str(row['sentence']))}</p>{_weak(row)}</li>"
        for row in findings
    )
    return f'<ul class="findings">{rows}</ul>'


def _weak(row: Mapping[str, Any]) -> str:
    if row.get("details", {}).get("better_than_chance") is not False:
        return ""
    return f'<p class="quiet">{WEAK}</p>'


def _inline(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _data(about: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it lies in."""
    return json.dumps(about, separators=(",", ":")).replace("<", "\\u003c")
