"""`probity detect --out`: a page and contact sheets beside the findings' pictures."""

from __future__ import annotations

import io
import json
import re
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from detectors.timeline import describe
from detectors.timeline.frames import Wanted, box_at, gather
from detectors.timeline.sheets import in_child, plans_of
from probity_cli.detect import command as detect

Json = dict[str, Any]


@pytest.fixture(scope="module")
def written(film: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """One run of the command over the drawn film."""
    out = tmp_path_factory.mktemp("out")
    arguments = [str(film), "--out", str(out), "--json", "--detector", "video.shallowfake",
                 "--detector", "audio.silence"]  # fmt: skip
    return CliRunner().invoke(detect, arguments), out


def about_of(html: str) -> Json:
    found = re.search(r'<script type="application/json" id="about">(.*?)</script>', html)
    assert found
    told: Json = json.loads(found[1])
    return told


def test_a_video_gets_a_page_and_a_sheet_that_are_named(written: tuple[Result, Path]) -> None:
    result, out = written
    assert result.exit_code == 0
    names = json.loads(result.stdout)["written"]
    assert sorted(names) == sorted(path.name for path in out.iterdir())
    ends = [name.partition(".mp4.")[2].partition(".")[2] for name in names]
    assert "timeline.html" in ends
    assert "overview.png" in ends


def test_the_page_holds_the_copy_and_the_times_of_its_frames(written: tuple[Result, Path]) -> None:
    (page,) = written[1].glob("*.timeline.html")
    html = page.read_text("utf-8")
    assert '<video src="data:video/mp4;base64,' in html
    assert "autoplay" not in html
    times = about_of(html)["frames"]["times_ms"]
    assert len(times) == 125
    assert np.diff(times) == pytest.approx(80, abs=1)
    assert 'data-lane="video.shallowfake"' in html
    assert "Cuts and re-timing" in html


def test_the_overview_shows_the_film_in_order(written: tuple[Result, Path]) -> None:
    (sheet,) = written[1].glob("*.overview.png")
    with Image.open(sheet) as opened:
        assert opened.width == 1200
        picture = np.asarray(opened.convert("RGB")).astype(int)
    rows, columns = np.nonzero((picture[..., 0] - picture[..., 2]) > 120)
    first = columns[rows < rows.min() + 100]
    assert first.min() < 120, "the disc begins at the left of the first cell"


def test_a_recording_gets_a_page_with_its_loudness(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        tone = 9000 * np.sin(np.arange(3 * 16_000) / 12)
        file.writeframes(tone.astype("<i2").tobytes())
    result = CliRunner().invoke(
        detect, [str(path), "--out", str(tmp_path / "out"), "--detector", "audio.silence"]
    )
    assert result.exit_code == 0
    (page,) = (tmp_path / "out").glob("*.timeline.html")
    html = page.read_text("utf-8")
    assert '<audio src="data:audio/mp4;base64,' in html
    assert 'class="tl-wave"' in html
    assert not list((tmp_path / "out").glob("*.overview.png"))


def test_a_still_gets_no_page(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(path)
    out = tmp_path / "out"
    CliRunner().invoke(detect, [str(path), "--out", str(out), "--detector", "image.noise"])
    assert not list(out.glob("*.html"))


def test_cells_show_the_frame_of_their_moment(film: Path) -> None:
    wanted = [Wanted(time=at, size=(160, 120)) for at in (0.0, 4.05, 9.9, 30.0)]
    found = gather(film, wanted, width=320)
    middles = [_disc(found[one]) for one in wanted[:3]]
    # the disc's middle in a cell of half the size: 20 + 1 pixel each 0.08 s
    assert middles == pytest.approx([20, 20 + 50, 20 + 123], abs=3)
    assert wanted[3] not in found, "nothing is shown after the end"


def _disc(picture: Image.Image) -> float:
    rgb = np.asarray(picture).astype(int)
    return float(np.nonzero((rgb[..., 0] - rgb[..., 2]) > 100)[1].mean())


def test_a_box_is_cut_out_of_the_picture(film: Path) -> None:
    one = Wanted(time=4.05, size=(60, 60), box=(110, 90, 60, 60))
    picture = np.asarray(gather(film, [one], width=320)[one]).astype(int)
    inside = (picture[..., 0] - picture[..., 2]) > 100
    assert inside.mean() > 0.6


def test_the_nearest_box_counts_only_when_it_is_near(faces: Json) -> None:
    assert box_at(faces, time=1.0, part="boxes", person=0) == (30, 20, 60, 60)
    assert box_at(faces, time=9.5, part="boxes", person=0) is None
    assert box_at(faces, time=1.0, part="boxes", person=1) is None


def test_sheets_show_blinks_mouths_and_marked_places(
    film: Path, findings: list[Json], faces: Json
) -> None:
    timeline = describe(findings, seconds=10.0, fps=12.5, faces=faces)
    plans = {plan.name: plan for plan in plans_of(timeline, faces)}
    assert [len(plans[name].rows) for name in ("overview", "blinks", "mouth")] == [4, 2, 3]
    assert len(plans["marks-video-temporal-flicker"].rows) == 2
    assert any(plans["blinks"].rows[0].marked)
    payload = {"path": str(film).encode(), "timeline": timeline, "faces": faces, "width": 320}
    made = {one["name"]: one for one in in_child(payload)}
    assert set(made) == {"overview", "blinks", "mouth", "marks-video-temporal-flicker"}
    for one in made.values():
        assert Image.open(io.BytesIO(one["data"])).size == (one["width"], one["height"])
    (whole,) = in_child(payload | {"joined": True})
    assert whole["height"] == sum(one["height"] for one in made.values())
    assert Image.open(io.BytesIO(whole["data"])).format == "JPEG"
