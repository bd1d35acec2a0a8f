"""Queues with their targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.translation import gettext

from probity.cases.models import GENERAL, Queue, TargetKind
from probity.cases.queues import queue_general
from probity.cases.targets import UNDECIDED
from probity.core.errors import InvalidInput

MINUTES = {"min": 1, "h": 60, "d": 1_440}


@dataclass(frozen=True)
class Target:
    """One target as a form shows it: a number and its unit."""

    kind: str
    number: str
    unit: str


@dataclass(frozen=True)
class QueueLine:
    """One queue."""

    queue: Queue
    waiting: int
    targets: list[Target]
    pauses: bool
    fixed: bool


@dataclass(frozen=True)
class QueuesPage:
    """All queues, and a form for another."""

    lines: list[QueueLine]
    errors: Mapping[str, str] = field(default_factory=dict)
    draft: Mapping[str, str] = field(default_factory=dict)
    open: UUID | None = None


def queues_page(
    *,
    errors: Mapping[str, str] | None = None,
    draft: Mapping[str, str] | None = None,
    open_id: UUID | None = None,
) -> QueuesPage:
    """Gather it; ``errors`` and ``draft`` belong to the queue ``open_id``, or to a new one."""
    queue_general()
    rows = Queue.objects.prefetch_related("targets").annotate(
        waiting=Count("cases", filter=Q(cases__state__in=UNDECIDED))
    )
    return QueuesPage([_line(row) for row in rows], errors or {}, draft or {}, open_id)


def _line(queue: Queue) -> QueueLine:
    kept = {row.kind: row for row in queue.targets.all()}
    targets = [
        Target(kind, *_shown(kept[kind].minutes if kind in kept else None)) for kind in TargetKind
    ]
    return QueueLine(
        queue,
        getattr(queue, "waiting", 0),
        targets,
        pauses=any(row.pauses for row in kept.values()),
        fixed=queue.key == GENERAL,
    )


def _shown(minutes: int | None) -> tuple[str, str]:
    if minutes is None:
        return "", "h"
    unit = next(unit for unit in ("d", "h", "min") if minutes % MINUTES[unit] == 0)
    return str(minutes // MINUTES[unit]), unit


def targets_read(data: QueryDict) -> dict[TargetKind, int | None]:
    """Each target in minutes; raises InvalidInput."""
    found: dict[TargetKind, int | None] = {}
    wrong: dict[str, str] = {}
    for kind in TargetKind:
        text = data.get(kind, "").strip()
        factor = MINUTES.get(data.get(f"{kind}_unit", "h"))
        if text and not (text.isdecimal() and len(text) < 7 and factor and int(text)):
            wrong[kind] = gettext("Give a whole number from 1, or leave it empty for no target.")
        else:
            found[kind] = int(text) * (factor or 1) if text else None
    if wrong:
        raise InvalidInput.of(wrong)
    return found


def order_read(data: QueryDict) -> int:
    """Where the tab stands; raises InvalidInput."""
    text = data.get("order", "100").strip()
    if not text.isdecimal() or len(text) > 6:
        raise InvalidInput.of(
            {"order": gettext("The place is a whole number; small ones come first.")}
        )
    return int(text)
