"""Fifty-odd bad inputs: each gets a 4xx with a sentence, and leaves no row and no file."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from probity.audit.models import AuditEvent
from probity.cases.models import Case, Report
from probity.evidence.models import Asset

pytestmark = pytest.mark.django_db


def _png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _jpeg() -> bytes:
    out = io.BytesIO()
    noise = np.random.default_rng(3).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    Image.fromarray(noise).save(out, "JPEG", quality=80)
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.jpg", b"x")
    return out.getvalue()


def _gif_bomb() -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + b"\0" * 6
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02D\x01\0"
    return head + frame * 50 + b";"


def _wav(data: bytes, claimed: int, rate: int = 16_000) -> bytes:
    form = struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)
    return (
        b"RIFF" + struct.pack("<I", 36 + claimed & 0xFFFFFFFF) + b"WAVEfmt "
        + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", claimed) + data
    )  # fmt: skip


SDP = b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
M3U8 = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n"
MPD = b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>'

FILES: dict[str, tuple[str, bytes]] = {
    "empty": ("a.jpg", b""),
    "one byte": ("a.jpg", b"\xff"),
    "two bytes": ("a.jpg", b"\xff\xd8"),
    "text": ("a.jpg", b"this is not a picture at all, only words\n" * 20),
    "html": ("a.png", b"<!doctype html><script>alert(1)</script>"),
    "json": ("a.webp", b'{"a": 1}'),
    "zip": ("a.jpg", _zip()),
    "elf": ("a.mp4", b"\x7fELF" + b"\x02\x01\x01" + b"\0" * 400),
    "exe": ("a.mp4", b"MZ" + b"\0" * 400),
    "gzip": ("a.jpg", gzip.compress(b"x" * 1000)),
    "shell": ("a.wav", b"#!/bin/sh\nid\n"),
    "random": ("a.jpg", np.random.default_rng(1).bytes(5000)),
    "zeros": ("a.mp4", b"\0" * 5000),
    "sdp": ("a.mp4", SDP),
    "hls": ("a.mp4", M3U8),
    "dash": ("a.mp4", MPD),
    "concat": ("a.mp4", b"ffconcat version 1.0\nfile '/etc/passwd'\n"),
    "png bomb": ("a.png", _png_header(65535, 65535)),
    "png wide": ("a.png", _png_header(2**31 - 1, 1)),
    "png no size": ("a.png", _png_header(0, 0)),
    "png header only": ("a.png", _png_header(100, 100)[:33]),
    "gif bomb": ("a.gif", _gif_bomb()),
    "gif header only": ("a.gif", b"GIF89a"),
    "jpeg cut": ("a.jpg", _jpeg()[:300]),
    "jpeg head": ("a.jpg", _jpeg()[:20]),
    "riff empty": ("a.wav", b"RIFF\0\0\0\0WAVE"),
    "wav no samples": ("a.wav", _wav(b"", 0)),
    "wav no rate": ("a.wav", _wav(b"\0" * 64, 64, rate=0)),
    "mp4 head": ("a.mp4", struct.pack(">I", 24) + b"ftypisom\0\0\2\0isomiso2"),
    "mp4 absurd box": (
        "a.mp4",
        struct.pack(">I", 24) + b"ftypisom\0\0\2\0isomiso2" + b"\xff\xff\xff\xffmdat",
    ),
    "webm head": ("a.webm", b"\x1aE\xdf\xa3" + b"\0" * 60),
    "webp head": ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 "),
    "bmp absurd": (
        "a.bmp",
        b"BM"
        + struct.pack("<IHHIIiiHHIIiiII", 100, 0, 0, 54, 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0),
    ),
    "tiff loop": ("a.tif", b"II*\0\x08\0\0\0\0\0\x08\0\0\0"),
    "flac head": ("a.flac", b"fLaC\0\0\0\x22" + b"\0" * 34),
    "mp3 tag only": ("a.mp3", b"ID3\x04\0\0\0\0\0\0"),
    "ogg head": ("a.ogg", b"OggS\0\2" + b"\0" * 40),
    "avi head": ("a.avi", b"RIFF\x10\0\0\0AVI LIST"),
}
MANY_PLACES = ",".join(f"{first}{chr(65 + n)}" for first in "AB" for n in range(26))
GOOD = {"category": "other", "explanation": "Please look."}
FIELDS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no target": GOOD,
    "no category": {"explanation": "x", "sha256": "a" * 64},
    "wrong category": {**GOOD, "category": "spam", "sha256": "a" * 64},
    "no explanation": {"category": "other", "sha256": "a" * 64},
    "blank explanation": {**GOOD, "explanation": "  ", "sha256": "a" * 64},
    "endless explanation": {**GOOD, "explanation": "x" * 10_001, "sha256": "a" * 64},
    "short hash": {**GOOD, "sha256": "abc"},
    "hash of letters": {**GOOD, "sha256": "z" * 64},
    "file url": {**GOOD, "url": "file:///etc/passwd"},
    "script url": {**GOOD, "url": "javascript:alert(1)"},
    "no host": {**GOOD, "url": "https://"},
    "broken url": {**GOOD, "url": "http://[::1"},
    "place in words": {**GOOD, "sha256": "a" * 64, "places": "California"},
    "many places": {
        **GOOD,
        "sha256": "a" * 64,
        "places": ",".join(f"A{chr(65 + n)}" for n in range(26)) + ",BA,BB,BD,BE,BF",
    },
    "odd truth": {**GOOD, "sha256": "a" * 64, "depicted": "perhaps"},
    "odd e-mail": {**GOOD, "sha256": "a" * 64, "email": "not-an-address"},
    "null character": {**GOOD, "sha256": "a" * 64, "explanation": "a\x00b"},
    "number for text": {**GOOD, "sha256": "a" * 64, "explanation": 7},
    "unknown field": {**GOOD, "sha256": "a" * 64, "colour": "red"},
}


@pytest.fixture
def nothing_left(stored_files: Callable[[], list[Path]]) -> Any:
    """Check after the test that no row and no file came to be."""
    yield
    assert [Case.objects.count(), Report.objects.count(), Asset.objects.count()] == [0, 0, 0]
    assert AuditEvent.objects.exclude(chain="system").count() == 0
    assert stored_files() == []


def told(answer: Any) -> None:
    assert 400 <= answer.status_code < 500, answer.content[:300]
    assert answer["content-type"] == "application/problem+json"
    sentence = answer.json()["detail"]
    assert len(sentence) > 20
    assert sentence[0].isupper() or sentence[0] == "“"
    assert "Traceback" not in sentence
    assert "/tmp" not in sentence


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file(client_for: Callable[..., APIClient], nothing_left: None, name: str) -> None:
    filename, data = FILES[name]
    upload = SimpleUploadedFile(filename, data, "image/jpeg")
    told(client_for().post("/api/v1/reports", {**GOOD, "file": upload}, format="multipart"))


@pytest.mark.parametrize("name", FIELDS)
def test_bad_fields(client_for: Callable[..., APIClient], nothing_left: None, name: str) -> None:
    told(client_for().post("/api/v1/reports", FIELDS[name], format="json"))


def test_a_file_over_the_limit(
    client_for: Callable[..., APIClient], nothing_left: None, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 100_000
    upload = SimpleUploadedFile("a.jpg", b"\xff\xd8" + b"x" * 200_000, "image/jpeg")
    answer = client_for().post("/api/v1/reports", {**GOOD, "file": upload}, format="multipart")
    assert answer.status_code == 413
    told(answer)


def test_fields_over_the_limit(client_for: Callable[..., APIClient], nothing_left: None) -> None:
    body = {**GOOD, "explanation": "x" * 400_000}
    told(client_for().post("/api/v1/reports", body, format="multipart"))


@pytest.mark.parametrize("body", [b"{", b"[1, 2]", b'"text"', b"null", b"\xff\xfe"])
def test_a_body_that_is_no_object(
    client_for: Callable[..., APIClient], nothing_left: None, body: bytes
) -> None:
    told(client_for().post("/api/v1/reports", body, content_type="application/json"))


def test_a_wrong_hash_for_the_file(
    client_for: Callable[..., APIClient], nothing_left: None
) -> None:
    upload = SimpleUploadedFile("a.jpg", _jpeg(), "image/jpeg")
    body = {**GOOD, "sha256": "a" * 64, "file": upload}
    told(client_for().post("/api/v1/reports", body, format="multipart"))


def test_a_place_that_does_not_exist(
    client_for: Callable[..., APIClient], nothing_left: None
) -> None:
    upload = SimpleUploadedFile("a.jpg", _jpeg(), "image/jpeg")
    body = {**GOOD, "places": "XX", "file": upload}
    told(client_for().post("/api/v1/reports", body, format="multipart"))


def test_a_false_extension_is_handled_by_its_bytes(client_for: Callable[..., APIClient]) -> None:
    upload = SimpleUploadedFile("a.mp4", _jpeg() + _zip(), "video/mp4")
    client = client_for("ada", "administrator")
    answer = client.post("/api/v1/reports", {**GOOD, "file": upload}, format="multipart")
    assert answer.status_code == 201
    case = client.get(f"/api/v1/cases/{answer.json()['case']}").json()
    assert case["evidence"][0]["media_type"] == "image/jpeg"


@pytest.mark.parametrize(
    "facts",
    [
        {}, [], {"no_such_fact": True}, {"intimate": "yes"}, {"intimate": 1}, {"intimate": [True]},
        {"days_to_election": True}, {"days_to_election": "30"}, {"days_to_election": 10**9},
        {"intimate": True, "no_such_fact": True},
    ],
)  # fmt: skip
def test_bad_facts(client_for: Callable[..., APIClient], facts: Any) -> None:
    client = client_for("ada", "administrator")
    case = client.post("/api/v1/reports", {**GOOD, "sha256": "a" * 64}, format="json").json()[
        "case"
    ]
    told(client.post(f"/api/v1/cases/{case}/facts", facts, format="json"))
    assert client.get(f"/api/v1/cases/{case}").json()["state"] == "open"


@pytest.mark.parametrize(
    "decision",
    [
        {}, [], {"action": "remove"}, {"action": "burn", "reason": "x"},
        {"action": "remove", "reason": "  "}, {"action": "remove", "reason": 7},
        {"action": "remove", "reason": "x", "rules": "all"},
        {"action": "remove", "reason": "x", "rules": ["no-such-rule"]},
        {"action": "remove", "reason": "x" * 10_001},
    ],
)  # fmt: skip
def test_bad_decisions(client_for: Callable[..., APIClient], decision: Any) -> None:
    client = client_for("ada", "administrator")
    case = client.post("/api/v1/reports", {**GOOD, "sha256": "a" * 64}, format="json").json()[
        "case"
    ]
    told(client.post(f"/api/v1/cases/{case}/decisions", decision, format="json"))
    shown = client.get(f"/api/v1/cases/{case}").json()
    assert (shown["state"], shown["decisions"]) == ("open", [])


def test_the_number_of_bad_inputs() -> None:
    assert len(FILES) + len(FIELDS) >= 50
