"""The door and the registry of watermarks, with a scheme of somebody else's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from foundation import child
from foundation.media import MediaRefusal
from foundation.media.decode import image_rgb
from provenance import watermark
from provenance.errors import FileUnreadable
from provenance.watermark import Status, keys, registry
from provenance.watermark.errors import (
    KeyInvalid,
    PayloadInvalid,
    SchemeUnknown,
    SchemeUnusable,
    WatermarkNotHeld,
    WatermarkRefused,
)

Make = Callable[..., registry.Entry]
KEY = bytes(range(32))
OTHER = bytes(range(1, 33))


@pytest.fixture
def picture(tmp_path: Path, scene: Callable[..., np.ndarray]) -> Path:
    path = tmp_path / "picture.png"
    Image.fromarray(scene(width=300, height=280)).save(path)
    return path


def test_what_was_put_in_is_read_and_said(corner: Make, picture: Path) -> None:
    out = picture.with_name("marked.png")
    with registry.registered(corner()):
        made = watermark.embed(picture, out, scheme="corner", payload=b"\xab\x01")
        found = watermark.detect(out)[0]
    assert (found.scheme, found.status, found.payload) == ("corner", Status.FOUND, b"\xab\x01")
    assert made.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert made.size == out.stat().st_size
    assert made.details == {"changed": 2}
    assert made.detection == found
    plain = json.loads(json.dumps([made.to_dict(), found.to_dict()]))
    assert plain[1]["payload"] == "ab01"
    assert not list(picture.parent.glob(".marking-*"))


def test_without_a_mark_it_is_absent(corner: Make, picture: Path) -> None:
    with registry.registered(corner()):
        found = {one.scheme: one for one in watermark.detect(picture)}
    assert found["corner"].status is Status.ABSENT


def test_keyed_schemes_need_their_key(corner: Make, picture: Path) -> None:
    out = picture.with_name("marked.png")
    with registry.registered(corner(public=False)):
        watermark.embed(picture, out, scheme="corner", payload=b"\xab\x02", key=KEY)
        # left out when nobody asked for it, said when somebody did
        assert "corner" not in [one.scheme for one in watermark.detect(out)]
        [asked] = watermark.detect(out, schemes=["corner"])
        assert asked.status is Status.UNSUPPORTED
        assert "key" in asked.sentence
        [wrong] = watermark.detect(out, keys=[OTHER], schemes=["corner"])
        assert wrong.status is Status.ABSENT
        [right] = watermark.detect(out, keys=[OTHER, KEY], schemes=["corner"])
        with pytest.raises(KeyInvalid, match="with the key"):
            watermark.embed(picture, out, scheme="corner", payload=b"\xab\x02")
    assert right.found
    assert right.details["key"] == keys.name(KEY)
    assert right.false_alarm == pytest.approx(2e-4)


def test_a_copy_that_does_not_hold_the_mark_is_not_kept(corner: Make, picture: Path) -> None:
    out = picture.with_name("marked.jpg")
    out.write_bytes(b"what was here before")
    with (
        registry.registered(corner(spoil="pixels[0, 0, 0] = 0")),
        pytest.raises(WatermarkNotHeld, match="could not be read back"),
    ):
        watermark.embed(picture, out, scheme="corner", payload=b"\xab\x01")
    assert out.read_bytes() == b"what was here before"
    assert not list(picture.parent.glob(".marking-*"))


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("raise RuntimeError('oh')", "RuntimeError: oh"),
        ("return 3", "no detection of this scheme"),
        ("import os; os._exit(3)", "without an answer"),
        ("sample.resource('weights')", "its card does not name"),
    ],
)
def test_a_broken_scheme_harms_no_other(
    corner: Make, picture: Path, before: str, words: str
) -> None:
    with registry.registered(corner(before=before)):
        found = {
            one.scheme: one for one in watermark.detect(picture, schemes=["corner", "generators"])
        }
    assert found["corner"].status in {Status.UNREADABLE, Status.UNSUPPORTED}
    assert words in found["corner"].sentence
    assert found["generators"].status is Status.ABSENT


def test_weights_come_from_the_catalogue_of_the_plugin(
    corner: Make, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = b"weights of somebody"
    entry = corner(
        resources="resources: [weights]",
        before="assert sample.resource('weights').read_bytes() == b'weights of somebody'",
    )
    (tmp_path / "plugin/their_marks/resources.yaml").write_text(
        "resources:\n  - id: weights\n    file: models/corner/weights.bin\n"
        "    url: https://example.org/weights.bin\n"
        f'    sha256: "{hashlib.sha256(weights).hexdigest()}"\n    bytes: {len(weights)}\n'
        "    licence: MIT\n    what: weights of the corner\n"
    )
    with registry.registered(entry):
        [missing] = watermark.detect(picture, schemes=["corner"])
        assert missing.status is Status.UNSUPPORTED
        assert "probity pull weights" in missing.sentence
        assert "corner" not in [one.scheme for one in watermark.detect(picture)]
        mirror = tmp_path / "mirror/models/corner"
        mirror.mkdir(parents=True)
        (mirror / "weights.bin").write_bytes(weights)
        monkeypatch.setenv("PROBITY_RESOURCES_MIRROR", str(tmp_path / "mirror"))
        [there] = watermark.detect(picture, schemes=["corner"])
    assert there.status is Status.ABSENT


def test_missing_libraries_are_named(corner: Make, picture: Path) -> None:
    entry = corner()
    assert entry.card_path
    text = entry.card_path.read_text().replace("[numpy]", "[a_library_nobody_has]")
    entry.card_path.write_text(text)
    again = registry.describe("corner", target=entry.target, distribution=entry.distribution)
    with registry.registered(again):
        [found] = watermark.detect(picture, schemes=["corner"])
    assert "a_library_nobody_has" in found.sentence


def test_other_media_are_left_out(corner: Make, tmp_path: Path, tone: Path) -> None:
    with registry.registered(corner()):
        assert [one.scheme for one in watermark.detect(tone)] == []
        [asked] = watermark.detect(tone, schemes=["corner"])
        with pytest.raises(WatermarkRefused, match="made for image"):
            watermark.embed(tone, tmp_path / "o.png", scheme="corner", payload=b"ab")
    assert asked.status is Status.UNSUPPORTED


def test_refusals_say_what_to_do(corner: Make, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    out = tmp_path / "out.png"
    with registry.registered(corner()):
        with pytest.raises(SchemeUnknown, match="generators"):
            watermark.detect(picture, schemes=["nobody"])
        with pytest.raises(FileUnreadable, match="not there"):
            watermark.detect(tmp_path / "none.png")
        with pytest.raises(MediaRefusal):
            watermark.detect(tmp_path / "text.png")
        with pytest.raises(KeyInvalid, match="64 hexadecimal"):
            watermark.detect(picture, keys=[b"short"])
        with pytest.raises(PayloadInvalid, match="hides 2 bytes"):
            watermark.embed(picture, out, scheme="corner", payload=b"one")
        with pytest.raises(WatermarkRefused, match="may not replace"):
            watermark.embed(picture, picture, scheme="corner", payload=b"ab")
        with pytest.raises(WatermarkRefused, match="not there"):
            watermark.embed(picture, tmp_path / "no/where.png", scheme="corner", payload=b"ab")
        with pytest.raises(WatermarkRefused, match=r"\.jpeg, \.jpg"):
            watermark.embed(picture, tmp_path / "o.doc", scheme="corner", payload=b"ab")
        with pytest.raises(SchemeUnusable, match="never put in"):
            watermark.embed(picture, out, scheme="generators", payload=b"ab")
    assert not out.exists()


def test_what_belongs_to_the_picture_stays(
    corner: Make, tmp_path: Path, scene: Callable[..., np.ndarray]
) -> None:
    source, out = tmp_path / "turned.png", tmp_path / "out.png"
    image = Image.fromarray(scene(width=40, height=30)).convert("RGBA")
    see_through = np.full((30, 40), 255, dtype=np.uint8)
    see_through[:20] = np.linspace(0, 255, 20, dtype=np.uint8)[:, None]
    image.putalpha(Image.fromarray(see_through))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a description"
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>what it says</x:xmpmeta>")
    image.save(source, exif=exif, icc_profile=b"profile" * 30, dpi=(300, 300), pnginfo=texts)
    with registry.registered(corner()):
        watermark.embed(source, out, scheme="corner", payload=b"\xab\x01")
    with Image.open(out) as found:
        assert found.size == (30, 40)
        assert found.getexif().get(0x010E) == "a description"
        assert 0x0112 not in found.getexif()
        assert found.info["icc_profile"] == b"profile" * 30
        assert round(found.info["dpi"][0]) == 300
        assert found.mode == "RGBA"
        alpha = np.asarray(found.getchannel("A"), dtype=int)
        turned = np.rot90(np.asarray(image, dtype=int), k=-1)
        assert np.array_equal(alpha, turned[..., 3])
        # what lies below the see-through parts was not laid on white
        changed = np.any(np.asarray(found, dtype=int)[..., :3] != turned[..., :3], axis=2)
        assert changed.sum() <= 2
        assert b"what it says" in bytes(found.info["xmp"])


def test_pictures_in_other_colours_come_out_as_they_look(
    corner: Make, tmp_path: Path, scene: Callable[..., np.ndarray]
) -> None:
    """A profile for inks or greys must not be put on colours; one for sRGB stays."""
    pixels = Image.fromarray(scene(width=64, height=48))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    pixels.save(tmp_path / "srgb.png", icc_profile=srgb)
    pixels.convert("CMYK").save(tmp_path / "inks.tif", icc_profile=lab)
    pixels.convert("L").save(tmp_path / "grey.png", icc_profile=lab)
    kept = {}
    with registry.registered(corner()):
        for name in ("srgb.png", "inks.tif", "grey.png"):
            out = tmp_path / f"out-{name}.png"
            watermark.embed(tmp_path / name, out, scheme="corner", payload=b"\xab\x01")
            with Image.open(out) as found:
                kept[name] = found.info.get("icc_profile")
                change = np.asarray(found, dtype=int) - image_rgb(tmp_path / name)
            assert (np.abs(change).max(axis=2) > 0).sum() <= 2
    assert kept == {"srgb.png": srgb, "inks.tif": None, "grey.png": None}


def test_a_broken_card_is_listed_with_its_error(corner: Make, picture: Path) -> None:
    entry = corner(card="id: corner\ntitle: x\n")
    assert entry.card is None
    assert "missing" in str(entry.error)
    with registry.registered(entry):
        [found] = watermark.detect(picture, schemes=["corner"])
        assert "generators" in [one.id for one in registry.entries()]
    assert "cannot be used" in found.sentence


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("licence: MIT", "licence: MIT\nlicense: MIT", "unknown key license"),
        ("licence: MIT", "licence: MIT\nlicence: MIT", "twice"),
        ("media: [image]", "media: [smell]", "unknown media smell"),
        ('">=1.0,<2.0"', '">=2.0,<3.0"', "interface"),
        ("seconds: 20", "seconds: 0", "at least 1"),
        ("public: true", "public: perhaps", "true or false"),
        ("payload_bytes: 2", "", "payload_bytes"),
        ("id: corner", "id: border", "differs"),
    ],
)
def test_cards_are_strict(corner: Make, old: str, new: str, words: str) -> None:
    entry = corner()
    assert entry.card_path
    assert entry.card
    assert entry.card.to_dict()["id"] == "corner"
    entry.card_path.write_text(entry.card_path.read_text().replace(old, new))
    again = registry.describe("corner", target=entry.target, distribution=entry.distribution)
    assert words in str(again.error)


def test_nothing_is_left_behind_in_the_child(corner: Make, picture: Path) -> None:
    """Two calls in a row use one child; what the first wrote down is gone."""
    out = picture.with_name("marked.png")
    with registry.registered(corner()):
        for number in (1, 2):
            watermark.embed(picture, out, scheme="corner", payload=bytes([0xAB, number]))
    child.shutdown()
    assert sorted(path.name for path in picture.parent.glob("*.png")) == [
        "marked.png", "picture.png",
    ]  # fmt: skip
