"""Queues: made, renamed and given targets by a lead; a case moves between them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.text import slugify

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import SYSTEM_CHAIN, case_chain, event_append
from probity.core.errors import InvalidInput

from .models import GENERAL, Case, Queue, ServiceTarget, TargetKind
from .versions import case_touch

TITLE_MAX = 80
MINUTES_MAX = 60 * 24 * 365


def queue_general() -> Queue:
    """The queue that takes what no rule sends elsewhere."""
    return Queue.objects.get_or_create(key=GENERAL, defaults={"title": "General", "order": 1_000})[
        0
    ]


@transaction.atomic
def queue_add(*, title: str, order: int, actor: Actor) -> Queue:
    """Make a queue; raises InvalidInput for a title that is empty, long or taken."""
    actor.require_person(Ability.QUEUES_MANAGE)
    title = _title(title)
    key = slugify(title)[:40].strip("-")
    if not key or Queue.objects.filter(key=key).exists():
        raise InvalidInput.of({"title": "There is a queue of this name. Choose another name."})
    queue = Queue.objects.create(key=key, title=title, order=order)
    _said("queue.added", queue, actor)
    return queue


@transaction.atomic
def queue_change(*, queue: Queue, title: str, order: int, actor: Actor) -> Queue:
    """Rename a queue or move its tab; its key stays."""
    actor.require_person(Ability.QUEUES_MANAGE)
    locked = Queue.objects.select_for_update().get(pk=queue.pk)
    locked.title, locked.order = _title(title), order
    locked.save(update_fields=["title", "order"])
    _said("queue.changed", locked, actor)
    return locked


@transaction.atomic
def targets_set(
    *, queue: Queue, minutes: Mapping[TargetKind, int | None], pauses: bool, actor: Actor
) -> None:
    """Set how long the cases of a queue may take; None means that there is no target of the kind.

    ``pauses``: the time to the decision stands still while a case waits for somebody. It holds for
    cases that come or change from now on. Raises InvalidInput.
    """
    actor.require_person(Ability.QUEUES_MANAGE)
    for value in minutes.values():
        if value is not None and not 0 < value <= MINUTES_MAX:
            raise InvalidInput("A target is between a minute and a year; leave it out for none.")
    locked = Queue.objects.select_for_update().get(pk=queue.pk)
    locked.targets.all().delete()
    rows = [
        ServiceTarget(
            queue=locked, kind=kind, minutes=value, pauses=pauses and kind == TargetKind.DECISION
        )
        for kind, value in minutes.items()
        if value is not None
    ]
    ServiceTarget.objects.bulk_create(rows)
    event_append(
        chain=SYSTEM_CHAIN,
        name="queue.targets",
        actor=actor.name,
        payload={
            "queue": locked.key,
            "minutes": {row.kind: row.minutes for row in rows},
            "pauses": pauses,
        },
    )


@transaction.atomic
def case_queue_set(*, case: Case, queue: Queue, why: str, actor: str) -> Case:
    """Put a case into a queue; ``why`` is a rule's title or what a person did."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if locked.queue_id == queue.pk:
        return locked
    was = locked.queue
    locked.queue = queue
    locked.save(update_fields=["queue"])
    event_append(
        chain=case_chain(locked.pk),
        name="case.queued",
        actor=actor,
        payload={"was": was.key, "now": queue.key, "why": why},
    )
    case_touch(case=locked, what="moved", actor=actor)
    return locked


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > TITLE_MAX:
        raise InvalidInput.of(
            {"title": f"Give the queue a name, at most {TITLE_MAX} characters long."}
        )
    return title


def _said(name: str, queue: Queue, actor: Actor) -> None:
    event_append(
        chain=SYSTEM_CHAIN,
        name=name,
        actor=actor.name,
        payload={"queue": queue.key, "order": queue.order},
    )
