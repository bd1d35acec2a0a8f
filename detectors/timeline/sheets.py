"""Contact sheets: frames over time, each blink, the mouth against the sound, each marked place.

They show the media, so whoever keeps them conceals them as the media itself. Child only.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from detectors.clock import moment_words
from detectors.draw import GROUND, INK, LINE, MARK, QUIET, RULE, font
from detectors.timeline.frames import Wanted, gather
from detectors.timeline.strips import blink_rows, mark_rows, mouth_rows, overview_rows

WIDTH = 1200
MARGIN = 24
GAP = 6
HEAD = 16
SOUND_TALL = 56


@dataclass(frozen=True, kw_only=True)
class Row:
    """Cells side by side with the moment above that they are about; ``marked`` cells get a coloured
    edge. Words are beside the sheet (see :mod:`detectors.captions`).

    ``sound`` and ``moved`` are loudness curves under the cells, as shares (0-1) of the row's width
    and height: as heard, and moved by the offset that was measured.
    """

    sign: str
    cells: tuple[Wanted, ...]
    marked: tuple[bool, ...] = ()
    labels: tuple[str, ...] = ()
    sound: tuple[tuple[float, float], ...] = ()
    moved: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One sheet to be drawn."""

    name: str
    title: str
    caption: str
    rows: list[Row] = field(default_factory=list)


def in_child(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """``{"path": bytes, "timeline", "faces", "width"}`` to dicts of name, title, caption, data
    (PNG), width, height; only sheets with something on them."""
    timeline, faces = payload["timeline"], payload["faces"] or {}
    plans = [plan for plan in plans_of(timeline, faces) if plan.rows]
    wanted = [cell for plan in plans for row in plan.rows for cell in row.cells]
    path = Path(os.fsdecode(payload["path"]))
    found = gather(path, wanted, width=payload["width"])
    made = [_told(plan, _drawn(plan, found)) for plan in plans]
    if payload.get("joined") and made:
        return [_joined(made)]
    return made


def plans_of(timeline: Mapping[str, Any], faces: Mapping[str, Any]) -> list[Plan]:
    """What will be drawn, without having decoded anything."""
    plans = [
        Plan(
            name="overview", title="Frames over time",
            caption="Frames spread evenly over the file.",
            rows=[Row(**row) for row in overview_rows(timeline)],
        ),
        Plan(
            name="blinks", title="Blinks",
            caption="The eyes around each counted blink; the marked frames lie within it.",
            rows=[Row(**row) for row in blink_rows(timeline, faces)],
        ),
        Plan(
            name="mouth", title="Mouth and sound",
            caption="The mouth where it opens widest. Below: the sound as heard (dark), and moved "
            "by the offset that was measured (light).",
            rows=[Row(**row) for row in mouth_rows(timeline, faces)],
        ),
    ]  # fmt: skip
    plans += [
        Plan(
            name=f"marks-{lane['id'].replace('.', '-').replace('_', '-')}", title=lane["title"],
            caption="Frames before, in and after each marked place, the strongest ones.",
            rows=[Row(**row) for row in mark_rows(lane, timeline)],
        )
        for lane in timeline["lanes"]
        if lane["id"].startswith("video.") and lane["id"] != "video.blink"
    ]  # fmt: skip
    return plans


def _drawn(plan: Plan, found: Mapping[Wanted, Image.Image]) -> Image.Image:
    heights = [_height(row) for row in plan.rows]
    sheet = Image.new("RGB", (WIDTH, HEAD + sum(heights) + MARGIN), GROUND)
    draw = ImageDraw.Draw(sheet)
    top = HEAD
    for row, height in zip(plan.rows, heights, strict=True):
        _row(sheet, draw, row, found, top=top)
        top += height
    return sheet


def _height(row: Row) -> int:
    tall = max(cell.size[1] for cell in row.cells)
    return (26 if row.sign else 0) + tall + 24 + (SOUND_TALL + 8 if row.sound else 0)


def _row(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    row: Row,
    found: Mapping[Wanted, Image.Image],
    *,
    top: int,
) -> None:
    if row.sign:
        draw.text((MARGIN, top), row.sign, fill=INK, font=font(17))
        top += 26
    x = MARGIN
    tall = max(cell.size[1] for cell in row.cells)
    for number, cell in enumerate(row.cells):
        wide, high = cell.size
        picture = found.get(cell)
        draw.rectangle((x, top, x + wide - 1, top + high - 1), fill=RULE)
        if picture is not None:
            sheet.paste(picture, (x + (wide - picture.width) // 2, top))
        if number < len(row.marked) and row.marked[number]:
            draw.rectangle((x, top, x + wide - 1, top + high - 1), outline=MARK, width=3)
        label = row.labels[number] if number < len(row.labels) else ""
        draw.text((x + wide / 2, top + tall + 3), label or moment_words(cell.time), fill=QUIET,
                  font=font(13), anchor="ma")  # fmt: skip
        x += wide + GAP
    if row.sound:
        _sound(draw, row, top=top + tall + 22, right=x - GAP)


def _sound(draw: ImageDraw.ImageDraw, row: Row, *, top: int, right: int) -> None:
    bottom = top + SOUND_TALL
    draw.line((MARGIN, bottom, right, bottom), fill=RULE)
    for curve, colour, width in ((row.moved, (196, 148, 60), 3), (row.sound, LINE, 2)):
        points = [(MARGIN + (right - MARGIN) * x, bottom - SOUND_TALL * y) for x, y in curve]
        if len(points) > 1:
            draw.line(points, fill=colour, width=width)


def _told(plan: Plan, sheet: Image.Image) -> dict[str, Any]:
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=False, compress_level=6)
    return {
        "name": plan.name, "title": plan.title, "caption": plan.caption, "data": out.getvalue(),
        "width": sheet.width, "height": sheet.height,
    }  # fmt: skip


def _joined(made: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All sheets under one another as one JPEG."""
    pictures = [Image.open(io.BytesIO(one["data"])) for one in made]
    whole = Image.new("RGB", (WIDTH, sum(picture.height for picture in pictures)), GROUND)
    top = 0
    for picture in pictures:
        whole.paste(picture, (0, top))
        top += picture.height
    out = io.BytesIO()
    whole.save(out, "JPEG", quality=85, optimize=True)
    return {
        "name": "moments", "title": "Moments", "data": out.getvalue(), "width": WIDTH,
        "height": top,
        "caption": "; ".join(str(one["title"]).lower() for one in made).capitalize() + ".",
    }  # fmt: skip
