"""PDQ: hashes a second of ours against the reference library, on the same pixels in the same run.

``pdqhash`` has no wheel; it is built into a folder of its own (a C++ compiler is needed). Both hash
pixels that are decoded already, one thread. How many hashes and qualities are equal is counted.
"""

from __future__ import annotations

import importlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.figures import Figure, keep
from foundation.errors import Refusal
from foundation.fingerprint.inside import as_stored
from foundation.fingerprint.pdq import pdq, pdq_variants

Pixels = npt.NDArray[np.uint8]
LIBRARY = "pdqhash==0.2.8"
ROUNDS = 3
_KINDS = {".jpg", ".jpeg", ".png", ".webp"}


def main() -> list[Figure]:
    """Hash every reference picture with both."""
    pictures = _pictures()
    if not pictures:
        print("fingerprint: the reference media are not here; set PROBITY_SHARED.")
        return []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
        done = subprocess.run([*command, folder, LIBRARY], check=False, capture_output=True)
        if done.returncode:
            print(f"fingerprint: {LIBRARY} could not be built here; nothing to compare with.")
            return []
        sys.path.insert(0, folder)
        reference = importlib.import_module("pdqhash")
        figures = _compared(pictures, reference)
    keep("fingerprint", figures)
    return figures


def _pictures() -> list[Pixels]:
    shared = os.environ.get("PROBITY_SHARED") or Path(__file__).resolve().parents[2] / "shared"
    found = []
    for part in ("pdq", "detection", "c2pa"):
        for path in sorted((Path(shared) / "media" / part).rglob("*")):
            if path.suffix.lower() in _KINDS:
                try:
                    found.append(as_stored(path))
                except Refusal:
                    continue
    return found


def _compared(pictures: list[Pixels], reference: Any) -> list[Figure]:
    rates: dict[str, list[float]] = {}
    ways: dict[str, Callable[[Pixels], object]] = {
        "ours": pdq, "theirs": reference.compute, "turns": pdq_variants,
    }  # fmt: skip
    for _ in range(ROUNDS):
        for name, way in ways.items():
            begun = time.perf_counter()
            for pixels in pictures:
                way(pixels)
            rates.setdefault(name, []).append(len(pictures) / (time.perf_counter() - begun))
    rate = {name: statistics.median(values) for name, values in rates.items()}
    equal = 0
    for pixels in pictures:
        bits, quality = reference.compute(pixels)
        mine = pdq(pixels)
        same = mine.hash == np.packbits(bits.astype(np.uint8)).tobytes()
        equal += same and mine.quality == quality
    count = len(pictures)
    return [
        Figure(f"PDQ of decoded pictures (n={count})", rate["ours"], rate["theirs"], "hashes/s",
               LIBRARY, "higher"),
        Figure("PDQ with all eight turns and mirrors", rate["turns"], rate["theirs"], "pictures/s",
               f"{LIBRARY}, one hash", "higher"),
        Figure("PDQ equal in all bits and quality", equal, count, "pictures", "all", "higher"),
    ]  # fmt: skip
