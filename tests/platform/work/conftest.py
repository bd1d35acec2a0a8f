"""Networks that do as they are told, and stacks for them in the job table."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from PIL import Image
from rest_framework.test import APIClient

from detectors import stacks
from detectors.models.known import Model
from detectors.runtimes.network import (
    REFERENCE,
    Choice,
    DeviceLost,
    Network,
    OutOfMemory,
    Outputs,
)
from detectors.runtimes.sources import Source, registered
from probity.accounts.actors import Actor, person_actor
from probity.cases.models import Case

ITEM = (4, 4)
POISON = 66.0
"""A network breaks on this number."""


@dataclass
class Obedient:
    """Adds up each item; has little memory, breaks on poison, may be slow or lose its card."""

    most: int = 10_000
    lose_at: int = 0
    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    held: bool = False
    batches: list[int] = field(default_factory=list)
    bytes: int = 1000
    choice: Choice = REFERENCE
    version: str = "1.0 Obedient"
    closed: bool = False

    def run(self, stack: Any, /, *, batch: int) -> Outputs:
        found = []
        for start in range(0, len(stack), batch):
            part = stack[start : start + batch].astype(np.float32)
            self.begun.set()
            if self.held:
                assert self.go_on.wait(30)
            if len(part) > self.most:
                raise OutOfMemory("too many")
            self.batches.append(len(part))
            if self.lose_at and len(self.batches) >= self.lose_at:
                raise DeviceLost("fell off the bus")
            if (part == POISON).any():
                raise RuntimeError("it broke")
            found.append(part.reshape(len(part), -1).sum(axis=1, keepdims=True))
        return np.concatenate(found)

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is remembered of networks is remembered for one test."""
    from probity.workflow import worker

    monkeypatch.setattr(worker, "_stations", [])
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Source]:
    """A source for a network that exists already."""

    def make(name: str, network: Network) -> Source:
        return Source(
            contract=Model(id=name, builder="none:none", shape=ITEM), key="0" * 16,
            path=tmp_path, sha256="c" * 64, opener=lambda _choice: network,
        )  # fmt: skip

    return make


@pytest.fixture
def obedient(source: Callable[..., Source]) -> Iterator[Obedient]:
    """The network ``sums``."""
    network = Obedient()
    with registered(source("sums", network)):
        yield network


@pytest.fixture
def card() -> Iterator[Callable[..., Any]]:
    """Card workers on the processor, for the networks of the test only."""
    from probity.workflow.card_worker import CardWorker

    made: list[CardWorker] = []

    def make(*models: str) -> CardWorker:
        names = [f"{name}@{'0' * 16}" for name in models or ("sums",)]
        made.append(CardWorker(queues=["gpu"], device="cpu", models=lambda: names))
        return made[-1]

    yield make
    for worker in made:
        worker.stop()
        worker.close()


def name_of(model: str) -> str:
    """What jobs call a network of the tests."""
    return model if "@" in model else f"{model}@{'0' * 16}"


@dataclass
class Put:
    """Runs with stacks that wait."""

    number: int = 0

    def __call__(
        self, *tensors: Any, priority: int = 0, model: str = "sums", deadline: Any = None
    ) -> list[Any]:
        """One run for each tensor; the stacks, in order."""
        return [self._one(np.asarray(one), priority, model, deadline) for one in tensors]

    def _one(self, tensor: Any, priority: int, model: str, deadline: Any) -> Any:
        from probity.analysis.models import Job
        from probity.analysis.queue import job_claim
        from probity.analysis.services import run_start
        from probity.analysis.sittings import Waiting, WaitingStack, run_defer
        from probity.core.clock import now
        from probity.evidence.models import Asset

        self.number += 1
        asset = Asset.objects.create(sha256=f"{self.number:064x}", bytes=1, received_at=now())
        Job.objects.create(
            kind="analyse", queue=f"t{self.number}", asset=asset, case=uuid4(),
            priority=priority, created_at=now(),
        )  # fmt: skip
        job = job_claim(worker="test", queues=[f"t{self.number}"])
        assert job is not None
        run = run_start(job=job, planned=1)
        data = stacks.pack(tensor)
        name = stacks.digest(data)
        words = f"{tensor.dtype} {stacks.shape_words(tensor.shape[1:])}"
        waiting = Waiting(
            archive=b"nothing",
            stacks=[
                WaitingStack(
                    detector="test.sums", model=name_of(model), shape=words,
                    items=len(tensor), sha256=name,
                )
            ],
            tensors={name: data},
        )  # fmt: skip
        return run_defer(run=run, job=job, waiting=waiting, deadline=deadline)[0]


