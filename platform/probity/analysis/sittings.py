"""An analysis in two sittings: stacks are put down for networks, and taken up when they ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from probity.core.clock import now
from probity.evidence.models import Derivative
from probity.evidence.services import derivative_keep

from .models import Job, Run, Stack
from .queue import job_complete, lease_hold

WAITING = "waiting-for-networks"
STACK = "tensors"
KEEPER = "detectors.deferring 1"
GPU = "gpu"


@dataclass(frozen=True, kw_only=True)
class WaitingStack:
    """One detector's tensors for one network: ``sha256`` names them, ``shape`` is one item's."""

    detector: str
    model: str
    shape: str
    items: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What an analysis leaves for its second sitting; ``tensors`` are by SHA-256."""

    archive: bytes
    stacks: Sequence[WaitingStack]
    tensors: Mapping[str, bytes]


@transaction.atomic
def run_defer(*, run: Run, job: Job, waiting: Waiting, deadline: datetime | None) -> list[Stack]:
    """Put the stacks down as jobs and end the analysis job, all or nothing.

    Raises LeaseLost, AssetSealed.
    """
    lease_hold(job)
    kept: dict[str, Derivative] = {}
    for name, data in waiting.tensors.items():
        known = run.asset.derivatives.filter(name=STACK, sha256=name, destroyed_at=None).first()
        kept[name] = known or derivative_keep(
            asset=run.asset, name=STACK, media_type="application/x-npy", data=data, producer=KEEPER
        )
    run.waiting = derivative_keep(
        asset=run.asset, name=WAITING, media_type="application/x-msgpack", data=waiting.archive,
        producer=KEEPER,
    )  # fmt: skip
    run.doing = ""
    run.save(update_fields=["waiting", "doing"])
    stacks = [
        Stack.objects.create(
            run=run,
            job=Job.objects.create(
                kind="infer", queue=GPU, asset=run.asset, case=run.case, priority=job.priority,
                created_at=now(), model=one.model, shape=one.shape, items=one.items,
                deadline=deadline,
            ),
            derivative=kept[one.sha256],
            detector=one.detector,
            model=one.model.partition("@")[0],
        )
        for one in waiting.stacks
    ]  # fmt: skip
    job_complete(job=job)
    return stacks
