"""The message table as a queue: claim with SKIP LOCKED, lease, retry later and later, give up.

A message is claimed before it is sent and its outcome written after; a worker that dies in between
leaves a lease that runs out, and the message is sent again under the same id. So it arrives at
least once, and a receiver that remembers ids acts on it once.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from probity.audit.services import event_append
from probity.core.clock import now

from .endpoints import endpoint_gone, message_end
from .mailing import PERMANENT
from .models import Attempt, Channel, Endpoint, Message, MessageState
from .posting import GONE, Answer

FIRST_SECONDS, FACTOR, LONGEST_SECONDS = 10, 4, 6 * 3600
REST_FIRST_SECONDS, REST_LONGEST_SECONDS = 5, 600
TOO_MANY = 429

CLAIM_SQL = """
UPDATE outbox_message SET state = 'sending', worker = %s, attempts = attempts + 1,
       lease_until = %s
 WHERE id = (SELECT m.id FROM outbox_message m
               LEFT JOIN outbox_endpoint e ON e.id = m.endpoint_id
              WHERE m.state = 'waiting' AND m.next_at <= %s AND m.channel = ANY(%s)
                AND (e.id IS NULL OR e.rest_until IS NULL OR e.rest_until <= %s)
              ORDER BY m.next_at
              FOR UPDATE OF m SKIP LOCKED LIMIT 1)
RETURNING id
"""


def message_claim(*, worker: str, channels: Collection[str]) -> Message | None:
    """Take the message that waits longest for one lease; endpoints at rest are passed over."""
    moment = now()
    until = moment + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SQL, [worker, until, moment, list(channels), moment])
        row = cursor.fetchone()
    return Message.objects.select_related("endpoint").get(pk=row[0]) if row else None


@transaction.atomic
def attempt_record(*, message: Message, answer: Answer, milliseconds: int) -> MessageState | None:
    """Write down what an attempt brought, and what follows from it.

    None when the lease ran out meanwhile and another worker has the message.
    """
    locked = (
        Message.objects.select_for_update()
        .filter(
            pk=message.pk, state=MessageState.SENDING, worker=message.worker,
            attempts=message.attempts,
        )
        .first()
    )  # fmt: skip
    if locked is None:
        return None
    delivered = answer.taken
    Attempt.objects.create(
        message=locked, number=locked.attempts, made_at=now(), duration_ms=milliseconds,
        delivered=delivered, status=answer.status, address=answer.address, answer=answer.text,
        error=answer.why_not,
    )  # fmt: skip
    if delivered:
        _sent(locked, answer)
    else:
        _failed(locked, answer)
    return MessageState(locked.state)


@transaction.atomic
def leases_sweep() -> int:
    """Free the messages of workers that died; whether those arrived is not known."""
    lost = Message.objects.select_for_update(skip_locked=True).filter(
        state=MessageState.SENDING, lease_until__lt=now()
    )
    answer = Answer(error="The worker stopped before it heard an answer; it may have arrived.")
    count = 0
    for message in lost:
        Attempt.objects.create(
            message=message, number=message.attempts, made_at=now(), duration_ms=0,
            delivered=False, error=answer.error,
        )  # fmt: skip
        _failed(message, answer, rest=False)
        count += 1
    return count


def retry_seconds(attempt: int, *, asked: int | None = None) -> float:
    """How long to wait after the n-th attempt: 10 s, 40 s, 160 s … at most 6 h, less up to half.

    A receiver that asks for a longer wait (Retry-After) gets it, up to the same 6 h.
    """
    full = min(FIRST_SECONDS * float(FACTOR) ** (attempt - 1), LONGEST_SECONDS)
    # Spreading retries is no secret: any generator will do.
    spread = full * random.uniform(0.5, 1.0)  # noqa: S311
    return max(spread, min(asked or 0, LONGEST_SECONDS))


def _sent(message: Message, answer: Answer) -> None:
    message.state, message.ended_at = MessageState.SENT, now()
    message.lease_until, message.error = None, ""
    message.save(update_fields=["state", "ended_at", "lease_until", "error"])
    if message.endpoint_id:
        Endpoint.objects.filter(pk=message.endpoint_id).exclude(failures=0).update(
            failures=0, rest_until=None
        )
    event_append(
        chain=message.chain, name="message.sent", actor="system",
        payload={
            "message": str(message.pk), "attempts": message.attempts, "status": answer.status,
        },
    )  # fmt: skip


def _failed(message: Message, answer: Answer, *, rest: bool = True) -> None:
    why = answer.why_not
    tries = message.attempts - message.attempts_before
    if message.channel == Channel.WEBHOOK and answer.status == GONE:
        message_end(message=message, why=why, actor="system")
        if message.endpoint is not None:
            endpoint_gone(endpoint=message.endpoint)
        return
    if message.endpoint is not None and rest and _troubled(answer):
        _rest(message.endpoint)
    refused = message.channel == Channel.MAIL and answer.status in PERMANENT
    if refused or tries >= settings.OUTBOX_ATTEMPTS:
        message_end(message=message, why=why, actor="system")
        return
    wait = retry_seconds(tries, asked=answer.retry_after)
    message.state, message.lease_until, message.worker = MessageState.WAITING, None, ""
    message.next_at, message.error = now() + timedelta(seconds=wait), why[:600]
    message.save(update_fields=["state", "lease_until", "worker", "next_at", "error"])


def _troubled(answer: Answer) -> bool:
    """Whether the endpoint itself is in trouble, rather than at odds with this one message."""
    return answer.status is None or answer.status >= 500 or answer.status == TOO_MANY


def _rest(endpoint: Endpoint) -> None:
    """Leave a failing endpoint alone for a while, so that it does not hold up the others."""
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    locked.failures += 1
    seconds = min(REST_FIRST_SECONDS * 2 ** min(locked.failures - 1, 20), REST_LONGEST_SECONDS)
    locked.rest_until = now() + timedelta(seconds=seconds)
    locked.save(update_fields=["failures", "rest_until"])