@pytest.fixture
def put() -> Put:
    """Put tensors down for a network."""
    return Put()


@pytest.fixture
def items() -> Callable[..., Any]:
    """So many items, all different from one stack to the next."""
    random = np.random.default_rng(7)

    def make(count: int = 1) -> Any:
        return random.integers(0, 9, (count, *ITEM)).astype(np.float32)

    return make


@pytest.fixture
def told() -> Callable[[Any], Any]:
    """What a stack's network said, or the sentence why it said nothing."""

    def read(stack: Any) -> Any:
        stack.refresh_from_db()
        return stack.failure or stacks.unpack(bytes(stack.outputs)).ravel().tolist()

    return read


@pytest.fixture
def reported() -> Callable[[bytes], UUID]:
    """A case whose one file, with these bytes, waits for its analysis."""

    def make(data: bytes) -> UUID:
        from probity.analysis.queue import job_enqueue
        from probity.cases.models import Category
        from probity.cases.notice import Notice
        from probity.cases.services import case_open, item_add, report_add
        from probity.evidence.services import asset_keep, file_probe
        from probity.evidence.uploads import stream_receive

        notice = Notice(category=Category("other"), explanation="It never happened.")
        received = stream_receive(io.BytesIO(data))
        case = case_open(case_id=uuid4(), notice=notice, actor="system")
        report, _ = report_add(case=case, notice=notice, channel="api", actor="system")
        probe = file_probe(received)
        asset = asset_keep(received=received, probe=probe, actor="system", case=case.pk)
        received.close()
        item_add(case=case, asset=asset, report=report)
        job_enqueue(kind="analyse", asset=asset, case=case.pk)
        return case.pk

    return make


@pytest.fixture
def without_law(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The law is evaluated elsewhere, which takes time; here it counts how often it would be."""
    from probity.workflow import case_analyse, case_conclude

    asked: list[str] = []
    for module in (case_analyse, case_conclude):
        name = module.__name__.rpartition(".")[2]
        monkeypatch.setattr(module, "case_evaluate", lambda name=name, **_: asked.append(name))
        monkeypatch.setattr(module, "case_clocks_set", lambda **_: None)
    return asked


@pytest.fixture(scope="session")
def tiny() -> bytes:
    """Mean of the three channels of a tile, times fixed numbers: two outputs."""
    pytest.importorskip("onnx", reason="Making a small network needs onnx.")
    from onnx import TensorProto, helper, numpy_helper

    weights = np.array([[0.03, -0.02], [0.01, 0.02], [-0.02, 0.01]], np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("GlobalAveragePool", ["pixels"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        ],
        "tiny",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 3, 128, 128])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


def known() -> Any:
    """The same well-known picture each time."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((320, 240)).save(out, "JPEG")
    out.seek(0)
    out.name = "known.jpg"
    return out


@pytest.fixture
def report(client_for: Callable[..., APIClient]) -> Callable[..., Case]:
    """Report through the API; every report of another address is another case."""
    client, count = client_for("host"), iter(range(1, 100))

    def send(**fields: Any) -> Case:
        fields = {
            "category": "defamation",
            "explanation": "Look.",
            "file": known(),
        } | fields
        fields.setdefault("url", f"https://host.example/{next(count)}")
        sent = {key: value for key, value in fields.items() if value is not None}
        answer = client.post("/api/v1/reports", sent, format="multipart")
        assert answer.status_code == 201, answer.content
        return Case.objects.get(pk=answer.json()["case"])

    return send


@pytest.fixture
def lead(person: Callable[..., Any]) -> Actor:
    return person_actor(person("lena", "lead"))


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    return lambda: django_capture_on_commit_callbacks(execute=True)
