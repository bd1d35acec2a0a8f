"""Safe copies to look at and listen to: everything encoded anew, no metadata kept. Child only."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from foundation.errors import Refusal
from foundation.media import proxy
from foundation.media.decode import audio_chunks, image_rgb, video_frames
from foundation.media.errors import UnreadableMedia
from foundation.media.kinds import Kind, Part, Preview, Probe

VIEW_SIDE = 1600
CONCEALED_SIDE = 480
SHEET_FRAMES = 8
SHEET_COLUMNS = 4
CELL_SIDE = 400
WAVE_SIZE = (1200, 240)
LONGEST_WAVE = 1800.0

_GAP = 6
_SHEET_GROUND = (128, 128, 128)
# the middle of the scale can be told from white and from black
_WAVE_GREY = 128


def in_child(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """``{"path": bytes, "probe": {...}, "part": str}`` to a list of preview dicts; without a part,
    all of them."""
    path, probe = Path(os.fsdecode(payload["path"])), Probe.from_dict(payload["probe"])
    wanted = [Part(payload["part"])] if "part" in payload else list(Part)
    return [asdict(made) for part in wanted for made in _MAKERS[part][probe.kind](path, probe)]


def _of_image(path: Path, _probe: Probe) -> list[Preview]:
    picture = Image.fromarray(image_rgb(path, max_side=VIEW_SIDE))
    return [_jpeg("view", picture), _jpeg("concealed", concealed(picture), hidden=True)]


def _moving(path: Path, probe: Probe) -> list[Preview]:
    return proxy.video(path, probe) if probe.animated else []


def _of_video(path: Path, probe: Probe) -> list[Preview]:
    stills = _stills(path, probe)
    if not stills:
        raise UnreadableMedia("No frame of the video could be decoded. Send it again.")
    hidden = [concealed(picture) for picture in stills]
    return [_jpeg("sheet", _sheet(stills)), _jpeg("concealed", _sheet(hidden), hidden=True)]


def _video_played(path: Path, probe: Probe) -> list[Preview]:
    return [*_sound_of(path, probe), *proxy.video(path, probe)]


def _sound_of(path: Path, probe: Probe) -> list[Preview]:
    """The loudness of a video's sound track; nothing where it has none that can be read, and for
    films so long that reading all of it would take longer than the copy."""
    if not probe.sample_rate or (probe.duration or 0.0) > LONGEST_WAVE:
        return []
    try:
        return [_waveform(path, probe)]
    except Refusal:
        return []


def _of_audio(path: Path, probe: Probe) -> list[Preview]:
    return [_waveform(path, probe)]


def _audio_played(path: Path, _probe: Probe) -> list[Preview]:
    return proxy.audio(path)


def concealed(picture: Image.Image) -> Image.Image:
    """Grey, small and blurred by a sixteenth of its longer side: shapes of light, no details."""
    small = picture.convert("L")
    small.thumbnail((CONCEALED_SIDE, CONCEALED_SIDE), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(max(small.size) / 16))


def _jpeg(name: str, picture: Image.Image, *, hidden: bool = False) -> Preview:
    # a new image object: Pillow would carry comments and profiles of the old one along
    clean = Image.fromarray(np.asarray(picture))
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=60 if hidden else 85, optimize=True)
    return Preview(
        name=name,
        media_type="image/jpeg",
        data=out.getvalue(),
        width=clean.width,
        height=clean.height,
        concealed=hidden,
    )


def _stills(path: Path, probe: Probe) -> list[Image.Image]:
    """Up to eight frames spread evenly over the video."""
    length = probe.duration or 0.0
    # the first frame stands for a video too short or too damaged to be spread
    starts = [length * place / SHEET_FRAMES for place in range(SHEET_FRAMES)]
    found: dict[float, Image.Image] = {}
    for start in starts if length > 0 else [0.0]:
        for at, pixels in video_frames(path, None, start=max(0.0, start), max_side=CELL_SIDE):
            found.setdefault(at, Image.fromarray(pixels))
            break
    return [found[at] for at in sorted(found)]


def _sheet(stills: list[Image.Image]) -> Image.Image:
    width = max(still.width for still in stills)
    height = max(still.height for still in stills)
    columns = min(SHEET_COLUMNS, len(stills))
    rows = -(-len(stills) // columns)
    mode = stills[0].mode
    ground: Any = _SHEET_GROUND if mode == "RGB" else _SHEET_GROUND[0]
    sheet = Image.new(
        mode,
        (columns * (width + _GAP) - _GAP, rows * (height + _GAP) - _GAP),
        ground,
    )
    for place, still in enumerate(stills):
        row, column = divmod(place, columns)
        sheet.paste(still, (column * (width + _GAP), row * (height + _GAP)))
    return sheet


def _waveform(path: Path, probe: Probe) -> Preview:
    """A see-through PNG: a pale envelope of the peaks, inside it the mean level, a line for rest.

    Quiet recordings are drawn larger: it is a map of where sound is, not a meter.
    """
    width, height = WAVE_SIZE
    peaks, levels = _levels(path, seconds=probe.duration or 0.0, columns=width)
    canvas: npt.NDArray[np.uint8] = np.zeros((height, width, 4), dtype=np.uint8)
    canvas[..., :3] = _WAVE_GREY
    rows = np.abs(np.arange(height)[:, None] - (height - 1) / 2)
    for values, alpha in ((peaks, 110), (levels, 255)):
        reach = values / max(float(peaks.max()), 0.001) * (height / 2 - 4)
        canvas[..., 3] = np.where(rows <= reach[None, :], alpha, canvas[..., 3])
    canvas[height // 2 - 1 : height // 2 + 1, :, 3] = np.maximum(
        canvas[height // 2 - 1 : height // 2 + 1, :, 3], 160
    )
    out = io.BytesIO()
    Image.fromarray(canvas).save(out, "PNG", optimize=True)
    return Preview(
        name="waveform",
        media_type="image/png",
        data=out.getvalue(),
        width=width,
        height=height,
        concealed=False,
    )


def _levels(
    path: Path, *, seconds: float, columns: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Peak and root mean square per column, 0..1, from the stream in pieces."""
    peaks, powers = np.zeros(columns), np.zeros(columns)
    counts = np.zeros(columns)
    rate = 8000
    per_column = max(1.0, seconds * rate / columns)
    for at, samples in audio_chunks(path, rate):
        places = ((round(at * rate) + np.arange(samples.size)) / per_column).astype(np.int64)
        places = np.clip(places, 0, columns - 1)
        np.maximum.at(peaks, places, np.abs(samples))
        powers += np.bincount(places, weights=samples.astype(np.float64) ** 2, minlength=columns)
        counts += np.bincount(places, minlength=columns)
    return peaks, np.sqrt(powers / np.maximum(counts, 1))


_MAKERS: dict[Part, dict[Kind, Callable[[Path, Probe], list[Preview]]]] = {
    Part.PICTURES: {Kind.IMAGE: _of_image, Kind.VIDEO: _of_video, Kind.AUDIO: _of_audio},
    Part.PLAYED: {Kind.IMAGE: _moving, Kind.VIDEO: _video_played, Kind.AUDIO: _audio_played},
}
