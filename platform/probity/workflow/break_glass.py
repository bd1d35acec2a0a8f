"""Opening a queue without a grant: recorded, and told to leads and to the host's systems."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.grants import exception_take
from probity.accounts.models import Grant
from probity.accounts.roles import Ability
from probity.cases.access import queue_visible
from probity.cases.models import Queue
from probity.core.errors import Conflict, InvalidInput
from probity.outbox.services import webhooks_queue

TOLD = "access.exception_taken"


@transaction.atomic
def queue_open_by_exception(*, actor: Actor, queue: str, reason: str, hours: int) -> Grant:
    """See a queue for some hours and say why; leads find it on the people page until they notice.

    Raises InvalidInput for an unknown queue, no reason or a time too long; Conflict when the queue
    is open to the person anyway.
    """
    person = actor.require_person(Ability.CASES_READ)
    if not Queue.objects.filter(key=queue).exists():
        raise InvalidInput.of({"queue": "There is no such queue."})
    if queue_visible(person, queue):
        raise Conflict("You can see this queue already.")
    grant = exception_take(actor=actor, queue=queue, reason=reason, hours=hours)
    assert grant.until is not None  # noqa: S101 - an exception always ends
    webhooks_queue(
        kind=TOLD,
        data={"person": str(person.pk), "queue": queue, "until": grant.until.isoformat()},
        key=f"exception:{grant.pk}",
        actor=actor.name,
    )
    return grant
