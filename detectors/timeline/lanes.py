"""The lanes as a piece of HTML: list, drawings, and a table of all moments for every reader.

Every word that comes from a finding is escaped here. There are no scripts and no styles in it; the
module ``lanes.js`` makes moments clickable where scripts run.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from detectors.clock import moment_words
from detectors.timeline.describe import events
from detectors.timeline.drawing import delays_svg, lane_svg, ruler_svg, scale

MOST_ROWS = 400
QUIET = "Measured; nothing is marked."


def lanes_html(timeline: Mapping[str, Any], *, key: str = "file") -> str:
    """``<div class="tl">``: the ruler, a lane per detector, the delays of lip-sync, a table.

    ``key`` (letters and digits) tells the ids of several files on one page apart.
    """
    seconds = timeline["seconds"]
    drawn = [lane for lane in timeline["lanes"] if lane["marks"] or lane["curves"]]
    quiet = [lane["title"] for lane in timeline["lanes"] if lane not in drawn]
    cuts = timeline["cuts"]
    lanes = "".join(_lane(lane, seconds=seconds, cuts=cuts) for lane in drawn)
    if cuts:
        lanes += _cuts(cuts, seconds=seconds)
    return (
        f'<div class="tl" data-timeline data-seconds="{seconds:g}">'
        '<div class="tl-scroll" tabindex="0" role="region" aria-label="Lanes over time">'
        '<div class="tl-wide" data-wide>'
        f'<div class="tl-track tl-top" data-track>{ruler_svg(seconds)}</div>'
        f'<ol class="tl-lanes">{lanes}</ol>'
        '<div class="tl-head" data-head hidden></div></div></div>'
        + (f'<p class="tl-quiet">No curve and no mark: {escape(", ".join(quiet))}.</p>'
           if quiet else "")
        + _unseen(timeline)
        + _table(timeline, key=key)
        + "</div>"
    )  # fmt: skip


def _lane(lane: Mapping[str, Any], *, seconds: float, cuts: list[float]) -> str:
    who = f" person {lane['who'] + 1}" if lane["who"] is not None else ""
    status = "" if lane["status"] == "ok" else ' <span class="tl-status">not judged</span>'
    scales = "".join(
        f'<span class="tl-scale tl-scale-{number}">{escape(scale(curve))}</span>'
        for number, curve in enumerate(lane["curves"])
    )
    more = f'<p class="tl-quiet">{lane["left_out"]} more marks are not drawn.</p>'
    return (
        f'<li class="tl-lane" data-lane="{escape(lane["id"])}">'
        f'<p class="tl-name"><b>{escape(lane["title"])}</b><span>{who}</span>{status}{scales}</p>'
        f'<div class="tl-track" data-track>{lane_svg(lane, seconds=seconds, cuts=cuts)}</div>'
        + (more if lane["left_out"] else "")
        + _delays(lane)
        + "</li>"
    )


def _cuts(cuts: list[float], *, seconds: float) -> str:
    marks = [{"start": c, "end": c, "label": "a new scene begins", "strength": 0.2} for c in cuts]
    lane = {"id": "cuts", "title": "Cuts between scenes", "curves": [], "marks": marks,
            "left_out": 0}  # fmt: skip
    return (
        '<li class="tl-lane" data-lane="cuts"><p class="tl-name"><b>Cuts between scenes</b></p>'
        f'<div class="tl-track" data-track>{lane_svg(lane, seconds=seconds)}</div></li>'
    )


def _delays(lane: Mapping[str, Any]) -> str:
    if lane["delays"] is None:
        return ""
    offset = lane["offset"]
    words = "How well lips and sound match at each delay"
    if offset is not None:
        late = "late" if offset["ms"] >= 0 else "early"
        words += f"; best with the sound {abs(offset['ms'])} ms {late}"
        lead = offset["peak_ms"] - offset["ms"]
        words += f" (mouths open {lead} ms before they sound)" if lead else ""
        words += "" if offset["judged"] else ", which is too unclear to judge"
    drawing = delays_svg(lane["delays"], offset=offset)
    return f'<figure class="tl-sync"><figcaption>{words}.</figcaption>{drawing}</figure>'


def _unseen(timeline: Mapping[str, Any]) -> str:
    """Which part of a long film nobody looked at for faces."""
    seen = sum(end - start for start, end in timeline["windows"])
    if not timeline["windows"] or seen >= 0.98 * timeline["seconds"]:
        return ""
    spans = ", ".join(
        f"{moment_words(start)} to {moment_words(end)}" for start, end in timeline["windows"]
    )
    return f'<p class="tl-quiet">Faces were looked at in parts of the file: {spans}.</p>'


def _table(timeline: Mapping[str, Any], *, key: str) -> str:
    found = events(timeline)
    if not found:
        return '<p class="tl-quiet">No moment is marked.</p>'
    rows = "".join(
        f'<tr><td class="num" data-moment="{row["start"]:g}">{_when(row)}</td>'
        f"<td>{escape(row['title'])}</td><td>{escape(row['label'])}</td></tr>"
        for row in found[:MOST_ROWS]
    )
    more = len(found) - MOST_ROWS
    rest = f'<p class="tl-quiet">{more} more are not listed.</p>' if more > 0 else ""
    count = f"{len(found)} marked {'moment' if len(found) == 1 else 'moments'}"
    return (
        f'<details class="fold tl-events" id="moments-{key}"><summary>{count} as a table</summary>'
        '<div class="scroll-x" tabindex="0" role="region" aria-label="Marked moments"><table>'
        '<thead><tr><th scope="col">When</th><th scope="col">Measured by</th>'
        f'<th scope="col">What</th></tr></thead><tbody>{rows}</tbody></table></div>{rest}</details>'
    )


def _when(event: Mapping[str, Any]) -> str:
    start, end = moment_words(event["start"]), moment_words(event["end"])
    return start if start == end else f"{start} to {end}"
