"""A creator makes an identity, signs, and finds a stripped copy again, in a browser."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from provenance import verify

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SIGNED = "#works:not([hx-trigger])"


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """A drawn picture that nobody else has, large enough for a seal."""
    seed = int.from_bytes(os.urandom(4), "big")
    cells = np.random.default_rng(seed).normal(128, 40, (112, 150, 3)).clip(0, 255).astype("uint8")
    picture = Image.fromarray(cells).resize((1200, 900), Image.Resampling.BICUBIC)
    ImageDraw.Draw(picture).ellipse((300, 120, 800, 620), fill=(200, 120, 60))
    path = tmp_path / "harbour.jpg"
    picture.save(path, quality=92)
    return path


def test_a_work_is_signed_stripped_and_found_again(
    window: Callable[..., Any], admin: dict[str, Any], harbour: Path, tmp_path: Path
) -> None:
    page = window(storage_state=admin)
    page.goto("/desk")
    page.click("main >> text=Your identities")
    page.fill("#subject", "Ada Lovelace")
    page.fill("#name", "trial")
    page.check("#kind-trial")
    page.click("#make-identity")
    page.wait_for_selector("text=Can sign")
    assert "for trial only" in page.inner_text(".works")

    page.goto("/desk")
    page.set_input_files("#files", [str(harbour)])
    page.check("#ai-none")
    page.check("#do_not_train")
    page.check("#mark")
    page.click("#sign")
    page.wait_for_selector("text=1 file will be signed")
    page.wait_for_selector(SIGNED, timeout=120_000)
    assert "Signed" in page.inner_text("#works")
    with page.expect_download() as download:
        page.click("#works a:has-text('Download')")
    assert download.value.suggested_filename == "harbour.jpg"
    signed = tmp_path / "signed.jpg"
    download.value.save_as(signed)
    record = verify.read(signed).to_dict()
    assert record["verdict"] == "valid"
    assert record["ai_use"] == "none_declared"

    stripped = tmp_path / "stripped.jpg"
    Image.open(signed).resize((1000, 750)).save(stripped, quality=80)
    page.goto("/desk/recover")
    page.set_input_files("#file", str(stripped))
    page.click("#look-up")
    page.wait_for_selector("#matches .matches li")
    assert "Possible match" in page.inner_text("#matches")

    stranger = window()
    stranger.goto("/check")
    stranger.set_input_files("#file", str(stripped))
    stranger.wait_for_selector("#matches", timeout=120_000)
    assert "harbour.jpg" in stranger.inner_text("#matches")
    with stranger.expect_download() as found:
        stranger.click("#matches a:has-text('Its credentials')")
    store = tmp_path / "found.c2pa"
    found.value.save_as(store)
    assert store.read_bytes()[4:8] == b"jumb"

    page.goto("/desk")
    with page.expect_download() as taken:
        page.click("#export-all")
    archive = tmp_path / "all.zip"
    taken.value.save_as(archive)
    names = zipfile.ZipFile(archive).namelist()
    assert sum(name.startswith("manifests/") for name in names) == 1

    page.goto("/desk/identities")
    page.click("summary:has-text('Revoke')")
    page.click("button:has-text('Revoke it')")
    page.wait_for_selector("text=its key is erased")
    page.goto("/desk")
    assert page.locator("#sign").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_fits_a_telephone(
    window: Callable[..., Any], admin: dict[str, Any], scheme: str
) -> None:
    page = window(storage_state=admin, viewport={"width": 360, "height": 800}, color_scheme=scheme)
    for address in ("/desk", "/desk/identities", "/desk/recover"):
        page.goto(address)
        for summary in page.locator("main details > summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") == 360, address
