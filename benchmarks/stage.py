"""A database, an evidence store and media of the benchmark's own."""

from __future__ import annotations

import atexit
import io
import os
import shutil
import tempfile
import wave
from pathlib import Path

import numpy as np
from PIL import Image


def django_begin(*, kept: str = "") -> Path:
    """Start a throw-away PostgreSQL, migrate it, load Django; return the home folder.

    ``kept`` names a folder to use instead, which is left where it is with all that is in it.
    """
    home = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="probity-bench-"))
    home.mkdir(exist_ok=True)
    os.environ.update(PROBITY_HOME=str(home), DJANGO_SETTINGS_MODULE="probity.settings")
    from probity.core.launch import postgres

    cluster = postgres.ensure(home)
    owner = os.getpid()

    def end() -> None:
        if os.getpid() == owner:
            cluster.stop()
            if not kept:
                shutil.rmtree(home, ignore_errors=True)

    atexit.register(end)
    os.environ["DATABASE_URL"] = cluster.url(role="owner")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("setup_instance", verbosity=0, stdout=io.StringIO())
    return home


def picture(folder: Path, *, seed: int, size: tuple[int, int] = (1600, 1200)) -> Path:
    """A drawn JPEG: soft gradients with sensor-like noise."""
    generator = np.random.default_rng(seed)
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
    base = 128 + 90 * np.sin(rows / 97 + seed) * np.cos(columns / 131)
    noisy = base[..., None] + generator.normal(0, 6, (size[1], size[0], 3))
    path = folder / f"drawn-{seed}.jpg"
    Image.fromarray(np.clip(noisy, 0, 255).astype("uint8")).save(path, "JPEG", quality=88)
    return path


def sound(folder: Path, *, seed: int, seconds: int = 20) -> Path:
    """A drawn WAV: bursts of tone over noise."""
    generator = np.random.default_rng(seed)
    time = np.arange(seconds * 16_000) / 16_000
    loud = (np.sin(2 * np.pi * 0.5 * time) > 0) * np.sin(2 * np.pi * 220 * time)
    samples = 0.4 * loud + generator.normal(0, 0.01, time.size)
    path = folder / f"drawn-{seed}.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path
