"""The suite for detectors can fail: each offender does one thing that no detector may."""

from __future__ import annotations

import sys
import textwrap
import threading
from pathlib import Path

import pytest
from PIL import Image

from detectors import registry
from detectors.testing import NotConforming, check

HONEST = """
from detectors.api import Abstain, Outcome
from detectors.api import Region
import contextlib, os, random, socket, subprocess, sys, threading
import numpy as np

class Offender:
    sentence = "The picture was looked at."
    seen = False
    kept = []

    def act(self, sample):
        return

    def score(self, sample):
        return float(sample.pixels().mean()) / 255

    def region(self, x):
        return Region(x=x, y=0, width=3, height=3, label="a part", strength=1.0)

    def regions(self):
        return ()

    def detect(self, sample, parameters, /):
        self.act(sample)
        return Outcome(sentence=self.sentence, score=self.score(sample), regions=self.regions())
"""
"""Conforms; the offenders below differ from it in one thing."""

CARD = """
id: test.offender
name: Offender
version: 1.0.0
interface: ">=1.0,<2.0"
modality: image
speaks_about: picture
evidence: digital
summary: For tests.
needs: {pixels: true}
runtime: {libraries: [numpy], devices: [cpu], seconds: 5}
licence: Apache-2.0
citations: [None.]
limits: [All.]
score: {low: 0, high: 1, direction: higher_is_more_suspicious, meaning: Nothing.}
error_rates: not calibrated
parameters: {}
"""

ACTS = {
    "honest": ("", None),
    "random": (
        """
        def score(self, sample):
            return sample.pixels().mean() / 255 * random.SystemRandom().random()
        """,
        "two runs differ",
    ),
    "remembering": (
        """
        def score(self, sample):
            small = sample.pixels().shape[0] < 64
            Offender.seen |= small
            return 0.2 if small else 0.1 + 0.5 * Offender.seen
        """,
        "after other files the finding is another one",
    ),
    "of its surroundings": (
        """
        def score(self, sample):
            return sample.pixels().max() / (500 + ("PYTEST_VERSION" in os.environ))
        """,
        "the confined process gives another finding",
    ),
    "seeding": ("def act(self, sample): np.random.seed(3)", "numpy's global random generator"),
    "leaving a thread": (
        "def act(self, sample): threading.Timer(9, print).start()", "the running threads",
    ),
    "leaving a file": (
        "def act(self, sample): Offender.kept.append(open(os.devnull))", "the number of open files",
    ),
    "connecting": (
        """
        def act(self, sample):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", 9), 0.1)
        """,
        "tried to reach",
    ),
    "looking up": (
        """
        def act(self, sample):
            with contextlib.suppress(OSError):
                socket.getaddrinfo("example.org", 80)
        """,
        "tried to reach example.org",
    ),
    "starting a program": (
        """
        def act(self, sample):
            with contextlib.suppress(OSError):
                subprocess.run(["true"])
        """,
        "tried to start",
    ),
    "boasting": ("sentence = 'This picture is fake.'", "may not say fake"),
    "out of range": (
        "def score(self, sample): return 7.0 + sample.pixels()[0, 0, 0]", "outside the range",
    ),
    "not a number": (
        "def score(self, sample): return float('nan') * sample.pixels()[0, 0, 0]", "score nan",
    ),
    "outside the picture": (
        "def regions(self): return (self.region(x=-4),)",
        "does not lie in the picture",
    ),
    "marking everything": (
        "def regions(self): return tuple(self.region(x=n) for n in range(200))",
        "More than 100 places",
    ),
    "asking for nothing": ("def score(self, sample): return 0.5", "declares pixels, but none"),
    "importing in silence": (
        "def act(self, sample): import PIL.Image", "imports PIL; name it under runtime",
    ),
    "writing to its input": (
        "def act(self, sample): sample.pixels()[0, 0, 0] = 1", "read-only",
    ),
    "falling over the odd": (
        "def act(self, sample): 1 / (sample.pixels().shape[0] // 20)",
        "A file that is .*: the detector failed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_the_suite_names_what_an_offender_does(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, words = ACTS[name]
    module = f"offender_{list(ACTS).index(name)}"
    body = textwrap.indent(textwrap.dedent(act), "    ")
    (tmp_path / f"{module}.py").write_text(f"{HONEST}\n{body}\n")
    (tmp_path / f"{module}.yaml").write_text(CARD)
    monkeypatch.syspath_prepend(str(tmp_path))
    pictures = [tmp_path / "drawn.png", tmp_path / "small.png"]
    for side, path in zip((64, 32), pictures, strict=True):
        Image.new("RGB", (side, side), (10, 200, 30)).save(path)
    entry = registry.describe("test.offender", target=f"{module}:Offender", distribution="tests")
    with registry.registered(entry):
        if words is None:
            assert check("test.offender", usable=pictures)
        else:
            with pytest.raises(NotConforming, match=words):
                check("test.offender", usable=pictures)
    timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for timer in timers:
        timer.cancel()
        timer.join()
    for file in getattr(getattr(sys.modules.get(module), "Offender", None), "kept", ()):
        file.close()
