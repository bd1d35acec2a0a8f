"""A film in a case: lanes before anything is revealed, then a player that steps and goes there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
ALL_IN = "text=/All \\d+ findings are in/"
NOW = "() => document.querySelector('[data-player] video').currentTime"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of a moving disc over a ramp; in the middle the picture stands still."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    rows, columns = np.mgrid[0:360, 0:640]
    chance = np.random.default_rng(4)
    with av.open(str(path), "w") as media:
        stream = media.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        sound = media.add_stream("aac", rate=44_100, layout="mono")
        for place in range(150):
            at = 60 + 3 * (80 if 80 <= place < 105 else place)
            picture = np.repeat((columns / 5 + 60).astype(np.uint8)[..., None], 3, axis=2)
            picture[np.hypot(columns - at, rows - 170) < 60] = (214, 150, 110)
            if not 80 <= place < 105:
                picture = picture + chance.integers(0, 6, picture.shape, dtype=np.uint8)
            media.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        media.mux(stream.encode(None))
        loud = np.abs(np.sin(np.arange(6 * 44_100) / 15_000))
        tone = (0.3 * loud * np.sin(np.arange(6 * 44_100) / 30)).astype(np.float32)
        block = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
        block.sample_rate = 44_100
        media.mux(sound.encode(block))
        media.mux(sound.encode(None))
    return path


def faces() -> dict[str, Any]:
    """Where a face would be if the disc were one."""
    times = [step / 8 for step in range(48)]
    boxes = [[round(75 * time), 110, 120, 120] for time in times]
    return {
        "version": 1, "width": 640, "height": 360, "windows": [[0, 6]], "cuts": [],
        "tracks": [{"person": 0, "times": times, "boxes": boxes,
                    "eyes": [[x + 20, 130, 80, 30] for x, *_ in boxes],
                    "mouth": [[x + 35, 185, 50, 30] for x, *_ in boxes]}],
    }  # fmt: skip


def with_faces(page: Any) -> None:
    """The drawn film shows nobody: tell the player of a face all the same."""

    def answer(route: Any) -> None:
        told = route.fetch().json()
        told["faces"] = faces()
        route.fulfill(body=json.dumps(told), content_type="application/json")

    page.route("**/player/*", answer)


def test_a_film_is_looked_at_closely(
    report: Callable[..., str], take_newest: Callable[[Any], str], window: Callable[..., Any],
    admin: dict[str, Any], film: Path,
) -> None:  # fmt: skip
    report(category="other", explanation="Is this cut?", file=film)
    page = window(storage_state=admin)
    with_faces(page)
    page.goto("/account/keys")
    page.click("text=Switch single keys on")
    address = take_newest(page)
    page.wait_for_selector(ALL_IN, timeout=120_000)

    # the lanes are there for everybody; nothing plays and nothing is shown before it is asked for
    page.locator(".timeline-fold > summary").click()
    lane = page.locator("[data-lane='video.shallowfake'] [data-track]")
    lane.wait_for()
    assert page.locator("video").count() == 0
    lane.click(position={"x": 40, "y": 20})
    page.wait_for_function(
        "() => document.getElementById('announce').textContent.includes('Reveal the clip')"
    )

    page.get_by_role("button", name="Reveal the clip, silent").click()
    video = page.locator("[data-player] video")
    video.wait_for()
    page.wait_for_function("() => document.querySelector('[data-player] video').readyState > 1")
    assert page.evaluate("() => document.querySelector('video').paused")
    assert page.evaluate("() => document.querySelector('video').muted")

    # a click on a lane goes there
    box = lane.bounding_box()
    assert box
    lane.click(position={"x": box["width"] / 2, "y": 20})
    page.wait_for_function(f"() => Math.abs(({NOW})() - 3.0) < 0.1")
    assert page.locator("[data-head]").is_visible()

    # frame by frame with the keys that the buttons show
    page.wait_for_timeout(300)
    before = page.evaluate(NOW)
    page.keyboard.press(".")
    page.wait_for_function(f"before => ({NOW})() > before + 0.03", arg=before)
    after = page.evaluate(NOW)
    assert after - before == pytest.approx(0.04, abs=0.021)
    page.keyboard.press(",")
    page.wait_for_function(f"after => ({NOW})() < after - 0.03", arg=after)
    assert page.evaluate(NOW) == pytest.approx(after - 0.04, abs=0.002)

    # slow motion, zoom, boxes, eyes and mouth
    page.get_by_role("button", name="0.25×").click()
    assert page.evaluate("() => document.querySelector('video').playbackRate") == 0.25
    boxes = page.get_by_role("button", name="Face boxes")
    boxes.click()
    assert boxes.get_attribute("aria-pressed") == "true"
    assert page.locator(".player-boxes rect").count() == 3
    page.get_by_role("button", name="Eyes and mouth").click()
    assert page.locator(".player-insets canvas").count() == 2
    drawn = page.evaluate(
        "() => document.querySelector('.player-insets canvas').getContext('2d')"
        ".getImageData(200, 90, 1, 1).data[3]"
    )
    assert drawn == 255
    page.get_by_role("group", name="Zoom").get_by_role("button", name="2×").click()
    assert "scale(2)" in page.evaluate(
        "() => document.querySelector('[data-frame]').style.transform"
    )
    boxes.click()
    assert page.locator(".player-boxes rect").count() == 0

    # every marked moment can be reached from the keyboard
    page.locator(".tl-events summary").click()
    go = page.locator(".tl-go").first
    go.focus()
    page.keyboard.press("Enter")
    moment = float(page.locator("[data-moment]").first.get_attribute("data-moment"))
    page.wait_for_function(f"at => Math.abs(({NOW})() - at) < 0.05", arg=moment)

    small = window(storage_state=admin, viewport={"width": 360, "height": 760})
    small.goto(address)
    small.locator(".timeline-fold").wait_for()
    assert small.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_without_scripts_there_are_stills_and_a_table(
    report: Callable[..., str], take_newest: Callable[[Any], str], window: Callable[..., Any],
    admin: dict[str, Any], film: Path,
) -> None:  # fmt: skip
    page = window(storage_state=admin, java_script_enabled=False)
    address = take_newest(page)
    page.goto(address)
    page.get_by_role("button", name="Conceal").click()
    page.get_by_role("button", name="Reveal stills of the marked moments").click()
    sheet = page.locator(".stage-shown img")
    assert sheet.count() == 1
    page.locator(".timeline-fold > summary").click()
    page.locator(".tl-events summary").click()
    rows = page.locator(".tl-events tbody tr")
    assert rows.count() >= 1
    assert "Cuts and re-timing" in rows.first.inner_text()
    assert page.locator(".player-bar").count() == 0
