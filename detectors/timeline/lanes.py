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
from detectors.timeline.words import ENGLISH, Words

MOST_ROWS = 400
HEADS = ("When", "Measured by", "What")


def lanes_html(timeline: Mapping[str, Any], *, key: str = "file", words: Words = ENGLISH) -> str:
    """``<div class="tl">``: the ruler, a lane per detector, the delays of lip-sync, a table.

    ``key`` (letters and digits) tells the ids of several files on one page apart; ``words`` puts
    what is said into the reader's language.
    """
    seconds = timeline["seconds"]
    drawn = [lane for lane in timeline["lanes"] if lane["marks"] or lane["curves"]]
    quiet = [words.html(lane["title"]) for lane in timeline["lanes"] if lane not in drawn]
    cuts = timeline["cuts"]
    lanes = "".join(_lane(lane, seconds=seconds, cuts=cuts, words=words) for lane in drawn)
    if cuts:
        lanes += _cuts(cuts, seconds=seconds, words=words)
    name = escape(words.plain("Lanes over time"))
    return (
        f'<div class="tl" data-timeline data-seconds="{seconds:g}">'
        f'<div class="tl-scroll" tabindex="0" role="region" aria-label="{name}">'
        '<div class="tl-wide" data-wide>'
        f'<div class="tl-track tl-top" data-track>{ruler_svg(seconds)}</div>'
        f'<ol class="tl-lanes">{lanes}</ol>'
        '<div class="tl-head" data-head hidden></div></div></div>'
        + (_quiet(f"{words.html('No curve and no mark:')} {', '.join(quiet)}.") if quiet else "")
        + _unseen(timeline, words=words)
        + _table(timeline, key=key, words=words)
        + "</div>"
    )


def _quiet(html: str) -> str:
    return f'<p class="tl-quiet">{html}</p>'


def _lane(lane: Mapping[str, Any], *, seconds: float, cuts: list[float], words: Words) -> str:
    number = f"person {lane['who'] + 1}" if lane["who"] is not None else ""
    who = f" {words.html(number)}" if number else ""
    silent = words.html("not judged")
    status = "" if lane["status"] == "ok" else f' <span class="tl-status">{silent}</span>'
    scales = "".join(
        f'<span class="tl-scale tl-scale-{place}">{words.html(scale(curve))}</span>'
        for place, curve in enumerate(lane["curves"])
    )
    drawing = lane_svg(lane, seconds=seconds, cuts=cuts, say=words.plain)
    more = f"{lane['left_out']} more marks are not drawn."
    return (
        f'<li class="tl-lane" data-lane="{escape(lane["id"])}"><p class="tl-name">'
        f"<b>{words.html(lane['title'])}</b><span>{who}</span>{status}{scales}</p>"
        f'<div class="tl-track" data-track>{drawing}</div>'
        + (_quiet(words.html(more)) if lane["left_out"] else "")
        + _delays(lane, words=words)
        + "</li>"
    )


def _cuts(cuts: list[float], *, seconds: float, words: Words) -> str:
    marks = [{"start": c, "end": c, "label": "a new scene begins", "strength": 0.2} for c in cuts]
    lane = {"id": "cuts", "title": "Cuts between scenes", "curves": [], "marks": marks,
            "left_out": 0}  # fmt: skip
    return (
        '<li class="tl-lane" data-lane="cuts">'
        f'<p class="tl-name"><b>{words.html("Cuts between scenes")}</b></p><div class="tl-track" '
        f"data-track>{lane_svg(lane, seconds=seconds, say=words.plain)}</div></li>"
    )


def _delays(lane: Mapping[str, Any], *, words: Words) -> str:
    if lane["delays"] is None:
        return ""
    offset = lane["offset"]
    said = words.html("How well lips and sound match at each delay")
    if offset is not None:
        apart = abs(offset["ms"])
        late = f"best with the sound {apart} ms late"
        early = f"best with the sound {apart} ms early"
        said += f"; {words.html(late if offset['ms'] >= 0 else early)}"
        lead = offset["peak_ms"] - offset["ms"]
        mouths = f"mouths open {lead} ms before they sound"
        said += f" ({words.html(mouths)})" if lead else ""
        said += "" if offset["judged"] else f", {words.html('which is too unclear to judge')}"
    drawing = delays_svg(lane["delays"], offset=offset, say=words.plain)
    return f'<figure class="tl-sync"><figcaption>{said}.</figcaption>{drawing}</figure>'


def _unseen(timeline: Mapping[str, Any], *, words: Words) -> str:
    """Which part of a long film nobody looked at for faces."""
    seen = sum(end - start for start, end in timeline["windows"])
    if not timeline["windows"] or seen >= 0.98 * timeline["seconds"]:
        return ""
    spans = ", ".join(words.html(_span(start, end)) for start, end in timeline["windows"])
    return _quiet(f"{words.html('Faces were looked at in parts of the file:')} {spans}.")


def _table(timeline: Mapping[str, Any], *, key: str, words: Words) -> str:
    found = events(timeline)
    if not found:
        return _quiet(words.html("No moment is marked."))
    rows = "".join(
        f'<tr><td class="num" data-moment="{row["start"]:g}">{words.html(_when(row))}</td>'
        f"<td>{words.html(row['title'])}</td><td>{words.html(row['label'])}</td></tr>"
        for row in found[:MOST_ROWS]
    )
    more = len(found) - MOST_ROWS
    rest = _quiet(words.html(f"{more} more are not listed.")) if more > 0 else ""
    one = "1 marked moment as a table"
    count = one if len(found) == 1 else f"{len(found)} marked moments as a table"
    heads = "".join(f'<th scope="col">{words.html(head)}</th>' for head in HEADS)
    name = escape(words.plain("Marked moments"))
    return (
        f'<details class="fold tl-events" id="moments-{key}"><summary>{words.html(count)}</summary>'
        f'<div class="scroll-x" tabindex="0" role="region" aria-label="{name}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{rest}</details>"
    )


def _span(start: float, end: float) -> str:
    return f"{moment_words(start)} to {moment_words(end)}"


def _when(event: Mapping[str, Any]) -> str:
    start, end = event["start"], event["end"]
    return moment_words(start) if moment_words(start) == moment_words(end) else _span(start, end)
