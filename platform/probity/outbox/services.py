"""Writing messages down to be sent, sending one again, and erasing what one said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.canonical import digest_of
from probity.audit.services import event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.core.wake import task_wake

from . import kinds
from .models import Channel, Endpoint, Message, MessageState

TASK = "probity.outbox"
MAIL_CHAIN = "outbox"


def endpoint_chain(endpoint: Endpoint) -> str:
    """The log of what happens to one endpoint."""
    return f"endpoint:{endpoint.pk}"


@transaction.atomic
def mail_queue(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    key: str,
    actor: str,
    about: str = "",
    chain: str = MAIL_CHAIN,
    headers: Mapping[str, str] | None = None,
) -> Message:
    """Write an e-mail down, in the caller's transaction; it leaves once that has committed.

    The same ``key`` a second time gives the first message back. ``chain`` is the log that tells of
    it: a case's own where the mail is about a case. Raises InvalidInput for an address or a
    subject that is none.
    """
    try:
        validate_email(to)
    except ValidationError:
        raise InvalidInput.of({"email": "This is not a whole e-mail address; correct it."})
    if not subject.isprintable() or not subject:
        raise InvalidInput("A subject is one line of text.")
    given = dict(headers or {})
    message = Message(
        channel=Channel.MAIL, kind=kind, sender=settings.MAIL_FROM, recipient=to,
        subject=subject[:200], headers=given, body=text, about=about, key=key, chain=chain,
        sha256=digest_of(
            {"sender": settings.MAIL_FROM, "subject": subject[:200], "headers": given, "body": text}
        ),
    )  # fmt: skip
    return _queue(message, actor=actor)


@transaction.atomic
def webhooks_queue(
    *,
    kind: str,
    data: Mapping[str, Any],
    key: str,
    actor: str,
    about: str = "",
    chain: str = "",
) -> list[Message]:
    """Write a webhook down for every endpoint that is on and subscribed to the kind."""
    subscribed = Endpoint.objects.filter(disabled_at=None, kinds__contains=[kind])
    return [
        webhook_queue(
            endpoint=endpoint, kind=kind, data=data, key=key, actor=actor, about=about, chain=chain
        )
        for endpoint in subscribed
    ]


@transaction.atomic
def webhook_queue(
    *,
    endpoint: Endpoint,
    kind: str,
    data: Mapping[str, Any],
    key: str,
    actor: str,
    about: str = "",
    chain: str = "",
) -> Message:
    """Write a webhook down for one endpoint; ``data`` is JSON-plain and holds no personal data.

    The same ``key`` a second time gives the endpoint's first message back. Raises Conflict when
    the endpoint is off, KeyError for a kind that no room registered.
    """
    kinds.kind(kind)
    if endpoint.disabled_at is not None:
        raise Conflict("This endpoint is switched off. Switch it on first.")
    body = json.dumps(
        {"type": kind, "timestamp": now().isoformat(), "data": dict(data)},
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip
    message = Message(
        channel=Channel.WEBHOOK, kind=kind, endpoint=endpoint, body=body, about=about,
        key=f"{key}:{endpoint.pk}", chain=chain or endpoint_chain(endpoint),
        sha256=digest_of(body), headers={"Content-Type": "application/json"},
    )  # fmt: skip
    return _queue(message, actor=actor)


def _queue(message: Message, *, actor: str) -> Message:
    earlier = Message.objects.filter(key=message.key).first()
    if earlier is not None:
        return earlier
    message.id = uuid4()
    message.queued_at = message.next_at = now()
    message.save(force_insert=True)
    event_append(
        chain=message.chain,
        name="message.queued",
        actor=actor,
        payload={
            "message": str(message.pk),
            "channel": message.channel,
            "kind": message.kind,
            "digest": message.sha256,
        },
    )
    transaction.on_commit(lambda: task_wake(TASK))
    return message


@transaction.atomic
def message_redeliver(*, message: Message, actor: Actor) -> Message:
    """Have a finished message sent again, with the same id and the same words.

    Raises NotAllowed, and Conflict while it is still under way, was erased, or goes to an endpoint
    that is off.
    """
    actor.require_person(Ability.OUTBOX_MANAGE)
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.state in {MessageState.WAITING, MessageState.SENDING}:
        raise Conflict("This message is still under way; it is tried again by itself.")
    if locked.forgotten_at is not None:
        raise Conflict("The words of this message were erased, so it cannot be sent again.")
    if locked.endpoint is not None and locked.endpoint.disabled_at is not None:
        raise Conflict("Its endpoint is switched off. Switch it on first, then send it again.")
    locked.state, locked.ended_at, locked.error = MessageState.WAITING, None, ""
    locked.next_at, locked.attempts_before = now(), locked.attempts
    locked.save(update_fields=["state", "ended_at", "error", "next_at", "attempts_before"])
    if locked.endpoint is not None:
        Endpoint.objects.filter(pk=locked.endpoint.pk).update(rest_until=None)
    event_append(
        chain=locked.chain, name="message.redelivered", actor=actor.name,
        payload={"message": str(locked.pk)},
    )  # fmt: skip
    transaction.on_commit(lambda: task_wake(TASK))
    return locked


@transaction.atomic
def messages_forget(*, about: str, actor: str) -> int:
    """Erase recipient and words of every message about something; return how many.

    What has not left yet never does. The digest stays, and opens to nothing.
    """
    rows = Message.objects.select_for_update().filter(about=about, forgotten_at=None)
    found = list(rows.order_by("pk"))
    for row in found:
        _forget(row, actor=actor)
    return len(found)


@transaction.atomic
def message_forget(*, message: UUID, actor: str) -> bool:
    """Erase recipient and words of one message; False when it had not left yet and never will."""
    row = Message.objects.select_for_update().get(pk=message)
    left = row.state == MessageState.SENT
    if row.forgotten_at is None:
        _forget(row, actor=actor)
    return left


def _forget(row: Message, *, actor: str) -> None:
    row.recipient, row.subject, row.body, row.headers = "", "", "", {}
    row.forgotten_at = now()
    if row.state != MessageState.SENT:
        row.state, row.lease_until, row.ended_at = MessageState.DEAD, None, now()
        row.error = "Its words were erased before it left."
    row.save(
        update_fields=[
            "recipient", "subject", "body", "headers", "forgotten_at", "state", "lease_until",
            "ended_at", "error",
        ]
    )  # fmt: skip
    event_append(
        chain=row.chain, name="message.forgotten", actor=actor,
        payload={"message": str(row.pk)},
    )  # fmt: skip
