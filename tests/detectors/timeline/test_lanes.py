"""The lanes as HTML and the page that stands alone: escaped, walled in, complete."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from detectors.timeline import describe, lanes_html
from detectors.timeline.page import MODULES, Media, Page, Still, asset, joined, page_html

Json = dict[str, Any]
BARE = re.compile(r" (data-[a-z]+|hidden)(?=[ >])")


@pytest.fixture
def timeline(findings: list[Json], faces: Json) -> Json:
    return describe(findings, seconds=10.0, fps=25.0, faces=faces)


def parsed(html: str) -> ET.Element:
    return ET.fromstring(BARE.sub(r' \1=""', html))


def test_every_mark_is_drawn_where_it_belongs(timeline: Json) -> None:
    tree = parsed(lanes_html(timeline))
    blink = tree.find(".//li[@data-lane='video.blink']")
    assert blink is not None
    ticks = [line for line in blink.iter("line") if "tl-tick" in line.get("class", "")]
    assert [line.get("x1") for line in ticks] == ["10.5000%", "21.0000%", "40.5000%"]
    span = next(each for each in tree.iter("rect"))
    assert (span.get("x"), span.get("width")) == ("50.0000%", "25.0000%")
    assert tree.find(".//li[@data-lane='cuts']") is not None


def test_words_of_findings_are_escaped(timeline: Json) -> None:
    html = lanes_html(timeline)
    assert "<b>jump</b>" not in html
    assert "a &lt;b&gt;jump&lt;/b&gt;" in html


def test_a_table_names_every_moment_for_readers_without_pictures(timeline: Json) -> None:
    tree = parsed(lanes_html(timeline, key="abc"))
    rows = tree.findall(".//tbody/tr")
    assert len(rows) == 6
    assert [cell.text for cell in rows[4]] == ["0:05.00 to 0:07.50", "Flicker", "a stretch"]
    assert tree.find(".//details[@id='moments-abc']") is not None
    for drawing in tree.iter("svg"):
        if "tl-svg" in drawing.get("class", ""):
            assert drawing.get("role") == "img"
            assert drawing.get("aria-label")


def test_the_sync_says_by_how_much_and_which_part_was_not_looked_at(timeline: Json) -> None:
    html = lanes_html(timeline)
    assert "best with the sound 140 ms late (mouths open 60 ms before they sound)" in html
    assert "Faces were looked at in parts of the file: 0:00.00 to 0:08.00" in html
    assert "not judged" in html


def test_nothing_marked_is_said_plainly() -> None:
    row = {"detector": "a.b", "title": "Calm", "status": "ok", "sentence": "Nothing."}
    html = lanes_html(describe([row], seconds=3.0))
    assert "No curve and no mark: Calm." in html
    assert "No moment is marked." in html


def page_of(timeline: Json, findings: list[Json], *, name: str = "a.mp4") -> str:
    still = Still(title="Frames", caption="c", media_type="image/png", data=b"png", width=3,
                  height=2)  # fmt: skip
    media = Media(media_type="video/mp4", data=b"film", width=4, height=2)
    return page_html(
        Page(
            name=name, sha256="0" * 64, sentence="Together.", findings=findings, timeline=timeline,
            about={"faces": None, "frames": {"note": "</script><b>"}}, media=media, stills=[still],
        )
    )  # fmt: skip


def test_the_page_needs_nothing_from_anywhere(timeline: Json, findings: list[Json]) -> None:
    html = page_of(timeline, findings)
    addresses = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert addresses
    assert all(address.startswith("data:") for address in addresses)
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r'\sstyle="|\son\w+="|autoplay', html)


def test_its_policy_allows_its_own_script_and_style_only(
    timeline: Json, findings: list[Json]
) -> None:
    html = page_of(timeline, findings)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    for tag in ("style", r'script type="module"'):
        body = re.search(rf"<{tag}>(.*?)</", html, re.DOTALL)
        assert body
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]


def test_names_and_data_cannot_break_out(timeline: Json, findings: list[Json]) -> None:
    html = page_of(timeline, findings, name='x"><script>alert(1)</script>.mp4')
    assert "<script>alert" not in html
    assert html.count("</script>") == 2


def test_joined_modules_import_and_export_nothing() -> None:
    script = joined(*MODULES)
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)
    names = re.findall(r"^(?:const|class|function) (\w+)", script, re.MULTILINE)
    assert len(names) == len(set(names)), "two modules use one name"
    assert "</" not in script
    assert "use strict" not in asset("player.js")
