"""How much work waits, how fast it has been going, and what that means in seconds.

Every rate is measured: from the batches of the last hour, or from the runs of the last day. Where
nothing was measured nothing is promised.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Avg, Count, F, Max, Min, Q, QuerySet, Sum

from probity.core.clock import now

from .models import Batch, Job, JobState, Run, Station
from .stations import stations_live

OPEN = (JobState.WAITING, JobState.LEASED)
LATELY = timedelta(hours=1)
RUNS_OF = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Depth:
    """What one queue holds of one model; ``model`` is empty for whole analyses. ``oldest_s`` is how
    long the first of them has waited, ``expected_s`` what one worker would need for all of it, None
    where no rate was measured."""

    queue: str
    model: str
    waiting: int
    leased: int
    items: int
    oldest_s: float
    expected_s: float | None


def rates() -> dict[str, float]:
    """Items a second of each model, over all devices that ran it within the last hour."""
    rows = (
        Batch.objects.filter(made_at__gte=now() - LATELY, ran_s__gt=0)
        .values("model")
        .annotate(all_items=Sum("items"), all_ran=Sum("ran_s"))
    )
    return {row["model"]: row["all_items"] / row["all_ran"] for row in rows if row["all_items"]}


def analysis_seconds() -> float | None:
    """How long an analysis took on average within the last day."""
    runs = Run.objects.filter(state="done", ended_at__gte=now() - RUNS_OF)
    spent = runs.aggregate(mean=Avg(F("ended_at") - F("started_at")))["mean"]
    return float(spent.total_seconds()) if spent is not None else None


def depths() -> list[Depth]:
    """Every queue and model with open jobs."""
    moment, known, whole = now(), rates(), analysis_seconds()
    rows = (
        Job.objects.filter(state__in=OPEN)
        .values("queue", "model")
        .annotate(
            waiting=Count("pk", filter=Q(state=JobState.WAITING)),
            leased=Count("pk", filter=Q(state=JobState.LEASED)),
            all_items=Sum("items"),
            oldest=Min("created_at", filter=Q(state=JobState.WAITING)),
        )
        .order_by("queue", "model")
    )
    return [
        Depth(
            queue=row["queue"],
            model=row["model"],
            waiting=row["waiting"],
            leased=row["leased"],
            items=row["all_items"],
            oldest_s=(moment - row["oldest"]).total_seconds() if row["oldest"] else 0.0,
            expected_s=_expected(row, known=known, whole=whole),
        )
        for row in rows
    ]


def _expected(
    row: Mapping[str, Any], *, known: dict[str, float], whole: float | None
) -> float | None:
    if row["model"]:
        rate = known.get(row["model"])
        return row["all_items"] / rate if rate else None
    return (row["waiting"] + row["leased"]) * whole if whole is not None else None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A queue as somebody sees who starts and stops workers.

    ``expected_seconds``: what one worker would need; None where something was never measured.
    ``wanted``: workers with which it would be done within the target; at least one while anything
    waits.
    """

    queue: str
    waiting: int
    leased: int
    workers: int
    expected_seconds: float | None
    seconds_each: float | None
    wanted: int


def expectations() -> list[Expected]:
    """One row for each queue, ``cpu`` and ``gpu`` in any case."""
    found = depths()
    live = stations_live()
    rows = []
    for queue in sorted({"cpu", "gpu"} | {one.queue for one in found}):
        mine = [one for one in found if one.queue == queue]
        seconds = _sum(one.expected_s for one in mine)
        workers = sum(queue in one.queues.split(",") for one in live)
        waiting = sum(one.waiting for one in mine)
        least = 1 if mine else 0
        rows.append(
            Expected(
                queue=queue,
                waiting=waiting,
                leased=sum(one.leased for one in mine),
                workers=workers,
                expected_seconds=seconds,
                seconds_each=seconds / max(1, workers) if seconds is not None else None,
                wanted=max(least, math.ceil((seconds or 0) / settings.WORK_TARGET_SECONDS)),
            )
        )
    return rows


def _sum(values: Iterable[float | None]) -> float | None:
    known = list(values)
    return None if None in known else float(sum(one for one in known if one is not None))


