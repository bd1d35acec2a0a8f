"""What is watched for, who wants to know, what was found, and whom it was told."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from probity.core.models import Row
from probity.matching.models import Bank
from probity.outbox.models import Endpoint


class WatchKind(StrEnum):
    """What a list watches for."""

    CONTENT = "content"
    NAME = "name"
    SIGNER = "signer"
    SEAL = "seal"
    LIKENESS = "likeness"


BY_BANK = frozenset({WatchKind.CONTENT, WatchKind.LIKENESS})
BY_TERM = frozenset({WatchKind.NAME, WatchKind.SIGNER, WatchKind.LIKENESS})


class Level(StrEnum):
    """How sure an alert is of what it says."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Rhythm(StrEnum):
    """When a subscriber is told."""

    IMMEDIATE = "immediate"
    DAILY = "daily"


class Via(StrEnum):
    """How a subscriber is told."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class Outcome(StrEnum):
    """What a person said an alert was worth; empty while nobody has."""

    USEFUL = "useful"
    FALSE_ALARM = "false_alarm"


class WatchList(Row):
    """One thing to watch for. Hashes lie in a bank of its own; names and signers are its terms."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=[(k, k) for k in WatchKind])
    why = models.CharField(max_length=500)
    bank = models.OneToOneField(
        Bank, null=True, blank=True, on_delete=models.PROTECT, related_name="watch_list"
    )
    made_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "alerts_watch_list"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind__in=["content", "likeness"]) & Q(bank__isnull=False))
                | (~Q(kind__in=["content", "likeness"]) & Q(bank=None)),
                name="watch_list_bank_where_needed",
            )
        ]


class WatchTerm(Row):
    """A name to watch for. Taking it off the list erases its words.

    ``folded`` is the form that is compared; ``own`` are SHA-256 digests of certificates that may
    carry a signer's name.
    """

    watch_list = models.ForeignKey(WatchList, on_delete=models.PROTECT, related_name="terms")
    text = models.CharField(max_length=120, blank=True)
    folded = models.CharField(max_length=160, blank=True)
    own = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "alerts_term"
        ordering = ["added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["watch_list", "folded"],
                condition=Q(removed_at=None),
                name="term_once_per_list",
            )
        ]


class Subscription(Row):
    """An address that wants a list's alerts; nothing is sent to it before it has confirmed."""

    watch_list = models.ForeignKey(
        WatchList, on_delete=models.PROTECT, related_name="subscriptions"
    )
    email = models.EmailField(blank=True)
    via = models.CharField(max_length=8, choices=[(v, v) for v in Via])
    rhythm = models.CharField(max_length=10, choices=[(r, r) for r in Rhythm])
    endpoint = models.ForeignKey(
        Endpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="subscriptions"
    )
    asked_at = models.DateTimeField()
    asks = models.PositiveSmallIntegerField(default=1)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=40, blank=True)
    next_digest_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "alerts_subscription"
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["watch_list", "email", "via"],
                condition=Q(ended_at=None),
                name="subscription_once",
            ),
            models.CheckConstraint(
                condition=Q(via="webhook", endpoint__isnull=False) | Q(via="mail", endpoint=None),
                name="subscription_endpoint_for_webhooks",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="")
                | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="subscription_end_has_reason",
            ),
        ]


class Alert(Row):
    """One thing that a list found, once: ``key`` says what, so that it is never raised twice.

    ``found``, ``sure`` and ``to_do`` are sentences; ``withheld`` keeps them out of messages.
    """

    watch_list = models.ForeignKey(WatchList, on_delete=models.PROTECT, related_name="alerts")
    key = models.CharField(max_length=200)
    level = models.CharField(max_length=10, choices=[(level, level) for level in Level])
    found = models.TextField()
    sure = models.TextField()
    to_do = models.TextField()
    withheld = models.BooleanField()
    case = models.UUIDField(null=True, blank=True)
    asset = models.CharField(max_length=64, blank=True)
    raised_at = models.DateTimeField()
    spread_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=12, blank=True, choices=[(outcome, outcome) for outcome in Outcome]
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "alerts_alert"
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(fields=["watch_list", "key"], name="alert_once_per_thing"),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at=None)
                | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="alert_closed_has_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["raised_at"], condition=Q(spread_at=None), name="alert_to_spread"),
            models.Index(fields=["watch_list", "-raised_at"], name="alert_by_list"),
        ]


class Notice(Row):
    """One alert for one subscriber; several may leave in one message."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="notices")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="notices")
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    message = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = "alerts_notice"
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(fields=["alert", "subscription"], name="notice_once")
        ]
        indexes = [
            models.Index(
                fields=["subscription", "made_at"],
                condition=Q(told_at=None),
                name="notice_waiting",
            ),
            models.Index(fields=["subscription", "told_at"], name="notice_told"),
        ]
