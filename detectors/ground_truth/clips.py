"""A face-like figure that talks, drawn and spoken on the spot: nobody is shown, nobody imitated.

The head sways, the lids close now and then, the mouth opens with the loudness of speech-like sound.
A clip can be told to stop for a moment, as if frames had been shown again to hide something.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.ground_truth.scenes import Pixels, picture
from detectors.ground_truth.voice import Sound, speech

FPS = 25
RATE = 16_000
BLINK_EVERY = 71
BLINK_FRAMES = 5
SKIN, LIPS, EYE, PUPIL, HAIR = (
    (212, 168, 140), (150, 62, 60), (240, 240, 236), (40, 40, 52), (62, 44, 36),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Clip:
    """Frames (height x width x 3) at 25 a second and mono sound at 16 kHz; ``frozen`` is where
    frames were shown again (seconds), None in an untouched clip."""

    frames: list[Pixels]
    sound: Sound
    frozen: tuple[float, float] | None = None


def talking(*, seed: int, seconds: float, size: tuple[int, int] = (480, 360)) -> Clip:
    """The figure before a drawn scene; the same seed gives the same clip."""
    chance = np.random.default_rng([seed, 43])
    count = round(seconds * FPS)
    sound = speech(seconds, rate=RATE, seed=seed)
    opened = _loudness(sound, count=count)
    backdrop = cv2.GaussianBlur(picture(seed, size=size), (0, 0), 3)
    sway = np.cumsum(chance.normal(0, 0.35, (count, 2)), axis=0)
    sway -= np.linspace(0, 1, count)[:, None] * sway[-1]
    frames = [
        _drawn(
            np.asarray(backdrop, dtype=np.uint8),
            at=(float(sway[number, 0]), float(sway[number, 1])),
            mouth=float(opened[number]),
            lids=number % BLINK_EVERY < BLINK_FRAMES,
            chance=chance,
        )
        for number in range(count)
    ]
    return Clip(frames=frames, sound=sound)


def stopped(clip: Clip, *, at: float, seconds: float) -> Clip:
    """The clip with one frame shown again for ``seconds`` from ``at`` on; its sound goes on."""
    first, last = round(at * FPS), round((at + seconds) * FPS)
    frames = list(clip.frames)
    frames[first:last] = [frames[first]] * (last - first)
    return Clip(frames=frames, sound=clip.sound, frozen=(at, at + seconds))


def write(path: Path, clip: Clip) -> Path:
    """As H.264 with AAC in MP4."""
    with av.open(str(path), "w") as out:
        video: Any = out.add_stream("libx264", rate=FPS, options={"crf": "21"})
        video.height, video.width = clip.frames[0].shape[:2]
        video.pix_fmt = "yuv420p"
        audio: Any = out.add_stream("aac", rate=RATE, layout="mono")
        for number, pixels in enumerate(clip.frames):
            frame: Any = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for start in range(0, clip.sound.size, 1024):
            block = clip.sound[start : start + 1024].astype(np.float32)[None]
            piece: Any = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
            piece.sample_rate, piece.pts = RATE, start
            out.mux(audio.encode(piece))
        out.mux(audio.encode(None))
    return path


def _loudness(sound: Sound, *, count: int) -> NDArray[np.float64]:
    """How far the mouth is open in each frame, 0 to 1."""
    pieces = np.array_split(sound, count)
    level = np.array([float(np.sqrt((piece**2).mean())) for piece in pieces])
    smooth = np.convolve(level, np.ones(3) / 3, mode="same")
    return np.asarray(np.clip(smooth / max(1e-9, float(np.quantile(smooth, 0.95))), 0, 1))


def _drawn(
    backdrop: Pixels,
    *,
    at: tuple[float, float],
    mouth: float,
    lids: bool,
    chance: np.random.Generator,
) -> Pixels:
    made = backdrop.copy()
    rows, columns = made.shape[:2]
    unit = rows / 12
    x, y = columns / 2 + at[0] * unit / 4, rows / 2 + at[1] * unit / 6

    def blob(dx: float, dy: float, w: float, h: float, colour: tuple[int, int, int]) -> None:
        centre = (round((x + dx * unit) * 16), round((y + dy * unit) * 16))
        axes = (max(1, round(w * unit * 16)), max(1, round(h * unit * 16)))
        cv2.ellipse(made, centre, axes, 0, 0, 360, colour, cv2.FILLED, cv2.LINE_AA, 4)

    blob(0, -0.5, 3.1, 4.1, HAIR)
    blob(0, 0, 2.7, 3.7, SKIN)
    for side in (-1.0, 1.0):
        blob(side * 1.1, -0.7, 0.55, 0.06 if lids else 0.32, EYE)
        if not lids:
            blob(side * 1.1, -0.7, 0.2, 0.22, PUPIL)
        blob(side * 1.1, -1.35, 0.65, 0.1, HAIR)
    blob(0, 0.35, 0.22, 0.5, (190, 142, 116))
    blob(0, 1.75, 0.95, 0.14 + 0.5 * mouth, LIPS)
    if mouth > 0.15:
        blob(0, 1.75, 0.72, 0.4 * mouth, (70, 26, 30))
    noise = chance.normal(0, 2.0, made.shape[:2])[..., None]
    return np.asarray(np.clip(np.rint(made + noise), 0, 255), dtype=np.uint8)
