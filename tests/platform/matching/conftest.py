"""Pictures that are like nothing else, their copies, and reports that bring them in."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient


def drawn(seed: int, size: tuple[int, int] = (480, 360)) -> Image.Image:
    """Soft shapes of many sizes: a hash of full quality, unlike that of any other seed."""
    generator = np.random.default_rng(seed)
    picture = np.zeros((size[1], size[0], 3))
    for cells in (4, 9, 21):
        coarse = generator.uniform(0, 255, (cells, cells, 3)).astype(np.uint8)
        large = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        picture += np.asarray(large, dtype=np.float64) / 3
    return Image.fromarray(picture.astype(np.uint8))


def as_jpeg(picture: Image.Image, quality: int = 90) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.fixture(scope="session")
def draw() -> Callable[..., Image.Image]:
    """Draw a picture."""
    return drawn


@pytest.fixture(scope="session")
def jpeg() -> Callable[..., bytes]:
    """Write a picture as JPEG."""
    return as_jpeg


@pytest.fixture
def send(client_for: Callable[..., APIClient]) -> Callable[..., dict[str, Any]]:
    """Report a file; the answer of the API."""
    client = client_for("bot", "administrator")

    def post(data: bytes, name: str = "a.jpg", **fields: Any) -> dict[str, Any]:
        body = {"category": "election", "explanation": "It never happened.", **fields}
        answer = client.post(
            "/api/v1/reports", {**body, "file": SimpleUploadedFile(name, data)}, format="multipart"
        )
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found

    return post


@pytest.fixture
def case_with(db: None, tmp_path: Path) -> Callable[..., Any]:
    """A case with a file whose analysis waits, without the law's evaluation, which takes time."""
    from probity.analysis.queue import job_enqueue
    from probity.cases.models import Category
    from probity.cases.notice import Notice
    from probity.cases.services import case_open, item_add, report_add
    from probity.evidence.services import asset_keep, file_probe
    from probity.evidence.uploads import stream_receive

    def make(data: bytes, category: str = "election") -> Any:
        notice = Notice(category=Category(category), explanation="It never happened.")
        received = stream_receive(io.BytesIO(data))
        case = case_open(case_id=uuid4(), notice=notice, actor="system")
        report, _ = report_add(case=case, notice=notice, channel="api", actor="system")
        asset = asset_keep(
            received=received, probe=file_probe(received), actor="system", case=case.pk
        )
        received.close()
        item_add(case=case, asset=asset, report=report)
        job_enqueue(kind="analyse", asset=asset, case=case.pk)
        return case

    return make


@pytest.fixture
def look() -> Callable[[], int]:
    """Do what the worker does about copies for every waiting job, and only that: detectors take
    their time elsewhere."""
    from probity.analysis.queue import job_claim, job_complete
    from probity.evidence.probes import Probe
    from probity.evidence.selectors import asset_bytes
    from probity.workflow.case_match import copies_say

    def each() -> int:
        done = 0
        while job := job_claim(worker=f"test-{done}", queues=["cpu"]):
            with asset_bytes(job.asset) as path:
                probe = Probe.from_dict(job.asset.probe)
                copies_say(job, path, probe=probe, say=lambda _: None)
            job_complete(job=job)
            done += 1
        return done

    return each


@pytest.fixture
def lead(person: Callable[..., Any]) -> Any:
    """A lead, as an actor."""
    from probity.accounts.actors import person_actor

    return person_actor(person("lena", "lead"))


@pytest.fixture
def second(person: Callable[..., Any]) -> Any:
    """Another reviewer, as an actor."""
    from probity.accounts.actors import person_actor

    return person_actor(person("sven", "reviewer"))


@pytest.fixture
def bank(lead: Any) -> Callable[..., Any]:
    """Open a bank."""
    from probity.matching.banks import bank_open

    def make(name: str = "partner", kind: str = "known", **more: Any) -> Any:
        return bank_open(
            name=name, label=f"Bank {name}", kind=kind, source="A partner", licence="Agreement 7",
            actor=lead, **more,
        )  # fmt: skip

    return make


@pytest.fixture
def pdq_of() -> Callable[[Image.Image], str]:
    """The PDQ of a drawn picture as it is stored in a JPEG of quality 90, in hexadecimal."""
    from foundation.fingerprint.pdq import pdq

    def of(picture: Image.Image) -> str:
        stored = Image.open(io.BytesIO(as_jpeg(picture))).convert("RGB")
        return pdq(np.asarray(stored)).hash.hex()

    return of
