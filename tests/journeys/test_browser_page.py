"""The page that `probity detect --out` writes, opened from a disk with its own policy in force."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from detectors.runner import analyse
from detectors.timeline.writing import write
from foundation.media import inspect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NOW = "() => document.querySelector('video').currentTime"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page about two seconds of a brightening ramp."""
    folder = tmp_path_factory.mktemp("page")
    film = folder / "ramp.mp4"
    with av.open(str(film), "w") as media:
        stream = media.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for place in range(50):
            pixels = np.tile(np.arange(320)[None, :, None] // 2 + place, (180, 1, 3))
            frame = av.VideoFrame.from_ndarray(pixels.astype(np.uint8), format="rgb24")
            media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
    report = analyse(film, probe=inspect(film), only=["video.shallowfake"])
    names = write(report, path=film, out=folder)
    return folder / next(name for name in names if name.endswith(".html"))


def test_the_page_plays_steps_and_asks_nothing_of_anybody(chromium: Any, page_file: Path) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    page.wait_for_function("() => document.querySelector('video').readyState > 1")
    assert page.evaluate("() => document.querySelector('video').paused")
    lane = page.locator("[data-lane='video.shallowfake'] [data-track]")
    box = lane.bounding_box()
    lane.click(position={"x": box["width"] / 2, "y": 20})
    page.wait_for_function(f"() => Math.abs(({NOW})() - 1) < 0.05")
    page.wait_for_timeout(200)
    before = page.evaluate(NOW)
    page.keyboard.press(".")
    page.wait_for_function(f"before => ({NOW})() > before + 0.015", arg=before)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    context.close()


def test_without_scripts_the_page_is_a_still_sheet(chromium: Any, page_file: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator(".sheet img").count() >= 1
    assert page.locator(".tl-svg").count() >= 1
    assert page.locator(".player-bar").count() == 0
    context.close()
