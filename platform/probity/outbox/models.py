"""Messages as they were sent, every attempt to send them, and where webhooks go."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from probity.core.models import Row
from probity.core.moves import Moves

Sealed = dict[str, str]


class Channel(StrEnum):
    """How a message leaves."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class MessageState(StrEnum):
    """Where a message stands; a person may have one sent again that was sent, or is dead."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


MESSAGE_MOVES = Moves(
    thing="a message",
    begins=[MessageState.WAITING],
    after={
        MessageState.WAITING: [MessageState.SENDING, MessageState.DEAD],
        MessageState.SENDING: [MessageState.WAITING, MessageState.SENT, MessageState.DEAD],
        MessageState.SENT: [MessageState.WAITING],
        MessageState.DEAD: [MessageState.WAITING],
    },
)


class Endpoint(Row):
    """An address that gets webhooks. Its secret is sealed; during a rotation there are two."""

    name = models.CharField(max_length=80, unique=True)
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=60), default=list)
    secret: models.JSONField[Sealed, Sealed] = models.JSONField()
    former_secret: models.JSONField[Sealed | None, Sealed | None] = models.JSONField(
        null=True, blank=True
    )
    former_until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_why = models.CharField(max_length=200, blank=True)
    failures = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "outbox_endpoint"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(former_secret=None, former_until=None)
                | Q(former_secret__isnull=False, former_until__isnull=False),
                name="endpoint_former_secret_ends",
            ),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_why="")
                | (Q(disabled_at__isnull=False) & ~Q(disabled_why="")),
                name="endpoint_disabled_has_reason",
            ),
        ]


class Message(Row):
    """One message: written down whole before it is sent; its id is the same over all attempts.

    ``about`` names what it concerns (``report:<id>``), so that an erasure finds it; ``key`` makes
    a second queueing of the same thing a no-op; ``chain`` is the log that tells of it.
    """

    channel = models.CharField(max_length=8, choices=[(c, c) for c in Channel])
    kind = models.CharField(max_length=60)
    endpoint = models.ForeignKey(
        Endpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    sender = models.CharField(max_length=254, blank=True)
    recipient = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    headers: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    about = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=200, unique=True)
    chain = models.CharField(max_length=80)
    state = models.CharField(
        max_length=8, choices=[(s, s) for s in MessageState], default=MessageState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    attempts_before = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=600, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "outbox_message"
        ordering = ["-queued_at"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="message_waiting"),
            models.Index(
                fields=["lease_until"], condition=Q(state="sending"), name="message_leased"
            ),
            models.Index(fields=["state", "-queued_at"], name="message_by_state"),
            models.Index(fields=["endpoint", "-queued_at"], name="message_by_endpoint"),
            models.Index(fields=["about"], condition=~Q(about=""), name="message_by_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="webhook", endpoint__isnull=False)
                | Q(channel="mail", endpoint=None),
                name="message_endpoint_for_webhooks",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_until=None)),
                name="message_lease_only_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "dead"], ended_at__isnull=False)
                | (Q(state__in=["waiting", "sending"]) & Q(ended_at=None)),
                name="message_end_known",
            ),
        ]


class Attempt(Row):
    """One attempt and what came back: never changed. ``status`` is null where nothing answered."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    delivered = models.BooleanField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    address = models.CharField(max_length=60, blank=True)
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=600, blank=True)

    class Meta:
        db_table = "outbox_attempt"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="attempt_once_per_number")
        ]
