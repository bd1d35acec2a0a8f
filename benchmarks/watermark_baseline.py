"""The DWT-DCT-SVD mark of invisible-watermark 0.2.0, in an environment of its own.

The package asks for torch and another OpenCV, so it is installed without what it asks for, into a
folder of its own, and only the module of the one method is loaded.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.watermark_attacks import Pixels

BITS = 32
_PACKAGES = ("opencv-python-headless==4.14.0.94", "numpy==2.4.6", "PyWavelets==1.9.0")
_WORKER = """
import importlib.util, pathlib, sys
import numpy as np

found = next(pathlib.Path(path) for path in sys.path
             if (pathlib.Path(path) / "imwatermark/dwtDctSvd.py").is_file())
spec = importlib.util.spec_from_file_location("dwt", found / "imwatermark/dwtDctSvd.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
way, bits, folder = sys.argv[1], [int(bit) for bit in sys.argv[2]], pathlib.Path(sys.argv[3])
for path in sorted(folder.glob("in-*.npy")):
    picture = np.ascontiguousarray(np.load(path)[..., ::-1])
    mark = module.EmbedDwtDctSvd(bits, wmLen=len(bits), scales=[0, 36, 0], block=4)
    if way == "encode":
        out = np.clip(np.rint(mark.encode(picture)), 0, 255).astype("uint8")[..., ::-1]
    else:
        out = np.asarray(mark.decode(picture), dtype="uint8")
    np.save(path.with_name(path.name.replace("in-", "out-")), out)
"""


class Baseline:
    """Marks and reads pictures in the other environment."""

    def __init__(self, python: Path) -> None:
        self._python = python
        chance = np.random.default_rng(11)
        self.bits = chance.integers(0, 2, BITS)

    def encode(self, pictures: list[Pixels]) -> list[Pixels]:
        """The pictures with the bits inside."""
        return self._run("encode", pictures)

    def decode(self, pictures: list[Pixels]) -> list[Pixels]:
        """What is read from each picture: ``BITS`` bits."""
        return self._run("decode", pictures)

    def _run(self, way: str, pictures: list[Pixels]) -> list[Pixels]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for number, picture in enumerate(pictures):
                np.save(folder / f"in-{number:05d}.npy", picture)
            bits = "".join(map(str, self.bits.tolist()))
            command = [str(self._python), "-c", _WORKER, way, bits, name]
            subprocess.run(command, check=True)
            return [np.load(path) for path in sorted(folder.glob("out-*.npy"))]


def prepared() -> Baseline | None:
    """The baseline, installed once under PROBITY_HOME or for this run; None where that fails."""
    home = os.environ.get("PROBITY_HOME")
    root = Path(home) if home else Path(tempfile.mkdtemp(prefix="probity-baseline-"))
    place = root / "baseline-invisible-watermark-0.2.0"
    python = place / "bin/python"
    ready = place / "ready"
    if ready.is_file():
        return Baseline(python)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        subprocess.run([*pip, *_PACKAGES], check=True)
        subprocess.run([*pip, "--no-deps", "invisible-watermark==0.2.0"], check=True)
    except subprocess.CalledProcessError as error:
        print(f"watermark: invisible-watermark could not be installed ({error}); it is left out.")
        return None
    ready.touch()
    return Baseline(python)
