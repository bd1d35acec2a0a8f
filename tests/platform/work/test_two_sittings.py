"""From a reported picture to a finding: decode, put down, run, conclude; the same as at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from detectors.models import own
from probity.analysis.models import Finding, Job, JobState, Run
from probity.analysis.selectors import progress_of
from probity.evidence.models import Derivative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_law")]
NOTE = {"date": "2026-11-21", "recipe": "image", "sources": {"real/a": "MIT"}}


@pytest.fixture
def network(at_home: Path, tiny: bytes) -> None:
    """The network of ``image.generated``, installed."""
    own.keep("own-picture", tiny, NOTE)


@pytest.fixture
def picture() -> bytes:
    noise = np.random.default_rng(2).integers(0, 255, (260, 300, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def case(network: None, picture: bytes, reported: Callable[[bytes], UUID]) -> UUID:
    """A case whose picture waits for its analysis."""
    return reported(picture)


def only_picture_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two detectors suffice here."""
    from detectors import runner

    every = runner.usable
    wanted = {"image.generated", "image.block_grid"}
    monkeypatch.setattr(runner, "usable", lambda: [e for e in every() if e.id in wanted])


def test_both_sittings(
    case: UUID, picture: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    without_law: list[str],
) -> None:  # fmt: skip
    from detectors.runner import look
    from probity.analysis.queue import job_claim
    from probity.workflow.case_analyse import job_perform
    from probity.workflow.worker import _left_to_processors, jobs_drain

    only_picture_network(monkeypatch)
    job = job_claim(worker="w", queues=["cpu"])
    assert job is not None
    job_perform(job)
    run = Run.objects.get()
    [stack] = run.stacks.all()
    assert (run.state, stack.detector, stack.model) == ("running", "image.generated", "own-picture")
    assert stack.job.shape == "uint8 3x128x128"
    assert stack.job.items == 9
    assert stack.derivative.asset_id == run.asset_id
    progress = progress_of(case)
    assert progress.state == "running"
    assert progress.doing == "Waiting for a worker to run the networks."
    assert not Finding.objects.filter(producer="image.generated").exists()
    assert _left_to_processors() == [stack.job.model]

    assert jobs_drain(["cpu", "gpu"]) == 2, "the network, then the conclusion"
    run.refresh_from_db()
    assert run.state == "done"
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    finding = Finding.objects.get(producer="image.generated")
    assert finding.status == "ok"
    assert finding.device.startswith("cpu ")
    assert "precision float32" in finding.runtime
    assert finding.runtime.startswith("onnxruntime")
    told = finding.details["details"]["inference"]["own-picture"]
    assert (told["difference"], told["tolerance"]) == (0.0, 0.01)
    assert progress_of(case).state == "done"
    assert run.assessment.parts
    assert without_law == ["case_analyse", "case_conclude"], "what is new may change the law"

    path = tmp_path / "x.png"
    path.write_bytes(picture)
    [at_once] = look(path, only=["image.generated"]).findings
    assert at_once.score == pytest.approx(finding.score, abs=1e-4)
    assert at_once.sentence == finding.sentence
    assert at_once.pictures[0].data == _drawn(finding)


def _drawn(finding: Finding) -> bytes:
    from probity.evidence.selectors import derivative_read

    return derivative_read(finding.pictures.get().derivative)


def test_a_network_that_breaks_fails_its_finding_and_not_the_run(
    case: UUID, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from detectors.runtimes import onnx as running

    only_picture_network(monkeypatch)

    def broken(*_: Any) -> Any:
        raise RuntimeError("cuDNN says no")

    monkeypatch.setattr(running, "outputs", broken)
    work()
    run = Run.objects.get()
    assert run.state == "done"
    finding = Finding.objects.get(producer="image.generated")
    assert finding.status == "failed"
    assert finding.sentence.startswith("The network own-picture could not be run.")
    assert progress_of(case).state == "done"


def test_tensors_go_with_their_file(
    case: UUID, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from probity.cases.models import Case
    from probity.evidence.models import Asset, SealCause
    from probity.evidence.seals import asset_seal

    only_picture_network(monkeypatch)
    work()
    kept = Derivative.objects.filter(name__in=["tensors", "waiting-for-networks"])
    assert kept.filter(destroyed_at=None).count() == 2
    asset = Asset.objects.get()
    asset_seal(
        asset=asset, cause=SealCause.PERSON, actor="system", case=Case.objects.get().pk, why="test",
    )  # fmt: skip
    assert not kept.filter(destroyed_at=None).exists()


def test_a_second_conclusion_adds_nothing(
    case: UUID, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between the findings and the end of the job."""
    from probity.workflow import case_conclude
    from probity.workflow.case_analyse import job_perform

    only_picture_network(monkeypatch)
    kept = case_conclude.run_finish
    failing = [True]

    def once(**given: Any) -> Any:
        if failing:
            failing.clear()
            raise OSError("the disk is full")
        return kept(**given)

    monkeypatch.setattr(case_conclude, "run_finish", once)
    assert job_perform is not None
    work()
    assert Run.objects.get().state == "done"
    assert Job.objects.get(kind="conclude").attempts == 2
    assert Finding.objects.filter(producer="image.generated").count() == 1
