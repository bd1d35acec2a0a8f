"""A plugin that misbehaves is contained and named; what is missing is said."""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from detectors import registry
from detectors.api import Cause, DetectorUnknown, Report, Status
from detectors.runner import analyse
from foundation.media import Probe, inspect

CODE = """
import ctypes, os, time
from detectors.api import Abstain, Outcome

class Good:
    def detect(self, sample, parameters, /):
        return Outcome(sentence="It measured.", score=1.0)

class Raises:
    def detect(self, sample, parameters, /):
        raise ValueError("broken inside")

class Abstains:
    def detect(self, sample, parameters, /):
        raise Abstain("There is nothing to measure here.")

class Exits:
    def detect(self, sample, parameters, /):
        os._exit(3)

class Crashes:
    def detect(self, sample, parameters, /):
        ctypes.string_at(0)

class Hangs:
    def detect(self, sample, parameters, /):
        time.sleep(600)

class Leaves:
    def detect(self, sample, parameters, /):
        raise SystemExit(0)

class Interrupts:
    def detect(self, sample, parameters, /):
        raise KeyboardInterrupt

class Loops:
    def detect(self, sample, parameters, /):
        while True:
            pass

class Bloats:
    def detect(self, sample, parameters, /):
        import numpy
        return Outcome(sentence=str(numpy.ones(50 * 2**27).sum()))

class Swallows:
    def detect(self, sample, parameters, /):
        kept = []
        while True:
            try:
                kept.append(bytearray(2**26))
            except MemoryError:
                time.sleep(600)

class Talks:
    def detect(self, sample, parameters, /):
        print("x" * 200_000, flush=True)
        os.write(1, b"y" * 100_000)
        os.write(2, b"z" * 100_000)
        return Outcome(sentence="It measured.", score=1.0)

class Lies:
    def detect(self, sample, parameters, /):
        return Outcome(sentence="It measured.", score=9.0)

class Nothing:
    def detect(self, sample, parameters, /):
        return None

class Dawdles:
    def detect(self, sample, parameters, /):
        for block in sample.audio_blocks():
            time.sleep(0.4)
        return Outcome(sentence="It measured.")

class Hungry:
    def detect(self, sample, parameters, /):
        kept = [bytearray(2**30) for _ in range(50)]
        return Outcome(sentence=str(len(kept)))

class Greedy:
    def detect(self, sample, parameters, /):
        return Outcome(sentence=str(sample.raw()[:2]))
"""
CARD = {
    "name": "Odd", "version": "1.0.0", "interface": ">=1.0,<2.0", "modality": "image",
    "speaks_about": "picture", "evidence": "digital",
    "summary": "For tests.", "needs": {}, "licence": "Apache-2.0", "citations": ["None."],
    "runtime": {"libraries": [], "devices": ["cpu"], "seconds": 3}, "limits": ["All of them."],
    "score": {"low": 0, "high": 1, "direction": "higher_is_more_suspicious", "meaning": "None."},
    "error_rates": "not calibrated", "parameters": {},
}  # fmt: skip
Run = Callable[..., Report]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Make a plugin of the named classes and analyse a drawn picture with it."""
    picture = tmp_path / "drawn.png"
    Image.fromarray(np.full((64, 64, 3), 120, dtype=np.uint8)).save(picture)
    monkeypatch.syspath_prepend(str(tmp_path))

    def go(*names: str, file: Path = picture, probe: Probe | None = None, **card: object) -> Report:
        entries = []
        for name in names:
            module = f"odd_{name.lower()}_{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:8]}"
            (tmp_path / f"{module}.py").write_text(CODE)
            body = {**CARD, "id": f"test.{name.lower()}", **card}
            (tmp_path / f"{module}.yaml").write_text(yaml.safe_dump(body))
            entries.append(
                registry.describe(str(body["id"]), target=f"{module}:{name}", distribution="tests")
            )
        ids = [entry.id for entry in entries]
        with registry.registered(*entries):
            return analyse(file, probe=probe or inspect(file), only=ids)

    yield go
    registry.reset()


@pytest.mark.parametrize(
    ("name", "cause", "words"),
    [
        ("Raises", Cause.ERROR, "broken inside"),
        ("Leaves", Cause.ERROR, "SystemExit"),
        ("Interrupts", Cause.CRASH, "brought its process down"),
        ("Exits", Cause.CRASH, "brought its process down"),
        ("Crashes", Cause.CRASH, "brought its process down"),
        ("Hangs", Cause.TIME, "did not finish within its 3 s"),
        ("Loops", Cause.TIME, "did not finish within its 3 s"),
        ("Hungry", Cause.MEMORY, "more memory than it is allowed"),
        ("Bloats", Cause.MEMORY, "more memory than it is allowed"),
        ("Swallows", Cause.TIME, "did not finish within its 3 s"),
        ("Greedy", Cause.ERROR, "does not declare the need 'raw'"),
        ("Lies", Cause.ERROR, "outside the range"),
        ("Nothing", Cause.ERROR, "NoneType instead of Outcome"),
    ],
)
def test_the_culprit_is_named_and_the_others_go_on(
    run: Run, name: str, cause: Cause, words: str
) -> None:
    # filling gigabytes takes a while on a busy machine
    seconds = 60 if cause is Cause.MEMORY else 3
    runtime = {"libraries": [], "devices": ["cpu"], "seconds": seconds}
    report = run("Good", name, runtime=runtime)
    by_id = {finding.detector: finding for finding in report.findings}
    assert by_id["test.good"].status is Status.OK
    culprit = by_id[f"test.{name.lower()}"]
    assert (culprit.status, culprit.cause) == (Status.FAILED, cause)
    assert words in culprit.sentence


def test_what_a_plugin_prints_harms_nobody(run: Run) -> None:
    by_id = {finding.detector: finding for finding in run("Good", "Talks").findings}
    assert {finding.status for finding in by_id.values()} == {Status.OK}


def test_damage_where_a_detector_looks_is_a_finding_of_its_own_kind(
    run: Run, tmp_path: Path
) -> None:
    sound = tmp_path / "cut.wav"
    with wave.open(str(sound), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(2 * 8000))
    probe = inspect(sound)
    sound.write_bytes(sound.read_bytes()[:44])
    needs = {"audio": {"rate": 8000, "max_seconds": 60}}
    about = {"modality": "audio", "speaks_about": "file"}
    [finding] = run("Dawdles", file=sound, probe=probe, needs=needs, **about).findings
    assert (finding.status, finding.cause) == (Status.FAILED, Cause.DECODING)
    assert "Not a single sample" in finding.sentence


def test_time_between_the_blocks_of_a_stream_adds_up(run: Run, tmp_path: Path) -> None:
    sound = tmp_path / "long.wav"
    with wave.open(str(sound), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(2 * 8000 * 200))
    needs = {"audio": {"rate": 8000, "max_seconds": 3600}}
    [finding] = run(
        "Dawdles", file=sound, modality="audio", speaks_about="file", needs=needs
    ).findings
    assert finding.status is Status.FAILED
    assert "did not finish within its 3 s" in finding.sentence


def test_abstaining_is_a_result(run: Run) -> None:
    [finding] = run("Abstains").findings
    assert (finding.status, finding.sentence) == (
        Status.ABSTAINED, "There is nothing to measure here.",
    )  # fmt: skip


def test_a_missing_library_says_how_to_get_it(run: Run) -> None:
    runtime = {"libraries": ["no_such_library"], "devices": ["cpu"], "seconds": 3}
    [finding] = run("Good", runtime=runtime).findings
    assert finding.status is Status.ABSTAINED
    assert "pip install no_such_library" in finding.sentence


def test_a_missing_model_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "modelled"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "resources.yaml").write_text(
        yaml.safe_dump(
            {
                "resources": [
                    {
                        "id": "a-model", "file": "models/a.onnx", "bytes": 5,
                        "url": "https://example.org/a.onnx", "sha256": "a" * 64,
                        "licence": "MIT", "what": "a model for tests",
                    }
                ]
            }
        )
    )  # fmt: skip
    (package / "good.py").write_text(CODE)
    card = {**CARD, "id": "test.model", "needs": {"resources": ["a-model"]}}
    (package / "good.yaml").write_text(yaml.safe_dump(card))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("PROBITY_RESOURCES_MIRROR", raising=False)
    picture = tmp_path / "drawn.png"
    Image.fromarray(np.full((64, 64, 3), 120, dtype=np.uint8)).save(picture)
    entry = registry.describe("test.model", target="modelled.good:Good", distribution="tests")
    assert entry.error is None
    with registry.registered(entry):
        [finding] = analyse(picture, probe=inspect(picture), only=["test.model"]).findings
    assert finding.status is Status.ABSTAINED
    assert "probity pull a-model" in finding.sentence


def test_a_broken_card_is_listed_with_its_error(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(yaml.safe_dump({**CARD, "id": "test.odd", "colour": "red"}))
    entry = registry.describe("test.odd", target="no_such:Odd", distribution="tests")
    assert entry.card is None
    assert entry.error
    from detectors.api import CardInvalid
    from detectors.card import load

    with pytest.raises(CardInvalid, match="unknown key colour"):
        load(tmp_path / "odd.yaml")


def test_an_unknown_detector_is_refused(run: Run) -> None:
    picture = Path(__file__).parent
    with pytest.raises(DetectorUnknown, match="No detector is called"):
        registry.find(str(picture))


def test_only_uncalibrated_findings_make_no_assessment(run: Run) -> None:
    assessment = run("Good").assessment
    assert assessment.status is Status.ABSTAINED
    assert assessment.llr is None
