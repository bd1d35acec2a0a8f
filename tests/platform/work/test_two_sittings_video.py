"""A reported video whose networks run later: cut by the confined child, run from its stacks alone,
concluded without the file; the same as at once."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from detectors.ground_truth.edits import clip, encode
from probity.analysis.models import Finding, Job, JobState, Run
from probity.analysis.selectors import progress_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_law")]
NAME = "video.face_forgery"
WANTED = {NAME, "video.head_pose", "video.timing"}


def small(number: int) -> bytes:
    """In the place of a published network: from the mean colour of a face to one number in [0, 1],
    another one for each ``number``."""
    from onnx import TensorProto, helper, numpy_helper

    weights = np.array([[9.0 - number], [number - 4.0], [-5.0]], np.float32)
    graph = helper.make_graph(
        [
            # one axis after the other: a sum of 65,536 numbers depends on the size of the batch
            helper.make_node("ReduceMean", ["faces"], ["rows"], axes=[1], keepdims=0),
            helper.make_node("ReduceMean", ["rows"], ["colour"], axes=[1], keepdims=0),
            helper.make_node("MatMul", ["colour", "weights"], ["sum"]),
            helper.make_node("Sigmoid", ["sum"], ["untouched"]),
        ],
        "small",
        [helper.make_tensor_value_info("faces", TensorProto.FLOAT, ["batch", 256, 256, 3])],
        [helper.make_tensor_value_info("untouched", TensorProto.FLOAT, ["batch", 1])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


@pytest.fixture(scope="session")
def mesonets(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """A state folder that holds small networks in the places of the four for faces: what they
    compute is tested elsewhere, and exporting them takes longer than all of this test."""
    for library in ("torch", "h5py"):
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"Networks for faces need {library}.")
    for library in ("onnx", "ai_edge_litert"):
        pytest.importorskip(library, reason=f"Networks for faces need {library}.")
    from detectors.models import prepared
    from detectors.video.face_forgery import NETWORKS

    def export(_target: str, payload: dict[str, str], **_: Any) -> dict[str, Any]:
        made = small(NETWORKS.index(payload["model"]))
        return {"onnx": made, "difference": 0.0, "torch": "none", "opset": 17}

    folder = tmp_path_factory.mktemp("networks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROBITY_HOME", str(folder))
        patch.setenv("PROBITY_RESOURCES_MIRROR", str(shared))
        patch.setattr(prepared.child, "call", export)
        prepared.prepare_all(NETWORKS)
    return folder


@pytest.fixture
def video(
    mesonets: Path, at_home: Path, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Two seconds of a person who talks."""
    monkeypatch.setenv("PROBITY_HOME", str(mesonets))
    monkeypatch.setenv("PROBITY_RESOURCES_MIRROR", str(shared))
    source = shared / "media/faces/HyperLips__test_video1_video1.mp4"
    return encode(
        tmp_path / "talks.mp4", clip(source, height=360, seconds=2.0), fps=Fraction(25)
    )  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What confined processes were asked to do."""
    from foundation import child

    called: list[str] = []
    kept = child.call

    def call(target: str, *given: Any, **named: Any) -> Any:
        called.append(target)
        return kept(target, *given, **named)

    monkeypatch.setattr(child, "call", call)
    return called


def test_both_sittings_of_a_video(
    video: Path, reported: Callable[[bytes], UUID], asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from detectors import runner
    from detectors.video.face_forgery import NETWORKS
    from probity.analysis.queue import job_claim
    from probity.workflow.case_analyse import job_perform
    from probity.workflow.worker import jobs_drain

    every = runner.usable
    monkeypatch.setattr(runner, "usable", lambda: [e for e in every() if e.id in WANTED])
    [at_once] = runner.look(video, only=[NAME]).findings
    assert at_once.score is not None, at_once.sentence
    assert 0.05 < at_once.score < 0.95, "the small networks can be told apart from constants"
    case = reported(video.read_bytes())
    asked.clear()

    job = job_claim(worker="w", queues=["cpu"])
    assert job is not None
    job_perform(job)
    assert runner.CHILD in asked, "decoded and cut by the confined child"
    run = Run.objects.get()
    stacks = list(run.stacks.order_by("model"))
    assert run.state == "running"
    assert [stack.model for stack in stacks] == sorted(NETWORKS)
    assert {stack.detector for stack in stacks} == {NAME}
    assert {stack.job.queue for stack in stacks} == {"gpu"}
    assert {stack.job.shape for stack in stacks} == {"uint8 256x256x3"}
    assert len({stack.derivative_id for stack in stacks}) == 1, "the same faces, kept once"
    assert progress_of(case).doing == "Waiting for a worker to run the networks."
    assert set(Finding.objects.values_list("producer", flat=True)) >= WANTED - {NAME}
    assert not Finding.objects.filter(producer=NAME).exists()

    asked.clear()
    assert jobs_drain(["gpu"]) == len(NETWORKS)
    assert asked == [], "stacks only: nothing is decoded, the file is not opened"
    assert run.stacks.filter(outputs=None).count() == 0

    assert jobs_drain(["cpu"]) == 1
    assert runner.CHILD not in asked, "the second half never sees the file"
    run.refresh_from_db()
    assert run.state == "done"
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    finding = Finding.objects.get(producer=NAME)
    assert finding.status == "ok"
    assert finding.score == pytest.approx(at_once.score, abs=1e-3)
    told = finding.details["details"]
    assert set(told["inference"]) == set(NETWORKS)
    [person], [before] = told["people"], at_once.details["people"]
    assert person == {**before, "score": pytest.approx(before["score"], abs=1e-3)}
    assert finding.pictures.count() == 1
    assert progress_of(case).state == "done"
