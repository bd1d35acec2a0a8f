"""A published speech network in two sittings, by either library: the same as at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.api import Finding, Report, Status
from detectors.deferring import Ran, WaitingUnreadable, waiting_conclude, waiting_pack
from detectors.ground_truth.sounds import RATE, write_wav
from detectors.ground_truth.voice import speech
from detectors.runner import analyse
from detectors.runtimes import parity
from detectors.runtimes.network import REFERENCE, Choice
from detectors.runtimes.sources import name_here, source_of
from detectors.stacks import unpack
from foundation.media import inspect

NAME = "audio.aasist_l"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "speech.wav"
    return write_wav(path, speech(9.7, rate=RATE, seed=3), rate=RATE)


@pytest.fixture(scope="module")
def at_once(networks: Path, clip: Path) -> Finding:
    [found] = analyse(clip, probe=inspect(clip), only=[NAME]).findings
    return found


@pytest.fixture(scope="module")
def report(networks: Path, clip: Path) -> Report:
    """The first sitting alone."""
    return analyse(clip, probe=inspect(clip), only=[NAME], defer=True)


@pytest.mark.parametrize(
    "choice", [REFERENCE, Choice(runtime="torch", way="eager", device="cpu")], ids=["onnx", "torch"]
)
def test_apart_and_at_once_agree(
    clip: Path, at_once: Finding, report: Report, choice: Choice
) -> None:
    probe = inspect(clip)
    assert report.findings == ()
    [waiting] = report.deferred
    [(model, stack)] = waiting.stacks.items()
    source = source_of(name_here(model))
    network = source.open(choice)
    strays = parity.difference(source, network)
    assert strays <= waiting.tolerance, "what the card allows"
    tensor = unpack(report.tensors[stack], sha256=stack, shape=source.contract.shape)
    ran = Ran(outputs=network.run(tensor, batch=3), runtime=choice.runtime, version="1",
              device="cpu", precision="float32", difference=strays)  # fmt: skip
    told: list[Finding] = []
    last = waiting_conclude(
        waiting_pack(report, indications=()), ran={(NAME, model): ran}, probe=probe,
        on_finding=told.append,
    )  # fmt: skip
    [apart] = last.findings
    assert told == [apart]
    assert apart.status is Status.OK
    assert apart.score == pytest.approx(at_once.score, abs=2 * waiting.tolerance)
    windows = [row[:2] for row in at_once.details["windows"]]
    assert [row[:2] for row in apart.details["windows"]] == windows
    assert apart.runtime["precision"] == "float32"
    assert len(apart.pictures) == 1
    if choice == REFERENCE:
        assert apart.sentence == at_once.sentence
        assert apart.pictures[0].data == at_once.pictures[0].data


def test_what_cannot_be_run_is_a_failed_finding(clip: Path, report: Report) -> None:
    probe = inspect(clip)
    kept = waiting_pack(report, indications=())
    lost = Ran(outputs=None, failure="The card was full.")
    [failed] = waiting_conclude(
        kept, ran={(NAME, "aasist-l"): lost}, probe=probe, on_finding=lambda _: None
    ).findings
    assert failed.status is Status.FAILED
    assert failed.sentence == "The network aasist-l could not be run. The card was full."
    [missing] = waiting_conclude(kept, ran={}, probe=probe, on_finding=lambda _: None).findings
    assert missing.sentence == "The network aasist-l was not run."
    with pytest.raises(WaitingUnreadable):
        waiting_conclude(kept[:-9], ran={}, probe=probe, on_finding=lambda _: None)
