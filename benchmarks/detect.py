"""Detectors: what the product adds to bare decoding and measuring, how fast, in how much memory.

The bare way decodes and measures in one warm process without confinement, transport, digest or
assessment, with one thread as the confined ones have. Both ways take turns, file by file. Networks
that need weights are left out: they are measured where they are prepared.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
import wave
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.figures import Figure, keep

REPEATS = 2
PICTURES, SOUNDS = 4, 2
SOUND_SECONDS, SHORT_SECONDS, LONG_SECONDS = 60, 120, 3600
_ONE_THREAD = ("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def main() -> list[Figure]:
    """Measure and keep the figures."""
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")  # before numpy is loaded
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = [*_times(folder), *_memory(folder)]
    keep("detect", figures)
    return figures


def _times(folder: Path) -> list[Figure]:
    from benchmarks import stage
    from foundation.batch import cores

    pictures = [stage.picture(folder, seed=seed) for seed in range(PICTURES)]
    sounds = [stage.sound(folder, seed=seed, seconds=SOUND_SECONDS) for seed in range(SOUNDS)]
    figures, seconds = [], {}
    for what, files in (("pictures of 2 megapixels", pictures), ("recordings of 60 s", sounds)):
        whole, bare = _alternating(files)
        seconds[what] = whole
        figures.append(
            Figure(
                f"analysis of {what}", 1000 * whole, 1000 * bare, "ms a file (median)",
                "bare decoding and measuring", "lower",
            )
        )  # fmt: skip
    one, all_ = _rate(pictures, workers=1), _rate(pictures, workers=cores())
    figures.append(
        Figure("pictures a second and core, all cores at work", all_ / cores(), one, "files/s",
               "one core alone", "higher")
    )  # fmt: skip
    figures.append(
        Figure("analysis of sound", SOUND_SECONDS / seconds["recordings of 60 s"], 1.0,
               "seconds of sound a second", "real time", "higher")
    )  # fmt: skip
    return figures


def _alternating(files: list[Path]) -> tuple[float, float]:
    """Median seconds a file, in the product and bare."""
    _whole(files[0])
    _bare(files[0])
    whole: list[float] = []
    bare: list[float] = []
    for _ in range(REPEATS):
        for path in files:
            bare.append(_timed(_bare, path))
            whole.append(_timed(_whole, path))
    return statistics.median(whole), statistics.median(bare)


def _timed(work: Callable[[Path], None], path: Path) -> float:
    begun = time.perf_counter()
    work(path)
    return time.perf_counter() - begun


def _rate(files: list[Path], *, workers: int) -> float:
    from foundation.batch import each

    def look(path: Path) -> bool:
        _whole(path)
        return True

    list(each(files[:workers], look, workers=workers))  # every worker has its child
    begun = time.perf_counter()
    list(each(files * REPEATS, look, workers=workers))
    return len(files) * REPEATS / (time.perf_counter() - begun)


def _whole(path: Path) -> None:
    from detectors.runner import look

    look(path, only=_fitting(path))


def _bare(path: Path) -> None:
    """What any script would do: open the file once, hand it to each detector."""
    import cv2

    from detectors.api import Abstain
    from detectors.registry import find, instantiate
    from detectors.sample import SharedSample
    from foundation.media import Kind, Probe

    cv2.setNumThreads(1)
    sound = path.suffix == ".wav"
    probe = Probe(
        kind=Kind.AUDIO if sound else Kind.IMAGE, media_type="", format=path.suffix[1:],
        bytes=path.stat().st_size, sample_rate=16_000 if sound else None,
    )  # fmt: skip
    entries = [find(name) for name in _fitting(path)]
    cards = [entry.card for entry in entries if entry.card]
    shared = SharedSample(path=path, probe=probe, needs=[card.needs for card in cards])
    for entry, card in zip(entries, cards, strict=True):
        view = shared.view(needs=card.needs, resources={})
        try:
            instantiate(entry.target).detect(view, dict(card.parameters))
        except Abstain:
            continue


def _fitting(path: Path) -> list[str]:
    from detectors.registry import DISTRIBUTION, usable

    looks = "audio" if path.suffix == ".wav" else "image"
    return [
        entry.id
        for entry in usable()
        if entry.card
        and entry.card.modality == looks
        and entry.distribution.startswith(DISTRIBUTION)
        and not (entry.card.needs.resources or entry.card.needs.models)
    ]


def _memory(folder: Path) -> list[Figure]:
    from benchmarks import stage

    large = stage.picture(folder, seed=90, size=(4000, 3000))
    small = stage.picture(folder, seed=91, size=(1600, 1200))
    short, long = (_recording(folder, seconds) for seconds in (SHORT_SECONDS, LONG_SECONDS))
    return [
        Figure("most memory on a picture of 12 megapixels", _peak(large), _peak(small), "MiB",
               "a picture of 2 megapixels", "lower"),
        Figure("most memory on a recording of an hour", _peak(long), _peak(short), "MiB",
               "a recording of two minutes", "lower"),
        Figure("analysis of an hour of sound", LONG_SECONDS / _timed(_whole, long), 1.0,
               "seconds of sound a second", "real time", "higher"),
    ]  # fmt: skip


def _recording(folder: Path, seconds: int) -> Path:
    """Speech-like bursts over noise, written piece by piece."""
    import numpy as np

    path = folder / f"recording-{seconds}.wav"
    generator = np.random.default_rng(4)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        for piece in range(0, seconds, 60):
            at = np.arange(min(60, seconds - piece) * 16_000) / 16_000 + piece
            loud = (np.sin(2 * np.pi * 0.4 * at) > 0) * np.sin(2 * np.pi * 180 * at)
            samples = 0.3 * loud + generator.normal(0, 0.004, at.size)
            out.writeframes((samples * 32_767).astype("<i2").tobytes())
    return path


def _peak(path: Path) -> float:
    """The most that the confined process had resident at once, in MiB."""
    from detectors.runner import analyse
    from foundation import child
    from foundation.media import inspect

    probe = inspect(path)
    child.shutdown()  # the next one is fresh and has its peak to itself
    peaks: list[int] = []
    analyse(path, probe=probe, only=_fitting(path), on_finding=lambda _: peaks.extend(high_water()))
    return max(peaks) / 1024


def high_water() -> Iterable[int]:
    """VmHWM of this process's children, in KiB (proc(5))."""
    for pid in children():
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        yield from (int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def children() -> Iterable[str]:
    """The processes that this one has started."""
    for task in Path("/proc/self/task").iterdir():
        yield from (task / "children").read_text().split()
