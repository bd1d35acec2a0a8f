"""Findings made up for the tests, and a short film drawn on the spot."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

Json = dict[str, Any]


@pytest.fixture
def findings() -> list[Json]:
    """Three detectors: blinks without a judgement, lip-sync with curves, flicker with spikes."""
    times = [step / 10 for step in range(101)]
    wave = [0.5 + 0.5 * math.sin(time) for time in times]
    curve = {"label": "lips", "unit": "share", "low": 0.0, "high": 1.0, "level": None,
             "level_label": "", "axis": "time", "times": times, "values": wave}  # fmt: skip
    delays = curve | {
        "label": "match",
        "axis": "delay",
        "times": [-1.5, 0.0, 1.5],
        "values": [0.1, 0.9, 0.2],
    }
    return [
        {
            "detector": "video.temporal_flicker", "title": "Flicker", "status": "ok",
            "sentence": "Detail flickers.", "details": {"person": 1},
            "tracks": [{"start": 3.0, "end": 3.0, "label": "a <b>jump</b>", "strength": 0.9},
                       {"start": 5.0, "end": 7.5, "label": "a stretch", "strength": 0.2}],
        },
        {
            "detector": "video.blink", "title": "Blinking", "status": "abstained",
            "sentence": "Too short to judge.", "tracks": [],
            "details": {"blinks": [{"start": 2.0, "end": 2.2}, {"start": 1.0, "end": 1.1}],
                        "incomplete_blinks": [{"start": 4.0, "end": 4.1}], "person": 0},
            "curves": [curve],
        },
        {
            "detector": "video.lip_sync", "title": "Lip-sync", "status": "ok",
            "sentence": "The sound is late.",
            "details": {"offset_ms": 140, "raw_offset_ms": 200, "uncertainty_ms": 20,
                        "judged": True, "speaker": 0},
            "curves": [curve, curve | {"label": "loudness"}, delays],
        },
        {"detector": "audio.hum", "title": "Mains hum", "status": "abstained", "sentence": "No."},
    ]  # fmt: skip


@pytest.fixture
def faces() -> Json:
    """One face that moves from left to right, looked at in the first eight seconds."""
    times = [step / 4 for step in range(33)]
    boxes = [[round(20 + 10 * time), 20, 60, 60] for time in times]
    return {
        "version": 1, "width": 320, "height": 240, "windows": [[0.0, 8.0]], "cuts": [6.5],
        "tracks": [{"person": 0, "times": times, "boxes": boxes,
                    "eyes": [[x + 10, 30, 40, 12] for x, *_ in boxes],
                    "mouth": [[x + 15, 60, 30, 15] for x, *_ in boxes]}],
    }  # fmt: skip


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds of a disc that moves over a ramp, with a tone: 320 x 240 at 12.5 a second."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    rows, columns = np.mgrid[0:240, 0:320]
    with av.open(str(path), "w") as media:
        stream = media.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        sound = media.add_stream("aac", rate=44_100, layout="mono")
        for place in range(125):
            picture = np.repeat((columns / 2 + 40).astype(np.uint8)[..., None], 3, axis=2)
            picture[np.hypot(columns - 40 - 2 * place, rows - 120) < 30] = (220, 90, 40)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = 2 * place
            media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
        tone = (0.3 * np.sin(np.arange(10 * 44_100) / 30)).astype(np.float32)
        block = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
        block.sample_rate = 44_100
        media.mux(sound.encode(block))
        media.mux(sound.encode(None))
    return path