@dataclass(frozen=True, kw_only=True)
class NetworksWait:
    """How long a case's networks may still take; None where no rate was measured."""

    jobs: int
    on_card: bool
    seconds: int | None


def networks_wait(case: UUID) -> NetworksWait | None:
    """What a case waits for when only networks are left; None when none of its jobs is open."""
    own = Job.objects.filter(case=case, state__in=OPEN).exclude(model="")
    if not own.exists():
        return None
    known = rates()
    live = stations_live()
    cards = [one for one in live if one.on_card]
    serving = [one for one in live if "gpu" in one.queues.split(",")]
    seconds = _sum(
        row["all_items"] / known[row["model"]] if known.get(row["model"]) else None
        for row in (_before(own) | own).values("model").annotate(all_items=Sum("items"))
    )
    workers = len(cards) or len(serving) or 1
    return NetworksWait(
        jobs=own.count(),
        on_card=bool(cards),
        seconds=None if seconds is None else max(1, round(seconds / workers)),
    )


def _before(own: QuerySet[Job]) -> QuerySet[Job]:
    """The open jobs that come before the last of a case's own."""
    ends = own.aggregate(priority=Min("priority"), created=Max("created_at"))
    everything = Job.objects.filter(state__in=OPEN).exclude(model="")
    return everything.filter(
        Q(priority__gt=ends["priority"])
        | Q(priority=ends["priority"], created_at__lte=ends["created"])
    )


@dataclass(frozen=True, kw_only=True)
class Minute:
    """What was done within one minute."""

    minutes_ago: int
    items: int
    fill: float | None


@dataclass(frozen=True, kw_only=True)
class Lately:
    """What a model did within the last hour; seconds are means over jobs (waited) and batches."""

    model: str
    device: str
    batches: int
    jobs: int
    items: int
    failed: int
    fill: float
    waited_s: float
    waited_most_s: float
    ran_s: float
    items_per_second: float


def lately() -> list[Lately]:
    """One row for each model and device."""
    rows = (
        Batch.objects.filter(made_at__gte=now() - LATELY)
        .values("model", "device")
        .annotate(
            n=Count("pk"), n_jobs=Sum("jobs"), n_items=Sum("items"), n_failed=Sum("failed"),
            all_ran=Sum("ran_s"), all_waited=Sum(F("waited_s") * F("jobs")),
            most=Max("waited_most_s"), slots=Sum(F("size")),
        )
        .order_by("model", "device")
    )  # fmt: skip
    return [
        Lately(
            model=row["model"],
            device=row["device"],
            batches=row["n"],
            jobs=row["n_jobs"],
            items=row["n_items"],
            failed=row["n_failed"],
            fill=min(1.0, row["n_items"] / max(1, row["slots"])),
            waited_s=row["all_waited"] / max(1, row["n_jobs"]),
            waited_most_s=row["most"],
            ran_s=row["all_ran"] / row["n"],
            items_per_second=row["n_items"] / row["all_ran"] if row["all_ran"] else 0.0,
        )
        for row in rows
    ]


def minutes(count: int = 30) -> list[Minute]:
    """Items of each of the last minutes, the oldest first."""
    moment = now()
    rows = Batch.objects.filter(made_at__gte=moment - timedelta(minutes=count))
    items, slots = [0] * count, [0] * count
    for made_at, some, size in rows.values_list("made_at", "items", "size"):
        ago = min(count - 1, max(0, int((moment - made_at).total_seconds() // 60)))
        items[ago] += some
        slots[ago] += size * -(-some // max(1, size))
    return [
        Minute(
            minutes_ago=ago,
            items=items[ago],
            fill=items[ago] / slots[ago] if slots[ago] else None,
        )
        for ago in reversed(range(count))
    ]


@dataclass(frozen=True, kw_only=True)
class Work:
    """Everything that an operator looks at."""

    expected: list[Expected] = field(default_factory=list)
    depths: list[Depth] = field(default_factory=list)
    stations: list[Station] = field(default_factory=list)
    lately: list[Lately] = field(default_factory=list)
    minutes: list[Minute] = field(default_factory=list)


def work_now() -> Work:
    """As it is at this moment."""
    return Work(
        expected=expectations(), depths=depths(), stations=stations_live(), lately=lately(),
        minutes=minutes(),
    )  # fmt: skip
