"""A case with a picture, a video and a sound, repeated in another process with other threads."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from probity.cases.models import Case
from probity.cases.services import item_add
from probity.evidence.models import Asset

pytestmark = pytest.mark.django_db


def picture() -> bytes:
    noise = np.random.default_rng(1).normal(128, 30, (240, 320, 3))
    once, twice = io.BytesIO(), io.BytesIO()
    Image.fromarray(np.clip(noise, 0, 255).astype("uint8")).save(once, "JPEG", quality=60)
    Image.open(once).save(twice, "JPEG", quality=92)
    return twice.getvalue()


def sound(seconds: int = 6) -> bytes:
    time = np.arange(seconds * 16_000) / 16_000
    loud = (np.sin(2 * np.pi * 0.7 * time) > 0) * np.sin(2 * np.pi * 180 * time)
    samples = 0.4 * loud + np.random.default_rng(2).normal(0, 0.01, time.size)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 30_000).astype("<i2").tobytes())
    return out.getvalue()


def video(path: Path) -> bytes:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(60):
            shade = np.full((120, 160, 3), 60 + number, dtype="uint8")
            shade[30:90, 20 + number : 60 + number] = 200
            file.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        file.mux(stream.encode())
    return path.read_bytes()


@pytest.fixture
def mixed(client_for: Callable[..., APIClient], work: Callable[[], int], tmp_path: Path) -> Case:
    """One case that holds all three."""
    client = client_for("ada", "lead")
    files = {
        "a.jpg": (picture(), "image/jpeg"),
        "b.wav": (sound(), "audio/wav"),
        "c.mp4": (video(tmp_path / "c.mp4"), "video/mp4"),
    }
    for name, (data, kind) in files.items():
        body = {
            "category": "election", "explanation": name,
            "file": SimpleUploadedFile(name, data, kind),
        }  # fmt: skip
        assert client.post("/api/v1/reports", body).status_code == 201
    work()
    case = Case.objects.earliest("number")
    for asset in Asset.objects.all():
        item_add(case=case, asset=asset, report=case.reports.get())
    return case


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the one bundle of these tests lies once it is made."""
    return tmp_path_factory.mktemp("mixed") / "bundle.zip"


@pytest.fixture
def made(request: pytest.FixtureRequest, kept: Path) -> Path:
    if not kept.exists():
        mixed: Case = request.getfixturevalue("mixed")
        bundle: Callable[..., Path] = request.getfixturevalue("bundle")
        kept.write_bytes(bundle(mixed).read_bytes())
    return kept


@pytest.mark.parametrize("threads", ["1", "4"])
def test_everything_repeats_elsewhere(made: Path, threads: str) -> None:
    env = {
        **os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads,
        "OPENCV_FOR_THREADS_NUM": threads,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "probity_cli", "bundle", "reproduce", str(made), "--json"],
        capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    checks = json.loads(done.stdout)["checks"]
    assert {row["state"] for row in checks} == {"passed"}
    names = {row["check"] for row in checks}
    assert {"image.jpeg_ghost", "audio.background", "video.timing"} <= names
