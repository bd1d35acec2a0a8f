"""Small pictures from a stranger's manifest: only what was encoded anew comes out."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import c2pa
import pytest
from PIL import Image

from provenance import library, thumbnails, verify

Sign = Callable[..., tuple[bytes, bytes]]
Put = Callable[[str, bytes], Path]


def picture_of(size: tuple[int, int], form: str = "JPEG", **more: Any) -> bytes:
    target = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(target, form, **more)
    return target.getvalue()


def signed(who: Any, data: bytes, small: bytes, *, mime: str = "image/jpeg") -> bytes:
    """``data`` signed with ``small`` as the manifest's thumbnail, whatever it is."""
    definition = {
        "title": "x",
        "format": "image/jpeg",
        "thumbnail": {"format": mime, "identifier": "thumb"},
        "claim_generator_info": [{"name": "t", "version": "1"}],
    }
    context = c2pa.Context.from_dict(
        {"verify": {"verify_after_sign": False}, "core": {"allowed_network_hosts": []}}
    )
    target = io.BytesIO()
    with who.signer() as signer, c2pa.Builder(definition, context=context) as builder:
        builder.set_intent(
            c2pa.C2paBuilderIntent.CREATE, c2pa.C2paDigitalSourceType.DIGITAL_CAPTURE
        )
        builder.add_resource("thumb", io.BytesIO(small))
        builder.sign(signer, "image/jpeg", io.BytesIO(data), target)
    return target.getvalue()


def test_every_node_that_has_one(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes]
) -> None:
    parent = signed(newsroom, picture(), picture_of((640, 400), exif=b"Exif\0\0secret"))
    edit, _ = sign(picture(colour=(9, 9, 9)), newsroom, parent=parent)
    path = put("e.jpg", edit)
    found = verify.thumbnails(path)
    tree = verify.read(path).tree
    assert tree is not None
    with_one = {tree["root"]["key"]: tree["root"]["thumbnail"]}
    with_one |= {node["key"]: node["thumbnail"] for node in tree["root"]["ingredients"]}
    assert {one.node for one in found} == {key for key, has in with_one.items() if has}
    assert "0.0" in {one.node for one in found}
    for one in found:
        with Image.open(io.BytesIO(one.data)) as image:
            assert image.format == "WEBP"
            assert image.size == (one.width, one.height)
            assert max(image.size) <= thumbnails.LONGEST_SIDE
            assert not image.getexif()
        assert b"secret" not in one.data
        assert "data" not in one.to_dict()


@pytest.mark.parametrize(
    ("small", "mime"),
    [
        (b"\xff\xd8\xff junk", "image/jpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "image/svg+xml"),
        (picture_of((30, 30), "GIF"), "image/jpeg"),
        (picture_of((64, 64))[:300], "image/jpeg"),
    ],
)
def test_what_is_no_picture_is_left_out(
    small: bytes, mime: str, newsroom: Any, put: Put, picture: Callable[..., bytes]
) -> None:
    path = put("a.jpg", signed(newsroom, picture(), small, mime=mime))
    assert verify.thumbnails(path) == []


def test_a_picture_bomb_is_left_out(newsroom: Any, put: Put, picture: Callable[..., bytes]) -> None:
    bomb = bytearray(picture_of((8, 8), "PNG"))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    path = put("a.jpg", signed(newsroom, picture(), bytes(bomb), mime="image/png"))
    assert verify.thumbnails(path) == []


def test_a_part_that_is_too_large_is_left_out(
    newsroom: Any, put: Put, picture: Callable[..., bytes]
) -> None:
    path = put("a.jpg", signed(newsroom, picture(), picture_of((200, 200), quality=95)))

    def parts(largest: int) -> dict[str, bytes]:
        return library.resources(
            path,
            sidecar=None,
            kind=None,
            choose=lambda report: {
                "x": report["manifests"][report["active_manifest"]]["thumbnail"]["identifier"]
            },
            largest=largest,
        )

    assert parts(1_000) == {}
    assert len(parts(1_000_000)["x"]) > 1_000
    library._contexts.clear()


def test_files_without_credentials_have_none(
    put: Put, picture: Callable[..., bytes], newsroom: Any, sign: Sign
) -> None:
    assert verify.thumbnails(put("a.jpg", picture())) == []
    assert verify.thumbnails(put("b", b"junk")) == []
    data, store = sign(picture(), newsroom, sidecar=True)
    path = put("c.jpg", data)
    assert verify.thumbnails(path) == []
    assert [one.node for one in verify.thumbnails(path, sidecar=put("c.c2pa", store))] == ["0"]
