"""The public marks of image generators, put in by the library that the generators use.

The library (``invisible-watermark`` 0.2.0 with PyWavelets, both without what they would pull along)
is installed into a folder of its own. Its own reader runs on the same pictures in the same run:
exact payloads count. Ours names a generator where the bound of false alarms is at most 1e-6.
All pictures among the reference media are read unmarked as well.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.figures import Figure, keep
from foundation.errors import Refusal
from foundation.media.decode import image_rgb
from provenance.watermark.generators import MOST_FALSE_ALARMS, PAYLOADS, Payload, Reading, readings

Pixels = npt.NDArray[np.uint8]
LIBRARY = ("invisible-watermark==0.2.0", "PyWavelets==1.9.0")
MARKED = 12
_KINDS = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".gif"}


def main() -> list[Figure]:
    """False alarms on everything; marks on some, at two sizes, whole and exact numbers."""
    pictures = list(_pictures())
    if not pictures:
        print("watermark_public: the reference media are not here; set PROBITY_SHARED.")
        return []
    figures = [_unmarked(pictures)]
    with tempfile.TemporaryDirectory() as folder:
        library = _library(Path(folder))
        if library is None:
            print("watermark_public: the library could not be installed; no marks were put in.")
        else:
            figures += _marked(pictures, library)
    keep("watermark_public", figures)
    return figures


def _pictures() -> Iterator[Pixels]:
    shared = os.environ.get("PROBITY_SHARED") or Path(__file__).resolve().parents[2] / "shared"
    seen = set()
    for path in sorted((Path(shared) / "media").rglob("*")):
        if path.suffix.lower() not in _KINDS:
            continue
        try:
            pixels = image_rgb(path)
        except Refusal:
            continue
        if (mark := hash(pixels.tobytes())) not in seen:
            seen.add(mark)
            yield pixels


def _best(pixels: Pixels) -> Reading | None:
    return min(readings(pixels), key=lambda one: one.false_alarm, default=None)


def _unmarked(pictures: list[Pixels]) -> Figure:
    bounds = [best.false_alarm for best in map(_best, pictures) if best is not None]
    alarms = sum(bound <= MOST_FALSE_ALARMS for bound in bounds)
    print(f"unmarked: {alarms} alarms on {len(bounds)} pictures; least bound {min(bounds):.2g}")
    return Figure(
        "public marks: false alarms", alarms, len(bounds), "pictures", "all unmarked", "lower"
    )


def _library(folder: Path) -> ModuleType | None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    done = subprocess.run([*command, str(folder), *LIBRARY], check=False, capture_output=True)
    file = folder / "imwatermark/maxDct.py"
    if done.returncode or not file.is_file():
        return None
    sys.path.insert(0, str(folder))
    # the package itself imports torch for another method
    spec = importlib.util.spec_from_file_location("max_dct", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _marked(pictures: list[Pixels], library: ModuleType) -> list[Figure]:
    chosen = [pixels for pixels in pictures if min(pixels.shape[:2]) >= 512][::7][:MARKED]
    figures = []
    for name, handle in _HANDLINGS.items():
        ours = theirs = count = 0
        for payload in PAYLOADS[:5]:
            for number, pixels in enumerate(map(_squared, chosen)):
                copy = handle(_put_in(pixels, payload, library, whole=number % 2 == 0))
                best = _best(copy)
                count += 1
                ours += (
                    best is not None
                    and best.false_alarm <= MOST_FALSE_ALARMS
                    and best.payload.generator == payload.generator
                )
                theirs += _theirs(copy, payload, library)
        print(f"{name}: ours {ours}, the library's reader {theirs} of {count}")
        figures += [
            Figure(f"public marks, {name}: read by ours", ours, count, "pictures",
                   "all that were marked", "higher"),
            Figure(f"public marks, {name}: read exactly by the library", theirs, count,
                   "pictures", "all that were marked", "higher"),
        ]  # fmt: skip
    return figures


def _squared(pixels: Pixels) -> Pixels:
    side = min(pixels.shape[:2])
    target = 1024 if side >= 1024 else 512
    square = pixels[:side, :side]
    return np.asarray(cv2.resize(square, (target, target), interpolation=cv2.INTER_AREA))


def _put_in(pixels: Pixels, payload: Payload, library: ModuleType, *, whole: bool) -> Pixels:
    bgr = np.ascontiguousarray(pixels[..., ::-1])
    bits = [int(bit) for bit in payload.bits]
    coder = library.EmbedMaxDct(bits, wmLen=len(bits))
    marked = coder.encode(bgr if whole else bgr.astype(np.float32))
    levels: Pixels = np.clip(np.round(marked), 0, 255).astype(np.uint8)
    return levels[..., ::-1].copy()


def _theirs(pixels: Pixels, payload: Payload, library: ModuleType) -> bool:
    coder = library.EmbedMaxDct(wmLen=len(payload.bits))
    seen = coder.decode(np.ascontiguousarray(pixels[..., ::-1]))
    return bool("".join("1" if bit else "0" for bit in seen) == payload.bits)


def _jpeg(pixels: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)[..., ::-1].copy()


def _half(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


_HANDLINGS: dict[str, Callable[[Pixels], Pixels]] = {
    "as made": lambda pixels: pixels,
    "half size": _half,
    "JPEG 95": lambda pixels: _jpeg(pixels, 95),
    "JPEG 90": lambda pixels: _jpeg(pixels, 90),
}
