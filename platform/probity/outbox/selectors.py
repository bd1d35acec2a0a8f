"""Reading endpoints, messages and attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from probity.core.errors import NotFound

from .models import Channel, Endpoint, Message, MessageState


@dataclass(frozen=True)
class Counted:
    """What waits for an endpoint, what died, and when one last got through."""

    waiting: int
    dead: int
    last_sent: datetime | None


def endpoints_all() -> list[tuple[Endpoint, Counted]]:
    """Every endpoint by name, with its counts."""
    rows = Message.objects.filter(channel=Channel.WEBHOOK).values("endpoint").order_by()
    counted = {
        row["endpoint"]: Counted(row["waiting"], row["dead"], row["last_sent"])
        for row in rows.annotate(
            waiting=Count("pk", filter=Q(state__in=["waiting", "sending"])),
            dead=Count("pk", filter=Q(state="dead")),
            last_sent=Max("ended_at", filter=Q(state="sent")),
        )
    }
    none = Counted(0, 0, None)
    return [(row, counted.get(row.pk, none)) for row in Endpoint.objects.order_by("name")]


def endpoint_find(endpoint_id: UUID) -> Endpoint:
    """One endpoint; raises NotFound."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound("There is no endpoint with this id.")
    return endpoint


def messages_list(*, state: str = "", endpoint: Endpoint | None = None) -> QuerySet[Message]:
    """Messages, the newest first; an empty ``state`` means all. What is being sent waits."""
    rows = Message.objects.select_related("endpoint").order_by("-queued_at")
    if state == MessageState.WAITING:
        rows = rows.filter(state__in=[MessageState.WAITING, MessageState.SENDING])
    elif state in set(MessageState):
        rows = rows.filter(state=state)
    return rows.filter(endpoint=endpoint) if endpoint else rows


def message_find(message_id: UUID) -> Message:
    """One message with its attempts; raises NotFound."""
    message = (
        Message.objects.select_related("endpoint").prefetch_related("tries").filter(pk=message_id)
    ).first()
    if message is None:
        raise NotFound("There is no message with this id.")
    return message


def messages_counted() -> dict[str, int]:
    """How many messages are in each state; states without any are 0."""
    found = dict.fromkeys(map(str, MessageState), 0)
    rows = Message.objects.values_list("state").annotate(Count("pk"))
    return found | {str(state): count for state, count in rows.order_by()}
