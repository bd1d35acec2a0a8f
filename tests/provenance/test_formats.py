"""Every kind of file that the library reads, made and signed here: recognised by its bytes, read,
and never valid once its content was changed."""

from __future__ import annotations

import io
import itertools
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from benchmarks import mutants
from provenance import verify

Sign = Callable[..., tuple[bytes, bytes]]
Put = Callable[[str, bytes], Path]
COUNT = int(os.environ.get("PROBITY_TEST_MUTANTS", "200"))


def still(form: str) -> bytes:
    noise = np.random.default_rng(7).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    target = io.BytesIO()
    Image.fromarray(noise).save(target, form)
    return target.getvalue()


def dng() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 40, 10)).save(target, "TIFF", tiffinfo={50706: b"\1\4\0\0"})
    return target.getvalue()


def video(form: str) -> bytes:
    target = io.BytesIO()
    noise = np.random.default_rng(7)
    with av.open(target, "w", format=form) as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(5):
            pixels = noise.integers(0, 255, (48, 64, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
        container.mux(stream.encode())
    return target.getvalue()


def sound(form: str, codec: str) -> bytes:
    target = io.BytesIO()
    wave = np.random.default_rng(7).integers(-9000, 9000, (1, 22050), dtype=np.int16)
    with av.open(target, "w", format=form) as container:
        stream = container.add_stream(codec, rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
        frame.sample_rate = 44100
        turn = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=44100)
        for piece in turn.resample(frame):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return target.getvalue()


def boxes(*named: tuple[bytes, bytes]) -> bytes:
    return b"".join((len(body) + 8).to_bytes(4, "big") + name + body for name, body in named)


def jxl() -> bytes:
    lead = b"\0\0\0\x0cJXL \r\n\x87\n"
    body = random.Random(7).randbytes(900)
    return lead + boxes((b"ftyp", b"jxl \0\0\0\0jxl "), (b"jxlc", b"\xff\x0a" + body))


def heic() -> bytes:
    body = random.Random(7).randbytes(900)
    return boxes((b"ftyp", b"heic\0\0\0\0mif1"), (b"meta", bytes(4)), (b"mdat", body))


def svg() -> bytes:
    dots = "".join(f'<circle cx="{n}" cy="{n * 7 % 40}" r="1"/>' for n in range(40))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{dots}</svg>'.encode()


def pdf() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\nxref\n0 4\n"
        b"0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
        b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n160\n%%EOF\n"
    )


MADE: dict[str, Callable[[], bytes]] = {
    "image/jpeg": lambda: still("JPEG"),
    "image/png": lambda: still("PNG"),
    "image/webp": lambda: still("WEBP"),
    "image/tiff": lambda: still("TIFF"),
    "image/gif": lambda: still("GIF"),
    "image/avif": lambda: still("AVIF"),
    "image/heif": heic,
    "image/jxl": jxl,
    "image/x-adobe-dng": dng,
    "image/svg+xml": svg,
    "application/pdf": pdf,
    "video/mp4": lambda: video("mp4"),
    "video/quicktime": lambda: video("mov"),
    "video/x-msvideo": lambda: video("avi"),
    "audio/wav": lambda: sound("wav", "pcm_s16le"),
    "audio/mpeg": lambda: sound("mp3", "libmp3lame"),
    "audio/mp4": lambda: sound("ipod", "aac"),
    "audio/flac": lambda: sound("flac", "flac"),
}


@pytest.mark.parametrize("kind", MADE)
def test_every_kind_is_known_by_its_bytes_and_read(
    kind: str, newsroom: Any, sign: Sign, put: Put, own_list: Callable[..., Path]
) -> None:
    own_list("newsroom", newsroom.root_pem)
    mime = {"image/heif": "image/heic"}.get(kind, kind)
    path = put("file.wrong-name", sign(MADE[kind](), newsroom, mime=mime)[0])
    record = verify.read(path)
    assert record.media_type == kind
    assert (record.credentials, record.verdict) == ("embedded", "trusted")
    unsigned = verify.read(put("plain", MADE[kind]()))
    assert (unsigned.media_type, unsigned.credentials) == (kind, "absent")


def content(made: bytes, signed: bytes) -> range:
    """Where a piece of the file as it was lies in the signed one."""
    for length, share in itertools.product((min(400, len(made) // 4), 16), (4, 5, 6, 3, 7, 8, 2)):
        begin = len(made) * share // 10
        at = signed.find(made[begin : begin + length])
        if at >= 0:
            return range(at, at + length)
    raise AssertionError("nothing of the file is in the signed one")


def test_mutants_of_every_kind(
    newsroom: Any, sign: Sign, own_list: Callable[..., Path], tmp_path: Path
) -> None:
    own_list("newsroom", newsroom.root_pem)
    seeds = []
    for kind, make in MADE.items():
        made = make()
        mime = {"image/heif": "image/heic"}.get(kind, kind)
        signed, _ = sign(made, newsroom, mime=mime)
        seeds.append(mutants.Seed(kind, signed, content(made, signed)))
    made_of_all = mutants.mutants(seeds, count=COUNT, chance=random.Random(20261121))
    report = mutants.read_all(made_of_all)
    assert report.ended == 0, report.why
    assert report.deceived == []
    assert sum(report.verdicts.values()) > COUNT * 0.9
