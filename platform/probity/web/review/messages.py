"""What a case's log says of the messages that left because of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from probity.audit.canonical import digest_of
from probity.outbox.models import Channel, Message

MESSAGE_EVENTS = (
    "message.queued", "message.sent", "message.dead", "message.redelivered", "message.forgotten",
)  # fmt: skip


def message_digest(message: Message) -> str:
    """The digest of a message's words as they are stored today."""
    if message.channel == Channel.WEBHOOK:
        return digest_of(message.body)
    return digest_of(
        {
            "sender": message.sender,
            "subject": message.subject,
            "headers": message.headers,
            "body": message.body,
        }
    )


def message_lines(payload: Mapping[str, Any]) -> tuple[list[str], bool | None]:
    """What to say, and whether the words are still those that the log vouches for.

    None where they were erased, are gone, or the event carries no digest.
    """
    row = Message.objects.select_related("endpoint").filter(pk=payload["message"]).first()
    lines = [_to(row)] if row else [gettext("The message is no longer stored.")]
    if "why" in payload:
        lines.append(payload["why"])
    if payload.get("attempts", 1) > 1:
        lines.append(gettext("After {attempts} attempts.").format(attempts=payload["attempts"]))
    if row is None or row.forgotten_at or "digest" not in payload:
        return lines, None
    return lines, message_digest(row) == payload["digest"]


def _to(message: Message) -> str:
    if message.endpoint is not None:
        return gettext("Webhook {kind} to {name}.").format(
            kind=message.kind, name=message.endpoint.name
        )
    return f"E-mail {message.kind}."
